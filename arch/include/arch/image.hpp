/// The boundaries of the running image, from linker/<isa>.ld.S.
#pragma once

#include <cstddef>

extern "C" {
extern std::byte __image_start[], __image_end[];
extern std::byte __text_start[], __text_end[];
extern std::byte __rodata_start[], __rodata_end[];
extern std::byte __data_start[];
extern std::byte __tdata_start[], __tdata_end[];           // initial values of the thread_local objects
extern std::byte __tls_bytes[], __tls_align[];             // of all of them: the address is the number
extern std::byte __main_tls_low[], __main_tls_high[];      // the thread_local objects of the task "main"
extern std::byte __boot_stack_low[], __boot_stack_high[];  // the stack of the task "main"
extern std::byte __trap_stack_low[], __trap_stack_high[];  // where interrupts are handled and faults reported
extern std::byte __fault_stack_low[], __fault_stack_high[];  // the same for a fault of a handler
extern std::byte __page_tables_start[], __page_tables_end[];  // see arch/<isa>/memory.cpp
}

namespace bobbin::arch {

/// The address of a boundary. The compiler takes an array for all there is and would warn of what lies before it.
inline std::byte* boundary(std::byte* symbol) noexcept {
  asm("" : "+r"(symbol));
  return symbol;
}

}  // namespace bobbin::arch
