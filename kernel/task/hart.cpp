#include <arch/image.hpp>
#include <core/assert.hpp>
#include <task/generator_record.hpp>
#include <task/hart.hpp>
#include <task/task_pool.hpp>

#include <utility>

namespace bobbin {

constinit hart boot_hart;

namespace {

/// Whether every stack that the running task is on is sound: its own, or else the innermost generator's, with the ends
/// of all of them intact.
bool stacks_sound(const control_block& self, std::uintptr_t sp) noexcept {
  const stack_user* active = &self;
  std::size_t bytes = self.stack_bytes - stack_reserve_bytes;
  for (const generator_record* inside = self.generator; inside != nullptr; inside = inside->outer) {
    if (inside->owner_word() != reinterpret_cast<std::uintptr_t>(static_cast<const stack_user*>(inside))) return false;
    if (inside == self.generator) active = inside, bytes = inside->span;
  }
  return sp - active->floor < bytes && self.owner_word() == reinterpret_cast<std::uintptr_t>(&self);
}

}  // namespace

void hart::adopt(control_block& self, stack_view memory, void* thread_pointer) noexcept {
  constexpr std::size_t kept_bytes = 512;  // below the frame of this very function
  const auto low = reinterpret_cast<std::uintptr_t>(memory.low());
  paint(std::span{memory.low(), (arch::cpu::stack_pointer() - kept_bytes - low) / stack_alignment * stack_alignment});
  occupy(memory, self);
  self.stack_bytes = memory.size();
  self.thread_pointer = thread_pointer;
  self.control_block::turn::link_alone();
  tasks.link_alone();
  self.control_block::registration::link_before(tasks);
  self.id = ++last_id;
  self.switches = 1;
  self.state = task_state::ready;
  current = &self;
  arch::cpu::set_thread_pointer(thread_pointer);
}

void hart::start(control_block& task) noexcept {
  if (!task.control_block::registration::linked()) task.control_block::registration::link_before(tasks);
  task.control_block::turn::link_before(*current);
  task.id = ++last_id;
  task.switches = 0;
  task.state = task_state::ready;
}

[[gnu::always_inline]] inline control_block& hart::next_of(control_block& self) noexcept {
  return static_cast<control_block&>(*self.control_block::turn::next);
}

[[gnu::always_inline]] inline void hart::enter(control_block& self, control_block& next) noexcept {
  ++next.switches;
  current = &next;
  arch::cpu::set_thread_pointer(next.thread_pointer);
  arch::switch_context(&self.suspended, next.suspended);
}

[[gnu::always_inline]] inline void hart::switch_from(control_block& self, control_block& next) noexcept {
  if (!self.may_switch_at(arch::cpu::stack_pointer())) [[unlikely]] return switch_carefully(self, next);
  enter(self, next);
}

[[gnu::noinline, gnu::cold]] void hart::check_stack_carefully() noexcept {
  if (!stacks_sound(*current, arch::cpu::stack_pointer()))
    abandon(outcome::faulted("stack exhausted", reinterpret_cast<std::uintptr_t>(__builtin_return_address(0))));
}

/// The rare ways to leave a task: from within a generator, with FP control words of its own, out of stack.
[[gnu::noinline, gnu::cold]] void hart::switch_carefully(control_block& self, control_block& next) noexcept {
  check_stack_carefully();
  if (!self.own_fp_control) return enter(self, next);
  const auto own = arch::cpu::fp_control();
  arch::cpu::set_fp_control(shared_fp_control);
  enter(self, next);
  shared_fp_control = arch::cpu::fp_control();
  arch::cpu::set_fp_control(own);
}

void hart::yield() noexcept {
  control_block& self = *current;
  control_block& next = next_of(self);
  if (&next != &self) switch_from(self, next);
}

void hart::block() noexcept {
  control_block& self = *current;
  control_block& next = next_of(self);
  if (&next == &self) on_deadlock();
  self.control_block::turn::unlink();
  self.state = task_state::blocked;
  switch_from(self, next);
}

void hart::wake(control_block& task) noexcept {
  task.state = task_state::ready;
  task.control_block::turn::link_before(*current);
}

void hart::finish(outcome how) noexcept {
  control_block& self = *current;
  for (join_waiter* waiter = std::exchange(self.joiners, nullptr); waiter != nullptr;) {
    join_waiter& woken = *std::exchange(waiter, waiter->next);
    woken.how = how;
    wake(*woken.who);
  }
  control_block& next = next_of(self);
  if (&next == &self) on_deadlock();
  self.control_block::turn::unlink();
  self.state = task_state::finished;
  self.how = how;
  if (self.own_fp_control) arch::cpu::set_fp_control(shared_fp_control);
  vacate(self);
  if (self.pooled) task_pool_base::take_back(self);
  enter(self, next);
  __builtin_unreachable();
}

void hart::abandon(outcome how) noexcept {
  control_block& self = *current;
  self.how = how;
  const auto go_on = [](void*) {
    hart& here = this_hart();
    on_fault(*here.current, here.current->how);
    here.finish(here.current->how);
  };
  arch::switch_context(&self.suspended, arch::context::first_frame(arch::boundary(__trap_stack_high), go_on, nullptr));
  __builtin_unreachable();
}

}  // namespace bobbin
