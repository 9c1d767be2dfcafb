/// latch: nobody goes on too early, everybody goes on in the end.
#include "harness.hpp"
#include "waiting.hpp"

#include <bobbin.hpp>

#include <string_view>

using namespace bobbin;

namespace {

stack<8_KiB> stacks[2];

template <class Function>
std::string_view mistake_of(Function function) {
  task culprit{"culprit"};
  culprit.start(stacks[0], std::move(function));
  return culprit.join().cause();
}

}  // namespace

CASE("a latch opens at zero, for good") {
  latch open{3};
  CHECK(!open.try_wait() && !open.wait_for(0s));
  open.count_down();
  open.count_down(0);
  CHECK(!open.try_wait());
  open.count_down(2);
  CHECK(open.try_wait() && open.wait() && open.wait_for(0s) && open.wait_until(clock::time_point{}));
  CHECK(latch{0}.wait());
}

CASE("1000 who wait for a latch go on in the order in which they came") {
  latch open{2};
  crowd all{many, [&](int) { return open.wait() ? 0 : 1; }};
  all.begin();
  open.count_down();
  this_task::yield();
  CHECK_EQ(all.waiting(), many);
  open.count_down();
  CHECK_EQ(all.end(), 0);
  CHECK(all.in_order());
}

CASE("who arrives and waits is one of those who are waited for") {
  latch open{10};
  crowd all{10, [&](int) { return open.arrive_and_wait() ? 0 : 1; }};
  all.begin();
  CHECK_EQ(all.end(), 0);
}

CASE("a deadline and a request to stop end a wait for a latch") {
  latch open{1};
  const auto when = clock::now() + 500us;
  CHECK(!open.wait_until(when));
  CHECK(clock::now() >= when);
  crowd all{3, [&](int i) { return (i == 0 ? open.wait() : i == 1 ? open.wait_for(1h) : open.wait_until(clock::never)) == (i == 2) ? 0 : 1; }};
  all.begin();
  all[0].request_stop();
  all[1].request_stop();
  this_task::yield();
  CHECK_EQ(all.waiting(), 1);
  open.count_down();
  CHECK_EQ(all.end(), 0);
  CHECK_EQ(this_hart().expecting, 0u);
}

CASE("an interrupt handler counts a latch down") {
  static constinit latch open{3};
  const by_interrupt counter{[] { if (!open.try_wait()) open.count_down(); }};
  CHECK(open.wait());
}

CASE("mistakes with a latch are told by name") {
  CHECK_EQ(mistake_of([] { latch{1}.count_down(2); }), "counted down below zero");
  CHECK_EQ(mistake_of([] { latch{1}.count_down(-1); }), "counted down below zero");
  task waiting{"waiting"};
  CHECK_EQ(mistake_of([&] {
    latch short_lived{1};
    waiting.start(stacks[1], [&] { return short_lived.wait() ? 1 : 0; });
    this_task::yield();
  }), "destroyed while tasks wait for it");
  waiting.request_stop();
  CHECK_EQ(waiting.join().status(), 0);
}
