"""Faults in what the kernel does around each switch: the same on every architecture.

Left out, because nothing that runs can tell them from the original:
- a wrong count of switches: kept for people to read, nothing depends on it;
- a stack check in `hart::finish`, or none: what a task that ends has left on its stack does not matter.
"""

from __future__ import annotations

from mutant import SUITE, Mutant

HART = "kernel/task/hart.cpp"
STACK = "kernel/task/stack.cpp"
STACK_HEADER = "kernel/task/stack.hpp"
TASK = "kernel/task/task.cpp"
GENERATOR = "kernel/task/generator.cpp"
GENERATOR_HEADER = "kernel/task/generator.hpp"
CHECKERS = (HART, GENERATOR)               # where may_switch_at gets inlined

TLS = ("tls",)
OVERFLOW = ("overflow",)
FP_CONTROL = ("fp_control",)
GENERATORS = ("generator", "generator_tasks", "overflow")

MUTANTS = [
    # ------------------------------------------------------------------------------------------ the running task ----
    Mutant("the running task is still the one that left", HART, "  current = &next;\n", ""),
    Mutant("thread pointer not switched", HART,
           "  arch::cpu::set_thread_pointer(next.thread_pointer);\n", "", suites=TLS),
    Mutant("thread pointer of main not set", HART,
           "  arch::cpu::set_thread_pointer(thread_pointer);\n", "", suites=TLS),
    Mutant("thread pointer of a new task not set", TASK, "  thread_pointer = tls.thread_pointer;\n", "", suites=TLS),

    # --------------------------------------------------------------------------------------------- first frames ----
    Mutant("a task's closure gets lost", TASK, "first_frame(static_cast<std::byte*>(closure), run, closure)",
           "first_frame(static_cast<std::byte*>(closure), run, nullptr)"),
    Mutant("a task's first frame not aligned to 16", TASK,
           "alignment < stack_alignment ? stack_alignment : alignment", "alignment"),
    Mutant("alignment of a task's closure ignored", TASK,
           "alignment < stack_alignment ? stack_alignment : alignment", "stack_alignment"),
    Mutant("a generator's body gets lost", GENERATOR_HEADER, "frame<Body>::run, constructed);",
           "frame<Body>::run, nullptr);", rebuild=(SUITE,), suites=GENERATORS),
    Mutant("a generator's first frame not aligned to 16", GENERATOR_HEADER,
           "std::max(alignof(frame<Body>), stack_alignment)", "alignof(frame<Body>)", rebuild=(SUITE,)),

    # ---------------------------------------------------------------------------------------- the stack's check ----
    Mutant("stack not checked when a task leaves", HART,
           "  if (!self.may_switch_at(arch::cpu::stack_pointer())) [[unlikely]] return switch_carefully(self, next);\n",
           "", suites=OVERFLOW),
    Mutant("stack bounds not compared", STACK_HEADER, "sp - floor < span && owner_word()", "owner_word()",
           rebuild=CHECKERS, suites=OVERFLOW),
    Mutant("owner word not compared", STACK_HEADER,
           "sp - floor < span && owner_word() == reinterpret_cast<std::uintptr_t>(this)", "sp - floor < span",
           rebuild=CHECKERS, suites=OVERFLOW),
    Mutant("room for the switch's own frames not counted", STACK_HEADER, "return sp - floor < span",
           "return sp - (floor - stack_reserve_bytes + stack_alignment) < span + stack_reserve_bytes - stack_alignment",
           rebuild=CHECKERS, suites=OVERFLOW),
    Mutant("stack pointers above the stack taken for sound", STACK,
           "user.span = memory.size() - stack_reserve_bytes;", "user.span = memory.size();", suites=OVERFLOW),
    Mutant("owner word not written", STACK, "  user.owner_word() = reinterpret_cast<std::uintptr_t>(&user);\n", ""),
    Mutant("owner word left in a stack that is free", STACK,
           "void vacate(stack_user& user) noexcept { user.owner_word() = untouched; }",
           "void vacate(stack_user&) noexcept {}"),
    Mutant("exhausted stack found and ignored", HART, "sp - active->floor < bytes && self", "self", suites=OVERFLOW),
    Mutant("damaged end of a stack found and ignored", HART,
           "sp - active->floor < bytes && self.owner_word() == reinterpret_cast<std::uintptr_t>(&self)",
           "sp - active->floor < bytes", suites=OVERFLOW),
    Mutant("an overflow is reported on the stack that has no room", HART,
           "  arch::switch_context(&self.suspended, "
           "arch::context::first_frame(arch::boundary(__trap_stack_high), go_on, nullptr));\n",
           "  go_on(nullptr);\n", suites=OVERFLOW),

    # ------------------------------------------------------------------------------------------ FP control words ----
    Mutant("a task that wants FP control words of its own shares them", TASK,
           "  if (own_fp_control) span = 0;\n", "", suites=FP_CONTROL),
    Mutant("FP control words of its own stay when a task leaves", HART,
           "  arch::cpu::set_fp_control(shared_fp_control);\n  enter", "  enter", suites=FP_CONTROL),
    Mutant("FP control words of its own not set when a task returns", HART,
           "  arch::cpu::set_fp_control(own);\n", "", suites=FP_CONTROL),
    Mutant("shared FP control words not kept when a task with its own returns", HART,
           "  enter(self, next);\n  shared_fp_control = arch::cpu::fp_control();\n", "  enter(self, next);\n",
           suites=FP_CONTROL),
    Mutant("FP control words of its own stay when a task ends", HART,
           "  if (self.own_fp_control) arch::cpu::set_fp_control(shared_fp_control);\n", "", suites=FP_CONTROL),

    # ------------------------------------------------------------------------------------------------ generators ----
    Mutant("stack not checked when a generator is resumed", GENERATOR,
           "  here.check_stack();\n  outer =", "  outer =", suites=OVERFLOW),
    Mutant("stack not checked when a generator yields", GENERATOR,
           "  here.check_stack();\n  task.generator = outer;\n", "  task.generator = outer;\n", suites=OVERFLOW),
    Mutant("a generator's stack judged by the limits of its task", HART,
           "    if (inside == self.generator) active = inside, bytes = inside->span;\n", "", suites=GENERATORS),
    Mutant("damaged end of a generator's stack ignored when its task leaves", HART,
           "    if (inside->owner_word() != reinterpret_cast<std::uintptr_t>(static_cast<const stack_user*>(inside))) "
           "return false;\n", "", suites=OVERFLOW),
    Mutant("only the innermost generator's stack looked at", HART,
           "inside != nullptr; inside = inside->outer)", "inside != nullptr; inside = nullptr)", suites=OVERFLOW),
    Mutant("a resumed generator not entered into its task", GENERATOR,
           "  task.generator = this;\n", "", suites=GENERATORS),
    Mutant("the generator outside not remembered", GENERATOR, "  outer = task.generator;\n", "", suites=GENERATORS),
    Mutant("a generator that yielded still counts as running in its task", GENERATOR,
           "  here.check_stack();\n  task.generator = outer;\n", "  here.check_stack();\n", suites=GENERATORS),
    Mutant("a generator that ended still counts as running in its task", GENERATOR,
           "  this_hart().current->generator = outer;\n  yielded = nullptr;\n  state = state::finished;\n",
           "  yielded = nullptr;\n  state = state::finished;\n", suites=GENERATORS),
]
