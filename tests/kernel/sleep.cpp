/// Sleepers wake on time, to the instruction. Time is counted in instructions here, and that of an idle hart jumps:
/// `scripts/run --image ... -- -icount shift=0,sleep=off`.
#include "harness.hpp"

#include <bobbin.hpp>

using namespace bobbin;

namespace {

stack<8_KiB> stacks[3];

/// More than it takes from an interrupt to the task that it wakes; 1 ns is an instruction.
#ifdef __OPTIMIZE__
constexpr auto latest = 3us;
#else
constexpr auto latest = 20us;
#endif

void expect_on_time(clock::time_point when) {
  this_task::sleep_until(when);
  const auto now = clock::now();
  CHECK(now >= when);
  CHECK(now <= when + latest);
}

}  // namespace

CASE("a sleep ends on time, however long it was") {
  for (const clock::duration time : {1us, 10us, 999us})
    for (int i = 0; i < 20; ++i) expect_on_time(clock::now() + time + i * 37ns);
  for (const std::chrono::seconds time : {1s, 4s, 5s, 10s, 3600s}) expect_on_time(clock::now() + time);
}

CASE("one sleep after another, with the same end to each") {
  const auto start = clock::now() + 1ms;
  for (int i = 0; i < 100; ++i) expect_on_time(start + i * 20us);
}

CASE("sleepers are on time whoever sleeps beside them, shorter or longer, later or earlier") {
  task sleepers[3];
  for (int i = 0; i < 3; ++i)
    sleepers[i].start(stacks[i], [i] {
      for (int turn = 0; turn < 50; ++turn) expect_on_time(clock::now() + 10us * (7 + 13 * i + turn % 5));
    });
  for (auto& sleeper : sleepers) CHECK(sleeper.join().ok());
}
