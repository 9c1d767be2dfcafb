/// What an interrupt leaves as it was: every register, and every byte of the stack that was interrupted.
#include "harness.hpp"
#include "interrupts.hpp"
#include "registers.hpp"

#include <arch/clock.hpp>
#include <arch/image.hpp>
#include <arch/interrupts.hpp>
#include <bobbin.hpp>
#include <task/interrupts_masked.hpp>
#include <time/timers.hpp>

#include <algorithm>
#include <cstdint>
#include <span>

using namespace bobbin;
using interrupted::registers;

namespace {

stack<8_KiB> memory;

/// Two dense stacks, one upon the other: what runs over the end of the upper one is in the lower one.
constexpr std::size_t dense_bytes = 1_KiB;
alignas(16) constinit std::byte dense[2 * dense_bytes] = {};

std::uintptr_t number(const void* address) { return reinterpret_cast<std::uintptr_t>(address); }

/// Calls `visit` in the handler of each of its interrupts, until that returns false.
class bell : timer {
 public:
  using visitor = bool (*)();

  explicit bell(visitor visit) : timer{arch::clock::ticks() + period(), ring}, visit_{visit} {
    const interrupts_masked guard;
    timers::add(*this);
  }
  ~bell() {
    const interrupts_masked guard;
    timers::cancel(*this);
  }

  const volatile int& rung() const { return rung_; }

 private:
  static std::uint64_t period() { return arch::clock::ticks_per_second() / 20'000; }

  static void ring(timer& due) noexcept {
    auto& self = static_cast<bell&>(due);
    self.rung_ = self.rung_ + 1;
    if (!self.visit_()) return;
    self.postpone(period());
    timers::add(self);
  }

  visitor visit_;
  volatile int rung_ = 0;
};

constexpr int enough = 5;
constexpr auto ring_on = [] { return true; };

/// Calls `visit(number, slot in the frame)` for each integer register.
template <class Visitor>
void each_slot(Visitor visit) {
  for (std::size_t i = 0; i < registers::integers; ++i)
    if (!registers::left_out(i)) visit(i, interrupted::slot(registers::slot_of(i)));
}

// What handlers find, for the cases to look at.
constinit const registers* expected = nullptr;
constinit int spins = 0, wrong_slots = 0, wrong_entries = 0;

/// Ends the spinning at the last of a few interrupts, and gives the task other registers by its frame.
bool look_and_spoil() {
  spoil_registers();
  if (interrupted::pc() != number(spinning)) return true;  // not there yet
  wrong_entries += !interrupted::abi_is_kept();
  each_slot([](std::size_t i, std::uintptr_t value) { wrong_slots += value != expected->words[i]; });
  if (++spins < enough) return true;
  each_slot([](std::size_t, std::uintptr_t& value) { value = ~value; });
  interrupted::pc() = number(spun);
  return false;
}

/// What the handler ran with.
struct circumstances {
  std::uintptr_t stack_pointer;
  bool interrupts_enabled;
} constinit found_by_handler{};

bool look_around() {
  found_by_handler = {stack_pointer_at_call(), arch::interrupts::mask_nested()};
  return false;
}

bool interrupts_enabled() {
  const bool enabled = arch::interrupts::mask_nested();
  arch::interrupts::unmask();
  return enabled;
}

bool between(std::uintptr_t address, const std::byte* low, const std::byte* high) {
  return address >= number(low) && address < number(high);
}

/// Lets a few interrupts come with the stack pointer at `sp`.
void spin_for_some_interrupts(std::uintptr_t sp) {
  const bell often{ring_on};
  spin_at(sp, &often.rung(), enough);
}

}  // namespace

CASE("every register is what it was, or what the handler made it in its frame") {
  for (const std::uint64_t seed : {0x1111'2222'3333'4455ull, ~0x1111'2222'3333'4455ull, 0x0123'4567'89ab'cdeeull}) {
    const registers given{seed};
    registers found{~seed};
    expected = &given;
    spins = wrong_slots = wrong_entries = 0;
    const bell bell{look_and_spoil};
    spin(given, found);
    CHECK_EQ(spins, enough);
    CHECK_EQ(wrong_slots, 0);
    CHECK_EQ(wrong_entries, 0);
    for (std::size_t i = 0; i < registers::all; ++i) {
      const bool integer = i < registers::integers;
      if (!(integer && registers::left_out(i)) && !CHECK_EQ(found.words[i], integer ? ~given.words[i] : given.words[i]))
        print("# word {} of struct registers\n", i);
    }
  }
}

CASE("a task without FP registers has none after a handler that used some") {
  bool in_use = true;
  task worker{"worker"};
  worker.start(memory, [&] {
    const bell once{[] { return spoil_registers(), false; }};
    while (once.rung() == 0) {}
    in_use = fp_registers_in_use();
  });
  CHECK(worker.join().ok());
  CHECK(!in_use);
}

CASE("a handler runs on the trap stack, with interrupts masked") {
  found_by_handler = {};
  const bell once{look_around};
  while (once.rung() == 0) {}
  CHECK(between(found_by_handler.stack_pointer, __trap_stack_low, __trap_stack_high));
  CHECK_EQ(found_by_handler.stack_pointer % 16, 0u);
  CHECK(!found_by_handler.interrupts_enabled);
  CHECK(interrupts_enabled());
}

CASE("interrupts come again after a fault where they were masked, in a task or in a generator") {
  const auto fault = [] {
    const interrupts_masked guard;
    ASSERT(false);
  };
  for (int time = 0; time < 2; ++time) {
    task culprit{"culprit"};
    culprit.start(memory, fault);
    CHECK(!culprit.join().ok());
    CHECK(interrupts_enabled());
    generator<int> body{memory, [&](auto&) { fault(); }};
    CHECK(!body.resume());
    CHECK(interrupts_enabled());
  }
}

CASE("an interrupt takes nothing of a stack that is in use to its last bytes") {
  constexpr std::size_t kept = stack_alignment;  // the owner word, and the one above it
  std::ranges::fill(dense, std::byte{0x77});
  task full{"full"};
  CHECK(full.start(std::span{dense}.subspan(dense_bytes), [] {
    std::byte* const low = dense + dense_bytes;
    std::byte before[kept];
    std::copy_n(low, kept, before);
    spin_for_some_interrupts(number(low + kept));
    CHECK(std::ranges::equal(std::span{low, kept}, before));
  }) == start_status::ok);
  CHECK(full.join().ok());
  CHECK(std::all_of(dense, dense + dense_bytes, [](std::byte b) { return b == std::byte{0x77}; }));
}

CASE("an interrupt needs no stack pointer that points anywhere") {
  for (const std::uintptr_t sp : {0x0ull, 0x13ull, 0xffff'ffff'ffff'fff8ull, 0x1234'5678'9abc'def0ull}) spin_for_some_interrupts(sp);
  task elsewhere{"elsewhere"};
  elsewhere.start(memory, [] { spin_for_some_interrupts(0x10); });
  CHECK(elsewhere.join().ok());
}
