/// Traps on riscv64: three vectors, each for what the one before cannot handle.
///
///   early_trap        until kernel_main: nothing is ready, not even a stack
///   trap_entry        from then on: interrupts and faults of tasks on the trap stack, a fault of their handler on
///                     the fault stack, where it ends in a panic
///   trap_in_panic     while a panic of early_trap's is being printed: one fixed line, off
///
/// Each is reached with interrupts masked, scause, sepc and stval telling what happened, and sscratch holding the top
/// of the trap stack.
#include "asm.h"
#include <isa/frame.h>

#define DWARF_PC           64                           // the column for a pc that is not in ra
#define DWARF_SSCRATCH   4416                           // 4096 + the number of the CSR
#define DWARF_SEPC       4417

#define SBI_PUTCHAR         1
#define SBI_RESET  0x53525354                           // "SRST"
#define POWER_DEVICE 0x100000                           // of QEMU virt: ends QEMU with a status
#define POWER_PASS     0x5555
#define POWER_FAIL     0x3333
#define PANIC_STATUS      101

.macro each_register what                               // all but sp, which goes by sscratch
        \what   ra,  TRAP_RA
        \what   gp,  TRAP_GP
        \what   tp,  TRAP_TP
        \what   t0,  TRAP_T0
        \what   t1,  TRAP_T1
        \what   t2,  TRAP_T2
        \what   s0,  TRAP_S0
        \what   s1,  TRAP_S1
        \what   a0,  TRAP_A0
        \what   a1,  TRAP_A1
        \what   a2,  TRAP_A2
        \what   a3,  TRAP_A3
        \what   a4,  TRAP_A4
        \what   a5,  TRAP_A5
        \what   a6,  TRAP_A6
        \what   a7,  TRAP_A7
        \what   s2,  TRAP_S2
        \what   s3,  TRAP_S3
        \what   s4,  TRAP_S4
        \what   s5,  TRAP_S5
        \what   s6,  TRAP_S6
        \what   s7,  TRAP_S7
        \what   s8,  TRAP_S8
        \what   s9,  TRAP_S9
        \what   s10, TRAP_S10
        \what   s11, TRAP_S11
        \what   t3,  TRAP_T3
        \what   t4,  TRAP_T4
        \what   t5,  TRAP_T5
        \what   t6,  TRAP_T6
.endm

.macro each_scratch_fp what                             // the FP registers that a function may change
        \what   ft0,  FP_STATE_FT0
        \what   ft1,  FP_STATE_FT1
        \what   ft2,  FP_STATE_FT2
        \what   ft3,  FP_STATE_FT3
        \what   ft4,  FP_STATE_FT4
        \what   ft5,  FP_STATE_FT5
        \what   ft6,  FP_STATE_FT6
        \what   ft7,  FP_STATE_FT7
        \what   fa0,  FP_STATE_FA0
        \what   fa1,  FP_STATE_FA1
        \what   fa2,  FP_STATE_FA2
        \what   fa3,  FP_STATE_FA3
        \what   fa4,  FP_STATE_FA4
        \what   fa5,  FP_STATE_FA5
        \what   fa6,  FP_STATE_FA6
        \what   fa7,  FP_STATE_FA7
        \what   ft8,  FP_STATE_FT8
        \what   ft9,  FP_STATE_FT9
        \what   ft10, FP_STATE_FT10
        \what   ft11, FP_STATE_FT11
.endm

.macro load reg, slot
        ld      \reg, (\slot)(sp)
.endm

.macro fload reg, slot
        fld     \reg, (\slot)(sp)
.endm

.macro set_gp                                           // without trusting the old value
        .option push
        .option norelax
        la      gp, __global_pointer$
        .option pop
.endm

