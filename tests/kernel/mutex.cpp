/// mutex, recursive_mutex and their guards: who has it, who gets it next, and what becomes of it when its owner ends.
#include "harness.hpp"
#include "waiting.hpp"

#include <bobbin.hpp>

#include <optional>
#include <string_view>
#include <utility>

using namespace bobbin;
using kind = outcome::kind;

namespace {

stack<8_KiB> stacks[4];
constinit mutex door{"door"}, window{"window"}, nameless;
constinit recursive_mutex maze{"maze"};

/// Runs `function` as a task to its end.
template <class Function>
outcome in_a_task(Function function) {
  task other{"other"};
  other.start(stacks[3], std::move(function));
  return other.join();
}

/// Whether it is free for another task.
template <class Mutex>
bool is_free(Mutex& mutex) {
  return in_a_task([&] {
    const bool got = mutex.try_lock();
    if (got) mutex.unlock();
    return got;
  }).status();
}

template <class Function>
std::string_view mistake_of(Function function) {
  const outcome how = in_a_task(std::move(function));
  return how.how() == kind::faulted ? how.cause() : "none";
}

}  // namespace

CASE("one task at a time has it") {
  int inside = 0, most = 0;
  crowd all{10, [&](int) {
    const lock_guard guard{door};
    most = std::max(most, ++inside);
    this_task::yield();
    --inside;
    return 0;
  }};
  all.begin();
  CHECK_EQ(all.waiting(), 9);
  CHECK_EQ(all.end(), 0);
  CHECK_EQ(most, 1);
  CHECK(is_free(door));
}

CASE("1000 who wait get it in the order in which they came") {
  door.lock();
  crowd all{many, [](int) { return door.lock(), door.unlock(), 0; }};
  all.begin();
  CHECK_EQ(all.waiting(), many);
  door.unlock();
  CHECK_EQ(all.end(), 0);
  CHECK(all.in_order());
  CHECK(is_free(door));
}

CASE("who unlocks gives it to who waits: nobody else gets it in between") {
  door.lock();
  task waiting{"waiting"};
  waiting.start(stacks[0], [] { door.lock(), door.unlock(); });
  this_task::yield();
  door.unlock();
  CHECK(!door.try_lock());
  CHECK(waiting.state() == task_state::ready);
  CHECK(waiting.join().ok());
  CHECK(door.try_lock());
  door.unlock();
}

CASE("try_lock takes it if it is free, and does not wait") {
  CHECK(door.try_lock());
  CHECK(!is_free(door));
  door.unlock();
  CHECK(is_free(door));
}

CASE("a deadline ends the wait, and no time is enough for a mutex that is free") {
  for (const auto time : {0ns, -1ns, 1ns}) {
    CHECK(door.try_lock_for(time));
    door.unlock();
  }
  CHECK(door.try_lock_until(clock::time_point{}));
  CHECK(in_a_task([] { return door.try_lock_for(0s) || door.try_lock_for(-1h) || door.try_lock_until(clock::now()); }).status() == 0);
  CHECK(in_a_task([] {
    const auto when = clock::now() + 500us;
    return !door.try_lock_until(when) && clock::now() >= when;
  }).status());
  task far{"far"}, farther{"farther"};
  far.start(stacks[0], [] { return door.try_lock_for(1h) ? (door.unlock(), 1) : 0; });
  farther.start(stacks[1], [] { return door.try_lock_for(std::chrono::hours::max()) ? (door.unlock(), 1) : 0; });
  this_task::yield();
  door.unlock();
  CHECK_EQ(far.join().status(), 1);
  CHECK_EQ(farther.join().status(), 1);
  CHECK(is_free(door));
  CHECK_EQ(this_hart().expecting, 0u);
}

CASE("who gave up at its deadline is passed over") {
  door.lock();
  with_time_enough([](clock::time_point deadline) {
    task hasty{"hasty"}, patient{"patient"};
    hasty.start(stacks[0], [=] { return door.try_lock_until(deadline) ? (door.unlock(), 1) : 0; });
    patient.start(stacks[1], [] { return door.lock(), 1; });
    this_task::yield();
    const bool in_time = hasty.state() == task_state::blocked;
    CHECK_EQ(hasty.join().status(), 0);
    CHECK(patient.state() == task_state::blocked);
    door.unlock();
    CHECK_EQ(patient.join().status(), 1);
    door.lock();
    return in_time;
  });
  door.unlock();
}

