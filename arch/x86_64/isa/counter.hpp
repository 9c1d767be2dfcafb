/// A count that is changed where it lies; without a lock prefix, as interrupts come between instructions.
#pragma once

#include <cstdint>

namespace bobbin::isa {

class counter {
 public:
  constexpr explicit counter(std::int32_t value) noexcept : value_{value} {}

  [[gnu::always_inline]] bool positive() const noexcept {
    bool result;
    asm volatile("cmpl $0, %1" : "=@ccg"(result) : "m"(value_));
    return result;
  }

  [[gnu::always_inline]] std::int32_t increment() noexcept {
    std::int32_t number = 1;
    asm volatile("xaddl %1, %0" : "+m"(value_), "+r"(number) : : "cc");
    return number;
  }
  [[gnu::always_inline]] void decrement() noexcept { asm volatile("subl $1, %0" : "+m"(value_) : : "cc"); }

 private:
  std::int32_t value_;
};

}  // namespace bobbin::isa
