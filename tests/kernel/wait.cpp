/// Waiting itself: queues, deadlines, requests to stop, and what comes first of these.
#include "harness.hpp"
#include "record.hpp"
#include "waiting.hpp"

#include <arch/interrupts.hpp>
#include <bobbin.hpp>
#include <task/wait_queue.hpp>
#include <time/deadline.hpp>

#include <limits>

using namespace bobbin;

namespace {

stack<8_KiB> memory;
stack<8_KiB> body_memory;
constinit wait_queue queue{"something", "it"};

wait_status wait() {
  mask_to_wait(queue);
  wait_place place;
  return queue.wait_masked(place);
}

wait_status wait_until(clock::time_point deadline) {
  mask_to_wait(queue);
  wait_place place;
  return wait_masked_until(queue, place, deadline);
}

/// Waits whatever happens.
wait_status wait_patiently() {
  mask_to_wait(queue);
  wait_place place{wait_place::heed_nothing};
  return queue.wait_masked(place);
}

}  // namespace

CASE("who waits goes on when it is woken, with what became of it") {
  crowd all{3, [](int) { return wait() == wait_status::ok ? 0 : 1; }};
  all.begin();
  CHECK_EQ(all.waiting(), 3);
  CHECK(!queue.empty());
  queue.wake_all();
  CHECK(queue.empty());
  CHECK_EQ(all.end(), 0);
}

CASE("nobody is woken where nobody waits") {
  CHECK(queue.empty());
  CHECK(!queue.wake_one());
  queue.wake_all();
}

CASE("1000 who wait are woken one by one, in the order in which they came") {
  crowd all{many, [](int) { return wait() == wait_status::ok ? 0 : 1; }};
  all.begin();
  CHECK_EQ(all.waiting(), many);
  for (int i = 0; i < many; ++i) {
    CHECK(queue.wake_one());
    this_task::yield();
    if (!CHECK_EQ(all.gone_on(), i + 1)) break;
  }
  CHECK(!queue.wake_one());
  CHECK_EQ(all.end(), 0);
  CHECK(all.in_order());
}

CASE("who is asked to stop leaves the queue, from any place in it, and the others stay in theirs") {
  crowd all{5, [](int i) { return wait() == (i % 2 ? wait_status::stopped : wait_status::ok) ? 0 : 1; }};
  all.begin();
  for (const int i : {3, 1}) all[i].request_stop();
  this_task::yield();
  CHECK_EQ(all.gone_on(), 2);
  CHECK_EQ(all.waiting(), 3);
  queue.wake_all();
  CHECK_EQ(all.end(), 0);
}

CASE("a task that was asked to stop does not wait, and lets others run instead") {
  task waiting{"waiting"};
  waiting.start(memory, [] {
    while (!this_task::stop_requested()) this_task::yield();
    bool others_ran = false;
    task other{"other"};
    other.start(body_memory, [&] { others_ran = true; });
    const bool right = wait() == wait_status::stopped && others_ran;
    other.join();
    return right && !this_task::sleep_for(1h) && wait_until(clock::never) == wait_status::stopped ? 0 : 1;
  });
  this_task::yield();
  waiting.request_stop();
  CHECK_EQ(waiting.join().status(), 0);
  CHECK(queue.empty());
}

CASE("a wait that heeds nothing goes on when its task is asked to stop") {
  task waiting{"waiting"};
  waiting.start(memory, [] { return wait_patiently() == wait_status::ok && wait() == wait_status::stopped ? 0 : 1; });
  this_task::yield();
  waiting.request_stop();
  this_task::yield();
  CHECK(waiting.state() == task_state::blocked);
  CHECK(queue.wake_one());
  CHECK_EQ(waiting.join().status(), 0);
}

CASE("a task that was woken already is not stopped in the wait that is over") {
  task waiting{"waiting"};
  waiting.start(memory, [] { return wait() == wait_status::ok ? 0 : 1; });
  this_task::yield();
  CHECK(queue.wake_one());
  waiting.request_stop();
  CHECK_EQ(waiting.join().status(), 0);
}

