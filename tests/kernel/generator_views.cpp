/// Generators under std::views.
#include "harness.hpp"

#include <bobbin.hpp>

#include <ranges>
#include <utility>

// Clang before 16 cannot read the views of libstdc++: their constraints look into classes that are not complete yet.
#if defined(__clang__) && __clang_major__ < 16
#define HAVE_VIEWS 0
#else
#define HAVE_VIEWS 1
#endif

using namespace bobbin;

namespace {

[[maybe_unused]] stack<8_KiB> stacks[4];

[[maybe_unused]] auto fibonacci(stack<8_KiB>& memory) {
  return generator<int>{memory, [](auto& yield) {
    for (int a = 0, b = 1; yield(a); b = std::exchange(a, b) + b) {}
  }};
}

[[maybe_unused]] auto numbers(stack<8_KiB>& memory, int from, int to) {
  return generator<int>{memory, [from, to](auto& yield) {
    for (int i = from; i < to && yield(i); ++i) {}
  }};
}

template <class Range, std::size_t N>
bool gives(Range&& range, const int (&expected)[N]) {
  std::size_t n = 0;
  for (const int value : range) {
    if (n == N || value != expected[n]) return false;
    ++n;
  }
  return n == N;
}

}  // namespace

CASE("fib, ten numbers of an endless sequence") {
#if HAVE_VIEWS
  auto fib = fibonacci(stacks[0]);
  CHECK(gives(fib | std::views::take(10), {0, 1, 1, 2, 3, 5, 8, 13, 21, 34}));
#endif
}

CASE("views: take, filter, transform, drop, take_while") {
#if HAVE_VIEWS
  auto a = numbers(stacks[0], 0, 10);
  CHECK(gives(a | std::views::filter([](int n) { return n % 3 == 0; }), {0, 3, 6, 9}));
  a = {};
  auto b = numbers(stacks[0], 1, 5);
  CHECK(gives(b | std::views::transform([](int n) { return n * n; }), {1, 4, 9, 16}));
  auto c = fibonacci(stacks[3]);
  CHECK(gives(c | std::views::drop(5) | std::views::take(3), {5, 8, 13}));
  auto d = fibonacci(stacks[1]);
  CHECK(gives(d | std::views::take_while([](int n) { return n < 20; }), {0, 1, 1, 2, 3, 5, 8, 13}));
  auto e = fibonacci(stacks[2]);
  CHECK(gives(e | std::views::filter([](int n) { return n % 2 == 0; }) | std::views::transform([](int n) { return -n; }) |
                  std::views::take(4),
              {0, -2, -8, -34}));
#endif
}

CASE("take(n) does not use up value n + 1") {
#if HAVE_VIEWS
  auto range = numbers(stacks[0], 0, 10);
  CHECK(gives(range | std::views::take(3), {0, 1, 2}));
  CHECK(gives(range | std::views::take(2), {3, 4}));
  CHECK(range.resume() == 5);
  for ([[maybe_unused]] const int value : range | std::views::take(0)) CHECK(false);
  CHECK(gives(range, {6, 7, 8, 9}));
#endif
}
