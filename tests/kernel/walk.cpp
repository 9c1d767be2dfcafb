/// An interrupt at every instruction of what the scheduler does: a timer walks through each operation, one instruction
/// further each time. Wherever it comes, the stack pointer has to be on a stack, nothing may be kept below it, for the
/// handler writes there, no register may change, and no task may be lost that the handler makes ready.
///
/// The timer can be aimed at an instruction only where time is counted in instructions and no input comes in between:
/// `scripts/run --image ... -- -icount shift=0,sleep=off`. tests/test_walk.py compares the places with the code.
#include "harness.hpp"
#include "interrupts.hpp"
#include "registers.hpp"

#include <arch/clock.hpp>
#include <arch/cpu.hpp>
#include <arch/image.hpp>
#include <arch/interrupts.hpp>
#include <arch/context.hpp>
#include <bobbin.hpp>
#include <debug/symbols.hpp>
#include <interrupted.hpp>
#include <task/interrupts_masked.hpp>
#include <task/wait_queue.hpp>
#include <time/timers.hpp>

#include <algorithm>
#include <bitset>
#include <cstdint>
#include <optional>

using namespace bobbin;

namespace {

using holder = decltype(&hold_registers);
using instruction_count = std::int64_t;

constexpr std::uint64_t patterns[] = {0x0123'4567'0000'cd00, 0xa5a5'5a5a'c3c3'3c00};

stack<8_KiB> walker_memory, other_memory, waiter_memory[2], worker_memory;
stack<4_KiB> body_memory;

stack_view boot_memory() { return std::span{__boot_stack_low, __boot_stack_high}; }

std::uintptr_t number(const void* address) { return reinterpret_cast<std::uintptr_t>(address); }

instruction_count instructions() { return static_cast<instruction_count>(arch::cpu::instructions()); }

instruction_count instructions_per_tick() {
  const auto ticks = arch::clock::ticks();
  const auto begin = instructions();
  for (int i = 0; i < 1000; ++i) pass_instructions(100);
  const auto passed = static_cast<instruction_count>(arch::clock::ticks() - ticks);
  return (instructions() - begin + passed / 2) / passed;
}

// --------------------------------------------------------------------------------------------- where it interrupts ----

/// The places in .text at which an interrupt came, in bytes from its beginning.
constinit std::bitset<256_KiB> places;

void print_places() {
  const std::uintptr_t text = number(__text_start);
  std::string_view function;
  for (std::size_t at = 0; at < places.size(); ++at) {
    if (!places.test(at)) continue;
    const std::string_view name = symbol_at(text + at).name;
    if (name != function) print("{}# in {}:\n#", function.empty() ? "" : "\n", name);
    function = name;
    print(" {:x}", text + at);
  }
  print("\n");
}

/// Writes below the stack pointer that was interrupted; returns false if it is none.
bool use_what_is_below(std::uintptr_t sp) {
  constexpr std::size_t bytes = 256;
  for (const stack_view memory : {boot_memory(), stack_view{walker_memory}, stack_view{other_memory},
                                  stack_view{waiter_memory[0]}, stack_view{waiter_memory[1]},
                                  stack_view{worker_memory}, stack_view{body_memory}}) {
    if (sp <= number(memory.low()) + stack_reserve_bytes + bytes || sp > number(memory.high())) continue;
    std::fill_n(reinterpret_cast<std::byte*>(sp) - bytes, bytes, std::byte{0xa5});
    return sp % interrupted::stack_step == 0;
  }
  return false;
}

/// Whether each stop was one instruction after the one before. Where interrupts are masked for a while, the next stop is
/// so much later, and there again for each instruction that had none.
class pace {
 public:
  void step(instruction_count at) {
    if (last_ == none) last_ = at - 1;
    if (at == last_) {
      --owed_;
      return;
    }
    if (owed_ != 0) kept_ = false;
    owed_ = at - last_ - 1;
    last_ = at;
  }
  bool kept() const { return kept_; }

 private:
  static constexpr instruction_count none = INT64_MIN;
  instruction_count last_ = none, owed_ = 0;
  bool kept_ = true;
};

/// Goes through an operation again and again, until the timer no longer goes off before it is over, or not before the
/// hart idles, where time passes without instructions.
class walk {
 public:
  using action = void (*)(walk&);
  using question = bool (*)();

