/// What becomes of the objects on a stack whose frames are gone: its task faulted or exited, and nobody destroys them.
///
///   a generator's handle     it gives its stack back, and what its own body held is abandoned with it
///   a pooled_task            the task is asked to stop, and gives its place back by itself when it has
///   a task                   is asked to stop; until it has ended, the stack it lies on stays in use
///
/// The frames themselves are not looked at: a generator and a pooled task know where their handles are.
#pragma once

#include <task/control_block.hpp>
#include <task/stack.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace bobbin {

/// Lets go of what lies on the stack of `user`, from the stack pointer `sp` upwards; on all of it if that is elsewhere.
/// Cost: reads it, and looks at every task.
void abandon(const stack_user& user, std::uintptr_t sp) noexcept;

/// The same for all stacks that the running task is on, which is about to end: its own and those of the generators that
/// it is inside of, which end as well.
void abandon_running_task(std::uintptr_t sp) noexcept;

/// The first task in `memory`, by address, that has not ended; null if there is none.
const control_block* first_task_within(std::span<const std::byte> memory) noexcept;

/// Whether all tasks in `memory` have ended; they are forgotten then.
bool forget_tasks_within(std::span<const std::byte> memory) noexcept;

}  // namespace bobbin
