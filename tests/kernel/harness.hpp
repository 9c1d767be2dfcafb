/// A suite: cases that run one after the other in a kernel of their own and report as KTAP.
///
///   CASE("a yield goes round the ring") {
///     CHECK(ring.alone());                 // says what was false, and goes on
///     CHECK_EQ(ring.count(), 3);           // says both values
///     if (!CHECK(task.start(...))) return;
///   }
///
/// `make run APP=tests/kernel/NAME.cpp ARGS=word` runs the cases with `word` in their names. Checks may stand in any
/// task. tests/test_suites.py finds the cases by their `CASE("...")`, one to a line.
#pragma once

#include <bobbin.hpp>

#include <string_view>
#include <type_traits>
#include <utility>

namespace harness {

struct test_case {
  std::string_view name;
  int line;
  void (*body)();
};

// Every CASE leaves a pointer to itself in the section `bobbin_cases`; the linker names its ends. No constructors run.
extern "C" const test_case* const __start_bobbin_cases[];
extern "C" const test_case* const __stop_bobbin_cases[];

inline constinit bool case_failed = false;

/// The case that follows line `after`: in the order of the source, whatever order the section has.
inline const test_case* next_case(int after, std::string_view selection) {
  const test_case* next = nullptr;
  for (auto entry = __start_bobbin_cases; entry != __stop_bobbin_cases; ++entry) {
    const test_case& candidate = **entry;
    if (candidate.line > after && candidate.name.find(selection) != std::string_view::npos)
      if (next == nullptr || candidate.line < next->line) next = &candidate;
  }
  return next;
}

template <class T>
void print_value(const T& value) {
  if constexpr (bobbin::format_traits_of<T>::rules.formattable)
    bobbin::print("{}", value);
  else if constexpr (std::is_enum_v<T>)
    bobbin::print("{}", static_cast<std::underlying_type_t<T>>(value));
  else
    bobbin::print("(something)");
}

template <class A, class B>
constexpr bool equal(const A& a, const B& b) {
  if constexpr (bobbin::integer_number<A> && bobbin::integer_number<B>)
    return std::cmp_equal(a, b);
  else
    return a == b;
}

inline bool check(bool good, const char* expression, bobbin::source_location where = bobbin::source_location::current()) {
  if (good) return true;
  case_failed = true;
  bobbin::print("# {}:{}: {}\n", where.file_name(), where.line(), expression);
  return false;
}

template <class A, class B>
bool check_equal(const A& a, const B& b, const char* expression,
                 bobbin::source_location where = bobbin::source_location::current()) {
  if (equal(a, b)) return true;
  case_failed = true;
  bobbin::print("# {}:{}: {}: ", where.file_name(), where.line(), expression);
  print_value(a);
  bobbin::print(" and ");
  print_value(b);
  bobbin::print("\n");
  return false;
}

inline int run(std::string_view selection) {
  int count = 0;
  for (auto each = next_case(0, selection); each; each = next_case(each->line, selection)) ++count;
  bobbin::print("KTAP version 1\n1..{}\n", count);

  int number = 0, failed = 0;
  for (auto each = next_case(0, selection); each; each = next_case(each->line, selection)) {
    case_failed = false;
    each->body();
    bobbin::print("{} {} {}\n", case_failed ? "not ok" : "ok", ++number, each->name);
    failed += case_failed;
  }
  return failed ? 1 : 0;
}

}  // namespace harness

#define CASE(name) HARNESS_CASE(name, __LINE__)
#define HARNESS_CASE(name, line) HARNESS_CASE_AT(name, line)
#define HARNESS_CASE_AT(name, line)                                                         \
  static void case_##line();                                                                \
  static constexpr harness::test_case record_##line{name, line, case_##line};               \
  [[gnu::section("bobbin_cases"), gnu::used, gnu::retain]] static constexpr const harness::test_case* \
      entry_##line = &record_##line;                                                        \
  static void case_##line()

#define CHECK(...) harness::check(static_cast<bool>(__VA_ARGS__), #__VA_ARGS__)
#define CHECK_EQ(a, b) harness::check_equal((a), (b), #a " == " #b)

int main(int argc, char** argv) { return harness::run(argc > 1 ? argv[1] : ""); }
