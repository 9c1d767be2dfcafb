"""Faults in what the kernel does around each switch: the same on every architecture.

Left out, because nothing depends on it: the count of switches, kept for people to read.
"""

from __future__ import annotations

from mutant import SUITE, Mutant

HART = "kernel/task/hart.cpp"
STACK = "kernel/task/stack.hpp"
TASK = "kernel/task/task.cpp"
TIMERS = "kernel/time/timers.cpp"
THIS_TASK = "kernel/task/this_task.cpp"
TASK_HEADER = "kernel/task/task.hpp"
GENERATOR = "kernel/task/generator.cpp"
GENERATOR_HEADER = "kernel/task/generator.hpp"

FIRST = ("first_frame", "switch")
TLS = ("tls",)
OVERFLOW = ("containment",)
FP_CONTROL = ("fp_control",)
WALK = ("walk",)
GENERATORS = ("generator", "generator_tasks")

MUTANTS = [
    # ------------------------------------------------------------------------------------------ the running task ----
    Mutant("the running task is still the one that yielded", HART, "  current = &next;\n", "",
           within="void hart::yield() noexcept {"),
    Mutant("the running task is still the one that blocked", HART, "  current = &next;\n", "",
           within="void hart::block_masked() noexcept {"),
    Mutant("the running task is still the one that ended", HART, "  current = &next;\n", "",
           within="inline void hart::finish_usually(control_block& self, outcome how) noexcept {"),
    Mutant("thread pointer not switched", HART, "  arch::cpu::set_thread_pointer(next.thread_pointer);\n", "",
           within="inline void hart::leave(control_block& self, control_block& next) noexcept {", suites=TLS),
    Mutant("thread pointer not switched when a task ends", HART,
           "  arch::cpu::set_thread_pointer(next.thread_pointer);\n", "",
           within="inline void hart::leave_for_good(control_block& next) noexcept {", suites=TLS),
    Mutant("thread pointer of main not set", HART,
           "  arch::cpu::set_thread_pointer(thread_pointer);\n", "", suites=TLS),
    Mutant("thread_local objects of a new task not placed", TASK,
           "  if (arch::tls::bytes() != 0) place_thread_locals();\n", "", suites=TLS),

    # --------------------------------------------------------------------------------------------- first frames ----
    Mutant("a task's closure gets lost", TASK, "first_frame(static_cast<std::byte*>(argument), run, argument)",
           "first_frame(static_cast<std::byte*>(argument), run, nullptr)", suites=FIRST),
    Mutant("a task's first frame not aligned to 16", TASK_HEADER,
           "alignment = std::max(alignof(Function), stack_alignment)", "alignment = alignof(Function)",
           rebuild=(SUITE,), suites=FIRST),
    Mutant("alignment of a task's closure ignored", TASK_HEADER,
           "alignment = std::max(alignof(Function), stack_alignment)", "alignment = stack_alignment",
           rebuild=(SUITE,), suites=FIRST),
    Mutant("a generator's body gets lost", GENERATOR_HEADER, "frame<Body>::run, constructed);",
           "frame<Body>::run, nullptr);", rebuild=(SUITE,), suites=GENERATORS),
    Mutant("a generator's first frame not aligned to 16", GENERATOR_HEADER,
           "alignment = std::max(alignof(frame<Body>), stack_alignment)", "alignment = alignof(frame<Body>)",
           rebuild=(SUITE,), suites=FIRST),

    # ---------------------------------------------------------------------------------------- the stack's check ----
    Mutant("stack not checked when a task yields", HART,
           "  if (!self.may_switch_at(arch::cpu::stack_pointer())) [[unlikely]] return yield_carefully(self, next);\n",
           "", suites=OVERFLOW),
    Mutant("stack not checked when a task joins", TASK, " || !here.may_queue()", "", suites=OVERFLOW),
    Mutant("stack with no room found when a task joins, and ignored", TASK,
           "  this_hart().check_stack_before_queueing();\n", "", suites=OVERFLOW),
    Mutant("room to enter a queue not counted", "kernel/task/hart.hpp",
           "current->may_switch_at(arch::cpu::stack_pointer() - blocking_bytes)",
           "current->may_switch_at(arch::cpu::stack_pointer())", rebuild=(HART, TASK), suites=OVERFLOW),
    Mutant("stack not checked when a task returns", HART,
           "self.specials != 0 || !self.may_switch_at(arch::cpu::stack_pointer())", "self.specials != 0",
           suites=OVERFLOW),
    Mutant("damaged stack found when a task returns, and ignored", HART, "  check_stack();\n", "",
           within="void hart::finish_returned_carefully(int status) noexcept {", suites=OVERFLOW),
    Mutant("stack not checked when a task exits", THIS_TASK, "  here.check_stack();\n", "", suites=OVERFLOW),
    Mutant("stack bounds not compared", STACK, "sp - floor < span && owner_word()", "owner_word()",
           rebuild=(HART,), suites=OVERFLOW),
    Mutant("owner word not compared", STACK,
           "sp - floor < span && owner_word() == reinterpret_cast<std::uintptr_t>(this)", "sp - floor < span",
           rebuild=(HART,), suites=OVERFLOW),
    Mutant("room for the switch's own frames not counted", STACK, "return sp - floor < span",
           "return sp - (floor - stack_reserve_bytes + stack_alignment) < span + stack_reserve_bytes - stack_alignment",
           rebuild=(HART,), suites=OVERFLOW),
    Mutant("stack pointers above the stack taken for sound", STACK, "user.span = size - stack_reserve_bytes;",
           "user.span = size;", rebuild=(TASK, SUITE), suites=("stack",)),
    Mutant("owner word not written", STACK, "user.owner_word() = reinterpret_cast<std::uintptr_t>(&user);", "",
           rebuild=(TASK,)),
    Mutant("owner word left in a stack that is free", STACK, "inline void vacate(stack_user& user) noexcept { "
           "user.owner_word() = untouched; }", "inline void vacate(stack_user&) noexcept {}", rebuild=(HART,)),
    Mutant("exhausted stack found and ignored", HART, "sp - active->floor < bytes && self", "self", suites=OVERFLOW),
    Mutant("damaged end of a stack found and ignored", HART,
           "sp - active->floor < bytes && self.owner_word() == reinterpret_cast<std::uintptr_t>(&self)",
           "sp - active->floor < bytes", suites=OVERFLOW),

    # ----------------------------------------------------------------------------------------------- interrupts ----
    Mutant("a task blocks without masking interrupts", HART, "  arch::interrupts::mask();\n", "",
           within="void hart::block() noexcept {", suites=WALK),
    Mutant("a task joins without masking interrupts", TASK, "  arch::interrupts::mask();\n", "", suites=WALK),
    Mutant("a task ends without masking interrupts", HART, "  arch::interrupts::mask();\n", "",
           within="inline void hart::finish_usually(control_block& self, outcome how) noexcept {", suites=WALK),
    Mutant("a task is woken without masking interrupts", HART, "  const interrupts_masked guard;\n", "",
           within="void hart::wake(control_block& task) noexcept {", suites=WALK),
    Mutant("a task is started without masking interrupts", "kernel/task/hart.hpp", "    const interrupts_masked guard;\n",
           "", rebuild=(TASK,), suites=WALK),
    Mutant("a queue is woken without masking interrupts", "kernel/task/wait_queue.hpp",
           "    const interrupts_masked guard;\n", "", rebuild=("kernel/io/console.cpp", SUITE), suites=WALK),
    Mutant("a sleeper queues up without masking interrupts", TIMERS, "  arch::interrupts::mask();\n", "", suites=WALK),
    Mutant("interrupts left masked after a block", HART, "  arch::interrupts::unmask();\n", "",
           within="void hart::block_masked() noexcept {", suites=WALK),
    Mutant("interrupts left masked after a block on an idle hart", HART, "  arch::interrupts::unmask();\n", "",
           within="void hart::block_carefully(control_block& self) noexcept {", suites=WALK),
    Mutant("interrupts left masked after the end of a task", HART, "  arch::interrupts::unmask();\n", "",
           within="inline void hart::finish_usually(control_block& self, outcome how) noexcept {", suites=WALK),

    # ------------------------------------------------------------------------------------------ FP control words ----
    Mutant("a task that wants FP control words of its own shares them", TASK, "  span = 0;\n", "", suites=FP_CONTROL),
    Mutant("FP control words of the others not noted when a task with its own begins", TASK,
           "    this_hart().shared_fp_control = arch::cpu::fp_control();\n", "", suites=FP_CONTROL),
    Mutant("FP control words of its own stay when a task leaves", HART,
           "  arch::cpu::set_fp_control(shared_fp_control);\n", "", within="hart::leave_with_fp_control(",
           suites=FP_CONTROL),
    Mutant("FP control words of its own not set when a task returns", HART,
           "  arch::cpu::set_fp_control(own);\n", "", suites=FP_CONTROL),
    Mutant("shared FP control words not kept when a task with its own returns", HART,
           "  shared_fp_control = arch::cpu::fp_control();\n", "", suites=FP_CONTROL),
    Mutant("FP control words of its own stay when a task blocks", HART, " || self.specials != 0", "",
           within="void hart::block_masked() noexcept {", suites=FP_CONTROL),
    Mutant("FP control words of its own stay when a task ends", HART,
           "  if (self.keeps_fp_control()) arch::cpu::set_fp_control(shared_fp_control);\n", "", suites=FP_CONTROL),
    Mutant("FP control words of its own asked for count at once", HART,
           "if (self.keeps_fp_control()) arch::", "if (self.is(special::own_fp_control)) arch::", suites=FP_CONTROL),

    # ------------------------------------------------------------------------------------------------ generators ----
    Mutant("stack not checked when a generator is resumed", GENERATOR, "  here.check_stack();\n", "",
           within="void generator_record::resume() noexcept {", suites=OVERFLOW),
    Mutant("stack not checked when a generator yields", GENERATOR, "  here.check_stack();\n", "",
           within="bool generator_record::yield() noexcept {", suites=OVERFLOW),
    Mutant("stack not checked when a generator's body returns", GENERATOR,
           "  if (how == state::finished) this_hart().check_stack();\n", "", suites=OVERFLOW),
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
           "  task.generator = outer;\n", "", suites=GENERATORS),
    Mutant("a generator that ended still counts as running in its task", GENERATOR,
           "  this_hart().current->generator = outer;\n", "", suites=GENERATORS),
]
