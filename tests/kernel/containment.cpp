/// A fault belongs to one task: it ends with an outcome that join returns, and all else goes on. Each comes in pairs:
/// catch it, go on, catch it again.
#include "harness.hpp"
#include "registers.hpp"

#include <bobbin.hpp>
#include <io/readiness.hpp>

#include <algorithm>
#include <cstring>
#include <string_view>

using namespace bobbin;
using kind = outcome::kind;

namespace {

stack<8_KiB> stacks[4];

/// Two dense stacks, one upon the other: what overflows the upper one runs into the top of the lower one.
struct pair_of_dense {
  static constexpr std::size_t bytes = 1024;
  std::byte memory[2 * bytes] __attribute__((aligned(16)));
  stack_view lower() { return std::span<std::byte>{memory}.first(bytes); }
  stack_view upper() { return std::span<std::byte>{memory}.subspan(bytes); }
};
constinit pair_of_dense dense{};

/// Runs `misuse` as the task "culprit" twice, beside a task that must not notice.
template <class Function>
void faults_twice(std::string_view cause, Function misuse) {
  int ticks = 0;
  bool over = false;
  task bystander{"bystander"}, culprit{"culprit"};
  bystander.start(stacks[0], [&] { while (!over) ++ticks, this_task::yield(); });
  for (int time = 0; time < 2; ++time) {
    bool went_on = false;
    culprit.start(stacks[1], [&] {
      misuse(culprit);
      went_on = true;
    });
    const auto how = culprit.join();
    CHECK(how.how() == kind::faulted);
    CHECK_EQ(std::string_view{how.cause()}, cause);
    CHECK_EQ(how.status(), -1);
    CHECK(!how.ok());
    CHECK(how.pc() != 0);
    CHECK(!went_on);
    const int before = ticks;
    this_task::yield();
    this_task::yield();
    CHECK(ticks >= before + 1);
  }
  over = true;
  CHECK(bystander.join().ok());
}

/// The same for a mistake within a generator: that ends, and its resumer, the task "culprit", goes on. `misuse` returns
/// how the generator ended.
template <class Function>
void generator_faults_twice(std::string_view cause, Function misuse) {
  int ticks = 0;
  bool over = false;
  task bystander{"bystander"}, culprit{"culprit"};
  bystander.start(stacks[0], [&] { while (!over) ++ticks, this_task::yield(); });
  for (int time = 0; time < 2; ++time) {
    outcome how;
    culprit.start(stacks[1], [&] { how = misuse(); });
    CHECK(culprit.join().ok());
    CHECK(how.how() == kind::faulted);
    CHECK_EQ(std::string_view{how.cause()}, cause);
    CHECK(how.pc() != 0);
    const int before = ticks;
    this_task::yield();
    this_task::yield();
    CHECK(ticks >= before + 1);
  }
  over = true;
  CHECK(bystander.join().ok());
}

/// Goes down to a stack pointer below `end` and calls `there`.
template <class There>
[[gnu::noinline]] int sink_below(std::uintptr_t end, There& there) {
  volatile char filler[16] = {};
  const int result = stack_pointer_at_call() < end ? there() : sink_below(end, there);
  return result + filler[0];
}

/// How far above the lowest stack pointer allowed.
std::uintptr_t floor_of(stack_view memory, std::ptrdiff_t above = 0) {
  return reinterpret_cast<std::uintptr_t>(memory.low()) + stack_reserve_bytes + above;
}

/// What frames below the end of `memory` leave behind when they are gone.
void damage(stack_view memory) { std::memset(memory.low(), 0x3c, sizeof(stack_foot)); }

/// The same but for the word that says what was resumed from there.
void damage_canary(stack_view memory) { reinterpret_cast<stack_foot*>(memory.low())->switched_at ^= 0x3c; }

/// Calls `there` with the stack pointer at `target`, or a little lower.
template <class There>
[[gnu::noinline]] void call_at(std::uintptr_t target, There there) {
  volatile auto* room = static_cast<volatile char*>(__builtin_alloca(stack_pointer_at_call() - target));
  room[0] = 0;
  there();
}

void yield_at(std::uintptr_t target) {
  call_at(target, [] { this_task::yield(); });
}
void yield_out_of_line_at(std::uintptr_t target) {
  call_at(target, [] { this_task::yield_out_of_line(); });
}

int yield_there() {
  this_task::yield();
  return 0;
}
int yield_out_of_line_there() {
  this_task::yield_out_of_line();
  return 0;
}

}  // namespace

