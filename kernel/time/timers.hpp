/// The hart's timers, and its alarm that goes off when the first is due: no tick when nothing is.
#pragma once

#include <core/chrono.hpp>
#include <core/timer_queue.hpp>

namespace bobbin::timers {

/// Both with interrupts masked.
void add(timer&) noexcept;
/// Returns false if it has expired already.
bool cancel(timer&) noexcept;

/// From now on, a task that does not yield for `patience` is reported with its calls, once each time.
void start_watchdog(std::chrono::nanoseconds patience) noexcept;

}  // namespace bobbin::timers
