"""Faults in the switch and the first frame of riscv64.

Left out, because nothing that runs can tell them from the original:
- call frame information: only a debugger reads it; the end-to-end test with gdb does;
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
FIRST_FRAME = "arch/riscv64/isa/context.hpp"
CPU = "arch/riscv64/isa/cpu.hpp"
FRAME_USERS = ("kernel/task/task.cpp", SUITE)
FP_CONTROL = dict(rebuild=("kernel/task/hart.cpp",), suites=("fp_control",))

saved = ["ra", *(f"s{n}" for n in range(12))]
fp_saved = [f"fs{n}" for n in range(12)]

MUTANTS = [
    # ------------------------------------------------------------------------------------ the integer registers ----
    *(Mutant(f"{register} not saved", CONTEXT, **left_out("each_saved", "save", register)) for register in saved),
    *(Mutant(f"{register} not restored", CONTEXT, **left_out("each_saved", "take", register)) for register in saved),
    Mutant("s0 and s1 saved into each other's slots", CONTEXT,
           **swapped("each_saved", "save", {"s0": "SWITCH_S0", "s1": "SWITCH_S1"})),
    Mutant("s2 and s3 restored from each other's slots", CONTEXT,
           **swapped("each_saved", "take", {"s2": "SWITCH_S2", "s3": "SWITCH_S3"})),
    Mutant("s10 and s11 restored from each other's slots", CONTEXT,
           **swapped("each_saved", "take", {"s10": "SWITCH_S10", "s11": "SWITCH_S11"})),
    Mutant("s7 saved into the slot of s8", CONTEXT, **altered("each_saved", "save", {"s7": "save s7, SWITCH_S8"})),
    Mutant("s11 restored as 32 bits", CONTEXT,
           **altered("each_saved", "take", {"s11": "lw s11, (SWITCH_S11)(a1)"})),

    # ---------------------------------------------------------------------------------------- the stack pointer ----
    *(Mutant(f"stack pointer {off:+} after the switch", CONTEXT,
             "addi    sp, a1, SWITCH_FRAME_BYTES", f"addi    sp, a1, SWITCH_FRAME_BYTES+({off})")
      for off in (-16, -8, 8, 16)),
    Mutant("frame reserved 8 too small", CONTEXT,
           "reserve SWITCH_FRAME_BYTES", "reserve SWITCH_FRAME_BYTES-8"),
    Mutant("frame reserved 16 too large", CONTEXT,
           "reserve SWITCH_FRAME_BYTES", "reserve SWITCH_FRAME_BYTES+16"),
    Mutant("stack pointer published before the frame is reserved", CONTEXT,
           "        reserve SWITCH_FRAME_BYTES\n        each_saved save\n        sd      sp, (a0)",
           "        sd      sp, (a0)\n        reserve SWITCH_FRAME_BYTES\n        each_saved save\n"),
    Mutant("stack pointer not published", CONTEXT, "        sd      sp, (a0)", "        nop "),
    Mutant("the wrong side's stack pointer published", CONTEXT, "sd      sp, (a0)", "sd      a1, (a0) "),

    # ----------------------------------------------------------------------------------------- the FP registers ----
    *(Mutant(f"{register} not saved", CONTEXT, **left_out("each_fp", "fsave", register)) for register in fp_saved),
    *(Mutant(f"{register} not restored", CONTEXT, **left_out("each_fp", "fload", register)) for register in fp_saved),
    Mutant("fs0 and fs1 saved into each other's slots", CONTEXT,
           **swapped("each_fp", "fsave", {"fs0": "FP_FS0", "fs1": "FP_FS1"})),
    Mutant("fs10 and fs11 restored from each other's slots", CONTEXT,
           **swapped("each_fp", "fload", {"fs10": "FP_FS10", "fs11": "FP_FS11"})),
    Mutant("fs5 restored as single precision", CONTEXT,
           **altered("each_fp", "fload", {"fs5": "flw fs5, (FP_FS5)(sp)"})),
    Mutant("nobody asks whether FP registers were used", CONTEXT,
           "        bltz    t0, leave_with_fp", "        nop"),
    Mutant("FP registers saved for those who did not use them", CONTEXT,
           "bltz    t0, leave_with_fp", "bgez    t0, leave_with_fp"),
    Mutant("FP registers saved always", CONTEXT, "bltz    t0, leave_with_fp", "j       leave_with_fp"),
    Mutant("FS left dirty", CONTEXT, "        csrc    sstatus, t0 ", "        nop "),
    Mutant("FS switched off", CONTEXT, "li      t0, 1 << 14", "li      t0, 3 << 13"),
    Mutant("restore_fp never passed", CONTEXT, "        la      ra, restore_fp ", "        nop "),
    Mutant("way back out of restore_fp not saved", CONTEXT, "        save    ra, FP_RA\n", ""),
    Mutant("way back out of restore_fp not restored", CONTEXT, "        ld      ra, FP_RA(sp)\n", ""),
    Mutant("FP frame not reserved", CONTEXT, "        reserve FP_FRAME_BYTES\n", ""),
    Mutant("FP frame released 16 too little", CONTEXT,
           "release FP_FRAME_BYTES", "release FP_FRAME_BYTES-16"),
    Mutant("FP frame without room for fs11", "arch/riscv64/isa/frame.h",
           "#define FP_FRAME_BYTES     112", "#define FP_FRAME_BYTES      96", rebuild=(CONTEXT,)),

    # ------------------------------------------------------------------------------------------ the first frame ----
    Mutant("stack pointer 8 too low at first entry", CONTEXT,
           "        mv      a0, s2\n", "        mv      a0, s2\n        addi    sp, sp, -8\n"),
    Mutant("argument of the entry point lost", CONTEXT, "        mv      a0, s2\n", ""),
    Mutant("an entry point that returns is entered again", CONTEXT, "jalr    s1", "jr      s1"),
    Mutant("an entry point that returns runs into what lies behind", CONTEXT, "        unimp ", "        nop "),
    Mutant("first frame 8 too low", FIRST_FRAME, "reinterpret_cast<switch_frame*>(top) - 1",
           "reinterpret_cast<switch_frame*>(top - 8) - 1", rebuild=FRAME_USERS),
    Mutant("first frame 16 too high", FIRST_FRAME, "reinterpret_cast<switch_frame*>(top) - 1",
           "reinterpret_cast<switch_frame*>(top + 16) - 1", rebuild=FRAME_USERS),
    Mutant("first frame without a return address", FIRST_FRAME,
           "    frame->ra = reinterpret_cast<std::uintptr_t>(enter_first_frame);\n", "", rebuild=FRAME_USERS),
    Mutant("first frame returns to the entry point itself", FIRST_FRAME,
           "frame->ra = reinterpret_cast<std::uintptr_t>(enter_first_frame)",
           "frame->ra = reinterpret_cast<std::uintptr_t>(entry)", rebuild=FRAME_USERS),
    Mutant("frame pointer of the first frame not zero", FIRST_FRAME, "    frame->s0 = 0;\n", "", rebuild=FRAME_USERS),
    Mutant("first frame without an entry point", FIRST_FRAME,
           "    frame->s1 = reinterpret_cast<std::uintptr_t>(entry);\n", "", rebuild=FRAME_USERS),
    Mutant("first frame without an argument", FIRST_FRAME,
           "    frame->s2 = reinterpret_cast<std::uintptr_t>(argument);\n", "", rebuild=FRAME_USERS),
    Mutant("first frame with entry point and argument exchanged", FIRST_FRAME,
           "    frame->s1 = reinterpret_cast<std::uintptr_t>(entry);\n"
           "    frame->s2 = reinterpret_cast<std::uintptr_t>(argument);\n",
           "    frame->s2 = reinterpret_cast<std::uintptr_t>(entry);\n"
           "    frame->s1 = reinterpret_cast<std::uintptr_t>(argument);\n", rebuild=FRAME_USERS),

    # --------------------------------------------------------------- what the kernel switches beside the context ----
    Mutant("rounding mode of a task's own not taken back", CPU,
           'asm volatile("fscsr %0"', 'asm volatile("fsflags %0"', **FP_CONTROL),
    Mutant("FP exception flags of a task's own not kept", CPU, 'asm volatile("frcsr %0"',
           'asm volatile("frrm %0; slli %0, %0, 5"', **FP_CONTROL),
]
