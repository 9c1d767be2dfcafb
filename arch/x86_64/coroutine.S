/// Both ends of a generator's body, for the inline switch. arch/riscv64/coroutine.S tells the story.
#include "asm.h"
#include <isa/frame.h>

/// Entered by the call of the first resume: rdi = the coroutine, which lies at the top of the body's stack.
FUNCTION enter_coroutine
        pushq   %rbp                                    // with the return address: a frame record of the resumer
        .cfi_def_cfa_offset 16
        .cfi_offset rbp, -16
        movq    %rsp, RESUMER_SP(%rdi)
        movq    BODY_SP(%rdi), %rsp
        // the resumer's frame record is what RESUMER_SP(%rsp) points to, so its frame ends 16 above that
        .cfi_escape 0x0f, 5, 0x77, RESUMER_SP, 0x06, 0x23, 16
        leaq    RESUMER_SP(%rdi), %rbp                  // where the chain of frame pointers goes on
        movq    $0, BODY_PC(%rdi)                       // it runs
        call    *BODY_FP(%rdi)
        ud2                                             // a body leaves by leave_coroutine
END_FUNCTION enter_coroutine

/// [[noreturn]] void leave_coroutine(coroutine*)
///
/// Returns from the resumer's call, with the null pointer that says: for good.
FUNCTION leave_coroutine
        .cfi_undefined rip
        movq    RESUMER_SP(%rdi), %rsp
        popq    %rbp
        xorl    %edi, %edi
        ret
END_FUNCTION leave_coroutine

/// The landing of a stop: rdi = the coroutine, rax = where its yield returns that it was stopped.
FUNCTION land_to_stop
        pushq   %rbp
        .cfi_def_cfa_offset 16
        .cfi_offset rbp, -16
        movq    %rsp, RESUMER_SP(%rdi)
        movq    BODY_FP(%rdi), %rbp
        movq    BODY_SP(%rdi), %rsp
        .cfi_undefined rip
        movq    $0, BODY_PC(%rdi)
        jmp     *%rax
END_FUNCTION land_to_stop
