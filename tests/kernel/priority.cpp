/// Priorities: make PRIORITIES=4. Who is more urgent runs first; who has what somebody more urgent waits for is lent that.
#include "harness.hpp"
#include "record.hpp"
#include "waiting.hpp"

#include <bobbin.hpp>

#include <string_view>

using namespace bobbin;

namespace {

stack<4_KiB> stacks[8];
constinit task low{"low"}, medium{"medium"}, high{"high"}, other{"other"};
constinit mutex fork0{"fork0"}, fork1{"fork1"}, fork2{"fork2"};

void join_all() {
  for (task* each : {&low, &medium, &high, &other}) {
    if (each->joinable()) CHECK(each->join().ok());
    each->set_priority(0);
  }
}

}  // namespace

CASE("there are as many as were asked for, and all begin with the lowest") {
  CHECK_EQ(priority_levels, 4u);
  CHECK_EQ(this_task::priority(), 0u);
  CHECK_EQ(low.priority(), 0u);
  low.set_priority(3);
  CHECK_EQ(low.priority(), 3u);
  low.set_priority(0);
}

CASE("the most urgent of those that are ready runs first") {
  record said;
  low.start(stacks[0], [&] { said('l'); });
  medium.set_priority(1);
  medium.start(stacks[1], [&] { said('m'); });
  high.set_priority(3);
  high.start(stacks[2], [&] { said('h'); });
  this_task::yield();
  CHECK_EQ(said.text(), "hml");
  join_all();
}

CASE("tasks of one priority take turns, in the order in which they came") {
  record said;
  char letter = 'a';
  for (task* each : {&medium, &high, &other}) {
    each->set_priority(2);
    each->start(stacks[letter - 'a'], [&said, letter] {
      for (int i = 0; i < 3; ++i) said(letter), this_task::yield();
    });
    ++letter;
  }
  this_task::yield();
  CHECK_EQ(said.text(), "abcabcabc");
  join_all();
}

CASE("who yields to nobody as urgent goes on") {
  record said;
  this_task::set_priority(2);
  low.start(stacks[0], [&] { said('l'); });
  for (int i = 0; i < 3; ++i) this_task::yield();
  CHECK_EQ(said.text(), "");
  this_task::set_priority(0);
  this_task::yield();
  CHECK_EQ(said.text(), "l");
  join_all();
}

CASE("a yield out of line goes by priority as well") {
  record said;
  this_task::set_priority(2);
  low.start(stacks[0], [&] { for (int i = 0; i < 2; ++i) said('l'), this_task::yield_out_of_line(); });
  for (int i = 0; i < 3; ++i) this_task::yield_out_of_line();
  CHECK_EQ(said.text(), "");
  high.set_priority(3);
  other.set_priority(2);
  other.start(stacks[1], [&] { for (int i = 0; i < 3; ++i) said('o'), this_task::yield_out_of_line(); });
  for (int i = 0; i < 2; ++i) this_task::yield_out_of_line();
  high.start(stacks[2], [&] { for (int i = 0; i < 2; ++i) said('h'), this_task::yield_out_of_line(); });
  this_task::yield_out_of_line();
  this_task::set_priority(0);
  this_task::yield_out_of_line();
  said('m');
  this_task::yield_out_of_line();
  CHECK_EQ(said.text(), "oohholml");
  join_all();
}

CASE("who is woken goes before those who are less urgent, at the next switch") {
  record said;
  binary_semaphore bell{0};
  high.set_priority(1);
  high.start(stacks[0], [&] { bell.acquire(), said('h'); });
  this_task::yield();
  low.start(stacks[1], [&] { said('l'); });
  bell.release();
  said('m');
  this_task::yield();
  CHECK_EQ(said.text(), "mhl");
  join_all();
}

CASE("an interrupt handler wakes one who is more urgent than who runs") {
  record said;
  static constinit event rung;
  high.set_priority(3);
  high.start(stacks[0], [&] { rung.wait(), said('h'); });
  low.start(stacks[1], [&] {
    for (int i = 0; i < 3; ++i) said('l'), this_task::yield();
  });
  this_task::yield();
  CHECK_EQ(said.text(), "l");
  {
    const by_interrupt bell{[] { rung.set(); }};
    while (!rung.is_set()) {}
  }
  this_task::yield();
  CHECK_EQ(said.text().substr(0, 2), "lh");
  join_all();
}

