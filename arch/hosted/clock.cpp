#include "system.hpp"

#include <arch/clock.hpp>
#include <core/algorithm.hpp>

#include <signal.h>
#include <time.h>

namespace bobbin::isa {

std::uint64_t clock::ticks() noexcept {
  timespec now{};
  system_call(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * ticks_per_second() + static_cast<std::uint64_t>(now.tv_nsec);
}

void clock::start() noexcept {
  sigevent by_signal{};
  by_signal.sigev_notify = SIGEV_SIGNAL;
  by_signal.sigev_signo = SIGALRM;
  system_call(SYS_timer_create, CLOCK_MONOTONIC, &by_signal, &timer_);
}

void clock::set_alarm(std::uint64_t ticks) noexcept {
  alarm_ = ticks;
  const std::uint64_t when = ticks == never ? 0 : std::max<std::uint64_t>(ticks, 1);  // 0 stops the timer
  const auto second = ticks_per_second();
  const itimerspec once{.it_interval = {},
                        .it_value = {static_cast<time_t>(when / second), static_cast<long>(when % second)}};
  system_call(SYS_timer_settime, timer_, TIMER_ABSTIME, &once, nullptr);
}

bool clock::alarm_reached() noexcept {
  if (ticks() < alarm_) return false;
  alarm_ = never;
  return true;
}

}  // namespace bobbin::isa