/// The kernel's trap vector: whatever ran is described by a frame at the top of the trap stack.
///
///   __trap_stack_high ->  +----------------+
///                         | sstatus        |
///                         | t6 ... sp  ra  |  TRAP_FRAME_BYTES, one slot each
///                  a0 ->  | sepc           |
///                         +----------------+
///                         | fcsr           |  FP_STATE_BYTES, if FP registers are in use (sstatus.SD):
///                         | ft11 fa7 ...   |  handlers may use them, too
///                         +----------------+
FUNCTION trap_entry
        .cfi_signal_frame
        .cfi_return_column DWARF_PC
        .cfi_register DWARF_PC, DWARF_SEPC
        csrrw   sp, sscratch, sp                        // now on the trap stack
        .cfi_register sp, DWARF_SSCRATCH
        reserve TRAP_FRAME_BYTES
        each_register save
        set_gp
        csrr    t0, sscratch                            // sp of what was interrupted
        save_as sp, t0, TRAP_SP
        csrr    t1, sepc
        save_as DWARF_PC, t1, TRAP_PC
        csrr    t3, sstatus
        sd      t3, TRAP_STATUS(sp)
        addi    t1, sp, TRAP_FRAME_BYTES
        csrw    sscratch, t1                            // the next trap starts there again
        mv      a0, sp
        csrr    a1, scause
        csrr    a2, stval
        sub     t1, t1, t0
        li      t2, TRAP_STACK_BYTES + TRAP_GUARD_BYTES
        bltu    t1, t2, handler_trapped                 // interrupted on the trap stack, or below: that was a handler
        bltz    t3, keep_fp
        call    handle_trap                             // may have changed the frame: where to go on
return_from_trap:
        ld      t0, TRAP_PC(sp)
        csrw    sepc, t0
        ld      t0, TRAP_STATUS(sp)
        csrw    sstatus, t0
        each_register load
        ld      sp, TRAP_SP(sp)
        sret

keep_fp:
        reserve FP_STATE_BYTES
        each_scratch_fp fsave
        frcsr   t0
        sd      t0, FP_STATE_FCSR(sp)
        call    handle_trap
        ld      t0, FP_STATE_FCSR(sp)
        fscsr   t0
        each_scratch_fp fload
        release FP_STATE_BYTES
        j       return_from_trap

handler_trapped:
        la      t0, trap_in_panic
        csrw    stvec, t0
        la      sp, __fault_stack_high
        call    handle_trap_in_handler
        unimp
END_FUNCTION trap_entry

/// [[noreturn]] void raise_fault(const software_fault&)
///
///   a0 = the fault       The handler knows this pc, and takes ra for the place where it happened.
FUNCTION raise_fault
        .globl  raise_fault_instruction
raise_fault_instruction:
        unimp
END_FUNCTION raise_fault

/// stvec from the first instructions to kernel_main.
FUNCTION early_trap
        .cfi_undefined ra
        la      a0, before_kernel
        j       panic_in_trap
END_FUNCTION early_trap

/// The way out where no handler can run. a0 = when it happened, in words
FUNCTION panic_in_trap
        .cfi_undefined ra
        la      t0, trap_in_panic
        csrw    stvec, t0
        set_gp
        la      sp, __fault_stack_high
        call    report_last_trap
        unimp
END_FUNCTION panic_in_trap

/// The last vector. Needs nothing but the text: no stack, no data.
FUNCTION trap_in_panic
        .cfi_undefined ra
        la      s0, panicked
        li      a7, SBI_PUTCHAR
next:   lbu     a0, (s0)
        beqz    a0, done
        ecall
        addi    s0, s0, 1
        j       next
done:   li      a0, PANIC_STATUS
        j       leave_machine
END_FUNCTION trap_in_panic

/// [[noreturn]] void leave_machine(int status)
///
///   a0 = 0 to 255: what QEMU exits with. A machine without that device goes off by its firmware, without a status.
FUNCTION leave_machine
        .cfi_undefined ra
        la      t0, no_device
        csrw    stvec, t0
        li      t0, POWER_PASS
        beqz    a0, tell
        li      t0, POWER_FAIL
        slli    a0, a0, 16
        or      t0, t0, a0
tell:   li      t1, POWER_DEVICE
        sw      t0, (t1)
        .balign 4
no_device:
        li      a7, SBI_RESET
        li      a6, 0                                   // system_reset(shutdown, no reason)
        li      a0, 0
        li      a1, 0
        ecall
halt:   wfi
        j       halt
END_FUNCTION leave_machine

        .section .rodata.trap, "a", @progbits
before_kernel:
        .asciz  "before the kernel was ready"
panicked:
        .asciz  "\nbobbin: panic: a fault while a panic was being reported\n"
