"""Faults in the switch and the first frame of riscv64.

Left out, because nothing that runs can tell them from the original:
- call frame information: only debuggers read it, and no suite has one;
- `*save` written earlier or later, as long as sp has its final value: nothing runs in between on this hart, and neither
  a0 nor a1 is among the registers that are saved or loaded;
- two registers that use each other's slots in saving *and* loading, and are not among those that first_frame fills;
- FS set from dirty to clean instead of initial: SD is off in both, and a write makes both dirty;
- FP_FRAME_BYTES 8 smaller: all slots still lie inside, and nothing runs on a stack while its context is suspended;
- first_frame 16 lower: a gap that nobody looks at.
"""

from __future__ import annotations

from mutant import SUITE, Mutant, altered, left_out, swapped

CONTEXT = "arch/riscv64/context.S"
SWITCH = dict(file=CONTEXT, within="FUNCTION switch_context")
LEAVE = dict(file=CONTEXT, within="FUNCTION leave_context")
RESTORE_FP = dict(file=CONTEXT, within="FUNCTION restore_fp_frame")
ENTER = dict(file=CONTEXT, within="FUNCTION outermost_frame", suites=("first_frame", "switch"))
FIRST_FRAME = dict(file="arch/riscv64/isa/context.hpp", within="first_frame(", rebuild=("kernel/task/task.cpp", SUITE),
                   suites=("first_frame", "switch"))
FP_CONTROL = dict(file="arch/riscv64/isa/cpu.hpp", rebuild=("kernel/task/hart.cpp",), suites=("fp_control",))

WALK = ("walk",)

saved = ["ra", *(f"s{n}" for n in range(12))]
fp_saved = [f"fs{n}" for n in range(12)]

MUTANTS = [
    # ------------------------------------------------------------------------------------ the integer registers ----
    *(Mutant(f"{register} not saved", **SWITCH, **left_out("each_saved", "save", register)) for register in saved),
    *(Mutant(f"{register} not restored", **SWITCH, **left_out("each_saved", "take", register)) for register in saved),
    *(Mutant(f"{register} not restored when the other side has ended", **LEAVE,
             **left_out("each_saved", "take_a0", register)) for register in saved),
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
    *(Mutant(f"stack pointer {off:+} after the end of the other side", **LEAVE,
             find="addi    sp, a0, SWITCH_FRAME_BYTES",
             replace=f"addi    sp, a0, SWITCH_FRAME_BYTES + ({off})") for off in (-8, 8)),
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
    Mutant("frame released before it is read, when the other side has ended", **LEAVE, suites=WALK,
           find="        each_saved take_a0\n        addi    sp, a0, SWITCH_FRAME_BYTES",
           replace="        addi    sp, a0, SWITCH_FRAME_BYTES\n        each_saved take_a0"),
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
    Mutant("FS left dirty by a side that has ended", **LEAVE, find="csrc    sstatus, t0", replace="nop"),
    Mutant("FS switched off by a side that has ended", **LEAVE,
           find="li      t0, 1 << 14", replace="li      t0, 3 << 13"),
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
    Mutant("an entry point that returns is entered again", **ENTER, find="jalr    s1", replace="jr      s1"),
    Mutant("an entry point that returns runs into what lies behind", **ENTER, find="unimp", replace="nop"),
    Mutant("first frame 8 too low", **FIRST_FRAME,
           find="reinterpret_cast<switch_frame*>(top)", replace="reinterpret_cast<switch_frame*>(top - 8)"),
    Mutant("first frame 16 too high", **FIRST_FRAME,
           find="reinterpret_cast<switch_frame*>(top)", replace="reinterpret_cast<switch_frame*>(top + 16)"),
    Mutant("first frame without a return address", **FIRST_FRAME,
           find="frame->ra = reinterpret_cast<std::uintptr_t>(enter_first_frame);", replace=""),
    Mutant("first frame returns to the entry point itself", **FIRST_FRAME,
           find="reinterpret_cast<std::uintptr_t>(enter_first_frame)",
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
]
