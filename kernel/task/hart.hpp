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
/// Nothing preempts: a task runs until it yields, blocks or ends. Interrupt handlers may start or wake tasks, which
/// changes the ring before the running task only; so a yield, which reads what comes after, need not mask interrupts.
#pragma once

#include <arch/cpu.hpp>
#include <arch/stack_watch.hpp>
#include <core/timer_queue.hpp>
#include <task/control_block.hpp>
#include <task/generator_record.hpp>
#include <task/interrupts_masked.hpp>
#include <task/ready_levels.hpp>

namespace bobbin {

struct waitable;  // wait_queue.hpp

/// The innermost generator that `task` is inside of, or null. A stack whose foot is damaged ends the search: it is at
/// fault, whatever was resumed from it.
generator_record* innermost_generator(const control_block& task) noexcept;

struct hart {
  control_block* current = nullptr;        ///< the running task; written by tasks, read by handlers
  std::uint32_t last_id = 0;
  std::uint32_t expecting = 0;             ///< tasks that an interrupt will wake; changed with interrupts masked
  std::uint32_t lone_yields = 0;           ///< yields that found nobody else ready, modulo 2^32
  control_block idle;                      ///< stands in for the running task while no task is ready, and is the anchor
                                           ///< of the ring of all tasks that were started and still exist
  std::uint64_t moment = 0;                ///< the tick at which the clock was last looked at, or an idle hart went on
  timer_queue timers;                      ///< changed with interrupts masked
  [[no_unique_address]] ready_levels<has_priorities> levels;
  arch::cpu::fp_control_words shared_fp_control{};  ///< meaningful while a task with words of its own runs

  /// Makes the flow of control that calls this the task `self`, which has `memory` under it.
  void adopt(control_block& self, stack_view memory, void* thread_pointer) noexcept;

  /// Enters `task` into the ring of all.
  void enlist(control_block& task) noexcept {
    const interrupts_masked guard;
    task.control_block::registration::link_before(idle);
  }

  /// Enters `task`, prepared to run and enlisted, at the end of the ring of those that are ready.
  void start(control_block& task) noexcept {
    const interrupts_masked guard;
    line_up(task);
    task.id = ++last_id;
    task.switches = 0;
    task.state = task_state::ready;
  }

  /// Lets every other ready task run once. Cost: docs/costs.md.
  [[gnu::always_inline]] void yield() noexcept {
    if (!may_switch_here()) [[unlikely]] return yield_carefully(arch::cpu::stack_pointer());
    control_block& self = *current;
    control_block& next = next_of(self);
    current = &next;
    hand_over(self, next);
  }

  /// The same for a task that has jumped to `arch::yield_out_of_line` and goes on at `pc`, with that stack and frame pointer.
  /// It does so in another task's switch; this returns there only if nobody else runs, or all was not as usual.
  static void yield_from(std::uintptr_t pc, std::uintptr_t sp, std::uintptr_t fp) noexcept asm("yield_from");

  /// Suspends the running task until somebody wakes it. Called with interrupts masked, so that no wake-up comes between
  /// the look whether it must wait at all and this; returns with interrupts enabled. `check_stack_before_queueing` first.
  /// `where` it waits, for who breaks it off: see wait_queue.hpp.
  void block_masked(wait_place* where = nullptr) noexcept;
  /// The same until another task has finished, which knows who waits for it.
  void join_masked() noexcept;

  /// The quick form of that, for a running task `self` with nothing out of the ordinary, as `may_switch_here` says,
  /// with interrupts masked.
  [[gnu::always_inline]] void suspend(control_block& self, control_block& next, task_state state) noexcept {
    self.state = state;
    self.control_block::turn::drop_before(next);
    current = &next;
    arch::interrupts::unmask();
    hand_over(self, next);
  }

  /// Makes a blocked task ready, behind all that are ready already. Handlers may call this.
  void wake(control_block& task) noexcept;
  /// The same with interrupts masked.
  [[gnu::always_inline]] void wake_masked(control_block& task) noexcept {
    task.state = task_state::ready;
    line_up(task);
  }

  /// With interrupts masked: `task` runs at that level from now on.
  void change_level(control_block& task, unsigned level) noexcept;

  /// Ends the running task: its joiners get `how`, its stack is free as soon as another task runs.
  [[noreturn]] void finish(outcome how) noexcept;

  /// The same for a task whose function has returned `status`.
  [[noreturn]] void finish_returned(int status) noexcept;

  /// `task` is about to end: what it still holds is reported, and goes to those who wait for it.
  static void give_up_held(control_block& task) noexcept;

  /// Ends the running task if the stack it is on has no room left or a damaged end. Each switch begins with this.
  [[gnu::always_inline]] void check_stack() noexcept {
    if (!current->may_switch_at(arch::cpu::stack_pointer())) [[unlikely]]
      check_stack_carefully(arch::cpu::stack_pointer());
  }

