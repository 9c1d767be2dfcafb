/// Both ends of a generator's body, for the inline switch. arch/riscv64/coroutine.S tells the story.
#include "asm.h"
#include <isa/frame.h>

.macro called_by_resumer                                // for the unwinder: the resumer's registers are in the coroutine
        .cfi_def_cfa rdi, COROUTINE_BYTES
        .cfi_offset rsp, RESUMER_SP - COROUTINE_BYTES
        .cfi_offset rbp, RESUMER_FP - COROUTINE_BYTES
        .cfi_offset rip, RESUMER_PC - COROUTINE_BYTES
.endm

/// Entered by the first resume, still on the resumer's stack: rdi = the coroutine, which lies at the top of the body's stack.
FUNCTION enter_coroutine
        called_by_resumer
        movq    BODY_SP(%rdi), %rsp
        leaq    RESUMER_FP(%rdi), %rbp                  // where the chain of frame pointers goes on
        movq    $0, BODY_PC(%rdi)                       // it runs
        .cfi_def_cfa_register rsp                       // the coroutine lies there, too
        call    *BODY_FP(%rdi)
        ud2                                             // a body leaves by leave_coroutine
END_FUNCTION enter_coroutine

/// [[noreturn]] void leave_coroutine(coroutine*)
///
/// Goes on in the resumer with the null pointer that says: for good.
FUNCTION leave_coroutine
        movq    RESUMER_FP(%rdi), %rbp
        called_by_resumer                               // the body's registers are being lost
        movq    RESUMER_SP(%rdi), %rsp
        movq    RESUMER_PC(%rdi), %rax
        .cfi_def_cfa rsp, 0
        .cfi_restore rsp
        .cfi_restore rbp
        .cfi_register rip, rax
        xorl    %edi, %edi
        jmp     *%rax
END_FUNCTION leave_coroutine

/// The landing of a stop: rdi = the coroutine, rax = where its yield returns that it was stopped.
FUNCTION land_to_stop
        called_by_resumer
        movq    BODY_FP(%rdi), %rbp
        movq    BODY_SP(%rdi), %rsp
        movq    $0, BODY_PC(%rdi)
        jmp     *%rax
END_FUNCTION land_to_stop