CASE("lock waits on when its task is asked to stop, try_lock_for does not") {
  door.lock();
  task firm{"firm"}, weak{"weak"};
  firm.start(stacks[0], [] { return door.lock(), door.unlock(), 1; });
  weak.start(stacks[1], [] { return door.try_lock_for(1h) ? 1 : 2; });
  this_task::yield();
  firm.request_stop();
  weak.request_stop();
  this_task::yield();
  CHECK(firm.state() == task_state::blocked);
  CHECK_EQ(weak.join().status(), 2);
  door.unlock();
  CHECK_EQ(firm.join().status(), 1);
  CHECK(is_free(door));
}

CASE("a task that was asked to stop can still lock and unlock") {
  task stopped{"stopped"};
  door.lock();
  stopped.start(stacks[0], [] { return door.lock(), window.lock(), window.unlock(), door.unlock(), 1; });
  stopped.request_stop();
  this_task::yield();
  door.unlock();
  CHECK_EQ(stopped.join().status(), 1);
}

CASE("several are held at a time, and let go of in any order") {
  mutex some[4];
  for (const auto order : {"0123", "3210", "2031", "1302"}) {
    for (auto& each : some) each.lock();
    for (const char digit : std::string_view{order}) {
      some[digit - '0'].unlock();
      CHECK(is_free(some[digit - '0']));
    }
  }
}

CASE("mistakes are told by name") {
  using namespace std::string_view_literals;
  CHECK_EQ(mistake_of([] { door.lock(), door.lock(); }), "locked by the task that holds it"sv);
  CHECK_EQ(mistake_of([] { nameless.unlock(); }), "unlocked by a task that does not hold it"sv);
  door.lock();
  CHECK_EQ(mistake_of([] { door.unlock(); }), "unlocked by a task that does not hold it"sv);
  door.unlock();
  CHECK_EQ(mistake_of([] {
    mutex short_lived{"short-lived"};
    short_lived.lock();
  }), "destroyed while it is held"sv);
  CHECK_EQ(mistake_of([] { maze.unlock(); }), "unlocked by a task that does not hold it"sv);
  door.lock();
  CHECK_EQ(mistake_of([] {
    const interrupts_masked guard;
    door.lock();
  }), "waited for with interrupts masked"sv);
  door.unlock();
  CHECK_EQ(mistake_of([] { unique_lock<mutex>{}.lock(); }), "used without a mutex"sv);
  CHECK_EQ(mistake_of([] { unique_lock{door, defer_lock}.unlock(); }), "let go of what it does not hold"sv);
  CHECK(is_free(door));
  CHECK(is_free(nameless));
}

CASE("a task that ends while it holds some gives them on, however it ends") {
  constexpr void (*ends[])() = {[] {}, [] { this_task::exit(3); }, [] { ASSERT(false); }};
  for (const auto end : ends) {
    task owner{"owner"}, waiting{"waiting"};
    owner.start(stacks[0], [end] {
      door.lock();
      window.lock();
      this_task::yield();
      end();
    });
    waiting.start(stacks[1], [] { return door.lock(), door.unlock(), 1; });
    CHECK_EQ(waiting.join().status(), 1);
    (void)owner.join();
    CHECK(is_free(door));
    CHECK(is_free(window));
  }
}

CASE("a task that is started again holds nothing") {
  task owner{"owner"};
  for (int i = 0; i < 2; ++i) {
    owner.start(stacks[0], [] { door.lock(); });
    (void)owner.join();
    owner.start(stacks[0], [] { return !door.try_lock() || (door.unlock(), false); });
    CHECK_EQ(owner.join().status(), 0);
    owner.start(stacks[0], [] { ASSERT(false); });
    (void)owner.join();
    owner.start(stacks[0], [] { return door.lock(), door.unlock(), 0; });
    CHECK_EQ(owner.join().status(), 0);
  }
}

