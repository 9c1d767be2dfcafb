/// A count that the A extension changes where it lies.
#pragma once

#include <cstdint>

namespace bobbin::isa {

class counter {
 public:
  constexpr explicit counter(std::int32_t value) noexcept : value_{value} {}

  bool positive() const noexcept { return const_cast<const volatile std::int32_t&>(value_) > 0; }

  [[gnu::always_inline]] std::int64_t increment() noexcept { return add(1); }
  [[gnu::always_inline]] void decrement() noexcept { (void)add(-1); }

 private:
  /// Returns what it was: the instruction extends its sign.
  [[gnu::always_inline]] std::int64_t add(std::int64_t change) noexcept {
    std::int64_t before;
    asm volatile("amoadd.w %0, %2, %1" : "=r"(before), "+A"(value_) : "r"(change));
    return before;
  }

  std::int32_t value_;
};

}  // namespace bobbin::isa
