#include <arch/cpu.hpp>
#include <core/assert.hpp>
#include <task/abandon.hpp>
#include <task/generator_record.hpp>
#include <task/hart.hpp>

namespace bobbin {

namespace {

constexpr const char* who = "generator";

}  // namespace

/// What the quick check of a resume cannot tell: one in another place than the last, after the end, by mistake, or by a task
/// with FP control words of its own or in a body that was told to return, whose next switch of another kind must be a careful one.
[[gnu::noinline, gnu::cold]] generator_record::resumed generator_record::resume_carefully(std::uintptr_t word,
                                                                                          std::uintptr_t sp) noexcept {
  if (ended()) return {nullptr, 0};
  if (running()) [[unlikely]] misuse("resumed while it runs", who, own_frame(), where);
  hart& here = this_hart();
  here.check_stack_carefully(sp);
  control_block& task = *here.current;
  generator_record* const outer = here.innermost_generator();
  stack_user& user = outer ? static_cast<stack_user&>(*outer) : task;
  resumer = user.foot;
  user.set_switched_at(arch::cpu::stack_pointer());
  arch::coroutine* body = this;
  const arch::watch::visit there{low(), stack_bytes};
  const bool switched = arch::coroutine::resume(body, word);
  ASSERT(switched);
  const bool always_carefully = outer != nullptr ? outer->stopping : task.own_fp_control;
  user.set_switched_at(always_carefully ? 0 : sp);
  return {static_cast<generator_record*>(body), word};
}

/// The same for a yield.
[[gnu::noinline]] generator_record::accepted generator_record::accept_place(std::uintptr_t word, std::uintptr_t sp) noexcept {
  if (stopping || !may_switch_at(sp) || !foot_sound() || running_inside(*this) != nullptr) return {word, false};
  set_switched_at(sp);
  return {word, true};
}

/// A yield from elsewhere than the body, from a body that was told to return, or out of stack.
[[gnu::noinline, gnu::cold]] void generator_record::look_closely(std::uintptr_t sp) noexcept {
  if (stopping) [[unlikely]] {  // its body goes on although it was told to return: left where it stands
    on_ignored_stop(*this);
    finish_here(special::abandoned);
  }
  hart& here = this_hart();
  if (here.innermost_generator() != this) [[unlikely]] misuse("yielded from outside its body", who, own_frame(), where);
  here.check_stack_carefully(sp);
}

/// Of a body at its beginning or end, which is damaged or has no room left.
[[gnu::noinline, gnu::cold]] void generator_record::check_stack(std::uintptr_t sp) noexcept {
  this_hart().check_stack_carefully(sp);
}

[[gnu::noinline, gnu::cold]] void generator_record::refuse_to_let_go() const noexcept {
  misuse("destroyed while it runs", who, own_frame(), where);
}

[[gnu::noinline]] void generator_record::let_go_carefully() noexcept {
  is(special::faulted) || is(special::abandoned) ? release() : give_up_stack();
}

void generator_record::release() noexcept {
  handle = nullptr;
  if (first_task_within(stack_memory().bytes()) == nullptr) give_up_stack();
}

void generator_record::give_up_stack() noexcept {
  const stack_view memory = stack_memory();
  vacate(*this);
  if (is(special::pooled)) give_back(pool, memory);
}

}  // namespace bobbin
