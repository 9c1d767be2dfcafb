/// Generators among tasks: resumed by several, yielding to the scheduler, blocking, nested.
#include "harness.hpp"

#include <bobbin.hpp>

#include <algorithm>

using namespace bobbin;

namespace {

stack<8_KiB> stacks[8];

}  // namespace

CASE("two tasks resume one generator in turn, each value goes to one of them") {
  generator<int> counter{stacks[0], [](auto& yield) { for (int i = 0; yield(i); ++i) {} }};
  int got[2][5] = {};
  task tasks[2];
  for (int t = 0; t < 2; ++t)
    tasks[t].start(stacks[1 + t], [&, t] {
      for (int i = 0; i < 5; ++i) {
        got[t][i] = *counter.resume();
        this_task::yield();
      }
    });
  for (auto& task : tasks) CHECK(task.join().ok());
  for (int i = 0; i < 5; ++i) {
    CHECK_EQ(got[0][i], 2 * i);
    CHECK_EQ(got[1][i], 2 * i + 1);
  }
}

CASE("a generator outlives the tasks that resumed it") {
  generator<int> counter{stacks[0], [](auto& yield) { for (int i = 0; yield(i); ++i) {} }};
  for (int i = 0; i < 10; ++i) {
    task worker;
    int got = -1;
    worker.start(stacks[1 + i % 2], [&] { got = *counter.resume(); });
    CHECK(worker.join().ok());
    CHECK_EQ(got, i);
  }
}

CASE("a generator made by one task, resumed by another, destroyed by a third") {
  static bool ended;
  ended = false;
  struct witness { ~witness() { ended = true; } };
  generator<int> body;
  task maker, user, ender;
  maker.start(stacks[1], [&] {
    body = generator<int>{stacks[0], [](auto& yield) {
      witness w;
      while (yield(4)) {}
    }};
  });
  maker.join();
  int got = 0;
  user.start(stacks[2], [&] { got = *body.resume(); });
  user.join();
  CHECK_EQ(got, 4);
  CHECK(!ended);
  ender.start(stacks[3], [&] { body = {}; });
  CHECK(ender.join().ok());
  CHECK(ended);
}

CASE("a body that yields to the scheduler lets others run, and comes back into itself") {
  int ticks = 0;
  bool over = false;
  task ticker;
  ticker.start(stacks[1], [&] { while (!over) ++ticks, this_task::yield(); });
  generator<int> body{stacks[0], [&](auto& yield) {
    for (int i = 0; i < 3; ++i) {
      for (int n = 0; n < 4; ++n) this_task::yield();
      yield(ticks);
    }
  }};
  CHECK(body.resume() == 4);
  CHECK(body.resume() == 8);
  CHECK(body.resume() == 12);
  over = true;
  ticker.join();
}

CASE("a body that yields to the scheduler out of line does the same") {
  int ticks = 0;
  bool over = false;
  task ticker;
  ticker.start(stacks[1], [&] { while (!over) ++ticks, this_task::yield_out_of_line(); });
  generator<int> body{stacks[0], [&](auto& yield) {
    for (int i = 0; i < 3; ++i) {
      for (int n = 0; n < 4; ++n) this_task::yield_out_of_line();
      yield(ticks);
    }
  }};
  for (int expected : {4, 9, 14}) {
    CHECK(body.resume() == expected);
    this_task::yield_out_of_line();
  }
  over = true;
  CHECK(ticker.join().ok());
}

CASE("a body that blocks in join blocks its task alone") {
  task slow, owner;
  int turns = 0;
  slow.start(stacks[1], [&] {
    for (; turns < 5; ++turns) this_task::yield();
    return 31;
  });
  int got = 0;
  owner.start(stacks[2], [&] {
    generator<int> body{stacks[0], [&](auto& yield) { yield(slow.join().status()); }};
    got = *body.resume();
  });
  this_task::yield();
  CHECK(owner.state() == task_state::blocked);
  CHECK(owner.join().ok());
  CHECK_EQ(got, 31);
  CHECK_EQ(turns, 5);
}

CASE("three generators deep, each yielding to the scheduler, in two tasks at once") {
  int sums[2] = {};
  task tasks[2];
  for (int t = 0; t < 2; ++t)
    tasks[t].start(stacks[t], [&, t] {
      generator<int> outer{stacks[2 + t], [t](auto& yield) {
        generator<int> middle{stacks[4 + t], [t](auto& yield_middle) {
          generator<int> inner{stacks[6 + t], [t](auto& yield_inner) {
            for (int i = 1; i <= 4; ++i) {
              this_task::yield();
              yield_inner(i * (t + 1));
            }
          }};
          for (const int n : inner) {
            this_task::yield();
            yield_middle(n * 10);
          }
        }};
        for (const int n : middle) {
          this_task::yield();
          yield(n + 1);
        }
      }};
      for (const int n : outer) {
        this_task::yield();
        sums[t] += n;
      }
    });
  for (auto& task : tasks) CHECK(task.join().ok());
  CHECK_EQ(sums[0], 104);
  CHECK_EQ(sums[1], 204);
}

CASE("a body starts tasks and joins them") {
  generator<int> results{stacks[0], [](auto& yield) {
    for (int i = 0; i < 3; ++i) {
      task worker;
      worker.start(stacks[1], [i] {
        this_task::yield();
        return i * i;
      });
      yield(worker.join().status());
    }
  }};
  CHECK(results.resume() == 0);
  CHECK(results.resume() == 1);
  CHECK(results.resume() == 4);
}

CASE("a task that exits within a generator starts again and uses generators as before") {
  task worker{"worker"};
  for (int round = 0; round < 3; ++round) {
    worker.start(stacks[1], [] {
      generator<int> body{stacks[2], [](auto& yield) {
        yield(1);
        this_task::exit(17);
      }};
      while (body.resume()) {}
    });
    CHECK_EQ(worker.join().status(), 17);
    CHECK(worker.join().how() == outcome::kind::exited);

    int sum = 0;
    worker.start(stacks[1], [&sum] {
      generator<int> body{stacks[2], [](auto& yield) {
        for (int i = 0; i < 3; ++i) this_task::yield(), yield(i + 1);
      }};
      for (const int n : body) this_task::yield(), sum += n;
    });
    CHECK(worker.join().ok());
    CHECK_EQ(sum, 6);
  }
}

CASE("a generator that a task ended within is finished for the others") {
  task worker{"worker"};
  {
    generator<int> body{stacks[0], [](auto& yield) {
      yield(1);
      this_task::exit(5);
    }};
    CHECK(body.resume() == 1);
    worker.start(stacks[1], [&] { (void)body.resume(); });
    CHECK_EQ(worker.join().status(), 5);
    CHECK(body.finished());
    CHECK(!body.resume().has_value());
  }
  generator<int> next{stacks[0], [](auto& yield) { yield(2); }};
  CHECK(next.resume() == 2);
}

CASE("a stopped task within a generator ends in good order") {
  task worker;
  bool asked = false;
  worker.start(stacks[0], [&] {
    generator<int> body{stacks[1], [&](auto& yield) {
      while (!this_task::stop_requested()) {
        this_task::yield();
        yield(1);
      }
      asked = true;
    }};
    while (body.resume()) {}
  });
  for (int i = 0; i < 5; ++i) this_task::yield();
  worker.request_stop();
  CHECK(worker.join().how() == outcome::kind::stopped);
  CHECK(asked);
}