CASE("who sleeps, alone in its level, is woken on an idle hart") {
  record said;
  high.set_priority(3);
  high.start(stacks[0], [&] { this_task::sleep_for(1ms), said('h'); });
  CHECK(high.join().ok());
  low.start(stacks[1], [&] { this_task::sleep_for(1ms), said('l'); });
  CHECK(low.join().ok());
  CHECK_EQ(said.text(), "hl");
  join_all();
}

CASE("a task is moved to another level while it is ready, runs, or waits") {
  record said;
  binary_semaphore bell{0};
  low.start(stacks[0], [&] { said('l'); });
  medium.start(stacks[1], [&] { said('m'); });
  high.start(stacks[2], [&] { bell.acquire(), said('h'); });
  this_task::yield();
  CHECK_EQ(said.text(), "lm");
  low.start(stacks[0], [&] { said('l'); });
  medium.start(stacks[1], [&] { said('m'); });
  medium.set_priority(2);  // ready, behind low
  high.set_priority(3);    // waits
  bell.release();
  this_task::yield();
  CHECK_EQ(said.text(), "lmhml");
  join_all();
}

CASE("joining is a wait like others: who joins goes on at its own level") {
  record said;
  high.set_priority(2);
  high.start(stacks[0], [&] {
    CHECK(low.join().ok());
    said('h');
  });
  low.start(stacks[1], [&] { said('l'); });
  medium.set_priority(1);
  medium.start(stacks[2], [&] { said('m'); });
  other.start(stacks[3], [&] { said('o'); });
  this_task::yield();
  CHECK_EQ(said.text(), "mlho");
  join_all();
}

CASE("who holds a mutex that somebody more urgent waits for goes before those in between") {
  record said;
  low.start(stacks[0], [&] {
    const lock_guard guard{fork0};
    for (int i = 0; i < 3; ++i) said('l'), this_task::yield();
  });
  this_task::yield();
  high.set_priority(3);
  high.start(stacks[1], [&] {
    const lock_guard guard{fork0};
    said('h');
  });
  medium.set_priority(1);
  medium.start(stacks[2], [&] {
    for (int i = 0; i < 20; ++i) said('m'), this_task::yield();
  });
  this_task::yield();
  CHECK_EQ(said.text().substr(0, 8), "lllhmmmm");  // the inversion ends as soon as low lets go of it
  CHECK_EQ(low.priority(), 0u);
  join_all();
}

CASE("the classic three: how often others run before the urgent one is bounded") {
  unsigned switches = 0;
  low.start(stacks[0], [&] {
    fork0.lock();
    for (int i = 0; i < 5; ++i) this_task::yield();
    fork0.unlock();
    for (int i = 0; i < 100; ++i) this_task::yield();
  });
  this_task::yield();
  bool done = false;
  high.set_priority(2);
  high.start(stacks[1], [&] {
    fork0.lock();
    done = true;
    fork0.unlock();
  });
  medium.set_priority(1);
  medium.start(stacks[2], [&] {
    for (int i = 0; i < 1000; ++i) {
      if (!done) ++switches;
      this_task::yield();
    }
  });
  CHECK(high.join().ok());
  CHECK_EQ(switches, 0u);  // of medium, which has nothing to do with it
  join_all();
}

CASE("priority is lent through a chain of mutexes, and taken back link by link") {
  record said;
  bool go = false;
  low.start(stacks[0], [&] {
    fork0.lock();
    while (!go) this_task::yield();
    said('l');
    fork0.unlock();
    this_task::yield();
    said('1');
  });
  medium.start(stacks[1], [&] {
    fork1.lock();
    fork0.lock();
    said('m');
    fork0.unlock();
    fork1.unlock();
    this_task::yield();
    said('2');
  });
  high.start(stacks[3], [&] {
    fork1.lock();
    said('h');
    fork1.unlock();
  });
  this_task::yield();
  medium.set_priority(1);
  high.set_priority(3);
  other.set_priority(2);
  other.start(stacks[2], [&] {
    for (int i = 0; i < 5; ++i) said('o'), this_task::yield();
  });
  go = true;
  this_task::yield();
  this_task::yield();
  CHECK_EQ(said.text(), "lmhooooo21");
  join_all();
}

