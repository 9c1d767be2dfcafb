/// Assembly helpers of the suites: what only registers can tell. Implemented in tests/kernel/<isa>/registers.S.
#pragma once

#include <cstdint>

extern "C" {

/// Fills every callee-saved register, integer and FP, with a value made of `pattern` and the register's number, and its
/// frame with guard words; then calls `between(argument)` `rounds` times and compares each register after each call.
/// Returns one bit for each register that was wrong at least once, 0 when all is well:
///
///   riscv64: bit n = xn (sp is 2, gp 3, tp 4), bit 32 + n = fn        x86_64: bit n = the register that encodes as n
///            bit 63 = the frame was written to                                (rbx 3, rsp 4, rbp 5, r12-r15),
///                                                                             bit 32 = direction flag, 33 = %fs base,
///                                                                             bit 63 = the frame was written to
std::uint64_t hold_registers(std::uint64_t pattern, std::uint64_t rounds, void (*between)(void*), void* argument);

/// The same, leaving FP registers alone.
std::uint64_t hold_integer_registers(std::uint64_t pattern, std::uint64_t rounds, void (*between)(void*), void* argument);

/// What a flow of control finds in its first instruction, by `entry_probe`, which goes on in `go(probe)`.
struct probe {
  std::uintptr_t stack_pointer;   ///< before the call that entered: a multiple of 16
  std::uintptr_t return_address;
  std::uintptr_t frame_pointer;
  void (*go)(void* probe);
};
void entry_probe(void* probe);

/// Whether the instruction at `address` is the one that is none: what stands behind a call that must not return.
bool is_no_instruction(std::uintptr_t address);

/// The stack pointer at the call of this function.
std::uintptr_t stack_pointer_at_call();

/// Whether the processor says that FP registers have been written since this context was entered. Never on x86_64,
/// where no FP register is callee-saved.
bool fp_registers_in_use();

/// The direction in which FP results are rounded, in every unit there is. `mixed` when the units differ.
enum rounding : int { nearest = 0, to_zero = 1, down = 2, up = 3, mixed = 4 };
void set_rounding(rounding);
rounding current_rounding();

/// Whether a result of type double was rounded since the second was called: what the exception flag "inexact" tells.
bool results_were_rounded();
void forget_rounded_results();

}  // extern "C"
