/// What a handler has interrupted, riscv64: the frame that arch/riscv64/trap.S lays at the top of the trap stack.
#pragma once

#include <arch/image.hpp>
#include <isa/frame.h>

#include <cstddef>
#include <cstdint>

namespace interrupted {

inline std::uintptr_t& slot(std::size_t offset) {
  return *reinterpret_cast<std::uintptr_t*>(bobbin::arch::boundary(__trap_stack_high) - TRAP_FRAME_BYTES + offset);
}

inline std::uintptr_t& pc() { return slot(TRAP_PC); }
inline std::uintptr_t stack_pointer() { return slot(TRAP_SP); }

/// How many instructions later than others the handler was entered, because trap.S kept FP registers: one for each slot
/// up to that of fcsr, and two.
inline std::int64_t delay() { return slot(TRAP_STATUS) >> 63 ? FP_STATE_FCSR / 8 + 3 : 0; }

/// Whether a handler finds what compiled code relies on, whatever it has interrupted: gp.
inline bool abi_is_kept() {
  std::uintptr_t gp, expected;
  asm volatile("mv %0, gp" : "=r"(gp));
  asm(".option push\n\t.option norelax\n\tla %0, __global_pointer$\n\t.option pop" : "=r"(expected));
  return gp == expected;
}

/// What a stack pointer is a multiple of, between any two instructions.
inline constexpr std::uintptr_t stack_step = 16;

/// All that a task can keep in registers, for interrupts.S.
struct registers {
  static constexpr std::size_t integers = 32, all = integers + 32 + 1;

  std::uint64_t words[all];  ///< x0-x31, without x0 and sp; f0-f31; fcsr

  /// Everywhere something else, and all of it changes with `seed`.
  explicit registers(std::uint64_t seed) {
    for (std::size_t i = 0; i < all; ++i) words[i] = (seed ^ 0x5bd1'e995'97f4'a7c1) * (2 * i + 1);
    words[all - 1] = seed % 5 << 5 | (seed & 0x1f);  // a rounding mode, flags
  }

  /// Where the frame of an interrupt has the integer register `number`.
  static constexpr std::size_t slot_of(std::size_t number) { return 8 * number; }
  static constexpr bool left_out(std::size_t number) { return number == 0 || number == 2; }
};

}  // namespace interrupted
