"""Faults in the switch and the first frame of x86_64.

Left out, because nothing that runs can tell them from the original: what riscv64.py names, as far as it exists here.
"""

from __future__ import annotations

from mutant import SUITE, Mutant, altered, left_out, swapped

CONTEXT = "arch/x86_64/context.S"
SWITCH = dict(file=CONTEXT, within="FUNCTION switch_context")
LEAVE = dict(file=CONTEXT, within="FUNCTION leave_context")
ENTER = dict(file=CONTEXT, within="FUNCTION outermost_frame", suites=("first_frame", "switch"))
FIRST_FRAME = dict(file="arch/x86_64/isa/context.hpp", within="first_frame(", rebuild=("kernel/task/task.cpp", SUITE),
                   suites=("first_frame", "switch"))
FP_CONTROL = dict(file="arch/x86_64/isa/cpu.hpp", rebuild=("kernel/task/hart.cpp",), suites=("fp_control",))

WALK = ("walk",)

saved = ["rbx", "rbp", "r12", "r13", "r14", "r15"]

MUTANTS = [
    # -------------------------------------------------------------------------------------------- the registers ----
    *(Mutant(f"{register} not saved", **SWITCH, **left_out("each_saved", "save", register)) for register in saved),
    *(Mutant(f"{register} not restored", **SWITCH, **left_out("each_saved", "take", register)) for register in saved),
    *(Mutant(f"{register} not restored when the other side has ended", **LEAVE,
             **left_out("each_saved", "take", register)) for register in saved),
    Mutant("rbx and rbp saved into each other's slots", **SWITCH,
           **swapped("each_saved", "save", {"rbx": "SWITCH_RBX", "rbp": "SWITCH_RBP"})),
    Mutant("rbp and r12 restored from each other's slots", **SWITCH,
           **swapped("each_saved", "take", {"rbp": "SWITCH_RBP", "r12": "SWITCH_R12"})),
    Mutant("r13 and r14 restored from each other's slots", **SWITCH,
           **swapped("each_saved", "take", {"r13": "SWITCH_R13", "r14": "SWITCH_R14"})),
    Mutant("r14 and r15 saved into each other's slots", **SWITCH,
           **swapped("each_saved", "save", {"r14": "SWITCH_R14", "r15": "SWITCH_R15"})),
    Mutant("r12 saved into the slot of r13", **SWITCH,
           **altered("each_saved", "save", {"r12": "save r12, SWITCH_R13"})),
    Mutant("r15 restored as 32 bits", **SWITCH,
           **altered("each_saved", "take", {"r15": "movl (SWITCH_R15)(%rsi), %r15d"})),

    # ---------------------------------------------------------------------------------------- the stack pointer ----
    *(Mutant(f"stack pointer {off:+} after the switch", **SWITCH, find="leaq    SWITCH_RIP(%rsi), %rsp",
             replace=f"leaq    SWITCH_RIP + ({off})(%rsi), %rsp") for off in (-16, -8, 8, 16)),
    *(Mutant(f"stack pointer {off:+} after the end of the other side", **LEAVE, find="leaq    SWITCH_RIP(%rsi), %rsp",
             replace=f"leaq    SWITCH_RIP + ({off})(%rsi), %rsp") for off in (-8, 8)),
    Mutant("frame reserved 8 too small", **SWITCH,
           find="reserve SWITCH_SAVED_BYTES", replace="subq    $(SWITCH_SAVED_BYTES - 8), %rsp"),
    Mutant("frame reserved 16 too large", **SWITCH,
           find="reserve SWITCH_SAVED_BYTES", replace="subq    $(SWITCH_SAVED_BYTES + 16), %rsp"),
    Mutant("frame not reserved", **SWITCH, find="        reserve SWITCH_SAVED_BYTES\n", replace=""),
    Mutant("stack pointer published before the frame is reserved", **SWITCH,
           find="        reserve SWITCH_SAVED_BYTES\n        each_saved save\n        movq    %rsp, (%rdi)",
           replace="        movq    %rsp, (%rdi)\n        reserve SWITCH_SAVED_BYTES\n        each_saved save\n"),
    Mutant("registers stored below the stack pointer", **SWITCH, suites=WALK,
           find="        reserve SWITCH_SAVED_BYTES\n        each_saved save\n",
           replace="        .macro early reg, slot\n        movq %\\reg, (\\slot - SWITCH_SAVED_BYTES)(%rsp)\n        .endm\n"
                   "        each_saved early\n        reserve SWITCH_SAVED_BYTES\n"),
    Mutant("frame released before it is read", **SWITCH, suites=WALK,
           find="        each_saved take                                 // rsp stays: until the last load this is the leaving "
                "side\n        leaq    SWITCH_RIP(%rsi), %rsp",
           replace="        leaq    SWITCH_RIP(%rsi), %rsp\n        each_saved take\n        nop"),
    Mutant("frame released before it is read, when the other side has ended", **LEAVE, suites=WALK,
           find="        each_saved take\n        leaq    SWITCH_RIP(%rsi), %rsp",
           replace="        leaq    SWITCH_RIP(%rsi), %rsp\n        each_saved take"),
    Mutant("stack pointer not published", **SWITCH, find="movq    %rsp, (%rdi)", replace="nop"),
    Mutant("the wrong side's stack pointer published", **SWITCH,
           find="movq    %rsp, (%rdi)", replace="movq    %rsi, (%rdi)"),

    # ------------------------------------------------------------------------------------------ the first frame ----
    Mutant("entry point jumped to instead of called: stack 8 too high", **ENTER,
           find="call    *%rbx", replace="jmp     *%rbx"),
    Mutant("stack pointer 8 too low at first entry", **ENTER,
           find="movq    %r12, %rdi", replace="movq    %r12, %rdi\n        subq    $8, %rsp"),
    Mutant("argument of the entry point lost", **ENTER, find="movq    %r12, %rdi", replace="nop"),
    Mutant("an entry point that returns is entered again", **ENTER, find="ud2", replace="jmp     enter_first_frame"),
    Mutant("an entry point that returns runs into what lies behind", **ENTER, find="ud2", replace="nop"),
    Mutant("first frame 8 too low", **FIRST_FRAME,
           find="reinterpret_cast<switch_frame*>(top)", replace="reinterpret_cast<switch_frame*>(top - 8)"),
    Mutant("first frame 8 too high", **FIRST_FRAME,
           find="reinterpret_cast<switch_frame*>(top)", replace="reinterpret_cast<switch_frame*>(top + 8)"),
    Mutant("first frame 16 too high", **FIRST_FRAME,
           find="reinterpret_cast<switch_frame*>(top)", replace="reinterpret_cast<switch_frame*>(top + 16)"),
    Mutant("first frame without a return address", **FIRST_FRAME,
           find="frame->rip = reinterpret_cast<std::uintptr_t>(enter_first_frame);", replace=""),
    Mutant("first frame returns to the entry point itself", **FIRST_FRAME,
           find="reinterpret_cast<std::uintptr_t>(enter_first_frame)",
           replace="reinterpret_cast<std::uintptr_t>(entry)"),
    Mutant("frame pointer of the first frame not zero", **FIRST_FRAME, find="frame->rbp = 0;", replace=""),
    Mutant("first frame without an entry point", **FIRST_FRAME,
           find="frame->rbx = reinterpret_cast<std::uintptr_t>(entry);", replace=""),
    Mutant("first frame without an argument", **FIRST_FRAME,
           find="frame->r12 = reinterpret_cast<std::uintptr_t>(argument);", replace=""),
    Mutant("first frame with entry point and argument exchanged", **FIRST_FRAME,
           find="frame->rbx = reinterpret_cast<std::uintptr_t>(entry);\n"
                "    frame->r12 = reinterpret_cast<std::uintptr_t>(argument);",
           replace="frame->r12 = reinterpret_cast<std::uintptr_t>(entry);\n"
                   "    frame->rbx = reinterpret_cast<std::uintptr_t>(argument);"),

    # --------------------------------------------------------------- what the kernel switches beside the context ----
    Mutant("mxcsr of a task's own not taken back", **FP_CONTROL,
           find='asm volatile("ldmxcsr %0" : : "m"(words.mxcsr));', replace=""),
    Mutant("x87 control word of a task's own not taken back", **FP_CONTROL,
           find='asm volatile("fldcw %0" : : "m"(words.x87));', replace=""),
    Mutant("mxcsr of a task's own not kept", **FP_CONTROL,
           find='asm volatile("stmxcsr %0" : "=m"(words.mxcsr));', replace=""),
    Mutant("x87 control word of a task's own not kept", **FP_CONTROL,
           find='asm volatile("fnstcw %0" : "=m"(words.x87));', replace=""),
    Mutant("thread_local objects without their own address at %fs:0", "arch/x86_64/isa/tls.hpp",
           "*reinterpret_cast<std::uintptr_t*>(pointer) = pointer;", "", rebuild=("kernel/task/task.cpp",),
           suites=("tls",)),
]
