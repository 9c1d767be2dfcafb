/// condition_variable: who is notified goes on with the mutex, in order; who is not, does not.
#include "harness.hpp"
#include "waiting.hpp"

#include <bobbin.hpp>

#include <string_view>

using namespace bobbin;

namespace {

stack<8_KiB> stacks[2];
constinit mutex door{"door"};
constinit condition_variable changed{"changed"};
constinit int letters = 0;

bool door_is_free() {
  const unique_lock lock{door, try_to_lock};
  return lock.owns_lock();
}

}  // namespace

CASE("waiting unlocks, and goes on with the mutex") {
  task waiting{"waiting"};
  waiting.start(stacks[0], [] {
    unique_lock lock{door};
    const bool notified = changed.wait(lock);
    return notified && lock.owns_lock() && !door.try_lock();
  });
  this_task::yield();
  CHECK(door_is_free());
  changed.notify_one();
  CHECK_EQ(waiting.join().status(), 1);
  CHECK(door_is_free());
}

CASE("notifying where nobody waits does nothing for those who come later") {
  changed.notify_one();
  changed.notify_all();
  unique_lock lock{door};
  CHECK(changed.wait_for(lock, 100us) == cv_status::timeout);
  CHECK(lock.owns_lock());
}

CASE("1000 who wait are notified one by one in the order in which they came") {
  crowd all{many, [](int) {
    unique_lock lock{door};
    return changed.wait(lock) ? 0 : 1;
  }};
  all.begin();
  CHECK_EQ(all.waiting(), many);
  for (int i = 0; i < many; ++i) {
    changed.notify_one();
    for (int turn = 0; turn < 3; ++turn) this_task::yield();
    if (!CHECK_EQ(all.gone_on(), i + 1)) break;
  }
  CHECK_EQ(all.end(), 0);
  CHECK(all.in_order());
}

CASE("all who are notified at once go on one after another, in order, and none runs in vain") {
  crowd all{100, [](int) {
    unique_lock lock{door};
    const auto before = this_hart().current->switches;
    if (!changed.wait(lock)) return 1;
    const auto turns = this_hart().current->switches - before;
    this_task::yield();
    return turns == 1 ? 0 : 2;
  }};
  all.begin();
  CHECK_EQ(all.waiting(), 100);
  {
    const lock_guard guard{door};
    changed.notify_all();
    this_task::yield();
    CHECK_EQ(all.waiting(), 100);
  }
  CHECK_EQ(all.end(), 0);
  CHECK(all.in_order());
  CHECK(door_is_free());
}

CASE("a predicate that holds already needs no wait, and no notification") {
  letters = 1;
  unique_lock lock{door};
  CHECK(changed.wait(lock, [] { return letters > 0; }));
  CHECK(changed.wait_for(lock, 0s, [] { return letters > 0; }));
  CHECK(!changed.wait_for(lock, 0s, [] { return letters > 1; }));
  CHECK(!changed.wait_until(lock, clock::now() + 100us, [] { return letters > 1; }));
  CHECK(lock.owns_lock());
}

CASE("who waits for a predicate goes on waiting until it holds") {
  letters = 0;
  task reader{"reader"};
  reader.start(stacks[0], [] {
    unique_lock lock{door};
    return changed.wait(lock, [] { return letters >= 3; }) ? letters : -1;
  });
  for (int i = 1; i <= 3; ++i) {
    this_task::yield();
    CHECK(reader.state() == task_state::blocked);
    const lock_guard guard{door};
    ++letters;
    changed.notify_all();
  }
  CHECK_EQ(reader.join().status(), 3);
}

CASE("a deadline ends the wait, with the mutex") {
  unique_lock lock{door};
  CHECK(changed.wait_for(lock, 0s) == cv_status::timeout);
  CHECK(changed.wait_until(lock, clock::now() - 1s) == cv_status::timeout);
  const auto when = clock::now() + 500us;
  CHECK(changed.wait_until(lock, when) == cv_status::timeout);
  CHECK(clock::now() >= when);
  CHECK(lock.owns_lock() && in_use(stack_view{stacks[0]}) == false);
  lock.unlock();
  for (const auto far : {clock::now() + 1h, clock::never - 1ns, clock::never}) {
    task waiting{"waiting"};
    waiting.start(stacks[0], [far] {
      unique_lock own{door};
      return changed.wait_until(own, far) == cv_status::no_timeout;
    });
    this_task::yield();
    changed.notify_one();
    CHECK_EQ(waiting.join().status(), 1);
  }
  CHECK_EQ(this_hart().expecting, 0u);
}

