/// join, in every order, and what it returns.
#include "harness.hpp"

#include <bobbin.hpp>

#include <string_view>

using namespace bobbin;
using kind = outcome::kind;

namespace {

stack<8_KiB> stacks[6];

/// Counts its destructions.
struct witness {
  int* ended;
  ~witness() { ++*ended; }
};

}  // namespace

CASE("join before the end waits for it") {
  bool done = false;
  task worker;
  worker.start(stacks[0], [&] {
    for (int i = 0; i < 5; ++i) this_task::yield();
    done = true;
  });
  CHECK(worker.join().ok());
  CHECK(done);
}

CASE("join after the end returns at once, any number of times") {
  task worker;
  worker.start(stacks[0], [] { return 7; });
  this_task::yield();
  CHECK(worker.state() == task_state::finished);
  for (int i = 0; i < 3; ++i) CHECK_EQ(worker.join().status(), 7);
}

CASE("what a task returned, exited with, and was stopped with") {
  task worker;
  worker.start(stacks[0], [] {});
  auto how = worker.join();
  CHECK(how.how() == kind::returned);
  CHECK_EQ(how.status(), 0);
  CHECK(how.ok());
  CHECK_EQ(std::string_view{how.cause()}, "");

  worker.start(stacks[0], [] { return -3; });
  how = worker.join();
  CHECK(how.how() == kind::returned);
  CHECK_EQ(how.status(), -3);
  CHECK(!how.ok());

  worker.start(stacks[0], [] { this_task::exit(); });
  how = worker.join();
  CHECK(how.how() == kind::exited);
  CHECK_EQ(how.status(), 0);
  CHECK(how.ok());

  worker.start(stacks[0], [] { this_task::exit(12); });
  how = worker.join();
  CHECK(how.how() == kind::exited);
  CHECK_EQ(how.status(), 12);
  CHECK(!how.ok());

  worker.start(stacks[0], [] {
    while (!this_task::stop_requested()) this_task::yield();
    return 4;
  });
  worker.request_stop();
  how = worker.join();
  CHECK(how.how() == kind::stopped);
  CHECK_EQ(how.status(), 4);
  CHECK(!how.ok());

  worker.start(stacks[0], [] {
    while (!this_task::stop_requested()) this_task::yield();
  });
  worker.request_stop();
  how = worker.join();
  CHECK(how.how() == kind::stopped);
  CHECK(!how.ok());
}

CASE("a result that converts to int is the status") {
  task worker;
  worker.start(stacks[0], [] { return true; });
  CHECK_EQ(worker.join().status(), 1);
  worker.start(stacks[0], []() -> short { return 300; });
  CHECK_EQ(worker.join().status(), 300);
}

CASE("several joiners are woken in the order they came, each with the outcome") {
  int order[4] = {}, place = 0, statuses[4] = {};
  bool over = false;
  task worker, joiners[4];
  worker.start(stacks[0], [&] {
    while (!over) this_task::yield();
    return 21;
  });
  for (const int i : {2, 0, 3, 1})
    joiners[i].start(stacks[1 + i], [&, i] {
      statuses[i] = worker.join().status();
      order[place++] = i;
    });
  this_task::yield();
  for (auto& joiner : joiners) CHECK(joiner.state() == task_state::blocked);
  over = true;
  for (auto& joiner : joiners) joiner.join();
  constexpr int expected[4] = {2, 0, 3, 1};
  for (int i = 0; i < 4; ++i) {
    CHECK_EQ(order[i], expected[i]);
    CHECK_EQ(statuses[i], 21);
  }
}

CASE("some joiners come before the end and some after") {
  task worker, early, late;
  int early_status = 0, late_status = 0;
  worker.start(stacks[0], [] {
    this_task::yield();
    return 8;
  });
  early.start(stacks[1], [&] { early_status = worker.join().status(); });
  early.join();
  late.start(stacks[2], [&] { late_status = worker.join().status(); });
  late.join();
  CHECK_EQ(early_status, 8);
  CHECK_EQ(late_status, 8);
}

CASE("a chain of joins passes an outcome through") {
  task chain[6];
  chain[0].start(stacks[0], [] {
    this_task::yield();
    return 100;
  });
  for (int i = 1; i < 6; ++i) chain[i].start(stacks[i], [&, i] { return chain[i - 1].join().status() + 1; });
  CHECK_EQ(chain[5].join().status(), 105);
}

CASE("the same task joined in reverse order of start") {
  task tasks[6];
  for (int i = 0; i < 6; ++i)
    tasks[i].start(stacks[i], [i] {
      for (int n = 0; n < i; ++n) this_task::yield();
      return i;
    });
  for (int i = 5; i >= 0; --i) CHECK_EQ(tasks[i].join().status(), i);
}

