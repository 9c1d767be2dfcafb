/// Faults whose reports are worth a look, chosen by the first argument; some take a second one.
#include "bobbin.hpp"

#include <exceptions.hpp>

#include <task/interrupts_masked.hpp>
#include <time/timers.hpp>

#include <arch/clock.hpp>
#include <arch/context.hpp>
#include <arch/image.hpp>

#include <bit>
#include <cstring>
#include <optional>

using namespace bobbin;

namespace {

stack<8_KiB> memory, other_memory, third_memory;
stack<4_KiB> bodies[3];
constinit task culprit{"culprit"}, other{"other"}, third{"third"};

int* volatile nothing = nullptr;
const char* volatile detail = "";  // the second argument
volatile int sum = 0;

[[gnu::noinline]] void innermost_call() { sum = *nothing; }
[[gnu::noinline]] void middle_call() {
  innermost_call();
  sum = sum + 1;
}
[[gnu::noinline]] void outermost_call() {
  middle_call();
  sum = sum + 1;
}

[[gnu::noinline]] int recurse(int depth) {
  sum = depth;
  return depth == 0 ? 0 : recurse(depth + 1) + sum;
}

[[gnu::noinline]] int pong(int depth);
[[gnu::noinline]] int ping(int depth) { return pong(depth + 1) + sum; }
int pong(int depth) {
  sum = depth;
  return depth == 0 ? 0 : ping(depth + 1) + sum;
}

/// Many functions, each called once.
template <int Level>
[[gnu::noinline]] int descend() {
  if constexpr (Level == 0)
    innermost_call();
  else
    sum = descend<Level - 1>() + Level;
  return sum;
}

/// Makes its frame say that its caller has the same frame.
[[gnu::noinline]] void tie_a_loop() {
  const auto frame = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
  *reinterpret_cast<volatile std::uintptr_t*>(frame + arch::context::caller_offset) = frame;
  innermost_call();
  sum = sum + 1;
}

using yielder_of_int = yielder<int, void>;

[[gnu::noinline]] void inner_body(yielder_of_int& yield) {
  yield(1);
  outermost_call();
}

[[gnu::noinline]] void middle_body(yielder_of_int& yield) {
  generator<int> inner{bodies[2], [](auto& inner_yield) { inner_body(inner_yield); }};
  while (const auto value = inner.resume()) yield(*value);
}

[[gnu::noinline]] void outer_body(yielder_of_int& yield) {
  generator<int> middle{bodies[1], [](auto& middle_yield) { middle_body(middle_yield); }};
  while (const auto value = middle.resume()) yield(*value);
}

[[gnu::noinline]] int sum_of_values() {
  int total = 0;
  generator<int> outer{bodies[0], [](auto& outer_yield) { outer_body(outer_yield); }};
  while (const auto value = outer.resume()) total += *value;
  return total;
}

/// Yields from a depth until it is asked to stop.
[[gnu::noinline]] int yield_often(int depth) {
  if (depth > 0) return yield_often(depth - 1) + 1;
  while (!this_task::stop_requested()) this_task::yield();
  return 0;
}

[[gnu::noinline]] void sleep_long() { this_task::sleep_for(1h); }

volatile int* address_in_detail() {
  std::uintptr_t address = 0;
  for (const char* digit = detail + 2; *digit != 0; ++digit)
    address = address * 16 + static_cast<std::uintptr_t>(*digit <= '9' ? *digit - '0' : *digit - 'a' + 10);
  return std::bit_cast<volatile int*>(address);
}

/// Runs `mistake` as the task "culprit", then says that main goes on.
int go_on_after(void (*mistake)()) {
  culprit.start(memory, mistake);
  const outcome how = culprit.join();
  print("join returned: {}, status {}\n", how.cause(), how.status());
  return 0;
}

[[gnu::noinline]] void join_it(task& what) {
  (void)what.join();
  asm volatile("");  // so that it is on the stack meanwhile
}

/// Joins from one place what has ended, and then, from there again, what has not.
[[gnu::noinline]] void join_twice(task& ended_soon, task& not_ended) {
  for (task* what : {&ended_soon, &not_ended}) join_it(*what);
}

void start_others() {
  other.start(other_memory, [] { return yield_often(3); });
  third.start(third_memory, sleep_long);
  this_task::yield();
}

struct broken {};

void format_value(sink out, const format_spec&, const broken&) {
  format_to(out, "half");
  innermost_call();
}

[[gnu::noinline]] void faulty_callback(timer&) noexcept { innermost_call(); }
[[gnu::noinline]] void endless_callback(timer&) noexcept { sum = recurse(1); }

[[gnu::noinline]] void ruinous_callback(timer&) noexcept {
  this_hart().idle.control_block::registration::next = reinterpret_cast<control_block*>(16);
  innermost_call();
}

constinit std::optional<timer> alarm;

/// Has a handler call `callback` while main and others yield.
int go_on_until(timer::action callback) {
  start_others();
  alarm.emplace(clock::tick_of(clock::now() + 1ms), callback);
  {
    const interrupts_masked guard;
    timers::add(*alarm);
  }
  return yield_often(2);
}

/// Says half a line in one task, and goes wrong as `then` does in another.
int in_the_middle_of_a_line(void (*then)()) {
  other.start(other_memory, [] {
    print("half a line");
    sum = yield_often(0);
  });
  this_task::yield();
  then();
  return 0;
}

/// Prints what ends in a guard.
void print_into_a_guard() {
  constexpr std::string_view text = "half a line";
  auto* const guard = reinterpret_cast<char*>(arch::boundary(stack_view{other_memory}.low()) - page_bytes);
  std::memcpy(guard - text.size(), text.data(), text.size());
  print("{}", std::string_view{guard - text.size(), 100});
}

/// Makes the kernel's own data wrong in one place, and then a fault, which is told with ARGS=panic=first.
int damage(void (*what)()) {
  static void (*to_do)();
  to_do = what;
  start_others();
  return go_on_after([] {
    to_do();
    outermost_call();
  });
}

control_block& block_of(task& task) { return reinterpret_cast<control_block&>(task); }
control_block::registration& hook_of(task& task) { return block_of(task); }

template <class Pointer>
Pointer wild() {
  return std::bit_cast<Pointer>(std::uintptr_t{0xdead'beef'dead'beef} & ~std::uintptr_t{7});
}

struct mistake {
  std::string_view name;
  int (*make)();
};

constexpr mistake mistakes[] = {
    {"deep", [] { return go_on_after(outermost_call); }},
    {"read-at", [] { return go_on_after([] { sum = *address_in_detail(); }); }},
    {"write-at", [] { return go_on_after([] { *address_in_detail() = 7; }); }},
    {"jump-to", [] { return go_on_after([] { std::bit_cast<void (*)()>(address_in_detail())(); }); }},
    {"raise", [] { return go_on_after([] { raise_exception(detail); }); }},
    {"recursion", [] { return go_on_after([] { sum = recurse(1); }); }},
    {"recursion-of-two", [] { return go_on_after([] { sum = ping(1); }); }},
    {"long-chain", [] { return go_on_after([] { sum = descend<50>(); }); }},
    {"loop-of-frames", [] { return go_on_after(tie_a_loop); }},
    {"generators", [] { return go_on_after([] { sum = sum_of_values(); }); }},
    {"assertion", [] { return go_on_after([] { ASSERT(sum == 3); }); }},
    {"misuse", [] { return go_on_after([] { (void)culprit.join(); }); }},
    {"half-a-line", [] { return go_on_after([] { print("{} a line\n", broken{}); }); }},
    {"main", [] {
       other.start(other_memory, [] {
         for (int i = 0; i < 3; ++i) print("other goes on\n"), this_task::yield();
       });
       outermost_call();
       return 0;
     }},
    {"joining-again", [] {
       static stack<8_KiB> ending_memory;
       static constinit task ending{"ending"};
       other.start(other_memory, [] { return yield_often(3); });
       ending.start(ending_memory, [] { this_task::yield(); });
       third.start(third_memory, [] { join_twice(ending, other); });
       for (int turn = 0; turn < 4; ++turn) this_task::yield();
       go_on_after(outermost_call);
       return 0;
     }},
    {"main-with-others", [] {
       start_others();
       go_on_after(outermost_call);
       return 0;
     }},
    {"handler", [] { return go_on_until(faulty_callback); }},
    {"ruinous-handler", [] { return go_on_until(ruinous_callback); }},
    {"endless-handler", [] { return go_on_until(endless_callback); }},
    {"line-then-fault", [] { return in_the_middle_of_a_line([] { go_on_after(outermost_call); }); }},
    {"line-then-misuse", [] { return in_the_middle_of_a_line([] { go_on_after([] { (void)third.join(); }); }); }},
    {"line-then-deadlock", [] { return in_the_middle_of_a_line([] {
       other.request_stop();
       third.start(third_memory, [] { (void)culprit.join(); });
       go_on_after([] { (void)third.join(); });
     }); }},
    {"line-then-unfinished", [] { return in_the_middle_of_a_line([] {}); }},
    {"line-then-ignored-stop", [] { return in_the_middle_of_a_line([] {
       generator<int> stubborn{bodies[0], [](auto& yield) { for (;;) yield(1); }};
       (void)stubborn.resume();
     }); }},
    {"line-then-handler", [] { return in_the_middle_of_a_line([] {
       alarm.emplace(clock::tick_of(clock::now() + 1ms), faulty_callback);
       const interrupts_masked guard;
       timers::add(*alarm);
     }) + yield_often(2); }},
    {"line-that-faults", [] {
       other.start(other_memory, [] {});
       (void)other.join();
       return go_on_after(print_into_a_guard);
     }},
    {"damaged-list-wild", [] { return damage([] { hook_of(other).next = wild<control_block*>(); }); }},
    {"damaged-list-null", [] { return damage([] { hook_of(other).next = nullptr; }); }},
    {"damaged-list-loop", [] { return damage([] { hook_of(third).next = &block_of(other); }); }},
    {"damaged-list-itself", [] { return damage([] { hook_of(other).next = &block_of(other); }); }},
    {"damaged-name", [] { return damage([] { block_of(other).name = wild<const char*>(); }); }},
    {"damaged-stack", [] { return damage([] { block_of(other).foot = wild<stack_foot*>(); }); }},
    {"damaged-context", [] { return damage([] { block_of(other).pc = reinterpret_cast<std::uintptr_t>(wild<void*>()); }); }},
    {"damaged-frames", [] { return damage([] { std::memset(stack_view{other_memory}.low() + 4096, 0x5a, 4096); }); }},
    {"damaged-ring", [] { return damage([] { static_cast<control_block::turn&>(block_of(other)).next = nullptr; }); }},
    {"damaged-place", [] { return damage([] { block_of(third).place = wild<wait_place*>(); }); }},
    {"damaged-wait", [] { return damage([] { block_of(third).place->queue = wild<wait_queue*>(); }); }},
    {"damaged-holder", [] {
       return damage([] {
         static wait_queue thing{"thing"};
         thing.name = wild<const char*>();
         thing.holder = wild<control_block*>();
         block_of(third).place->queue = &thing;
       });
     }},
    {"damaged-joiners", [] { return damage([] { block_of(culprit).joiners->next = block_of(culprit).joiners; }); }},
    {"damaged-hart", [] {
       start_others();
       this_hart().current = wild<control_block*>();
       outermost_call();
       return 0;
     }},
    {"twice", [] { return go_on_after(outermost_call) + go_on_after(outermost_call); }},
};

}  // namespace

int main(int argc, char** argv) {
  if (argc > 2) detail = argv[2];
  for (auto [name, make] : mistakes)
    if (argc > 1 && name == argv[1]) return make();
  return 99;
}
