/// `constinit thread_local`: every task has its own copies, fresh at each start.
#include "harness.hpp"

#include <bobbin.hpp>

#include <array>
#include <cstdint>

using namespace bobbin;

namespace {

constinit thread_local int counter = 41;                 // .tdata
constinit thread_local int zero = 0;                     // .tbss
constinit thread_local std::array<std::uint8_t, 3> bytes{1, 2, 3};
constinit thread_local const char* text = "initial";
alignas(64) constinit thread_local std::uint64_t wide[8] = {10, 11, 12, 13, 14, 15, 16, 17};
alignas(64) constinit thread_local std::uint64_t wide_zero[16] = {};
constinit thread_local double number = 2.5;

stack<8_KiB> stacks[3];

/// Whether all is as the declarations say. Not inlined: thread-local addresses are not to be kept across switches.
[[gnu::noinline]] bool all_initial() {
  bool good = counter == 41 && zero == 0 && bytes[0] == 1 && bytes[1] == 2 && bytes[2] == 3 && number == 2.5;
  good = good && std::string_view{text} == "initial";
  for (std::uint64_t i = 0; i < 8; ++i) good = good && wide[i] == 10 + i;
  for (const auto word : wide_zero) good = good && word == 0;
  return good;
}

[[gnu::noinline]] void fill(int with) {
  counter = zero = with;
  bytes.fill(static_cast<std::uint8_t>(with));
  text = "filled";
  number = with;
  for (auto& word : wide) word = with;
  for (auto& word : wide_zero) word = with;
}

[[gnu::noinline]] bool all_filled(int with) {
  bool good = counter == with && zero == with && number == with && std::string_view{text} == "filled";
  for (const auto byte : bytes) good = good && byte == with;
  for (const auto word : wide) good = good && word == static_cast<std::uint64_t>(with);
  for (const auto word : wide_zero) good = good && word == static_cast<std::uint64_t>(with);
  return good;
}

[[gnu::noinline]] bool aligned() {
  return reinterpret_cast<std::uintptr_t>(&wide) % 64 == 0 && reinterpret_cast<std::uintptr_t>(&wide_zero) % 64 == 0 &&
         reinterpret_cast<std::uintptr_t>(&number) % alignof(double) == 0;
}

/// Compilers think that the address of a thread_local object never changes within a function, and keep it. Where a
/// generator changes the task it runs in, it does: such bodies ask a function that cannot be seen through.
[[gnu::noinline]] int& counter_of_this_task() {
  int* place = &counter;
  asm volatile("" : "+r"(place) : : "memory");
  return *place;
}

}  // namespace

CASE("main has copies of its own, as declared") {
  CHECK(all_initial());
  CHECK(aligned());
}

CASE("each task begins with the declared values and keeps what it writes") {
  fill(100);
  bool initial[3] = {}, kept[3] = {}, right_place[3] = {};
  task tasks[3];
  for (int i = 0; i < 3; ++i)
    tasks[i].start(stacks[i], [&, i] {
      initial[i] = all_initial();
      right_place[i] = aligned();
      fill(i + 1);
      kept[i] = true;
      for (int turn = 0; turn < 5; ++turn) {
        turn % 2 == 0 ? this_task::yield() : this_task::yield_out_of_line();
        kept[i] = kept[i] && all_filled(i + 1);
      }
    });
  for (int turn = 0; turn < 3; ++turn) {
    this_task::yield();
    CHECK(all_filled(100));
  }
  for (int i = 0; i < 3; ++i) {
    CHECK(tasks[i].join().ok());
    CHECK(initial[i]);
    CHECK(right_place[i]);
    CHECK(kept[i]);
  }
  CHECK(all_filled(100));
}

