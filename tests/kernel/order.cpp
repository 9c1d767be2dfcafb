/// Who runs when: first come, first served, one turn each.
#include "harness.hpp"
#include "record.hpp"

#include <bobbin.hpp>

#include <string_view>

using namespace bobbin;

namespace {

stack<4_KiB> stacks[10];

/// As a function that is called from many places, and yields in two of its own.
[[gnu::noinline]] void yield_out_of_line(bool here) {
  if (here) return this_task::yield_out_of_line();
  this_task::yield_out_of_line();
  asm volatile("" : : : "memory");
}

}  // namespace

CASE("start does not run the task, yield does") {
  record said;
  task worker;
  worker.start(stacks[0], [&] { said('w'); });
  said('m');
  CHECK_EQ(said.text(), "m");
  this_task::yield();
  CHECK_EQ(said.text(), "mw");
}

CASE("yield alone comes back at once") {
  for (int i = 0; i < 100; ++i) this_task::yield();
  CHECK_EQ(this_task::name(), "main");
}

CASE("a yield out of line comes back at once, too, and counts as one") {
  const std::uint32_t before = this_hart().lone_yields;
  task worker;
  worker.start(stacks[0], [] {});
  for (int i = 0; i < 100; ++i) this_task::yield_out_of_line();  // one of them is not alone
  yield_out_of_line(true);
  CHECK(!worker.joinable());
  CHECK_EQ(this_hart().lone_yields - before, 100u);
  CHECK_EQ(this_task::name(), "main");
}

CASE("those that yield out of line go round with the others in the order of their start") {
  record said;
  task tasks[4];
  tasks[0].start(stacks[0], [&] { for (int i = 0; i < 3; ++i) said('a'), this_task::yield_out_of_line(); });
  tasks[1].start(stacks[1], [&] { for (int i = 0; i < 3; ++i) said('b'), this_task::yield(); });
  tasks[2].start(stacks[2], [&] { for (int i = 0; i < 3; ++i) said('c'), yield_out_of_line(i % 2); });
  tasks[3].start(stacks[3], [&] {
    said('d'), this_task::yield_out_of_line();
    said('d'), this_task::yield();
    said('d'), yield_out_of_line(true);
  });
  for (int i = 0; i < 4; ++i) said('m'), this_task::yield_out_of_line();
  for (auto& task : tasks) CHECK(task.join().ok());
  CHECK_EQ(said.text(), "mabcdmabcdmabcdm");
}

CASE("a turn given out of line is counted") {
  const control_block& self = *this_hart().current;
  const control_block* other = nullptr;
  bool over = false;
  task worker;
  worker.start(stacks[0], [&] {
    other = this_hart().current;
    while (!over) this_task::yield_out_of_line();
  });
  this_task::yield_out_of_line();
  const std::uint32_t mine = self.switches, others = other->switches;
  for (int i = 0; i < 5; ++i) this_task::yield_out_of_line();
  CHECK_EQ(self.switches - mine, 5u);
  CHECK_EQ(other->switches - others, 5u);
  over = true;
  CHECK(worker.join().ok());
}

CASE("two tasks alternate") {
  record said;
  task a, b;
  a.start(stacks[0], [&] { for (int i = 0; i < 4; ++i) said('a'), this_task::yield(); });
  b.start(stacks[1], [&] { for (int i = 0; i < 4; ++i) said('b'), this_task::yield(); });
  a.join(), b.join();
  CHECK_EQ(said.text(), "abababab");
}

CASE("three tasks and main go round in the order of their start") {
  record said;
  task tasks[3];
  for (int t = 0; t < 3; ++t)
    tasks[t].start(stacks[t], [&, t] { for (int i = 0; i < 3; ++i) said('a' + t), this_task::yield(); });
  for (int i = 0; i < 4; ++i) said('m'), this_task::yield();
  for (auto& task : tasks) CHECK(task.join().ok());
  CHECK_EQ(said.text(), "mabcmabcmabcm");
}