CASE("who gives up waits for the mutex like everybody") {
  with_time_enough([](clock::time_point deadline) {
    task waiting{"waiting"};
    waiting.start(stacks[0], [=] {
      unique_lock lock{door};
      return changed.wait_until(lock, deadline) == cv_status::timeout && lock.owns_lock();
    });
    this_task::yield();
    const bool in_time = waiting.state() == task_state::blocked && clock::now() < deadline;
    door.lock();
    while (clock::now() < deadline + 1ms) {}
    for (int i = 0; i < 3; ++i) this_task::yield();
    CHECK(waiting.state() == task_state::blocked);
    door.unlock();
    CHECK_EQ(waiting.join().status(), 1);
    return in_time;
  });
}

CASE("a deadline that comes after the notification, while the mutex is held, changes nothing") {
  with_time_enough([](clock::time_point deadline) {
    task waiting{"waiting"};
    waiting.start(stacks[0], [=] {
      unique_lock lock{door};
      return changed.wait_until(lock, deadline) == cv_status::no_timeout && lock.owns_lock();
    });
    this_task::yield();
    door.lock();
    const bool in_time = clock::now() < deadline;
    changed.notify_one();
    while (clock::now() < deadline + 1ms) {}
    this_task::yield();
    CHECK(waiting.state() == task_state::blocked);
    door.unlock();
    const int status = waiting.join().status();
    if (in_time) CHECK_EQ(status, 1);
    return in_time;
  });
  CHECK_EQ(this_hart().expecting, 0u);
}

CASE("a request to stop ends the wait, with the mutex, but not the wait for the mutex") {
  task waiting{"waiting"}, notified{"notified"};
  waiting.start(stacks[0], [] {
    unique_lock lock{door};
    const bool stopped = !changed.wait(lock) && lock.owns_lock();
    return stopped && changed.wait_for(lock, 1h) == cv_status::stopped && !changed.wait(lock, [] { return false; }) ? 1 : 0;
  });
  this_task::yield();
  waiting.request_stop();
  CHECK_EQ(waiting.join().status(), 1);
  notified.start(stacks[1], [] {
    unique_lock lock{door};
    return changed.wait(lock) ? 1 : 0;
  });
  this_task::yield();
  door.lock();
  changed.notify_one();
  notified.request_stop();
  this_task::yield();
  CHECK(notified.state() == task_state::blocked);
  door.unlock();
  CHECK_EQ(notified.join().status(), 1);
  CHECK(door_is_free());
}

CASE("mistakes are told by name") {
  const auto mistake_of = [](auto function) {
    task culprit{"culprit"};
    culprit.start(stacks[0], function);
    return std::string_view{culprit.join().cause()};
  };
  CHECK_EQ(mistake_of([] {
    unique_lock lock{door, defer_lock};
    changed.wait(lock);
  }), "waited for without holding the mutex");
  task waiting{"waiting"};
  CHECK_EQ(mistake_of([&] {
    condition_variable short_lived;
    waiting.start(stacks[1], [&] {
      unique_lock lock{door};
      return short_lived.wait(lock) ? 1 : 0;
    });
    this_task::yield();
  }), "destroyed while tasks wait for it");
  waiting.request_stop();
  CHECK_EQ(waiting.join().status(), 0);
  waiting.start(stacks[1], [] {
    unique_lock lock{door};
    changed.wait(lock);
  });
  this_task::yield();
  CHECK_EQ(mistake_of([] {
    const interrupts_masked guard;
    changed.notify_one();
  }), "notified with interrupts masked");
  changed.notify_one();
  CHECK(waiting.join().ok());
  CHECK(door_is_free());
}
