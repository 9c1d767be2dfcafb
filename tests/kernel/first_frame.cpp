/// What a task, a generator and a bare context find at their first instruction; where closures lie and how often.
#pragma GCC diagnostic ignored "-Wframe-larger-than="  // large captures, moved about on the large stack of main

#include "harness.hpp"
#include "registers.hpp"

#include <arch/image.hpp>
#include <arch/context.hpp>
#include <bobbin.hpp>

#include <algorithm>
#include <array>

using namespace bobbin;

namespace {

stack<8_KiB> memory, other_memory;

struct bare : probe {
  arch::stack_pointer side = nullptr;
  void* got = nullptr;

  static void come_back(void* self) {
    auto& bare = *static_cast<struct bare*>(static_cast<probe*>(self));
    bare.got = self;
    arch::switch_context(&bare.side, bare.side);
  }
};

bool in_text(std::uintptr_t address) {
  return address >= reinterpret_cast<std::uintptr_t>(__text_start) &&
         address < reinterpret_cast<std::uintptr_t>(__text_end);
}

}  // namespace

CASE("a context is entered with its argument, an aligned stack and an end for backtraces") {
  bare found{};
  found.go = bare::come_back;
  auto* const top = stack_view{memory}.high();
  std::fill(stack_view{memory}.low(), top, std::byte{0x5a});
  found.side = arch::context::first_frame(top, entry_probe, static_cast<probe*>(&found));
  arch::switch_context(&found.side, found.side);
  CHECK(found.got == static_cast<probe*>(&found));
  CHECK_EQ(found.stack_pointer, reinterpret_cast<std::uintptr_t>(top));
  CHECK_EQ(found.stack_pointer % 16, 0u);
  CHECK_EQ(found.frame_pointer, 0u);
  CHECK(in_text(found.return_address));
  CHECK(is_no_instruction(found.return_address));
}

namespace {

/// The same for the continuations of tasks, whose argument lies where their stack begins.
struct begun : probe {
  arch::continuation here{}, there{};

  static void come_back(void* self) {
    auto& found = *static_cast<begun*>(static_cast<probe*>(self));
    arch::continuation::hand_over(found.there, found.here);
  }
};

}  // namespace

CASE("a task is entered in the same way") {
  auto* const top = stack_view{memory}.high() - sizeof(begun) / 16 * 16 - 16;
  std::fill(stack_view{memory}.low(), stack_view{memory}.high(), std::byte{0x5a});
  auto& found = *std::construct_at(reinterpret_cast<begun*>(top));
  found.go = begun::come_back;
  found.there.begin_with(top, entry_probe);
  CHECK_EQ(found.there.suspended_at().pc, reinterpret_cast<std::uintptr_t>(&entry_probe));
  arch::continuation::hand_over(found.here, found.there);
  CHECK_EQ(found.stack_pointer, reinterpret_cast<std::uintptr_t>(top));
  CHECK_EQ(found.frame_pointer, 0u);
  CHECK(in_text(found.return_address));
  CHECK(is_no_instruction(found.return_address));
  CHECK(in_text(found.there.suspended_at().pc));
}

CASE("a first frame has the size it says") {
  auto* const top = stack_view{memory}.high();
  const auto frame = arch::context::first_frame(top, entry_probe, nullptr);
  CHECK_EQ(reinterpret_cast<std::uintptr_t>(top) - reinterpret_cast<std::uintptr_t>(frame), arch::context::frame_bytes);
}

CASE("the stack of a task is aligned at each call") {
  std::uintptr_t found = 1;
  task worker;
  worker.start(memory, [&] { found = stack_pointer_at_call(); });
  worker.join();
  CHECK_EQ(found % 16, 0u);
  CHECK(found > reinterpret_cast<std::uintptr_t>(stack_view{memory}.low()));
  CHECK(found < reinterpret_cast<std::uintptr_t>(stack_view{memory}.high()));
}

CASE("the stack of a generator is aligned at each call") {
  generator<std::uintptr_t> body{memory, [](auto& yield) { yield(stack_pointer_at_call()); }};
  const auto found = body.resume();
  CHECK(found.has_value());
  CHECK_EQ(*found % 16, 0u);
  CHECK(*found > reinterpret_cast<std::uintptr_t>(stack_view{memory}.low()));
  CHECK(*found < reinterpret_cast<std::uintptr_t>(stack_view{memory}.high()));
}

