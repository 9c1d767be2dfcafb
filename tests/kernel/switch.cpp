/// A switch gives back every register it must, whatever others did with them meanwhile.
#include "harness.hpp"
#include "registers.hpp"

#include <arch/context.hpp>
#include <bobbin.hpp>

#include <algorithm>

using namespace bobbin;

namespace {

constexpr std::uint64_t patterns[] = {0x1111'2222'3333'4400, 0xa5a5'5a5a'c3c3'3c00, 0x0123'4567'89ab'cd00};
constexpr int rounds = 20;

stack<8_KiB> stacks[4];

void yield_now(void*) { this_task::yield(); }
void yield_out_of_line(void*) { this_task::yield_out_of_line(); }

using holder = decltype(&hold_registers);
using switcher = decltype(&yield_now);

/// Fills all registers anew at each turn, with values that nobody else uses.
void be_an_adversary(const bool& over, switcher yield = yield_now) {
  std::uint64_t turn = 0;
  while (!over) hold_registers(~patterns[0] + (turn++ << 12), 1, yield, nullptr);
}

/// Three tasks hold their registers with `hold` while one spoils them.
void three_and_an_adversary(const holder (&hold)[3], switcher yield = yield_now, switcher adversarys = yield_now) {
  std::uint64_t wrong[3] = {~0ull, ~0ull, ~0ull};
  bool over = false;
  task adversary{"adversary"};
  task tasks[3];
  adversary.start(stacks[3], [&] { be_an_adversary(over, adversarys); });
  for (int i = 0; i < 3; ++i)
    tasks[i].start(stacks[i], [&, i] { wrong[i] = hold[i](patterns[i], rounds, yield, nullptr); });
  for (auto& task : tasks) CHECK(task.join().ok());
  over = true;
  CHECK(adversary.join().ok());
  for (const auto bits : wrong) CHECK_EQ(bits, 0u);
}

/// Two flows of control that exchange places through one word, without any task.
struct bare_pair {
  arch::stack_pointer side = nullptr;
  std::uint64_t wrong = ~0ull;
  int entered = 0;

  static void change_sides(void* pair) {
    auto& side = static_cast<bare_pair*>(pair)->side;
    arch::switch_context(&side, side);
  }

  template <holder Hold>
  static void other_side(void* pair) {
    auto& self = *static_cast<bare_pair*>(pair);
    ++self.entered;
    self.wrong = Hold(~patterns[2], rounds - 1, change_sides, pair);
    for (;;) change_sides(pair);
  }

  template <holder Hold>
  std::uint64_t run(holder hold, std::byte* top) {
    side = arch::context::first_frame(top, other_side<Hold>, this);
    return hold(patterns[2], rounds, change_sides, this);
  }
};

}  // namespace

CASE("switch_context alone keeps the registers of both sides") {
  bare_pair pair;
  const auto top = stack_view{stacks[0]}.high();
  CHECK_EQ(pair.run<hold_registers>(hold_registers, top), 0u);
  CHECK_EQ(pair.wrong, 0u);
  CHECK_EQ(pair.run<hold_integer_registers>(hold_registers, top), 0u);
  CHECK_EQ(pair.wrong, 0u);
  CHECK_EQ(pair.run<hold_registers>(hold_integer_registers, top), 0u);
  CHECK_EQ(pair.wrong, 0u);
  CHECK_EQ(pair.run<hold_integer_registers>(hold_integer_registers, top), 0u);
  CHECK_EQ(pair.wrong, 0u);
  CHECK_EQ(pair.entered, 4);
}

CASE("three tasks keep all registers while an adversary clobbers them") {
  three_and_an_adversary({hold_registers, hold_registers, hold_registers});
}

CASE("three integer tasks keep their registers") {
  three_and_an_adversary({hold_integer_registers, hold_integer_registers, hold_integer_registers});
}

CASE("tasks with and without FP registers take turns") {
  three_and_an_adversary({hold_registers, hold_integer_registers, hold_registers});
  three_and_an_adversary({hold_integer_registers, hold_registers, hold_integer_registers});
}

CASE("tasks that yield out of line keep their registers, whoever runs beside them") {
  for (const switcher adversarys : {yield_now, yield_out_of_line}) {
    three_and_an_adversary({hold_registers, hold_registers, hold_registers}, yield_out_of_line, adversarys);
    three_and_an_adversary({hold_integer_registers, hold_integer_registers, hold_integer_registers}, yield_out_of_line, adversarys);
    three_and_an_adversary({hold_integer_registers, hold_registers, hold_integer_registers}, yield_out_of_line, adversarys);
  }
}

CASE("main keeps its registers, too") {
  bool over = false;
  task adversary{"adversary"};
  adversary.start(stacks[3], [&] { be_an_adversary(over); });
  const auto wrong = hold_registers(patterns[0], rounds, yield_now, nullptr);
  over = true;
  CHECK_EQ(wrong, 0u);
}

CASE("registers survive waiting in join, and the first entry and the end of the task waited for") {
  const auto start_and_join = [](void*) {
    task worker;
    worker.start(stacks[0], [] { hold_registers(~patterns[1], 2, yield_now, nullptr); });
    worker.join();
  };
  CHECK_EQ(hold_registers(patterns[1], rounds, start_and_join, nullptr), 0u);
  CHECK_EQ(hold_integer_registers(patterns[1], rounds, start_and_join, nullptr), 0u);
}

CASE("registers survive the exit of the task switched away from") {
  const auto start_and_join = [](void*) {
    task worker;
    worker.start(stacks[0], [] {
      hold_registers(~patterns[2], 1, [](void*) { this_task::exit(3); }, nullptr);
    });
    worker.join();
  };
  CHECK_EQ(hold_registers(patterns[2], rounds, start_and_join, nullptr), 0u);
}

CASE("an integer task never has FP registers to save, whoever runs beside it") {
  bool over = false;
  int in_use = 0;
  task adversary{"adversary"}, worker{"worker"};
  adversary.start(stacks[0], [&] { be_an_adversary(over); });
  worker.start(stacks[1], [&] {
    in_use += fp_registers_in_use();
    hold_integer_registers(
        patterns[0], rounds,
        [](void* count) {
          this_task::yield();
          *static_cast<int*>(count) += fp_registers_in_use();
        },
        &in_use);
  });
  worker.join();
  over = true;
  CHECK_EQ(in_use, 0);
}

namespace {

/// Whether a context without FP registers had any to save, exchanging places with one that runs `Hold`.
template <holder Hold>
bool fp_beside() {
  bool in_use = false;
  task integer{"integer"};
  integer.start(stacks[0], [&] {
    bare_pair pair;
    pair.side = arch::context::first_frame(stack_view{stacks[1]}.high(), bare_pair::other_side<Hold>, &pair);
    for (int turn = 0; turn < rounds; ++turn) {
      bare_pair::change_sides(&pair);
      in_use |= fp_registers_in_use();
    }
  });
  CHECK(integer.join().ok());
  return in_use;
}

}  // namespace

CASE("a bare context never has FP registers to save that it has not used, whoever it switches to") {
  CHECK(!fp_beside<hold_integer_registers>());
  CHECK(!fp_beside<hold_registers>());
}

CASE("an integer task has no FP registers to save after the end of one that used them") {
  int in_use = 0;
  task worker{"worker"}, user{"user"};
  worker.start(stacks[0], [&] {
    for (int turn = 0; turn < 3; ++turn) {
      this_task::yield();
      in_use += fp_registers_in_use();
    }
  });
  user.start(stacks[1], [] { hold_registers(patterns[0], 1, yield_now, nullptr); });
  CHECK(worker.join().ok());
  CHECK(user.join().ok());
  CHECK_EQ(in_use, 0);
}

CASE("a generator body and its resumer keep their registers in both directions") {
  struct sides {
    generator<int> body;
    std::uint64_t wrong = ~0ull;
  } sides;
  sides.body = generator<int>{stacks[0], [&](auto& yield) {
    const auto yield_one = [](void* to) { (*static_cast<std::remove_reference_t<decltype(yield)>*>(to))(1); };
    sides.wrong = hold_registers(~patterns[0], rounds, yield_one, &yield);
    sides.wrong |= hold_integer_registers(~patterns[0], rounds, yield_one, &yield);
  }};
  const auto resume = [](void* body) { (void)static_cast<generator<int>*>(body)->resume(); };
  CHECK_EQ(hold_registers(patterns[0], rounds / 2, resume, &sides.body), 0u);
  CHECK_EQ(hold_integer_registers(patterns[1], rounds / 2, resume, &sides.body), 0u);
  CHECK_EQ(hold_registers(patterns[2], rounds / 2, resume, &sides.body), 0u);
  CHECK_EQ(hold_integer_registers(patterns[0], rounds / 2 + 1, resume, &sides.body), 0u);
  CHECK(sides.body.finished());
  CHECK_EQ(sides.wrong, 0u);
}

CASE("a generator body keeps its registers while its task yields to an adversary") {
  bool over = false;
  std::uint64_t wrong = ~0ull;
  task adversary{"adversary"};
  adversary.start(stacks[3], [&] { be_an_adversary(over); });
  generator<int> body{stacks[0], [&](auto& yield) {
    wrong = hold_registers(patterns[1], rounds, yield_now, nullptr);
    yield(1);
  }};
  CHECK_EQ(hold_registers(patterns[0], 1, [](void* g) { (void)static_cast<generator<int>*>(g)->resume(); }, &body), 0u);
  over = true;
  CHECK_EQ(wrong, 0u);
}

CASE("a switch stores nothing above the stack pointer of the side it leaves, and all of its frame below") {
  static bare_pair pair;
  const auto memory = stack_view{stacks[1]};
  std::fill(memory.low(), memory.high(), std::byte{0x5a});
  static std::uintptr_t at_call;
  const auto body = [](void*) {
    at_call = stack_pointer_at_call();
    for (;;) bare_pair::change_sides(&pair);
  };
  pair.side = arch::context::first_frame(memory.high(), body, nullptr);
  bare_pair::change_sides(&pair);
  const auto frame = reinterpret_cast<std::uintptr_t>(pair.side);
  CHECK(frame < at_call && at_call - frame <= arch::context::fp_frame_bytes + 256);
  const auto* below = reinterpret_cast<const std::byte*>(frame);
  CHECK(std::all_of(memory.low(), const_cast<std::byte*>(below), [](std::byte b) { return b == std::byte{0x5a}; }));
}

namespace {

/// Whether values survive that compiled code keeps in FP registers across `yield`.
template <auto yield>
void keep_doubles() {
  bool over = false;
  double sums[3] = {};
  task adversary{"adversary"};
  task tasks[3];
  adversary.start(stacks[3], [&] { be_an_adversary(over); });
  for (int i = 0; i < 3; ++i)
    tasks[i].start(stacks[i], [&, i] {
      double a = i + 0.5, b = i + 1.25, c = i * 3.0, d = 1.0, e = 2.0 + i, f = 0.125, g = 7.5, h = i - 4.0;
      for (int turn = 0; turn < 10; ++turn) {
        a += 1, b += 2, c += 3, d += 4, e += 5, f += 6, g += 7, h += 8;
        yield();
        asm volatile("" : : : "memory");
      }
      sums[i] = a + b + c + d + e + f + g + h;
    });
  for (auto& task : tasks) task.join();
  over = true;
  for (int i = 0; i < 3; ++i) {
    const double expected = 0.5 + 1.25 + 1.0 + 2.0 + 0.125 + 7.5 - 4.0 + 7 * i + 360;
    CHECK(sums[i] == expected);
  }
}

/// Yields out of line as a function that calls nobody else, which on x86_64 has a stack pointer of its own kind.
[[gnu::noinline]] void yield_and_return() { this_task::yield_out_of_line(); }

/// The same with many values alive, and from many depths.
[[gnu::noinline]] std::uint64_t yield_and_recur(std::uint64_t n) {
  std::uint64_t values[9] = {n, n + 1, n + 2, n + 3, n * 4, n * 5, n * 6, n * 7, n * 8};
  for (auto& value : values) asm volatile("" : "+r"(value));
  this_task::yield_out_of_line();
  const std::uint64_t below = n == 0 ? 0 : yield_and_recur(n - 1);
  this_task::yield_out_of_line();
  std::uint64_t sum = below;
  for (auto& value : values) {
    asm volatile("" : "+r"(value));
    sum += value;
  }
  return sum;
}

}  // namespace

CASE("values that compiled code keeps in FP registers across a yield survive") {
  keep_doubles<[] { this_task::yield(); }>();
  keep_doubles<[] { this_task::yield_out_of_line(); }>();
  keep_doubles<yield_and_return>();
}

namespace {

/// Yields out of line with the stack pointer at `target`, whoever calls.
[[gnu::noinline]] void yield_at(std::uintptr_t target) {
  volatile auto* room = static_cast<volatile char*>(__builtin_alloca(stack_pointer_at_call() - target));
  room[0] = 0;
  this_task::yield_out_of_line();
}

}  // namespace

CASE("FP registers survive a yield out of line where there were none to keep before") {
  static constinit std::uintptr_t place = 0;
  bool over = false;
  std::uint64_t wrong = ~0ull;
  task adversary{"adversary"}, worker{"worker"};
  adversary.start(stacks[3], [&] { be_an_adversary(over); });
  worker.start(stacks[0], [&] {
    place = reinterpret_cast<std::uintptr_t>(stack_view{stacks[0]}.low()) + stacks[0].size() / 2;
    for (int turn = 0; turn < 2; ++turn) yield_at(place);
    wrong = hold_registers(patterns[0], rounds, [](void*) { yield_at(place); }, nullptr);
  });
  CHECK(worker.join().ok());
  over = true;
  CHECK(adversary.join().ok());
  CHECK_EQ(wrong, 0u);
}

CASE("values that compiled code keeps across a yield out of line survive, from any depth") {
  constexpr std::uint64_t depth = 10;
  bool over = false;
  std::uint64_t sums[3] = {};
  task adversary{"adversary"}, tasks[3];
  adversary.start(stacks[3], [&] { be_an_adversary(over); });
  for (std::uint64_t i = 0; i < 3; ++i) tasks[i].start(stacks[i], [&, i] { sums[i] = yield_and_recur(depth + i); });
  for (auto& task : tasks) CHECK(task.join().ok());
  over = true;
  CHECK(adversary.join().ok());
  for (std::uint64_t i = 0; i < 3; ++i) {
    const std::uint64_t n = depth + i;
    CHECK_EQ(sums[i], 34 * n * (n + 1) / 2 + 6 * (n + 1));
  }
}

CASE("16-byte vectors survive a yield and are where their alignment says") {
  using vector [[gnu::vector_size(16)]] = float;
  bool right[2] = {};
  task tasks[2];
  for (int i = 0; i < 2; ++i)
    tasks[i].start(stacks[i], [&, i] {
      alignas(16) vector kept{1.0f + i, 2.0f + i, 3.0f + i, 4.0f + i};
      auto* address = &kept;
      asm volatile("" : "+r"(address) : : "memory");
      vector sum = kept;
      for (int turn = 0; turn < 5; ++turn) {
        sum += *address;
        this_task::yield();
      }
      right[i] = reinterpret_cast<std::uintptr_t>(address) % 16 == 0;
      for (int lane = 0; lane < 4; ++lane) right[i] = right[i] && sum[lane] == 6 * (lane + 1.0f + i);
    });
  for (auto& task : tasks) task.join();
  CHECK(right[0]);
  CHECK(right[1]);
}