CASE("a task that joins another goes on joining it when it is asked to stop") {
  static constinit task slow{"slow"}, joiner{"joiner"};
  slow.start(memory, [] { (void)wait(); });
  joiner.start(body_memory, [] { return slow.join().status(); });
  this_task::yield();
  CHECK(place_of(static_cast<const control_block&>(*this_hart().current)) == nullptr);
  joiner.request_stop();
  this_task::yield();
  CHECK(joiner.state() == task_state::blocked);
  CHECK(queue.wake_one());
  CHECK_EQ(joiner.join().status(), 0);
}

CASE("destroying a task ends its wait") {
  {
    task waiting{"waiting"};
    waiting.start(memory, [] { (void)wait(); });
    this_task::yield();
  }
  CHECK(queue.empty());
}

CASE("a deadline that is over, or none at all, leaves no time to wait") {
  bool others_ran = false;
  task other{"other"};
  other.start(memory, [&] { others_ran = true; });
  CHECK(wait_until(clock::now()) == wait_status::timed_out);
  CHECK(wait_until(clock::now() - 1s) == wait_status::timed_out);
  CHECK(wait_until({}) == wait_status::timed_out);
  CHECK(wait_until(clock::time_point::min()) == wait_status::timed_out);
  CHECK(!others_ran);
  CHECK(queue.empty());
}

CASE("a deadline ends the wait, not before its time") {
  for (const auto time : {1us, 50us, 2000us}) {
    const auto deadline = clock::now() + time;
    CHECK(wait_until(deadline) == wait_status::timed_out);
    CHECK(clock::now() >= deadline);
    CHECK(queue.empty());
  }
  CHECK_EQ(this_hart().expecting, 0u);
}

CASE("who is woken before its deadline is not told of it, and its timer is gone") {
  task waiting{"waiting"};
  for (const auto far : {clock::now() + 1h, clock::never - 1ns, clock::never}) {
    waiting.start(memory, [far] { return wait_until(far) == wait_status::ok ? 0 : 1; });
    this_task::yield();
    CHECK(waiting.state() == task_state::blocked);
    CHECK(queue.wake_one());
    CHECK_EQ(waiting.join().status(), 0);
    CHECK(this_hart().timers.first() == nullptr);
    CHECK_EQ(this_hart().expecting, 0u);
  }
}

CASE("who is asked to stop before its deadline is told so, and its timer is gone") {
  task waiting{"waiting"};
  waiting.start(memory, [] { return wait_until(clock::now() + 1h) == wait_status::stopped ? 0 : 1; });
  this_task::yield();
  waiting.request_stop();
  CHECK_EQ(waiting.join().status(), 0);
  CHECK(this_hart().timers.first() == nullptr);
  CHECK_EQ(this_hart().expecting, 0u);
}

CASE("a deadline that comes when the task was woken already changes nothing") {
  task waiting{"waiting"};
  with_time_enough([&](clock::time_point deadline) {
    waiting.start(memory, [=] { return wait_until(deadline) == wait_status::ok ? 0 : 1; });
    this_task::yield();
    const bool in_time = queue.wake_one();
    while (clock::now() < deadline + 1ms) {}
    const int status = waiting.join().status();
    if (in_time) CHECK_EQ(status, 0);
    return in_time;
  });
  CHECK(this_hart().timers.first() == nullptr);
  CHECK_EQ(this_hart().expecting, 0u);
}

CASE("deadlines take their own out of the middle of a queue") {
  with_time_enough([](clock::time_point deadline) {
    crowd all{6, [=](int i) {
      const wait_status how = wait_until(i % 2 ? deadline : clock::never);
      return how == (i % 2 ? wait_status::timed_out : wait_status::ok) ? 0 : 1;
    }};
    all.begin();
    const bool in_time = all.waiting() == 6;
    while (all.gone_on() < 3) this_task::yield();
    CHECK_EQ(all.waiting(), 3);
    queue.wake_all();
    CHECK_EQ(all.end(), 0);
    return in_time;
  });
}

