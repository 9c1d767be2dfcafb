/// Stacks: how large, how deep, how often, and what shows how much of one was used.
#include "harness.hpp"
#include "registers.hpp"

#include <arch/tls.hpp>
#include <bobbin.hpp>

#include <algorithm>
#include <cstring>

using namespace bobbin;

namespace {

stack<16_KiB> large;
stack<1_KiB> dense[3];

std::byte slab[4096] __attribute__((aligned(4096)));

/// What lies beside a slice and must stay as it is.
constexpr std::byte untouched_by_others{0x6b};

bool all_untouched(const std::byte* from, const std::byte* to) {
  return std::all_of(from, to, [](std::byte b) { return b == untouched_by_others; });
}

/// Calls itself `depth` times with a filled frame of 100 bytes and more; returns the stack pointer at the bottom.
[[gnu::noinline]] std::uintptr_t descend(int depth) {
  volatile unsigned char frame[100];
  for (auto& byte : frame) byte = static_cast<unsigned char>(depth);
  const std::uintptr_t bottom = depth == 0 ? stack_pointer_at_call() : descend(depth - 1);
  return frame[depth % 100] == static_cast<unsigned char>(depth) ? bottom : 0;
}

}  // namespace

CASE("the high-water mark is right within a frame") {
  for (const int depth : {1, 5, 20, 60}) {
    std::memset(stack_view{large}.low(), 0, 16);
    std::uintptr_t bottom = 0;
    task worker;
    worker.start(large, [&] { bottom = descend(depth); });
    worker.join();
    const auto used = reinterpret_cast<std::uintptr_t>(stack_view{large}.high()) - bottom;
    const auto mark = high_water_bytes(large);
    CHECK(mark + 64 >= used);
    CHECK(mark <= used + 512);
  }
}

CASE("the high-water mark stays when the stack is used again by less") {
  task worker;
  worker.start(large, [] { descend(100); });
  worker.join();
  const auto deep = high_water_bytes(large);
  worker.start(large, [] {});
  worker.join();
  CHECK_EQ(high_water_bytes(large), deep);
}

CASE("a stack whose memory was used for other things is painted anew") {
  std::memset(slab, 0x11, sizeof slab);
  task worker;
  CHECK(worker.start(std::span<std::byte>{slab}, [] {}) == start_status::ok);
  worker.join();
  CHECK(high_water_bytes(std::span<std::byte>{slab}) < 1024);
}

CASE("a running task's high-water mark grows with it") {
  task worker;
  std::memset(stack_view{large}.low(), 0, 16);
  worker.start(large, [] {
    this_task::yield();
    descend(40);
    this_task::yield();
  });
  this_task::yield();
  const auto before = high_water_bytes(large);
  this_task::yield();
  const auto after = high_water_bytes(large);
  CHECK(after >= before + 4000);
  CHECK(after <= large.size());
  worker.join();
}

CASE("the high-water mark of a generator's stack") {
  std::memset(stack_view{large}.low(), 0, 16);
  generator<std::uintptr_t> body{large, [](auto& yield) { yield(descend(30)); }};
  const auto bottom = body.resume();
  CHECK(bottom.has_value());
  const auto used = reinterpret_cast<std::uintptr_t>(stack_view{large}.high()) - *bottom;
  CHECK(high_water_bytes(large) + 64 >= used);
  CHECK(high_water_bytes(large) <= used + 512);
}

CASE("recursion down to what the stack has room for, there and back, with a switch at the bottom") {
  struct recursion {
    [[gnu::noinline]] static int down(std::uintptr_t end, int depth) {
      volatile int mine = depth;
      if (stack_pointer_at_call() < end) {
        this_task::yield();
        return 0;
      }
      const int below = down(end, depth + 1);
      return mine == depth && below >= 0 ? below + 1 : -1;
    }
  };
  const auto low = reinterpret_cast<std::uintptr_t>(stack_view{large}.low());
  task worker, other;
  worker.start(large, [&] { return recursion::down(low + stack_reserve_bytes + 512, 0); });
  other.start(dense[0], [] { this_task::yield(); });
  CHECK(worker.join().status() > 100);
  CHECK(worker.join().how() == outcome::kind::returned);
  CHECK(high_water_bytes(large) > large.size() - stack_reserve_bytes - 512);
}

CASE("a misaligned span is a status") {
  task worker;
  bool ran = false;
  const auto run = [&ran] { ran = true; };
  const std::span<std::byte> all{slab};
  CHECK(worker.start(all.subspan(8, 2048), run) == start_status::stack_misaligned);
  CHECK(worker.start(all.subspan(1, 2048), run) == start_status::stack_misaligned);
  CHECK(worker.start(all.subspan(0, 2040), run) == start_status::stack_misaligned);
  CHECK(worker.start(all.subspan(4, 2044), run) == start_status::stack_misaligned);
  this_task::yield();
  CHECK(!ran);
  CHECK(worker.state() == task_state::fresh);
  CHECK(worker.start(all.subspan(16, 2048), run) == start_status::ok);
  worker.join();
  CHECK(ran);
}

CASE("no memory at all is a stack too small") {
  task worker;
  CHECK(worker.start(stack_view{}, [] {}) == start_status::stack_too_small);
  CHECK(worker.start(std::span<std::byte>{slab}.first(0), [] {}) == start_status::stack_too_small);
  CHECK(worker.start(std::span<std::byte>{slab}.first(16), [] {}) == start_status::stack_too_small);
}

