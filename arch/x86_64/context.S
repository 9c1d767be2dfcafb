/// The switch on x86_64. arch/riscv64/context.S tells the story; here is what differs.
///
/// The return address is on the stack already, pushed by the call, and no FP register is callee-saved, so there is one
/// frame and no question of who used what. mxcsr and the x87 control word are not part of a context.
///
///   higher addresses   | caller's frame               |
///                      | return address               |  SWITCH_FRAME_BYTES, one slot each
///                      | r15  r14  r13  r12  rbp  rbx |
///   *save, load  --->  +------------------------------+  8 below a multiple of 16
#include "asm.h"
#include <isa/frame.h>

.macro each_saved what                                  // the callee-saved registers and their slots
        \what   rbx, SWITCH_RBX
        \what   rbp, SWITCH_RBP
        \what   r12, SWITCH_R12
        \what   r13, SWITCH_R13
        \what   r14, SWITCH_R14
        \what   r15, SWITCH_R15
.endm

.macro take reg, slot                                   // register <- its slot in the frame being entered
        movq    (\slot)(%rsi), %\reg
.endm

.macro unsaved reg, slot                                // for the unwinder: the register holds the caller's value
        .cfi_restore \reg
.endm

/// void switch_context(stack_pointer* save, stack_pointer load)
///
///   rdi = where the leaving side's stack pointer goes     rbx, rbp, rsp, r12-r15 preserved across the call
///   rsi = stack pointer of the side to enter              everything else clobbered
FUNCTION switch_context
        reserve SWITCH_SAVED_BYTES
        each_saved save
        movq    %rsp, (%rdi)                            // publish: from here the leaving side may be entered
        each_saved take                                 // rsp stays: until the last load this is the leaving side
        leaq    SWITCH_RIP(%rsi), %rsp                  // now on the entering stack, its frame released
        .cfi_adjust_cfa_offset -SWITCH_SAVED_BYTES
        each_saved unsaved
        ret                                             // into whoever was switched away from there
END_FUNCTION switch_context

/// The outermost frame of every context: what `first_frame` makes the first switch return to.
///
///   rbx = entry point      r12 = its argument      rbp = 0, where walks along frame pointers end
///   rsp = 16-byte aligned, nothing above it belongs to a caller
///
/// A task begins at `enter_first_frame`: rsp = the argument, rbp = the entry point.
FUNCTION outermost_frame
        .cfi_undefined rip                              // nobody called: backtraces end here
        nop                                             // unwinders look a return address up one byte before it
        .globl  enter_context
enter_context:
        movq    %r12, %rdi
        call    *%rbx
        ud2                                             // an entry point does not return
        .globl  enter_first_frame
enter_first_frame:
        movq    %rsp, %rdi
        movq    %rbp, %rbx
        xorl    %ebp, %ebp
        call    *%rbx
        ud2
END_FUNCTION outermost_frame

/// Entered by a jump, from the place of a yield: rdi = where that goes on.
FUNCTION yield_out_of_line
        .cfi_def_cfa_offset 0                           // nobody has pushed a return address yet
        .cfi_register rip, rdi
        movq    %rsp, %rsi
        movq    %rbp, %rdx
        pushq   %rdi
        .cfi_def_cfa_offset 8
        .cfi_offset rip, -8
        jmp     yield_from
END_FUNCTION yield_out_of_line
