/// The fault matrix: every way to end badly, twice in one run, beside a task that goes on. tests/test_faults.py boots
/// the same image and looks at what it reports.
#include "harness.hpp"

#include <bobbin.hpp>
#include <debug/symbols.hpp>
#include <instructions.hpp>

#include <bit>
#include <cstdint>
#include <string_view>

using namespace bobbin;
using kind = outcome::kind;

namespace {

stack<8_KiB> stacks[2];
stack<64_KiB> large;
stack<1_KiB> dense[2];  // what overflows the second one runs into the first
stack<4_KiB> bodies[3];

int* volatile nothing = nullptr;
volatile long zero = 0;
volatile int sum = 0;
constexpr int constant = 1;
int numbers[2] = {1, 2};
alignas(16) instructions::code code_in_data = {instructions::return_at_once[0]};

constexpr std::uintptr_t not_an_address = 0xdead'beef'dead'beef;  // of neither machine

using function = void (*)();
function function_at(const volatile void* address) { return std::bit_cast<function>(address); }
void write_to(const volatile void* address) { *static_cast<volatile int*>(const_cast<volatile void*>(address)) = 7; }

/// Runs `mistake` as the task "culprit" twice on `memory`, beside a task that must not notice; then a task that makes
/// none. `within` is a part of the name of the function at fault, "" for one that does not exist.
void faults_twice(std::string_view cause, std::string_view within, void (*mistake)(), stack_view memory = stacks[1]) {
  int ticks = 0;
  bool over = false;
  task bystander{"bystander"}, culprit{"culprit"};
  bystander.start(stacks[0], [&] { while (!over) ++ticks, this_task::yield(); });
  for (int time = 0; time < 2; ++time) {
    bool went_on = false;
    CHECK(culprit.start(memory, [&] { mistake(), went_on = true; }) == start_status::ok);
    const outcome how = culprit.join();
    CHECK(how.how() == kind::faulted);
    CHECK_EQ(std::string_view{how.cause()}, cause);
    const std::string_view name = symbol_at(how.pc()).name;
    if (!CHECK(within.empty() ? name.empty() : name.find(within) != name.npos)) print("# it was in {}\n", name);
    CHECK(!went_on);
    const int before = ticks;
    this_task::yield();
    this_task::yield();
    CHECK(ticks > before);
  }
  bool reused = false;
  CHECK(culprit.start(memory, [&] { reused = true; }) == start_status::ok);
  CHECK(culprit.join().ok());
  CHECK(reused);
  over = true;
  CHECK(bystander.join().ok());
}

template <int Bytes>
[[gnu::noinline]] int recurse(int depth) {
  volatile char local[Bytes];
  local[0] = static_cast<char>(depth);
  return depth == zero ? 0 : recurse<Bytes>(depth + 1) + local[0];
}

[[gnu::noinline]] int yield_below(const std::byte* end) {
  volatile std::byte local[16];
  local[0] = std::byte{};
  if (&local[0] >= end) return yield_below(end) + 1;
  this_task::yield();
  return 0;
}

// The functions at fault, to be found by name.
[[gnu::noinline]] void read_null() { sum = *nothing; }
[[gnu::noinline]] void write_null() { *nothing = 7; }
[[gnu::noinline]] void read_page_0() { sum = static_cast<volatile char*>(static_cast<void*>(nothing))[4095]; }
[[gnu::noinline]] void read_nowhere() { sum = *std::bit_cast<volatile int*>(std::uintptr_t{0x6000'0000'0000}); }
[[gnu::noinline]] void read_beyond_addresses() { sum = *std::bit_cast<volatile int*>(not_an_address); }
[[gnu::noinline]] void write_beyond_addresses() { *std::bit_cast<volatile int*>(not_an_address) = 7; }
[[gnu::noinline]] void write_code() { write_to(std::bit_cast<void*>(&read_null)); }
[[gnu::noinline]] void write_constant() { write_to(&constant); }
[[gnu::noinline]] void illegal() { instructions::illegal(); }
[[gnu::noinline]] void meet_breakpoint() { instructions::breakpoint(); }
[[gnu::noinline]] void write_guard() { write_to(stack_view{stacks[0]}.low() - 8); }
[[gnu::noinline]] void misalign() { instructions::misaligned(reinterpret_cast<char*>(numbers) + 1); }
[[gnu::noinline]] void divide() { sum = instructions::divide(1, zero); }
[[gnu::noinline]] void join_never() {
  task never{"never"};
  (void)never.join();
}
[[gnu::noinline]] void claim() { ASSERT(zero == 1); }

}  // namespace