CASE("a joiner that sleeps through a restart still gets the outcome it waited for") {
  task worker, joiner;
  int status = 0;
  worker.start(stacks[0], [] {
    this_task::yield();
    return 1;
  });
  joiner.start(stacks[1], [&] { status = worker.join().status(); });
  this_task::yield();
  while (worker.state() != task_state::finished) this_task::yield();
  worker.start(stacks[0], [] { return 2; });
  joiner.join();
  CHECK_EQ(status, 1);
  CHECK_EQ(worker.join().status(), 2);
}

CASE("a finished task starts again, on the same stack and on another, a hundred times") {
  task worker{"again"};
  for (int i = 0; i < 100; ++i) {
    worker.start(stacks[i % 3 == 0 ? 0 : i % 2], [i] {
      this_task::yield();
      return i;
    });
    CHECK_EQ(worker.join().status(), i);
  }
}

CASE("a stack whose task has finished serves another task while the first still exists") {
  task first, second;
  first.start(stacks[0], [] { return 1; });
  CHECK_EQ(first.join().status(), 1);
  second.start(stacks[0], [] { return 2; });
  CHECK_EQ(second.join().status(), 2);
  CHECK_EQ(first.join().status(), 1);
}

CASE("a request to stop does not outlive the run it was made for") {
  task worker;
  worker.start(stacks[0], [] { this_task::yield(); });
  worker.request_stop();
  CHECK(worker.join().how() == kind::stopped);
  bool asked = true;
  worker.start(stacks[0], [&] { asked = this_task::stop_requested(); });
  CHECK(worker.join().how() == kind::returned);
  CHECK(!asked);
}

CASE("a running task that is destroyed is stopped and joined") {
  bool asked = false;
  int ended = 0;
  {
    task worker;
    worker.start(stacks[0], [&, w = witness{&ended}] {
      while (!this_task::stop_requested()) this_task::yield();
      asked = true;
    });
    ended = 0;
    this_task::yield();
  }
  CHECK(asked);
  CHECK_EQ(ended, 1);
}

CASE("a task that is destroyed before its first turn is stopped and joined, too") {
  bool ran = false, asked = false;
  {
    task worker;
    worker.start(stacks[0], [&] { ran = true, asked = this_task::stop_requested(); });
  }
  CHECK(ran);
  CHECK(asked);
}

CASE("tasks that were never started and finished ones are destroyed without ado") {
  { task never{"never"}; }
  task* registered = nullptr;
  {
    task finished{"finished"};
    registered = &finished;
    finished.start(stacks[0], [] {});
    finished.join();
  }
  bool still_there = false;
  for_each_task([&](control_block& each) {
    still_there = still_there || static_cast<void*>(&each) == static_cast<void*>(registered);
  });
  CHECK(!still_there);
}

CASE("a destroyed task lets go of a task it was joining") {
  task slow, waiter;
  slow.start(stacks[0], [] { for (int i = 0; i < 3; ++i) this_task::yield(); });
  {
    task waiting;
    waiting.start(stacks[1], [&] { slow.join(); });
    this_task::yield();
    CHECK(waiting.state() == task_state::blocked);
  }
  CHECK(slow.state() == task_state::finished);
}

CASE("a task stops and joins one that it owns itself") {
  int status = -1;
  task owner;
  owner.start(stacks[0], [&] {
    task inner;
    inner.start(stacks[1], [] {
      while (!this_task::stop_requested()) this_task::yield();
      return 6;
    });
    this_task::yield();
    inner.request_stop();
    status = inner.join().status();
  });
  CHECK(owner.join().ok());
  CHECK_EQ(status, 6);
}

CASE("who joined a task is ready behind all others when it ends") {
  static char order[16];
  static int at;
  at = 0;
  task ending{"ending"}, joiner{"joiner"}, others[3];
  const auto note = [](char what) { if (at < 16) order[at++] = what; };
  joiner.start(stacks[0], [&] { ending.join(), note('j'); });
  CHECK(joiner.state() == task_state::ready);
  ending.start(stacks[1], [&] {
    for (int i = 0; i < 2; ++i) this_task::yield();
    note('e');
  });
  for (int i = 0; i < 3; ++i)
    others[i].start(stacks[2 + i], [&note, i] {
      for (int turn = 0; turn < 4; ++turn) {
        this_task::yield();
        note(static_cast<char>('0' + i));
      }
    });
  for (int i = 0; i < 3; ++i) this_task::yield();  // now it has ended, and the others are about to have their turns
  CHECK(ending.state() == task_state::finished);
  CHECK(joiner.state() == task_state::ready);
  for (task& other : others) other.join();
  joiner.join();
  CHECK_EQ(std::string_view(order, static_cast<std::size_t>(at)), "012e012j012012");
}

CASE("exit from deep within calls ends the task there") {
  struct deep {
    static int down(int n) {
      volatile int deeper = n;
      if (deeper == 0) this_task::exit(77);
      return deeper > 100 ? 0 : down(deeper - 1) + 1;
    }
  };
  task worker;
  worker.start(stacks[0], [] { return deep::down(20); });
  const auto how = worker.join();
  CHECK(how.how() == kind::exited);
  CHECK_EQ(how.status(), 77);
}
