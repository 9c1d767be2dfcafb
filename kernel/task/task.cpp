#include <arch/cpu.hpp>
#include <arch/interrupts.hpp>
#include <arch/tls.hpp>
#include <core/assert.hpp>
#include <task/task.hpp>

#include <utility>

namespace bobbin {

/// Makes the memory this task's stack and returns the place for `bytes` of closure, whose `alignment` is at least a
/// stack's; null if this is not the usual case, an ordinary task on a free stack that was one before.
void* task::prepare(std::byte* low, std::size_t size, std::size_t bytes, std::size_t alignment) noexcept {
  const std::size_t above = arch::tls::bytes() + bytes;
  const std::uintptr_t address = reinterpret_cast<std::uintptr_t>(low);
  if (alive() || specials != 0 || size < above + alignment + minimum_stack_bytes || !vacated(low)) [[unlikely]]
    return nullptr;

  occupy(low, size, *this);
  return reinterpret_cast<void*>((address + size - above) & -alignment);
}

[[gnu::noinline, gnu::cold]] start_status task::prepare_carefully(stack_view memory, std::size_t bytes,
                                                                  std::size_t alignment, void*& place) noexcept {
  if (alive()) refuse({"started while it has not finished", "join it first, or start another task"}, own_frame());
  if (memory.size() < arch::tls::bytes() + bytes + alignment + minimum_stack_bytes) return start_status::stack_too_small;
  if (in_use(memory)) refuse({"started on a stack that is in use", "each task and generator needs a stack of its own"}, own_frame());
  bobbin::prepare(memory);
  const auto kept = std::exchange(specials, 0);
  place = prepare(memory.low(), memory.size(), bytes, alignment);
  specials = kept;
  unmake(special::stop_requested);
  return start_status::ok;
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

[[gnu::noinline, gnu::cold]] void task::launch_carefully(arch::task_entry run, void* closure) noexcept {
  if (!is(special::own_fp_control)) return enter_ring(run, closure);
  static_assert(sizeof(fp_control_keeper) % stack_alignment == 0);
  control_block::own_fp_control = true;
  enter_ring(fp_control_keeper::begin,
             std::construct_at(static_cast<fp_control_keeper*>(closure) - 1, fp_control_keeper{run, closure}));
}

void task::launch(arch::task_entry run, void* closure) noexcept { enter_ring(run, closure); }

[[gnu::always_inline]] inline void task::enter_ring(arch::task_entry run, void* argument) noexcept {
  begin_with(static_cast<std::byte*>(argument), run);
  this_hart().start(*this);
  if (arch::tls::bytes() != 0) place_thread_locals();
}

[[gnu::noinline]] void task::place_thread_locals() noexcept {
  thread_pointer = arch::tls::place(stack_memory().high()).thread_pointer;
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
  join_waiter self{this_hart().current};
  join_waiter** last = &joiners;
  while (*last != nullptr) last = &(*last)->next;
  *last = &self;
  arch::interrupts::mask();
  this_hart().block_masked();
  return self.how;
}

[[gnu::noinline, gnu::cold]] void task::stop_and_join() noexcept {
  if (this_hart().current == this) refuse({"destroyed by itself", "let it end first: it must not own its own object"}, own_frame());
  request_stop();
  join();
}

}  // namespace bobbin
