/// Tasks that wait for a time.
#pragma once

#include <core/chrono.hpp>
#include <time/deadline.hpp>

namespace bobbin::this_task {

/// Suspends the task until clock::now() is `when` or later; not at all if it is already. Tasks that wait for the same
/// tick go on in the order in which they began to wait. Returns false if the task was asked to stop: at once then.
/// Cost: O(log n) with n tasks asleep.
bool sleep_until(clock::time_point when) noexcept;

/// The same, for times in other units.
template <class Duration>
bool sleep_until(std::chrono::time_point<clock, Duration> when) noexcept {
  return sleep_until(deadline_at(when));
}

/// The same, from now on; a duration finer than nanoseconds is rounded up.
template <class Rep, class Period>
bool sleep_for(std::chrono::duration<Rep, Period> time) noexcept {
  return sleep_until(deadline_after(time));
}

}  // namespace bobbin::this_task
