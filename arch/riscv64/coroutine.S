/// Where a generator's body begins, for the inline switch (isa/coroutine.hpp).
#include "asm.h"
#include <isa/frame.h>

/// Entered by the call of the first resume: a0 = the coroutine, which lies at the top of the body's stack.
FUNCTION enter_coroutine
        sd      sp, RESUMER_SP(a0)
        sd      s0, RESUMER_FP(a0)
        sd      ra, RESUMER_PC(a0)
        sd      zero, BODY_PC(a0)                       // the body runs
        .cfi_def_cfa a0, COROUTINE_BYTES                // the resumer's registers are the last three words there
        .cfi_offset sp, RESUMER_SP - COROUTINE_BYTES
        .cfi_offset s0, RESUMER_FP - COROUTINE_BYTES
        .cfi_offset ra, RESUMER_PC - COROUTINE_BYTES
        ld      t1, BODY_FP(a0)                         // until the first yield: what to run
        mv      sp, a0
        .cfi_def_cfa sp, COROUTINE_BYTES
        addi    s0, a0, COROUTINE_BYTES                 // where the chain of frame pointers goes on
        lla     ra, 1f                                  // a jump, as nothing will ever return from there
        jr      t1
1:      unimp
END_FUNCTION enter_coroutine
