/// The exception that software raises on purpose: see arch/include/arch/trap.hpp.
#include "asm.h"

/// [[noreturn]] void raise_fault(const software_fault&)
///
///   rdi = the fault      The handler knows this rip, and takes the return address for the place where it happened.
FUNCTION raise_fault
        .globl  raise_fault_instruction
raise_fault_instruction:
        ud2
END_FUNCTION raise_fault
