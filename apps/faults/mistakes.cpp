#include "mistakes.hpp"

#include <instructions.hpp>

#include <bit>
#include <cstdint>
#include <cstring>

using namespace bobbin;

namespace mistakes {
namespace {

constexpr std::uintptr_t far_away = 0x6000'0000'0000;  // no machine here has memory there

// Volatile, lest the compiler sees what is coming.
int* volatile nothing = nullptr;
volatile std::uintptr_t somewhere = far_away;
volatile std::uintptr_t garbage = 0xdead'beef'dead'beef;  // neither of them has such addresses
volatile long zero = 0;
volatile int sum = 0;

constexpr int limit = 100;
int numbers[2] = {1, 2};
alignas(16) instructions::code code_in_data = {instructions::return_at_once[0]};

using function = void (*)();

function function_at(const volatile void* address) { return std::bit_cast<function>(address); }

void write_to(const volatile void* address) {
  *static_cast<volatile int*>(const_cast<volatile void*>(address)) = 7;
}

}  // namespace

void read_null() { sum = *nothing; }

void write_null() { *nothing = 7; }

void call_null() { function_at(nothing)(); }

void follow_wild_pointer() { sum = *reinterpret_cast<int*>(somewhere); }

void follow_garbage() { sum = *reinterpret_cast<int*>(garbage); }

void write_to_code() { write_to(std::bit_cast<void*>(&write_to_code)); }

void write_to_constant() { write_to(&limit); }

void execute_stack() {
  alignas(16) volatile instructions::code code = {instructions::return_at_once[0]};
  function_at(code)();
  sum = code[0];
}

void execute_data() { function_at(code_in_data)(); }

void illegal_instruction() { instructions::illegal(); }

void breakpoint() { instructions::breakpoint(); }

void misaligned_access() { instructions::misaligned(reinterpret_cast<char*>(numbers) + 1); }

void divide_by_zero() { sum = instructions::divide(sum, zero); }

namespace {

template <int Bytes>
[[gnu::noinline]] int recurse(int depth) {
  volatile char local[Bytes];
  local[0] = static_cast<char>(depth);
  return depth == zero ? 0 : recurse<Bytes>(depth + 1) + local[0];
}

}  // namespace

void recurse_for_ever() { sum = recurse<16>(1); }

void recurse_with_large_frames() { sum = recurse<instructions::largest_frame>(1); }

void fail_an_assertion() { ASSERT(sum == limit); }

namespace {

struct broken {};

void format_value(sink out, const format_spec&, const broken&) {
  format_to(out, "half of it ");
  sum = *nothing;
}

[[gnu::noinline]] int yield_below(const std::byte* end) {
  volatile std::byte local[16];
  local[0] = std::byte{};
  if (&local[0] >= end) return yield_below(end) + 1;
  this_task::yield();
  return 0;
}

}  // namespace

void print_something_broken() { print("a line with {} that is never finished\n", broken{}); }

void overflow(stack_view memory) { sum = yield_below(memory.low()); }

}  // namespace mistakes
