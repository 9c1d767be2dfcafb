/// boost::context::fiber. One that is destroyed unfinished is unwound by an exception.
#include "../../contestant.hpp"
#include "lent_stack.hpp"

#include <boost/context/fiber.hpp>

#include <memory>
#include <utility>

namespace native {
namespace {

using boost::context::fiber;

constexpr const char* name = "Boost.Context fiber";

// ------------------------------------------------------------------------------------------------- generators ----

static_stack memory;
fiber body;
unsigned value;

struct sink {
  fiber resumer;
  void operator()(unsigned yielded) {
    value = yielded;
    resumer = std::move(resumer).resume();
  }
};

constexpr auto count = [](sink& yield) {
  for (unsigned i = 0;; ++i) yield(i);
};

constexpr auto flat = [](fiber&& resumer) -> fiber {
  sink yield{std::move(resumer)};
  count(yield);
  return {};
};
constexpr auto deep = [](fiber&& resumer) -> fiber {
  sink yield{std::move(resumer)};
  call_deep(count, yield);
  return {};
};

constexpr auto walking = [](fiber&& resumer) -> fiber {
  sink yield{std::move(resumer)};
  auto visit = [&yield](unsigned node) { return yield(node), true; };
  while (walk(tree_root, visit)) {}
  return {};
};

template <const auto& function>
void begin() {
  body = fiber{std::allocator_arg, lent_stack{memory}, function};
}
void end() { body = {}; }

[[gnu::always_inline]] inline unsigned resume() {
  body = std::move(body).resume();
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
    end();
  }
}

// ------------------------------------------------------------------------------------------------------ tasks ----

constexpr unsigned tasks = 8;

static_stack memories[tasks];
fiber ring[tasks];  // [0] is who measures
bool going;

/// Goes on in the next one; when somebody goes on here, that is the one before.
template <unsigned self>
[[gnu::always_inline]] inline void yield() {
  ring[(self + tasks - 1) % tasks] = std::move(ring[(self + 1) % tasks]).resume();
}

template <unsigned self>
[[gnu::noinline]] void yield_out_of_line() {
  yield<self>();
  barrier();
}

/// Ends by going on in who measures, who is the next of the last.
template <unsigned self, bool inlined>
fiber keep_yielding(fiber&& from) {
  ring[self - 1] = std::move(from);
  while (going) inlined ? yield<self>() : yield_out_of_line<self>();
  return std::move(ring[(self + 1) % tasks]);
}

template <bool inlined, unsigned self = 1>
void begin_turns() {
  going = true;
  ring[self] = fiber{std::allocator_arg, lent_stack{memories[self]}, keep_yielding<self, inlined>};
  if constexpr (self + 1 < tasks) begin_turns<inlined, self + 1>();
}

template <bool inlined>
void turns(unsigned rounds) {
  for (; rounds != 0; rounds -= tasks) inlined ? yield<0>() : yield_out_of_line<0>();
}

void end_turns() {
  going = false;
  std::move(ring[1]).resume();
}

void whole_tasks(unsigned rounds) {
  for (; rounds != 0; --rounds)
    fiber{std::allocator_arg, lent_stack{memory}, [](fiber&& resumer) { return std::move(resumer); }}.resume();
}

const contestant contestants[]{
    {row::item, name, items, begin<flat>, end},
    {row::six_values, name, items_beside_six_values, begin<flat>, end},
    {row::deep, name, items, begin<deep>, end},
    {row::walk, name, items, begin<walking>, end},
    {row::life, name, lives},
    {row::turn, name, turns<true>, begin_turns<true>, end_turns},
    {row::turn_out_of_line, name, turns<false>, begin_turns<false>, end_turns},
    {row::whole_task, name, whole_tasks},
};

}  // namespace
}  // namespace native