CASE("a failed assertion") {
  faults_twice("assertion failed", [](task&) { ASSERT(1 + 1 == 3); });
}

CASE("a task that is started twice") {
  task other{"other"};
  other.start(stacks[2], [] { while (!this_task::stop_requested()) this_task::yield(); });
  faults_twice("started while it has not finished", [&](task&) { other.start(stacks[3], [] {}); });
  other.request_stop();
  CHECK(other.join().how() == kind::stopped);
}

CASE("a task that starts itself") {
  faults_twice("started while it has not finished", [](task& self) { self.start(stacks[3], [] {}); });
}

CASE("a task that joins itself") {
  faults_twice("joined itself", [](task& self) { self.join(); });
}

CASE("a join before the first start") {
  task never{"never"};
  faults_twice("joined before it was started", [&](task&) { never.join(); });
}

CASE("a task on a stack that is in use") {
  faults_twice("started on a stack that is in use", [](task&) {
    task other{"other"};
    other.start(stacks[0], [] {});
  });
}

CASE("a task on the stack of the task that starts it") {
  faults_twice("started on a stack that is in use", [](task&) {
    task other{"other"};
    other.start(stacks[1], [] {});
  });
}

CASE("a generator on a stack that is in use") {
  faults_twice("constructed on a stack that is in use", [](task&) {
    generator<int> body{stacks[0], [](auto& yield) { yield(1); }};
  });
  generator<int> here{stacks[2], [](auto& yield) { yield(1); }};
  faults_twice("constructed on a stack that is in use", [](task&) {
    generator<int> body{stacks[2], [](auto& yield) { yield(1); }};
  });
  faults_twice("started on a stack that is in use", [](task&) {
    task other;
    other.start(stacks[2], [] {});
  });
}

CASE("a generator that resumes itself") {
  generator_faults_twice("resumed while it runs", [] {
    generator<int>* self = nullptr;
    generator<int> body{stacks[2], [&](auto& yield) {
      yield(1);
      (void)self->resume();
    }};
    self = &body;
    CHECK(body.resume() == 1);
    CHECK(!body.resume().has_value());
    return body.how();
  });
}

CASE("a generator that is resumed by a generator it runs itself") {
  generator_faults_twice("resumed while it runs", [] {
    generator<int>* self = nullptr;
    outcome how;
    generator<int> body{stacks[2], [&](auto& yield) {
      generator<int> inner{stacks[3], [&](auto&) { (void)self->resume(); }};
      CHECK(!inner.resume().has_value());
      how = inner.how();
      yield(3);
    }};
    self = &body;
    CHECK(body.resume() == 3);
    return how;
  });
}

CASE("a generator that is resumed by one task while it runs in another") {
  bool over = false;
  generator<int> body{stacks[2], [&](auto& yield) {
    while (!over) this_task::yield();
    yield(1);
  }};
  task runner{"runner"};
  int got = 0;
  runner.start(stacks[3], [&] { got = *body.resume(); });
  this_task::yield();
  faults_twice("resumed while it runs", [&](task&) { (void)body.resume(); });
  over = true;
  CHECK(runner.join().ok());
  CHECK_EQ(got, 1);
}

CASE("a generator that is destroyed while it runs") {
  generator_faults_twice("destroyed while it runs", [] {
    generator<int> body;
    body = generator<int>{stacks[2], [&](auto& yield) {
      yield(1);
      body = {};
    }};
    CHECK(body.resume() == 1);
    CHECK(!body.resume().has_value());
    return body.how();
  });
}

CASE("yield from outside the body") {
  yielder<int, void>* out = nullptr;
  generator<int> body{stacks[2], [&](auto& yield) {
    out = &yield;
    while (yield(1)) {}
  }};
  CHECK(body.resume() == 1);
  faults_twice("yielded from outside its body", [&](task&) { (*out)(5); });
  CHECK(body.resume() == 1);
}

