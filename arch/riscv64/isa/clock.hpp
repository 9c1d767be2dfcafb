/// The time base, riscv64: the `time` counter, and the firmware's timer.
#pragma once

#include <cstdint>

namespace bobbin::isa {

class clock {
 public:
  static std::uint64_t ticks() noexcept {
    std::uint64_t value;
    asm volatile("rdtime %0" : "=r"(value) : : "memory");
    return value;
  }

  static std::uint64_t ticks_per_second() noexcept { return frequency_; }

  /// SBI TIME extension, sbi_set_timer [SBI 1.0, chapter 6]. Setting it also takes back a pending interrupt.
  static void set_alarm(std::uint64_t ticks) noexcept {
    register std::uint64_t a0 asm("a0") = ticks;
    register std::uint64_t a6 asm("a6") = 0;
    register std::uint64_t a7 asm("a7") = 0x54494d45;  // "TIME"
    asm volatile("ecall" : "+r"(a0) : "r"(a6), "r"(a7) : "a1", "memory");
  }

  static void cancel_alarm() noexcept { set_alarm(UINT64_MAX); }

  static void set_frequency(std::uint64_t ticks_per_second) noexcept { frequency_ = ticks_per_second; }

 private:
  static inline constinit std::uint64_t frequency_ = 10'000'000;  ///< as the device tree says, from boot on
};

}  // namespace bobbin::isa
