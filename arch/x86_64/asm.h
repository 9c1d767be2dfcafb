/// Assembly macros of x86_64: function bookkeeping and stack frames, as in arch/riscv64/asm.h.
#ifndef BOBBIN_ASM_H
#define BOBBIN_ASM_H

        .cfi_sections .debug_frame                      // for debuggers; nothing unwinds at run time

.macro FUNCTION name                                    // opens a global function with call frame information
        .section .text.\name, "ax", @progbits
        .balign 16
        .globl  \name
        .type   \name, @function
\name:
        .cfi_startproc
.endm

.macro END_FUNCTION name
        .cfi_endproc
        .size   \name, . - \name
.endm

.macro reserve bytes                                    // rsp goes down first: nothing is ever stored below it
        subq    $(\bytes), %rsp
        .cfi_adjust_cfa_offset (\bytes)
.endm

.macro release bytes
        addq    $(\bytes), %rsp
        .cfi_adjust_cfa_offset -(\bytes)
.endm

.macro save reg, slot                                   // register -> its slot of the frame at rsp
        movq    %\reg, (\slot)(%rsp)
        .cfi_rel_offset \reg, (\slot)
.endm

.macro load reg, slot                                   // register <- its slot
        movq    (\slot)(%rsp), %\reg
        .cfi_restore \reg
.endm

#endif
