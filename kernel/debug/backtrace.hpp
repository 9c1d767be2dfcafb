/// Call chains: from where a flow of control stands, along frame pointers, through generators into their resumers.
#pragma once

#include <arch/context.hpp>
#include <task/control_block.hpp>

namespace bobbin {

/// Prints one line for each call, innermost first, starting at `site` in `task`. `return_address` is what the processor
/// holds of the innermost call, or 0: it may be that no frame tells where that came from. Every frame is checked to lie
/// on one of the task's stacks before it is read, so a damaged chain ends the list and nothing else.
void print_call_chain(const control_block& task, call_site site, std::uintptr_t return_address = 0) noexcept;

/// The same for whatever runs on `memory`, before there is a task.
void print_call_chain(stack_view memory, call_site site, std::uintptr_t return_address) noexcept;

/// The same for an interrupt handler at `site`, on the trap stack, and then for `task`, which it interrupted.
void print_handler_chain(const control_block* task, call_site site, std::uintptr_t return_address) noexcept;

/// The same for a task that is suspended.
void print_call_chain(const control_block& task) noexcept;

}  // namespace bobbin
