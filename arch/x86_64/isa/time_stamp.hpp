/// The time stamp counter as the processor gives it, x86_64.
#pragma once

#include <cstdint>

namespace bobbin::isa {

struct time_stamp {
  std::uint32_t low, high;

  [[gnu::always_inline]] static time_stamp now() noexcept {
    time_stamp value;
    asm volatile("rdtsc" : "=a"(value.low), "=d"(value.high));
    return value;
  }

  std::uint64_t count() const noexcept { return std::uint64_t{high} << 32 | low; }
};

}  // namespace bobbin::isa