  /// `visit` is called at each stop, by the handler; `all_is_well` after each round.
  walk(action operation, action visit, question all_is_well)
      : operation_{operation}, visit_{visit}, all_is_well_{all_is_well} {}

  void make(holder hold) {
    const instruction_count enough = 2 * per_tick_ + 20;
    for (; after_the_end_ < enough; ++rounds_)
      wrong_registers_ |= hold(patterns[0] + (static_cast<std::uint64_t>(rounds_) << 16), 1, make_round, this);
    CHECK_EQ(unsound_stack_pointers_, 0);
    CHECK_EQ(mishaps_, 0);
    CHECK_EQ(wrong_registers_, 0u);
    CHECK(pace_.kept());
    CHECK(stops_ > enough);
  }

  /// When the alarm of this round goes off, in ticks.
  std::uint64_t deadline() const { return alarm_->deadline(); }

 private:
  static void make_round(void* self) { static_cast<walk*>(self)->make_round(); }

  void make_round() {
    stopped_ = false;
    aimed_ = false;
    pass_instructions(per_tick_ - 1 - instructions() % per_tick_);  // always as far in a tick
    const instruction_count gap = per_tick_ - 1 - rounds_ % per_tick_;
    aim(rounds_ / per_tick_);
    begin_ = instructions() + gap;
    aimed_ = true;
    pass_instructions(gap);
    operation_(*this);
    if (!stopped_) ++after_the_end_;
    while (!stopped_) arch::cpu::pause();
    this_task::yield();  // whom the handler has made ready gets a turn
    const bool enabled = arch::interrupts::mask_nested();
    arch::interrupts::unmask();
    if (!enabled || !all_is_well_()) ++mishaps_;
  }

  void aim(instruction_count ticks_ahead) {
    alarm_.emplace(*this);
    const interrupts_masked guard;
    alarm_->postpone(arch::clock::ticks() + static_cast<std::uint64_t>(ticks_ahead));
    timers::add(*alarm_);
  }

  void stop() {
    const instruction_count at = instructions() - interrupted::delay() - begin_;
    stopped_ = true;
    if (aimed_) note(at);  // or else it was due at once
    visit_(*this);
    spoil_registers();
  }

  void note(instruction_count at) {
    ++stops_;
    if (this_hart().current == &this_hart().idle)
      ++after_the_end_;
    else
      pace_.step(at);
    places.set(interrupted::pc() - number(__text_start));
    if (!use_what_is_below(interrupted::stack_pointer())) ++unsound_stack_pointers_;
  }

  struct alarm : timer {
    explicit alarm(walk& whose) noexcept : timer{0, go_off}, whose{whose} {}
    static void go_off(timer& due) noexcept { static_cast<alarm&>(due).whose.stop(); }
    walk& whose;
  };

