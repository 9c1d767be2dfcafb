/// A static stack as Boost takes it, so that no figure has malloc in it.
#pragma once

#include "../static_stack.hpp"

#include <boost/context/stack_context.hpp>

namespace native {

class lent_stack {
 public:
  explicit lent_stack(static_stack& memory) noexcept : memory_{&memory} {}

  boost::context::stack_context allocate() noexcept {
    boost::context::stack_context lent;
    lent.sp = memory_->high();
    lent.size = memory_->size();
    return lent;
  }
  void deallocate(boost::context::stack_context&) noexcept {}

 private:
  static_stack* memory_;
};

}  // namespace native
