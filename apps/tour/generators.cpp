/// Generators: functions that hand out one value after another, and stay where they are in between. They run on stacks
/// of their own, so one may be broken off and taken up again, and its body may itself resume other generators.
#include "tour.hpp"

#include "bobbin.hpp"

#include <string_view>
#include <utility>

using namespace bobbin;

namespace {

using small_stack = stack<4_KiB>;
small_stack fib_stack, range_stack, sums_stack, triangles_stack, side_stack, keeper_stack;

/// 0 1 1 2 3 5 8 ... without end
generator<int> fib(small_stack& memory) {
  return {memory, [](auto& yield) {
    for (int a = 0, b = 1; yield(a); b += std::exchange(a, b)) {}
  }};
}

/// first, first + 1, ... up to but not including `last`
generator<int> range(small_stack& memory, int first, int last) {
  return {memory, [=](auto& yield) {
    for (int i = first; i < last && yield(i); ++i) {}
  }};
}

/// The sums of what `left` and `right` hand out, until one of them ends: a body that resumes two other generators.
generator<int> sums(small_stack& memory, generator<int>& left, generator<int>& right) {
  return {memory, [&](auto& yield) {
    for (;;) {
      const auto a = left.resume();
      const auto b = right.resume();
      if (!a || !b || !yield(*a + *b)) return;
    }
  }};
}

/// 1, 1 + 2, 1 + 2 + 3, ...: a body that makes a generator of its own for every side, and adds up all it hands out.
generator<int> triangles(small_stack& memory) {
  return {memory, [](auto& yield) {
    for (int side = 1;; ++side) {
      int sum = 0;
      for (const int row : range(side_stack, 1, side + 1)) sum += row;
      if (!yield(sum)) return;
    }
  }};
}

/// Prints what `values` hands out, and breaks it off after `limit` values.
void show(const char* what, generator<int>& values, int limit = 100) {
  print("{:18}", what);
  for (const int value : values) {
    print(" {}", value);
    if (--limit == 0) break;
  }
  print("\n");
}

void break_off_and_resume() {
  auto numbers = fib(fib_stack);
  auto ten = range(range_stack, 0, 10);

  show("fib:", numbers, 8);
  show("range:", ten, 4);
  show("fib, going on:", numbers, 6);
  show("range, going on:", ten);
  show("range, at its end:", ten);
}

void nest() {
  auto numbers = fib(fib_stack);
  auto ten = range(range_stack, 0, 10);
  auto both = sums(sums_stack, numbers, ten);
  auto added_up = triangles(triangles_stack);

  show("fib + range:", both);
  show("sums of ranges:", added_up, 10);
}

/// Values go both ways: numbers in, words out. The keeper's body returns when its number was guessed.
void guess() {
  generator<std::string_view, int> keeper{keeper_stack, [secret = 37](auto& yield) {
    for (int guess = yield.input(); guess != secret && !yield.stopped();)
      guess = yield(guess < secret ? "higher" : "lower");
  }};

  int low = 0, high = 100;
  for (;;) {
    const int guess = (low + high) / 2;
    print("is it {}? ", guess);
    const auto hint = keeper.resume(guess);
    print("{}\n", hint.value_or("yes!"));
    if (!hint) return;
    (*hint == "higher" ? low : high) = guess;
  }
}

}  // namespace

void tour::generators() {
  break_off_and_resume();
  nest();
  guess();
}
