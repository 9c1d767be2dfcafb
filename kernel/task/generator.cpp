#include <arch/cpu.hpp>
#include <core/assert.hpp>
#include <task/abandon.hpp>
#include <task/generator_record.hpp>
#include <task/hart.hpp>

namespace bobbin {

constinit stack_foot generator_record::nobody{};

namespace {

constexpr const char* who = "generator";

}  // namespace

/// What the quick check of a resume cannot tell: a first resume or one from elsewhere, an end, a misuse, an overflow.
[[gnu::noinline, gnu::cold]] generator_record::resumed generator_record::resume_carefully(std::uintptr_t word,
                                                                                          std::uintptr_t sp) noexcept {
  if (ended()) return {nullptr, 0};
  if (is_running()) [[unlikely]] misuse("resumed while it runs", who, own_frame(), where);
  hart& here = this_hart();
  here.check_stack_carefully(sp);
  control_block& task = *here.current;
  generator_record* const outer = here.innermost_generator();
  resumer = outer ? outer->foot : task.foot;
  state = state::started;

  stack_user& user = outer ? static_cast<stack_user&>(*outer) : task;
  user.set_switched_at(arch::cpu::stack_pointer());
  arch::coroutine* body = this;
  const arch::watch::visit there{low(), stack_bytes};
  const bool switched = arch::coroutine::resume(body, word);
  ASSERT(switched);
  task.own_fp_control && outer == nullptr ? task.set_switched_at(0) : user.set_switched_at(sp);
  if (outer != nullptr) outer->body_sp = sp;
  return {static_cast<generator_record*>(body), word};
}

/// The same for a yield.
[[gnu::noinline, gnu::cold]] generator_record::yielded generator_record::yield_carefully(std::uintptr_t word,
                                                                                         std::uintptr_t sp) noexcept {
  if (stopping) [[unlikely]] {  // its body goes on although it was told to return: left where it stands
    on_ignored_stop(*this);
    finish(state::abandoned);
  }
  hart& here = this_hart();
  if (here.innermost_generator() != this) [[unlikely]] misuse("yielded from outside its body", who, own_frame(), where);
  here.check_stack_carefully(sp);

  set_switched_at(body_sp = arch::cpu::stack_pointer());
  const arch::yielded how = arch::coroutine::yield(this, word);
  ASSERT(how != arch::yielded::unchecked);
  if (how == arch::yielded::resumed) set_switched_at(body_sp = sp);
  return {word, how == arch::yielded::resumed};
}

void generator_record::finish(enum state how) noexcept {
  if (how == state::finished) this_hart().check_stack();
  state = how;
  resumer = &nobody;
  return_for_good();
}

void generator_record::drop() noexcept {
  switch (state) {
    case state::fresh: drop_body(*this); break;
    case state::started: {
      if (running()) misuse("destroyed while it runs", who, own_frame(), where);
      stopping = true;
      set_switched_at(0);
      stop_at_resume();
      resume(0);
      break;
    }
    case state::finished:
    case state::faulted:
    case state::abandoned: break;
  }
  state >= state::faulted ? release() : give_up_stack();
}

void generator_record::release() noexcept {
  handle = nullptr;
  if (first_task_within(stack_memory().bytes()) == nullptr) give_up_stack();
}

void generator_record::give_up_stack() noexcept {
  const stack_view memory = stack_memory();
  vacate(*this);
  if (give_back != nullptr) give_back(pool, memory);
}

}  // namespace bobbin
