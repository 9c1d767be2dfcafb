/// The switch on riscv64.
///
/// A context is suspended by a call, so the caller has already given up every register the psABI lets a callee destroy.
/// What is left to keep is ra, sp and s0-s11, and fs0-fs11 if the leaving side has put anything into FP registers.
///
///   higher addresses   | caller's frame               |
///                      | fs11 ... fs0  ra             |  FP_FRAME_BYTES, only where sstatus says "dirty"
///                      | s11  s10  ...  s1  s0  ra    |  SWITCH_FRAME_BYTES, one slot each
///   *save, load  --->  +------------------------------+
///
/// Who used FP registers pays for them, nobody else: sstatus.SD (bit 63) is set by the hardware when an FP register is
/// written. A side that leaves with SD set first saves fs0-fs11 and puts `restore_fp` in the place of its return
/// address, so the entering path has nothing to ask: it returns, and who has FP registers to get back gets them there.
/// Integer contexts pay two instructions. fcsr is not part of a context.
#include "asm.h"
#include <isa/frame.h>

.macro each_saved what                                  // the callee-saved integer registers and their slots
        \what   ra,  SWITCH_RA
        \what   s0,  SWITCH_S0
        \what   s1,  SWITCH_S1
        \what   s2,  SWITCH_S2
        \what   s3,  SWITCH_S3
        \what   s4,  SWITCH_S4
        \what   s5,  SWITCH_S5
        \what   s6,  SWITCH_S6
        \what   s7,  SWITCH_S7
        \what   s8,  SWITCH_S8
        \what   s9,  SWITCH_S9
        \what   s10, SWITCH_S10
        \what   s11, SWITCH_S11
.endm

.macro each_fp what                                     // the callee-saved FP registers and theirs
        \what   fs0,  FP_FS0
        \what   fs1,  FP_FS1
        \what   fs2,  FP_FS2
        \what   fs3,  FP_FS3
        \what   fs4,  FP_FS4
        \what   fs5,  FP_FS5
        \what   fs6,  FP_FS6
        \what   fs7,  FP_FS7
        \what   fs8,  FP_FS8
        \what   fs9,  FP_FS9
        \what   fs10, FP_FS10
        \what   fs11, FP_FS11
.endm

.macro take reg, slot                                   // register <- its slot in the frame being entered
        ld      \reg, (\slot)(a1)
.endm

.macro unsaved reg, slot                                // for the unwinder: the register holds the caller's value
        .cfi_restore \reg
.endm

.macro saved reg, slot                                  // for the unwinder: the value lies in its slot
        .cfi_rel_offset \reg, (\slot)
.endm

.macro fload reg, slot
        fld     \reg, (\slot)(sp)
.endm

/// void switch_context(stack_pointer* save, stack_pointer load)
///
///   a0 = where the leaving side's stack pointer goes      ra, sp, s0-s11, fs0-fs11 preserved across the call
///   a1 = stack pointer of the side to enter               everything else clobbered
FUNCTION switch_context
        csrr    t0, sstatus
        bltz    t0, leave_with_fp                       // SD: this side has FP registers to lose
integer_part:
        reserve SWITCH_FRAME_BYTES
        each_saved save
        sd      sp, (a0)                                // publish: from here the leaving side may be entered
        each_saved take                                 // sp stays: until the last load this is the leaving side
        addi    sp, a1, SWITCH_FRAME_BYTES              // now on the entering stack, its frame released
        .cfi_adjust_cfa_offset -SWITCH_FRAME_BYTES
        each_saved unsaved
        ret                                             // into whoever was switched away from there

leave_with_fp:
        reserve FP_FRAME_BYTES
        save    ra, FP_RA
        each_fp fsave
        la      ra, restore_fp                          // whoever enters this side passes there first
        li      t0, 1 << 14
        csrc    sstatus, t0                             // FS: dirty -> initial, the next side starts clean
        j       integer_part
END_FUNCTION switch_context

/// Entered by the return of `switch_context` into a side that had left with FP registers: sp at its FP frame.
FUNCTION restore_fp_frame
        .cfi_def_cfa_offset FP_FRAME_BYTES
        saved   ra, FP_RA
        each_fp saved
        nop                                             // unwinders look a return address up one byte before it
        .globl  restore_fp
restore_fp:
        each_fp fload                                   // writing them makes FS dirty again
        ld      ra, FP_RA(sp)
        .cfi_restore ra
        each_fp unsaved
        release FP_FRAME_BYTES
        ret
END_FUNCTION restore_fp_frame

/// The outermost frame of every context: what `first_frame` makes the first switch return to.
///
///   s1 = entry point       s2 = its argument       s0 = 0, where walks along frame pointers end
///   sp = 16-byte aligned, nothing above it belongs to a caller
///
/// A task begins at `enter_first_frame`: sp = the argument, s0 = the entry point (isa/continuation.hpp).
FUNCTION outermost_frame
        .cfi_undefined ra                               // nobody called: backtraces end here
        nop
        .globl  enter_context
enter_context:
        mv      a0, s2
        jalr    s1
        unimp                                           // an entry point does not return
        .globl  enter_first_frame
enter_first_frame:
        mv      a0, sp
        mv      s1, s0
        li      s0, 0
        jalr    s1
        unimp
END_FUNCTION outermost_frame

/// Entered by a jump, from the place of a yield: ra = where that goes on. The rest is as after a call of
/// `yield_from(pc, sp, fp)` there, which goes on in another task; or returns, if there is none.
FUNCTION yield_out_of_line
        mv      a0, ra
        mv      a1, sp
        mv      a2, s0
        tail    yield_from
END_FUNCTION yield_out_of_line
