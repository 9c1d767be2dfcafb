/// channel: every value arrives once, in order, at who has waited longest.
#include "harness.hpp"
#include "waiting.hpp"

#include <bobbin.hpp>

#include <memory>
#include <string_view>

using namespace bobbin;

namespace {

stack<8_KiB> stacks[3];
constinit channel<int> meeting{"meeting"};
constinit channel<int, 4> numbers{"numbers"};

/// Can only be moved, and counts who has something.
struct cargo {
  static inline constinit int alive = 0;
  int weight = 0;

  explicit cargo(int weight) noexcept : weight{weight} { ++alive; }
  cargo(cargo&& other) noexcept : weight{std::exchange(other.weight, 0)} { ++alive; }
  cargo& operator=(cargo&& other) noexcept { return weight = std::exchange(other.weight, 0), *this; }
  ~cargo() { --alive; }
};

}  // namespace

CASE("values come out in the order in which they went in, as many as there is room for") {
  static_assert(numbers.capacity() == 4 && meeting.capacity() == 0);
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 4; ++i) CHECK(numbers.send(round * 10 + i));
    CHECK_EQ(numbers.size(), 4u);
    CHECK(!numbers.try_send(99));
    CHECK_EQ(*numbers.receive(), round * 10);
    CHECK(numbers.try_send(round * 10 + 4));
    for (int i = 1; i <= 4; ++i) CHECK_EQ(*numbers.receive(), round * 10 + i);
    CHECK(!numbers.try_receive());
  }
}

CASE("a rendezvous waits for both sides") {
  int sent = 0;
  task sender{"sender"};
  CHECK(!meeting.try_send(1));
  sender.start(stacks[0], [&] {
    for (int i = 1; i <= 3; ++i) meeting.send(i), sent = i;
  });
  for (int i = 1; i <= 3; ++i) {
    this_task::yield();
    CHECK_EQ(sent, i - 1);
    CHECK_EQ(*meeting.receive(), i);
  }
  CHECK(sender.join().ok());
  task receiver{"receiver"};
  receiver.start(stacks[0], [] { return *meeting.receive(); });
  this_task::yield();
  CHECK(meeting.try_send(7));
  CHECK_EQ(receiver.join().status(), 7);
}

CASE("1000 who wait to receive are served in the order in which they came") {
  static int got[many];
  crowd all{many, [](int i) { return got[i] = *numbers.receive(), 0; }};
  all.begin();
  CHECK_EQ(all.waiting(), many);
  for (int i = 0; i < many; ++i) CHECK(numbers.send(i));
  CHECK_EQ(numbers.size(), 0u);
  CHECK_EQ(all.end(), 0);
  CHECK(all.in_order());
  int wrong = 0;
  for (int i = 0; i < many; ++i) wrong += got[i] != i;
  CHECK_EQ(wrong, 0);
}

CASE("1000 who wait to send are served in the order in which they came, with room or without") {
  const auto serve = [](auto& from, int room) {
    crowd all{many, [&](int i) { return from.send(i) ? 0 : 1; }};
    all.begin();
    CHECK_EQ(all.waiting(), many - room);
    int wrong = 0;
    for (int i = 0; i < many; ++i) wrong += *from.receive() != i;
    CHECK_EQ(wrong, 0);
    CHECK_EQ(all.end(), 0);
    CHECK(all.in_order());
    CHECK(!from.try_receive());
  };
  serve(meeting, 0);
  serve(numbers, 4);
}

CASE("who sends gives the value to who waits: nobody else gets it in between") {
  task receiver{"receiver"};
  receiver.start(stacks[0], [] { return *numbers.receive(); });
  this_task::yield();
  CHECK(numbers.send(5));
  CHECK(!numbers.try_receive());
  CHECK_EQ(receiver.join().status(), 5);
}

CASE("values are moved, and none is left behind or destroyed twice") {
  {
    channel<cargo, 3> freight;
    for (int i = 1; i <= 5; ++i) {
      CHECK(freight.send(cargo{i}));
      if (i > 2) CHECK_EQ(freight.receive()->weight, i - 2);
    }
    cargo stays{9};
    CHECK(freight.send(cargo{6}));
    CHECK(!freight.try_send(std::move(stays)));
    CHECK(!freight.send_for(std::move(stays), 0s));
    freight.close();
    CHECK(!freight.send(std::move(stays)));
    CHECK_EQ(stays.weight, 9);
    CHECK_EQ(freight.receive()->weight, 4);
  }
  CHECK_EQ(cargo::alive, 0);
  channel<cargo> ferry;
  task sender{"sender"};
  sender.start(stacks[0], [&] { return ferry.send(cargo{3}) ? 0 : 1; });
  CHECK_EQ(ferry.receive()->weight, 3);
  CHECK_EQ(sender.join().status(), 0);
  CHECK_EQ(cargo::alive, 0);
}