CASE("deep recursion hits the guard") {
  faults_twice("stack overflow", "recurse", [] { sum = recurse<16>(1); });
}

CASE("a large frame hits the guard") {
  faults_twice("stack overflow", "recurse", [] { sum = recurse<instructions::largest_frame>(1); });
}

CASE("a large frame on a large stack hits the guard, too") {
  faults_twice("stack overflow", "recurse", [] { sum = recurse<instructions::largest_frame>(1); }, large);
}

CASE("deep recursion on the stack of a pool hits the guard, and the stack serves the next task") {
  static constinit task_pool<1, 8_KiB> pool;
  for (int time = 0; time < 2; ++time) {
    const outcome how = pool.start("pooled", [] { sum = recurse<16>(1); }).join();
    CHECK(how.how() == kind::faulted);
    CHECK_EQ(std::string_view{how.cause()}, "stack overflow");
    CHECK(pool.start("next", [] {}).join().ok());
    CHECK(pool.start_detached("detached", [] { sum = recurse<16>(1); }) == start_status::ok);
    this_task::yield();
    CHECK_EQ(pool.available(), 1u);
  }
}

CASE("deep recursion in a generator hits the guard of its stack, and the resumer goes on") {
  for (int time = 0; time < 2; ++time) {
    generator<int> body{bodies[0], [](auto& yield) {
      yield(1);
      sum = recurse<16>(1);
    }};
    CHECK(body.resume() == 1);
    CHECK(!body.resume().has_value());
    CHECK(body.finished());
    CHECK_EQ(std::string_view{body.how().cause()}, "stack overflow");
  }
}

CASE("the overflow of a dense stack is seen when the task yields") {
  faults_twice("stack exhausted", "check_stack", [] { sum = yield_below(stack_view{dense[1]}.low()); }, dense[1]);
}

CASE("null read") { faults_twice("null pointer", "read_null", read_null); }
CASE("null write") { faults_twice("null pointer", "write_null", write_null); }
CASE("null call") { faults_twice("null pointer", "", [] { function_at(nothing)(); }); }
CASE("the last byte of page 0") { faults_twice("null pointer", "read_page_0", read_page_0); }
CASE("wild pointer") { faults_twice("wild pointer", "read_nowhere", read_nowhere); }
CASE("a read from what is no address") { faults_twice("wild pointer", "read_beyond", read_beyond_addresses); }
CASE("a write to what is no address") { faults_twice("wild pointer", "write_beyond", write_beyond_addresses); }
CASE("a jump to what is no address") {
  faults_twice("wild pointer", "", [] { function_at(std::bit_cast<void*>(not_an_address - 1))(); });
}
CASE("write to .text") { faults_twice("code is read-only", "write_", write_code); }
CASE("write to .rodata") { faults_twice("constants are read-only", "write_", write_constant); }

CASE("execute on the stack") {
  faults_twice("data is not code", "", [] {
    alignas(16) volatile instructions::code code = {instructions::return_at_once[0]};
    function_at(code)();
    sum = code[0];
  });
}

CASE("execute in data") {
  faults_twice("data is not code", "", [] { function_at(code_in_data)(); });
}

CASE("execute in constants") {
  faults_twice("data is not code", "", [] { function_at(instructions::return_at_once)(); });
}

