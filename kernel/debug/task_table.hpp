/// The table of tasks: what `ps` shows, and every panic.
#pragma once

#include <core/format.hpp>
#include <task/control_block.hpp>

#include <string_view>

namespace bobbin {

std::string_view name_of(task_state) noexcept;

/// A task as reports call it: its name, or "task#ID" if it has none.
void format_value(sink, const format_spec&, const control_block&);

/// One line per task: id, name, state, most stack ever used of its size, times it was switched to.
void print_task_table() noexcept;

}  // namespace bobbin
