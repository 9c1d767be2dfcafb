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
        sqrtsd  %xmm0, %xmm1                            // of a negative number: a flag in mxcsr
        fninit
        fldpi
        fldpi
        fmulp
        fstp    %st(0)
        ret
END_FUNCTION spoil_registers

#define SPIN_FOUND         0
#define SPIN_SCRATCH       8
#define SPIN_MXCSR        16
#define SPIN_X87          20
#define SPIN_SAVED        24
#define SPIN_FRAME_BYTES  72
#define FLAGS_WORD       128                            // of struct registers
#define FP_STATE         144

.macro each_saved what                                  // the callee-saved registers and their slots
        \what   rbx, SPIN_SAVED
        \what   rbp, SPIN_SAVED+8
        \what   r12, SPIN_SAVED+16
        \what   r13, SPIN_SAVED+24
        \what   r14, SPIN_SAVED+32
        \what   r15, SPIN_SAVED+40
.endm

.macro each_register what                               // all but rdi and rsp, and their words
        \what   rax, 0
        \what   rcx, 8
        \what   rdx, 16
        \what   rbx, 24
        \what   rbp, 40
        \what   rsi, 48
        \what   r8,  64
        \what   r9,  72
        \what   r10, 80
        \what   r11, 88
        \what   r12, 96
        \what   r13, 104
        \what   r14, 112
        \what   r15, 120
.endm

.macro take reg, word
        movq    \word(%rdi), %\reg
.endm

.macro note reg, word
        movq    %\reg, \word(%rdi)
.endm

/// void spin(const registers& given, registers& found)
FUNCTION spin
        reserve SPIN_FRAME_BYTES
        each_saved save
        stmxcsr SPIN_MXCSR(%rsp)
        fnstcw  SPIN_X87(%rsp)
        movq    %rsi, SPIN_FOUND(%rsp)
        fxrstor64 FP_STATE(%rdi)
        pushq   FLAGS_WORD(%rdi)
        each_register take
        movq    56(%rdi), %rdi
        popfq
        .globl  spinning, spun
spinning:
        jmp     spinning
spun:
        movq    %rdi, SPIN_SCRATCH(%rsp)
        movq    SPIN_FOUND(%rsp), %rdi
        each_register note
        pushfq
        popq    FLAGS_WORD(%rdi)
        cld
        movq    SPIN_SCRATCH(%rsp), %rax
        movq    %rax, 56(%rdi)
        fxsave64 FP_STATE(%rdi)
        fninit
        ldmxcsr SPIN_MXCSR(%rsp)
        fldcw   SPIN_X87(%rsp)
        each_saved load
        release SPIN_FRAME_BYTES
        ret
END_FUNCTION spin

/// void spin_at(uintptr_t sp, const volatile int* counter, int until)
FUNCTION spin_at
        movq    %rsp, %rax
        movq    %rdi, %rsp
1:      cmpl    %edx, (%rsi)
        jl      1b
        movq    %rax, %rsp
        ret
END_FUNCTION spin_at
