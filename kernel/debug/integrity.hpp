/// What can be believed of the kernel's own data when something has gone wrong: reports look before they read.
#pragma once

#include <task/hart.hpp>

#include <cstddef>
#include <string_view>

namespace bobbin {

/// Whether all of these bytes can be read.
bool readable(const void* first, std::size_t bytes) noexcept;
inline bool readable(stack_view memory) noexcept { return readable(memory.low(), memory.size()); }
inline bool readable(const control_block* task) noexcept { return readable(task, sizeof *task); }

/// A name, as far as it can be read; "" for none.
std::string_view readable_text(const char*) noexcept;

/// Calls `visit(control_block&)` for every task that was started and still exists, oldest first, as far as the list of
/// them holds together. Returns whether that is to its end.
template <class Visitor>
bool for_each_sound_task(Visitor visit) noexcept {
  const control_block& anchor = this_hart().idle;
  const control_block* before = &anchor;
  for (control_block* task = anchor.control_block::registration::next; task != nullptr && task != &anchor; task = task->control_block::registration::next) {
    if (!readable(task) || task->control_block::registration::prev != before) return false;
    visit(*task);
    before = task;
  }
  return before->control_block::registration::next != nullptr || before == &anchor;
}

}  // namespace bobbin
