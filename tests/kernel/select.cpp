/// select: exactly one of the cases happens, or none.
#include "harness.hpp"
#include "waiting.hpp"

#include <bobbin.hpp>

#include <algorithm>
#include <string_view>

using namespace bobbin;

namespace {

stack<8_KiB> stacks[3];
constinit channel<int> a{"a"}, b{"b"};
constinit channel<int, 1> c{"c"};
constinit event quit{"quit"};

/// Whether nobody is left in any queue.
bool all_queues_empty() { return !a.try_receive() && !b.try_receive() && !a.try_send(0) && !b.try_send(0); }

// Sending and receiving are inlined: unoptimised, too many of them make a large frame.
[[gnu::noinline]] bool send(auto& to, int value) { return to.send(value); }
[[gnu::noinline]] int receive(auto& from) { return *from.receive(); }

}  // namespace

CASE("what can happen at once does, the first of several") {
  std::optional<int> x = 9;
  CHECK_EQ(try_select(on_receive(a, x), on_receive(c, x)), nothing_selected);
  CHECK(!x);
  CHECK_EQ(select(on_receive(a, x), on_send(c, 5)), 1);
  quit.set();
  CHECK_EQ(select(on_receive(c, x), on_event(quit)), 0);
  CHECK_EQ(*x, 5);
  CHECK_EQ(select(on_receive(c, x), on_event(quit)), 1);
  CHECK(!x);
  quit.reset();
  CHECK_EQ(try_select(on_event(quit)), nothing_selected);
  CHECK_EQ(try_select(), nothing_selected);
}

CASE("who waits for several goes on with the first that happens, and is in no queue any more") {
  static int which;
  static std::optional<int> x;
  task selecting{"selecting"};
  const auto begin = [&] {
    x.reset();
    selecting.start(stacks[0], [] {
      std::optional<int> from_a, from_b;
      which = select(on_receive(a, from_a), on_receive(b, from_b), on_event(quit), on_send(c, 8));
      x = which == 0 ? from_a : from_b;
    });
    this_task::yield();
    CHECK(selecting.state() == task_state::blocked);
  };
  const auto end = [&](int expected) {
    CHECK(selecting.join().ok());
    CHECK_EQ(which, expected);
    CHECK(all_queues_empty());
  };
  CHECK(send(c, 1));
  begin(), CHECK(a.try_send(3)), end(0), CHECK_EQ(*x, 3);
  begin(), CHECK(send(b, 4)), end(1), CHECK_EQ(*x, 4);
  begin(), quit.set(), quit.reset(), end(2);
  begin(), CHECK_EQ(receive(c), 1), end(3);
  CHECK_EQ(receive(c), 8);
}

CASE("only one of two that happen before the task runs is its own") {
  task selecting{"selecting"};
  selecting.start(stacks[0], [] {
    std::optional<int> from_a, from_b;
    const int which = select(on_receive(a, from_a), on_receive(b, from_b));
    return which * 10 + *(which == 0 ? from_a : from_b);
  });
  this_task::yield();
  CHECK(b.try_send(7));
  CHECK(!a.try_send(6));
  CHECK(!b.try_send(5));
  CHECK_EQ(selecting.join().status(), 17);
}

CASE("deadlines and requests to stop end a select, and nothing has happened") {
  std::optional<int> x;
  CHECK_EQ(select_for(0s, on_receive(a, x)), nothing_selected);
  CHECK_EQ(select_until(clock::now() - 1s, on_receive(a, x), on_event(quit)), nothing_selected);
  const auto when = clock::now() + 300us;
  CHECK_EQ(select_until(when, on_receive(a, x), on_send(b, 3)), nothing_selected);
  CHECK(clock::now() >= when);
  CHECK(all_queues_empty());
  task selecting{"selecting"};
  for (const auto far : {clock::now() + 1h, clock::never}) {
    selecting.start(stacks[0], [far] {
      std::optional<int> y;
      const int first = select_until(far, on_receive(a, y), on_event(quit));
      const int second = select(on_receive(a, y), on_event(quit));
      return first == nothing_selected && second == nothing_selected ? 0 : 1;
    });
    this_task::yield();
    selecting.request_stop();
    CHECK(!a.try_send(9));
    CHECK_EQ(selecting.join().status(), 0);
    CHECK(all_queues_empty());
  }
  CHECK_EQ(this_hart().expecting, 0u);
}

