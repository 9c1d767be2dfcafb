/// Ten thousand tasks alive at once, on dense stacks.
#include "harness.hpp"

#include <bobbin.hpp>

using namespace bobbin;

namespace {

constexpr int count = 10'000;
constexpr int rounds = 5;

stack<1_KiB> stacks[count];
constinit task tasks[count];
constinit std::uint16_t turns[count];

constinit int next = 0;
constinit int out_of_order = 0;

void start_all(void (*function)(int)) {
  for (int i = 0; i < count; ++i) {
    turns[i] = 0;
    tasks[i].start(stacks[i], [function, i] { function(i); });
  }
}

}  // namespace

CASE("10 000 tasks are alive at once and go round in order") {
  next = out_of_order = 0;
  start_all([](int i) {
    for (int round = 0; round < rounds; ++round) {
      out_of_order += next != i;
      next = (next + 1) % count;
      ++turns[i];
      this_task::yield();
    }
  });
  for (auto& task : tasks) CHECK(task.joinable());
  for (int round = 1; round <= rounds; ++round) {
    this_task::yield();
    int wrong = 0;
    for (const int taken : turns) wrong += taken != round;
    CHECK_EQ(wrong, 0);
  }
  int joined = 0;
  for (auto& task : tasks) joined += task.join().ok();
  CHECK_EQ(joined, count);
  CHECK_EQ(out_of_order, 0);
}

CASE("10 000 statuses come back from a second run, joined from the last to the first") {
  for (int i = 0; i < count; ++i)
    tasks[i].start(stacks[i], [i] {
      for (int n = 0; n < i % 7; ++n) this_task::yield();
      return i;
    });
  int wrong = 0;
  for (int i = count - 1; i >= 0; --i) wrong += tasks[i].join().status() != i;
  CHECK_EQ(wrong, 0);
}

CASE("10 000 tasks wait for one another in a chain") {
  static task first{"first"};
  static stack<4_KiB> first_stack;
  static bool over;
  over = false;
  first.start(first_stack, [] {
    while (!over) this_task::yield();
    return 5;
  });
  for (int i = 0; i < count; ++i)
    tasks[i].start(stacks[i], [i] { return (i == 0 ? first : tasks[i - 1]).join().status(); });
  this_task::yield();
  int blocked = 0;
  for (auto& task : tasks) blocked += task.state() == task_state::blocked;
  CHECK_EQ(blocked, count);
  over = true;
  CHECK_EQ(tasks[count - 1].join().status(), 5);
}

CASE("10 000 tasks wait for one, and each gets its outcome") {
  static task one{"one"};
  static stack<4_KiB> one_stack;
  one.start(one_stack, [] { this_task::yield(), this_task::exit(9); });
  next = out_of_order = 0;
  for (int i = 0; i < count; ++i)
    tasks[i].start(stacks[i], [i] {
      const int status = one.join().status();
      out_of_order += next++ != i;
      return status;
    });
  int sum = 0;
  for (auto& task : tasks) sum += task.join().status();
  CHECK_EQ(sum, 9 * count);
  CHECK_EQ(out_of_order, 0);
}
