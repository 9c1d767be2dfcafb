/// Both ends of a generator's body, for the inline switch (isa/coroutine.hpp).
#include "asm.h"
#include <isa/frame.h>

.macro note_resumer                                     // entered by the resumer's call, on its stack: a0 = the coroutine
        sd      sp, RESUMER_SP(a0)
        sd      s0, RESUMER_FP(a0)
        sd      ra, RESUMER_PC(a0)
        sd      zero, BODY_PC(a0)                       // the body runs
.endm

.macro called_by_resumer coroutine                      // for the unwinder: its registers are the last three words there
        .cfi_def_cfa \coroutine, COROUTINE_BYTES
        .cfi_offset sp, RESUMER_SP - COROUTINE_BYTES
        .cfi_offset s0, RESUMER_FP - COROUTINE_BYTES
        .cfi_offset ra, RESUMER_PC - COROUTINE_BYTES
.endm

/// Entered by the call of the first resume: a0 = the coroutine, which lies at the top of the body's stack.
FUNCTION enter_coroutine
        note_resumer
        called_by_resumer a0
        ld      t1, BODY_FP(a0)                         // until the first yield: what to run
        ld      sp, BODY_SP(a0)
        .cfi_def_cfa sp, COROUTINE_BYTES
        addi    s0, a0, COROUTINE_BYTES                 // where the chain of frame pointers goes on
        jalr    t1
        unimp                                           // a body leaves by leave_coroutine
END_FUNCTION enter_coroutine

/// [[noreturn]] void leave_coroutine(coroutine*)
///
/// Returns from the resumer's call, with the null pointer that says: for good.
FUNCTION leave_coroutine
        ld      ra, RESUMER_PC(a0)
        called_by_resumer a0                            // the body's registers are being lost
        ld      s0, RESUMER_FP(a0)
        ld      sp, RESUMER_SP(a0)
        .cfi_def_cfa sp, 0
        .cfi_restore sp
        .cfi_restore s0
        .cfi_restore ra
        li      a0, 0
        ret
END_FUNCTION leave_coroutine

/// The landing of a stop: a0 = the coroutine, t2 = where its yield returns that it was stopped.
FUNCTION land_to_stop
        note_resumer
        called_by_resumer a0
        ld      s0, BODY_FP(a0)
        ld      sp, BODY_SP(a0)
        jr      t2
END_FUNCTION land_to_stop
