/// makecontext and swapcontext of glibc. Each switch also saves and sets the signal mask, by a system call.
#include "../contestant.hpp"
#include "static_stack.hpp"

#include <ucontext.h>

namespace native {
namespace {

constexpr const char* name = "ucontext";

// ------------------------------------------------------------------------------------------------- generators ----

static_stack memory;
ucontext_t resumer, body;
unsigned value;

struct sink {
  void operator()(unsigned yielded) {
    value = yielded;
    swapcontext(&body, &resumer);
  }
};

constexpr auto count = [](sink& yield) {
  for (unsigned i = 0;; ++i) yield(i);
};

void flat() {
  sink yield;
  count(yield);
}
void deep() {
  sink yield;
  call_deep(count, yield);
}

void walking() {
  sink yield;
  auto visit = [&yield](unsigned node) { return yield(node), true; };
  while (walk(tree_root, visit)) {}
}

void prepare(ucontext_t& context, static_stack& stack, void (*function)(), ucontext_t* afterwards = nullptr) {
  getcontext(&context);
  context.uc_stack.ss_sp = stack.low();
  context.uc_stack.ss_size = stack.size();
  context.uc_link = afterwards;
  makecontext(&context, function, 0);
}

template <void (*function)()>
void begin() {
  prepare(body, memory, function);
}

[[gnu::always_inline]] inline unsigned resume() {
  swapcontext(&resumer, &body);
  return value;
}

void items(unsigned rounds) {
  for (; rounds != 0; --rounds) use(resume());
}

void items_beside_six_values(unsigned rounds) {
  six_values values;
  for (; rounds != 0; --rounds) {
    use(resume());
    values.change();
  }
}

void lives(unsigned rounds) {
  for (; rounds != 0; --rounds) {
    begin<flat>();
    use(resume());
  }
}

// ------------------------------------------------------------------------------------------------------ tasks ----

constexpr unsigned tasks = 8;

static_stack memories[tasks];
ucontext_t ring[tasks];  // [0] is who measures

template <unsigned self>
[[gnu::always_inline]] inline void yield() {
  swapcontext(&ring[self], &ring[(self + 1) % tasks]);
}

template <unsigned self>
[[gnu::noinline]] void yield_out_of_line() {
  yield<self>();
  barrier();
}

template <unsigned self, bool inlined>
void keep_yielding() {
  for (;;) inlined ? yield<self>() : yield_out_of_line<self>();
}

template <bool inlined, unsigned self = 1>
void begin_turns() {
  prepare(ring[self], memories[self], keep_yielding<self, inlined>);
  if constexpr (self + 1 < tasks) begin_turns<inlined, self + 1>();
}

template <bool inlined>
void turns(unsigned rounds) {
  for (; rounds != 0; rounds -= tasks) inlined ? yield<0>() : yield_out_of_line<0>();
}

void whole_tasks(unsigned rounds) {
  for (; rounds != 0; --rounds) {
    prepare(body, memory, [] {}, &resumer);
    swapcontext(&resumer, &body);
  }
}

const contestant contestants[]{
    {row::item, name, items, begin<flat>},
    {row::six_values, name, items_beside_six_values, begin<flat>},
    {row::deep, name, items, begin<deep>},
    {row::walk, name, items, begin<walking>},
    {row::life, name, lives},
    {row::turn, name, turns<true>, begin_turns<true>},
    {row::turn_out_of_line, name, turns<false>, begin_turns<false>},
    {row::whole_task, name, whole_tasks},
};

}  // namespace
}  // namespace native