CASE("illegal instruction") { faults_twice("illegal instruction", "illegal", illegal); }
CASE("breakpoint") { faults_twice("breakpoint", "breakpoint", meet_breakpoint); }
CASE("misaligned access") { faults_twice("misaligned access", "misalign", misalign); }

CASE("division by zero") {
  if (instructions::division_by_zero_faults)
    faults_twice(instructions::division_cause, "divide", divide);
  else
    CHECK_EQ(instructions::divide(1, zero), -1);
}

CASE("assertion") { faults_twice("assertion failed", "claim", claim); }

CASE("write to the guard of another stack") {
  faults_twice("wild pointer", "write_", write_guard);
}

namespace {

/// Calls `there` from a depth of so many calls.
[[gnu::noinline]] int descend(int calls, void (*there)()) {
  volatile int local = calls;
  if (calls == 0) there();
  return calls == 0 ? 0 : descend(calls - 1, there) + local;
}

}  // namespace

CASE("a fault in a hundred calls") {
  faults_twice("null pointer", "write_null", [] { sum = descend(100, write_null); }, large);
}

CASE("a misuse in a hundred calls") {
  faults_twice("joined before it was started", "join_never", [] { sum = descend(100, join_never); }, large);
}

CASE("a fault in the innermost of three generators: each resumer goes on") {
  for (int time = 0; time < 2; ++time) {
    bool stepped_out[2] = {};
    outcome innermost;
    task reader{"reader"};
    reader.start(stacks[1], [&] {
      generator<int> outer{bodies[0], [&](auto& yield_to_task) {
        generator<int> middle{bodies[1], [&](auto& yield_to_outer) {
          generator<int> inner{bodies[2], [](auto& yield) {
            yield(1);
            read_null();
          }};
          while (const auto value = inner.resume()) yield_to_outer(*value);
          innermost = inner.how();
          stepped_out[0] = true;
        }};
        while (const auto value = middle.resume()) yield_to_task(*value);
        stepped_out[1] = true;
      }};
      CHECK(outer.resume() == 1);
      CHECK(!outer.resume().has_value());
      CHECK(outer.how().ok());
    });
    CHECK(reader.join().ok());
    CHECK(stepped_out[0] && stepped_out[1]);
    CHECK(innermost.how() == kind::faulted);
    CHECK_EQ(std::string_view{innermost.cause()}, "null pointer");
    CHECK(symbol_at(innermost.pc()).name.find("read_null") != std::string_view::npos);
  }
}

CASE("a fault in a generator that is being destroyed") {
  for (int time = 0; time < 2; ++time) {
    {
      generator<int> body{bodies[0], [](auto& yield) {
        while (yield(1)) {}
        read_null();
      }};
      CHECK(body.resume() == 1);
    }
    CHECK(!in_use(bodies[0]));
  }
}

namespace {

struct broken {};

void format_value(sink out, const format_spec&, const broken&) {
  format_to(out, "half of it");
  read_null();
}

}  // namespace

CASE("a fault in the middle of printing") {
  faults_twice("null pointer", "read_null", [] { print("# {} and the rest\n", broken{}); });
}

CASE("interrupts go on after a fault with interrupts masked") {
  faults_twice("null pointer", "read_null", [] {
    const interrupts_masked guard;
    read_null();
  });
  const auto before = clock::now();
  this_task::sleep_for(1ms);
  CHECK(clock::now() >= before + 1ms);
}

CASE("a task may end another's wait by its fault") {
  task culprit{"culprit"}, waiter{"waiter"};
  for (int time = 0; time < 2; ++time) {
    culprit.start(stacks[0], [] {
      this_task::yield();
      write_null();
    });
    waiter.start(stacks[1], [&] { return culprit.join().how() == kind::faulted ? 5 : 6; });
    CHECK_EQ(waiter.join().status(), 5);
  }
}