CASE("who waits for a mutex on the stack of a task that faulted can still be stopped, and its stack be used again") {
  static mutex* lost;
  task owner{"owner"}, holder{"holder"}, waiting{"waiting"};
  owner.start(stacks[0], [] {
    mutex own{"own"};
    lost = &own;
    for (int i = 0; i < 3; ++i) this_task::yield();
    ASSERT(false);
  });
  this_task::yield();
  holder.start(stacks[1], [] {
    lost->lock();
    for (int i = 0; i < 8; ++i) this_task::yield();
  });
  waiting.start(stacks[2], [] { return lost->try_lock_for(1h) ? 1 : 0; });
  CHECK(owner.join().how() == kind::faulted);
  CHECK(waiting.state() == task_state::blocked);
  CHECK(in_a_task([] {
    volatile char other_data[1500];
    for (volatile char& each : other_data) each = 0x55;
  }).ok());
  owner.start(stacks[0], [] {
    volatile char other_data[1500];
    for (volatile char& each : other_data) each = 0x55;
  });
  CHECK(owner.join().ok());
  waiting.request_stop();
  CHECK_EQ(waiting.join().status(), 0);
  CHECK(holder.join().ok());
}

CASE("a recursive_mutex is free when it was unlocked as often as locked") {
  for (int depth = 1; depth <= 3; ++depth) {
    for (int i = 0; i < depth; ++i) i == 1 ? CHECK(maze.try_lock()) : (maze.lock(), true);
    if (depth > 1) CHECK(maze.try_lock_for(0s) && maze.try_lock_until(clock::time_point{})), maze.unlock(), maze.unlock();
    for (int i = 0; i < depth; ++i) {
      CHECK(!is_free(maze));
      maze.unlock();
    }
    CHECK(is_free(maze));
  }
}

CASE("a recursive_mutex is handed on with nothing of its last owner's count") {
  maze.lock();
  task waiting{"waiting"};
  waiting.start(stacks[0], [] { maze.lock(), maze.unlock(); });
  this_task::yield();
  maze.lock();
  maze.unlock();
  CHECK(waiting.state() == task_state::blocked);
  maze.unlock();
  CHECK(waiting.join().ok());
  CHECK(is_free(maze));
}

CASE("a recursive_mutex whose owner ended, locked twice, is free for the next and locked once then") {
  CHECK(in_a_task([] { maze.lock(), maze.lock(); }).ok());
  maze.lock();
  maze.unlock();
  CHECK(is_free(maze));
}

CASE("a unique_lock locks, gives up and passes on what it holds") {
  {
    unique_lock lock{door};
    CHECK(lock && lock.owns_lock() && lock.mutex() == &door && !is_free(door));
    lock.unlock();
    CHECK(!lock && is_free(door));
    CHECK(lock.try_lock() && !is_free(door));
    unique_lock moved{std::move(lock)};
    CHECK(moved && !lock && lock.mutex() == nullptr);
    lock = std::move(moved);
    CHECK(lock && !is_free(door));
    CHECK(in_a_task([] { return unique_lock{door, try_to_lock} || unique_lock{door, 0s} || unique_lock{door, clock::now()}; }).status() == 0);
  }
  CHECK(is_free(door));
  {
    unique_lock later{door, defer_lock};
    CHECK(!later && is_free(door));
    CHECK(later.try_lock_for(1s));
    CHECK(later.release() == &door && !later);
  }
  CHECK(!is_free(door));
  { const unique_lock adopted{door, adopt_lock}; }
  CHECK(is_free(door));
  { const lock_guard guard{(door.lock(), door), adopt_lock}; }
  CHECK(is_free(door));
}

CASE("a scoped_lock takes several, in whatever order others name them") {
  int turns = 0;
  crowd all{6, [&](int i) {
    for (int n = 0; n < 5; ++n) {
      const auto work = [&](auto& a, auto& b, auto& c) {
        const scoped_lock all_of{a, b, c};
        this_task::yield();
        ++turns;
      };
      i % 3 == 0 ? work(door, window, maze) : i % 3 == 1 ? work(maze, window, door) : work(window, door, maze);
    }
    return 0;
  }};
  all.begin();
  CHECK_EQ(all.end(), 0);
  CHECK_EQ(turns, 30);
  CHECK(is_free(door) && is_free(window) && is_free(maze));
}

CASE("try_lock of several takes all or none") {
  CHECK_EQ(try_lock(door, window), -1);
  door.unlock();
  CHECK(in_a_task([] { return bobbin::try_lock(door, nameless, window) == 2; }).status());
  CHECK(is_free(door) && is_free(nameless));
  window.unlock();
}
