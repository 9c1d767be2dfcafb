/// The scheduler: everything one hardware thread owns.
///
/// Ready tasks form a ring, the running one among them. A yield moves one step along the ring; whoever becomes ready
/// enters it just before the running task, which is the far end of the queue seen from there. So the order is FIFO
/// round robin, and a yield costs the same however many tasks there are.
///
///          current
///             v
///     ... <-> A <-> B <-> C <-> ...        yield: current = B.     wake(D): ... <-> D <-> A <-> B ...
///
/// Nothing preempts: a task runs until it yields, blocks or ends.
#pragma once

#include <arch/cpu.hpp>
#include <task/control_block.hpp>
#include <task/generator_record.hpp>

namespace bobbin {

struct hart {
  control_block* current = nullptr;        ///< the running task
  control_block::registration tasks;       ///< anchor of the ring of all tasks that were started and still exist
  std::uint32_t last_id = 0;
  arch::cpu::fp_control_words shared_fp_control{};  ///< meaningful while a task with words of its own runs

  /// Makes the flow of control that calls this the task `self`, which has `memory` under it.
  void adopt(control_block& self, stack_view memory, void* thread_pointer) noexcept;

  /// Enters `task`, prepared to run, at the end of the ring.
  void start(control_block& task) noexcept;

  /// Lets every other ready task run once.
  void yield() noexcept;

  /// Suspends the running task until somebody wakes it.
  void block() noexcept;

  /// Makes a blocked task ready, behind all that are ready already.
  void wake(control_block& task) noexcept;

  /// Ends the running task: its joiners get `how`, its stack is free as soon as another task runs.
  [[noreturn]] void finish(outcome how) noexcept;

  /// The same where the task's stack cannot be trusted any more: goes on at the trap stack first.
  [[noreturn]] void abandon(outcome how) noexcept;

  /// Ends the running task if the stack it is on has no room left or a damaged end. Each switch begins with this.
  [[gnu::always_inline]] void check_stack() noexcept {
    const control_block& self = *current;
    const stack_user& active = self.generator ? *static_cast<const stack_user*>(self.generator) : self;
    if (!active.may_switch_at(arch::cpu::stack_pointer())) [[unlikely]] check_stack_carefully();
  }

  /// The task that runs main.
  control_block& boot_task() noexcept { return static_cast<control_block&>(*tasks.next); }

  task_state state_of(const control_block& task) const noexcept {
    return &task == current ? task_state::running : task.state;
  }

 private:
  void check_stack_carefully() noexcept;
  control_block& next_of(control_block& self) noexcept;
  void switch_from(control_block& self, control_block& next) noexcept;
  void switch_carefully(control_block& self, control_block& next) noexcept;
  void enter(control_block& self, control_block& next) noexcept;
};

extern constinit hart boot_hart;

inline hart& this_hart() noexcept { return boot_hart; }

/// Calls `visit(control_block&)` for every task that was started and still exists, oldest first.
template <class Visitor>
void for_each_task(Visitor visit) noexcept {
  auto& anchor = this_hart().tasks;
  for (auto* hook = anchor.next; hook != nullptr && hook != &anchor; hook = hook->next)
    visit(static_cast<control_block&>(*hook));
}

/// Hooks of the floors above, implemented in kernel/debug.
[[noreturn]] void on_deadlock() noexcept;
[[noreturn]] void on_exit(int status) noexcept;  ///< the task "main" has ended
void on_fault(const control_block& task, const outcome& how) noexcept;

}  // namespace bobbin
