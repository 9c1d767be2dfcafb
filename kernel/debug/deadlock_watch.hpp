/// Deadlocks of some tasks while others still run: looked for at regular times.
#pragma once

namespace bobbin {

/// From now on each of them is told once, on the console, and everything goes on. Asked for by the boot argument
/// `deadlock=eager`. Cost: ten times a second, time in proportion to the tasks with interrupts masked.
void start_deadlock_watch() noexcept;

}  // namespace bobbin