CASE("neighbours who are asked to stop leave a queue to the others, and who comes then is its last") {
  static stack<8_KiB> stacks[7];
  task all[7];
  record said;
  const auto begin = [&](int i) {
    all[i].start(stacks[i], [&said, i] { said(static_cast<char>((wait() == wait_status::ok ? 'a' : 'A') + i)); });
  };
  for (int i = 0; i < 6; ++i) begin(i);
  this_task::yield();
  for (int i : {1, 2, 5}) all[i].request_stop();  // neighbours in the middle, and the last
  begin(6);
  this_task::yield();
  queue.wake_all();
  for (task& each : all) (void)each.join();
  CHECK_EQ(said.text(), "BCFadeg");
}

CASE("far away is far away, in every unit") {
  using namespace std::chrono;
  CHECK(deadline_after(hours::max()) == clock::never);
  CHECK(deadline_after(nanoseconds::max()) == clock::never);
  CHECK(deadline_after(duration<double>::max()) == clock::never);
  CHECK(deadline_after(duration<float, std::ratio<86400>>{std::numeric_limits<float>::infinity()}) == clock::never);
  CHECK(deadline_after(hours::min()) == clock::time_point{});
  CHECK(deadline_after(-1ns) == clock::time_point{});
  CHECK(deadline_after(0s) == clock::time_point{});
  CHECK(deadline_at(time_point<bobbin::clock, hours>::max()) == clock::never);
  CHECK(deadline_at(time_point<bobbin::clock, hours>::min()) == clock::time_point{});
  CHECK(deadline_at(time_point<bobbin::clock, duration<short>>{seconds{30'000}}) == clock::time_point{30'000s});
  CHECK(deadline_at(time_point<bobbin::clock, duration<double, std::milli>>{duration<double, std::milli>{1.5}}) == clock::time_point{1500us});
  CHECK(deadline_at(time_point<bobbin::clock, duration<long long, std::pico>>{duration<long long, std::pico>{1001}}) == clock::time_point{2ns});
  const auto before = clock::now();
  const auto soon = deadline_after(duration<double>{2.0});
  CHECK(soon >= before + 2s && soon <= clock::now() + 2s);
  CHECK_EQ(clock::tick_of(clock::never) > clock::tick_of(clock::now() + hours{24 * 365 * 100}), true);
}

CASE("an interrupt handler wakes who waits") {
  const by_interrupt bell{[] { queue.wake_one(); }};
  CHECK(wait() == wait_status::ok);
}

CASE("a wait within a generator, and one with a stack that was used elsewhere before") {
  task waiting{"waiting"};
  waiting.start(memory, [] {
    generator<int> inside{body_memory, [](auto& yield) {
      while (yield(static_cast<int>(wait()))) {}
    }};
    return *inside.resume() + static_cast<int>(wait()) + *inside.resume();
  });
  for (int i = 0; i < 3; ++i) {
    this_task::yield();
    CHECK(queue.wake_one());
  }
  CHECK_EQ(waiting.join().status(), 0);
}

CASE("a wait within a generator ends when the task is asked to stop") {
  task waiting{"waiting"};
  waiting.start(memory, [] {
    generator<int> inside{body_memory, [](auto& yield) { yield(static_cast<int>(wait())); }};
    return *inside.resume() == static_cast<int>(wait_status::stopped) ? 0 : 1;
  });
  this_task::yield();
  waiting.request_stop();
  CHECK_EQ(waiting.join().status(), 0);
}

CASE("sleep is a wait: a request to stop ends it") {
  task sleeper{"sleeper"};
  sleeper.start(memory, [] { return this_task::sleep_for(1h) ? 1 : 0; });
  this_task::yield();
  CHECK(sleeper.state() == task_state::blocked);
  sleeper.request_stop();
  CHECK_EQ(sleeper.join().status(), 0);
  CHECK(this_task::sleep_for(1us));
  CHECK(this_task::sleep_for(0us));
  CHECK_EQ(this_hart().expecting, 0u);
}

CASE("a blocked task's place says what it waits for") {
  static constinit task waiting{"waiting"};
  waiting.start(memory, [] { (void)wait(); });
  this_task::yield();
  int found = 0;
  for_each_task([&](control_block& each) {
    if (const wait_place* place = place_of(each)) found += place->queue == &queue && &place->who == &each;
  });
  CHECK_EQ(found, 1);
  queue.wake_all();
  CHECK_EQ(waiting.join().status(), 0);
}
