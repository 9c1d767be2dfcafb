/// The time base, x86_64: the time stamp counter, and the local APIC's timer. arch/x86_64/clock.cpp measures both.
#pragma once

#include <cstdint>

namespace bobbin::isa {

class clock {
 public:
  static std::uint64_t ticks() noexcept {
    std::uint32_t low, high;
    asm volatile("rdtsc" : "=a"(low), "=d"(high) : : "memory");
    return std::uint64_t{high} << 32 | low;
  }

  static std::uint64_t ticks_per_second() noexcept { return frequency_; }

  static void set_alarm(std::uint64_t ticks) noexcept {
    alarm_ = ticks;
    start_timer();
  }

  static void cancel_alarm() noexcept { set_alarm(never); }

  /// For the timer's interrupt: whether it is time. If not, because the timer cannot count that far or runs ahead of
  /// the counter, it is started for the rest.
  static bool alarm_reached() noexcept;

  /// Finds out how fast timer and counter are; returns the latter's ticks a second. Called once, with interrupts
  /// masked and the local APIC enabled.
  static std::uint64_t calibrate() noexcept;

 private:
  static constexpr std::uint64_t never = UINT64_MAX;

  static void start_timer() noexcept;

  static inline constinit std::uint64_t alarm_ = never;   ///< written by whoever sets it, with interrupts masked
  static inline constinit std::uint64_t frequency_ = 0;   ///< constant after calibration, as are these:
  static inline constinit std::uint64_t timer_rate_ = 0;  ///< steps of the timer a tick, times 2^32, rounded up
  static inline constinit std::uint64_t reach_ = 0;       ///< ticks that the timer can count
};

}  // namespace bobbin::isa
