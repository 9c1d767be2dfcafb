#include <arch/cpu.hpp>
#include <core/assert.hpp>
#include <task/generator_record.hpp>
#include <task/hart.hpp>

namespace bobbin {
namespace {

constexpr const char* who = "generator";

}  // namespace

void generator_record::resume() noexcept {
  if (state == state::running) [[unlikely]] misuse("resumed while it runs", who, where);
  hart& here = this_hart();
  control_block& task = *here.current;
  here.check_stack();
  outer = task.generator;
  task.generator = this;
  state = state::running;
  arch::switch_context(&other_side, other_side);
}

bool generator_record::yield() noexcept {
  if (stopping) [[unlikely]] {  // its body goes on although it was told to return: left where it stands
    on_ignored_stop(*this);
    finish(state::abandoned);
  }
  hart& here = this_hart();
  control_block& task = *here.current;
  if (task.generator != this) [[unlikely]] misuse("yielded from outside its body", who, where);
  here.check_stack();
  task.generator = outer;
  state = state::suspended;
  arch::switch_context(&other_side, other_side);
  return !stopping;
}

void generator_record::finish(enum state how) noexcept {
  if (how == state::finished) this_hart().check_stack();
  this_hart().current->generator = outer;
  yielded = nullptr;
  state = how;
  arch::leave_context(other_side);
}

void generator_record::drop() noexcept {
  switch (state) {
    case state::fresh: drop_body(*this); break;
    case state::running: misuse("destroyed while it runs", who, where);
    case state::suspended:
      stopping = true;
      resume();
      break;
    case state::finished:
    case state::faulted:
    case state::abandoned: break;
  }
  const stack_view memory = stack_memory();
  vacate(*this);
  if (give_back != nullptr) give_back(pool, memory);
}

}  // namespace bobbin
