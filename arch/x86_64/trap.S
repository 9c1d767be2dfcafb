/// Exceptions and interrupts on x86_64: from the processor's vector table to `handle_trap` or `handle_interrupt`, and
/// back.
///
/// The processor changes to a trap stack by itself (the interrupt stack table of the TSS), aligns it and pushes what it
/// must destroy; `trap_entries` completes the frame. The tables below are constants: the linker script splits the
/// addresses in them, as the formats ask.
///
///   higher addresses   +------------------------------+  __trap_stack_high
///                      | ss rsp rflags cs rip  error  |  by the processor; error is 0 where a vector has none
///                      | vector                       |
///                      | r15  r14  ...  rcx  rbx  rax |  TRAP_FRAME_BYTES, one slot each
///   trap_frame*  --->  +------------------------------+
///                      | mxcsr xmm0-15 x87            |  FP_STATE_BYTES, of an interrupt: handlers may use SSE
///                      +------------------------------+
///
/// A fault of a handler comes in on the trap stack as well, over the first frame of the handler; what is done about it
/// is done on the fault stack. A double fault comes in there.
#include "asm.h"
#include <isa/frame.h>
#include "segments.h"
#include "vectors.h"

#define ENTRY_BYTES       16
#define HAVE_ERROR_CODE   0x60227d00                    // one bit an exception: 8, 10-14, 17, 21, 29, 30
#define INTERRUPT_GATE    0x8e                          // present, enters with interrupts off

.macro each_saved what                                  // all integer registers but rsp, and their slots
        \what   rax, TRAP_RAX
        \what   rbx, TRAP_RBX
        \what   rcx, TRAP_RCX
        \what   rdx, TRAP_RDX
        \what   rsi, TRAP_RSI
        \what   rdi, TRAP_RDI
        \what   rbp, TRAP_RBP
        \what   r8,  TRAP_R8
        \what   r9,  TRAP_R9
        \what   r10, TRAP_R10
        \what   r11, TRAP_R11
        \what   r12, TRAP_R12
        \what   r13, TRAP_R13
        \what   r14, TRAP_R14
        \what   r15, TRAP_R15
.endm

.macro put value
        pushq   $\value
        .cfi_adjust_cfa_offset 8
.endm

/// Where the processor enters: ENTRY_BYTES for each vector, told apart by the number they push.
FUNCTION trap_entries
        .cfi_signal_frame                               // interrupted anywhere, not at a call
        .cfi_def_cfa rsp, TRAP_FRAME_BYTES - TRAP_RIP
        .cfi_offset rip, TRAP_RIP - TRAP_FRAME_BYTES
        .cfi_offset rsp, TRAP_RSP - TRAP_FRAME_BYTES
        .set    vector, 0
        .rept   VECTORS
        .balign ENTRY_BYTES
        .cfi_remember_state
        .if     vector < EXCEPTIONS && HAVE_ERROR_CODE >> vector & 1
        .cfi_adjust_cfa_offset 8
        .else
        put     0
        .endif
        put     vector
        jmp     complete_frame
        .cfi_restore_state
        .set    vector, vector + 1
        .endr

complete_frame:
        .cfi_def_cfa_offset TRAP_FRAME_BYTES - TRAP_VECTOR
        reserve TRAP_SAVED_BYTES
        each_saved save
        cld                                             // the psABI's state of the direction flag
        movq    %rsp, %rdi
        btsl    $0, in_handler(%rip)
        jc      handler_trapped
        cmpq    $EXCEPTIONS, TRAP_VECTOR(%rsp)
        jae     interrupt
        call    handle_trap                             // changes the frame: where to go on
return_from_trap:
        .cfi_remember_state
        movl    $0, in_handler(%rip)
        each_saved load
        release TRAP_RIP
        iretq

        .cfi_restore_state
interrupt:
        reserve FP_STATE_BYTES
        fxsave64 (%rsp)
        call    handle_interrupt
        fxrstor64 (%rsp)
        release FP_STATE_BYTES
        jmp     return_from_trap

handler_trapped:                                        // a double fault's frame lies on the fault stack: leave it
        movq    $__fault_stack_high - TRAP_FRAME_BYTES, %rsp
        .cfi_def_cfa rdi, TRAP_FRAME_BYTES
        call    handle_trap_in_handler
        ud2                                             // it does not return
END_FUNCTION trap_entries

        .section .data.in_handler, "aw", @progbits      // there before .bss is
        .balign 4
        .globl  in_handler
in_handler:                                             // the boot is one: start.S clears this
        .long   1

        .section .rodata.trap_tables, "a", @progbits
        .balign 16
        .globl  trap_vectors
trap_vectors:                                           // the IDT [Intel SDM 3A, 6.14.1]
        .set    vector, 0
        .rept   VECTORS
        .word   __trap_entries_bits_0_15 + vector * ENTRY_BYTES
        .word   KERNEL_CODE
        .if     vector == DOUBLE_FAULT_VECTOR
        .byte   2
        .else
        .byte   1
        .endif
        .byte   INTERRUPT_GATE
        .word   __trap_entries_bits_16_31
        .long   0, 0
        .set    vector, vector + 1
        .endr

        .globl  trap_vectors_descriptor
trap_vectors_descriptor:
        .word   . - trap_vectors - 1
        .long   trap_vectors, 0

        .balign 8
        .globl  trap_stacks
trap_stacks:                                            // the TSS [Intel SDM 3A, 7.7]: only its stack table matters
        .long   0
        .quad   0, 0, 0                                 // stacks of rings 0-2
        .quad   0
        .quad   __trap_stack_high                       // 1: all exceptions and interrupts
        .quad   __fault_stack_high                      // 2: double fault, when even that stack is not there
        .quad   0, 0, 0, 0, 0
        .quad   0
        .word   0, TSS_BYTES                            // no I/O permission map