CASE("ten tasks go round in the order of their start") {
  record said;
  task tasks[10];
  for (int t = 0; t < 10; ++t)
    tasks[t].start(stacks[t], [&, t] { for (int i = 0; i < 3; ++i) said('0' + t), this_task::yield(); });
  for (auto& task : tasks) task.join();
  CHECK_EQ(said.text(), "012345678901234567890123456789");
}

CASE("a late starter takes its turn after all that were ready") {
  record said;
  task a, b, late;
  a.start(stacks[0], [&] {
    said('a'), this_task::yield();
    late.start(stacks[2], [&] { for (int i = 0; i < 2; ++i) said('l'), this_task::yield(); });
    for (int i = 0; i < 3; ++i) said('a'), this_task::yield();
  });
  b.start(stacks[1], [&] { for (int i = 0; i < 4; ++i) said('b'), this_task::yield(); });
  a.join(), b.join(), late.join();
  CHECK_EQ(said.text(), "ababl" "abl" "ab");
}

CASE("tasks started by a task run in the order of their start") {
  record said;
  task parent, children[3];
  parent.start(stacks[0], [&] {
    for (int c = 0; c < 3; ++c) children[c].start(stacks[1 + c], [&, c] { said('0' + c); });
    said('p');
    this_task::yield();
    said('q');
  });
  parent.join();
  for (auto& child : children) child.join();
  CHECK_EQ(said.text(), "p012q");
}

CASE("a task that ends leaves the order of the others as it was") {
  record said;
  task tasks[4];
  for (int t = 0; t < 4; ++t)
    tasks[t].start(stacks[t], [&, t] { for (int i = 0; i <= (t == 1 ? 0 : 2); ++i) said('a' + t), this_task::yield(); });
  for (auto& task : tasks) task.join();
  CHECK_EQ(said.text(), "abcd" "acd" "acd");
}

CASE("a woken task goes behind all that are ready") {
  record said;
  task sleeper, a, b;
  a.start(stacks[0], [&] { for (int i = 0; i < 3; ++i) said('a'), this_task::yield(); });
  sleeper.start(stacks[1], [&] { a.join(), said('s'); });
  b.start(stacks[2], [&] { for (int i = 0; i < 6; ++i) said('b'), this_task::yield(); });
  b.join();
  sleeper.join();
  CHECK_EQ(said.text(), "ababab" "bs" "bb");
}

CASE("yield gives everybody exactly one turn") {
  static int turns[10];
  bool over = false;
  task tasks[10];
  for (int t = 0; t < 10; ++t) {
    turns[t] = 0;
    tasks[t].start(stacks[t], [&, t] { while (!over) ++turns[t], this_task::yield(); });
  }
  for (int round = 1; round <= 50; ++round) {
    this_task::yield();
    for (const int count : turns) CHECK_EQ(count, round);
  }
  over = true;
  for (auto& task : tasks) task.join();
}

CASE("ids rise with each start, names and states are told") {
  task named{"named"}, nameless;
  std::uint32_t id_inside = 0;
  std::string_view name_inside;
  task_state state_inside{};
  CHECK(named.state() == task_state::fresh);
  CHECK_EQ(named.name(), "named");
  CHECK_EQ(nameless.name(), "");
  named.start(stacks[0], [&] {
    id_inside = this_task::id(), name_inside = this_task::name(), state_inside = named.state();
    this_task::yield();
  });
  nameless.start(stacks[1], [&] { named.join(); });
  CHECK(named.state() == task_state::ready);
  CHECK_EQ(named.id() + 1, nameless.id());
  this_task::yield();
  CHECK(state_inside == task_state::running);
  CHECK(named.state() == task_state::ready);
  CHECK(nameless.state() == task_state::blocked);
  CHECK(named.joinable() && nameless.joinable());
  CHECK_EQ(id_inside, named.id());
  CHECK_EQ(name_inside, "named");
  nameless.join();
  CHECK(named.state() == task_state::finished);
  CHECK(nameless.state() == task_state::finished);
  CHECK(!named.joinable());
  CHECK_EQ(this_task::name(), "main");
  CHECK_EQ(this_task::id(), 1u);
  const auto first = named.id();
  named.start(stacks[0], [] {});
  CHECK(named.id() > first);
}
