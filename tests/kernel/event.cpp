/// event: who waits goes on when it has happened, who comes later does not wait.
#include "harness.hpp"
#include "waiting.hpp"

#include <bobbin.hpp>

#include <string_view>

using namespace bobbin;

namespace {

stack<8_KiB> stacks[2];
constinit event ready{"ready"};

}  // namespace

CASE("an event that has happened lets everybody pass, until it is reset") {
  CHECK(!ready.is_set());
  ready.set();
  ready.set();
  CHECK(ready.is_set());
  CHECK(ready.wait() && ready.wait() && ready.wait_for(0s) && ready.wait_until(clock::time_point{}));
  ready.reset();
  CHECK(!ready.is_set());
  CHECK(!ready.wait_for(0s));
}

CASE("1000 who wait go on in the order in which they came") {
  crowd all{many, [](int) { return ready.wait() ? 0 : 1; }};
  all.begin();
  CHECK_EQ(all.waiting(), many);
  ready.set();
  CHECK_EQ(all.end(), 0);
  CHECK(all.in_order());
  ready.reset();
}

CASE("who waited goes on although it was reset at once") {
  task waiting{"waiting"};
  waiting.start(stacks[0], [] { return ready.wait(); });
  this_task::yield();
  ready.set();
  ready.reset();
  CHECK_EQ(waiting.join().status(), 1);
  CHECK(!ready.wait_for(-1s));
}

CASE("a deadline ends the wait") {
  CHECK(!ready.wait_for(0s) && !ready.wait_for(-1h) && !ready.wait_until(clock::now()));
  const auto when = clock::now() + 500us;
  CHECK(!ready.wait_until(when));
  CHECK(clock::now() >= when);
  task waiting{"waiting"};
  for (const auto far : {clock::now() + 1h, clock::never - 1ns, clock::never}) {
    waiting.start(stacks[0], [far] { return ready.wait_until(far); });
    this_task::yield();
    ready.set();
    CHECK_EQ(waiting.join().status(), 1);
    ready.reset();
  }
  CHECK_EQ(this_hart().expecting, 0u);
}

CASE("a request to stop ends the wait") {
  task waiting{"waiting"}, timed{"timed"};
  waiting.start(stacks[0], [] { return ready.wait() ? 1 : 0; });
  timed.start(stacks[1], [] { return ready.wait_for(1h) ? 1 : 0; });
  this_task::yield();
  waiting.request_stop();
  timed.request_stop();
  CHECK_EQ(waiting.join().status(), 0);
  CHECK_EQ(timed.join().status(), 0);
}

CASE("an interrupt handler sets it, for who waits and for who looks") {
  const by_interrupt setter{[] { ready.set(); }};
  CHECK(ready.wait());
  ready.reset();
  while (!ready.is_set()) {}
  CHECK(ready.wait());
  {
    const interrupts_masked guard;
    ready.reset();
  }
  CHECK(ready.wait_for(1h));
}

CASE("mistakes are told by name") {
  ready.reset();
  task culprit{"culprit"}, waiting{"waiting"};
  culprit.start(stacks[0], [&] {
    event short_lived;
    waiting.start(stacks[1], [&] { return short_lived.wait() ? 1 : 0; });
    this_task::yield();
  });
  CHECK_EQ(std::string_view{culprit.join().cause()}, "destroyed while tasks wait for it");
  waiting.request_stop();
  CHECK_EQ(waiting.join().status(), 0);
  culprit.start(stacks[0], [] {
    const interrupts_masked guard;
    ready.wait();
  });
  CHECK_EQ(std::string_view{culprit.join().cause()}, "waited for with interrupts masked");
}