CASE("a task runs at 128 stack offsets, its closure whole at each") {
  static std::byte slab[128 * 16 + 4096] __attribute__((aligned(4096)));
  for (std::size_t offset = 0; offset < 128 * 16; offset += 16) {
    std::uintptr_t found = 1;
    std::array<std::size_t, 5> numbers{offset, offset + 1, offset + 2, offset + 3, offset + 4}, seen{};
    task worker;
    CHECK(worker.start(std::span{slab}.subspan(offset, 4096 - offset), [&found, &seen, numbers] {
      found = stack_pointer_at_call();
      this_task::yield();
      seen = numbers;
    }) == start_status::ok);
    CHECK(worker.join().ok());
    CHECK_EQ(found % 16, 0u);
    CHECK(seen == numbers);
  }
}

namespace {

template <std::size_t Bytes>
void start_again_and_again() {
  alignas(16) static std::byte slab[4096 + 256];
  const std::span stack{slab, 4096}, above{slab + 4096, 256};
  task worker;
  for (int round = 0; round < 3; ++round) {
    std::ranges::fill(above, std::byte{0x5a});
    std::array<std::byte, Bytes> captured{};
    captured.front() = static_cast<std::byte>(round);
    std::uintptr_t found = 1, end = 0;
    bool whole = false;
    CHECK(worker.start(stack, [captured, round, &found, &end, &whole] {
      found = stack_pointer_at_call();
      end = reinterpret_cast<std::uintptr_t>(captured.data() + captured.size());
      this_task::yield();
      whole = captured.front() == static_cast<std::byte>(round);
    }) == start_status::ok);
    CHECK(worker.join().ok());
    CHECK_EQ(found % 16, 0u);
    CHECK(whole && end <= reinterpret_cast<std::uintptr_t>(above.data()));
    CHECK(std::ranges::all_of(above, [](std::byte at) { return at == std::byte{0x5a}; }));
    CHECK(worker.start(stack.first(64), [] {}) == start_status::stack_too_small);
    CHECK(worker.start(stack.first(minimum_stack_bytes), [captured] { (void)captured; }) == start_status::stack_too_small);
  }
}

}  // namespace

CASE("a task that is started again on the same stack begins as at first") {
  start_again_and_again<1>();
  start_again_and_again<16>();
  start_again_and_again<100>();
  start_again_and_again<800>();
}

CASE("a generator runs at 128 stack offsets") {
  static std::byte slab[128 * 16 + 4096] __attribute__((aligned(4096)));
  for (std::size_t offset = 0; offset < 128 * 16; offset += 16) {
    generator<std::size_t> body{std::span{slab}.subspan(offset, 4096 - offset), [offset](auto& yield) {
      yield(stack_pointer_at_call() % 16);
      yield(offset);
    }};
    CHECK(body.status() == start_status::ok);
    CHECK(body.resume() == 0u);
    CHECK(body.resume() == offset);
    CHECK(!body.resume().has_value());
  }
}

namespace {

template <std::size_t Alignment>
struct alignas(Alignment) aligned_number {
  int number;
};

template <std::size_t Alignment>
void capture_aligned() {
  const aligned_number<Alignment> captured{static_cast<int>(Alignment) + 1};
  std::uintptr_t address = 1;
  int number = 0;
  task worker;
  worker.start(memory, [captured, &address, &number] {
    address = reinterpret_cast<std::uintptr_t>(&captured);
    asm volatile("" : "+r"(address));
    this_task::yield();
    number = captured.number;
  });
  CHECK(worker.join().ok());
  CHECK_EQ(address % Alignment, 0u);
  CHECK_EQ(number, captured.number);

  generator<int> body{other_memory, [captured, &address](auto& yield) {
    address = reinterpret_cast<std::uintptr_t>(&captured);
    asm volatile("" : "+r"(address));
    yield(captured.number);
  }};
  CHECK(body.resume() == captured.number);
  CHECK_EQ(address % Alignment, 0u);
}

}  // namespace

CASE("captures are aligned as they ask: 1, 16, 32, 64, 128, 256, 1024") {
  capture_aligned<4>();
  capture_aligned<16>();
  capture_aligned<32>();
  capture_aligned<64>();
  capture_aligned<128>();
  capture_aligned<256>();
  capture_aligned<1024>();
}

