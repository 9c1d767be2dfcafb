/// The clock, sleep and timers: order, never early, first come first served among equals; waiting without spinning.
#include "harness.hpp"
#include "waiting.hpp"

#include <arch/clock.hpp>
#include <bobbin.hpp>
#include <task/interrupts_masked.hpp>
#include <time/timers.hpp>

#include <algorithm>
#include <optional>
#include <utility>

using namespace bobbin;

namespace {

stack<8_KiB> first_stack, second_stack;
constexpr std::size_t slice_bytes = 2_KiB;
stack<many * slice_bytes> field;
task sleepers[many];
int woken[many];
int count = 0;

stack_view slice(int i) { return std::span<std::byte>{stack_view{field}.low() + i * slice_bytes, slice_bytes}; }

struct sleepers_report {
  clock::time_point began;  ///< when the last of them had asked to sleep
  int early = 0;            ///< how many went on before their time
};

/// Starts `many` sleepers, the i-th until `when(i)`, and notes in `woken` in which order they go on.
template <class When>
sleepers_report sleep_all(When when) {
  sleepers_report seen;
  count = 0;
  for (int i = 0; i < many; ++i) {
    const auto status = sleepers[i].start(slice(i), [i, when, &seen] {
      this_task::sleep_until(when(i));
      if (clock::now() < when(i)) ++seen.early;
      woken[count++] = i;
    });
    CHECK(status == start_status::ok);
  }
  this_task::yield();
  seen.began = clock::now();
  for (auto& sleeper : sleepers) sleeper.join();
  return seen;
}

CASE("the clock goes forward and is what chrono calls a clock") {
  static_assert(std::chrono::is_clock_v<bobbin::clock>);
  static_assert(clock::is_steady);
  auto last = clock::now();
  for (int i = 0; i < 1000; ++i) {
    const auto now = clock::now();
    CHECK(now >= last);
    last = now;
  }
}

CASE("a tick of the time base is the first at which the clock shows its time") {
  for (long long nanoseconds : {0LL, 1LL, 99LL, 100LL, 101LL, 999'999'937LL, 86'400'000'000'007LL}) {
    const clock::time_point when{std::chrono::nanoseconds{nanoseconds}};
    const auto tick = clock::tick_of(when), next = clock::tick_of(when + 1us);
    CHECK(next > tick);
    CHECK(next - tick <= arch::clock::ticks_per_second() / 1'000'000 + 1);
  }
}

CASE("a time between two ticks is that of the later one") {
  const auto tick = [](long long nanoseconds) { return clock::tick_of(clock::time_point{std::chrono::nanoseconds{nanoseconds}}); };
  CHECK(tick(1) > tick(0));
  CHECK(tick(1'000'000'001) > tick(1'000'000'000));
}

CASE("a sleeper goes on no earlier than it asked") {
  for (const auto time : {1us, 10us, 333us, 2000us}) {
    const auto before = clock::now();
    this_task::sleep_for(time);
    CHECK(clock::now() - before >= time);
  }
}

CASE("no time, and a time in the past, are over at once") {
  bool had_a_turn = false;
  task other{"other"};
  other.start(first_stack, [&] { had_a_turn = true; });
  this_task::sleep_for(0ns);
  this_task::sleep_for(-5s);
  this_task::sleep_until(clock::now() - 1s);
  this_task::sleep_until(clock::time_point{});
  CHECK(!had_a_turn);
}

CASE("1000 sleepers go on in the order of their times, none early") {
  with_time_enough([](clock::time_point start) {
    const auto when = [start](int i) { return start + 20us * (i * 7919 % many); };
    const sleepers_report seen = sleep_all(when);
    if (seen.began >= start) return false;
    CHECK_EQ(seen.early, 0);
    CHECK_EQ(count, many);
    int disorder = 0;
    for (int i = 1; i < count; ++i) disorder += when(woken[i]) < when(woken[i - 1]);
    CHECK_EQ(disorder, 0);
    return true;
  });
}

CASE("1000 sleepers until the same time go on in the order in which they came") {
  with_time_enough([](clock::time_point start) {
    const sleepers_report seen = sleep_all([start](int) { return start; });
    if (seen.began >= start) return false;
    CHECK_EQ(seen.early, 0);
    int disorder = 0;
    for (int i = 0; i < count; ++i) disorder += woken[i] != i;
    CHECK_EQ(disorder, 0);
    return true;
  });
}

CASE("who hosts the idle hart waits its turn among those woken with it") {
  static char order[4];
  static int at;
  with_time_enough([](clock::time_point start) {
    at = 0;
    task early{"early"}, late{"late"};
    early.start(first_stack, [start] { this_task::sleep_until(start), order[at++] = 'a'; });
    late.start(second_stack, [start] { this_task::sleep_until(start + 2us), order[at++] = 'c'; });
    this_task::yield();
    const bool both_wait = at == 0 && early.state() == task_state::blocked && late.state() == task_state::blocked;
    const auto switches = this_hart().current->switches;
    this_task::sleep_until(start + 1us);  // the last to wait: the hart idles here
    const bool waited = this_hart().current->switches != switches;
    order[at++] = 'b';
    early.join();
    late.join();
    if (!both_wait || !waited) return false;
    CHECK_EQ(std::string_view(order, 3), "abc");
    return true;
  });
}

CASE("others run while one sleeps, and a sleeper does not run") {
  static bool done;
  done = false;
  task sleeper{"sleeper"};
  sleeper.start(first_stack, [] { this_task::sleep_for(3ms), done = true; });
  int turns = 0;
  for (; !done; this_task::yield()) ++turns;
  CHECK(turns > 10);
  CHECK(sleeper.join().ok());
  CHECK(this_hart().expecting == 0);
}

CASE("a timer that is cancelled does not go off") {
  static int fired;
  fired = 0;
  timer soon{arch::clock::ticks() + arch::clock::ticks_per_second() / 1000, [](timer&) noexcept { ++fired; }};
  timer later{arch::clock::ticks() + arch::clock::ticks_per_second() / 500, [](timer&) noexcept { fired += 10; }};
  {
    const interrupts_masked guard;
    timers::add(soon);
    timers::add(later);
    CHECK(timers::cancel(soon));
    CHECK(!timers::cancel(soon));
  }
  this_task::sleep_for(6ms);
  CHECK_EQ(fired, 10);
  const interrupts_masked guard;
  CHECK(!timers::cancel(later));
}

CASE("timers leave the queue in the order of their times and arrivals, whatever is taken out in between") {
  static std::optional<timer> entries[300];
  static int arrived[300];
  timer_queue queue;
  int arrivals = 0, wrong = 0, left = 0;
  std::uint32_t random = 1;
  const auto choose = [&random](std::uint32_t among) {
    random = random * 1'664'525 + 1'013'904'223;
    return (random >> 16) % among;
  };
  const auto insert = [&](int i) {
    entries[i].emplace(choose(40), [](timer&) noexcept {});
    queue.insert(*entries[i]);
    arrived[i] = arrivals++;
  };
  for (int i = 0; i < 300; ++i) insert(i);
  for (int round = 0; round < 1000; ++round) {
    const int i = static_cast<int>(choose(300));
    if (queue.remove(*entries[i]))
      wrong += queue.remove(*entries[i]);
    else
      insert(i);
  }
  std::pair<std::uint64_t, int> last{0, -1};
  for (; timer* const first = queue.first(); ++left) {
    const auto* place = std::ranges::find_if(entries, [=](const auto& each) { return &*each == first; });
    const std::pair now{first->deadline(), arrived[place - entries]};
    wrong += now <= last;
    last = now;
    wrong += !queue.remove(*first);
  }
  CHECK_EQ(wrong, 0);
  CHECK(left > 100);
}

CASE("a handler wakes a task that blocked") {
  struct alarm : timer {
    using timer::timer;
    control_block* who = this_hart().current;
  };
  alarm bell{arch::clock::ticks() + arch::clock::ticks_per_second() / 1000, [](timer& due) noexcept {
               --this_hart().expecting;
               this_hart().wake(*static_cast<alarm&>(due).who);
             }};
  this_hart().check_stack_before_queueing();
  arch::interrupts::mask();
  timers::add(bell);
  ++this_hart().expecting;
  this_hart().block_masked();
  CHECK(bell.deadline() <= arch::clock::ticks());
}

CASE("an idle hart goes on at the time at which a handler lets it, not at which the handler began") {
  static event rung;
  static std::uint64_t left;
  timer bell{arch::clock::ticks() + arch::clock::ticks_per_second() / 1000, [](timer& due) noexcept {
               do left = arch::clock::ticks();
               while (left < due.deadline() + arch::clock::ticks_per_second() / 1000);
               --this_hart().expecting;
               rung.set();
             }};
  {
    const interrupts_masked guard;
    timers::add(bell);
    ++this_hart().expecting;
  }
  rung.wait();
  CHECK(this_hart().moment >= left);
}

CASE("registers survive interrupts at any place") {
  static bool stop;
  stop = false;
  static int ticks;
  ticks = 0;
  task ticker{"ticker"};
  ticker.start(first_stack, [] {
    for (; !stop; ++ticks) this_task::sleep_for(20us);
  });
  std::uint64_t integers[12];
  double reals[12];
  int wrong = 0;
  for (int round = 0; ticks < 200; ++round) {
    for (int i = 0; i < 12; ++i) integers[i] = round * 31u + i, reals[i] = round * 0.5 + i;
    for (int step = 0; step < 2000; ++step)
      for (int i = 0; i < 12; ++i) integers[i] += i + 1, reals[i] += i + 1;
    for (int i = 0; i < 12; ++i) {
      wrong += integers[i] != round * 31u + i + 2000u * (i + 1);
      wrong += reals[i] != round * 0.5 + i + 2000.0 * (i + 1);
    }
    this_task::yield();
  }
  stop = true;
  CHECK(ticker.join().ok());
  CHECK_EQ(wrong, 0);
}

}  // namespace
