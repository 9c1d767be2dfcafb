"""Faults in the switch, the first frame and the traps of x86_64.

Left out, because nothing that runs can tell them from the original: what riscv64.py names, as far as it exists here;
and
- the timer started for a little less than the alarm is away: alarm_reached starts it again;
- a time between two ticks taken for the earlier one: they are less than a nanosecond apart;
- the stack not aligned to 16 for what a yield out of line calls: nothing there asks for it;
- an end of interrupt for a spurious interrupt, and a double fault on the trap stack: QEMU makes neither happen.
"""

from __future__ import annotations

from mutant import SUITE, Mutant, Program, altered, left_out, swapped

CONTEXT = "arch/x86_64/context.S"
SWITCH = dict(file=CONTEXT, within="FUNCTION switch_context")
ENTER = dict(file=CONTEXT, within="FUNCTION outermost_frame", suites=("first_frame", "switch"))
FIRST_FRAME = dict(file="arch/x86_64/isa/context.hpp", within="first_frame(", rebuild=("kernel/task/task.cpp", SUITE),
                   suites=("first_frame", "switch"))
FP_CONTROL = dict(file="arch/x86_64/isa/cpu.hpp", rebuild=("kernel/task/hart.cpp",), suites=("fp_control",))

WALK = ("walk",)

TRAP = dict(file="arch/x86_64/trap.S", within="FUNCTION trap_entries", suites=("interrupts",))
TABLES = dict(file="arch/x86_64/trap.S", suites=("interrupts",))
TRAP_CODE = "arch/x86_64/trap.cpp"
CAUSES = "arch/x86_64/causes.cpp"
HART = "kernel/task/hart.cpp"
GENERATOR = "kernel/task/generator.cpp"
FAULT_IN_HANDLER = Program("tests/apps/fault_reports.cpp", "handler")
FAULT_IN_PANIC = Program("tests/apps/fault_reports.cpp", "ruinous-handler")
READER = Program("tests/apps/echo.cpp", "digest", b"what a person types\n" * 1000)

INLINE = dict(file="arch/x86_64/isa/coroutine.hpp", rebuild=(SUITE, GENERATOR),
              suites=("switch", "generator", "generator_tasks", "containment"))
TASKS = (SUITE, HART, "kernel/task/task.cpp", "kernel/task/this_task.cpp")
LOST = dict(file="arch/x86_64/isa/inline_switch.h", rebuild=(*TASKS, GENERATOR), suites=("switch", "generator"))
CONTINUATION = dict(file="arch/x86_64/isa/continuation.hpp", rebuild=TASKS, suites=("switch", "first_frame", "fp_control"))
HAND_OVER = dict(CONTINUATION, within="inline void continuation::hand_over(")
OUT_OF_LINE = dict(file=CONTEXT, within="FUNCTION yield_out_of_line", suites=("order", "switch"))
BEGIN = dict(file="arch/include/arch/continuation.hpp", rebuild=TASKS, within="void begin_with(", suites=("first_frame", "switch"))
RESUME = dict(INLINE, within="inline bool coroutine::resume(")
YIELD = dict(INLINE, within="inline yielded coroutine::yield(")
COROUTINE = dict(file="arch/x86_64/coroutine.S", suites=("first_frame", "switch", "generator", "generator_tasks"))
ENTER_BODY = dict(COROUTINE, within="FUNCTION enter_coroutine")
LEAVE_BODY = dict(INLINE, within="inline void coroutine::return_for_good(")

saved = ["rbx", "rbp", "r12", "r13", "r14", "r15"]
trapped = ["rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", *(f"r{n}" for n in range(8, 16))]

