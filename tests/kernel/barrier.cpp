/// barrier: nobody goes on too early, everybody goes on in the end, phase after phase.
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

CASE("tasks go through a barrier together, phase after phase") {
  constexpr int tasks = 10, phases = 20;
  int arrived = 0, completed = 0, wrong = 0;
  barrier all_here{tasks, [&] { wrong += arrived != tasks * ++completed; }};
  crowd all{tasks, [&](int i) {
    for (int phase = 0; phase < phases; ++phase) {
      for (int n = 0; n < i % 3; ++n) this_task::yield();
      ++arrived;
      if (!all_here.arrive_and_wait()) return 1;
      wrong += completed != phase + 1;
    }
    return 0;
  }};
  all.begin();
  CHECK_EQ(all.end(), 0);
  CHECK_EQ(completed, phases);
  CHECK_EQ(wrong, 0);
}

CASE("1000 go on from a barrier in the order in which they came, the last before all") {
  barrier all_here{many};
  crowd all{many, [&](int) { return all_here.arrive_and_wait() ? 0 : 1; }};
  all.begin();
  CHECK_EQ(all.end(), 0);
  CHECK_EQ(all.at(0), many - 1);
  int disorder = 0;
  for (int i = 1; i < many; ++i) disorder += all.at(i) != i - 1;
  CHECK_EQ(disorder, 0);
}

CASE("who arrives need not wait at once, nor at all") {
  int completed = 0;
  barrier all_here{2, [&] { ++completed; }};
  auto first = all_here.arrive();
  CHECK(!all_here.wait_for(first, 0s));
  (void)all_here.arrive();
  CHECK(all_here.wait_for(first, 0s) && all_here.wait(std::move(first)));
  (void)all_here.arrive(2);
  CHECK_EQ(completed, 2);
}

CASE("who drops out is not expected in the next phase") {
  int completed = 0;
  barrier all_here{3, [&] { ++completed; }};
  all_here.arrive_and_drop();
  (void)all_here.arrive(2);
  CHECK_EQ(completed, 1);
  (void)all_here.arrive();
  auto token = all_here.arrive();
  CHECK(all_here.wait(std::move(token)));
  CHECK_EQ(completed, 2);
}

CASE("a deadline and a request to stop end a wait at a barrier, and the arrival counts") {
  barrier all_here{4};
  crowd all{3, [&](int i) {
    auto token = all_here.arrive();
    const bool over = i == 0 ? all_here.wait(std::move(token)) : i == 1 ? all_here.wait_for(token, 100us) : all_here.wait_until(token, clock::never);
    return over == (i == 2) ? 0 : 1;
  }};
  all.begin();
  all[0].request_stop();
  while (all.gone_on() < 2) this_task::yield();
  CHECK_EQ(all.waiting(), 1);
  CHECK(all_here.arrive_and_wait());
  CHECK_EQ(all.end(), 0);
  CHECK_EQ(this_hart().expecting, 0u);
}

CASE("mistakes with a barrier are told by name") {
  CHECK_EQ(mistake_of([] { (void)barrier{1}.arrive(2); }), "arrived at by more than were expected");
  task waiting{"waiting"};
  CHECK_EQ(mistake_of([&] {
    barrier short_lived{2};
    waiting.start(stacks[1], [&] { return short_lived.arrive_and_wait() ? 1 : 0; });
    this_task::yield();
  }), "destroyed while tasks wait for it");
  waiting.request_stop();
  CHECK_EQ(waiting.join().status(), 0);
}
