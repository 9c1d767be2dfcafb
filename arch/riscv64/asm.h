/// Assembly macros of riscv64: function bookkeeping and stack frames, with the call frame information inside.
///
/// Every macro that moves the stack pointer or stores a register says so to the unwinder in the same breath, so a
/// debugger can walk from any instruction. A frame is reserved once and filled with moves; its slots have names.
#ifndef BOBBIN_ASM_H
#define BOBBIN_ASM_H

        .cfi_sections .debug_frame                      // for debuggers; nothing unwinds at run time

.macro FUNCTION name                                    // opens a global function with call frame information
        .section .text.\name, "ax", @progbits
        .balign 4
        .globl  \name
        .type   \name, @function
\name:
        .cfi_startproc
.endm

.macro END_FUNCTION name
        .cfi_endproc
        .size   \name, . - \name
.endm

.macro reserve bytes                                    // sp goes down first: nothing is ever stored below it
        addi    sp, sp, -(\bytes)
        .cfi_adjust_cfa_offset (\bytes)
.endm

.macro release bytes
        addi    sp, sp, (\bytes)
        .cfi_adjust_cfa_offset -(\bytes)
.endm

.macro save reg, slot                                   // register -> its slot of the frame at sp
        sd      \reg, (\slot)(sp)
        .cfi_rel_offset \reg, (\slot)
.endm

.macro save_as name, reg, slot                          // the value of `name`, which is in `reg` -> the slot of `name`
        sd      \reg, (\slot)(sp)
        .cfi_rel_offset \name, (\slot)
.endm

.macro fsave reg, slot
        fsd     \reg, (\slot)(sp)
        .cfi_rel_offset \reg, (\slot)
.endm

#endif