CASE("a closed channel gives what it has, and takes nothing") {
  channel<int, 3> closing;
  closing.send(1);
  closing.send(2);
  closing.close();
  closing.close();
  CHECK(closing.closed());
  CHECK(!closing.send(3) && !closing.try_send(3) && !closing.send_for(3, 1s) && !closing.send_until(3, clock::time_point{}));
  CHECK_EQ(*closing.receive(), 1);
  CHECK_EQ(*closing.try_receive(), 2);
  CHECK(!closing.receive() && !closing.try_receive() && !closing.receive_for(1h));
}

CASE("closing a channel ends the waits of all, without a value") {
  channel<int> gate;
  channel<int, 1> full;
  full.send(1);
  crowd all{6, [&](int i) {
    if (i == 5) return full.send(2) ? 1 : 0;
    return (i % 2 ? gate.receive_for(1h) : gate.receive()) ? 1 : 0;
  }};
  all.begin();
  CHECK_EQ(all.waiting(), 6);
  gate.close();
  full.close();
  CHECK_EQ(all.end(), 0);
  CHECK_EQ(*full.receive(), 1);
  CHECK(!full.receive());
  CHECK_EQ(this_hart().expecting, 0u);
}

CASE("deadlines end waits, and move nothing") {
  CHECK(!numbers.receive_for(0s) && !numbers.receive_for(-1h) && !numbers.receive_until(clock::now()));
  CHECK(!meeting.send_for(1, 0s) && !meeting.send_until(1, clock::now() - 1s));
  const auto when = clock::now() + 300us;
  CHECK(!meeting.send_until(1, when) && clock::now() >= when);
  CHECK(!meeting.receive_until(when + 300us) && clock::now() >= when + 300us);
  CHECK(!meeting.try_receive());
  for (const auto far : {clock::now() + 1h, clock::never - 1ns, clock::never}) {
    task receiver{"receiver"}, sender{"sender"};
    receiver.start(stacks[0], [far] { return *meeting.receive_until(far); });
    this_task::yield();
    CHECK(meeting.send(4));
    CHECK_EQ(receiver.join().status(), 4);
    sender.start(stacks[1], [far] { return meeting.send_until(6, far) ? 1 : 0; });
    this_task::yield();
    CHECK_EQ(*meeting.receive(), 6);
    CHECK_EQ(sender.join().status(), 1);
  }
  CHECK_EQ(this_hart().expecting, 0u);
}

CASE("requests to stop end waits, and move nothing") {
  task receiver{"receiver"}, sender{"sender"};
  receiver.start(stacks[0], [] { return numbers.receive() ? 1 : 0; });
  sender.start(stacks[1], [] { return meeting.send(3) ? 1 : 0; });
  this_task::yield();
  receiver.request_stop();
  sender.request_stop();
  CHECK_EQ(receiver.join().status(), 0);
  CHECK_EQ(sender.join().status(), 0);
  CHECK(!meeting.try_receive());
  CHECK(numbers.send(1) && numbers.size() == 1);
  CHECK_EQ(*numbers.receive(), 1);
}

CASE("a loop over a channel ends when it is closed and empty") {
  task sender{"sender"};
  channel<int, 2> some;
  sender.start(stacks[0], [&] {
    for (int i = 1; i <= 10; ++i) some.send(i);
    some.close();
  });
  int sum = 0;
  for (const int number : some) sum += number;
  CHECK_EQ(sum, 55);
  CHECK(sender.join().ok());
}

CASE("an interrupt handler sends what it can, and closes") {
  static int sent;
  sent = 0;
  static channel<int, 2> input;
  const by_interrupt producer{[] {
    if (sent < 20 && input.try_send(sent + 1)) ++sent;
    if (sent == 20) input.close();
  }};
  int expected = 0, wrong = 0;
  for (const int number : input) wrong += number != ++expected;
  CHECK_EQ(expected, 20);
  CHECK_EQ(wrong, 0);
}

CASE("many senders and receivers move every value once") {
  static channel<int, 3> busy;
  static long sum;
  sum = 0;
  crowd all{30, [](int i) {
    for (int n = 0; n < 20; ++n) {
      if (i % 2) {
        if (!busy.send(i * 100 + n)) return 1;
      } else {
        sum += *busy.receive();
      }
      if ((i + n) % 7 == 0) this_task::yield();
    }
    return 0;
  }};
  all.begin();
  CHECK_EQ(all.end(), 0);
  long expected = 0;
  for (int i = 1; i < 30; i += 2)
    for (int n = 0; n < 20; ++n) expected += i * 100 + n;
  CHECK_EQ(sum, expected);
  CHECK_EQ(busy.size(), 0u);
}

CASE("mistakes are told by name") {
  task culprit{"culprit"}, waiting{"waiting"};
  culprit.start(stacks[0], [&] {
    channel<int> short_lived{"short-lived"};
    waiting.start(stacks[1], [&] { return short_lived.receive() ? 1 : 0; });
    this_task::yield();
  });
  CHECK_EQ(std::string_view{culprit.join().cause()}, "destroyed while tasks wait for it");
  waiting.request_stop();
  CHECK_EQ(waiting.join().status(), 0);
  culprit.start(stacks[0], [] {
    const interrupts_masked guard;
    numbers.send(1);
  });
  CHECK_EQ(std::string_view{culprit.join().cause()}, "waited for with interrupts masked");
}
