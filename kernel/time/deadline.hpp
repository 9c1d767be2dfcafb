/// Waits that a time ends.
#pragma once

#include <core/chrono.hpp>
#include <task/wait_queue.hpp>
#include <time/clock.hpp>

#include <ratio>

namespace bobbin {

/// `time` in the clock's unit, rounded up: none for less than none, the most there is for more than that.
template <class Rep, class Period>
constexpr clock::duration saturated(std::chrono::duration<Rep, Period> time) noexcept {
  using wide = std::chrono::duration<std::common_type_t<Rep, clock::rep>, Period>;
  constexpr bool reaches_further = std::ratio_greater_v<Period, clock::period> || std::chrono::treat_as_floating_point_v<Rep>;
  if (!(time > time.zero())) return clock::duration::zero();
  if constexpr (reaches_further)
    if (wide{time} >= std::chrono::floor<wide>(clock::duration::max())) return clock::duration::max();
  return std::chrono::ceil<clock::duration>(time);
}

/// The deadline of a wait until `when`; `never` if that is too far away for the clock.
template <class Duration>
constexpr clock::time_point deadline_at(std::chrono::time_point<clock, Duration> when) noexcept {
  return clock::time_point{saturated(when.time_since_epoch())};
}

/// The deadline of a wait of `time` from now on: over at once if that is none.
template <class Rep, class Period>
clock::time_point deadline_after(std::chrono::duration<Rep, Period> time) noexcept {
  const auto span = saturated(time);
  if (span == span.zero()) return {};
  const auto now = clock::now();
  return span < clock::never - now ? now + span : clock::never;
}

/// Like queue.wait_masked(place), but not for longer than until `deadline`; not at all if that has come. Without a
/// deadline, `never`, no interrupt is expected to end the wait. Cost: O(log n) with n timers set.
wait_status wait_masked_until(wait_queue& queue, wait_place& place, clock::time_point deadline) noexcept;

}  // namespace bobbin
