/// What tests/kernel/registers.hpp declares, x86_64.
#include "asm.h"

#define GUARD_BYTES      256                            // each word holds the frame's own address
#define GUARD_SAMPLE      64                            // found even with a stack pointer that is off by a few words
#define PATTERN          256
#define ROUNDS           264
#define BETWEEN          272
#define ARGUMENT         280
#define WRONG            288
#define FS_BASE          296
#define SAVED            304                            // the register with the encoding n at 8 * n from here
#define FRAME_BYTES      440                            // and 8 for the return address: a multiple of 16

#define DIRECTION_FLAG   10                             // of rflags

.macro each_integer what                                // the callee-saved registers and their encodings
        \what   rbx,  3
        \what   rbp,  5
        \what   r12, 12
        \what   r13, 13
        \what   r14, 14
        \what   r15, 15
.endm

.macro keep reg, number
        save    \reg, SAVED+8*\number
.endm

.macro give_back reg, number
        movq    (SAVED + 8 * \number)(%rsp), %\reg
        .cfi_restore \reg
.endm

.macro fill reg, number                                 // rdi = pattern
        leaq    \number(%rdi), %\reg
.endm

.macro expect_equal bit                                 // rax collects the bits of what differs
        je      9f
        btsq    $\bit, %rax
9:
.endm

.macro compare reg, number                              // rdi = pattern
        leaq    \number(%rdi), %rcx
        cmpq    %rcx, %\reg
        expect_equal \number
.endm

.macro HOLD name
FUNCTION \name
        reserve FRAME_BYTES
        each_integer keep
        movq    %rdi, PATTERN(%rsp)
        movq    %rsi, ROUNDS(%rsp)
        movq    %rdx, BETWEEN(%rsp)
        movq    %rcx, ARGUMENT(%rsp)
        movq    $0, WRONG(%rsp)
        rdfsbase %rax
        movq    %rax, FS_BASE(%rsp)
        xorl    %eax, %eax
1:      movq    %rsp, (%rsp, %rax)
        addq    $8, %rax
        cmpq    $GUARD_BYTES, %rax
        jb      1b
        each_integer fill

2:      movq    ARGUMENT(%rsp), %rdi
        call    *BETWEEN(%rsp)

        xorl    %eax, %eax
        movq    GUARD_SAMPLE(%rsp), %rcx                // where rsp should be
        cmpq    %rcx, %rsp
        expect_equal 4
        movq    %rcx, %rsp
        orq     WRONG(%rsp), %rax
        movq    PATTERN(%rsp), %rdi
        each_integer compare
        pushfq
        popq    %rcx
        testq   $(1 << DIRECTION_FLAG), %rcx
        expect_equal 32
        cld
        rdfsbase %rcx
        cmpq    %rcx, FS_BASE(%rsp)
        expect_equal 33
        xorl    %edx, %edx
3:      cmpq    %rsp, (%rsp, %rdx)
        expect_equal 63
        addq    $8, %rdx
        cmpq    $GUARD_BYTES, %rdx
        jb      3b
        movq    %rax, WRONG(%rsp)
        decq    ROUNDS(%rsp)
        jnz     2b

        movq    FS_BASE(%rsp), %rcx
        wrfsbase %rcx
        each_integer give_back
        addq    $FRAME_BYTES, %rsp
        .cfi_adjust_cfa_offset -FRAME_BYTES
        ret
END_FUNCTION \name
.endm

        HOLD    hold_registers
        HOLD    hold_integer_registers

/// void entry_probe(void* probe)
FUNCTION entry_probe
        leaq    8(%rsp), %rax
        movq    %rax, 0(%rdi)
        movq    (%rsp), %rax
        movq    %rax, 8(%rdi)
        movq    %rbp, 16(%rdi)
        jmp     *24(%rdi)
END_FUNCTION entry_probe

/// bool is_no_instruction(uintptr_t address): `ud2`, the bytes 0f 0b
FUNCTION is_no_instruction
        xorl    %eax, %eax
        cmpw    $0x0b0f, (%rdi)
        sete    %al
        ret
END_FUNCTION is_no_instruction

/// uintptr_t stack_pointer_at_call()
FUNCTION stack_pointer_at_call
        leaq    8(%rsp), %rax
        ret
END_FUNCTION stack_pointer_at_call

/// bool fp_registers_in_use()
FUNCTION fp_registers_in_use
        xorl    %eax, %eax
        ret
END_FUNCTION fp_registers_in_use

#define RC_OF_MXCSR      13                             // rounding control: 0 nearest, 1 down, 2 up, 3 to zero
#define RC_OF_X87        10

/// void set_rounding(rounding): in mxcsr and in the x87 control word
FUNCTION set_rounding
        reserve 8
        movl    %edi, %eax                              // 0 1 2 3  ->  0 3 1 2
        leaq    rounding_control(%rip), %rcx
        movzbl  (%rcx, %rax), %eax
        stmxcsr (%rsp)
        andl    $~(3 << RC_OF_MXCSR), (%rsp)
        movl    %eax, %edx
        shll    $RC_OF_MXCSR, %edx
        orl     %edx, (%rsp)
        ldmxcsr (%rsp)
        fnstcw  (%rsp)
        andw    $~(3 << RC_OF_X87), (%rsp)
        shll    $RC_OF_X87, %eax
        orw     %ax, (%rsp)
        fldcw   (%rsp)
        addq    $8, %rsp
        .cfi_adjust_cfa_offset -8
        ret
END_FUNCTION set_rounding

/// rounding current_rounding()
FUNCTION current_rounding
        reserve 8
        stmxcsr (%rsp)
        movl    (%rsp), %eax
        shrl    $RC_OF_MXCSR, %eax
        andl    $3, %eax
        fnstcw  (%rsp)
        movzwl  (%rsp), %edx
        shrl    $RC_OF_X87, %edx
        andl    $3, %edx
        addq    $8, %rsp
        .cfi_adjust_cfa_offset -8
        cmpl    %eax, %edx
        jne     1f
        leaq    rounding_of_control(%rip), %rcx
        movzbl  (%rcx, %rax), %eax
        ret
1:      movl    $4, %eax                                // mixed
        ret
END_FUNCTION current_rounding

#define PRECISION_FLAG   5                              // of mxcsr

/// bool results_were_rounded()
FUNCTION results_were_rounded
        reserve 8
        stmxcsr (%rsp)
        movl    (%rsp), %eax
        shrl    $PRECISION_FLAG, %eax
        andl    $1, %eax
        addq    $8, %rsp
        .cfi_adjust_cfa_offset -8
        ret
END_FUNCTION results_were_rounded

/// void forget_rounded_results()
FUNCTION forget_rounded_results
        reserve 8
        stmxcsr (%rsp)
        andl    $~(1 << PRECISION_FLAG), (%rsp)
        ldmxcsr (%rsp)
        addq    $8, %rsp
        .cfi_adjust_cfa_offset -8
        ret
END_FUNCTION forget_rounded_results

        .section .rodata.rounding, "a", @progbits
rounding_control:
        .byte   0, 3, 1, 2
rounding_of_control:
        .byte   0, 2, 3, 1