MUTANTS = [
    # -------------------------------------------------------------------------------------------- the registers ----
    *(Mutant(f"{register} not saved", **SWITCH, **left_out("each_saved", "save", register)) for register in saved),
    *(Mutant(f"{register} not restored", **SWITCH, **left_out("each_saved", "take", register)) for register in saved),
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
    Mutant("stack pointer not published", **SWITCH, find="movq    %rsp, (%rdi)", replace="nop"),
    Mutant("the wrong side's stack pointer published", **SWITCH,
           find="movq    %rsp, (%rdi)", replace="movq    %rsi, (%rdi)"),

    # ------------------------------------------------------------------------------------------ the first frame ----
    Mutant("entry point jumped to instead of called: stack 8 too high", **ENTER,
           find="movq    %r12, %rdi\n        call    *%rbx", replace="movq    %r12, %rdi\n        jmp     *%rbx"),
    Mutant("stack pointer 8 too low at first entry", **ENTER,
           find="movq    %r12, %rdi", replace="movq    %r12, %rdi\n        subq    $8, %rsp"),
    Mutant("argument of the entry point lost", **ENTER, find="movq    %r12, %rdi", replace="nop"),
    Mutant("an entry point that returns is entered again", **ENTER,
           find="ud2                                             // an", replace="jmp     enter_context                           // an"),
    Mutant("an entry point that returns runs into what lies behind", **ENTER,
           find="ud2                                             // an", replace="nop                                             // an"),
    Mutant("first frame 8 too low", **FIRST_FRAME,
           find="reinterpret_cast<switch_frame*>(top)", replace="reinterpret_cast<switch_frame*>(top - 8)"),
    Mutant("first frame 8 too high", **FIRST_FRAME,
           find="reinterpret_cast<switch_frame*>(top)", replace="reinterpret_cast<switch_frame*>(top + 8)"),
    Mutant("first frame 16 too high", **FIRST_FRAME,
           find="reinterpret_cast<switch_frame*>(top)", replace="reinterpret_cast<switch_frame*>(top + 16)"),
    Mutant("first frame without a return address", **FIRST_FRAME,
           find="frame->rip = reinterpret_cast<std::uintptr_t>(enter_context);", replace=""),
    Mutant("first frame returns to the entry point itself", **FIRST_FRAME,
           find="reinterpret_cast<std::uintptr_t>(enter_context)",
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

    # -------------------------------------------------------------------------------------------- the trap frame ----
    *(Mutant(f"{register} not saved by a trap", **TRAP, **left_out("each_saved", "save", register))
      for register in trapped),
    *(Mutant(f"{register} not restored by a trap", **TRAP, **left_out("each_saved", "load", register))
      for register in trapped),
    Mutant("rax and rbx saved into each other's slots by a trap", **TRAP,
           **swapped("each_saved", "save", {"rax": "TRAP_RAX", "rbx": "TRAP_RBX"})),
    Mutant("r10 and r11 restored from each other's slots by a trap", **TRAP,
           **swapped("each_saved", "load", {"r10": "TRAP_R10", "r11": "TRAP_R11"})),
    Mutant("r13 and r14 in each other's slots of the trap frame", "arch/x86_64/isa/frame.h",
           "TRAP_R13            96\n#define TRAP_R14           104",
           "TRAP_R13           104\n#define TRAP_R14            96",
           rebuild=("arch/x86_64/trap.S",), suites=("interrupts",)),
    Mutant("r15 restored as 32 bits by a trap", **TRAP,
           **altered("each_saved", "load", {"r15": "movl TRAP_R15(%rsp), %r15d"})),

    # ----------------------------------------------------------------------------------------- the way in and out ----
    Mutant("a trap returns one byte further", **TRAP, find="        each_saved load\n",
           replace="        incq    TRAP_RIP(%rsp)\n        each_saved load\n"),
    Mutant("flags not restored by a trap", **TRAP, find="        each_saved load\n",
           replace="        movq    $0x202, TRAP_RFLAGS(%rsp)\n        each_saved load\n"),
    Mutant("interrupts left masked by a trap", **TRAP, find="        each_saved load\n",
           replace="        btrl    $9, TRAP_RFLAGS(%rsp)\n        each_saved load\n"),
    Mutant("stack pointer 8 too low after a trap", **TRAP, find="        each_saved load\n",
           replace="        subq    $8, TRAP_RSP(%rsp)\n        each_saved load\n"),
    Mutant("interrupts left on in a handler", **TABLES, find="#define INTERRUPT_GATE    0x8e",
           replace="#define INTERRUPT_GATE    0x8f"),
    Mutant("direction flag left to a handler", **TRAP, find="        cld ", replace="        nop "),
    Mutant("the end of a trap not noted", **TRAP, find="        movl    $0, in_handler(%rip)\n", replace=""),
    Mutant("the end of the boot not noted", "boot/x86_64/start.S", "        movl    $0, in_handler ", "        nop ",
           suites=("interrupts",)),

    # ------------------------------------------------------------------------------------------- the trap's stack ----
    Mutant("traps stay on the stack that they interrupt", **TABLES, find=".byte   1", replace=".byte   0"),
    Mutant("traps on the stack for faults of handlers", **TABLES, find=".quad   __trap_stack_high",
           replace=".quad   __fault_stack_high"),
    Mutant("traps on the stack of main", **TABLES, find=".quad   __trap_stack_high",
           replace=".quad   __boot_stack_high"),
    Mutant("trap stack 16 lower", **TABLES, find=".quad   __trap_stack_high", replace=".quad   __trap_stack_high - 16"),
    Mutant("a fault of a handler not recognised", "arch/x86_64/trap.S", "        jc      handler_trapped\n", "",
           suites=(FAULT_IN_HANDLER,)),
    Mutant("traps not noted", "arch/x86_64/trap.S", "btsl    $0, in_handler", "btl     $0, in_handler",
           suites=(FAULT_IN_HANDLER,)),
    Mutant("a fault of a handler handled on its own stack", "arch/x86_64/trap.S",
           "        movq    $__fault_stack_high - TRAP_FRAME_BYTES, %rsp\n", "", suites=(FAULT_IN_HANDLER,)),
    Mutant("a fault in a panic handled like another", CAUSES,
           "on_fault_stack(frame.rsp) || stage != decline::none", "false", suites=(FAULT_IN_PANIC,)),

    # ---------------------------------------------------------------------------- FP registers over an interrupt ----
    Mutant("FP registers not saved by an interrupt", **TRAP, find="        fxsave64 (%rsp)\n", replace=""),
    Mutant("FP registers not restored by an interrupt", **TRAP, find="        fxrstor64 (%rsp)\n", replace=""),
    Mutant("FP registers kept over the trap frame", **TRAP, find="        reserve FP_STATE_BYTES\n", replace=""),
    Mutant("room of FP registers given back too early", **TRAP,
           find="        call    handle_interrupt\n        fxrstor64 (%rsp)\n",
           replace="        addq    $FP_STATE_BYTES - 64, %rsp\n        call    handle_interrupt\n"
                   "        subq    $FP_STATE_BYTES - 64, %rsp\n        fxrstor64 (%rsp)\n"),

    # ---------------------------------------------------------------------------------------- who is told of what ----
    Mutant("the timer's interrupt taken for a device's", TRAP_CODE, "if (frame.vector == TIMER_VECTOR) {",
           "if (frame.vector == TIMER_VECTOR + 1) {", suites=("interrupts",)),
    Mutant("an interrupt not acknowledged", TRAP_CODE, "  local_apic::end_of_interrupt();\n", "",
           suites=("interrupts",)),
    Mutant("a device's interrupt told by another line", TRAP_CODE, "frame.vector - FIRST_LINE_VECTOR",
           "frame.vector - FIRST_LINE_VECTOR + 1", suites=(READER,)),
    Mutant("a device's interrupt taken for a fault", "arch/x86_64/trap.S", "cmpq    $EXCEPTIONS, TRAP_VECTOR(%rsp)",
           "cmpq    $EXCEPTIONS + 24, TRAP_VECTOR(%rsp)", suites=(READER,)),
    Mutant("a device's interrupt not let through", "arch/x86_64/apic.hpp",
           "    write(entry + 2 * line, (FIRST_LINE_VECTOR + line) | by_level | (line < isa_lines ? 0 : active_low));\n",
           "    (void)by_level, (void)active_low, (void)isa_lines;\n", rebuild=("arch/x86_64/machine.cpp",),
           suites=(READER,)),
    Mutant("interrupts left masked after a fault", CAUSES, "frame.rflags = interrupts_enabled | always_set;",
           "frame.rflags = (void(interrupts_enabled), always_set);", suites=("interrupts",)),
    Mutant("the way out of a fault keeps the stack pointer", CAUSES,
           "  frame.rsp = reinterpret_cast<std::uintptr_t>(return_address);\n", "", suites=("faults",)),
    Mutant("masked interrupts not told from enabled ones", "arch/x86_64/isa/interrupts.hpp",
           "return before & (1 << 9);", "return true;", rebuild=(SUITE, HART), suites=("interrupts", "walk")),
    Mutant("interrupts served before the wait for one", "arch/x86_64/isa/interrupts.hpp",
           '"sti\\n\\thlt\\n\\tcli"', '"sti\\n\\tnop\\n\\thlt\\n\\tcli"', rebuild=(HART,), suites=("walk",)),
    Mutant("an idle hart spins", "arch/x86_64/isa/interrupts.hpp", '"sti\\n\\thlt\\n\\tcli"', '"sti\\n\\tnop\\n\\tcli"', rebuild=(HART,),
           suites=("sleep",)),
    Mutant("a timer that is over before its alarm not started again", "arch/x86_64/clock.cpp",
           "    start_timer();\n    return false;", "    return false;", suites=("sleep",)),
    Mutant("a time that the timer cannot count to never comes", "arch/x86_64/clock.cpp", ": UINT32_MAX;", ": 0;",
           suites=("sleep",)),

    # -------------------------------------------------------------------------------------- the inline switch ----
    *(Mutant(f"{register} not given up for an inline switch", **LOST, find=f'"{register}", ', replace="")
      for register in ["rbx", "r12", "r13", "r14", "r15"]),

    Mutant("a deadline too far away for the counter comes soon", "kernel/time/clock.cpp",
           "  if (exactly > UINT64_MAX - first_tick - 1) return UINT64_MAX;\n", "", suites=("wait",)),  # slower ones reach all
    Mutant("the base of %fs taken for unchanged", "arch/x86_64/isa/cpu.hpp", "if (from != to) [[unlikely]]", "if (false)",
           rebuild=TASKS, suites=("tls",)),

    # ---------------------------------------------------------------------------------- the switch between tasks ----
    Mutant("where a task goes on not noted", **HAND_OVER, find='"movq  $1f, %c[pc](%%rsi)\\n\\t"', replace='""'),
    Mutant("rbp of a task not noted", **HAND_OVER, find='"movq  %%rbp, %c[fp](%%rsi)\\n\\t"', replace='""'),
    Mutant("stack pointer of a task not noted", **HAND_OVER, find='"movq  %%rsp, %c[sp](%%rsi)\\n\\t"', replace='""'),
    Mutant("rbp of a task not taken back", **CONTINUATION, find='"movq  %c[fp](%%rdi), %%rbp\\n\\t"', replace='""'),
    Mutant("stack pointer of a task not taken back", **CONTINUATION, find='"movq  %c[sp](%%rdi), %%rsp\\n\\t"', replace='""'),
    *(Mutant(f"{what} not passed on by a yield out of line", **OUT_OF_LINE, find=find, replace="nop") for what, find in (
        ("its stack pointer", "movq    %rsp, %rsi"),
        ("rbp", "movq    %rbp, %rdx"),
        ("a return address", "pushq   %rdi"))),
    *(Mutant(f"{register} not given up by a yield out of line", "arch/x86_64/isa/continuation.hpp", f'"{register}", ', "",
             within="inline void continuation::yield_out_of_line()", rebuild=(SUITE,), suites=("switch",)) for register in ("rdi", "rsi")),
    Mutant("a task begun without its entry point", **BEGIN, find="fp = reinterpret_cast<std::uintptr_t>(entry);", replace=""),
    Mutant("a task begun 8 too low", **BEGIN, find="reinterpret_cast<std::uintptr_t>(top)", replace="reinterpret_cast<std::uintptr_t>(top) - 8"),
    Mutant("argument of a task that begins lost", **ENTER, find="movq    %rsp, %rdi", replace="xorl    %edi, %edi"),
    Mutant("rbp of a task that begins not zero", **ENTER, find="xorl    %ebp, %ebp", replace="nop"),
    Mutant("a task's entry point jumped to instead of called: stack 8 too high", **ENTER,
           find="xorl    %ebp, %ebp\n        call    *%rbx", replace="xorl    %ebp, %ebp\n        jmp     *%rbx"),
    Mutant("a resume without a look at the stack", **RESUME, find='      "jne   %l[unchecked]\\n\\t"\n', replace=""),
    Mutant("a yield without a look at the stack", **YIELD, find='      "jne   %l[unchecked]\\n\\t"\n', replace=""),
    Mutant("what was resumed not noted in the foot", **RESUME,
           find='      "movq  %%rdi, %c[inside](%%rax)\\n\\t"\n', replace=""),
    Mutant("another generator taken for what was resumed before", **RESUME, find='"jne   3f\\n"', replace='"\\n"'),
    Mutant("rbp of the body not noted", **YIELD, find='      "movq  %%rbp, %c[body_fp](%%rdi)\\n\\t"\n', replace=""),
    Mutant("rbp of the body not taken back", **INLINE, find='"movq  %c[body_fp](%%rdi), %%rbp\\n\\t"', replace='""'),
    Mutant("rbp of the resumer not taken back", **YIELD, find='      "movq  %c[resumer_fp](%%rdi), %%rbp\\n\\t"\n', replace=""),
    Mutant("a resumed body not marked as running", **INLINE, find='"movq  $0, %c[body_pc](%%rdi)\\n\\t"', replace='""'),
    *(Mutant(f"{what} of the resumer not noted", **RESUME, find=f'      "movq  {value}, %c[resumer_{slot}](%%rdi)\\n\\t"\n', replace="")
      for what, value, slot in [("rsp", "%%rsp", "sp"), ("rbp", "%%rbp", "fp"), ("place", "$1f", "pc")]),
    Mutant("a stop lands where a resume does", file="arch/x86_64/isa/frame.h", find="#define LANDING_STOP_BYTES  21",
           replace="#define LANDING_STOP_BYTES  0", rebuild=(SUITE, GENERATOR), suites=("generator_end",)),
    Mutant("a body's first frame off by 8", **ENTER_BODY, find="        leaq    RESUMER_FP(%rdi), %rbp",
           replace="        subq    $8, %rsp\n        leaq    RESUMER_FP(%rdi), %rbp"),
    Mutant("a body that begins on its resumer's stack", **ENTER_BODY, find="        movq    %rdi, %rsp\n", replace=""),
    Mutant("a body that begins not marked as running", **ENTER_BODY, find="        movq    $0, BODY_PC(%rdi)", replace=""),
    Mutant("rbp of the resumer not taken back when a body ends", **LEAVE_BODY,
           find='      "movq  %c[resumer_fp](%%rdi), %%rbp\\n\\t"\n', replace=""),
    Mutant("a body that ended said to have yielded", **LEAVE_BODY, find='"xorl  %%edi, %%edi\\n\\t"', replace='""'),
]