CASE("a span is too small up to some size, and from there on large enough; beside it nothing is touched") {
  static std::byte room[4096] __attribute__((aligned(4096)));
  int changes = 0;
  bool fitted = false;
  for (std::size_t bytes = 16; bytes <= 1536; bytes += 16) {
    std::memset(room, static_cast<int>(untouched_by_others), sizeof room);
    const auto slice = std::span<std::byte>{room}.subspan(2048, bytes);
    bool ran = false;
    task worker;
    const auto status = worker.start(slice, [&ran] { ran = true; });
    const bool fits = status == start_status::ok;
    CHECK(fits || status == start_status::stack_too_small);
    changes += fits != fitted;
    fitted = fits;
    const bool ended_well = fits && worker.join().ok();
    CHECK_EQ(ran, fits);
    if (bytes >= 1024) CHECK(ended_well);
    if (bytes >= 1024) CHECK(all_untouched(room, room + 2048));
    CHECK(all_untouched(room + 2048 + bytes, room + sizeof room));
    if (!fits) CHECK(all_untouched(slice.data(), slice.data() + bytes));
  }
  CHECK_EQ(changes, 1);
  CHECK(fitted);
}

CASE("the smallest stack<N> that compiles runs a task") {
  constexpr std::size_t smallest = (sizeof(int*) + stack_alignment + minimum_stack_bytes + 15) / 16 * 16;
  static stack<smallest> tiny;
  int status = 0;
  task worker;
  worker.start(tiny, [&status] { status = 3; });
  worker.join();
  CHECK_EQ(status, 3);
}

CASE("the size of a closure counts, its alignment too") {
  struct alignas(128) bulky { std::byte bytes[384]; };
  static bulky big;
  task worker;
  const std::span<std::byte> all{slab};
  CHECK(worker.start(all.first(512), [captured = big] { (void)captured; }) == start_status::stack_too_small);
  CHECK(worker.start(all.first(1024), [captured = big] { (void)captured; }) == start_status::ok);
  worker.join();
}

CASE("neighbouring dense stacks do not touch one another") {
  static std::byte three[3 * 1024] __attribute__((aligned(16)));
  task tasks[3];
  bool right[3] = {};
  for (int i = 0; i < 3; ++i)
    CHECK(tasks[i].start(std::span<std::byte>{three}.subspan(i * 1024, 1024), [&right, i] {
      volatile unsigned char mine[128];
      for (auto& byte : mine) byte = static_cast<unsigned char>(i + 1);
      for (int turn = 0; turn < 5; ++turn) this_task::yield();
      right[i] = true;
      for (auto& byte : mine) right[i] = right[i] && byte == i + 1;
    }) == start_status::ok);
  for (int i = 0; i < 3; ++i) {
    CHECK(tasks[i].join().ok());
    CHECK(right[i]);
  }
}

CASE("sizes and places of stacks are what the declaration says") {
  CHECK_EQ(stack_view{large}.size(), 16_KiB);
  CHECK(stack_view{large}.aligned());
  CHECK_EQ(reinterpret_cast<std::uintptr_t>(stack_view{large}.low()) % page_bytes, 0u);
  CHECK(reinterpret_cast<std::uintptr_t>(stack_view{large}.low()) - reinterpret_cast<std::uintptr_t>(&large) >=
        page_bytes);
  CHECK_EQ(reinterpret_cast<std::uintptr_t>(&large) % guarded_stack_alignment, 0u);
  CHECK_EQ(sizeof(dense[0]), 1024u);
  CHECK_EQ(static_cast<void*>(stack_view{dense[0]}.low()), static_cast<void*>(&dense[0]));
}

namespace {
template <std::size_t N>
void odd_sized() {
  static stack<N> memory;
  CHECK_EQ(stack_view{memory}.size(), N);
  CHECK(stack_view{memory}.aligned());
  CHECK(reinterpret_cast<std::uintptr_t>(stack_view{memory}.low()) - reinterpret_cast<std::uintptr_t>(&memory) >= page_bytes);
  CHECK(reinterpret_cast<std::byte*>(&memory + 1) == stack_view{memory}.high());
  std::uintptr_t sp = 1;
  task worker;
  worker.start(memory, [&sp] { sp = stack_pointer_at_call(); });
  worker.join();
  CHECK_EQ(sp % 16, 0u);
}
}  // namespace

CASE("stacks of odd sizes have a guard of at least a page below and end where they end") {
  odd_sized<4096>();
  odd_sized<4096 + 16>();
  odd_sized<8192 - 16>();
  odd_sized<8192>();
  odd_sized<8192 + 16>();
  odd_sized<12288>();
  odd_sized<20000>();
}

CASE("a switch is sound from the floor to the top of a stack, as long as its end is intact") {
  const stack_view memory = dense[0];
  const auto low = reinterpret_cast<std::uintptr_t>(memory.low());
  const auto high = reinterpret_cast<std::uintptr_t>(memory.high());
  control_block user;
  user.state = task_state::ready;
  occupy(memory.low(), memory.size(), user);
  CHECK(!user.may_switch_at(low));
  CHECK(!user.may_switch_at(low + stack_reserve_bytes - 1));
  CHECK(user.may_switch_at(low + stack_reserve_bytes));
  CHECK(user.may_switch_at(high - 1));
  CHECK(!user.may_switch_at(high));
  CHECK(!user.may_switch_at(high + stack_reserve_bytes - 1));
  CHECK(!user.may_switch_at(0));
  CHECK(in_use(memory));
  user.foot->switched_at ^= 1;
  CHECK(!user.may_switch_at(high - 1));
  user.foot->switched_at ^= 1;
  vacate(user);
  CHECK(!in_use(memory));
}