CASE("tasks that yield out of line, from the same place as before and from others, have their own copies") {
  fill(100);
  bool kept[3] = {true, true, true};
  task tasks[3];
  const auto yield = [](int turn) {
    if (turn % 4 == 0) this_task::yield();
    this_task::yield_out_of_line();
  };
  for (int i = 0; i < 3; ++i)
    tasks[i].start(stacks[i], [&, i] {
      fill(i + 1);
      for (int turn = 0; turn < 9; ++turn) yield(turn), kept[i] = kept[i] && all_filled(i + 1);
    });
  for (int turn = 0; turn < 6; ++turn) {
    yield(turn);
    CHECK(all_filled(100));
  }
  for (int i = 0; i < 3; ++i) {
    CHECK(tasks[i].join().ok());
    CHECK(kept[i]);
  }
  CHECK(all_filled(100));
}

CASE("the copies of different tasks lie at different places, on their stacks") {
  int* places[2] = {};
  task tasks[2];
  for (int i = 0; i < 2; ++i) tasks[i].start(stacks[i], [&, i] { places[i] = &counter_of_this_task(); });
  for (int i = 0; i < 2; ++i) {
    tasks[i].join();
    CHECK(reinterpret_cast<std::byte*>(places[i]) >= stack_view{stacks[i]}.low());
    CHECK(reinterpret_cast<std::byte*>(places[i]) < stack_view{stacks[i]}.high());
  }
  CHECK(places[0] != &counter_of_this_task());
}

CASE("a task that is started again has fresh copies") {
  task worker;
  for (int i = 0; i < 5; ++i) {
    bool initial = false;
    worker.start(stacks[0], [&] {
      initial = all_initial();
      fill(9);
    });
    worker.join();
    CHECK(initial);
  }
}

CASE("copies are right on slices that are aligned to 16 only") {
  static std::byte slab[8192] __attribute__((aligned(4096)));
  for (std::size_t offset = 0; offset < 256; offset += 16) {
    bool good = false;
    task worker;
    CHECK(worker.start(std::span<std::byte>{slab}.subspan(offset, 4096 - 16), [&good] {
      good = all_initial() && aligned();
      fill(3);
      this_task::yield();
      good = good && all_filled(3);
    }) == start_status::ok);
    CHECK(worker.join().ok());
    CHECK(good);
  }
}

CASE("a generator has its resumer's copies") {
  fill(5);
  generator<int> body{stacks[0], [](auto& yield) {
    while (yield(counter_of_this_task()++)) {}
  }};
  CHECK(body.resume() == 5);
  CHECK(body.resume() == 6);
  counter = 50;
  CHECK(body.resume() == 50);
  CHECK_EQ(counter, 51);
}

CASE("a generator resumed by another task has that task's copies then") {
  fill(5);
  generator<int> body{stacks[0], [](auto& yield) {
    while (yield(counter_of_this_task()++)) {}
  }};
  CHECK(body.resume() == 5);
  int seen = 0, left = 0;
  task other;
  other.start(stacks[1], [&] {
    counter = 1000;
    seen = *body.resume();
    left = counter;
  });
  other.join();
  CHECK_EQ(seen, 1000);
  CHECK_EQ(left, 1001);
  CHECK(body.resume() == 6);
  CHECK_EQ(counter, 7);
}

CASE("a generator that yields to the scheduler has its task's copies afterwards") {
  fill(5);
  int wrong = 0;
  bool over = false;
  task other;
  other.start(stacks[1], [&] {
    counter = 70;
    while (!over) {
      wrong += counter_of_this_task() != 70;
      this_task::yield();
    }
  });
  generator<int> body{stacks[0], [](auto& yield) {
    for (int i = 0; i < 3; ++i) {
      this_task::yield();
      yield(counter_of_this_task());
    }
  }};
  for (int i = 0; i < 3; ++i) CHECK(body.resume() == 5);
  over = true;
  other.join();
  CHECK_EQ(wrong, 0);
}

CASE("a stack that has no room for the copies is too small") {
  static std::byte slab[4096] __attribute__((aligned(4096)));
  const std::size_t copies = sizeof wide + sizeof wide_zero;
  task worker;
  for (std::size_t size = 16; size < minimum_stack_bytes / 16 * 16 + copies; size += 16)
    CHECK(worker.start(std::span<std::byte>{slab}.first(size), [] {}) == start_status::stack_too_small);
  CHECK(worker.start(std::span<std::byte>{slab}.first(2048), [] {}) == start_status::ok);
  CHECK(worker.join().ok());
}
