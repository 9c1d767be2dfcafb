#include <arch/cpu.hpp>
#include <arch/interrupts.hpp>
#include <arch/tls.hpp>
#include <core/assert.hpp>
#include <task/task.hpp>

#include <utility>

namespace bobbin {

/// Starts that are mistakes, or out of the ordinary. Says where `bytes` of closure go.
[[gnu::noinline, gnu::cold]] auto task::prepare_carefully(stack_view memory, std::size_t bytes,
                                                          std::size_t alignment) noexcept -> closure_place {
  const std::size_t above = arch::tls::bytes() + bytes;
  if (alive()) refuse({"started while it has not finished", "join it first, or start another task"}, own_frame());
  if (memory.size() < above + alignment + minimum_stack_bytes) return {nullptr, start_status::stack_too_small};
  if (in_use(memory)) refuse({"started on a stack that is in use", "each task and generator needs a stack of its own"}, own_frame());
  bobbin::prepare(memory);
  if (!control_block::registration::linked()) this_hart().enlist(*this);
  unmake(special::stop_requested);
  unmake(special::ended_early);
  held = nullptr;
  return {aligned_down(reinterpret_cast<std::uintptr_t>(memory.high()) - above, alignment), start_status::ok};
}

/// What a task with FP control words of its own begins with: it takes note of those that it shared until then.
struct task::fp_control_keeper {
  arch::task_entry run;
  void* closure;

  static void begin(void* self) noexcept {
    const auto& keeper = *static_cast<const fp_control_keeper*>(self);
    this_hart().shared_fp_control = arch::cpu::fp_control();
    keeper.run(keeper.closure);
  }
};

/// With thread_local objects, or FP control words of its own.
[[gnu::noinline, gnu::cold]] void task::launch_carefully(arch::task_entry run, void* closure) noexcept {
  if (arch::tls::bytes() != 0) thread_pointer = arch::tls::place(stack_memory().high()).thread_pointer;
  if (!is(special::own_fp_control)) return launch(run, closure);
  static_assert(sizeof(fp_control_keeper) % stack_alignment == 0);
  control_block::own_fp_control = true;
  launch(fp_control_keeper::begin,
         std::construct_at(static_cast<fp_control_keeper*>(closure) - 1, fp_control_keeper{run, closure}));
}

/// Of a function that was called wrongly: its own_frame(); null for an inline one, which calls this.
[[gnu::noinline, gnu::cold]] void task::refuse(mistake done, const void* frame) const noexcept {
  misuse(done, control_block::name ? control_block::name : "a task without a name", frame ? frame : own_frame());
}

/// Joins that are mistakes, need not wait, or wait with others or out of the ordinary.
[[gnu::noinline]] outcome task::join_carefully() noexcept {
  if (this_hart().current == this) refuse({"joined itself", "to end here, return or call this_task::exit"}, own_frame());
  if (control_block::state == task_state::fresh) refuse({"joined before it was started", "start it first"}, own_frame());
  if (!alive()) return how;
  keep_frame();
  this_hart().check_stack_before_queueing();
  join_waiter self{this_hart().current, this_hart().moment};
  join_waiter** last = &joiners;
  while (*last != nullptr) last = &(*last)->next;
  *last = &self;
  arch::interrupts::mask();
  this_hart().join_masked();
  return self.how;
}

[[gnu::noinline, gnu::cold]] void task::stop_and_join() noexcept {
  if (this_hart().current == this) refuse({"destroyed by itself", "let it end first: it must not own its own object"}, own_frame());
  request_stop();
  join();
}

}  // namespace bobbin
