/// What the first instructions leave to main: memory, arguments, the task "main".
#include "harness.hpp"

#include <arch/image.hpp>
#include <bobbin.hpp>
#include <core/arguments.hpp>

#include <algorithm>
#include <cstdint>
#include <string_view>

using namespace bobbin;

extern "C" std::byte __bss_start[], __bss_end[], __data_start[], __data_end[], __rodata_start[], __rodata_end[];

namespace {

constinit int zeroed = 0;
constinit std::uint64_t many_zeroed[1000] = {};
alignas(4096) constinit std::byte page_aligned[4096] = {};
constinit int initialised = 0x5eed;
constexpr int constant[4] = {1, 2, 3, 4};
stack<8_KiB> guarded_stack, other_stack;
constinit task_pool<2, 4_KiB> pool;

template <class T>
bool within(const T& object, const std::byte* from, const std::byte* to) {
  const auto* first = reinterpret_cast<const std::byte*>(&object);
  asm("" : "+r"(first));
  return first >= from && first + sizeof object <= to;
}

template <std::size_t N>
bool words_are(std::string_view line, const std::string_view (&expected)[N]) {
  static constinit argument_list list;
  list.split(line);
  if (list.count() != static_cast<int>(N) || list.values()[N] != nullptr) return false;
  for (std::size_t i = 0; i < N; ++i)
    if (list.values()[i] != expected[i]) return false;
  return true;
}

}  // namespace

CASE("zero-initialised objects are zero") {
  CHECK_EQ(zeroed, 0);
  CHECK(std::ranges::all_of(many_zeroed, [](auto word) { return word == 0; }));
  CHECK(std::ranges::all_of(page_aligned, [](auto byte) { return byte == std::byte{0}; }));
  CHECK_EQ(pool.available(), 2u);
}

CASE("initialised objects have their values") {
  CHECK_EQ(initialised, 0x5eed);
  CHECK_EQ(constant[3], 4);
}

CASE("ordinary objects are cleared at boot, page-aligned ones and pools too") {
  CHECK(within(zeroed, __bss_start, __bss_end) || within(zeroed, __data_start, __data_end));
  CHECK(within(many_zeroed, __bss_start, __bss_end));
  CHECK(within(page_aligned, __bss_start, __bss_end));
  CHECK(within(pool, __bss_start, __bss_end));
  CHECK(arch::boundary(__bss_start) < arch::boundary(__bss_end));
}

CASE("stacks are not cleared at boot, nor are they in the file") {
  CHECK(!within(guarded_stack, __bss_start, __bss_end));
  CHECK(!within(other_stack, __bss_start, __bss_end));
  CHECK(!within(guarded_stack, __data_start, __data_end));
  CHECK(within(guarded_stack, __image_start, __image_end));
  CHECK(within(other_stack, __image_start, __image_end));
}

CASE("the parts of the image follow one another") {
  const auto* const text = arch::boundary(__text_start);
  CHECK(arch::boundary(__image_start) <= text);
  CHECK(text < arch::boundary(__text_end));
  CHECK(arch::boundary(__text_end) <= arch::boundary(__rodata_start));
  CHECK(arch::boundary(__rodata_end) <= arch::boundary(__data_start));
  CHECK(arch::boundary(__data_end) <= arch::boundary(__bss_start));
  CHECK(arch::boundary(__bss_end) <= arch::boundary(__image_end));
  const auto* const code = reinterpret_cast<const std::byte*>(&words_are<1>);
  CHECK(code >= text && code < __text_end);
}

CASE("main runs as a task of that name on the boot stack") {
  CHECK_EQ(this_task::name(), "main");
  CHECK_EQ(this_task::id(), 1u);
  int local = 0;
  CHECK(within(local, __boot_stack_low, __boot_stack_high));
  CHECK(!this_task::stop_requested());
}

CASE("the boot stack shows how much of it was used") {
  const auto used = high_water_bytes(std::span{__boot_stack_low, __boot_stack_high});
  CHECK(used > 64);
  CHECK(used < 32_KiB);
}

CASE("arguments: words divided at blanks") {
  CHECK(words_are("app", {"app"}));
  CHECK(words_are("app one two", {"app", "one", "two"}));
  CHECK(words_are("  app \t one  ", {"app", "one"}));
  CHECK(words_are("", {""}));
  CHECK(words_are("   ", {""}));
}

CASE("arguments: quotes keep blanks, a backslash takes the next character as it is") {
  CHECK(words_are("app 'one two' three", {"app", "one two", "three"}));
  CHECK(words_are(R"(app "one  two")", {"app", "one  two"}));
  CHECK(words_are(R"(app "it's" 'say "no"')", {"app", "it's", R"(say "no")"}));
  CHECK(words_are(R"(app one\ two \"three\")", {"app", "one two", "\"three\""}));
  CHECK(words_are(R"(app "a \" b" 'a \ b')", {"app", "a \" b", R"(a \ b)"}));
  CHECK(words_are("app a'b c'd", {"app", "ab cd"}));
  CHECK(words_are("app '' \"\"", {"app", "", ""}));
}

CASE("arguments: an open quote and a last backslash are harmless") {
  CHECK(words_are("app 'one two", {"app", "one two"}));
  CHECK(words_are("app \"one", {"app", "one"}));
  CHECK(words_are("app one\\", {"app", "one\\"}));
}

CASE("arguments: too many and too long are left off") {
  static char line[3 * argument_list::max_bytes];
  for (std::size_t i = 0; i < sizeof line; ++i) line[i] = i % 2 == 0 ? 'x' : ' ';
  static constinit argument_list list;
  list.split({line, sizeof line});
  CHECK_EQ(list.count(), static_cast<int>(argument_list::max_count));
  CHECK(list.values()[argument_list::max_count] == nullptr);
  std::ranges::fill(line, 'y');
  list.split({line, sizeof line});
  CHECK_EQ(list.count(), 1);
  CHECK(std::string_view{list.values()[0]}.size() < argument_list::max_bytes);
  CHECK(std::string_view{list.values()[0]}.size() > 1000);
}
