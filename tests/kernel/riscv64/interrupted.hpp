/// What a handler has interrupted, riscv64: the frame that arch/riscv64/trap.S lays at the top of the trap stack.
#pragma once

#include <arch/image.hpp>
#include <isa/frame.h>

#include <cstddef>
#include <cstdint>

namespace interrupted {

/// What a stack pointer is a multiple of, between any two instructions.
inline constexpr std::uintptr_t stack_step = 16;

inline std::uintptr_t& slot(std::size_t offset) {
  return *reinterpret_cast<std::uintptr_t*>(bobbin::arch::boundary(__trap_stack_high) - TRAP_FRAME_BYTES + offset);
}

inline std::uintptr_t& pc() { return slot(TRAP_PC); }
inline std::uintptr_t stack_pointer() { return slot(TRAP_SP); }

}  // namespace interrupted
