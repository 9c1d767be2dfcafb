/// task_group: all are joined, and when one fails the others are asked to stop.
#include "harness.hpp"
#include "waiting.hpp"

#include <bobbin.hpp>

#include <string_view>

using namespace bobbin;
using kind = outcome::kind;

namespace {

stack<8_KiB> stacks[2];
task_group<10, 2_KiB> group{"group"};
constinit event never{"never"};

bool begin(auto function) { return group.start("member", function) == start_status::ok; }

}  // namespace

CASE("a group without a task has ended well") {
  CHECK(group.join().ok());
  CHECK_EQ(group.running(), 0u);
}

CASE("all have ended when a group was joined, and its places are free again") {
  static int ended;
  for (int round = 0; round < 5; ++round) {
    ended = 0;
    for (int i = 0; i < 10; ++i)
      CHECK(begin([i] {
        for (int n = 0; n < i; ++n) this_task::yield();
        ++ended;
      }));
    CHECK(group.start("one too many", [] {}) == start_status::exhausted);
    CHECK_EQ(group.running(), 10u);
    CHECK(group.join().ok());
    CHECK_EQ(ended, 10);
    CHECK_EQ(group.running(), 0u);
  }
}

CASE("when one fails, the others are asked to stop, and its end is that of the group") {
  const auto fails_by = [](auto function) {
    for (int i = 0; i < 5; ++i) CHECK(begin([] { return never.wait() ? 1 : 0; }));
    CHECK(begin([] { while (!this_task::stop_requested()) this_task::yield(); }));
    CHECK(begin(function));
    const outcome how = group.join();
    CHECK_EQ(group.running(), 0u);
    return how;
  };
  CHECK_EQ(fails_by([] { return 7; }).status(), 7);
  CHECK(fails_by([] { this_task::exit(8); }).how() == kind::exited);
  const outcome how = fails_by([] { ASSERT(1 + 1 == 3); });
  CHECK(how.how() == kind::faulted);
  CHECK_EQ(std::string_view{how.cause()}, "assertion failed");
  CHECK(group.join().how() == kind::faulted);
  CHECK(begin([] {}));
  CHECK(group.join().ok());
}

CASE("who fails while nobody joins has the others stopped all the same") {
  for (int i = 0; i < 3; ++i) CHECK(begin([] { never.wait(); }));
  CHECK(begin([] { return 3; }));
  for (int i = 0; i < 3; ++i) this_task::yield();
  CHECK_EQ(group.running(), 0u);
  CHECK_EQ(group.join().status(), 3);
}

CASE("a group that is asked to stop ends, with those that are started meanwhile") {
  for (int i = 0; i < 3; ++i) CHECK(begin([] { never.wait(); }));
  this_task::yield();
  group.request_stop();
  CHECK(begin([] { never.wait(); }));
  CHECK(group.join().how() == kind::stopped);
  CHECK(begin([] {}));
  CHECK(group.join().ok());
}

CASE("a task that is started in a group of which one has failed is asked to stop") {
  CHECK(begin([] {
    never.wait();
    for (int i = 0; i < 5; ++i) this_task::yield();
  }));
  CHECK(begin([] { return 4; }));
  this_task::yield();
  CHECK_EQ(group.running(), 1u);
  CHECK(begin([] { never.wait(); }));
  CHECK_EQ(group.join().status(), 4);
}

CASE("who joins a group and is asked to stop asks all to, and waits for them") {
  static int ended;
  ended = 0;
  for (int i = 0; i < 3; ++i)
    CHECK(begin([] {
      never.wait();
      this_task::yield();
      ++ended;
    }));
  task joiner{"joiner"};
  joiner.start(stacks[0], [] { return group.join().how() == kind::stopped && ended == 3 ? 0 : 1; });
  this_task::yield();
  CHECK_EQ(ended, 0);
  joiner.request_stop();
  CHECK_EQ(joiner.join().status(), 0);
}

CASE("who joined a group goes on when all have ended, although others have begun by then") {
  task joiner{"joiner"};
  joiner.start(stacks[0], [] { return group.join().status(); });
  CHECK(begin([] {
    this_task::yield();
    return 5;
  }));
  this_task::yield();
  this_task::yield();
  CHECK_EQ(group.running(), 0u);
  CHECK(begin([] { never.wait(); }));
  this_task::yield();
  CHECK(!joiner.joinable());
  group.request_stop();
  CHECK(group.join().how() == kind::stopped);
  CHECK_EQ(joiner.join().status(), 5);
}

CASE("who joins a group for a time only goes on when that is over") {
  CHECK(begin([] {}));
  CHECK(group.join_for(1h)->ok());
  CHECK(group.try_join()->ok());
  CHECK(group.join_for(0ms)->ok());
  CHECK(begin([] { return never.wait() ? 0 : 6; }));
  CHECK(!group.try_join());
  CHECK(!group.join_for(0ms));
  CHECK(!group.join_until(clock::now() - 1s));
  const auto before = clock::now();
  CHECK(!group.join_for(3ms));
  CHECK(clock::now() - before >= 3ms);
  CHECK_EQ(group.running(), 1u);
  group.request_stop();
  CHECK_EQ(group.join_for(1h)->status(), 6);
  CHECK_EQ(group.try_join()->status(), 6);
}

CASE("who joins a group for a time and is asked to stop asks all to") {
  CHECK(begin([] { never.wait(); }));
  task joiner{"joiner"};
  joiner.start(stacks[0], [] { return group.join_for(1h) ? 1 : 0; });
  this_task::yield();
  joiner.request_stop();
  CHECK_EQ(joiner.join().status(), 0);
  CHECK(group.join().how() == kind::stopped);
}

CASE("several may join, and a group that goes away is stopped and joined") {
  static int ended;
  ended = 0;
  task other{"other"};
  CHECK(begin([] { this_task::yield(), ++ended; }));
  other.start(stacks[0], [] { return group.join().ok() && ended == 1 ? 0 : 1; });
  CHECK(group.join().ok());
  CHECK_EQ(other.join().status(), 0);
  {
    static constinit task_group<2, 2_KiB> short_lived;
    CHECK(short_lived.start("waits", [] { never.wait(), ++ended; }) == start_status::ok);
    this_task::yield();
    std::destroy_at(&short_lived);
  }
  CHECK_EQ(ended, 2);
}