  action operation_, visit_;
  question all_is_well_;
  instruction_count per_tick_ = instructions_per_tick();
  instruction_count rounds_ = 0, stops_ = 0, after_the_end_ = 0;
  volatile instruction_count begin_ = 0;  ///< when the operation began, if nothing came in between
  volatile bool stopped_ = false, aimed_ = false;
  int unsound_stack_pointers_ = 0, mishaps_ = 0;
  std::uint64_t wrong_registers_ = 0;
  pace pace_;
  std::optional<alarm> alarm_;
};

// ---------------------------------------------------------------------------------------------- who else is there ----

constinit bool over = false;
constinit task waiters[2], worker{"worker"};
constinit wait_queue bell;
constinit control_block* blocked = nullptr;  ///< the walker, where it has done so
constinit thread_local std::uint64_t turns;  ///< so that there is a thread pointer to change

/// Waits in a queue, again and again.
void keep_waiting() {
  while (!over) {
    arch::interrupts::mask();
    bell.wait_masked();
  }
}

void take_turn(void*) {
  ++turns;
  if (blocked != nullptr) this_hart().wake(*std::exchange(blocked, nullptr));
  this_task::yield();
}

void take_turns(holder hold) {
  std::uint64_t wrong = 0;
  while (!over) wrong |= hold(patterns[1], 1, take_turn, nullptr);
  CHECK_EQ(wrong, 0u);
}

/// Whether the ring holds `count` tasks, and is one in both directions.
bool ring_has(int count) {
  const control_block* const first = this_hart().current;
  const control_block* at = first;
  for (; count > 0; --count) {
    const control_block* const before = at;
    at = at->control_block::turn::next;
    if (at->control_block::turn::prev != before) return false;
  }
  return at == first;
}

/// Whoever was woken waits again, and whoever was started has ended.
bool all_is_as_before() {
  const auto waits = [](const task& each) { return each.state() == task_state::blocked; };
  return std::ranges::all_of(waiters, waits) && !worker.joinable() && ring_has(2);
}

/// Walks through `operation` as a task, taking turns with another that runs within `hold_other`, while two wait for the
/// handler.
void walk_through(walk::action operation, holder hold, holder hold_other,
                  walk::action visit = [](walk&) { bell.wake_one(); }) {
  task walker{"walker"}, other{"other"};
  over = false;
  for (int i : {0, 1}) waiters[i].start(waiter_memory[i], keep_waiting);
  other.start(other_memory, [=] { take_turns(hold_other); });
  this_task::yield();
  walker.start(walker_memory, [=] { walk{operation, visit, all_is_as_before}.make(hold); });
  CHECK(walker.join().ok());
  over = true;
  while (bell.wake_one()) {}
  for (auto& waiter : waiters) CHECK(waiter.join().ok());
  CHECK(other.join().ok());
}

/// Walks through a wait that the handler ends, with nobody else to run.
void walk_alone(walk::action operation, walk::action visit) {
  task walker{"walker"};
  walker.start(walker_memory, [=] { walk{operation, visit, [] { return ring_has(1); }}.make(hold_registers); });
  CHECK(walker.join().ok());
}

[[gnu::noinline]] void yield(walk&) { this_task::yield(); }
[[gnu::noinline]] void yield_out_of_line(walk&) { this_task::yield_out_of_line(); }

template <auto yield>
void twice(walk& walk) {
  yield(walk);
  yield(walk);
}

template <auto function>
void start_and_join(walk&) {
  worker.start(worker_memory, function);
  (void)worker.join();
}

constinit arch::stack_pointer other_side = nullptr;

/// A bare context that always switches back.
void begin_other_side() {
  constexpr auto switch_back = [](void*) { for (;;) arch::switch_context(&other_side, other_side); };
  other_side = arch::context::first_frame(stack_view{body_memory}.high(), switch_back, nullptr);
}

}  // namespace

CASE("time is counted in instructions") {
  const auto begin = instructions();
  pass_instructions(100);
  const auto passed = instructions() - begin;
  if (CHECK(passed > 100 && passed < 150)) return;
  print("# run it with QEMU's -icount shift=0,sleep=off\n");
  this_task::exit(1);
}

CASE("yield, with integer registers in use") { walk_through(yield, hold_integer_registers, hold_integer_registers); }
CASE("yield, from the place of the one before") { walk_through(twice<yield>, hold_integer_registers, hold_integer_registers); }
CASE("yield, with FP registers in use") { walk_through(yield, hold_registers, hold_registers); }
CASE("yield from FP registers to none") { walk_through(yield, hold_registers, hold_integer_registers); }
CASE("yield from none to FP registers") { walk_through(yield, hold_integer_registers, hold_registers); }

CASE("yield out of line, from the place of the one before and from another") {
  for (const holder hold : {hold_integer_registers, hold_registers})
    for (const holder hold_other : {hold_integer_registers, hold_registers}) {
      walk_through(yield_out_of_line, hold, hold_other);
      walk_through(twice<yield_out_of_line>, hold, hold_other);
    }
}

CASE("a bare switch, there and back") {
  for (const holder hold : {hold_integer_registers, hold_registers}) {
    begin_other_side();
    walk_through([](walk&) { arch::switch_context(&other_side, other_side); }, hold, hold_registers);
  }
}

CASE("a bare switch to a context that begins") {
  walk_through([](walk&) {
    begin_other_side();
    arch::switch_context(&other_side, other_side);
  }, hold_registers, hold_registers);
}

