#include <arch/clock.hpp>
#include <time/deadline.hpp>
#include <time/sleep.hpp>
#include <time/timers.hpp>

namespace bobbin {
namespace {

/// Breaks a wait off when its time has come. Lies on the stack of the task that waits, beside its place.
struct wait_limit : timer {
  wait_limit(std::uint64_t tick, wait_place& place) noexcept : timer{tick, ring}, place{place} {
    timers::add(*this);
    ++this_hart().expecting;
  }

  /// When the wait has ended in another way.
  void cancel() noexcept {
    const interrupts_masked guard;
    if (timers::cancel(*this)) --this_hart().expecting;
  }

  static void ring(timer& due) noexcept {
    --this_hart().expecting;
    wait_place& place = static_cast<wait_limit&>(due).place;
    if (place.queued()) place.end(wait_status::timed_out);
  }

  wait_place& place;
};

}  // namespace

wait_status wait_masked_until(wait_queue& queue, wait_place& place, clock::time_point deadline) noexcept {
  if (deadline == clock::never) return queue.wait_masked(place);
  const std::uint64_t tick = clock::tick_of(deadline);
  this_hart().moment = arch::clock::ticks();
  if (tick <= this_hart().moment) {
    arch::interrupts::unmask();
    return wait_status::timed_out;
  }
  this_hart().check_stack_before_queueing(2);
  wait_limit limit{tick, place};
  const wait_status how = queue.wait_masked(place);
  if (how != wait_status::timed_out) limit.cancel();
  return how;
}

bool this_task::sleep_until(clock::time_point when) noexcept {
  static constinit wait_queue sleepers{"time"};
  mask_to_wait(sleepers);
  wait_place bed;
  return wait_masked_until(sleepers, bed, when) != wait_status::stopped;
}

}  // namespace bobbin
