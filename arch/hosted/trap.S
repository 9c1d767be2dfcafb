/// The way out of a signal's handler, hosted. The way in is Linux's: it changes to the signal stack, lays down there what
/// it will want back, and calls handle_signal, which returns to here.
///
///   higher addresses   +------------------------------+  __trap_stack_high
///                      | FP registers                 |
///                      | siginfo                      |
///                      | ucontext: integer registers  |
///   rsp, here     -->  +------------------------------+
#include "asm.h"

#include <asm/unistd.h>

// In struct ucontext [Linux, arch/x86/include/uapi/asm/sigcontext.h].
#define CONTEXT_R8         40
#define CONTEXT_RSP       160
#define CONTEXT_RIP       168

#define DW_CFA_DEF_CFA_EXPRESSION  0x0f
#define DW_CFA_EXPRESSION          0x10
#define DW_OP_BREG7                0x77                 // rsp + offset
#define DW_OP_DEREF                0x06

.macro saved_at number, offset                          // DWARF's number of a register, and where it lies from rsp on
        .cfi_escape DW_CFA_EXPRESSION, \number, 3, DW_OP_BREG7, (\offset) & 0x7f | 0x80, (\offset) >> 7
.endm

FUNCTION return_from_signals
        .cfi_signal_frame
        .cfi_escape DW_CFA_DEF_CFA_EXPRESSION, 4, DW_OP_BREG7, CONTEXT_RSP & 0x7f | 0x80, CONTEXT_RSP >> 7, DW_OP_DEREF
        .set    offset, CONTEXT_R8
        .irp    number, 8, 9, 10, 11, 12, 13, 14, 15, 5, 4, 6, 3, 1, 0, 2
        saved_at \number, offset
        .set    offset, offset + 8
        .endr
        saved_at 16, CONTEXT_RIP
        nop                                             // unwinders look a return address up one byte before it
        .globl  return_from_signal
return_from_signal:
        movl    $__NR_rt_sigreturn, %eax
        syscall
        ud2                                             // it does not return
END_FUNCTION return_from_signals
