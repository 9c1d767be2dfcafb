"""Faults in the switch, the first frame and the traps of riscv64.

Left out, because nothing that runs can tell them from the original:
- call frame information: only debuggers read it, and no suite has one;
- `*save` written earlier or later, as long as sp has its final value: nothing runs in between on this hart, and neither
  a0 nor a1 is among the registers that are saved or loaded;
- two registers that use each other's slots in saving *and* loading, and are not among those that first_frame fills;
- FS set from dirty to clean instead of initial: SD is off in both, and a write makes both dirty;
- FP_FRAME_BYTES 8 smaller: all slots still lie inside, and nothing runs on a stack while its context is suspended;
- first_frame 16 lower: a gap that nobody looks at;
- FP registers kept for an interrupt of code that has none in use: it only takes longer;
- sepc not written back after an interrupt that leaves the frame's pc alone: it has not changed.
"""

from __future__ import annotations

from mutant import SUITE, Mutant, Program, altered, left_out, swapped

HART = "kernel/task/hart.cpp"
GENERATOR = "kernel/task/generator.cpp"
CONTEXT = "arch/riscv64/context.S"
SWITCH = dict(file=CONTEXT, within="FUNCTION switch_context")
RESTORE_FP = dict(file=CONTEXT, within="FUNCTION restore_fp_frame")
ENTER = dict(file=CONTEXT, within="FUNCTION outermost_frame", suites=("first_frame", "switch"))
FIRST_FRAME = dict(file="arch/riscv64/isa/context.hpp", within="first_frame(", rebuild=("kernel/task/task.cpp", SUITE),
                   suites=("first_frame", "switch"))
FP_CONTROL = dict(file="arch/riscv64/isa/cpu.hpp", rebuild=(HART,), suites=("fp_control",))

WALK = ("walk",)

TRAP = dict(file="arch/riscv64/trap.S", within="FUNCTION trap_entry", suites=("interrupts",))
TRAP_CODE = "arch/riscv64/trap.cpp"
START = dict(file="boot/riscv64/start.S", within="FUNCTION _start", suites=("interrupts",))
FAULT_IN_HANDLER = Program("tests/apps/fault_reports.cpp", "handler")
OVERFLOW_IN_HANDLER = Program("tests/apps/fault_reports.cpp", "endless-handler")
FAULT_IN_PANIC = Program("tests/apps/fault_reports.cpp", "ruinous-handler")
READER = Program("tests/apps/echo.cpp", "digest", b"what a person types\n" * 1000)

INLINE = dict(file="arch/riscv64/isa/coroutine.hpp", rebuild=(SUITE, GENERATOR),
              suites=("switch", "generator", "generator_tasks", "containment"))
TASKS = (SUITE, HART, "kernel/task/task.cpp", "kernel/task/this_task.cpp")
LOST = dict(file="arch/riscv64/isa/inline_switch.h", rebuild=(*TASKS, GENERATOR), suites=("switch", "generator"))
CONTINUATION = dict(file="arch/riscv64/isa/continuation.hpp", rebuild=TASKS, suites=("switch", "first_frame", "fp_control"))
HAND_OVER = dict(CONTINUATION, within="inline void continuation::hand_over(")
OUT_OF_LINE = dict(file=CONTEXT, within="FUNCTION yield_out_of_line", suites=("order", "switch"))
BEGIN = dict(file="arch/include/arch/continuation.hpp", rebuild=TASKS, within="void begin_with(", suites=("first_frame", "switch"))
RESUME = dict(INLINE, within="inline bool coroutine::resume(")
YIELD = dict(INLINE, within="inline yielded coroutine::yield(")
COROUTINE = dict(file="arch/riscv64/coroutine.S", suites=("first_frame", "switch", "generator", "generator_tasks"))
ENTER_BODY = dict(COROUTINE, within="FUNCTION enter_coroutine")
LEAVE_BODY = dict(INLINE, within="inline void coroutine::return_for_good(")

