/// A processor exception, told in portable words.
#pragma once

#include <cstdint>

namespace bobbin {

struct trap_info {
  const char* cause;           ///< "store to an unmapped page", "illegal instruction", ...
  std::uintptr_t code;         ///< the architecture's number: scause, or the vector
  std::uintptr_t pc;
  std::uintptr_t address;      ///< what was accessed; 0 where the cause has no address
  std::uintptr_t stack_pointer;
  std::uintptr_t frame_pointer;
};

/// Implemented in kernel/debug; arch/<isa>/trap.cpp calls it for every exception it cannot handle itself.
[[noreturn]] void on_trap(const trap_info&) noexcept;

}  // namespace bobbin