CASE("who was asked to stop before it selects waits in no queue while the others run") {
  task selecting{"selecting"};
  selecting.start(stacks[0], [] {
    std::optional<int> x;
    return select(on_receive(a, x), on_event(quit)) == nothing_selected && !x ? 0 : 1;
  });
  selecting.request_stop();
  this_task::yield();
  CHECK(selecting.joinable());
  quit.set();
  quit.reset();
  CHECK(!a.try_send(1));
  CHECK_EQ(selecting.join().status(), 0);
}

CASE("a closed channel can be received from, without a value") {
  channel<int> closing;
  task closer{"closer"};
  closer.start(stacks[0], [&] { closing.close(); });
  std::optional<int> x = 1;
  CHECK_EQ(select(on_receive(a, x), on_receive(closing, x)), 1);
  CHECK(!x);
  CHECK_EQ(select(on_receive(closing, x), on_event(quit)), 0);
  CHECK_EQ(select(on_send(closing, 3)), 0);
  CHECK(closer.join().ok());
  CHECK(all_queues_empty());
}

CASE("selects meet selects, and one task's own send is not received by itself") {
  static int sum;
  sum = 0;
  crowd all{10, [](int i) {
    for (int n = 0; n < 20; ++n) {
      std::optional<int> x, y;
      if (i % 2)
        sum -= select(on_send(a, i), on_send(b, i)) == nothing_selected ? 1000 : 0;
      else if (select(on_receive(b, x), on_receive(a, y)) != nothing_selected)
        sum += x ? *x : *y;
    }
    return 0;
  }};
  all.begin();
  CHECK_EQ(all.end(), 0);
  CHECK_EQ(sum, 20 * (1 + 3 + 5 + 7 + 9));
  std::optional<int> x;
  CHECK_EQ(select_for(100us, on_receive(a, x), on_send(a, 1)), nothing_selected);
  CHECK(all_queues_empty());
}

CASE("who selects stands in each queue where it came") {
  crowd all{5, [](int i) {
    std::optional<int> x;
    if (i % 2) return select(on_receive(a, x), on_event(quit)) == 0 && *x == i ? 0 : 1;
    return *a.receive() == i ? 0 : 1;
  }};
  all.begin();
  CHECK_EQ(all.waiting(), 5);
  for (int i = 0; i < 5; ++i) CHECK(a.try_send(i));
  CHECK_EQ(all.end(), 0);
  CHECK(all.in_order());
}

CASE("an interrupt handler ends a select") {
  std::optional<int> x;
  {
    const by_interrupt sender{[] { (void)a.try_send(4); }};
    CHECK_EQ(select(on_event(quit), on_receive(b, x), on_receive(a, x)), 2);
    CHECK_EQ(*x, 4);
  }
  const by_interrupt setter{[] { quit.set(); }};
  CHECK_EQ(select(on_receive(b, x), on_event(quit)), 1);
}

CASE("a select for what lies on the stack of a task that faulted is left alone") {
  quit.reset();
  static channel<int>* lost;
  task owner{"owner"}, selecting{"selecting"};
  struct deep {
    [[gnu::noinline]] static void fault() {  // far from where the task's last frames will be
      channel<int> own{"own"};
      lost = &own;
      this_task::yield();
      this_task::yield();
      ASSERT(false);
    }
  };
  owner.start(stacks[0], [] {
    volatile char far[1500];
    far[0] = 1;
    deep::fault();
    far[1] = far[0];
  });
  selecting.start(stacks[1], [] {
    std::optional<int> x;
    return select(on_receive(*lost, x), on_event(quit));
  });
  (void)owner.join();
  static std::byte before[8_KiB];
  std::ranges::copy(stack_view{stacks[0]}.bytes(), before);
  quit.set();
  CHECK_EQ(selecting.join().status(), 1);
  CHECK(std::ranges::equal(stack_view{stacks[0]}.bytes(), before));
  quit.reset();
}
