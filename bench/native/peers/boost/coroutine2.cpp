/// Boost.Coroutine2. It knows no tasks: eight coroutines are resumed one after another.
#include "../../contestant.hpp"
#include "lent_stack.hpp"

#include <boost/coroutine2/coroutine.hpp>

#include <optional>

namespace native {
namespace {

using values = boost::coroutines2::coroutine<unsigned>;
using turn = boost::coroutines2::coroutine<void>;

constexpr const char* name = "Boost.Coroutine2";

static_stack memory;
std::optional<values::pull_type> numbers;

// Flat, or it is up to chance what of Boost's is inlined.
constexpr auto count = [] [[gnu::flatten]] (values::push_type& yield) {
  for (unsigned i = 0;; ++i) yield(i);
};
constexpr auto deep = [](values::push_type& yield) { call_deep(count, yield); };

constexpr auto walking = [](values::push_type& yield) {
  auto visit = [&yield] [[gnu::flatten]] (unsigned node) { return yield(node), true; };
  while (walk(tree_root, visit)) {}
};

template <const auto& body>
void begin() {
  numbers.emplace(lent_stack{memory}, body);
}
void end() { numbers.reset(); }

[[gnu::always_inline]] inline unsigned resume() {
  (*numbers)();
  return numbers->get();
}

void items(unsigned rounds) {
  for (; rounds != 0; --rounds) use(resume());
}

void items_beside_six_values(unsigned rounds) {
  six_values beside;
  for (; rounds != 0; --rounds) {
    use(resume());
    beside.change();
  }
}

/// The constructor runs it to the first item.
void lives(unsigned rounds) {
  for (; rounds != 0; --rounds) {
    values::pull_type one{lent_stack{memory}, count};
    use(one.get());
  }
}

constexpr unsigned tasks = 8;

static_stack memories[tasks];
std::optional<turn::pull_type> others[tasks];

template <unsigned self>
void keep_yielding(turn::push_type& yield) {
  for (;;) yield();
}

template <unsigned self = 0>
void begin_turns() {
  others[self].emplace(lent_stack{memories[self]}, keep_yielding<self>);
  if constexpr (self + 1 < tasks) begin_turns<self + 1>();
}
void end_turns() {
  for (auto& other : others) other.reset();
}

void turns(unsigned rounds) {
  for (; rounds != 0; rounds -= tasks)
    for (auto& other : others) (*other)();
}

void whole_tasks(unsigned rounds) {
  for (; rounds != 0; --rounds) turn::pull_type{lent_stack{memory}, [](turn::push_type&) {}};
}

const contestant contestants[]{
    {row::item, name, items, begin<count>, end},
    {row::six_values, name, items_beside_six_values, begin<count>, end},
    {row::deep, name, items, begin<deep>, end},
    {row::walk, name, items, begin<walking>, end},
    {row::life, name, lives},
    {row::turn, name, turns, begin_turns<0>, end_turns},
    {row::whole_task, name, whole_tasks},
};

}  // namespace
}  // namespace native