CASE("block, and wake by another task") {
  walk_through([](walk&) {
    blocked = this_hart().current;
    this_hart().check_stack_before_queueing();
    arch::interrupts::mask();
    this_hart().block_masked();
  }, hold_registers, hold_registers);
}

CASE("wake out of a queue that the handler wakes from, too") {
  walk_through([](walk&) { bell.wake_one(); }, hold_registers, hold_registers);
}

CASE("start, first entry, return and join") {
  walk_through(start_and_join<[] {}>, hold_integer_registers, hold_integer_registers);
}

CASE("the end of a task that has used FP registers") {
  constexpr auto use_registers = [] { hold_registers(~patterns[0], 1, [](void*) {}, nullptr); };
  walk_through(start_and_join<use_registers>, hold_registers, hold_integer_registers);
}

CASE("exit") {
  walk_through(start_and_join<[] { this_task::exit(3); }>, hold_integer_registers, hold_registers);
}

CASE("yield, and start by the handler") {
  walk_through(yield, hold_registers, hold_registers, [](walk&) { worker.start(worker_memory, [] {}); });
}

CASE("yield out of line, and start by the handler") {
  walk_through(twice<yield_out_of_line>, hold_integer_registers, hold_integer_registers,
               [](walk&) { worker.start(worker_memory, [] {}); });
}

CASE("resume and yield of a generator") {
  static generator<int> body;
  body = generator<int>{body_memory, [](auto& yield) { while (yield(1)) {} }};
  walk_through([](walk&) { (void)body.resume(); }, hold_registers, hold_integer_registers);
  body = {};
}

CASE("yield out of line by the body of a generator") {
  static generator<int> body;
  body = generator<int>{body_memory, [](auto& yield) { do this_task::yield_out_of_line(); while (yield(1)); }};
  walk_through([](walk&) { (void)body.resume(); }, hold_integer_registers, hold_registers);
  body = {};
}

CASE("a wait that the handler ends on an idle hart") {
  static constinit bool rung;
  rung = false;
  walk_alone([](walk&) {
    arch::interrupts::mask();
    if (rung) {
      arch::interrupts::unmask();
    } else {
      ++this_hart().expecting;
      bell.wait_masked();
    }
    rung = false;
  }, [](walk&) {
    rung = true;
    if (bell.wake_one()) --this_hart().expecting;
  });
}

CASE("a unit that a handler gives at any moment of an acquire") {
  static constinit counting_semaphore<> units{0};
  walk_alone([](walk&) {
    const interrupt_expected unit;
    units.acquire();
  }, [](walk&) { units.release(); });
}

CASE("an event that a handler sets at any moment of a wait for it") {
  static constinit event bell_rung{"bell"};
  walk_alone([](walk&) {
    const interrupt_expected rung;
    bell_rung.wait();
    bell_rung.reset();
  }, [](walk&) { bell_rung.set(); });
}

CASE("a value that a handler sends at any moment of a select that is not to wait") {
  static constinit channel<int> letters;
  static constinit volatile bool sent = false;
  static constinit int wrong = 0;
  walk_alone([](walk&) {
    sent = false;
    std::optional<int> got;
    const bool received = try_select(on_receive(letters, got)) == 0;
    if (received != sent || received != got.has_value() || letters.try_send(2)) ++wrong;
  }, [](walk&) { sent = letters.try_send(1); });
  CHECK_EQ(wrong, 0);
}

CASE("a handler breaks a wait off at any moment, which another task ends") {
  static constinit counting_semaphore<> units{0};
  static constinit const control_block* taker = nullptr;
  walk_through([](walk&) {
    taker = this_hart().current;
    worker.start(worker_memory, [] { units.release(); });
    const bool got = units.acquire();
    (void)worker.join();
    if (!got) units.acquire();
  }, hold_integer_registers, hold_integer_registers, [](walk&) {
    if (taker == nullptr) return;
    if (wait_place* const place = place_of(*taker)) place->end(wait_status::stopped);
  });
  CHECK(!units.try_acquire());
}

CASE("a sleep that is due at any of its own instructions") {
  walk_alone([](walk& self) { this_task::sleep_until(clock::at(self.deadline())); }, [](walk&) {});
}

CASE("where the interrupts came") { print_places(); }
