/// Sleeps of three kinds, each a few times: scripts/bench follows them from one label to the other.
#include <bobbin.hpp>
#include <task/interrupts_masked.hpp>
#include <time/timers.hpp>

#include <cstdint>
#include <optional>

namespace {

using namespace bobbin;

constexpr int times = 4;
stack<16_KiB> memory;
constinit task sleeper{"sleeper"};
std::optional<timer> others[1000];

[[gnu::noinline, gnu::noclone]] void sleep_until(clock::time_point when) {
  asm volatile(".globl sleep_begins\nsleep_begins:" : : : "memory");
  this_task::sleep_until(when);
  asm volatile(".globl sleep_ends\nsleep_ends:" : : : "memory");
}

/// On a hart with nothing else to do: who sleeps idles until it is woken.
void sleep_alone() {
  for (int i = 0; i < times; ++i) sleep_until(clock::now() + 10us);
}

/// Another task waits last, so it is the one that idles, and waking the sleeper takes a switch.
void sleep_while_another_idles() {
  for (int i = 0; i < times; ++i) {
    sleeper.start(memory, [] { sleep_until(clock::now() + 10us); });
    this_task::yield();
    sleeper.join();
  }
}

/// Later than all that sleep here, in random order.
void add_others() {
  const std::uint64_t later = clock::tick_of(clock::now() + 1h);
  std::uint32_t random = 1;
  for (auto& other : others) {
    random = random * 1'664'525 + 1'013'904'223;
    other.emplace(later + random, [](timer&) noexcept {});
    const interrupts_masked guard;
    timers::add(*other);
  }
}

}  // namespace

int main() {
  sleep_alone();
  sleep_while_another_idles();
  add_others();
  sleep_alone();
}
