/// Boost.Context's switch alone: jump_fcontext, which its classes are made of. What happens to an unfinished one is up to
/// who uses it: here it is forgotten.
#include "../../contestant.hpp"
#include "../static_stack.hpp"

#include <boost/context/detail/fcontext.hpp>

#include <array>
#include <cstdint>

namespace native {
namespace {

using namespace boost::context::detail;

constexpr const char* name = "Boost.Context fcontext";

// ------------------------------------------------------------------------------------------------- generators ----

static_stack memory;
fcontext_t body;

struct sink {
  fcontext_t resumer;
  void operator()(std::uintptr_t value) { resumer = jump_fcontext(resumer, reinterpret_cast<void*>(value)).fctx; }
};

constexpr auto count = [](sink& yield) {
  for (std::uintptr_t i = 0;; ++i) yield(i);
};

void flat(transfer_t from) {
  sink yield{from.fctx};
  count(yield);
}
void deep(transfer_t from) {
  sink yield{from.fctx};
  call_deep(count, yield);
}

void walking(transfer_t from) {
  sink yield{from.fctx};
  auto visit = [&yield](unsigned node) { return yield(node), true; };
  while (walk(tree_root, visit)) {}
}

[[gnu::always_inline]] inline std::uintptr_t resume() {
  const transfer_t from = jump_fcontext(body, nullptr);
  body = from.fctx;
  return reinterpret_cast<std::uintptr_t>(from.data);
}

template <void (*function)(transfer_t)>
void begin() {
  body = make_fcontext(memory.high(), memory.size(), function);
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
fcontext_t ring[tasks];  // [0] is who measures

/// Goes on in the next one; when somebody goes on here, that is the one before.
template <unsigned self>
[[gnu::always_inline]] inline void yield() {
  ring[(self + tasks - 1) % tasks] = jump_fcontext(ring[(self + 1) % tasks], nullptr).fctx;
}

template <unsigned self>
[[gnu::noinline]] void yield_out_of_line() {
  yield<self>();
  barrier();
}

template <unsigned self, bool inlined>
void keep_yielding(transfer_t from) {
  ring[self - 1] = from.fctx;
  for (;;) inlined ? yield<self>() : yield_out_of_line<self>();
}

template <bool inlined, unsigned self = 1>
void begin_turns() {
  ring[self] = make_fcontext(memories[self].high(), memories[self].size(), keep_yielding<self, inlined>);
  if constexpr (self + 1 < tasks) begin_turns<inlined, self + 1>();
}

template <bool inlined>
void turns(unsigned rounds) {
  for (; rounds != 0; rounds -= tasks) inlined ? yield<0>() : yield_out_of_line<0>();
}

void return_to(transfer_t from) { jump_fcontext(from.fctx, nullptr); }

void whole_tasks(unsigned rounds) {
  for (; rounds != 0; --rounds) jump_fcontext(make_fcontext(memory.high(), memory.size(), return_to), nullptr);
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
