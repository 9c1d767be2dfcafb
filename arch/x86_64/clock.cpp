/// How fast time passes. The counter and the timer run at rates that nobody tells; both are compared with the one clock
/// of a PC whose rate is known, the interval timer.
#include "apic.hpp"
#include "stopwatch.hpp"

#include <arch/clock.hpp>
#include <arch/early_panic.hpp>

#include <cstdint>

namespace bobbin::isa {
namespace {

/// A moment at which the stopwatch made a step, known to within `width` ticks.
struct moment {
  std::uint64_t ticks;
  std::uint64_t width;
  stopwatch::reading watch;
  std::uint64_t timer_ticks;  ///< when the timer was read
  std::uint32_t timer_left;
};

moment next_step(const stopwatch& watch) noexcept {
  std::uint64_t from = clock::ticks();
  const auto before = watch.read();
  for (;;) {
    const std::uint64_t at = clock::ticks();
    const std::uint32_t left = local_apic::timer_left();
    const auto now = watch.read();
    const std::uint64_t to = clock::ticks();
    if (now.left != before.left || now.over)
      return {.ticks = from + (to - from) / 2, .width = to - from, .watch = now, .timer_ticks = at, .timer_left = left};
    from = at;
  }
}

/// The one known best of a few: on a busy host, the processor may be gone for a while in the middle of one.
moment next_clear_step(const stopwatch& watch) noexcept {
  moment best = next_step(watch);
  for (int i = 0; i < 7; ++i)
    if (const moment other = next_step(watch); other.width < best.width) best = other;
  return best;
}

/// Without device accesses, which cost a virtual machine far more than anything else.
void pass_some_time() noexcept {
  for (int i = 0; i < 1000; ++i) asm volatile("");
}

}  // namespace

/// Measures for as long as it takes to know the rates to 1 part in `precision`: a few ms, or less if the processor's
/// time is an instruction count. If the stopwatch is over before that, the host is too busy for it, and half will do.
std::uint64_t clock::calibrate() noexcept {
  stopwatch watch;
  for (std::uint64_t precision = 4096; precision > 1; precision /= 2) {
    watch.start();
    local_apic::start_timer(UINT32_MAX);
    const moment first = next_clear_step(watch);
    moment last;
    do {
      pass_some_time();
      last = next_step(watch);
    } while (!last.watch.over && last.ticks - first.ticks < precision * (first.width + last.width));
    if (last.watch.over) continue;

    local_apic::start_timer(0);
    frequency_ = (last.ticks - first.ticks) * stopwatch::steps_per_second / (first.watch.left - last.watch.left);
    const std::uint64_t steps = first.timer_left - last.timer_left;
    timer_rate_ = (steps << 32) / (last.timer_ticks - first.timer_ticks) + 1;
    reach_ = UINT64_MAX / timer_rate_;
    return frequency_;
  }
  arch::early_panic("this machine's interval timer does not count: its time cannot be told");
}

void clock::start_timer() noexcept {
  if (alarm_ == never) return local_apic::start_timer(0);
  const std::uint64_t now = ticks();
  const std::uint64_t ahead = alarm_ > now ? alarm_ - now : 0;
  const std::uint64_t steps = ahead < reach_ ? (ahead * timer_rate_ >> 32) + 1 : UINT32_MAX;
  local_apic::start_timer(static_cast<std::uint32_t>(steps));
}

bool clock::alarm_reached() noexcept {
  if (ticks() < alarm_) {
    start_timer();
    return false;
  }
  alarm_ = never;
  return true;
}

}  // namespace bobbin::isa
