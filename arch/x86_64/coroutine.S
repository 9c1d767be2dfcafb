/// Both ends of a generator's body, for the inline switch. arch/riscv64/coroutine.S tells the story.
#include "asm.h"
#include <isa/frame.h>

#define DW_CFA_EXPRESSION     0x10                      // [DWARF 4, 6.4.2]: the register lies where the expression says
#define DW_CFA_VAL_EXPRESSION 0x16                      // it is what the expression says; both begin with the CFA
#define DW_OP_DEREF           0x06
#define DW_OP_PLUS            0x23
#define DW_RBP                6
#define DW_RSP                7
#define DW_RIP                16

.macro called_by_resumer coroutine                      // for the unwinder: the CFA is where resumer_sp lies, in the stack of
        .cfi_def_cfa \coroutine, RESUMER_SP             // the body, whose frames must lie below it; from there on it says
        .cfi_escape DW_CFA_VAL_EXPRESSION, DW_RSP, 3, DW_OP_DEREF, DW_OP_PLUS, 16
        .cfi_escape DW_CFA_EXPRESSION, DW_RBP, 1, DW_OP_DEREF
        .cfi_escape DW_CFA_EXPRESSION, DW_RIP, 3, DW_OP_DEREF, DW_OP_PLUS, 8
.endm

/// Entered by the call of the first resume: rdi = the coroutine, which lies at the top of the body's stack.
FUNCTION enter_coroutine
        pushq   %rbp                                    // with the return address: a frame record of the resumer
        .cfi_def_cfa_offset 16
        .cfi_offset rbp, -16
        movq    %rsp, RESUMER_SP(%rdi)
        called_by_resumer rdi
        movq    BODY_SP(%rdi), %rsp
        leaq    RESUMER_SP(%rdi), %rbp                  // where the chain of frame pointers goes on
        movq    $0, BODY_PC(%rdi)                       // it runs
        .cfi_def_cfa_register rsp                       // the coroutine lies there, too
        call    *BODY_FP(%rdi)
        ud2                                             // a body leaves by leave_coroutine
END_FUNCTION enter_coroutine

/// [[noreturn]] void leave_coroutine(coroutine*)
///
/// Returns from the resumer's call, with the null pointer that says: for good.
FUNCTION leave_coroutine
        movq    RESUMER_SP(%rdi), %rsp
        .cfi_def_cfa_offset 16                          // the resumer's frame record
        .cfi_offset rbp, -16
        popq    %rbp
        .cfi_def_cfa_offset 8
        .cfi_restore rbp
        xorl    %edi, %edi
        ret
END_FUNCTION leave_coroutine

/// The landing of a stop: rdi = the coroutine, rax = where its yield returns that it was stopped.
FUNCTION land_to_stop
        pushq   %rbp
        .cfi_def_cfa_offset 16
        .cfi_offset rbp, -16
        movq    %rsp, RESUMER_SP(%rdi)
        called_by_resumer rdi
        movq    BODY_FP(%rdi), %rbp
        movq    BODY_SP(%rdi), %rsp
        movq    $0, BODY_PC(%rdi)
        jmp     *%rax
END_FUNCTION land_to_stop
