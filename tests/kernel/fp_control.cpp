/// Rounding mode and its like are shared by all tasks, but for those that asked for their own.
#include "harness.hpp"
#include "registers.hpp"

#include <bobbin.hpp>

using namespace bobbin;

namespace {

stack<8_KiB> stacks[3];

/// Leaves the machine as it was found.
struct rounding_restored {
  ~rounding_restored() { set_rounding(nearest); }
};

/// 1/3, as the rounding mode of now makes it.
[[gnu::noinline]] double third() {
  volatile double one = 1.0, three = 3.0;
  volatile double result = one / three;  // here and now: compilers think that the mode is always the same
  return result;
}

}  // namespace

CASE("the rounding mode is what the helpers say it is") {
  const rounding_restored after;
  const double by_nearest = third();
  set_rounding(up);
  CHECK_EQ(int{current_rounding()}, int{up});
  CHECK(third() > by_nearest);
  set_rounding(down);
  CHECK_EQ(int{current_rounding()}, int{down});
  CHECK(third() == by_nearest);
  set_rounding(to_zero);
  CHECK_EQ(int{current_rounding()}, int{to_zero});
}

CASE("tasks share the rounding mode by default") {
  const rounding_restored after;
  task worker{"worker"};
  int found = mixed;
  worker.start(stacks[0], [&] {
    set_rounding(up);
    this_task::yield();
    found = current_rounding();
  });
  this_task::yield();
  CHECK_EQ(int{current_rounding()}, int{up});
  set_rounding(down);
  worker.join();
  CHECK_EQ(found, int{down});
  CHECK_EQ(int{current_rounding()}, int{down});
}

CASE("a task that asked keeps its own, and the others theirs") {
  const rounding_restored after;
  const double by_nearest = third();
  task keeper{"keeper"};
  int wrong = 0;
  keeper.keep_fp_control();
  keeper.start(stacks[0], [&] {
    set_rounding(up);
    for (int i = 0; i < 5; ++i) {
      this_task::yield();
      wrong += current_rounding() != up || !(third() > by_nearest);
    }
  });
  for (int i = 0; i < 4; ++i) {
    this_task::yield();
    CHECK_EQ(int{current_rounding()}, int{nearest});
    CHECK(third() == by_nearest);
  }
  keeper.join();
  CHECK_EQ(int{current_rounding()}, int{nearest});
  CHECK_EQ(wrong, 0);
}

CASE("a keeper's exception flags are its own, too") {
  task keeper{"keeper"};
  bool kept = false;
  keeper.keep_fp_control();
  forget_rounded_results();
  keeper.start(stacks[0], [&] {
    forget_rounded_results();
    [[maybe_unused]] volatile double rounded = third();
    this_task::yield();
    kept = results_were_rounded();
  });
  this_task::yield();
  CHECK(!results_were_rounded());
  keeper.join();
  CHECK(kept);
  CHECK(!results_were_rounded());
}

CASE("a keeper begins with the mode in force, and leaves it to the others as it was") {
  const rounding_restored after;
  task keeper{"keeper"};
  int at_start = mixed;
  keeper.keep_fp_control();
  set_rounding(up);
  keeper.start(stacks[0], [&] {
    at_start = current_rounding();
    set_rounding(to_zero);
    this_task::yield();
  });
  this_task::yield();
  CHECK_EQ(at_start, int{up});
  CHECK_EQ(int{current_rounding()}, int{up});
  keeper.join();
  CHECK_EQ(int{current_rounding()}, int{up});
}

CASE("a keeper that ends without ever having yielded leaves the shared mode as it was") {
  const rounding_restored after;
  task keeper{"keeper"};
  keeper.keep_fp_control();
  for (const auto shared : {up, down}) {
    set_rounding(shared);
    keeper.start(stacks[0], [] { set_rounding(to_zero); });
    keeper.join();
    CHECK_EQ(int{current_rounding()}, int{shared});
  }
}

CASE("a keeper that blocks leaves the others theirs, and has its own again afterwards") {
  const rounding_restored after;
  task keeper{"keeper"}, slow{"slow"};
  int afterwards = mixed;
  slow.start(stacks[1], [] { for (int turn = 0; turn < 3; ++turn) this_task::yield(); });
  keeper.keep_fp_control();
  keeper.start(stacks[0], [&] {
    set_rounding(up);
    slow.join();
    afterwards = current_rounding();
  });
  for (int turn = 0; turn < 3; ++turn) {
    this_task::yield();
    CHECK_EQ(int{current_rounding()}, int{nearest});
  }
  keeper.join();
  CHECK_EQ(int{current_rounding()}, int{nearest});
  CHECK_EQ(afterwards, int{up});
}