  /// The same with room for all of a blocking call: made before the task enters itself, on that very stack, into a queue
  /// of those who wait. Once it is in there it must not end. `calls` deep: who notes something before it makes a call that
  /// checks as well, has room for one more, so that the check inside is sure to pass.
  [[gnu::always_inline]] void check_stack_before_queueing(std::size_t calls = 1) noexcept {
    const std::uintptr_t lowest = arch::cpu::stack_pointer() - calls * blocking_bytes;
    if (!current->may_switch_at(lowest)) [[unlikely]] check_stack_carefully(lowest);
  }

  /// The same for any stack pointer, wherever the running task is: on its own stack or in generators, whose stacks must
  /// all be sound.
  void check_stack_carefully(std::uintptr_t sp) noexcept;

  /// The running task, if it may switch where it is with nothing out of the ordinary: there is somebody else, no FP
  /// register is in use, and it has switched there before. In another place than the last a closer look is taken.
  /// Nothing is needed below the stack pointer then. Otherwise null.
  [[gnu::always_inline]] control_block* may_switch_here() noexcept {
    control_block& self = *current;
    const bool usual = &next_of(self) != &self && !levels.somebody_above(self) && !arch::continuation::has_fp() &&
                       self.switched_last_here();
    return usual ? &self : accept_place(arch::cpu::stack_pointer());
  }

  /// Whose turn comes after that of `self`.
  [[gnu::always_inline]] static control_block& next_of(control_block& self) noexcept {
    return *self.control_block::turn::next;
  }

  /// The innermost generator that the running task is inside of, or null.
  generator_record* innermost_generator() const noexcept { return bobbin::innermost_generator(*current); }

  /// The task that runs main.
  control_block& boot_task() noexcept { return *idle.control_block::registration::next; }

  task_state state_of(const control_block& task) const noexcept {
    return !task.alive()      ? task.state
           : &task == current ? task_state::running
           : task.blocked()   ? task_state::blocked
                              : task.state;
  }

 private:
  /// With interrupts masked: behind all that are ready, at its level.
  [[gnu::always_inline]] void line_up(control_block& task) noexcept { levels.append(task, *current); }
  control_block& choose_next(control_block& self) noexcept;
  control_block& take_out(control_block& self) noexcept;
  control_block& take_out_by_level(control_block& self) noexcept;
  [[noreturn]] void leave_for_good(const control_block& self, control_block& next) noexcept;
  control_block& give_turn_away(control_block& self) noexcept;
  bool somebody_runs_after(const control_block& self) const noexcept;
  [[noreturn]] void finish_returned_carefully(int status) noexcept;
  void block_somehow(control_block& self, task_state state) noexcept;
  void block_carefully(control_block& self, task_state state) noexcept;
  control_block* accept_place(std::uintptr_t sp) noexcept;
  void yield_carefully(std::uintptr_t sp) noexcept;
  static void yield_from_elsewhere(std::uintptr_t pc, std::uintptr_t sp, std::uintptr_t fp) noexcept;
  [[noreturn]] void give_turn_from(control_block& self, const arch::suspended_task& place) noexcept;
  /// The switch to what is `current` already.
  [[gnu::always_inline]] static void hand_over(control_block& self, control_block& next) noexcept {
    next.get_turn(self);
    const arch::watch::visit there{next.low(), next.stack_bytes};
    arch::continuation::hand_over(self, next);
  }
  static void hand_over_from_here(control_block& self, control_block& next) noexcept;
  static void hand_over_with_fp(control_block& self, control_block& next) noexcept;
  void hand_over_carefully(control_block& self, control_block& next) noexcept;
  void hand_over_with_fp_control(control_block& self, control_block& next) noexcept;
};

extern constinit hart boot_hart;

inline hart& this_hart() noexcept { return boot_hart; }

/// Calls `visit(control_block&)` for every task that was started and still exists, oldest first. The visitor may take the
/// task out of the ring.
template <class Visitor>
void for_each_task(Visitor visit) noexcept {
  const control_block& anchor = this_hart().idle;
  for (control_block* next = anchor.control_block::registration::next; next != nullptr && next != &anchor;) {
    control_block& task = *next;
    next = task.control_block::registration::next;
    visit(task);
  }
}

/// Hooks of the floors above, implemented in kernel/debug.
[[noreturn]] void on_nothing_to_run() noexcept;  ///< no task is ready, and nothing can ever make one ready
void on_abandoned(const waitable&, const control_block& by) noexcept;  ///< that task ended while it held this
void on_task_hogs(const control_block&, call_site) noexcept;  ///< it has not yielded for as long as the watchdog waits
[[noreturn]] void on_exit(int status) noexcept;  ///< the task "main" has ended

}  // namespace bobbin
