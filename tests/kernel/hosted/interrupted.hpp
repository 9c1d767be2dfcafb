/// What a handler has interrupted, hosted: the frame that Linux lays somewhere near the top of the trap stack.
#pragma once

#include <arch/image.hpp>
#include <isa/frame.h>
#include <task_registers.hpp>

#include <ucontext.h>

#include <cstddef>
#include <cstdint>

extern "C" void return_from_signal();  // arch/hosted/trap.S

namespace interrupted {

/// The handler's return address is the lowest word of that frame.
inline ucontext_t& context() {
  auto* word = reinterpret_cast<std::uintptr_t*>(bobbin::arch::boundary(__trap_stack_high));
  do --word;
  while (*word != reinterpret_cast<std::uintptr_t>(return_from_signal));
  return *reinterpret_cast<ucontext_t*>(word + 1);
}

/// A register by the slot that it has in the frame of a trap on x86_64.
inline std::uintptr_t& slot(std::size_t offset) {
  constexpr int of_slot[] = {REG_RAX, REG_RBX, REG_RCX, REG_RDX, REG_RSI, REG_RDI, REG_RBP, REG_R8, REG_R9, REG_R10, REG_R11,
                             REG_R12, REG_R13, REG_R14, REG_R15, REG_TRAPNO, REG_ERR, REG_RIP, REG_CSGSFS, REG_EFL, REG_RSP};
  auto* const registers = reinterpret_cast<std::byte*>(&context().uc_mcontext.gregs);
  return reinterpret_cast<std::uintptr_t*>(registers)[of_slot[offset / sizeof(std::uintptr_t)]];
}

inline std::uintptr_t& pc() { return slot(TRAP_RIP); }
inline std::uintptr_t stack_pointer() { return slot(TRAP_RSP); }

/// How many instructions later than others the handler was entered.
inline std::int64_t delay() { return 0; }

}  // namespace interrupted
