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
        fsqrt.d fa0, fa1                                // of a negative number: a flag in fcsr
        ret
END_FUNCTION spoil_registers

#define SPIN_FOUND         0
#define SPIN_SCRATCH       8
#define SPIN_GP           16
#define SPIN_TP           24
#define SPIN_FCSR         32
#define SPIN_SAVED        40
#define SPIN_FP_SAVED    144
#define SPIN_FRAME_BYTES 240
#define FP_WORDS         256                            // of struct registers
#define FCSR_WORD        512

.macro each_saved what                                  // the callee-saved registers, from slot 0 on
        .set    slot, SPIN_SAVED
        .irp    reg, ra, s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11
        \what   \reg, slot
        .set    slot, slot + 8
        .endr
.endm

.macro each_fp_saved what
        .set    slot, SPIN_FP_SAVED
        .irp    reg, fs0, fs1, fs2, fs3, fs4, fs5, fs6, fs7, fs8, fs9, fs10, fs11
        \what   \reg, slot
        .set    slot, slot + 8
        .endr
.endm

.macro give_back reg, slot
        ld      \reg, (\slot)(sp)
.endm

.macro fgive_back reg, slot
        fld     \reg, (\slot)(sp)
.endm

/// void spin(const registers& given, registers& found)
FUNCTION spin
        reserve SPIN_FRAME_BYTES
        each_saved save
        each_fp_saved fsave
        sd      gp, SPIN_GP(sp)
        sd      tp, SPIN_TP(sp)
        frcsr   t0
        sd      t0, SPIN_FCSR(sp)
        sd      a1, SPIN_FOUND(sp)
        ld      t0, FCSR_WORD(a0)
        fscsr   t0
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
        fld     f\n, FP_WORDS + 8 * \n(a0)
        .endr
        .irp    n, 1, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 10
        ld      x\n, 8 * \n(a0)
        .endr
        .globl  spinning, spun
spinning:
        j       spinning
spun:
        sd      x5, SPIN_SCRATCH(sp)
        ld      x5, SPIN_FOUND(sp)
        .irp    n, 1, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
        sd      x\n, 8 * \n(x5)
        .endr
        ld      x6, SPIN_SCRATCH(sp)
        sd      x6, 8 * 5(x5)
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
        fsd     f\n, FP_WORDS + 8 * \n(x5)
        .endr
        frcsr   t1
        sd      t1, FCSR_WORD(x5)
        ld      t0, SPIN_FCSR(sp)
        fscsr   t0
        ld      gp, SPIN_GP(sp)
        ld      tp, SPIN_TP(sp)
        each_saved give_back
        each_fp_saved fgive_back
        release SPIN_FRAME_BYTES
        ret
END_FUNCTION spin

/// void spin_at(uintptr_t sp, const volatile int* counter, int until)
FUNCTION spin_at
        mv      t0, sp
        mv      sp, a0
1:      lw      t1, (a1)
        blt     t1, a2, 1b
        mv      sp, t0
        ret
END_FUNCTION spin_at
