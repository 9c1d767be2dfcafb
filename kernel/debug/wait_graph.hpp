/// Who waits for what, and which tasks wait for each other.
///
///     ann --mutex fork1--> bob --mutex fork0--> cid --join--> bob        deadlock of bob and cid; ann waits for them
///
/// A wait that one other task alone can end leads to that task: a join, or a lock that neither a deadline nor a request to
/// stop breaks off. So one way at most leads on from each task, and who follows it from a deadlock comes back.
/// The search keeps what it knows in the turns of tasks that are blocked, which have no use for them until they are woken:
/// it needs no memory, and time in proportion to the tasks.
#pragma once

#include <core/format.hpp>
#include <task/wait_queue.hpp>

#include <string_view>

namespace bobbin {

/// "mutex fork1", as far as it can be read.
void format_value(sink, const format_spec&, const waitable&);

/// A line for each deadlock, "  deadlock: ann waits for mutex fork1 held by bob waits for the end of ann", and one for each
/// task that is blocked, "  ann waits for mutex fork1, held by bob, for 42ms". Interrupts are masked while deadlocks
/// are told, and during each line.
void print_waits() noexcept;

/// The lines of those deadlocks that have not been told yet, with `headline` above them; nothing if there are none.
/// Handlers may call this.
void print_new_deadlocks(std::string_view headline = "") noexcept;

}  // namespace bobbin
