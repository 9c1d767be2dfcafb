/// All that a task can keep in registers, x86_64, and where the frame of an interrupt has it.
#pragma once

#include <isa/frame.h>

#include <cstddef>
#include <cstdint>

namespace interrupted {

/// Whether a handler finds what compiled code relies on, whatever it has interrupted: the direction flag.
inline bool abi_is_kept() {
  std::uintptr_t flags;
  asm volatile("pushfq\n\tpopq %0" : "=r"(flags));
  return (flags & 1 << 10) == 0;
}

/// What a stack pointer is a multiple of, between any two instructions: a call and a push move it by 8.
inline constexpr std::uintptr_t stack_step = 8;

/// All that a task can keep in registers, for interrupts.S.
struct registers {
  static constexpr std::size_t integers = 16, fp_state = 18, all = fp_state + 52;

  alignas(16) std::uint64_t words[fp_state + 64];  ///< by their encodings, without rsp; flags; nothing; as fxsave64 has them

  /// Everywhere something else, and all of it changes with `seed`.
  explicit registers(std::uint64_t seed) {
    constexpr std::uint64_t status_flags = 0x8d5, direction_flag = 0x400, interrupts_enabled = 0x202;
    for (std::size_t i = 0; i < integers; ++i) words[i] = (seed ^ 0x5bd1'e995'97f4'a7c1) * (2 * i + 1);
    words[integers + 1] = 0;
    words[integers] = interrupts_enabled | (seed & 1 ? status_flags | direction_flag : 0);
    auto* fp = words + fp_state;
    asm volatile("fxsave64 %0" : "=m"(*reinterpret_cast<char(*)[FP_STATE_BYTES]>(fp)));
    for (std::size_t i = 4; i < 52; ++i) fp[i] = (seed ^ 0x5bd1'e995'97f4'a7c1) * (2 * i + 1);
    fp[0] = 0xff'0000'007full | (seed & 3) << 10;  // all of x87 in use; rounding control
    fp[3] = (fp[3] & ~0xffff'ffffull) | 0x1f80 | (seed & 3) << 13 | (seed & 0x3f);  // mxcsr: the same, flags
    for (std::size_t i = 4; i < 20; i += 2) fp[i] |= 1ull << 63, fp[i + 1] = 0x4000 + seed % 256;  // st0-7
  }

  /// Where the frame of an interrupt has the integer register `number`.
  static constexpr std::size_t slot_of(std::size_t number) {
    constexpr std::size_t slots[] = {TRAP_RAX, TRAP_RCX, TRAP_RDX, TRAP_RBX, TRAP_RSP, TRAP_RBP, TRAP_RSI, TRAP_RDI,
                                     TRAP_R8, TRAP_R9, TRAP_R10, TRAP_R11, TRAP_R12, TRAP_R13, TRAP_R14, TRAP_R15};
    return slots[number];
  }
  static constexpr bool left_out(std::size_t number) { return number == 4; }
};

}  // namespace interrupted
