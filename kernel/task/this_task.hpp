/// What a task says of and to itself. Named after std::this_thread.
#pragma once

#include <task/hart.hpp>

#include <cstdint>
#include <string_view>

namespace bobbin::this_task {

/// Lets every other ready task run once. Cost: docs/costs.md, the same for any number of tasks.
inline void yield() noexcept { this_hart().yield(); }

/// The same, for a program that yields in many places and is to be small: three instructions at each instead of some
/// twenty, which jump to one function; a turn takes a few more. What a function of one's own around `yield` costs most is
/// its return, to another caller than the one that called last: processors foresee that wrongly. Here nothing returns.
[[gnu::always_inline]] inline void yield_out_of_line() noexcept { arch::continuation::yield_out_of_line(); }

/// Ends the task here with `status`: nothing on its stack is destroyed, but tasks and generators there are let go of
/// (abandon.hpp). In the task "main", as if main returned it. Cost: reads the stack.
[[noreturn]] void exit(int status = 0) noexcept;

inline std::uint32_t id() noexcept { return this_hart().current->id; }

/// "" for a task without a name.
inline std::string_view name() noexcept {
  const char* name = this_hart().current->name;
  return name ? name : "";
}

/// As task::set_priority; a lower one lets others go first from the next switch on.
inline void set_priority(unsigned level) noexcept { this_hart().current->prioritise(level); }
inline unsigned priority() noexcept { return this_hart().current->priority.own(); }

/// Whether somebody asked this task to end: return from its function then.
inline bool stop_requested() noexcept { return this_hart().current->is(special::stop_requested); }

}  // namespace bobbin::this_task
