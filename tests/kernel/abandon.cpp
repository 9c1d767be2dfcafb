/// What lay on the stack of a task that faulted or exited: nobody destroys it, and yet nothing is lost for good.
#include "harness.hpp"

#include <bobbin.hpp>

#include <utility>

using namespace bobbin;
using kind = outcome::kind;

namespace {

stack<8_KiB> worker_stack, others[4];
stack<4_KiB> bodies[3];
constinit task worker{"worker"};
constinit stack_pool<3, 4_KiB> pool_of_stacks;
constinit task_pool<3, 4_KiB> pool_of_tasks;

void* volatile nowhere = nullptr;

/// How a task ends without returning.
struct way_to_end {
  void (*end)();
  kind how;
};
constexpr way_to_end ways[] = {
    {[] { this_task::exit(3); }, kind::exited},
    {[] { ASSERT(false); }, kind::faulted},
    {[] { *static_cast<volatile int*>(nowhere) = 1; }, kind::faulted},
};

/// Runs `leave_behind` as a task that then ends without returning, each way three times, on the same stack.
template <class Function>
void ends_each_way(Function leave_behind) {
  for (const auto& way : ways)
    for (int time = 0; time < 3; ++time) {
      worker.start(worker_stack, [&] { leave_behind(way); });
      CHECK(worker.join().how() == way.how);
    }
}

constexpr auto count_up = [](auto& yield) { for (int i = 1; yield(i); ++i) {} };

void until_stopped() {
  while (!this_task::stop_requested()) this_task::yield();
}

/// Whether `memory` can be a generator's stack now: what is in use is refused by ending the task that asks.
bool serves_a_generator(stack_view memory) {
  bool served = false;
  task user{"user"};
  user.start(others[3], [&] {
    generator<int> next{memory, count_up};
    served = next.resume() == 1;
  });
  (void)user.join();
  return served;
}

}  // namespace

CASE("a suspended generator on the stack of a task that ends gives its own stack back") {
  ends_each_way([](const way_to_end& way) {
    generator<int> held{bodies[0], count_up};
    CHECK(held.resume() == 1);
    way.end();
  });
  CHECK(serves_a_generator(bodies[0]));
}

CASE("so does one that was never resumed, one that has ended, and one that was moved there") {
  ends_each_way([](const way_to_end& way) {
    generator<int> fresh{bodies[0], count_up};
    generator<int> ended{bodies[1], [](auto&) {}};
    CHECK(!ended.resume().has_value());
    generator<int> source{bodies[2], count_up};
    generator<int> moved{std::move(source)};
    CHECK(moved.resume() == 1);
    way.end();
  });
  for (auto& body : bodies) CHECK(serves_a_generator(body));
}

CASE("a generator that the task ends within, and those that its body holds") {
  ends_each_way([](const way_to_end& way) {
    if (way.how == kind::faulted) return way.end();  // within a generator that would end the generator
    generator<int> outer{bodies[0], [&](auto& yield) {
      generator<int> inner{bodies[1], [&](auto& yield_inner) {
        generator<int> innermost{bodies[2], count_up};
        (void)innermost.resume();
        yield_inner(1);
        way.end();
      }};
      while (const auto value = inner.resume()) yield(*value);
    }};
    while (outer.resume()) {}
  });
  for (auto& body : bodies) CHECK(serves_a_generator(body));
}

CASE("a generator held by the body of one that the task ends within, whose own handle is elsewhere") {
  for (int time = 0; time < 3; ++time) {
    generator<int> outer{bodies[0], [](auto&) {
      generator<int> inner{bodies[1], count_up};
      (void)inner.resume();
      this_task::exit(4);
    }};
    worker.start(worker_stack, [&] { (void)outer.resume(); });
    CHECK_EQ(worker.join().status(), 4);
    CHECK(outer.finished());
    CHECK(serves_a_generator(bodies[1]));
  }
  CHECK(serves_a_generator(bodies[0]));
}

CASE("generators within generators are abandoned together") {
  ends_each_way([](const way_to_end& way) {
    generator<int> outer{bodies[0], [](auto& yield) {
      generator<int> inner{bodies[1], [](auto& yield_inner) {
        generator<int> innermost{bodies[2], count_up};
        while (yield_inner(*innermost.resume())) {}
      }};
      while (yield(*inner.resume())) {}
    }};
    CHECK(outer.resume() == 1);
    way.end();
  });
  for (auto& body : bodies) CHECK(serves_a_generator(body));
}

CASE("a generator that a faulting generator's body holds") {
  for (int time = 0; time < 3; ++time) {
    generator<int> outer{bodies[0], [](auto& yield) {
      generator<int> inner{bodies[1], count_up};
      yield(*inner.resume());
      ASSERT(false);
    }};
    CHECK(outer.resume() == 1);
    CHECK(!outer.resume().has_value());
    CHECK(outer.how().how() == kind::faulted);
    CHECK(serves_a_generator(bodies[1]));
    CHECK(!serves_a_generator(bodies[0]));  // its handle still is here
  }
  CHECK(serves_a_generator(bodies[0]));
}