CASE("yield of an outer generator from within an inner one") {
  generator_faults_twice("yielded from outside its body", [] {
    outcome how;
    generator<int> outer{stacks[2], [&](auto& yield) {
      generator<int> inner{stacks[3], [&](auto&) { yield(3); }};
      CHECK(!inner.resume().has_value());
      how = inner.how();
      yield(4);
    }};
    CHECK(outer.resume() == 4);
    return how;
  });
}

CASE("an empty handle of a pool that is joined") {
  faults_twice("used although it holds no task", [](task&) {
    pooled_task none;
    none.join();
  });
}

CASE("a generator that faulted is finished for all tasks, and its stack is free") {
  for (int time = 0; time < 2; ++time) {
    generator<int> body{stacks[2], [](auto& yield) {
      yield(1);
      ASSERT(false);
    }};
    CHECK(body.resume() == 1);
    task resumer{"resumer"};
    resumer.start(stacks[1], [&] { CHECK(!body.resume().has_value()); });
    CHECK(resumer.join().ok());
    CHECK(body.finished());
    CHECK(!body.resume().has_value());
    CHECK(body.how().how() == kind::faulted);
    CHECK_EQ(std::string_view{body.how().cause()}, "assertion failed");
  }
  generator<int> next{stacks[2], [](auto& yield) { yield(2); }};
  CHECK(next.resume() == 2);
}

CASE("all joiners of a task that faults get its outcome") {
  task culprit{"culprit"}, joiners[2];
  int faulted = 0;
  culprit.start(stacks[1], [] {
    this_task::yield();
    ASSERT(false);
  });
  for (int i = 0; i < 2; ++i)
    joiners[i].start(stacks[2 + i], [&] { faulted += culprit.join().how() == kind::faulted; });
  for (auto& joiner : joiners) CHECK(joiner.join().ok());
  CHECK_EQ(faulted, 2);
}

namespace {

stack<4_KiB> body_stack, inner_stack;

/// Runs `sink` as the task "deep" on the upper of two dense stacks, with a task on the lower one that has already used
/// it, and another elsewhere. Checks that "deep" ends as faulted and the other goes on.
template <class Sink>
void overflows_twice(Sink sink) {
  for (int time = 0; time < 2; ++time) {
    task deep{"deep"}, other{"other"};
    int turns = 0;
    other.start(stacks[0], [&] { for (; turns < 10; ++turns) this_task::yield(); });
    CHECK(deep.start(dense.upper(), [&] { sink(); }) == start_status::ok);
    const auto how = deep.join();
    CHECK(how.how() == kind::faulted);
    CHECK_EQ(std::string_view{how.cause()}, "stack exhausted");
    CHECK(other.join().ok());
    CHECK_EQ(turns, 10);
  }
}

}  // namespace

CASE("an overflow of a dense stack is seen at the next yield") {
  overflows_twice([] {
    auto there = yield_there;
    sink_below(floor_of(dense.upper(), -16), there);
  });
}

CASE("an overflow of a dense stack is seen at the next yield out of line") {
  overflows_twice([] {
    auto there = yield_out_of_line_there;
    sink_below(floor_of(dense.upper(), -16), there);
  });
}

CASE("an overflow is seen when the task blocks, and the task it wanted to join is none the worse") {
  task slow{"slow"};
  slow.start(stacks[2], [] {
    while (!this_task::stop_requested()) this_task::yield();
    return 4;
  });
  overflows_twice([&] {
    auto there = [&] { return slow.join().status(); };
    sink_below(floor_of(dense.upper(), -16), there);
  });
  slow.request_stop();
  CHECK_EQ(slow.join().status(), 4);
}

CASE("a task with room to yield but not to wait ends before it is in anybody's queue") {
  task slow{"slow"};
  slow.start(stacks[2], [] {
    for (int turn = 0; turn < 1000 && !this_task::stop_requested(); ++turn) this_task::yield();
    return 4;
  });
  task first_joiner{"first joiner"};
  first_joiner.start(stacks[3], [&] { return slow.join().status(); });
  this_task::yield();
  overflows_twice([&] {
    call_at(floor_of(dense.upper(), 112), [&] { (void)slow.join(); });
  });
  CHECK(slow.joinable());
  slow.request_stop();
  CHECK_EQ(first_joiner.join().status(), 4);
}

