/// stop_source, stop_token, stop_callback: a request is made once, and everybody who wants to know is told.
#include "harness.hpp"
#include "waiting.hpp"

#include <bobbin.hpp>

#include <optional>
#include <string_view>

using namespace bobbin;

namespace {

stack<8_KiB> stacks[2];

}  // namespace

CASE("tokens tell what was requested of their source, or of nothing") {
  static constinit stop_source source;
  const stop_token token = source.get_token(), none, same = token;
  CHECK(token.stop_possible() && !token.stop_requested() && !source.stop_requested());
  CHECK(!none.stop_possible() && !none.stop_requested());
  CHECK(token == same && !(token == none));
  CHECK(source.request_stop());
  CHECK(!source.request_stop());
  CHECK(token.stop_requested() && same.stop_requested() && source.stop_requested() && !none.stop_requested());
}

CASE("a task's own token tells when the task is asked to stop") {
  task worker{"worker"};
  worker.start(stacks[0], [] {
    const stop_token own = this_task::get_stop_token();
    if (!own.stop_possible() || own.stop_requested()) return 1;
    while (!own.stop_requested()) this_task::yield();
    return this_task::stop_requested() ? 0 : 2;
  });
  this_task::yield();
  worker.request_stop();
  CHECK_EQ(worker.join().status(), 0);
}

CASE("callbacks are called once, in the order in which they were made, and only while they live") {
  stop_source source;
  int order = 0, gone = 0;
  const stop_callback first{source.get_token(), [&] { order = order * 10 + 1; }};
  {
    const stop_callback short_lived{source.get_token(), [&] { ++gone; }};
  }
  std::optional<stop_callback<void (*)()>> none{std::in_place, stop_token{}, [] {}};
  const stop_callback second{source.get_token(), [&] { order = order * 10 + 2; }};
  CHECK_EQ(order, 0);
  source.request_stop();
  source.request_stop();
  CHECK_EQ(order, 12);
  CHECK_EQ(gone, 0);
  const stop_callback late{source.get_token(), [&] { order = order * 10 + 3; }};
  CHECK_EQ(order, 123);
}

CASE("a callback may end the life of another, and ask for more") {
  stop_source source, other;
  int called = 0;
  const auto count = [&] { ++called; };
  std::optional<stop_callback<decltype(count)>> victim;
  const stop_callback first{source.get_token(), [&] { victim.reset(), other.request_stop(); }};
  victim.emplace(source.get_token(), count);
  const stop_callback last{source.get_token(), count}, of_other{other.get_token(), count};
  source.request_stop();
  CHECK_EQ(called, 2);
}

CASE("one request ends the waits of many tasks, whatever they wait for") {
  static constinit stop_source shutdown;
  static constinit channel<int> numbers;
  static constinit event never;
  static constinit counting_semaphore<> units{0};
  static constinit mutex door;
  static constinit condition_variable changed;
  crowd all{100, [](int i) {
    const stop_callback with_me{shutdown.get_token(), stop_this_task{}};
    switch (i % 6) {
      case 0: return numbers.receive() ? 1 : 0;
      case 1: return never.wait() ? 1 : 0;
      case 2: return units.try_acquire_for(1h) ? 1 : 0;
      case 3: return this_task::sleep_for(1h) ? 1 : 0;
      case 4: {
        unique_lock lock{door};
        return changed.wait(lock, [] { return false; }) ? 1 : 0;
      }
      default: {
        std::optional<int> number;
        return select(on_receive(numbers, number), on_event(never)) == nothing_selected ? 0 : 1;
      }
    }
  }};
  all.begin();
  CHECK_EQ(all.waiting(), 100);
  shutdown.request_stop();
  CHECK_EQ(all.end(), 0);
  CHECK(all.in_order());
  CHECK(door.try_lock());
  door.unlock();
  CHECK_EQ(this_hart().expecting, 0u);
}

CASE("mistakes are told by name") {
  task culprit{"culprit"};
  culprit.start(stacks[0], [] {
    const stop_callback own{this_task::get_stop_token(), [] {}};
  });
  CHECK_EQ(std::string_view{culprit.join().cause()}, "made for a task's own token");
}
