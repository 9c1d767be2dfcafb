/// A fault belongs to one task: it ends with an outcome that join returns, and all else goes on. Each comes in pairs:
/// catch it, go on, catch it again.
#include "harness.hpp"
#include "registers.hpp"

#include <bobbin.hpp>

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

int yield_there() {
  this_task::yield();
  return 0;
}

}  // namespace

CASE("a failed assertion") {
  faults_twice("assertion failed", [](task&) { ASSERT(stacks == nullptr); });
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
  faults_twice("resumed while it runs", [](task&) {
    static generator<int>* self;
    static stack<4_KiB> memory[2];
    static int time = 0;
    generator<int> body{memory[time++], [](auto& yield) {
      yield(1);
      (void)self->resume();
    }};
    self = &body;
    (void)body.resume();
    (void)body.resume();
  });
}

CASE("a generator that is resumed by a generator it runs itself") {
  faults_twice("resumed while it runs", [](task&) {
    static generator<int>* self;
    static stack<4_KiB> memory[4];
    static int time = 0;
    const int mine = time++;
    generator<int> body{memory[mine], [mine](auto& yield) {
      generator<int> inner{memory[2 + mine], [](auto&) { (void)self->resume(); }};
      yield(*inner.resume());
    }};
    self = &body;
    (void)body.resume();
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
  faults_twice("destroyed while it runs", [](task&) {
    static stack<4_KiB> memory[2];
    static int time = 0;
    generator<int> body;
    body = generator<int>{memory[time++], [&](auto& yield) {
      yield(1);
      body = {};
    }};
    (void)body.resume();
    (void)body.resume();
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
  faults_twice("yielded from outside its body", [](task&) {
    static stack<4_KiB> memory[4];
    static int time = 0;
    const int mine = time++;
    generator<int> outer{memory[mine], [mine](auto& yield) {
      generator<int> inner{memory[2 + mine], [&yield](auto&) { yield(3); }};
      (void)inner.resume();
    }};
    (void)outer.resume();
  });
}

CASE("an empty handle of a pool that is joined") {
  faults_twice("used although it holds no task", [](task&) {
    pooled_task none;
    none.join();
  });
}

CASE("a generator that a task faulted within is finished for the others") {
  {
    generator<int> body{stacks[2], [](auto& yield) {
      yield(1);
      ASSERT(false);
    }};
    CHECK(body.resume() == 1);
    task culprit{"culprit"};
    culprit.start(stacks[1], [&] { (void)body.resume(); });
    CHECK(culprit.join().how() == kind::faulted);
    CHECK(body.finished());
    CHECK(!body.resume().has_value());
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

/// For generators that end with their task: nobody destroys them, so their stacks remain theirs.
stack<4_KiB> bodies[4];
constinit int memory_of_time = 0;

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

CASE("an overflow is seen when the task resumes a generator") {
  overflows_twice([] {
    generator<int> body{bodies[memory_of_time++], [](auto& yield) { while (yield(1)) {} }};
    auto there = [&] { return *body.resume(); };
    sink_below(floor_of(dense.upper(), -16), there);
  });
}

CASE("an overflow that is over by the next switch is seen by the damage at the stack's end") {
  overflows_twice([] {
    auto there = [] { return 0; };
    sink_below(reinterpret_cast<std::uintptr_t>(dense.upper().low()), there);
    this_task::yield();
  });
}

CASE("an overflow of a task that returns without another switch is seen by the damage at the stack's end") {
  overflows_twice([] {
    auto there = [] { return 0; };
    sink_below(reinterpret_cast<std::uintptr_t>(dense.upper().low()), there);
  });
}

CASE("an overflow of a task that exits is seen, too") {
  overflows_twice([] {
    auto there = [] { return 0; };
    sink_below(reinterpret_cast<std::uintptr_t>(dense.upper().low()), there);
    this_task::exit(0);
  });
}

CASE("an overflow of a generator's stack ends the task that resumed it") {
  for (int time = 0; time < 2; ++time) {
    task deep{"deep"};
    bool came_back = false;
    deep.start(stacks[1], [&] {
      generator<int> body{dense.upper(), [](auto& yield) {
        auto there = [&] { return yield(1) ? 1 : 0; };
        sink_below(floor_of(dense.upper(), -16), there);
      }};
      (void)body.resume();
      came_back = true;
    });
    CHECK(deep.join().how() == kind::faulted);
    CHECK(!came_back);
    std::memset(dense.memory, 0, sizeof dense.memory);
  }
}

CASE("an overflow of a generator's stack that is over when its body returns is seen by the damage") {
  for (int time = 0; time < 2; ++time) {
    task deep{"deep"};
    bool came_back = false;
    deep.start(stacks[1], [&] {
      generator<int> body{dense.upper(), [](auto&) {
        auto there = [] { return 0; };
        sink_below(reinterpret_cast<std::uintptr_t>(dense.upper().low()), there);
      }};
      (void)body.resume();
      came_back = true;
    });
    CHECK(deep.join().how() == kind::faulted);
    CHECK(!came_back);
    std::memset(dense.memory, 0, sizeof dense.memory);
  }
}

CASE("an overflow of a task's own stack is seen from within a generator") {
  overflows_twice([] {
    generator<int> body{bodies[memory_of_time++], [](auto&) {
      *reinterpret_cast<std::uintptr_t*>(dense.upper().low()) = 0;
      this_task::yield();
    }};
    (void)body.resume();
  });
}

CASE("the check of a stack leaves alone what lies below it") {
  constexpr std::byte mark{0x77};
  bool over = false;
  task bystander{"bystander"};
  bystander.start(stacks[2], [&] { while (!over) this_task::yield(); });
  for (const int depth : {0, 8, 16}) {
    std::memset(dense.memory, static_cast<int>(mark), pair_of_dense::bytes);
    task deep{"deep"};
    CHECK(deep.start(dense.upper(), [&] {
      auto there = yield_there;
      sink_below(floor_of(dense.upper(), depth), there);
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
