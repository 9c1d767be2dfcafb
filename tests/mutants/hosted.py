"""Faults in what takes a machine's place, hosted. The switch is that of x86_64, and broken there.

Left out, because nothing that runs can tell them from the original:
- registers in a report exchanged: reports are compared without their numbers;
- an alarm that was reached is still set: the kernel sets another, or none, right then;
- that waiting leaves a note to look at the devices: a signal comes as well, where input can send one;
- that Linux does not tell of input: all of a program's is there when it begins. tests/test_tour.py notices;
- that a handler begins with interrupts masked: Linux holds back their signals meanwhile;
- the monotonic clock taken for another that does not jump while the suites run.
"""

from __future__ import annotations

from mutant import SUITE, Mutant, Program

HART = "kernel/task/hart.cpp"
TRAP = "arch/hosted/trap.cpp"
INTERRUPTS = "arch/hosted/isa/interrupts.hpp"
WAIT = "arch/hosted/interrupts.cpp"
UART = "arch/hosted/uart.cpp"
OWN = (WAIT, UART, TRAP)

READER = Program("tests/apps/echo.cpp", "digest", b"what a person types\n" * 1000)
FAULT_IN_HANDLER = Program("tests/apps/fault_reports.cpp", "endless-handler")
FAULT_IN_PANIC = Program("tests/apps/fault_reports.cpp", "ruinous-handler")
WRITER = Program("tests/apps/fault_reports.cpp", "write-at 0x10000")
FP_FAULT = Program("tests/apps/fault_reports.cpp", "raise x87-invalid")

MUTANTS = [
    # -------------------------------------------------------------------------------------------- signals as traps ----
    Mutant("a fault goes on where it was", TRAP, "  to[REG_RIP] = static_cast<greg_t>(frame.rip);\n", "", suites=("faults",)),
    Mutant("a fault goes on with its stack pointer", TRAP, "  to[REG_RSP] = static_cast<greg_t>(frame.rsp);\n", "",
           suites=("faults",)),
    Mutant("the address of a page fault not taken over", TRAP, "word(context.uc_mcontext.gregs[REG_CR2])", "0", suites=("faults",)),
    Mutant("the processor's error code not taken over", TRAP, "word(from[REG_ERR])", "0", suites=(WRITER,)),
    Mutant("the x87 unit's status not taken over", TRAP, ".x87_status = fp.swd", ".x87_status = 0", suites=(FP_FAULT,)),
    Mutant("interrupts left masked after a fault", TRAP, "  interrupts::unmask();  // what came in meanwhile is held back until the return\n",
           "", suites=("interrupts",)),
    Mutant("the end of a fault not noted", TRAP, "  go_on_in(frame, context);\n  in_handler = 0;\n", "  go_on_in(frame, context);\n",
           suites=("faults",)),
    Mutant("a fault within a fault's handler is held back", TRAP, "on_signal_stack | SA_NODEFER", "on_signal_stack",
           suites=(FAULT_IN_PANIC,)),
    Mutant("traps stay on the stack that they interrupt", TRAP, "SA_SIGINFO | SA_ONSTACK | sa_restorer", "SA_SIGINFO | sa_restorer",
           suites=("interrupts",)),
    Mutant("faults of handlers on the handlers' stack", TRAP, "constexpr int until_used = 1 << 31;", "constexpr int until_used = 0;",
           suites=(FAULT_IN_HANDLER,)),

    # ------------------------------------------------------------------------------------------ signals as interrupts ----
    Mutant("a handler enters where interrupts are masked", TRAP, "if (!interrupts::enter()) return;", "interrupts::enter();",
           suites=("time",)),
    Mutant("what came in while masked forgotten", INTERRUPTS, "if (pending_) [[unlikely]] signal_oneself();", "",
           rebuild=(HART, *OWN), suites=(READER,)),
    Mutant("masked interrupts not told from enabled ones", INTERRUPTS, "return before;", "return true;",
           rebuild=(SUITE, HART, *OWN), suites=("interrupts",)),
    Mutant("the timer never looked at", TRAP, "if (clock::alarm_reached()) on_timer_interrupt(interrupted);",
           "(void)interrupted, (void)clock::alarm_reached();", suites=("time",)),
    Mutant("a timer that counts from now", "arch/hosted/clock.cpp", "TIMER_ABSTIME", "0", suites=("time",)),
]
