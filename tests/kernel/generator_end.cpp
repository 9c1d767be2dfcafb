/// How generators end: by themselves, stopped early in each state, or without a stack to begin with.
#include "harness.hpp"

#include <bobbin.hpp>

#include <algorithm>
#include <ranges>
#include <utility>

using namespace bobbin;

namespace {

stack<8_KiB> stacks[4];

/// Counts what is alive and what was destroyed, moved-from ones left aside.
struct witness {
  static inline constinit int ended = 0;
  bool counts = true;
  witness() noexcept = default;
  witness(witness&& other) noexcept : counts{std::exchange(other.counts, false)} {}
  ~witness() { ended += counts; }
};

}  // namespace

CASE("a fresh generator that goes away destroys its closure; its body does not run") {
  witness::ended = 0;
  bool ran = false;
  {
    generator<int> body{stacks[0], [w = witness{}, &ran](auto& yield) { ran = true, yield(1); }};
    CHECK_EQ(witness::ended, 0);
  }
  CHECK_EQ(witness::ended, 1);
  CHECK(!ran);
}

CASE("a suspended generator that goes away returns from its yield and destroys all it holds") {
  witness::ended = 0;
  bool stopped = false, told = false;
  {
    generator<int> body{stacks[0], [w = witness{}, &stopped, &told](auto& yield) {
      witness local;
      for (int i = 0;; ++i) {
        witness inner;
        if (!yield(i)) {
          stopped = true;
          told = yield.stopped();
          return;
        }
        CHECK(!yield.stopped());
      }
    }};
    CHECK(body.resume() == 0);
    CHECK(body.resume() == 1);
    CHECK_EQ(witness::ended, 1);
  }
  CHECK(stopped);
  CHECK(told);
  CHECK_EQ(witness::ended, 4);
}

CASE("a finished generator that goes away destroys nothing twice") {
  witness::ended = 0;
  {
    generator<int> body{stacks[0], [w = witness{}](auto& yield) {
      witness local;
      yield(1);
    }};
    while (body.resume()) {}
    CHECK_EQ(witness::ended, 2);
  }
  CHECK_EQ(witness::ended, 2);
}

CASE("a handle that was moved from destroys nothing") {
  witness::ended = 0;
  generator<int> keeper;
  {
    generator<int> body{stacks[0], [w = witness{}](auto& yield) { while (yield(1)) {} }};
    CHECK(body.resume() == 1);
    keeper = std::move(body);
  }
  CHECK_EQ(witness::ended, 0);
  CHECK(keeper.resume() == 1);
  keeper = {};
  CHECK_EQ(witness::ended, 1);
}

CASE("assigning to a handle stops what it held") {
  witness::ended = 0;
  generator<int> body{stacks[0], [w = witness{}](auto& yield) { while (yield(1)) {} }};
  CHECK(body.resume() == 1);
  body = generator<int>{stacks[1], [](auto& yield) { yield(2); }};
  CHECK_EQ(witness::ended, 1);
  CHECK(body.resume() == 2);
  auto& itself = body;
  body = std::move(itself);
  CHECK(!body.resume().has_value());
}

CASE("a stopped dialogue gets a default input") {
  int last = -1;
  bool stopped = false;
  {
    generator<int, int> talk{stacks[0], [&](auto& yield) {
      last = yield(1);
      stopped = yield.stopped();
    }};
    CHECK(talk.resume(77) == 1);
  }
  CHECK_EQ(last, 0);
  CHECK(stopped);
}

CASE("a body stopped deep within calls unwinds by returning") {
  struct deep {
    static bool down(yielder<int, void>& yield, int depth) {
      witness here;
      if (depth == 0) return yield(42);
      return down(yield, depth - 1);
    }
  };
  witness::ended = 0;
  {
    generator<int> body{stacks[0], [](auto& yield) { while (deep::down(yield, 9)) {} }};
    CHECK(body.resume() == 42);
    CHECK_EQ(witness::ended, 0);
  }
  CHECK_EQ(witness::ended, 10);
}

CASE("a stopped body may still compute, yield to other tasks and run generators of its own") {
  int sum = 0, switched = 0;
  task other;
  {
    generator<int> body{stacks[0], [&](auto& yield) {
      while (yield(1)) {}
      generator<int> last{stacks[1], [](auto& inner) { for (int i = 1; i <= 4; ++i) inner(i); }};
      for (const int n : last) sum += n;
      other.start(stacks[2], [&] { ++switched; });
      this_task::yield();
    }};
    CHECK(body.resume() == 1);
  }
  CHECK_EQ(sum, 10);
  CHECK_EQ(switched, 1);
  other.join();
}

CASE("stopping an outer generator stops the inner ones it holds, innermost last yield first") {
  witness::ended = 0;
  int order[3] = {}, place = 0;
  {
    generator<int> outer{stacks[0], [&](auto& yield) {
      generator<int> middle{stacks[1], [&](auto& yield_middle) {
        generator<int> inner{stacks[2], [&](auto& yield_inner) {
          witness w;
          while (yield_inner(3)) {}
          order[place++] = 3;
        }};
        witness w;
        while (yield_middle(*inner.resume())) {}
        order[place++] = 2;
      }};
      witness w;
      while (yield(*middle.resume())) {}
      order[place++] = 1;
    }};
    CHECK(outer.resume() == 3);
    CHECK(outer.resume() == 3);
  }
  CHECK_EQ(witness::ended, 3);
  CHECK_EQ(order[0], 1);
  CHECK_EQ(order[1], 2);
  CHECK_EQ(order[2], 3);
}