CASE("a keeper whose first switch is a wait") {
  const rounding_restored after;
  task keeper{"keeper"}, slow{"slow"};
  int kept = mixed;
  slow.start(stacks[1], [] {
    this_task::yield();
    set_rounding(up);
  });
  keeper.keep_fp_control();
  keeper.start(stacks[0], [&] {
    CHECK(slow.join().ok());
    kept = current_rounding();
  });
  CHECK(keeper.join().ok());
  CHECK_EQ(kept, int{nearest});
  CHECK_EQ(int{current_rounding()}, int{up});
}

CASE("two keepers and a sharer do not see one another's modes") {
  const rounding_restored after;
  task keepers[2], sharer;
  int wrong = 0;
  const rounding modes[2] = {up, to_zero};
  for (int i = 0; i < 2; ++i) {
    keepers[i].keep_fp_control();
    keepers[i].start(stacks[i], [&, i] {
      set_rounding(modes[i]);
      for (int turn = 0; turn < 6; ++turn) {
        this_task::yield();
        wrong += current_rounding() != modes[i];
      }
    });
  }
  sharer.start(stacks[2], [&] {
    for (int turn = 0; turn < 3; ++turn) this_task::yield(), wrong += current_rounding() != nearest;
    set_rounding(down);
    for (int turn = 0; turn < 6; ++turn) this_task::yield(), wrong += current_rounding() != down;
  });
  sharer.join();
  CHECK_EQ(int{current_rounding()}, int{down});
  for (auto& keeper : keepers) keeper.join();
  CHECK_EQ(int{current_rounding()}, int{down});
  CHECK_EQ(wrong, 0);
}

CASE("asking for own words takes effect at the next start only") {
  const rounding_restored after;
  task late{"late"};
  set_rounding(up);
  late.start(stacks[0], [] {
    this_task::yield();
    this_task::yield();
  });
  this_task::yield();
  late.keep_fp_control();
  this_task::yield();
  CHECK_EQ(int{current_rounding()}, int{up});
  late.join();
  CHECK_EQ(int{current_rounding()}, int{up});

  late.start(stacks[0], [] { set_rounding(down), this_task::yield(); });
  this_task::yield();
  CHECK_EQ(int{current_rounding()}, int{up});
  late.join();
}

CASE("a keeper that yields out of line keeps its own, and the others theirs") {
  const rounding_restored after;
  task keeper{"keeper"};
  int wrong = 0;
  keeper.keep_fp_control();
  keeper.start(stacks[0], [&] {
    set_rounding(up);
    for (int i = 0; i < 4; ++i) this_task::yield_out_of_line(), wrong += current_rounding() != up;
  });
  for (int i = 0; i < 4; ++i) {
    this_task::yield_out_of_line();
    CHECK_EQ(int{current_rounding()}, int{nearest});
  }
  CHECK(keeper.join().ok());
  CHECK_EQ(wrong, 0);
}

CASE("a keeper within a generator keeps its own, too") {
  const rounding_restored after;
  task keeper{"keeper"};
  int wrong = 0, items = 0;
  keeper.keep_fp_control();
  keeper.start(stacks[0], [&] {
    set_rounding(up);
    generator<int> inside{stacks[1], [&](auto& yield) {
      for (int i = 0; i < 3; ++i) {
        this_task::yield();
        wrong += current_rounding() != up;
        yield(i);
      }
    }};
    while (inside.resume()) ++items, wrong += current_rounding() != up;
  });
  for (int i = 0; i < 3; ++i) {
    this_task::yield();
    CHECK_EQ(int{current_rounding()}, int{nearest});
  }
  CHECK(keeper.join().ok());
  CHECK_EQ(items, 3);
  CHECK_EQ(wrong, 0);
}

CASE("a keeper that has destroyed a generator keeps its own at its next yield, too") {
  const rounding_restored after;
  task keeper{"keeper"};
  int wrong = 0;
  keeper.keep_fp_control();
  keeper.start(stacks[0], [&] {
    set_rounding(up);
    for (int i = 0; i < 3; ++i) {
      {
        generator<int> inside{stacks[1], [](auto& yield) { while (yield(1)) {} }};
        (void)inside.resume();
      }
      this_task::yield();
      wrong += current_rounding() != up;
    }
  });
  for (int i = 0; i < 3; ++i) {
    this_task::yield();
    CHECK_EQ(int{current_rounding()}, int{nearest});
  }
  CHECK(keeper.join().ok());
  CHECK_EQ(wrong, 0);
}

CASE("FP registers of a keeper and of a sharer survive one another") {
  const rounding_restored after;
  task keeper{"keeper"};
  std::uint64_t wrong = ~0ull;
  const auto yield_now = [](void*) { this_task::yield(), this_task::yield_out_of_line(); };
  keeper.keep_fp_control();
  keeper.start(stacks[0], [&] {
    set_rounding(up);
    wrong = hold_registers(0x7777'8888'9999'aa00, 10, yield_now, nullptr);
  });
  CHECK_EQ(hold_registers(0x1234'4321'1234'5500, 8, yield_now, nullptr), 0u);
  keeper.join();
  CHECK_EQ(wrong, 0u);
}
