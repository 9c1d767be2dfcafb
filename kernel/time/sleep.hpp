/// Tasks that wait for a time.
#pragma once

#include <time/clock.hpp>

#include <chrono>

namespace bobbin::this_task {

/// Suspends the task until clock::now() is `when` or later; not at all if it is already. Tasks that wait for the same
/// tick go on in the order in which they began to wait. Cost: O(log n) with n tasks asleep.
void sleep_until(clock::time_point when) noexcept;

/// The same, from now on; a duration finer than nanoseconds is rounded up.
template <class Rep, class Period>
void sleep_for(std::chrono::duration<Rep, Period> time) noexcept {
  if (time > time.zero()) sleep_until(clock::now() + std::chrono::ceil<clock::duration>(time));
}

}  // namespace bobbin::this_task
