/// AddressSanitizer has to know which stack is in use, and that what was left on one is nothing to stay away from.
#pragma once

#include <arch/stack_watch.hpp>

#include <cstddef>

namespace bobbin::isa {

struct stack_watch {
  static void prepared(std::byte*, std::size_t) noexcept {}
  static void occupied(std::byte* low, std::size_t bytes) noexcept;
  static void left_for(std::byte* low, std::size_t bytes) noexcept;

  /// What lies on the stack in use below `top` is void: a fault has ended there.
  static void unwound(std::byte* top) noexcept;

  class visit {
   public:
    visit(std::byte* low, std::size_t bytes) noexcept;
    ~visit();
    visit(const visit&) = delete;
    visit& operator=(const visit&) = delete;

   private:
    std::byte* low_;  ///< of the stack to come back to
    std::size_t bytes_;
  };
};

}  // namespace bobbin::isa
