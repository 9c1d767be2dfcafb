/// A stack that nobody allocates, as Bobbin's are.
#pragma once

#include <cstddef>

namespace native {

class static_stack {
 public:
  static constexpr std::size_t size() noexcept { return sizeof memory_; }
  std::byte* low() noexcept { return memory_; }
  std::byte* high() noexcept { return memory_ + size(); }

 private:
  alignas(64) std::byte memory_[16 << 10];
};

}  // namespace native
