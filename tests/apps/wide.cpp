/// Values as wide as registers get, alive across every switch there is.
#include "bobbin.hpp"

using namespace bobbin;

namespace {

using wide = std::uint32_t __attribute__((vector_size(64)));

stack<16_KiB> memory, body_memory;
constinit task other{"other"};

[[gnu::always_inline]] inline wide filled(std::uint32_t first) {
  wide value{};
  for (int i = 0; i < 16; ++i) value[i] = first + static_cast<std::uint32_t>(i);
  return value;
}

bool equal(wide value, wide expected) {
  bool same = true;
  for (int i = 0; i < 16; ++i) same = same && value[i] == expected[i];
  return same;
}

/// Lets `step` switch, with several of them alive.
template <class Step>
[[gnu::noinline]] bool survive(std::uint32_t seed, Step step) {
  wide a = filled(seed), b = filled(2 * seed), c = a * b;
  for (int round = 0; round < 10; ++round) {
    step();
    a += b;
    c ^= a;
  }
  wide expected_a = filled(seed);
  const wide expected_b = filled(2 * seed);
  wide expected_c = expected_a * expected_b;
  for (int round = 0; round < 10; ++round) {
    expected_a += expected_b;
    expected_c ^= expected_a;
  }
  return equal(a, expected_a) && equal(b, expected_b) && equal(c, expected_c);
}

}  // namespace

int main() {
  bool in_the_task = false, in_the_body = false;
  other.start(memory, [&] { in_the_task = survive(7, [] { this_task::yield(); }); });
  generator<int> body{body_memory, [&](auto& yield) { in_the_body = survive(5, [&] { yield(1); }); }};
  const bool in_main = survive(3, [&] {
    (void)body.resume();
    this_task::yield();
  });
  other.join();
  (void)body.resume();
  print("main {}, task {}, body {}\n", in_main, in_the_task, in_the_body);
  return in_main && in_the_task && in_the_body ? 0 : 1;
}