CASE("who holds several is lent the most urgent, and keeps what is left when it lets go of one") {
  record said;
  low.start(stacks[0], [&] {
    fork0.lock();
    fork1.lock();
    this_task::yield();
    said('l');
    fork1.unlock();
    this_task::yield();
    said('1');
    fork0.unlock();
    this_task::yield();
    said('2');
  });
  this_task::yield();
  medium.set_priority(2);
  medium.start(stacks[1], [&] { fork0.lock(), said('m'), fork0.unlock(); });
  high.set_priority(3);
  high.start(stacks[2], [&] { fork1.lock(), said('h'), fork1.unlock(); });
  other.set_priority(1);
  other.start(stacks[3], [&] { said('o'); });
  this_task::yield();
  this_task::yield();
  CHECK_EQ(said.text(), "lh1mo2");
  join_all();
}

CASE("who gets the mutex next is lent what those behind it have") {
  record said;
  fork0.lock();
  low.start(stacks[0], [&] {
    fork0.lock();
    this_task::yield();
    said('l');
    fork0.unlock();
  });
  this_task::yield();
  high.set_priority(3);
  high.start(stacks[1], [&] { fork0.lock(), said('h'), fork0.unlock(); });
  medium.set_priority(1);
  medium.start(stacks[2], [&] {
    for (int i = 0; i < 3; ++i) said('m'), this_task::yield();
  });
  this_task::yield();  // high runs, and waits; main has the mutex, and with it the priority
  CHECK_EQ(said.text(), "");
  fork0.unlock();
  this_task::yield();
  CHECK_EQ(said.text(), "lhmmm");
  join_all();
}

CASE("a wait that times out ends what it lent when the mutex is let go of") {
  record said;
  fork0.lock();
  high.set_priority(3);
  high.start(stacks[0], [&] { CHECK(!fork0.try_lock_for(1ms)), said('h'); });
  this_task::yield();
  CHECK(high.join().ok());
  CHECK_EQ(said.text(), "h");
  fork0.unlock();
  low.start(stacks[2], [&] { said('l'); });
  this_task::yield();
  CHECK_EQ(said.text(), "hl");
  join_all();
}

CASE("a task that ends while it holds a mutex ends what was lent to it") {
  record said;
  low.start(stacks[0], [&] {
    fork2.lock();
    this_task::yield();
    this_task::exit(0);
  });
  this_task::yield();
  high.set_priority(2);
  high.start(stacks[1], [&] { fork2.lock(), said('h'), fork2.unlock(); });
  CHECK(high.join().ok());
  CHECK_EQ(said.text(), "h");
  low.start(stacks[0], [&] { said('l'); });
  medium.set_priority(1);
  medium.start(stacks[2], [&] { said('m'); });
  this_task::yield();
  CHECK_EQ(said.text(), "hml");
  join_all();
}

CASE("a priority given to who waits for a mutex is lent on") {
  record said;
  low.start(stacks[0], [&] {
    fork0.lock();
    this_task::yield();
    said('l');
    fork0.unlock();
  });
  this_task::yield();
  high.start(stacks[1], [&] { fork0.lock(), said('h'), fork0.unlock(); });
  this_task::yield();
  low.join();
  high.join();
  CHECK_EQ(said.text(), "lh");
  low.start(stacks[0], [&] {
    fork0.lock();
    while (said.text().size() < 3) this_task::yield();
    said('l');
    fork0.unlock();
  });
  high.start(stacks[1], [&] { fork0.lock(), said('h'), fork0.unlock(); });
  this_task::yield();
  medium.set_priority(1);
  medium.start(stacks[2], [&] { said('m'); });
  high.set_priority(2);
  said('x');
  this_task::yield();
  CHECK_EQ(said.text(), "lhxlhm");
  join_all();
}

CASE("tasks of a shared_mutex's writer lend as well") {
  record said;
  static constinit shared_mutex book{"book"};
  low.start(stacks[0], [&] {
    book.lock();
    this_task::yield();
    said('l');
    book.unlock();
  });
  this_task::yield();
  high.set_priority(3);
  high.start(stacks[1], [&] { book.lock_shared(), said('h'), book.unlock_shared(); });
  medium.set_priority(1);
  medium.start(stacks[2], [&] { said('m'); });
  this_task::yield();
  CHECK_EQ(said.text(), "lhm");
  join_all();
}
