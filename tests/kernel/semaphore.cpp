/// counting_semaphore: units are neither lost nor made, and go to who has waited longest.
#include "harness.hpp"
#include "waiting.hpp"

#include <bobbin.hpp>

#include <string_view>

using namespace bobbin;

namespace {

stack<8_KiB> stacks[2];
constinit counting_semaphore<5> units{0, "units"};

/// How many there are. Takes them all and gives them back.
template <class Semaphore>
int count(Semaphore& semaphore) {
  int there = 0;
  while (semaphore.try_acquire()) ++there;
  semaphore.release(there);
  return there;
}

}  // namespace

CASE("as many can be taken as were given") {
  static_assert(decltype(units)::max() == 5 && binary_semaphore::max() == 1);
  CHECK(!units.try_acquire());
  units.release(3);
  CHECK_EQ(count(units), 3);
  for (int i = 0; i < 3; ++i) CHECK(units.acquire());
  CHECK(!units.try_acquire());
  counting_semaphore<> more{1000};
  CHECK_EQ(count(more), 1000);
}

CASE("who gives a unit gives it to who waits: nobody else gets it in between") {
  task waiting{"waiting"};
  waiting.start(stacks[0], [] { return units.acquire(); });
  this_task::yield();
  CHECK(waiting.state() == task_state::blocked);
  units.release();
  CHECK(!units.try_acquire());
  CHECK_EQ(waiting.join().status(), 1);
  CHECK_EQ(count(units), 0);
}

CASE("1000 who wait get a unit each in the order in which they came") {
  crowd all{many, [](int) { return units.acquire() ? 0 : 1; }};
  all.begin();
  CHECK_EQ(all.waiting(), many);
  for (int i = 0; i < many; i += 5) {
    units.release(5);
    this_task::yield();
    if (!CHECK_EQ(all.gone_on(), i + 5)) break;
  }
  CHECK_EQ(all.end(), 0);
  CHECK(all.in_order());
  CHECK_EQ(count(units), 0);
}

CASE("a deadline ends the wait and takes no unit") {
  CHECK(!units.try_acquire_for(0s) && !units.try_acquire_for(-1h) && !units.try_acquire_until(clock::now()));
  const auto when = clock::now() + 500us;
  CHECK(!units.try_acquire_until(when));
  CHECK(clock::now() >= when);
  units.release();
  CHECK(units.try_acquire_for(0s));
  units.release();
  CHECK(units.try_acquire_until(clock::time_point{}));
  CHECK_EQ(count(units), 0);
  CHECK_EQ(this_hart().expecting, 0u);
}

CASE("a unit that comes in time is taken, however far the deadline is away") {
  for (const auto far : {clock::now() + 1h, clock::never - 1ns, clock::never}) {
    task waiting{"waiting"};
    waiting.start(stacks[0], [far] { return units.try_acquire_until(far); });
    this_task::yield();
    units.release();
    CHECK_EQ(waiting.join().status(), 1);
    CHECK_EQ(count(units), 0);
  }
}

CASE("who gave up, at a deadline or asked to stop, gets no unit that comes later") {
  with_time_enough([](clock::time_point deadline) {
    crowd all{6, [=](int i) {
      const bool got = i % 3 == 0 ? units.acquire() : i % 3 == 1 ? units.try_acquire_until(deadline) : units.acquire();
      return got == (i % 3 == 0) ? 0 : 1;
    }};
    all.begin();
    const bool in_time = all.waiting() == 6;
    all[2].request_stop();
    all[5].request_stop();
    while (all.gone_on() < 4) this_task::yield();
    units.release(2);
    CHECK_EQ(all.end(), 0);
    CHECK_EQ(count(units), 0);
    return in_time;
  });
}

CASE("a task that was asked to stop still takes a unit that is there") {
  task stopped{"stopped"};
  units.release();
  stopped.start(stacks[0], [] { return units.acquire() && !units.acquire() && !units.try_acquire_for(1h) ? 1 : 0; });
  stopped.request_stop();
  CHECK_EQ(stopped.join().status(), 1);
  CHECK_EQ(count(units), 0);
}

CASE("a task that is asked to stop while it runs does not wait where it has waited before, whoever else is ready") {
  task taker{"taker"};
  taker.start(stacks[0], [] {
    int taken = 0;
    while (units.acquire()) ++taken;
    return taken;
  });
  for (int i = 0; i < 3; ++i) {
    this_task::yield();
    units.release();
  }
  taker.request_stop();
  for (int i = 0; i < 4; ++i) this_task::yield();
  CHECK(taker.state() == task_state::finished);
  if (taker.state() != task_state::finished) units.release();
  CHECK_EQ(taker.join().status(), 3);
}

CASE("an interrupt handler gives units, and none gets lost") {
  static constinit counting_semaphore<> ticks{0};
  static int given;
  given = 0;
  {
    const by_interrupt giver{[] { ++given, ticks.release(); }};
    for (int i = 0; i < 20; ++i) CHECK(ticks.acquire());
  }
  CHECK_EQ(count(ticks), given - 20);
}

CASE("units that a handler gives while a task takes and gives some are all there in the end") {
  static constinit counting_semaphore<> pool{0};
  static int given;
  given = 0;
  {
    const by_interrupt giver{[] { ++given, pool.release(); }};
    while (given < 20)
      for (int i = 0; i < 100; ++i)
        if (pool.try_acquire()) pool.release();
  }
  CHECK_EQ(count(pool), given);
}

CASE("producers and consumers move every unit once") {
  static constinit counting_semaphore<3> room{3}, filled{0};
  static int next_in, next_out, sum;
  static int ring[3];
  next_in = next_out = sum = 0;
  crowd all{20, [](int i) {
    for (int n = 0; n < 10; ++n)
      if (i % 2) {
        room.acquire();
        ring[next_in++ % 3] = i;
        filled.release();
        if (n % 3 == 0) this_task::yield();
      } else {
        filled.acquire();
        sum += ring[next_out++ % 3];
        room.release();
        if (n % 4 == 0) this_task::yield();
      }
    return 0;
  }};
  all.begin();
  CHECK_EQ(all.end(), 0);
  CHECK_EQ(sum, 10 * (1 + 3 + 5 + 7 + 9 + 11 + 13 + 15 + 17 + 19));
  CHECK_EQ(count(room), 3);
  CHECK_EQ(count(filled), 0);
}

CASE("mistakes are told by name") {
  task culprit{"culprit"};
  culprit.start(stacks[0], [] {
    binary_semaphore full{1, "full"};
    full.release();
  });
  CHECK_EQ(std::string_view{culprit.join().cause()}, "released more often than it has room for");

  task waiting{"waiting"};
  culprit.start(stacks[0], [&] {
    binary_semaphore short_lived{0, "short-lived"};
    waiting.start(stacks[1], [&] { return short_lived.acquire() ? 1 : 0; });
    this_task::yield();
  });
  CHECK_EQ(std::string_view{culprit.join().cause()}, "destroyed while tasks wait for it");
  waiting.request_stop();
  CHECK_EQ(waiting.join().status(), 0);

  culprit.start(stacks[0], [] {
    const interrupts_masked guard;
    units.acquire();
  });
  CHECK_EQ(std::string_view{culprit.join().cause()}, "waited for with interrupts masked");
  CHECK_EQ(count(units), 0);
}
