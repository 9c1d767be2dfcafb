"""Faults in the switch and the first frame of x86_64.

Left out, because nothing that runs can tell them from the original: what riscv64.py names, as far as it exists here.
"""

from __future__ import annotations

from mutant import SUITE, Mutant, altered, left_out, swapped

CONTEXT = "arch/x86_64/context.S"
FIRST_FRAME = "arch/x86_64/isa/context.hpp"
CPU = "arch/x86_64/isa/cpu.hpp"
FRAME_USERS = ("kernel/task/task.cpp", SUITE)
FP_CONTROL = dict(rebuild=("kernel/task/hart.cpp",), suites=("fp_control",))

saved = ["rbx", "rbp", "r12", "r13", "r14", "r15"]

MUTANTS = [
    # -------------------------------------------------------------------------------------------- the registers ----
    *(Mutant(f"{register} not saved", CONTEXT, **left_out("each_saved", "save", register)) for register in saved),
    *(Mutant(f"{register} not restored", CONTEXT, **left_out("each_saved", "take", register)) for register in saved),
    Mutant("rbx and rbp saved into each other's slots", CONTEXT,
           **swapped("each_saved", "save", {"rbx": "SWITCH_RBX", "rbp": "SWITCH_RBP"})),
    Mutant("rbp and r12 restored from each other's slots", CONTEXT,
           **swapped("each_saved", "take", {"rbp": "SWITCH_RBP", "r12": "SWITCH_R12"})),
    Mutant("r13 and r14 restored from each other's slots", CONTEXT,
           **swapped("each_saved", "take", {"r13": "SWITCH_R13", "r14": "SWITCH_R14"})),
    Mutant("r14 and r15 saved into each other's slots", CONTEXT,
           **swapped("each_saved", "save", {"r14": "SWITCH_R14", "r15": "SWITCH_R15"})),
    Mutant("r12 saved into the slot of r13", CONTEXT, **altered("each_saved", "save", {"r12": "save r12, SWITCH_R13"})),
    Mutant("r15 restored as 32 bits", CONTEXT,
           **altered("each_saved", "take", {"r15": "movl (SWITCH_R15)(%rsi), %r15d"})),

    # ---------------------------------------------------------------------------------------- the stack pointer ----
    *(Mutant(f"stack pointer {off:+} after the switch", CONTEXT,
             "leaq    SWITCH_RIP(%rsi), %rsp", f"leaq    SWITCH_RIP+({off})(%rsi), %rsp")
      for off in (-16, -8, 8, 16)),
    Mutant("frame reserved 8 too small", CONTEXT,
           "reserve SWITCH_SAVED_BYTES", "reserve SWITCH_SAVED_BYTES-8"),
    Mutant("frame reserved 16 too large", CONTEXT,
           "reserve SWITCH_SAVED_BYTES", "reserve SWITCH_SAVED_BYTES+16"),
    Mutant("frame not reserved", CONTEXT, "        reserve SWITCH_SAVED_BYTES\n", ""),
    Mutant("stack pointer published before the frame is reserved", CONTEXT,
           "        reserve SWITCH_SAVED_BYTES\n        each_saved save\n        movq    %rsp, (%rdi) ",
           "        movq    %rsp, (%rdi)\n        reserve SWITCH_SAVED_BYTES\n        each_saved save\n"),
    Mutant("stack pointer not published", CONTEXT, "        movq    %rsp, (%rdi) ", "        nop "),
    Mutant("the wrong side's stack pointer published", CONTEXT, "movq    %rsp, (%rdi) ", "movq    %rsi, (%rdi) "),

    # ------------------------------------------------------------------------------------------ the first frame ----
    Mutant("entry point jumped to instead of called: stack 8 too high", CONTEXT, "call    *%rbx", "jmp     *%rbx"),
    Mutant("stack pointer 8 too low at first entry", CONTEXT,
           "        movq    %r12, %rdi\n", "        movq    %r12, %rdi\n        subq    $8, %rsp\n"),
    Mutant("argument of the entry point lost", CONTEXT, "        movq    %r12, %rdi\n", ""),
    Mutant("an entry point that returns runs into what lies behind", CONTEXT, "        ud2 ", "        nop "),
    Mutant("an entry point that returns is entered again", CONTEXT, "        ud2 ", "        jmp enter_first_frame "),
    Mutant("first frame 8 too low", FIRST_FRAME, "reinterpret_cast<switch_frame*>(top) - 1",
           "reinterpret_cast<switch_frame*>(top - 8) - 1", rebuild=FRAME_USERS),
    Mutant("first frame 8 too high", FIRST_FRAME, "reinterpret_cast<switch_frame*>(top) - 1",
           "reinterpret_cast<switch_frame*>(top + 8) - 1", rebuild=FRAME_USERS),
    Mutant("first frame 16 too high", FIRST_FRAME, "reinterpret_cast<switch_frame*>(top) - 1",
           "reinterpret_cast<switch_frame*>(top + 16) - 1", rebuild=FRAME_USERS),
    Mutant("first frame without a return address", FIRST_FRAME,
           "    frame->rip = reinterpret_cast<std::uintptr_t>(enter_first_frame);\n", "", rebuild=FRAME_USERS),
    Mutant("first frame returns to the entry point itself", FIRST_FRAME,
           "frame->rip = reinterpret_cast<std::uintptr_t>(enter_first_frame)",
           "frame->rip = reinterpret_cast<std::uintptr_t>(entry)", rebuild=FRAME_USERS),
    Mutant("frame pointer of the first frame not zero", FIRST_FRAME, "    frame->rbp = 0;\n", "", rebuild=FRAME_USERS),
    Mutant("first frame without an entry point", FIRST_FRAME,
           "    frame->rbx = reinterpret_cast<std::uintptr_t>(entry);\n", "", rebuild=FRAME_USERS),
    Mutant("first frame without an argument", FIRST_FRAME,
           "    frame->r12 = reinterpret_cast<std::uintptr_t>(argument);\n", "", rebuild=FRAME_USERS),
    Mutant("first frame with entry point and argument exchanged", FIRST_FRAME,
           "    frame->rbx = reinterpret_cast<std::uintptr_t>(entry);\n"
           "    frame->r12 = reinterpret_cast<std::uintptr_t>(argument);\n",
           "    frame->r12 = reinterpret_cast<std::uintptr_t>(entry);\n"
           "    frame->rbx = reinterpret_cast<std::uintptr_t>(argument);\n", rebuild=FRAME_USERS),

    # --------------------------------------------------------------- what the kernel switches beside the context ----
    Mutant("mxcsr of a task's own not taken back", CPU,
           '    asm volatile("ldmxcsr %0" : : "m"(words.mxcsr));\n', "", **FP_CONTROL),
    Mutant("x87 control word of a task's own not taken back", CPU,
           '    asm volatile("fldcw %0" : : "m"(words.x87));\n', "", **FP_CONTROL),
    Mutant("mxcsr of a task's own not kept", CPU,
           '    asm volatile("stmxcsr %0" : "=m"(words.mxcsr));\n', "", **FP_CONTROL),
    Mutant("x87 control word of a task's own not kept", CPU,
           '    asm volatile("fnstcw %0" : "=m"(words.x87));\n', "", **FP_CONTROL),
    Mutant("thread_local objects without their own address at %fs:0", "arch/x86_64/isa/tls.hpp",
           "    *reinterpret_cast<std::uintptr_t*>(pointer) = pointer;\n", "", rebuild=("kernel/task/task.cpp",),
           suites=("tls",)),
]
