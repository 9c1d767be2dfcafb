/// Assembly helpers for interrupts at chosen places. Implemented in tests/kernel/<isa>/interrupts.S.
#pragma once

#include <cstdint>

extern "C" {

/// Takes `count` instructions, at most 127, and always the same number more.
void pass_instructions(std::uint64_t count);

/// Leaves other values in every register that a function may change, FP registers among them.
void spoil_registers();

}  // extern "C"
