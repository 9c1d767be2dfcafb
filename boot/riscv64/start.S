/// The first instructions after OpenSBI, up to kernel_main.
///
///   a0 = id of this hart, drawn by lottery     S-mode, paging off (satp = 0), interrupts off
///   a1 = address of the device tree            the other harts wait in the firmware
#include "asm.h"
#include <isa/frame.h>

        .section .stack.boot, "aw", @nobits
        .balign 8192
        .globl  __fault_stack_low, __fault_stack_high
        .globl  __trap_stack_low, __trap_stack_high, __boot_stack_low, __boot_stack_high
        .skip   TRAP_GUARD_BYTES                        // a guard below each
__fault_stack_low:
        .skip   TRAP_STACK_BYTES
__fault_stack_high:
        .skip   TRAP_GUARD_BYTES
__trap_stack_low:
        .skip   TRAP_STACK_BYTES
__trap_stack_high:
        .skip   TRAP_GUARD_BYTES
__boot_stack_low:
        .skip   64 << 10
__boot_stack_high:

        .section .bss.boundary, "aw", @nobits           // the linker sorts by alignment, see linker/riscv64.ld.S:
        .balign 4096                                    // above this are stacks, from here on .bss to clear
        .globl  __bss_start
__bss_start:
        .skip   16

FUNCTION _start
        .cfi_undefined ra
        .option push
        .option norelax                                 // gp is not set yet
        la      t0, early_trap                          // from here on a fault prints and ends
        csrw    stvec, t0
        la      gp, __global_pointer$
        .option pop
        csrw    sie, zero
        la      sp, __boot_stack_high
        li      s0, 0                                   // where walks along frame pointers end
        mv      s1, a0
        mv      s2, a1

        mv      a0, s2
        call    check_memory                            // does the image fit: before anything beyond the file is used

        la      t0, __bss_start
        la      t1, __bss_end
clear:  sd      zero, 0(t0)
        sd      zero, 8(t0)
        addi    t0, t0, 16
        bltu    t0, t1, clear

        li      t0, 3 << 13                             // FS: Dirty -> Initial, no FP register is in use
        csrc    sstatus, t0
        li      t0, 1 << 13
        csrs    sstatus, t0

        la      t0, __trap_stack_high
        csrw    sscratch, t0
        la      t0, trap_entry
        csrw    stvec, t0                               // from here on a fault has a report

        mv      a0, s1
        mv      a1, s2
        call    kernel_main
        unimp
END_FUNCTION _start
