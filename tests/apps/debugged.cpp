/// What tests/test_gdb.py looks at with gdb: first every kind of switch, to be stepped through, then tasks and generators
/// that stand still in all the places there are.
#include "bobbin.hpp"

#include <arch/context.hpp>
#include <task/wait_queue.hpp>

#include <optional>

using namespace bobbin;

// What a resumer's stack is above, and below: gdb minds.
stack<4_KiB> low_bodies[2];
stack<8_KiB> walker_memory;
stack<4_KiB> high_bodies[2];
stack<4_KiB> left_memory, plain_memory;

constinit task walker{"walker"}, plain{"plain"};
volatile int sum = 0;

using yielder_of_int = yielder<int, void>;

[[gnu::noinline]] void inner_body(yielder_of_int& yield) {
  for (int i = 0; i < 3; ++i) yield(i);
  sum = sum + 1;
}

[[gnu::noinline]] void outer_body(yielder_of_int& yield, stack<4_KiB>& memory) {
  generator<int> inner{memory, [](auto& inner_yield) { inner_body(inner_yield); }};
  while (const auto value = inner.resume()) yield(*value);
}

[[gnu::noinline]] void left_body(yielder_of_int& yield) {
  while (yield(1)) {}
  sum = sum + 1;
}

/// Resumes generators, one within the other and one that is stopped, and yields to the other tasks in between.
[[gnu::noinline]] void walk(stack<4_KiB> (&bodies)[2]) {
  generator<int> outer{bodies[0], [&](auto& yield) { outer_body(yield, bodies[1]); }};
  while (const auto value = outer.resume()) {
    sum = sum + *value;
    this_task::yield();
    this_task::yield_out_of_line();
  }
  if (&bodies != &low_bodies) return;
  generator<int> left{left_memory, [](auto& yield) { left_body(yield); }};
  for (int i = 0; i < 2; ++i) (void)left.resume();
}

/// A task that has no FP registers to lose.
[[gnu::noinline]] void walk_plainly() {
  for (int i = 0; i < 3; ++i) this_task::yield();
  for (int i = 0; i < 3; ++i) this_task::yield_out_of_line();
}

stack<4_KiB> bare_memory;
arch::stack_pointer other_side;
volatile double product = 1;

[[gnu::noinline]] void come_back(void*) {
  for (;;) arch::switch_context(&other_side, other_side);
}

/// Bare switches, with FP registers to lose.
[[gnu::noinline]] void go_there_and_back() {
  other_side = arch::context::first_frame(stack_view{bare_memory}.high(), come_back, nullptr);
  for (int i = 0; i < 2; ++i) {
    product = product * 1.5;
    arch::switch_context(&other_side, other_side);
  }
}

[[gnu::noinline]] void walk_everywhere() {
  go_there_and_back();
  walker.start(walker_memory, [] { walk(high_bodies); });
  plain.start(plain_memory, walk_plainly);
  walk(low_bodies);
  (void)walker.join();
  (void)plain.join();
}

extern "C" [[gnu::noinline]] void begin_of_steps() { sum = 0; }
extern "C" [[gnu::noinline]] void end_of_steps() { sum = 1; }

// ------------------------------------------------------------------------------------------------- standing still ----

stack<8_KiB> memories[6];
stack<4_KiB> standing_memory, new_memory, ended_memory, inside_memory;
alignas(stack_alignment) std::byte slice[4096];
task_pool<3, 4_KiB> pool;
stack_pool<4, 4_KiB> stacks;
wait_queue bell;
constinit task sleeper{"sleeper"}, waiter{"waiter"}, joiner{"joiner"}, unborn{"two words"}, ended{"ended"}, within{"within"};
std::optional<generator<int>> standing, fresh, over;

[[gnu::noinline]] void sleep_long() { this_task::sleep_for(1h); }  // <- sleeper
[[gnu::noinline]] void wait_for_bell() {
  arch::interrupts::mask();
  bell.wait_masked();  // <- waiter
}
[[gnu::noinline]] void join_waiter_task() { (void)waiter.join(); }  // <- joiner
[[gnu::noinline]] void standing_body(yielder_of_int& yield) {
  int depth_of_standing = 42;
  while (yield(depth_of_standing)) ++depth_of_standing;  // <- slice
}
[[gnu::noinline]] void yielding_body(yielder_of_int& yield) {
  this_task::yield();  // <- within
  yield(1);
}
[[gnu::noinline]] void resume_what_yields() {
  generator<int> inside{inside_memory, [](auto& yield) { yielding_body(yield); }};
  (void)inside.resume();
}

extern "C" [[gnu::noinline]] void stand_still() { sum = 2; }

void let_all_stand() {
  ended.start(memories[0], [] { return 3; });
  sleeper.start(memories[1], sleep_long);
  waiter.start(memories[2], wait_for_bell);
  joiner.start(memories[3], join_waiter_task);
  pooled_task pooled = pool.start("pooled", wait_for_bell);
  standing.emplace(standing_memory, [](auto& yield) { standing_body(yield); });
  (void)standing->resume();
  fresh.emplace(new_memory, [](auto& yield) { standing_body(yield); });
  over.emplace(ended_memory, [](auto&) {});
  (void)over->resume();
  generator<int> sliced{std::span{slice}, [](auto& yield) { standing_body(yield); }};
  (void)sliced.resume();
  generator<int> pooled_generator{stacks, [](auto& yield) { standing_body(yield); }};
  (void)pooled_generator.resume();
  this_task::yield();
  within.start(memories[4], resume_what_yields);
  this_task::yield();
  unborn.start(memories[5], [] {});
  stand_still();
  this_task::exit(0);
}

int main() {
  walk_everywhere();
  begin_of_steps();
  walk_everywhere();
  end_of_steps();
  let_all_stand();
}
