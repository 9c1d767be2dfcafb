/// What tests/kernel/interrupts.hpp declares, x86_64.
#include "asm.h"

/// void pass_instructions(uint64_t count)
FUNCTION pass_instructions
        leaq    passed(%rip), %rax
        subq    %rdi, %rax
        jmp     *%rax
        .rept   127
        nop
        .endr
passed: ret
END_FUNCTION pass_instructions

/// void spoil_registers()
FUNCTION spoil_registers
        .irp    reg, rax, rcx, rdx, rsi, rdi, r8, r9, r10, r11
        movq    $-0x5b, %\reg
        .endr
        .irp    number, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
        movq    %rax, %xmm\number
        .endr
        cvtsi2sdq %rax, %xmm0
        sqrtsd  %xmm0, %xmm1                            // a flag in mxcsr
        fninit
        fldpi
        fldpi
        fmulp
        fstp    %st(0)
        ret
END_FUNCTION spoil_registers