saved = ["ra", *(f"s{n}" for n in range(12))]
fp_saved = [f"fs{n}" for n in range(12)]
trapped = ["ra", "gp", "tp", *(f"t{n}" for n in range(7)), *(f"s{n}" for n in range(12)), *(f"a{n}" for n in range(8))]
fp_trapped = [*(f"ft{n}" for n in range(12)), *(f"fa{n}" for n in range(8))]

MUTANTS = [
    # ------------------------------------------------------------------------------------ the integer registers ----
    *(Mutant(f"{register} not saved", **SWITCH, **left_out("each_saved", "save", register)) for register in saved),
    *(Mutant(f"{register} not restored", **SWITCH, **left_out("each_saved", "take", register)) for register in saved),
    Mutant("s0 and s1 saved into each other's slots", **SWITCH,
           **swapped("each_saved", "save", {"s0": "SWITCH_S0", "s1": "SWITCH_S1"})),
    Mutant("s2 and s3 restored from each other's slots", **SWITCH,
           **swapped("each_saved", "take", {"s2": "SWITCH_S2", "s3": "SWITCH_S3"})),
    Mutant("s10 and s11 restored from each other's slots", **SWITCH,
           **swapped("each_saved", "take", {"s10": "SWITCH_S10", "s11": "SWITCH_S11"})),
    Mutant("s7 saved into the slot of s8", **SWITCH, **altered("each_saved", "save", {"s7": "save s7, SWITCH_S8"})),
    Mutant("s11 restored as 32 bits", **SWITCH,
           **altered("each_saved", "take", {"s11": "lw s11, (SWITCH_S11)(a1)"})),

    # ---------------------------------------------------------------------------------------- the stack pointer ----
    *(Mutant(f"stack pointer {off:+} after the switch", **SWITCH, find="addi    sp, a1, SWITCH_FRAME_BYTES",
             replace=f"addi    sp, a1, SWITCH_FRAME_BYTES + ({off})") for off in (-16, -8, 8, 16)),
    Mutant("frame reserved 8 too small", **SWITCH,
           find="reserve SWITCH_FRAME_BYTES", replace="addi    sp, sp, -(SWITCH_FRAME_BYTES - 8)"),
    Mutant("frame reserved 16 too large", **SWITCH,
           find="reserve SWITCH_FRAME_BYTES", replace="addi    sp, sp, -(SWITCH_FRAME_BYTES + 16)"),
    Mutant("stack pointer published before the frame is reserved", **SWITCH,
           find="        reserve SWITCH_FRAME_BYTES\n        each_saved save\n        sd      sp, (a0)",
           replace="        sd      sp, (a0)\n        reserve SWITCH_FRAME_BYTES\n        each_saved save\n"),
    Mutant("registers stored below the stack pointer", **SWITCH, suites=WALK,
           find="        reserve SWITCH_FRAME_BYTES\n        each_saved save\n",
           replace="        .macro early reg, slot\n        sd \\reg, (\\slot - SWITCH_FRAME_BYTES)(sp)\n        .endm\n"
                   "        each_saved early\n        reserve SWITCH_FRAME_BYTES\n"),
    Mutant("frame released before it is read", **SWITCH, suites=WALK,
           find="        each_saved take                                 // sp stays: until the last load this is the leaving "
                "side\n        addi    sp, a1, SWITCH_FRAME_BYTES",
           replace="        addi    sp, a1, SWITCH_FRAME_BYTES\n        each_saved take\n        nop"),
    Mutant("FP frame released before it is read", **RESTORE_FP, suites=WALK,
           find="        each_fp fload                                   // writing them makes FS dirty again\n"
                "        ld      ra, FP_RA(sp)",
           replace="        addi    sp, sp, FP_FRAME_BYTES\n        .macro late reg, slot\n"
                   "        fld     \\reg, (\\slot - FP_FRAME_BYTES)(sp)\n        .endm\n        each_fp late\n"
                   "        addi    sp, sp, -FP_FRAME_BYTES\n        ld      ra, FP_RA(sp)"),
    Mutant("stack pointer not published", **SWITCH, find="sd      sp, (a0)", replace="nop"),
    Mutant("the wrong side's stack pointer published", **SWITCH, find="sd      sp, (a0)", replace="sd      a1, (a0)"),

    # ----------------------------------------------------------------------------------------- the FP registers ----
    *(Mutant(f"{register} not saved", **SWITCH, **left_out("each_fp", "fsave", register)) for register in fp_saved),
    *(Mutant(f"{register} not restored", **RESTORE_FP, **left_out("each_fp", "fload", register))
      for register in fp_saved),
    Mutant("fs0 and fs1 saved into each other's slots", **SWITCH,
           **swapped("each_fp", "fsave", {"fs0": "FP_FS0", "fs1": "FP_FS1"})),
    Mutant("fs10 and fs11 restored from each other's slots", **RESTORE_FP,
           **swapped("each_fp", "fload", {"fs10": "FP_FS10", "fs11": "FP_FS11"})),
    Mutant("fs5 restored as single precision", **RESTORE_FP,
           **altered("each_fp", "fload", {"fs5": "flw fs5, (FP_FS5)(sp)"})),
    Mutant("nobody asks whether FP registers were used", **SWITCH,
           find="bltz    t0, leave_with_fp", replace="nop"),
    Mutant("FP registers saved for those who did not use them", **SWITCH,
           find="bltz    t0, leave_with_fp", replace="bgez    t0, leave_with_fp"),
    Mutant("FP registers saved always", **SWITCH, find="bltz    t0, leave_with_fp", replace="j       leave_with_fp"),
    Mutant("FS left dirty", **SWITCH, find="csrc    sstatus, t0", replace="nop"),
    Mutant("FS switched off", **SWITCH, find="li      t0, 1 << 14", replace="li      t0, 3 << 13"),
    Mutant("restore_fp never passed", **SWITCH, find="la      ra, restore_fp", replace="nop"),
    Mutant("way back out of restore_fp not saved", **SWITCH, find="        save    ra, FP_RA\n", replace=""),
    Mutant("way back out of restore_fp not restored", **RESTORE_FP, find="ld      ra, FP_RA(sp)", replace="nop"),
    Mutant("FP frame not reserved", **SWITCH, find="        reserve FP_FRAME_BYTES\n", replace=""),
    Mutant("FP frame released 16 too little", **RESTORE_FP,
           find="release FP_FRAME_BYTES", replace="addi    sp, sp, FP_FRAME_BYTES - 16"),
    Mutant("FP frame without room for fs11", "arch/riscv64/isa/frame.h",
           "#define FP_FRAME_BYTES     112", "#define FP_FRAME_BYTES      96", rebuild=(CONTEXT,)),

    # ------------------------------------------------------------------------------------------ the first frame ----
    Mutant("stack pointer 8 too low at first entry", **ENTER,
           find="mv      a0, s2", replace="mv      a0, s2\n        addi    sp, sp, -8"),
    Mutant("argument of the entry point lost", **ENTER, find="mv      a0, s2", replace="nop"),
    Mutant("an entry point that returns is entered again", **ENTER,
           find="mv      a0, s2\n        jalr    s1", replace="mv      a0, s2\n        jr      s1"),
    Mutant("an entry point that returns runs into what lies behind", **ENTER,
           find="unimp                                           // an", replace="nop                                             // an"),
    Mutant("first frame 8 too low", **FIRST_FRAME,
           find="reinterpret_cast<switch_frame*>(top)", replace="reinterpret_cast<switch_frame*>(top - 8)"),
    Mutant("first frame 16 too high", **FIRST_FRAME,
           find="reinterpret_cast<switch_frame*>(top)", replace="reinterpret_cast<switch_frame*>(top + 16)"),
    Mutant("first frame without a return address", **FIRST_FRAME,
           find="frame->ra = reinterpret_cast<std::uintptr_t>(enter_context);", replace=""),
    Mutant("first frame returns to the entry point itself", **FIRST_FRAME,
           find="reinterpret_cast<std::uintptr_t>(enter_context)",
           replace="reinterpret_cast<std::uintptr_t>(entry)"),
    Mutant("frame pointer of the first frame not zero", **FIRST_FRAME, find="frame->s0 = 0;", replace=""),
    Mutant("first frame without an entry point", **FIRST_FRAME,
           find="frame->s1 = reinterpret_cast<std::uintptr_t>(entry);", replace=""),
    Mutant("first frame without an argument", **FIRST_FRAME,
           find="frame->s2 = reinterpret_cast<std::uintptr_t>(argument);", replace=""),
    Mutant("first frame with entry point and argument exchanged", **FIRST_FRAME,
           find="frame->s1 = reinterpret_cast<std::uintptr_t>(entry);\n"
                "    frame->s2 = reinterpret_cast<std::uintptr_t>(argument);",
           replace="frame->s2 = reinterpret_cast<std::uintptr_t>(entry);\n"
                   "    frame->s1 = reinterpret_cast<std::uintptr_t>(argument);"),

    # --------------------------------------------------------------- what the kernel switches beside the context ----
    Mutant("rounding mode of a task's own not taken back", **FP_CONTROL,
           find='asm volatile("fscsr %0"', replace='asm volatile("fsflags %0"'),
    Mutant("FP exception flags of a task's own not kept", **FP_CONTROL,
           find='asm volatile("frcsr %0"', replace='asm volatile("frrm %0; slli %0, %0, 5"'),

    # -------------------------------------------------------------------------------------------- the trap frame ----
    *(Mutant(f"{register} not saved by a trap", **TRAP, **left_out("each_register", "save", register))
      for register in trapped),
    *(Mutant(f"{register} not restored by a trap", **TRAP, **left_out("each_register", "load", register))
      for register in trapped),
    Mutant("a0 and a1 saved into each other's slots by a trap", **TRAP,
           **swapped("each_register", "save", {"a0": "TRAP_A0", "a1": "TRAP_A1"})),
    Mutant("t5 and t6 restored from each other's slots by a trap", **TRAP,
           **swapped("each_register", "load", {"t5": "TRAP_T5", "t6": "TRAP_T6"})),
    Mutant("s5 and s6 in each other's slots of the trap frame", "arch/riscv64/isa/frame.h",
           "TRAP_S5             168\n#define TRAP_S6             176",
           "TRAP_S5             176\n#define TRAP_S6             168",
           rebuild=("arch/riscv64/trap.S",), suites=("interrupts",)),
    Mutant("s11 restored as 32 bits by a trap", **TRAP,
           **altered("each_register", "load", {"s11": "lw s11, (TRAP_S11)(sp)"})),
    Mutant("stack pointer not saved by a trap", **TRAP, find="save_as sp, t0, TRAP_SP", replace="nop"),
    Mutant("stack pointer not restored by a trap", **TRAP, find="ld      sp, TRAP_SP(sp)",
           replace="addi    sp, sp, TRAP_FRAME_BYTES"),
    Mutant("trap frame without room for t6", "arch/riscv64/isa/frame.h", "#define TRAP_FRAME_BYTES    272",
           "#define TRAP_FRAME_BYTES    240", rebuild=("arch/riscv64/trap.S", SUITE), suites=("interrupts",)),

    # ----------------------------------------------------------------------------------------- the way in and out ----
    Mutant("a trap returns to the next instruction", **TRAP, find="ld      t0, TRAP_PC(sp)",
           replace="ld      t0, TRAP_PC(sp)\n        addi    t0, t0, 4"),
    Mutant("where to go on after a trap ignored", **TRAP, find="csrw    sepc, t0", replace="nop"),
    Mutant("where the trap came not noted", **TRAP, find="save_as DWARF_PC, t1, TRAP_PC", replace="nop"),
    Mutant("sstatus not restored by a trap", **TRAP, find="csrw    sstatus, t0", replace="nop"),
    Mutant("interrupts left masked by a trap", **TRAP, find="csrw    sstatus, t0",
           replace="andi    t0, t0, ~(1 << 5)\n        csrw    sstatus, t0"),
    Mutant("interrupts left on in a handler", **TRAP, find="        call    handle_trap                             //",
           replace="        csrsi   sstatus, 1 << 1\n        call    handle_trap                             //"),
    Mutant("global pointer not set for a handler", **TRAP, find="        set_gp\n", replace=""),
    Mutant("global pointer of a handler wrong", **TRAP, find="        set_gp\n", replace="        li      gp, 0\n"),

    # ------------------------------------------------------------------------------------------- the trap's stack ----
    Mutant("a trap stays on the stack that it interrupted", **TRAP, find="csrrw   sp, sscratch, sp",
           replace="csrw    sscratch, sp"),
    Mutant("the next trap starts below the frame of the last", **TRAP, find="addi    t1, sp, TRAP_FRAME_BYTES",
           replace="mv      t1, sp"),
    Mutant("the next trap starts where the last interrupted", **TRAP, find="csrw    sscratch, t1", replace="nop"),
    Mutant("traps on the stack of main", **START, find="la      t0, __trap_stack_high",
           replace="la      t0, __boot_stack_high"),
    Mutant("traps on the stack for faults of handlers", **START, find="la      t0, __trap_stack_high",
           replace="la      t0, __fault_stack_high"),
    Mutant("a fault of a handler not recognised", "arch/riscv64/trap.S", "bltu    t1, t2, handler_trapped", "nop",
           suites=(FAULT_IN_HANDLER,)),
    Mutant("the guard of the trap stack not counted as a handler's", "arch/riscv64/trap.S",
           "TRAP_STACK_BYTES + TRAP_GUARD_BYTES", "TRAP_STACK_BYTES", suites=(OVERFLOW_IN_HANDLER,)),
    Mutant("a fault of a handler handled on its own stack", "arch/riscv64/trap.S",
           "la      sp, __fault_stack_high\n        call    handle_trap_in_handler", "call    handle_trap_in_handler",
           suites=(OVERFLOW_IN_HANDLER, FAULT_IN_HANDLER)),
    Mutant("a fault in a panic handled like another", "arch/riscv64/trap.S", "csrw    stvec, t0\n        la      sp, "
           "__fault_stack_high\n        call    handle_trap_in_handler", "nop\n        la      sp, __fault_stack_high\n"
           "        call    handle_trap_in_handler", suites=(FAULT_IN_PANIC,)),

    # ---------------------------------------------------------------------------- FP registers over an interrupt ----
    *(Mutant(f"{register} not saved by a trap", **TRAP, **left_out("each_scratch_fp", "fsave", register))
      for register in fp_trapped),
    *(Mutant(f"{register} not restored by a trap", **TRAP, **left_out("each_scratch_fp", "fload", register))
      for register in fp_trapped),
    Mutant("ft7 and fa0 saved into each other's slots by a trap", **TRAP,
           **swapped("each_scratch_fp", "fsave", {"ft7": "FP_STATE_FT7", "fa0": "FP_STATE_FA0"})),
    Mutant("fcsr not saved by a trap", **TRAP, find="sd      t0, FP_STATE_FCSR(sp)", replace="nop"),
    Mutant("fcsr not restored by a trap", **TRAP, find="fscsr   t0", replace="nop"),
    Mutant("FP registers not kept by a trap", **TRAP, find="bltz    t3, keep_fp", replace="nop"),
    Mutant("FP registers kept by a trap for those who have none", **TRAP, find="bltz    t3, keep_fp",
           replace="bgez    t3, keep_fp"),
    Mutant("FP registers kept over the trap frame", **TRAP, find="        reserve FP_STATE_BYTES\n", replace=""),

    # ---------------------------------------------------------------------------------------- who is told of what ----
    Mutant("the timer's interrupt taken for a fault", TRAP_CODE, "timer_interrupt = interrupt | 5",
           "timer_interrupt = interrupt | 6", suites=("interrupts",)),
    Mutant("a device's interrupt taken for a fault", TRAP_CODE, "external_interrupt = interrupt | 9",
           "external_interrupt = interrupt | 10", suites=(READER,)),
    Mutant("a device's interrupt not completed", TRAP_CODE, "    interrupt_controller.complete(line);\n", "",
           suites=(READER,)),
    Mutant("a device's interrupt not claimed", TRAP_CODE, "interrupt_controller.claim()", "0u", suites=(READER,)),
    Mutant("a device's interrupt not let through", "arch/riscv64/plic.hpp", "    lines = lines | 1u << line % 32;\n", "",
           rebuild=("arch/riscv64/machine.cpp",), suites=(READER,)),
    Mutant("interrupts left masked after a fault under a mask", TRAP_CODE, "  frame.status |= enabled_before;\n", "",
           suites=("interrupts",)),
    Mutant("the way out of a fault keeps the stack pointer", TRAP_CODE,
           "  frame.sp = reinterpret_cast<std::uintptr_t>(next.stack_top);\n", "", suites=("faults",)),
    Mutant("masked interrupts not told from enabled ones", "arch/riscv64/isa/interrupts.hpp",
           "return before & (1 << 1);", "return true;", rebuild=(SUITE, HART), suites=("interrupts", "walk")),
    Mutant("interrupts served before the wait for one", "arch/riscv64/isa/interrupts.hpp",
           'asm volatile("wfi" : : : "memory");\n    unmask();', 'unmask();\n    asm volatile("wfi" : : : "memory");',
           rebuild=(HART,), suites=("walk",)),
    Mutant("an idle hart spins", "arch/riscv64/isa/interrupts.hpp", 'asm volatile("wfi" : : : "memory");\n', '', rebuild=(HART,),
           suites=("sleep",)),
    Mutant("a time between two ticks taken for the earlier one", "kernel/time/clock.cpp",
           " + (nanoseconds_after(ticks) < nanoseconds ? 1 : 0)", "", suites=("time",)),

    # -------------------------------------------------------------------------------------- the inline switch ----
    *(Mutant(f"{register} not given up for an inline switch", **LOST, find=f'"{register}", ', replace="")
      for register in [*(f"s{n}" for n in range(1, 12)), *(f"fs{n}" for n in range(11))]),

    # ---------------------------------------------------------------------------------- the switch between tasks ----
    Mutant("where a task goes on not noted", **HAND_OVER, find='"sd    t1, %[pc](a1)\\n\\t"', replace='""'),
    Mutant("s0 of a task not noted", **HAND_OVER, find='"sd    s0, %[fp](a1)\\n\\t"', replace='""'),
    Mutant("stack pointer of a task not noted", **HAND_OVER, find='"sd    sp, %[sp](a1)\\n\\t"', replace='""'),
    Mutant("s0 of a task not taken back", **CONTINUATION, find='"ld    s0, %[fp](a0)\\n\\t"', replace='""'),
    Mutant("stack pointer of a task not taken back", **CONTINUATION, find='"ld    sp, %[sp](a0)\\n\\t"', replace='""'),
    Mutant("a task goes on where the one before did", **CONTINUATION, find='"ld    t1, %[pc](a0)\\n\\t"', replace='""'),
    Mutant("nobody asks a task whether it has FP registers in use", **CONTINUATION, find="return status < 0;", replace="return false;"),
    Mutant("every task said to have FP registers in use", **CONTINUATION, find="return status < 0;", replace="return true;"),
    Mutant("FP registers of a task not kept", **CONTINUATION, find='  asm volatile("" : : : BOBBIN_FP_REGISTERS);\n', replace=""),
    Mutant("a new place accepted in spite of FP registers in use", HART, "!arch::continuation::has_fp() && ", "",
           within="control_block* hart::accept_place(", suites=("switch",)),
    Mutant("FS left dirty by a task", **CONTINUATION, find="  clean_fp();\n  hand_over", replace="  hand_over"),
    Mutant("FS left dirty by a task that has ended", **CONTINUATION, find="if (has_fp()) [[unlikely]] clean_fp();", replace=""),
    Mutant("FS switched off by a task", **CONTINUATION, find='"r"(1 << 14)', replace='"r"(3 << 13)'),
    *(Mutant(f"{what} not passed on by a yield out of line", **OUT_OF_LINE, find=find, replace="nop") for what, find in (
        ("where it goes on", "mv      a0, ra"),
        ("its stack pointer", "mv      a1, sp"),
        ("s0", "mv      a2, s0"))),
    *(Mutant(f"{register} not given up by a yield out of line", "arch/riscv64/isa/continuation.hpp", f'"{register}", ', "",
             within="inline void continuation::yield_out_of_line()", rebuild=(SUITE,), suites=("switch",)) for register in ("a0", "a1")),
    Mutant("a yield out of line in spite of FP registers in use", HART, "!arch::continuation::has_fp() &&\n", "",
           within="void hart::yield_from(", suites=("switch",)),
    Mutant("a task begun without its entry point", **BEGIN, find="fp = reinterpret_cast<std::uintptr_t>(entry);", replace=""),
    Mutant("a task begun 8 too low", **BEGIN, find="reinterpret_cast<std::uintptr_t>(top)", replace="reinterpret_cast<std::uintptr_t>(top) - 8"),
    Mutant("argument of a task that begins lost", **ENTER, find="mv      a0, sp", replace="li      a0, 0"),
    Mutant("frame pointer of a task that begins not zero", **ENTER, find="li      s0, 0", replace="nop"),
    Mutant("return address of a task that begins not its own", **ENTER, find="li      s0, 0\n        jalr    s1",
           replace="li      s0, 0\n        jr      s1"),
    Mutant("a resume without a look at the stack", **RESUME, find='      "bne   a3, sp, %l[unchecked]\\n\\t"\n', replace=""),
    Mutant("a yield without a look at the stack", **YIELD, find='      "bne   a3, sp, %l[unchecked]\\n\\t"\n', replace=""),
    Mutant("what was resumed not noted in the foot", **RESUME, find='      "sd    a0, %[inside](a2)\\n\\t"\n', replace=""),
    Mutant("s0 of the body not noted", **YIELD, find='"sd    s0, %[body_fp](a0)\\n\\t"', replace='"nop\\n\\t"'),
    Mutant("where a body goes on not noted", **RESUME, find='      "sd    t1, %[body_pc](a0)" ', replace='      "nop" '),
    Mutant("s0 of the body not taken back", **INLINE, find='"ld    s0, %[body_fp](a0)\\n\\t"', replace='"nop\\n\\t"'),
    Mutant("s0 of the resumer not taken back", **INLINE, find='"ld    s0, %[resumer_fp](a0)\\n\\t"', replace='"nop\\n\\t"'),
    Mutant("s0 of the resumer not noted", **INLINE, find='"sd    s0, %[resumer_fp](a0)\\n\\t"', replace='"nop\\n\\t"'),
    Mutant("sp of the resumer not noted", **INLINE, find='"sd    sp, %[resumer_sp](a0)\\n\\t"', replace='"nop\\n\\t"'),
    Mutant("a resumed body not marked as running", **INLINE, find='"sd    zero, %[body_pc](a0)\\n\\t"', replace='"nop\\n\\t"'),
    Mutant("a stop lands where a resume does", **dict(INLINE, suites=("generator_end",)), find="body_pc -= LANDING;", replace="body_pc -= 0;"),
    Mutant("a body's first frame off by 8", **ENTER_BODY, find="        jr      t1", replace="        addi sp, sp, -8\n        jr      t1"),
    Mutant("a body that begins on its resumer's stack", **ENTER_BODY, find="        mv      sp, a0\n", replace=""),
    Mutant("a body that ended said to have yielded", **LEAVE_BODY, find='"li    a0, 0\\n\\t"', replace='"nop\\n\\t"'),
    Mutant("a body that ended said to go on somewhere", **LEAVE_BODY, find="4(ra)", replace="0(ra)"),
]