CASE("with room to yield, it may join as the first one: that needs no more") {
#if !defined(__OPTIMIZE__) || defined(__clang__)
  return;  // unoptimised, the quick join is not quick; clang may give it a frame larger than that room
#endif
  task slow{"slow"}, tight{"tight"};
  slow.start(stacks[2], [] {
    this_task::yield();
    return 4;
  });
  const auto join_low = [&] {
    int status = 0;
    call_at(floor_of(dense.upper(), 112), [&] { status = slow.join().status(); });
    return status;
  };
  CHECK(tight.start(dense.upper(), join_low) == start_status::ok);
  CHECK_EQ(tight.join().status(), 4);
}

namespace {

/// Has `wait`, which is over soon, begin with more and more room: as long as it is too little the task ends before anything
/// knows of it.
template <class Wait>
void waits_or_leaves_no_trace(Wait wait) {
  int faulted = 0, waited = 0, left_behind = 0;
  for (std::ptrdiff_t room = 0; room < 4096; room += 16) {
    task tight{"tight"};
    tight.start(stacks[2], [&] { call_at(floor_of(stacks[2], room), wait); });
    const bool ok = tight.join().ok();
    ++(ok ? waited : faulted);
    left_behind += this_hart().expecting != 0 || this_hart().timers.first() != nullptr;
    if (waited == 4) break;
  }
  CHECK_EQ(waited, 4);
  CHECK(faulted > 0);
  CHECK_EQ(left_behind, 0);
}

}  // namespace

CASE("a task with too little room for a wait with a deadline ends before anything expects it") {
  waits_or_leaves_no_trace([] { (void)this_task::sleep_for(30ms); });
}

CASE("a task with too little room to wait for a device ends before anything expects it") {
  static readiness silent{"silence"};
  waits_or_leaves_no_trace([] { (void)silent.wait_until(deadline_after(30ms), [] { return false; }); });
}

CASE("a task with too little room for a select ends before it is in any queue") {
  static event first, second;
  waits_or_leaves_no_trace([] { (void)select_for(30ms, on_event(first), on_event(second)); });
  first.set();
  second.set();
}

CASE("an overflow is seen when the task resumes a generator") {
  overflows_twice([] {
    generator<int> body{body_stack, [](auto& yield) { while (yield(1)) {} }};
    auto there = [&] { return *body.resume(); };
    sink_below(floor_of(dense.upper(), -16), there);
  });
}

CASE("an overflow that is over by the next switch is seen by the damage at the stack's end") {
  overflows_twice([] {
    damage(dense.upper());
    this_task::yield();
  });
}

CASE("an overflow of a task that returns without another switch is seen by the damage at the stack's end") {
  overflows_twice([] {
    damage(dense.upper());
  });
}

CASE("an overflow of a task that exits is seen, too") {
  overflows_twice([] {
    damage(dense.upper());
    this_task::exit(0);
  });
}

CASE("an overflow of a generator's stack ends it, and its resumer goes on") {
  generator_faults_twice("stack exhausted", [] {
    generator<int> body{dense.upper(), [](auto& yield) {
      auto there = [&] {
        yield(1);
        CHECK(false);  // it went on
        return 1;
      };
      sink_below(floor_of(dense.upper(), -16), there);
    }};
    CHECK(!body.resume().has_value());
    return body.how();
  });
}

CASE("a body whose first frame has no room on its stack does not get as far as its first yield") {
  generator_faults_twice("stack exhausted", [] {
    generator<int> body{dense.upper(), [](auto& yield) __attribute__((always_inline)) {
      volatile std::byte room[pair_of_dense::bytes + 200];
      room[sizeof room - 1] = std::byte{};
      asm volatile("" : : "r"(room) : "memory");  // all of it is there
      yield(1);
      CHECK(false);  // it went on
    }};
    CHECK(!body.resume().has_value());
    return body.how();
  });
}

CASE("damage to the stack of a generator that has not begun yet is seen when it does") {
  generator_faults_twice("stack exhausted", [] {
    generator<int> body{dense.upper(), [](auto& yield) { yield(1); }};
    damage(dense.upper());
    CHECK(!body.resume().has_value());
    return body.how();
  });
}

