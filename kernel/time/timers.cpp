#include <arch/clock.hpp>
#include <core/trap.hpp>
#include <task/hart.hpp>
#include <task/interrupts_masked.hpp>
#include <time/clock.hpp>
#include <time/timers.hpp>

#include <optional>

namespace bobbin {
namespace {

void set_alarm() noexcept {
  if (const timer* first = this_hart().timers.first())
    arch::clock::set_alarm(first->deadline());
  else
    arch::clock::cancel_alarm();
}

/// Looks at regular times whether the running task is still in the turn that it was in the last time.
struct watchdog : timer {
  explicit watchdog(std::uint64_t ticks) noexcept : timer{arch::clock::ticks() + ticks, look}, period{ticks} {}

  static void look(timer& due) noexcept;

  struct turn {
    const control_block* who = nullptr;
    std::uint32_t switches = 0, lone_yields = 0;
    bool operator==(const turn&) const = default;
  };

  std::uint64_t period;
  turn seen{};
  bool reported = false;
};

constinit std::optional<watchdog> dog;
constinit call_site interrupted{};

}  // namespace

void timers::add(timer& entry) noexcept {
  hart& here = this_hart();
  here.timers.insert(entry);
  if (here.timers.first() == &entry) set_alarm();
}

bool timers::cancel(timer& entry) noexcept {
  const bool was_first = this_hart().timers.first() == &entry;
  const bool was_in = this_hart().timers.remove(entry);
  if (was_first) set_alarm();
  return was_in;
}

void on_timer_interrupt(call_site where) noexcept {
  auto& queue = this_hart().timers;
  interrupted = where;
  while (timer* first = queue.first()) {
    this_hart().moment = arch::clock::ticks();
    if (first->deadline() > this_hart().moment) break;
    queue.remove(*first);
    first->expire();
  }
  set_alarm();
}

void watchdog::look(timer& due) noexcept {
  auto& self = static_cast<watchdog&>(due);
  hart& here = this_hart();
  const turn now{here.current, here.current->switches, here.lone_yields};
  const bool running = here.current->alive() && !here.current->blocked();
  if (!running || now != self.seen)
    self.reported = false;
  else if (!self.reported) {
    self.reported = true;
    on_task_hogs(*here.current, interrupted);
  }
  self.seen = now;
  self.postpone(self.period);
  here.timers.insert(self);
}

void timers::start_watchdog(std::chrono::nanoseconds patience) noexcept {
  const auto ticks = clock::tick_of(clock::time_point{patience}) - clock::tick_of(clock::time_point{});
  const interrupts_masked guard;
  dog.emplace(ticks);
  add(*dog);
}

}  // namespace bobbin
