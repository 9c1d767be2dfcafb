#include <arch/tls.hpp>
#include <core/assert.hpp>
#include <task/task.hpp>

namespace bobbin {
namespace {

std::uintptr_t align_down(std::uintptr_t address, std::size_t alignment) noexcept { return address & -alignment; }

/// Where a closure goes below `top`.
std::uintptr_t closure_address(std::uintptr_t top, std::size_t bytes, std::size_t alignment) noexcept {
  return align_down(top - bytes, alignment < stack_alignment ? stack_alignment : alignment);
}

}  // namespace

start_status task::prepare(stack_view memory, std::size_t bytes, std::size_t alignment, void*& place) noexcept {
  if (alive()) misuse("started while it has not finished", control_block::name);
  if (!memory.aligned()) return start_status::stack_misaligned;

  const auto low = reinterpret_cast<std::uintptr_t>(memory.low());
  const auto top = reinterpret_cast<std::uintptr_t>(memory.high());
  const std::size_t tls_bytes = arch::tls::bytes();
  if (memory.size() < tls_bytes + bytes + alignment + minimum_stack_bytes ||
      closure_address(top - tls_bytes, bytes, alignment) < low + minimum_stack_bytes)
    return start_status::stack_too_small;
  if (in_use(memory)) misuse("started on a stack that is in use", control_block::name);

  paint(memory);
  occupy(memory, *this);
  const auto tls = arch::tls::place(memory.high());
  thread_pointer = tls.thread_pointer;
  stack_bytes = memory.size();
  place = reinterpret_cast<void*>(closure_address(reinterpret_cast<std::uintptr_t>(tls.bottom), bytes, alignment));
  return start_status::ok;
}

void task::launch(arch::entry_point run, void* closure) noexcept {
  if (own_fp_control) span = 0;
  stop_requested = false;
  suspended = arch::context::first_frame(static_cast<std::byte*>(closure), run, closure);
  this_hart().start(*this);
}

void task::demand(start_status status) const noexcept {
  if (status != start_status::ok) misuse("started on a stack too small for its thread_local objects", control_block::name);
}

void task::returned(int status) noexcept {
  hart& here = this_hart();
  here.finish(here.current->stop_requested ? outcome::stopped(status) : outcome::returned(status));
}

outcome task::join() noexcept {
  hart& here = this_hart();
  if (here.current == this) misuse("joined itself", control_block::name);
  if (control_block::state == task_state::fresh) misuse("joined before it was started", control_block::name);
  if (!alive()) return how;

  join_waiter self{here.current};
  join_waiter** last = &joiners;
  while (*last != nullptr) last = &(*last)->next;
  *last = &self;
  here.block();
  return self.how;
}

task::~task() {
  if (alive()) {
    request_stop();
    join();
  }
  if (control_block::registration::linked()) control_block::registration::unlink();
}

}  // namespace bobbin