CASE("a body that ignores its stop is reported and left; all else goes on, and the stack is free again") {
  witness::ended = 0;
  int yields = 0;
  {
    generator<int> stubborn{stacks[0], [&](auto& yield) {
      witness never_destroyed;
      for (;; ++yields) yield(yields);
    }};
    CHECK(stubborn.resume() == 0);
    CHECK(stubborn.resume() == 1);
  }
  CHECK_EQ(yields, 2);
  CHECK_EQ(witness::ended, 0);
  generator<int> next{stacks[0], [](auto& yield) { yield(5); }};
  CHECK(next.resume() == 5);
  task worker;
  worker.start(stacks[1], [] { this_task::yield(); });
  CHECK(worker.join().ok());
}

CASE("a body within a body that ignores its stop") {
  int after = 0;
  {
    generator<int> outer{stacks[0], [&](auto& yield) {
      {
        generator<int> stubborn{stacks[1], [](auto& inner) { for (;;) inner(9); }};
        CHECK(stubborn.resume() == 9);
      }
      while (yield(++after)) {}
      after = 100;
    }};
    CHECK(outer.resume() == 1);
    CHECK(outer.resume() == 2);
  }
  CHECK_EQ(after, 100);
}

CASE("the stack of a generator that is gone serves the next: a thousand times") {
  int sum = 0;
  for (int i = 0; i < 1000; ++i) {
    generator<int> body{stacks[i % 2], [i](auto& yield) { while (yield(i)) {} }};
    sum += *body.resume();
  }
  CHECK_EQ(sum, 499'500);
}

CASE("the stack of a finished generator serves another only after it is destroyed; tasks and generators share stacks") {
  { generator<int> body{stacks[0], [](auto& yield) { yield(1); }}; CHECK(body.resume() == 1); }
  task worker;
  worker.start(stacks[0], [] { return 2; });
  CHECK_EQ(worker.join().status(), 2);
  generator<int> body{stacks[0], [](auto& yield) { yield(3); }};
  CHECK(body.resume() == 3);
}

namespace {
constinit stack_pool<3, 2_KiB> pool;
}

CASE("out of a pool: taken when constructed, given back when destroyed, exhausted is a status") {
  const auto forever = [](auto& yield) { for (int i = 0; yield(i); ++i) {} };
  CHECK_EQ(pool.available(), 3u);
  for (int round = 0; round < 3; ++round) {
    witness::ended = 0;
    generator<int> a{pool, forever}, b{pool, forever}, c{pool, forever};
    CHECK(c.status() == start_status::ok);
    CHECK_EQ(pool.available(), 0u);
    {
      generator<int> d{pool, [w = witness{}](auto& yield) { yield(1); }};
      CHECK(d.status() == start_status::exhausted);
      CHECK(d.finished());
      CHECK(!d.resume().has_value());
      CHECK_EQ(witness::ended, 1);
    }
    CHECK(a.resume() == 0);
    CHECK(b.resume() == 0);
    CHECK(a.resume() == 1);
    b = {};
    CHECK_EQ(pool.available(), 1u);
    generator<int> e{pool, forever};
    CHECK(e.status() == start_status::ok);
    CHECK(e.resume() == 0);
    CHECK(a.resume() == 2);
    auto moved = std::move(a);
    CHECK(moved.resume() == 3);
    CHECK_EQ(pool.available(), 0u);
  }
  CHECK_EQ(pool.available(), 3u);
}

CASE("a pooled generator that ignores its stop gives its stack back") {
  { generator<int> stubborn{pool, [](auto& yield) { for (;;) yield(1); }}; CHECK(stubborn.resume() == 1); }
  CHECK_EQ(pool.available(), 3u);
}

CASE("over a span: runs, or says why not") {
  static std::byte slab[4096] __attribute__((aligned(4096)));
  const std::span<std::byte> all{slab};
  const auto body = [](auto& yield) { while (yield(11)) {} };
  {
    generator<int> good{all.first(2048), body};
    CHECK(good.status() == start_status::ok);
    CHECK(good.resume() == 11);
  }
  generator<int> misaligned{all.subspan(8, 2048), body};
  CHECK(misaligned.status() == start_status::stack_misaligned);
  CHECK(misaligned.finished());
  CHECK(!misaligned.resume().has_value());
  generator<int> odd{all.subspan(0, 2047), body};
  CHECK(odd.status() == start_status::stack_misaligned);
  generator<int> small{all.first(64), body};
  CHECK(small.status() == start_status::stack_too_small);
  CHECK(!small.resume().has_value());
  generator<int> nothing{stack_view{}, body};
  CHECK(nothing.status() == start_status::stack_too_small);
  struct bulky { std::byte bytes[700]; };
  generator<int> large{all.first(704), [b = bulky{}](auto& yield) { yield(static_cast<int>(sizeof b)); }};
  CHECK(large.status() == start_status::stack_too_small);
}

CASE("a span is too small up to some size, and from there on large enough; beside it nothing is touched") {
  static std::byte room[4096] __attribute__((aligned(4096)));
  constexpr std::byte untouched{0x6b};
  int changes = 0;
  bool fitted = false;
  for (std::size_t bytes = 16; bytes <= 1536; bytes += 16) {
    std::ranges::fill(room, untouched);
    generator<int> body{std::span<std::byte>{room}.subspan(2048, bytes), [](auto& yield) { yield(1); }};
    const bool fits = body.status() == start_status::ok;
    changes += fits != fitted;
    fitted = fits;
    if (fits && bytes >= 1024) CHECK(body.resume() == 1);
    bool beside = true;
    for (std::size_t i = 0; i < 2048; ++i) beside = beside && room[i] == untouched;
    for (std::size_t i = 2048 + bytes; i < sizeof room; ++i) beside = beside && room[i] == untouched;
    CHECK(beside);
  }
  CHECK_EQ(changes, 1);
  CHECK(fitted);
}