CASE("a 128-aligned capture on a slice that is aligned to 16 only") {
  static std::byte slab[8192] __attribute__((aligned(4096)));
  for (std::size_t offset = 16; offset < 256; offset += 16) {
    const aligned_number<128> captured{17};
    std::uintptr_t address = 1;
    task worker;
    CHECK(worker.start(std::span{slab}.subspan(offset, 4096), [captured, &address] {
      address = reinterpret_cast<std::uintptr_t>(&captured);
      asm volatile("" : "+r"(address));
    }) == start_status::ok);
    CHECK(worker.join().ok());
    CHECK_EQ(address % 128, 0u);

    generator<int> body{std::span{slab}.subspan(offset, 4096), [captured, &address](auto& yield) {
      address = reinterpret_cast<std::uintptr_t>(&captured);
      asm volatile("" : "+r"(address));
      yield(captured.number);
    }};
    CHECK(body.resume() == 17);
    CHECK_EQ(address % 128, 0u);
  }
}

namespace {
int plain_calls = 0;
void plain_function() { ++plain_calls; }
}  // namespace

CASE("a closure without captures, and a plain function") {
  static int calls;
  calls = 0;
  task worker;
  worker.start(memory, [] { ++calls; });
  worker.join();
  CHECK_EQ(calls, 1);
  worker.start(memory, plain_function);
  worker.join();
  CHECK_EQ(plain_calls, 1);
  generator<int> body{memory, [](auto& yield) { yield(7); }};
  CHECK(body.resume() == 7);
}

CASE("a capture of 3 KiB arrives whole") {
  std::array<std::uint32_t, 768> numbers;
  for (std::uint32_t i = 0; i < numbers.size(); ++i) numbers[i] = i * 2654435761u;
  std::size_t equal = 0;
  task worker;
  worker.start(memory, [numbers, &equal] {
    this_task::yield();
    for (std::uint32_t i = 0; i < numbers.size(); ++i) equal += numbers[i] == i * 2654435761u;
  });
  CHECK(worker.join().ok());
  CHECK_EQ(equal, numbers.size());
}

namespace {

/// Counts its instances; move-only.
struct counted {
  static inline constinit int alive = 0, made = 0;
  int* ended_at_value;
  int value;
  explicit counted(int value, int* ended) noexcept : ended_at_value{ended}, value{value} { ++alive, ++made; }
  counted(counted&& other) noexcept
      : ended_at_value{std::exchange(other.ended_at_value, nullptr)}, value{std::exchange(other.value, 0)} {
    ++alive, ++made;
  }
  ~counted() {
    --alive;
    if (ended_at_value != nullptr) ++*ended_at_value;
  }
};

}  // namespace

CASE("a move-only capture is moved into place and destroyed exactly once") {
  int ended = 0, seen = 0, alive_inside = 0;
  counted::alive = 0;
  {
    task worker;
    worker.start(memory, [c = counted{42, &ended}, &seen, &alive_inside] {
      this_task::yield();
      seen = c.value, alive_inside = counted::alive;
    });
    CHECK_EQ(counted::alive, 1);
    CHECK_EQ(ended, 0);
    worker.join();
    CHECK_EQ(counted::alive, 0);
    CHECK_EQ(ended, 1);
  }
  CHECK_EQ(seen, 42);
  CHECK_EQ(alive_inside, 1);
  CHECK_EQ(ended, 1);
}

CASE("a closure that did not get a stack is destroyed, too, and nothing ran") {
  static std::byte small[64] __attribute__((aligned(16)));
  int ended = 0;
  bool ran = false;
  counted::alive = 0;
  task worker;
  CHECK(worker.start(std::span<std::byte>{small}, [c = counted{1, &ended}, &ran] { ran = true; }) ==
        start_status::stack_too_small);
  CHECK_EQ(counted::alive, 0);
  CHECK_EQ(ended, 1);
  CHECK(!ran);
  CHECK(worker.state() == task_state::fresh);
}

CASE("a generator's move-only capture is destroyed exactly once: when its body ends") {
  int ended = 0;
  counted::alive = 0;
  {
    generator<int> body{memory, [c = counted{5, &ended}](auto& yield) { yield(c.value); }};
    CHECK_EQ(counted::alive, 1);
    CHECK(body.resume() == 5);
    CHECK_EQ(ended, 0);
    CHECK(!body.resume());
    CHECK_EQ(ended, 1);
  }
  CHECK_EQ(counted::alive, 0);
  CHECK_EQ(ended, 1);
}

CASE("a task that exits leaves its closure as it is") {
  int ended = 0;
  counted::alive = 0;
  task worker;
  worker.start(memory, [c = counted{5, &ended}] { this_task::exit(c.value); });
  CHECK_EQ(worker.join().status(), 5);
  CHECK_EQ(ended, 0);
  CHECK_EQ(counted::alive, 1);
}
