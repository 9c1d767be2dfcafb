/// Assembly helpers for interrupts at chosen places. Implemented in tests/kernel/<isa>/interrupts.S.
#pragma once

#include <interrupted.hpp>

#include <cstdint>

extern "C" {

/// Takes `count` instructions, at most 127, and always the same number more.
void pass_instructions(std::uint64_t count);

/// Leaves other values in every register that a function may change, FP registers among them.
void spoil_registers();

/// Spins with all registers as `given` until a handler changes the interrupted pc from `spinning` to `spun`; notes what
/// they are then in `found`.
void spin(const interrupted::registers& given, interrupted::registers& found);
extern const char spinning[], spun[];

/// Spins until `*counter` is `until`, with the stack pointer at `sp`, which need not point anywhere.
void spin_at(std::uintptr_t sp, const volatile int* counter, int until);

}  // extern "C"
