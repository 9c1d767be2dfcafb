/// C++20's own coroutines, which have no stack: a generator as small as it can be. From within calls it yields only if each
/// of these is a coroutine and hands every item on.
#include "../contestant.hpp"

#include <coroutine>
#include <cstddef>
#include <exception>
#include <iterator>
#include <optional>
#include <ranges>
#include <utility>

namespace native {
namespace {

constexpr const char* name = "C++20 coroutine";

/// Frames come from here, so that no figure has malloc in it. The last one taken goes back first.
alignas(64) std::byte frames[16 << 10];
std::byte* free_frame = frames;

class generator {
 public:
  struct promise_type {
    unsigned value;

    generator get_return_object() noexcept { return generator{handle::from_promise(*this)}; }
    std::suspend_always initial_suspend() const noexcept { return {}; }
    std::suspend_always final_suspend() const noexcept { return {}; }
    std::suspend_always yield_value(unsigned yielded) noexcept {
      value = yielded;
      return {};
    }
    void return_void() const noexcept {}
    void unhandled_exception() const noexcept { std::terminate(); }

    static void* operator new(std::size_t bytes) { 
      return std::exchange(free_frame, free_frame + (bytes + 63) / 64 * 64);
    }
    static void operator delete(void* frame, std::size_t) noexcept { free_frame = static_cast<std::byte*>(frame); }
  };
  using handle = std::coroutine_handle<promise_type>;

  struct iterator {
    using value_type = unsigned;
    using difference_type = std::ptrdiff_t;
    handle at;

    unsigned operator*() const noexcept { return at.promise().value; }
    iterator& operator++() noexcept {
      at.resume();
      return *this;
    }
    void operator++(int) noexcept { ++*this; }
    friend bool operator==(const iterator& left, std::default_sentinel_t) noexcept { return left.at.done(); }
  };

  explicit generator(handle coroutine) noexcept : coroutine_{coroutine} {}
  generator(generator&& other) noexcept : coroutine_{std::exchange(other.coroutine_, {})} {}
  ~generator() {
    if (coroutine_) coroutine_.destroy();
  }

  iterator begin() noexcept {
    coroutine_.resume();
    return {coroutine_};
  }
  std::default_sentinel_t end() const noexcept { return {}; }

  void resume() noexcept { coroutine_.resume(); }
  unsigned value() const noexcept { return coroutine_.promise().value; }

 private:
  handle coroutine_;
};

generator count() {
  for (unsigned i = 0;; ++i) co_yield i;
}

template <int depth>
generator count_deep() {
  if constexpr (depth == 0)
    for (unsigned i = 0;; ++i) co_yield i;
  else
    for (const unsigned i : count_deep<depth - 1>()) co_yield i;
}

generator walk_from(unsigned node) {
  if (node > tree_nodes) co_return;
  for (const unsigned below : walk_from(2 * node)) co_yield below;
  co_yield node;
  for (const unsigned below : walk_from(2 * node + 1)) co_yield below;
}

generator keep_walking() {
  for (;;)
    for (const unsigned node : walk_from(tree_root)) co_yield node;
}

std::optional<generator> numbers;

template <generator (*make)()>
void begin() {
  numbers.emplace(make());
}
void end() { numbers.reset(); }

void items(unsigned rounds) {
  for (const unsigned number : *numbers) {
    use(number);
    if (--rounds == 0) break;
  }
}

void items_beside_six_values(unsigned rounds) {
  six_values values;
  for (const unsigned number : *numbers) {
    use(number);
    values.change();
    if (--rounds == 0) break;
  }
}

void items_in_a_pipeline(unsigned rounds) {
  constexpr auto twice = [](unsigned number) { return 2 * number; };
  for (const unsigned number : *numbers | std::views::transform(twice) | std::views::take(rounds)) use(number);
}

void lives(unsigned rounds) {
  for (; rounds != 0; --rounds) {
    generator one = count();
    one.resume();
    use(one.value());
  }
}

constexpr unsigned tasks = 8;

std::optional<generator> others[tasks];

template <unsigned self>
generator keep_yielding() {
  for (;;) co_yield self;
}

template <unsigned self = 0>
void begin_turns() {
  others[self].emplace(keep_yielding<self>());
  if constexpr (self + 1 < tasks) begin_turns<self + 1>();
}
void end_turns() {
  for (unsigned last = tasks; last != 0; --last) others[last - 1].reset();
}

void turns(unsigned rounds) {
  for (; rounds != 0; rounds -= tasks)
    for (auto& other : others) other->resume();
}

generator do_nothing() { co_return; }

void whole_tasks(unsigned rounds) {
  for (; rounds != 0; --rounds) do_nothing().resume();
}

const contestant contestants[]{
    {row::item, name, items, begin<count>, end},
    {row::six_values, name, items_beside_six_values, begin<count>, end},
    {row::deep, name, items, begin<count_deep<4>>, end},
    {row::walk, name, items, begin<keep_walking>, end},
    {row::views, name, items_in_a_pipeline, begin<count>, end},
    {row::life, name, lives},
    {row::turn, name, turns, begin_turns<0>, end_turns},
    {row::whole_task, name, whole_tasks},
};

}  // namespace
}  // namespace native
