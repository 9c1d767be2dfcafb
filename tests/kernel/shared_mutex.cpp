/// shared_mutex: one who writes or many who read, first come, first served.
#include "harness.hpp"
#include "waiting.hpp"

#include <bobbin.hpp>

#include <string_view>

using namespace bobbin;
using kind = outcome::kind;

namespace {

stack<8_KiB> stacks[4];
constinit shared_mutex book{"book"};

template <class Function>
outcome in_a_task(Function function) {
  task other{"other"};
  other.start(stacks[3], std::move(function));
  return other.join();
}

bool free_to_write() { return in_a_task([] { return unique_lock{book, try_to_lock}.owns_lock(); }).status(); }
bool free_to_read() { return in_a_task([] { return shared_lock{book, try_to_lock}.owns_lock(); }).status(); }

}  // namespace

CASE("many read, or one writes") {
  CHECK(free_to_write() && free_to_read());
  {
    const shared_lock one{book}, another{book};
    CHECK(free_to_read() && !free_to_write());
  }
  {
    const unique_lock writer{book};
    CHECK(!free_to_read() && !free_to_write());
  }
  CHECK(free_to_write());
}

CASE("who reads waits behind who came before to write, and all who stand together read together") {
  int reading = 0, most = 0;
  book.lock_shared();
  crowd all{9, [&](int i) {
    if (i % 4 == 0) {
      const unique_lock writer{book};
      most = most * 10 + reading;
      this_task::yield();
    } else {
      const shared_lock reader{book};
      ++reading;
      this_task::yield();
      most = std::max(most, 1);
      if (reading != 3) return 1;
      this_task::yield();
      this_task::yield();
      --reading;
    }
    return 0;
  }};
  all.begin();
  CHECK_EQ(all.waiting(), 9);
  CHECK(!book.try_lock_shared());
  book.unlock_shared();
  CHECK_EQ(all.end(), 0);
  CHECK(all.in_order());
  CHECK_EQ(reading, 0);
  CHECK(free_to_write());
}

CASE("1000 writers and readers get it in the order in which they came") {
  book.lock();
  crowd all{many, [](int i) {
    if (i % 3) return book.lock_shared(), book.unlock_shared(), 0;
    return book.lock(), book.unlock(), 0;
  }};
  all.begin();
  CHECK_EQ(all.waiting(), many);
  book.unlock();
  CHECK_EQ(all.end(), 0);
  CHECK(all.in_order());
  CHECK(free_to_write());
}

CASE("deadlines and requests to stop end the wait of those who try") {
  book.lock();
  CHECK(in_a_task([] {
    const auto when = clock::now() + 300us;
    const bool got = book.try_lock_for(0s) || book.try_lock_until(clock::now()) || book.try_lock_shared_for(-1h) ||
                     book.try_lock_until(when) || book.try_lock_shared_for(1us);
    return !got && clock::now() >= when;
  }).status());
  task writer{"writer"}, reader{"reader"}, firm{"firm"};
  writer.start(stacks[0], [] { return book.try_lock_for(1h) ? 1 : 0; });
  reader.start(stacks[1], [] { return book.try_lock_shared_for(1h) ? 1 : 0; });
  firm.start(stacks[2], [] { return book.lock(), book.unlock(), 1; });
  this_task::yield();
  for (task* each : {&writer, &reader, &firm}) each->request_stop();
  CHECK_EQ(writer.join().status(), 0);
  CHECK_EQ(reader.join().status(), 0);
  CHECK(firm.state() == task_state::blocked);
  book.unlock();
  CHECK_EQ(firm.join().status(), 1);
  CHECK(free_to_write());
  CHECK_EQ(this_hart().expecting, 0u);
}

CASE("when a writer gives up, those who read behind it need not wait any more") {
  book.lock_shared();
  for (const bool by_deadline : {false, true}) {
    task writer{"writer"}, reader{"reader"};
    writer.start(stacks[0], [=] { return book.try_lock_for(by_deadline ? 300us : 1h) ? 1 : 0; });
    reader.start(stacks[1], [] { return book.lock_shared(), book.unlock_shared(), 1; });
    this_task::yield();
    if (!by_deadline) {
      CHECK(reader.state() == task_state::blocked);
      writer.request_stop();
    }
    CHECK_EQ(reader.join().status(), 1);
    CHECK_EQ(writer.join().status(), 0);
  }
  book.unlock_shared();
  CHECK(free_to_write());
}

CASE("a writer that ends while it holds it lets the next ones in") {
  task owner{"owner"}, reader{"reader"}, writer{"writer"};
  owner.start(stacks[0], [] {
    book.lock();
    this_task::yield();
    ASSERT(false);
  });
  reader.start(stacks[1], [] { return book.lock_shared(), book.unlock_shared(), 1; });
  writer.start(stacks[2], [] { return book.lock(), book.unlock(), 1; });
  CHECK(owner.join().how() == kind::faulted);
  CHECK_EQ(reader.join().status(), 1);
  CHECK_EQ(writer.join().status(), 1);
  CHECK(free_to_write());
}

CASE("a shared_lock moves and lets go") {
  shared_lock reader{book};
  shared_lock<shared_mutex> other;
  other = std::move(reader);
  CHECK(other.owns_lock() && !reader.owns_lock() && !free_to_write());
  other.unlock();
  CHECK(free_to_write());
  CHECK(other.try_lock_for(0s));
}

CASE("mistakes are told by name") {
  const auto mistake_of = [](auto function) { return std::string_view{in_a_task(function).cause()}; };
  CHECK_EQ(mistake_of([] { book.unlock(); }), "unlocked by a task that does not hold it");
  CHECK_EQ(mistake_of([] { book.unlock_shared(); }), "unlocked although nobody reads");
  CHECK_EQ(mistake_of([] { book.lock(), book.lock(); }), "locked by the task that holds it");
  CHECK_EQ(mistake_of([] {
    shared_mutex short_lived;
    short_lived.lock_shared();
  }), "destroyed while it is held");
  CHECK(free_to_write());
}
