/// What a handler has interrupted, x86_64: the frame that arch/x86_64/trap.S lays at the top of the trap stack.
#pragma once

#include <arch/image.hpp>
#include <isa/frame.h>
#include <task_registers.hpp>

#include <cstddef>
#include <cstdint>

namespace interrupted {

inline std::uintptr_t& slot(std::size_t offset) {
  return *reinterpret_cast<std::uintptr_t*>(bobbin::arch::boundary(__trap_stack_high) - TRAP_FRAME_BYTES + offset);
}

inline std::uintptr_t& pc() { return slot(TRAP_RIP); }
inline std::uintptr_t stack_pointer() { return slot(TRAP_RSP); }

/// How many instructions later than others the handler was entered.
inline std::int64_t delay() { return 0; }

}  // namespace interrupted