CASE("a generator whose handle is elsewhere goes on") {
  generator<int> kept;
  ends_each_way([&](const way_to_end& way) {
    kept = {};
    generator<int> made_here{bodies[0], count_up};
    CHECK(made_here.resume() == 1);
    kept = std::move(made_here);
    CHECK(kept.resume() == 2);
    way.end();
  });
  CHECK(kept.resume() == 3);
  CHECK(!serves_a_generator(bodies[0]));
}

CASE("a generator that another task runs meanwhile is let go of when it ends") {
  bool go_on = true;
  task runner{"runner"};
  for (int time = 0; time < 2; ++time) {
    go_on = true;
    worker.start(worker_stack, [&] {
      generator<int> body{bodies[0], [&](auto&) { while (go_on) this_task::yield(); }};
      runner.start(others[0], [&body] { (void)body.resume(); });
      this_task::yield();
      this_task::exit(1);
    });
    CHECK_EQ(worker.join().status(), 1);
    CHECK(!serves_a_generator(bodies[0]));
    go_on = false;
    CHECK(runner.join().ok());
    CHECK(serves_a_generator(bodies[0]));
  }
}

CASE("stacks out of a pool go back to it") {
  ends_each_way([](const way_to_end& way) {
    generator<int> one{pool_of_stacks, count_up};
    generator<int> other{pool_of_stacks, [](auto& yield) {
      generator<int> third{pool_of_stacks, count_up};
      while (yield(*third.resume())) {}
    }};
    CHECK(one.resume() == 1);
    CHECK(other.resume() == 1);
    CHECK_EQ(pool_of_stacks.available(), 0u);
    way.end();
  });
  CHECK_EQ(pool_of_stacks.available(), 3u);
}

CASE("a pooled task whose handle is gone is stopped, and gives its place back by itself") {
  ends_each_way([](const way_to_end& way) {
    auto running = pool_of_tasks.start("running", until_stopped);
    auto ended = pool_of_tasks.start("ended", [] {});
    auto moved = std::move(running);
    this_task::yield();
    CHECK_EQ(pool_of_tasks.available(), 1u);
    way.end();
  });
  this_task::yield();
  this_task::yield();
  CHECK_EQ(pool_of_tasks.available(), 3u);
}

CASE("a pooled task whose handle is elsewhere goes on") {
  pooled_task kept;
  worker.start(worker_stack, [&] {
    auto started = pool_of_tasks.start("running", until_stopped);
    kept = std::move(started);
    ASSERT(false);
  });
  CHECK(worker.join().how() == kind::faulted);
  for (int i = 0; i < 3; ++i) this_task::yield();
  CHECK_EQ(pool_of_tasks.available(), 2u);
  kept.request_stop();
  CHECK(kept.join().how() == kind::stopped);
  CHECK_EQ(pool_of_tasks.available(), 3u);
}

CASE("a task on the stack of one that ends is asked to stop, and until it has that stack is in use") {
  for (const auto& way : ways) {
    bool stop_seen = false, may_end = false;
    worker.start(worker_stack, [&] {
      task child{"child"};
      child.start(others[0], [&] {
        until_stopped();
        stop_seen = true;
        while (!may_end) this_task::yield();
      });
      this_task::yield();
      way.end();
    });
    CHECK(worker.join().how() == way.how);
    for (int i = 0; i < 3; ++i) this_task::yield();
    CHECK(stop_seen);
    CHECK(!serves_a_generator(worker_stack));
    may_end = true;
    this_task::yield();
    this_task::yield();
    CHECK(serves_a_generator(worker_stack));
    CHECK(serves_a_generator(others[0]));
  }
}

CASE("a task on the stack of a generator that faulted keeps that stack in use when the handle goes, too") {
  static bool done;
  done = false;
  {
    generator<int> body{bodies[0], [](auto& yield) {
      task within{"within"};
      within.start(others[0], [] { while (!done) this_task::yield(); });
      yield(1);
      ASSERT(false);
    }};
    CHECK(body.resume() == 1);
    CHECK(!body.resume());
    CHECK(body.how().how() == kind::faulted);
  }
  CHECK(!serves_a_generator(bodies[0]));
  done = true;
  for (int turn = 0; turn < 3; ++turn) this_task::yield();
  CHECK(serves_a_generator(bodies[0]));
}

CASE("tasks there that have ended, or never began, keep nothing") {
  ends_each_way([](const way_to_end& way) {
    task ended{"ended"}, fresh{"fresh"};
    ended.start(others[0], [] {});
    CHECK(ended.join().ok());
    way.end();
  });
  CHECK(serves_a_generator(worker_stack));
}

CASE("a task high up in the closure of one that faults is not overwritten by its end") {
  struct holder {
    task child{"child"};
    holder() = default;
    holder(holder&&) {}  // before it is started there is nothing to move
  };
  bool ended = false;
  worker.start(worker_stack, [held = holder{}, &ended]() mutable {
    held.child.start(others[0], [&] {
      until_stopped();
      ended = true;
    });
    this_task::yield();
    ASSERT(false);
  });
  CHECK(worker.join().how() == kind::faulted);
  for (int i = 0; i < 3; ++i) this_task::yield();
  CHECK(ended);
  CHECK(serves_a_generator(worker_stack));
}
