/// Generators as what they are for: sequences, recursion, dialogues.
#include "harness.hpp"

#include <bobbin.hpp>

#include <algorithm>
#include <array>
#include <iterator>
#include <memory>
#include <ranges>
#include <string_view>
#include <utility>

using namespace bobbin;

static_assert(std::ranges::input_range<generator<int>>);
static_assert(std::ranges::viewable_range<generator<int>&>);
static_assert(!std::ranges::forward_range<generator<int>>, "a generator can be walked through once");
static_assert(std::input_iterator<generator<int>::iterator>);
static_assert(std::sentinel_for<std::default_sentinel_t, generator<int>::iterator>);
static_assert(std::same_as<std::ranges::range_value_t<generator<std::string_view>>, std::string_view>);
static_assert(std::movable<generator<int>> && !std::copyable<generator<int>>);
static_assert(std::is_nothrow_move_constructible_v<generator<int>> && std::is_nothrow_move_assignable_v<generator<int>>);
static_assert(std::default_initializable<generator<int>>);
static_assert(!std::ranges::range<generator<int, int>>, "values cannot be passed in by a loop");
static_assert(std::ranges::input_range<generator<std::unique_ptr<int>>>);

namespace {

stack<8_KiB> stacks[4];

auto fibonacci(stack<8_KiB>& memory) {
  return generator<int>{memory, [](auto& yield) {
    for (int a = 0, b = 1; yield(a); b = std::exchange(a, b) + b) {}
  }};
}

auto numbers(stack<8_KiB>& memory, int from, int to) {
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

struct node {
  int value;
  const node *left = nullptr, *right = nullptr;
};

constexpr node n1{1}, n3{3}, n2{2, &n1, &n3}, n5{5}, n7{7}, n6{6, &n5, &n7}, n4{4, &n2, &n6};

template <class Yield>
bool walk(const node* at, Yield& yield) {
  return at == nullptr || (walk(at->left, yield) && yield(at->value) && walk(at->right, yield));
}

}  // namespace

CASE("fib, by hand") {
  auto fib = fibonacci(stacks[0]);
  for (const int expected : {0, 1, 1, 2, 3, 5, 8, 13, 21, 34}) CHECK(fib.resume() == expected);
}

CASE("a range in a for loop") {
  auto range = numbers(stacks[0], 3, 7);
  CHECK(gives(range, {3, 4, 5, 6}));
  CHECK(range.finished());
}

CASE("an empty sequence") {
  auto empty = numbers(stacks[1], 3, 3);
  CHECK(!empty.finished());
  for ([[maybe_unused]] const int value : empty) CHECK(false);
  CHECK(empty.finished());
  auto other = numbers(stacks[0], 1, 1);
  CHECK(!other.resume().has_value());
}

CASE("nothing runs before the first resume") {
  bool ran = false;
  generator<int> body{stacks[0], [&](auto& yield) { ran = true, yield(1); }};
  CHECK(!ran);
  CHECK(body.resume() == 1);
  CHECK(ran);
}

CASE("resume by hand, to the end and after it") {
  auto range = numbers(stacks[0], 0, 2);
  CHECK(range.resume() == 0);
  CHECK(!range.finished());
  CHECK(range.resume() == 1);
  CHECK(!range.finished());
  for (int i = 0; i < 3; ++i) {
    CHECK(!range.resume().has_value());
    CHECK(range.finished());
  }
  for ([[maybe_unused]] const int value : range) CHECK(false);
}

CASE("algorithms: copy, find, count_if, for_each") {
  auto a = numbers(stacks[0], 0, 5);
  std::array<int, 5> copied{};
  std::ranges::copy(a, copied.begin());
  CHECK(copied == std::array{0, 1, 2, 3, 4});
  auto b = fibonacci(stacks[1]);
  CHECK_EQ(*std::ranges::find(b, 13), 13);
  auto c = numbers(stacks[2], 0, 100);
  CHECK_EQ(std::ranges::count_if(c, [](int n) { return n % 7 == 0; }), 15);
}

CASE("zip by hand: two generators in step") {
  auto a = fibonacci(stacks[0]);
  auto b = numbers(stacks[1], 10, 14);
  int sums[4] = {}, count = 0;
  auto at = a.begin();
  for (const int n : b) {
    sums[count++] = n + *at;
    ++at;
  }
  CHECK_EQ(count, 4);
  constexpr int expected[] = {10, 12, 13, 15};
  CHECK(std::ranges::equal(sums, expected));
}

CASE("a loop that was broken off is taken up where it stopped") {
  auto range = numbers(stacks[0], 0, 8);
  int last = -1;
  for (const int n : range) {
    last = n;
    if (n == 2) break;
  }
  CHECK_EQ(last, 2);
  for (const int n : range) {
    CHECK_EQ(n, last + 1);
    last = n;
    if (n == 4) break;
  }
  CHECK(range.resume() == 5);
  CHECK(gives(range, {6, 7}));
}

CASE("resume and iterators may alternate") {
  auto range = numbers(stacks[0], 0, 6);
  auto at = range.begin();
  CHECK_EQ(*at, 0);
  CHECK_EQ(*at, 0);
  ++at;
  CHECK(range.resume() == 1);
  CHECK_EQ(*at, 2);
  at++;
  CHECK(at != range.end());
  CHECK_EQ(*at, 3);
}

CASE("nested generators: one hands on what another gives") {
  generator<int> squares{stacks[0], [](auto& yield) {
    auto inner = numbers(stacks[1], 1, 6);
    for (const int n : inner)
      if (!yield(n * n)) return;
  }};
  CHECK(gives(squares, {1, 4, 9, 16, 25}));
}

CASE("sums of sums, three generators deep") {
  generator<int> outer{stacks[0], [](auto& yield) {
    generator<int> middle{stacks[1], [](auto& yield_middle) {
      auto inner = numbers(stacks[2], 0, 6);
      int sum = 0;
      for (const int n : inner)
        if (!yield_middle(sum += n)) return;
    }};
    int sum = 0;
    for (const int n : middle)
      if (!yield(sum += n)) return;
  }};
  CHECK(gives(outer, {0, 1, 4, 10, 20, 35}));
}

CASE("a recursive walk through a tree yields from any depth") {
  generator<int> values{stacks[0], [](auto& yield) { walk(&n4, yield); }};
  CHECK(gives(values, {1, 2, 3, 4, 5, 6, 7}));
}

CASE("two trees of different shape compared leaf by leaf") {
  generator<int> balanced{stacks[0], [](auto& yield) { walk(&n4, yield); }};
  generator<int> chain{stacks[1], [](auto& yield) {
    node nodes[7] = {{1}, {2}, {3}, {4}, {5}, {6}, {7}};
    for (int i = 1; i < 7; ++i) nodes[i].left = &nodes[i - 1];
    walk(&nodes[6], yield);
  }};
  for (const int value : balanced) CHECK(chain.resume() == value);
  CHECK(!chain.resume().has_value());
}

namespace {

stack<4_KiB> child_stacks[3][2];

void postorder(const node* at, yielder<int, void>& yield, int level) {
  const node* const children[2] = {at->left, at->right};
  for (int side = 0; side < 2; ++side) {
    if (children[side] == nullptr) continue;
    generator<int> below{child_stacks[level][side], [child = children[side], level](auto& deeper) {
      postorder(child, deeper, level + 1);
    }};
    for (const int value : below) yield(value);
  }
  yield(at->value);
}

}  // namespace

CASE("recursion by generators: each level resumes the next") {
  generator<int> values{stacks[0], [](auto& yield) { postorder(&n4, yield, 0); }};
  CHECK(gives(values, {1, 3, 2, 5, 7, 6, 4}));
}

CASE("yield from a function that the body calls") {
  struct helper {
    [[gnu::noinline]] static bool twice(yielder<int, void>& yield, int value) { return yield(value) && yield(value); }
  };
  generator<int> body{stacks[0], [](auto& yield) {
    for (int i = 0; i < 3; ++i) helper::twice(yield, i);
  }};
  CHECK(gives(body, {0, 0, 1, 1, 2, 2}));
}

CASE("a dialogue: what is passed in comes out of yield, the first of input") {
  generator<int, int> body{stacks[0], [](auto& yield) {
    int sum = yield.input();
    for (int i = 0; i < 3; ++i) sum += yield(sum);
    yield(-sum);
  }};
  CHECK(body.resume(1) == 1);
  CHECK(body.resume(10) == 11);
  CHECK(body.resume(100) == 111);
  CHECK(body.resume(1000) == -1111);
  CHECK(!body.resume(5).has_value());
  CHECK(!body.resume(5).has_value());
  CHECK(body.finished());
}

CASE("a dialogue of different types") {
  generator<std::string_view, int> talk{stacks[0], [](auto& yield) {
    for (int given = yield.input(); !yield.stopped();)
      given = yield(given < 0 ? "less" : given > 0 ? "more" : "equal");
  }};
  CHECK(talk.resume(-5) == "less");
  CHECK(talk.resume(0) == "equal");
  CHECK(talk.resume(7) == "more");
  CHECK(talk.resume(short{-1}) == "less");
}

namespace {

/// Owns a number; moved only, and no longer there after it was moved from.
struct token {
  static inline constinit int alive = 0;
  int number = 0;
  explicit token(int n) noexcept : number{n} { ++alive; }
  token() noexcept : token{0} {}
  token(token&& other) noexcept : number{std::exchange(other.number, -1)} { ++alive; }
  token& operator=(token&& other) noexcept {
    number = std::exchange(other.number, -1);
    return *this;
  }
  ~token() { --alive; }
};

}  // namespace

CASE("move-only values go out") {
  {
    generator<token> body{stacks[0], [](auto& yield) {
      for (int i = 1; i <= 3; ++i) yield(token{i});
    }};
    auto first = body.resume();
    CHECK(first && first->number == 1);
    auto second = body.resume();
    CHECK(second && second->number == 2);
    CHECK(first->number == 1);
    int rest = 0;
    for (auto& value : body) rest += std::exchange(value.number, 0);
    CHECK_EQ(rest, 3);
  }
  CHECK_EQ(token::alive, 0);
}

CASE("move-only values go in") {
  {
    generator<int, token> body{stacks[0], [](auto& yield) {
      token got = std::move(yield.input());
      while (got.number != 0) got = yield(got.number * 2);
    }};
    CHECK(body.resume(token{4}) == 8);
    CHECK(body.resume(token{5}) == 10);
    CHECK(!body.resume(token{0}).has_value());
  }
  CHECK_EQ(token::alive, 0);
}

CASE("large and over-aligned values") {
  struct alignas(64) block { std::array<std::uint64_t, 32> words; };
  generator<block> body{stacks[0], [](auto& yield) {
    for (std::uint64_t i = 0; i < 3; ++i) {
      block value;
      value.words.fill(i * 0x0101010101010101u);
      yield(value);
    }
  }};
  for (std::uint64_t i = 0; i < 3; ++i) {
    const auto got = body.resume();
    CHECK(got.has_value());
    CHECK(reinterpret_cast<std::uintptr_t>(&*got) % 64 == 0);
    for (const auto word : got->words) CHECK_EQ(word, i * 0x0101010101010101u);
  }
}

CASE("a moved handle goes on where the old one was: fresh, suspended, finished") {
  auto fresh = numbers(stacks[0], 0, 3);
  auto a = std::move(fresh);
  CHECK(fresh.finished());
  CHECK(!fresh.resume().has_value());
  CHECK(a.resume() == 0);
  auto b = std::move(a);
  CHECK(a.finished());
  CHECK(b.resume() == 1);
  generator<int> c;
  c = std::move(b);
  CHECK(c.resume() == 2);
  CHECK(!c.resume().has_value());
  auto d = std::move(c);
  CHECK(d.finished());
  CHECK(!d.resume().has_value());
}

CASE("a handle that is moved while its body runs") {
  generator<int> first, second;
  first = generator<int>{stacks[0], [&](auto& yield) {
    yield(1);
    second = std::move(first);
    yield(2);
    yield(3);
  }};
  CHECK(first.resume() == 1);
  auto* running = &first;
  CHECK(!running->finished());
  (void)running->resume();
  CHECK(first.finished());
  CHECK(second.resume() == 3);
  CHECK(!second.resume().has_value());
}

CASE("an empty handle is finished, and swaps") {
  generator<int> none;
  CHECK(none.finished());
  CHECK(!none.resume().has_value());
  for ([[maybe_unused]] const int value : none) CHECK(false);
  auto some = numbers(stacks[0], 5, 7);
  std::swap(none, some);
  CHECK(some.finished());
  CHECK(none.resume() == 5);
}

CASE("ten generators side by side, each at its own place") {
  static stack<2_KiB> small[10];
  generator<int> all[10];
  for (int i = 0; i < 10; ++i)
    all[i] = generator<int>{small[i], [i](auto& yield) {
      for (int n = 0; yield(100 * i + n); ++n) {}
    }};
  for (int n = 0; n < 5; ++n)
    for (int i = 0; i < 10; ++i) CHECK(all[i].resume() == 100 * i + n);
}

CASE("a million items") {
  generator<std::uint64_t> body{stacks[0], [](auto& yield) {
    for (std::uint64_t i = 0; i < 1'000'000; ++i) yield(i);
  }};
  std::uint64_t sum = 0;
  for (const auto value : body) sum += value;
  CHECK_EQ(sum, 499'999'500'000u);
}

CASE("a body that resumes another before it yields for the first time") {
  generator<int> outer{stacks[0], [&](auto& yield) {
    generator<int> inner{stacks[1], [](auto& yield_inner) { for (int i = 1; yield_inner(i); ++i) {} }};
    for (int sum = 0; yield(sum += *inner.resume());) {}
  }};
  for (const int expected : {1, 3, 6, 10}) CHECK(outer.resume() == expected);
}

CASE("floating point on both sides") {
  generator<double> halves{stacks[0], [](auto& yield) {
    double x = 1.0;
    while (yield(x)) x /= 2;
  }};
  double sum = 0.0;
  for (int i = 0; i < 50; ++i) sum += *halves.resume();
  CHECK(sum > 1.999999999 && sum < 2.0);
}
