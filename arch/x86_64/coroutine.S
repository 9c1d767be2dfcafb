/// Where a generator's body begins, for the inline switch. arch/riscv64/coroutine.S tells the story.
#include "asm.h"
#include <isa/frame.h>

/// Entered by the first resume, still on the resumer's stack: rdi = the coroutine, which lies at the top of the body's stack.
FUNCTION enter_coroutine
        .cfi_def_cfa rdi, COROUTINE_BYTES               // the resumer's registers are the last three words there
        .cfi_offset rsp, RESUMER_SP - COROUTINE_BYTES
        .cfi_offset rbp, RESUMER_FP - COROUTINE_BYTES
        .cfi_offset rip, RESUMER_PC - COROUTINE_BYTES
        movq    %rdi, %rsp
        leaq    RESUMER_FP(%rdi), %rbp                  // where the chain of frame pointers goes on
        movq    $0, BODY_PC(%rdi)                       // it runs
        .cfi_def_cfa_register rsp                       // the coroutine lies there, too
        pushq   $1f                                     // a jump, as nothing will ever return from there
        .cfi_adjust_cfa_offset 8
        jmp     *BODY_FP(%rdi)
        .cfi_adjust_cfa_offset -8
        nop                                             // unwinders look a return address up one byte before it
1:      ud2
END_FUNCTION enter_coroutine
