/// The time base, hosted: Linux's monotonic clock in nanoseconds, and a timer that sends SIGALRM.
#pragma once

#include <cstdint>

namespace bobbin::isa {

class clock {
 public:
  /// A system call: unlike the faster ways to ask, it takes nothing of a small stack.
  static std::uint64_t ticks() noexcept;

  static std::uint64_t ticks_per_second() noexcept { return 1'000'000'000; }

  static void set_alarm(std::uint64_t ticks) noexcept;
  static void cancel_alarm() noexcept { set_alarm(never); }

  /// For the handler: whether it is time. Once for each alarm.
  static bool alarm_reached() noexcept;

  /// When it will be; `never` without an alarm.
  static std::uint64_t alarm() noexcept { return alarm_; }

  /// Called once, before the first alarm.
  static void start() noexcept;

  static constexpr std::uint64_t never = INT64_MAX;

 private:
  static inline constinit std::uint64_t alarm_ = never;  ///< written by whoever sets it, with interrupts masked
  static inline constinit int timer_ = 0;                ///< Linux's name for the timer
};

}  // namespace bobbin::isa
