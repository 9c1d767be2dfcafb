/// The first instructions, hosted: what Linux starts a process with, up to kernel_main.
///
///   rsp = address of the arguments' count, and of the arguments above it     on a stack that is Linux's to give
#include "asm.h"

#define PAGE_BYTES            4096
#define TRAP_STACK_BYTES      (64 << 10)                // Linux saves all vector registers there

        .section .stack.boot, "aw", @nobits
        .balign 8192
        .globl  __fault_stack_low, __fault_stack_high
        .globl  __trap_stack_low, __trap_stack_high, __boot_stack_low, __boot_stack_high
        .skip   PAGE_BYTES                              // a guard below each
__fault_stack_low:                                      // until kernel_main, and for faults of handlers
        .skip   TRAP_STACK_BYTES
__fault_stack_high:
        .skip   PAGE_BYTES
__trap_stack_low:
        .skip   TRAP_STACK_BYTES
__trap_stack_high:
        .skip   PAGE_BYTES
__boot_stack_low:
        .skip   64 << 10
__boot_stack_high:

        .section .bss.boundary, "aw", @nobits           // the linker sorts by alignment, see linker/riscv64.ld.S:
        .balign 4096                                    // above this are stacks, from here on ordinary .bss
        .globl  __bss_start
__bss_start:
        .skip   16

FUNCTION _start
        .cfi_undefined rip                              // nobody called: backtraces end here
        movq    %rsp, %rbx
        xorl    %ebp, %ebp                              // where walks along frame pointers end
        movl    $__fault_stack_high, %esp               // for the first faults to be told by
        movl    $__constructors_start, %r12d            // of what instruments the image: a program has none
1:      cmpq    $__constructors_end, %r12
        je      2f
        call    *(%r12)
        addq    $8, %r12
        jmp     1b
2:      call    start_traps

        movl    $__boot_stack_high, %esp
        movl    $0, in_handler                          // from here on a fault is a task's
        xorl    %edi, %edi                              // kernel_main(hart, description)
        movq    %rbx, %rsi
        call    kernel_main
        ud2                                             // it does not return
END_FUNCTION _start
