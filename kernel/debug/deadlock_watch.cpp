#include <arch/clock.hpp>
#include <debug/deadlock_watch.hpp>
#include <debug/wait_graph.hpp>
#include <task/hart.hpp>
#include <task/interrupts_masked.hpp>
#include <time/clock.hpp>
#include <time/timers.hpp>

#include <optional>

namespace bobbin {
namespace {

struct deadlock_watch : timer {
  explicit deadlock_watch(std::uint64_t ticks) noexcept : timer{arch::clock::ticks() + ticks, look}, period{ticks} {}

  static void look(timer& due) noexcept {
    auto& self = static_cast<deadlock_watch&>(due);
    print_new_deadlocks("bobbin: some tasks can never run again:");
    self.postpone(self.period);
    this_hart().timers.insert(self);
  }

  std::uint64_t period;
};

constinit std::optional<deadlock_watch> watch;

}  // namespace

void start_deadlock_watch() noexcept {
  constexpr clock::duration period = std::chrono::milliseconds{100};
  const auto ticks = clock::tick_of(clock::time_point{period}) - clock::tick_of(clock::time_point{});
  const interrupts_masked guard;
  watch.emplace(ticks);
  timers::add(*watch);
}

}  // namespace bobbin
