#include <arch/clock.hpp>
#include <arch/cpu.hpp>
#include <arch/interrupts.hpp>
#include <arch/trap.hpp>
#include <core/assert.hpp>
#include <task/generator_record.hpp>
#include <task/hart.hpp>
#include <task/task_pool.hpp>

#include <type_traits>
#include <utility>

namespace bobbin {

constinit hart boot_hart;

namespace {

/// Whether somebody has to be told that a task is back on its stack: then a switch out of line is a careful one.
constexpr bool watched = !std::is_trivially_destructible_v<arch::watch::visit>;

/// Whether every stack that the running task is on is sound: its own and those of the generators it is inside of.
bool stacks_sound(const stack_user& user, std::uintptr_t sp) noexcept {
  if (!user.foot_sound()) return false;
  const generator_record* const inside = running_inside(user);
  return inside != nullptr ? stacks_sound(*inside, sp) : user.has_room_at(sp);
}

}  // namespace

generator_record* innermost_generator(const control_block& task) noexcept {
  generator_record* innermost = nullptr;
  if (task.foot == nullptr) return nullptr;  // what stands in for a task while the hart is idle has no stack
  for (auto* inside = running_inside(task); inside != nullptr; inside = running_inside(*inside)) innermost = inside;
  return innermost;
}

void hart::adopt(control_block& self, stack_view memory, void* thread_pointer) noexcept {
  constexpr std::size_t kept_bytes = 512;  // below the frame of this very function
  const auto low = reinterpret_cast<std::uintptr_t>(memory.low());
  bobbin::prepare(std::span{memory.low(), (arch::cpu::stack_pointer() - kept_bytes - low) / stack_alignment * stack_alignment});
  occupy(memory.low(), memory.size(), self);
  self.stack_bytes = memory.size();
  self.thread_pointer = thread_pointer;
  if constexpr (has_priorities) {
    idle.priority.set_level(levels.no_level);
    levels.append(self, idle);
  } else {
    self.control_block::turn::link_alone();
  }
  idle.control_block::registration::link_alone();
  self.control_block::registration::link_before(idle);
  self.id = ++last_id;
  self.switches = 1;
  self.held = nullptr;
  self.state = task_state::ready;
  current = &self;
  idle.name = "idle";
  arch::cpu::set_thread_pointer(thread_pointer);
}

/// For a caller that leaves by a jump.
[[gnu::noinline]] void hart::hand_over_from_here(control_block& self, control_block& next) noexcept {
  keep_frame();
  hand_over(self, next);
}

[[gnu::noinline]] void hart::hand_over_with_fp(control_block& self, control_block& next) noexcept {
  next.get_turn(self);
  const arch::watch::visit there{next.low(), next.stack_bytes};
  arch::continuation::hand_over_with_fp(self, next);
}

/// Whatever the running task has that is out of the ordinary. Needs little stack below its caller's.
[[gnu::noinline]] void hart::hand_over_carefully(control_block& self, control_block& next) noexcept {
  if (self.own_fp_control) return hand_over_with_fp_control(self, next);
  arch::continuation::has_fp() ? hand_over_with_fp(self, next) : hand_over_from_here(self, next);
}

/// With FP control words of its own: all other tasks share theirs.
[[gnu::noinline, gnu::cold]] void hart::hand_over_with_fp_control(control_block& self, control_block& next) noexcept {
  keep_frame();
  const auto own = arch::cpu::fp_control();
  arch::cpu::set_fp_control(shared_fp_control);
  hand_over_with_fp(self, next);
  shared_fp_control = arch::cpu::fp_control();
  arch::cpu::set_fp_control(own);
}

[[gnu::noinline, gnu::cold]] void hart::check_stack_carefully(std::uintptr_t sp) noexcept {
  static constexpr software_fault exhausted{.cause = "stack exhausted"};
  if (!stacks_sound(*current, sp)) arch::raise_fault(exhausted);
}

/// If nothing is out of the ordinary but the place, notes it, so that it is not from now on, and returns the running task.
[[gnu::noinline]] control_block* hart::accept_place(std::uintptr_t sp) noexcept {
  control_block& self = *current;
  const bool usual = !self.control_block::turn::alone() && !levels.somebody_above(self) && !self.is(special::stop_requested) &&
                     !arch::continuation::has_fp() && !self.own_fp_control && self.may_switch_at(sp);
  if (!usual) return nullptr;
  self.set_switched_at(sp);
  return &self;
}

/// A yield as the only ready task, with FP registers in use, from within a generator, with FP control words of its own,
/// or out of stack.
[[gnu::noinline]] void hart::yield_carefully(std::uintptr_t sp) noexcept {
  control_block& self = *current;
  if (self.control_block::turn::alone() && !levels.somebody_above(self)) {
    ++lone_yields;
    return;
  }
  check_stack_carefully(sp);
  control_block& next = choose_next(self);
  current = &next;
  hand_over_carefully(self, next);
}

/// Lets the next task run, and `self` go on at that place.
[[gnu::always_inline]] inline void hart::give_turn_from(control_block& self, const arch::suspended_task& place) noexcept {
  control_block& next = next_of(self);
  static_cast<arch::suspended_task&>(self) = place;
  current = &next;
  next.get_turn(self);
  arch::continuation::enter(next);
}

/// Needs no stack, however that is aligned: as `yield`, but for a place and not for who calls it.
void hart::yield_from(std::uintptr_t pc, std::uintptr_t sp, std::uintptr_t fp) noexcept {
  hart& here = boot_hart;
  control_block& self = *here.current;
  const bool usual = &next_of(self) != &self && !here.levels.somebody_above(self) && !arch::continuation::has_fp() &&
                     self.foot->switched_at == sp && !watched;
  if (!usual) [[unlikely]] return yield_from_elsewhere(pc, sp, fp);
  here.give_turn_from(self, {pc, sp, fp});
}

/// From another place than the last, or carefully.
[[gnu::noinline, BOBBIN_ALIGNS_ITS_STACK]] void hart::yield_from_elsewhere(std::uintptr_t pc, std::uintptr_t sp,
                                                                           std::uintptr_t fp) noexcept {
  control_block* const self = watched ? nullptr : boot_hart.accept_place(sp);
  if (self == nullptr) return boot_hart.yield_carefully(sp);
  boot_hart.give_turn_from(*self, {pc, sp, fp});
}

/// Whose turn comes after that of `self`, which stays ready.
inline control_block& hart::choose_next(control_block& self) noexcept {
  if constexpr (!has_priorities) return next_of(self);
  const interrupts_masked guard;
  return levels.after(self);
}

[[gnu::always_inline]] inline void hart::block_somehow(control_block& self, task_state state) noexcept {
  control_block& next = next_of(self);
  const bool usual = &next != &self && !levels.somebody_above(self) && !self.own_fp_control && !arch::continuation::has_fp();
  if (!usual) [[unlikely]] return block_carefully(self, state);
  keep_frame();
  suspend(self, next, state);
}

void hart::block_masked(wait_place* where) noexcept {
  control_block& self = *current;
  self.place = where;
  block_somehow(self, task_state::blocked);
}

void hart::join_masked() noexcept { block_somehow(*current, task_state::joining); }

/// Blocking when no other task is ready, with FP registers in use, or with FP control words of its own.
[[gnu::noinline, gnu::cold]] void hart::block_carefully(control_block& self, task_state state) noexcept {
  self.state = state;
  control_block& next = take_out(self);
  current = &next;
  arch::interrupts::unmask();
  if (&next != &self) hand_over_carefully(self, next);  // or else it was woken while the hart was idle
}

/// With interrupts masked: takes the running task out of the ring and says who runs next, after waiting for an interrupt
/// to make somebody ready if need be. The idle hart waits in the turn of `idle`, so that who is woken queues up as ever.
control_block& hart::take_out(control_block& self) noexcept {
  if constexpr (has_priorities) return take_out_by_level(self);
  if (!self.control_block::turn::alone()) {
    control_block& next = next_of(self);
    self.control_block::turn::drop();
    return next;
  }
  idle.control_block::turn::link_alone();
  current = &idle;
  while (idle.control_block::turn::alone()) {
    if (expecting == 0) on_nothing_to_run();
    arch::interrupts::wait();
  }
  moment = arch::clock::ticks();
  control_block& next = next_of(idle);
  idle.control_block::turn::drop();
  return next;
}

/// The same where tasks have priorities. Who is woken while the hart is idle lines up at a level, as ever.
control_block& hart::take_out_by_level(control_block& self) noexcept {
  levels.remove(self, self);
  if (!levels.nobody()) return levels.highest();
  current = &idle;
  while (levels.nobody()) {
    if (expecting == 0) on_nothing_to_run();
    arch::interrupts::wait();
  }
  moment = arch::clock::ticks();
  return levels.highest();
}

void hart::change_level(control_block& task, unsigned level) noexcept {
  const bool lined_up = task.alive() && !task.blocked();
  if (lined_up) levels.remove(task, *current);
  task.priority.set_level(level);
  if (lined_up) levels.append(task, *current);
}

void hart::wake(control_block& task) noexcept {
  const interrupts_masked guard;
  wake_masked(task);
}

[[gnu::always_inline]] inline void hart::leave_for_good(const control_block& self, control_block& next) noexcept {
  next.get_turn(self);
  arch::watch::left_for(next.low(), next.stack_bytes);
  arch::continuation::leave_for(next);
}

/// Of who has waited for a task that has ended.
[[gnu::always_inline]] inline void make_ready(join_waiter& waiter, outcome how) noexcept {
  waiter.how = how;
  waiter.who->state = task_state::ready;
}

/// With interrupts masked: takes a task that ends out of the ring and wakes who joined it. The last of them gets its place,
/// which is the end of the queue. Says who runs next; there must be somebody.
[[gnu::always_inline]] inline control_block& hart::give_turn_away(control_block& self) noexcept {
  join_waiter* waiter = std::exchange(self.joiners, nullptr);
  if constexpr (has_priorities) {
    for (; waiter != nullptr; waiter = waiter->next) {
      make_ready(*waiter, self.how);
      line_up(*waiter->who);
    }
    return take_out_by_level(self);
  }
  if (waiter == nullptr) {
    self.control_block::turn::drop();
    return next_of(self);
  }
  for (join_waiter* later; (later = waiter->next) != nullptr; waiter = later) {
    make_ready(*waiter, self.how);
    waiter->who->control_block::turn::link_before(self);
  }
  make_ready(*waiter, self.how);
  control_block& heir = *waiter->who;
  if (self.control_block::turn::alone()) {
    heir.control_block::turn::link_alone();
    return heir;
  }
  self.control_block::turn::give_place_to(heir);
  return next_of(self);
}

[[gnu::always_inline]] inline bool hart::somebody_runs_after(const control_block& self) const noexcept {
  return has_priorities || self.joiners != nullptr || !self.control_block::turn::alone();
}

/// The usual end. All that is rare goes the careful way: as the last ready task, with anything special, with something that
/// others wait for, with a stack that is not as it should be.
void hart::finish_returned(int status) noexcept {
  control_block& self = *current;
  arch::interrupts::mask();
  if (self.specials != 0 || self.held != nullptr || !somebody_runs_after(self) || !self.foot_intact()) [[unlikely]]
    finish_returned_carefully(status);
  self.how = outcome::returned(status);
  self.state = task_state::finished;
  self.specials = 0;  // as it is: who starts the task again reads both at once, and so finds them in one store
  control_block& next = give_turn_away(self);
  current = &next;
  vacate(self);
  arch::interrupts::unmask();
  leave_for_good(self, next);
}

[[gnu::noinline, gnu::cold]] void hart::finish_returned_carefully(int status) noexcept {
  arch::interrupts::unmask();
  check_stack();
  finish(current->is(special::stop_requested) ? outcome::stopped(status) : outcome::returned(status));
}

[[gnu::cold]] void hart::finish(outcome how) noexcept {
  control_block& self = *current;
  give_up_held(self);
  if (self.own_fp_control) arch::cpu::set_fp_control(shared_fp_control);
  arch::interrupts::mask();
  self.how = how;
  if (how.how() != outcome::kind::returned) self.make(special::ended_early);
  self.state = task_state::finished;
  if (self.is(special::pooled)) task_pool_base::announce(self);
  control_block& next = somebody_runs_after(self) ? give_turn_away(self) : take_out(self);
  current = &next;
  arch::interrupts::unmask();
  self.is(special::survived) ? self.unmake(special::survived) : vacate(self);
  if (self.is(special::pooled)) task_pool_base::take_back(self);
  leave_for_good(self, next);
}

}  // namespace bobbin
