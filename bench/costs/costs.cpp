/// What the operations of the kernel cost in instructions: the rows of docs/costs.md. Run it with `make bench`.
#include "measure.hpp"

#include <arch/context.hpp>
#include <task/generator_record.hpp>

#include <cstddef>
#include <cstdint>
#include <ranges>
#include <span>
#include <string_view>

/// A call that does nothing, to be subtracted: on both machines one instruction of this name.
extern "C" void return_at_once(bobbin::arch::stack_pointer*, bobbin::arch::stack_pointer) noexcept;
asm(".text\n"
    ".globl return_at_once\n"
    "return_at_once: ret\n");

namespace {

using namespace bobbin;
using namespace bench;

stack<16_KiB> first_memory;
constinit task first{"first"};

// ------------------------------------------------------------------------------------------------- the switch ----

constinit arch::stack_pointer other_side;
constinit volatile double number;

void leave_fp_alone() noexcept {}
void use_fp() noexcept { number = number + 1; }

/// Both sides of the exchange run this, so that both have the same loop.
template <void (*work)()>
[[gnu::noinline]] void exchange(unsigned rounds) noexcept {
  for (; rounds != 0; --rounds) {
    work();
    arch::switch_context(&other_side, other_side);
    compiler_fence();
  }
}

template <void (*work)()>
std::uint64_t exchange_cost(stack_view memory, unsigned rounds) noexcept {
  other_side = arch::context::first_frame(memory.high(), [](void*) { exchange<work>(UINT32_MAX); }, nullptr);
  return cost_of(exchange<work>, rounds);
}

void measure_switch() {
  constexpr unsigned rounds = 1000, switches = 2 * rounds;
  const std::uint64_t total = exchange_cost<leave_fp_alone>(first_memory, rounds);
  row("bare switch", "instructions", total, 2 * cost_of(repeated(nothing), rounds), switches);

  // What is left is the function itself, once the return of the empty call is given back.
  const std::uint64_t call = 2 * cost_of(repeated([] { return_at_once(&other_side, other_side); }), rounds);
  row("bare switch, function alone", "instructions", total, call - switches, switches);
}

/// Part of a task of its own: whoever has used FP registers is a task that uses them from then on.
void measure_switch_with_fp(stack_view memory) {
  constexpr unsigned rounds = 1000, switches = 2 * rounds;
  row("bare switch, FP registers in use", "instructions", exchange_cost<use_fp>(memory, rounds),
      2 * cost_of(repeated([] { use_fp(); }), rounds), switches);
}

// -------------------------------------------------------------------------------------------------- the yield ----

constexpr std::size_t most_ready = 100'000;
constexpr std::size_t small_stack_bytes = 512;

stack<most_ready * small_stack_bytes> small_stacks;
constinit task others[most_ready - 1];

constexpr auto yield_inline = [] { this_task::yield(); };
constexpr auto yield_out_of_line = [] { this_task::yield_out_of_line(); };

/// Every task, the measuring one among them, is in this loop. One round of one is a round of all.
template <auto yield>
[[gnu::noinline]] void keep_yielding(unsigned rounds) noexcept {
  for (; rounds != 0; --rounds) {
    yield();
    compiler_fence();
  }
}

template <auto yield = yield_inline>
void measure_yield(std::string_view name, std::size_t ready, unsigned rounds) {
  const std::span beside{others, ready - 1};
  std::byte* memory = stack_view{small_stacks}.low();
  for (task& other : beside) {
    const auto started = other.start(std::span{memory, small_stack_bytes}, [rounds] { keep_yielding<yield>(4 * rounds); });
    ASSERT(started == start_status::ok);
    memory += small_stack_bytes;
  }
  const std::uint64_t total = cost_of(keep_yielding<yield>, rounds);
  for (task& other : beside) other.join();
  row(name, "instructions", total, ready * cost_of(repeated(nothing), rounds), ready * rounds);
}

/// The same for two that yield from two places in turn.
[[gnu::noinline]] void yield_deeper() noexcept {
  this_task::yield();
  compiler_fence();
}

[[gnu::noinline]] void keep_yielding_from_two_places(unsigned rounds) noexcept {
  for (; rounds != 0; --rounds) {
    this_task::yield();
    compiler_fence();
    yield_deeper();
  }
}

void measure_yield_from_two_places() {
  constexpr unsigned rounds = 1000;
  first.start(first_memory, [] { keep_yielding_from_two_places(4 * rounds); });
  const std::uint64_t total = cost_of(keep_yielding_from_two_places, rounds);
  first.join();
  row("two yields, from two places", "instructions", total, 2 * cost_of(repeated(nothing), rounds), 2 * rounds);
}

void measure_stack_check() {
  const control_block& self = *this_hart().current;
  measure("stack check at a switch", [&self] {
    if (!self.may_switch_at(arch::cpu::stack_pointer())) [[unlikely]] misuse("out of stack", "bench");
  });
}

// ------------------------------------------------------------------------------------------------- generators ----

constexpr auto count = [](auto& yield) {
  for (unsigned i = 0; yield(i); ++i) {}
};

/// One item of `items(left)`, which has `left` of them, in a for loop.
template <class Items>
void measure_item(std::string_view name, Items items) {
  constexpr unsigned rounds = 1000;
  const auto loop_over = [&items](unsigned left) {
    for (const unsigned number : items(left)) use(number);
  };
  row(name, "instructions", cost_of(loop_over, rounds), cost_of(repeated([] { use(0u); }), rounds), rounds);
}

void measure_views(generator<unsigned>& numbers) {
  namespace views = std::views;
  constexpr auto twice = [](unsigned number) { return 2 * number; };
  constexpr auto not_seven = [](unsigned number) { return number != 7; };
  measure_item("generator item, views: transform, take",
               [&](unsigned left) { return numbers | views::transform(twice) | views::take(left); });
  measure_item("generator item, views: filter, transform, take", [&](unsigned left) {
    return numbers | views::filter(not_seven) | views::transform(twice) | views::take(left);
  });
}

void measure_generators() {
  constexpr unsigned rounds = 1000;
  generator<unsigned> numbers{first_memory, count};
  const auto loop_over = [&numbers](unsigned left) {
    for (const unsigned number : numbers) {
      use(number);
      if (--left == 0) break;
    }
  };
  row("generator item, range-for", "instructions", cost_of(loop_over, rounds),
      cost_of(repeated([] { use(0u); }), rounds), rounds);
  measure_views(numbers);
  measure("generator item, resume()", [&numbers] { use(*numbers.resume()); });
}

void measure_generator_life() {
  measure("generator create + item + drop", [] {
    generator<unsigned> numbers{first_memory, count};
    use(*numbers.resume());
  });
}

// ------------------------------------------------------------------------------------------------------ tasks ----

constinit task_pool<4, 1_KiB> pool;

void measure_tasks() {
  measure("start + run + join", [] {
    first.start(first_memory, [] {});
    first.join();
  });
  measure("start + run + join, from a pool", [] { pool.start("pooled", [] {}).join(); });
}

// -------------------------------------------------------------------------------------------- synchronisation ----

constinit mutex lock_to_measure;
constinit counting_semaphore<> units{0};
constinit binary_semaphore ping{0}, pong{0};

/// A round of a loop is `operations` of the kind that is measured, and half as many rounds of a loop in another task.
template <class Loop>
void measure_hand_over(std::string_view name, Loop loop, unsigned operations) {
  constexpr unsigned rounds = 1000;
  row(name, "instructions", cost_of(loop, rounds), 2 * cost_of(repeated(nothing), rounds), operations * rounds);
}

void measure_mutex() {
  measure("mutex lock + unlock", [] {
    lock_to_measure.lock();
    compiler_fence();
    lock_to_measure.unlock();
  });
}

void measure_semaphore() {
  measure("semaphore give + take", [] {
    units.release();
    compiler_fence();
    units.acquire();
  });
  first.start(first_memory, [] {
    while (ping.acquire()) {
      compiler_fence();
      pong.release();
    }
  });
  measure_hand_over("semaphore hand-over", repeated([] {
    ping.release();
    compiler_fence();
    pong.acquire();
  }), 2);
  first.request_stop();
  first.join();
}

struct message {
  std::uint64_t from, text;
};
constinit channel<message, 1> letters, answers;
constinit channel<message, 16> stream;
constinit event over;

void measure_channel() {
  measure("channel send + receive of 16 bytes", [] {
    letters.send(message{1, 2});
    compiler_fence();
    use(letters.receive()->text);
  });
  first.start(first_memory, [] {
    while (const auto got = letters.receive()) answers.send(message{got->text, got->from});
  });
  measure_hand_over("channel hand-over of 16 bytes", repeated([] {
    letters.send(message{1, 2});
    compiler_fence();
    use(answers.receive()->text);
  }), 2);
  first.request_stop();
  first.join();
}

/// As many as there is room for are sent and received in one turn each.
void measure_stream() {
  first.start(first_memory, [] {
    while (const auto got = stream.receive()) use(got->text);
  });
  constexpr unsigned rounds = 16 * 100;
  row("channel stream of 16 bytes, 16 deep", "instructions", cost_of(repeated([] { stream.send(message{1, 2}); }), rounds),
      2 * cost_of(repeated(nothing), rounds), rounds);
  first.request_stop();
  first.join();
}

void measure_select() {
  first.start(first_memory, [] {
    while (answers.send(message{1, 2})) compiler_fence();
  });
  std::optional<message> got;
  const auto select_one = [&got] {
    if (select(on_receive(letters, got), on_receive(stream, got), on_event(over), on_receive(answers, got)) != 3) misuse("failed", "select");
  };
  measure("select over 4, of which one is ready", select_one);
  first.request_stop();
  first.join();
}

constexpr std::size_t crowd = 100;

/// All wait for the same event; what they do then is wait again.
void measure_broadcast() {
  static constinit event all{"all"};
  std::byte* memory = stack_view{small_stacks}.low();
  for (task& other : std::span{others, crowd}) {
    const auto started = other.start(std::span{memory, 2 * small_stack_bytes}, [] {
      while (all.wait()) compiler_fence();
    });
    ASSERT(started == start_status::ok);
    memory += 2 * small_stack_bytes;
  }
  this_task::yield();
  row("broadcast to 100, until all wait again", "instructions", cost_of(repeated([] {
    all.set();
    all.reset();
    this_task::yield();
  }), 10), cost_of(repeated(nothing), 10), 10);
  for (task& other : std::span{others, crowd}) other.request_stop();
  for (task& other : std::span{others, crowd}) other.join();
}

void report_bytes() {
  row("task", "bytes", sizeof(task));
  row("generator record", "bytes", sizeof(generator_record));
  row("switch frame", "bytes", arch::context::frame_bytes);
  row("switch frame, FP registers in use", "bytes", arch::context::fp_frame_bytes);
  row("smallest stack", "bytes", minimum_stack_bytes);
}

}  // namespace

int main() {
  measure_switch();
  first.start(first_memory, [] { measure_switch_with_fp(small_stacks); });
  first.join();
  measure_yield("yield, 2 ready", 2, 1000);
  measure_yield("yield, 10 ready", 10, 1000);
  measure_yield("yield, 1000 ready", 1000, 20);
  measure_yield("yield, 100000 ready", most_ready, 2);
  measure_yield<yield_out_of_line>("yield, out of line", 10, 1000);
  measure_yield_from_two_places();
  measure_stack_check();
  measure_tasks();
  measure_mutex();
  measure_semaphore();
  measure_channel();
  measure_stream();
  measure_select();
  measure_broadcast();
  measure_generators();  // from here on main has FP registers to keep on riscv64: functions with an inline switch save them
  measure_generator_life();
  report_bytes();
}
