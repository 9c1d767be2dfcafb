/// What tests/kernel/interrupts.hpp declares, riscv64.
#include "asm.h"

/// void pass_instructions(uint64_t count)
FUNCTION pass_instructions
        la      t0, passed
        slli    a0, a0, 2
        sub     t0, t0, a0
        jr      t0
        .option push
        .option norvc                                   // 4 bytes each
        .rept   127
        nop
        .endr
        .option pop
passed: ret
END_FUNCTION pass_instructions

/// void spoil_registers()
FUNCTION spoil_registers
        .irp    reg, t0, t1, t2, t3, t4, t5, t6, a0, a1, a2, a3, a4, a5, a6, a7
        li      \reg, -0x5b
        .endr
        .irp    reg, ft0, ft1, ft2, ft3, ft4, ft5, ft6, ft7, ft8, ft9, ft10, ft11, fa0, fa1, fa2, fa3, fa4, fa5, fa6, fa7
        fcvt.d.l \reg, a0
        .endr
        fdiv.d  fa0, fa1, fa2
        fsqrt.d fa0, fa0                                // a flag in fcsr
        ret
END_FUNCTION spoil_registers