CASE("an overflow is seen when the task destroys a generator") {
  overflows_twice([] {
    generator<int> body{body_stack, [](auto& yield) { while (yield(1)) {} }};
    (void)body.resume();
    auto there = [&] {
      body = {};
      return 1;
    };
    sink_below(floor_of(dense.upper(), -16), there);
  });
}

CASE("an overflow of a generator's stack that is over when its body returns is seen by the damage") {
  generator_faults_twice("stack exhausted", [] {
    generator<int> body{dense.upper(), [](auto&) {
      damage(dense.upper());
    }};
    CHECK(!body.resume().has_value());
    return body.how();
  });
}

CASE("damage to a generator's stack is seen when its task leaves it from the same place again") {
  generator_faults_twice("stack exhausted", [] {
    generator<int> body{dense.upper(), [](auto&) {
      for (int turn = 0; turn < 2; ++turn) {
        if (turn == 1) damage(dense.upper());
        this_task::yield();
      }
      CHECK(false);  // it went on
    }};
    CHECK(!body.resume().has_value());
    return body.how();
  });
}

CASE("an overflow of a task's own stack is seen from within a generator") {
  overflows_twice([] {
    generator<int> body{body_stack, [](auto&) {
      damage(dense.upper());
      this_task::yield();
    }};
    (void)body.resume();
  });
}

CASE("damage to the stack of an outer generator is seen from within the inner one, and ends the outer one") {
  for (const auto damaged : {damage, damage_canary}) generator_faults_twice("stack exhausted", [damaged] {
    generator<int> outer{dense.upper(), [&](auto&) {
      generator<int> inner{inner_stack, [&](auto&) {
        damaged(dense.upper());
        this_task::yield();
      }};
      (void)inner.resume();
      CHECK(false);  // it went on
    }};
    CHECK(!outer.resume().has_value());
    return outer.how();
  });
}

CASE("the check of a stack leaves alone what lies below it") {
#ifndef __OPTIMIZE__
  return;  // frames of unoptimised code are larger than the room a stack keeps for this
#endif
  constexpr std::byte mark{0x77};
  bool over = false;
  task bystander{"bystander"};
  bystander.start(stacks[2], [&] { while (!over) this_task::yield(); });
  for (const auto yield : {yield_at, yield_out_of_line_at})
    for (const int depth : {-16, 0, 16, 32, 48}) {
      std::memset(dense.memory, static_cast<int>(mark), pair_of_dense::bytes);
      task deep{"deep"};
      CHECK(deep.start(dense.upper(), [&] {
        yield(floor_of(dense.upper(), depth));
      }) == start_status::ok);
      (void)deep.join();
      const auto* const neighbour = dense.lower().high();
      CHECK(std::all_of(neighbour - 128, neighbour, [](std::byte b) { return b == mark; }));
    }
  over = true;
}

CASE("a task with an overflow starts again on a stack that is large enough") {
  bool over = false;
  task deep{"deep"}, bystander{"bystander"};
  bystander.start(stacks[2], [&] { while (!over) this_task::yield(); });
  const auto work = [] {
    auto there = yield_there;
    volatile char filler[pair_of_dense::bytes] = {};
    return there() + filler[5];
  };
  CHECK(deep.start(dense.upper(), work) == start_status::ok);
  CHECK(deep.join().how() == kind::faulted);
  deep.start(stacks[1], work);
  CHECK(deep.join().how() == kind::returned);
  over = true;
}

CASE("two tasks overflow one after the other, others start in between") {
  bool over = false;
  task deep[2], between{"between"}, bystander{"bystander"};
  bystander.start(stacks[2], [&] { while (!over) this_task::yield(); });
  for (auto& task : deep) {
    CHECK(task.start(dense.upper(), [] {
      auto there = yield_there;
      sink_below(floor_of(dense.upper(), -16), there);
    }) == start_status::ok);
    CHECK(task.join().how() == kind::faulted);
    between.start(stacks[0], [] { this_task::yield(); });
    CHECK(between.join().ok());
  }
  over = true;
}
