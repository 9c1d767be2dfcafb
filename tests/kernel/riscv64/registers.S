/// What tests/kernel/registers.hpp declares, riscv64.
#include "asm.h"

#define GUARD_BYTES      256                            // each word holds the frame's own address
#define GUARD_SAMPLE      64                            // found even with a stack pointer that is off by a few words
#define PATTERN          256
#define ROUNDS           264
#define BETWEEN          272
#define ARGUMENT         280
#define WRONG            288
#define GP               296
#define TP               304
#define SAVED            320                            // the register xn at 8 * n from here
#define FP_SAVED         544                            // fn likewise
#define FRAME_BYTES      768

.macro each_integer what                                // the callee-saved integer registers and their numbers
        \what   s0,   8
        \what   s1,   9
        \what   s2,  18
        \what   s3,  19
        \what   s4,  20
        \what   s5,  21
        \what   s6,  22
        \what   s7,  23
        \what   s8,  24
        \what   s9,  25
        \what   s10, 26
        \what   s11, 27
.endm

.macro each_fp what                                     // the callee-saved FP registers and theirs
        \what   fs0,   8
        \what   fs1,   9
        \what   fs2,  18
        \what   fs3,  19
        \what   fs4,  20
        \what   fs5,  21
        \what   fs6,  22
        \what   fs7,  23
        \what   fs8,  24
        \what   fs9,  25
        \what   fs10, 26
        \what   fs11, 27
.endm

.macro keep reg, number
        save    \reg, SAVED+8*\number
.endm

.macro give_back reg, number
        ld      \reg, (SAVED + 8 * \number)(sp)
.endm

.macro fkeep reg, number
        fsave   \reg, FP_SAVED+8*\number
.endm

.macro fgive_back reg, number
        fld     \reg, (FP_SAVED + 8 * \number)(sp)
.endm

.macro fill reg, number                                 // a0 = pattern
        addi    \reg, a0, \number
.endm

.macro ffill reg, number
        addi    t0, a0, 32 + \number
        fmv.d.x \reg, t0
.endm

.macro expect value, expected, bit                      // t6 collects the bits of what differs
        beq     \value, \expected, 9f
        li      t1, 1 << (\bit)
        or      t6, t6, t1
9:
.endm

.macro compare reg, number                              // t5 = pattern
        addi    t0, t5, \number
        expect  \reg, t0, \number
.endm

.macro fcompare reg, number
        addi    t0, t5, 32 + \number
        fmv.x.d t2, \reg
        expect  t2, t0, 32 + \number
.endm

.macro HOLD name, with_fp
FUNCTION \name
        reserve FRAME_BYTES
        save    ra, SAVED + 8
        each_integer keep
        .if \with_fp
        each_fp fkeep
        .endif
        sd      a0, PATTERN(sp)
        sd      a1, ROUNDS(sp)
        sd      a2, BETWEEN(sp)
        sd      a3, ARGUMENT(sp)
        sd      zero, WRONG(sp)
        sd      gp, GP(sp)
        sd      tp, TP(sp)
        mv      t0, sp
        addi    t1, sp, GUARD_BYTES
1:      sd      sp, (t0)
        addi    t0, t0, 8
        bltu    t0, t1, 1b
        each_integer fill
        .if \with_fp
        each_fp ffill
        .endif

2:      ld      a0, ARGUMENT(sp)
        ld      t0, BETWEEN(sp)
        jalr    t0

        li      t6, 0
        ld      t0, GUARD_SAMPLE(sp)                    // where sp should be
        expect  sp, t0, 2
        mv      sp, t0
        ld      t0, WRONG(sp)
        or      t6, t6, t0
        ld      t5, PATTERN(sp)
        each_integer compare
        .if \with_fp
        each_fp fcompare
        .endif
        ld      t0, GP(sp)
        expect  gp, t0, 3
        ld      t0, TP(sp)
        expect  tp, t0, 4
        mv      t2, sp
        addi    t3, sp, GUARD_BYTES
3:      ld      t0, (t2)
        expect  sp, t0, 63
        addi    t2, t2, 8
        bltu    t2, t3, 3b
        sd      t6, WRONG(sp)
        ld      t0, ROUNDS(sp)
        addi    t0, t0, -1
        sd      t0, ROUNDS(sp)
        bnez    t0, 2b

        mv      a0, t6
        ld      gp, GP(sp)
        ld      tp, TP(sp)
        give_back ra, 1
        each_integer give_back
        .if \with_fp
        each_fp fgive_back
        .endif
        release FRAME_BYTES
        ret
END_FUNCTION \name
.endm

        HOLD    hold_registers, 1
        HOLD    hold_integer_registers, 0

/// void entry_probe(void* probe)
FUNCTION entry_probe
        sd      sp, 0(a0)
        sd      ra, 8(a0)
        sd      s0, 16(a0)
        ld      t1, 24(a0)
        jr      t1
END_FUNCTION entry_probe

/// bool is_no_instruction(uintptr_t address): `unimp`, two zero bytes
FUNCTION is_no_instruction
        lhu     a0, (a0)
        seqz    a0, a0
        ret
END_FUNCTION is_no_instruction

/// uintptr_t stack_pointer_at_call()
FUNCTION stack_pointer_at_call
        mv      a0, sp
        ret
END_FUNCTION stack_pointer_at_call

/// bool fp_registers_in_use(): sstatus.FS is "dirty"
FUNCTION fp_registers_in_use
        csrr    a0, sstatus
        srli    a0, a0, 63                              // SD sums FS up
        ret
END_FUNCTION fp_registers_in_use

/// void set_rounding(rounding): the numbers are those of frm
FUNCTION set_rounding
        fsrm    a0
        ret
END_FUNCTION set_rounding

/// rounding current_rounding()
FUNCTION current_rounding
        frrm    a0
        ret
END_FUNCTION current_rounding

/// bool results_were_rounded(): NX of fflags
FUNCTION results_were_rounded
        frflags a0
        andi    a0, a0, 1
        ret
END_FUNCTION results_were_rounded

/// void forget_rounded_results()
FUNCTION forget_rounded_results
        fsflags zero
        ret
END_FUNCTION forget_rounded_results
