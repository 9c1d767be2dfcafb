/// The time base: a counter that never stops, and one alarm. kernel/time makes std::chrono of it.
#pragma once

#include <concepts>
#include <cstdint>

namespace bobbin::arch {

template <class Clock>
concept time_base = requires(std::uint64_t ticks) {
  { Clock::ticks() } noexcept -> std::same_as<std::uint64_t>;
  /// Constant after boot.
  { Clock::ticks_per_second() } noexcept -> std::same_as<std::uint64_t>;
  /// Calls on_timer_interrupt once when ticks() has reached `ticks`, at once if it has. Replaces the alarm set before.
  { Clock::set_alarm(ticks) } noexcept -> std::same_as<void>;
  { Clock::cancel_alarm() } noexcept -> std::same_as<void>;
};

}  // namespace bobbin::arch

#include <isa/clock.hpp>

namespace bobbin::arch {
using isa::clock;
static_assert(time_base<clock>);
}  // namespace bobbin::arch
