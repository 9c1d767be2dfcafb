/// The in-kernel suites' harness for an ordinary process: the same CASE and CHECK, with printf and an exit status.
#pragma once

#include <cstdio>
#include <vector>

namespace harness {

struct test_case {
  const char* name;
  void (*run)();
};

inline std::vector<test_case> cases;
inline int failures = 0;

struct registered {
  registered(const char* name, void (*run)()) { cases.push_back({name, run}); }
};

inline bool check(bool good, const char* expression, const char* file, int line) {
  if (!good && ++failures <= 20) std::printf("# %s:%d: %s\n", file, line, expression);
  return good;
}

inline int run_cases() {
  std::printf("KTAP version 1\n1..%zu\n", cases.size());
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const int before = failures;
    cases[i].run();
    std::printf("%s %zu %s\n", failures == before ? "ok" : "not ok", i + 1, cases[i].name);
  }
  return failures != 0;
}

}  // namespace harness

#define CHECK(...) harness::check((__VA_ARGS__), #__VA_ARGS__, __FILE__, __LINE__)
#define CHECK_EQ(a, b) harness::check((a) == (b), #a " == " #b, __FILE__, __LINE__)
#define CASE(name) NAMED_CASE(name, __LINE__)
#define NAMED_CASE(name, line) CASE_AT_LINE(name, line)
#define CASE_AT_LINE(name, line)                                         \
  static void case_##line();                                             \
  static const harness::registered registered_##line(name, case_##line); \
  static void case_##line()

int main() { return harness::run_cases(); }
