"""Faults in what the kernel does around each switch: the same on every architecture.

Left out, because nothing depends on it:
- the count of switches, kept for people to read;
- the alarm not moved when the first timer is cancelled: it goes off once more, and nothing is due;
- one timer going off at a time: the alarm goes off again at once for the next;
- the timers' heap not kept leftist: it keeps its order, and takes longer;
- a port that goes on interrupting when there is no room: QEMU's interrupt controllers let the task go on.
"""

from __future__ import annotations

from bobbin import COUNT_TIME
from mutant import SUITE, Mutant, Program

HART = "kernel/task/hart.cpp"
HART_HEADER = "kernel/task/hart.hpp"
STACK = "kernel/task/stack.hpp"
TASK = "kernel/task/task.cpp"
TIMERS = "kernel/time/timers.cpp"
QUEUE = "kernel/core/timer_queue.hpp"
CONSOLE = "kernel/io/console.cpp"
THIS_TASK = "kernel/task/this_task.cpp"
TASK_HEADER = "kernel/task/task.hpp"
GENERATOR = "kernel/task/generator.cpp"
GENERATOR_HEADER = "kernel/task/generator.hpp"

FIRST = ("first_frame", "switch")
TLS = ("tls",)
OVERFLOW = ("containment",)
LEFT_BEHIND = ("abandon",)
ABANDON = "kernel/task/abandon.cpp"
FP_CONTROL = ("fp_control",)
WALK = ("walk",)
TIME = ("time",)
SERIAL = ("serial",)
READER = Program("tests/apps/echo.cpp", "digest", b"what a person types\n" * 1000)
DEADLOCK = Program("tests/apps/ends.cpp", "deadlock")


def watched(pastime: str) -> tuple:
    return (Program("tests/apps/hog.cpp", f"watchdog=1 {pastime}", options=tuple(COUNT_TIME)),)

GENERATORS = ("generator", "generator_tasks")

MUTANTS = [
    # ------------------------------------------------------------------------------------------ the running task ----
    Mutant("the running task is still the one that yielded", HART_HEADER, "    current = &next;\n", "",
           within="void yield() noexcept {", rebuild=(SUITE, HART)),
    Mutant("the running task is still the one that yielded from another place", HART, "  current = &next;\n", "",
           within="void hart::yield_carefully("),
    Mutant("the running task is still the one that blocked", HART_HEADER, "    current = &next;\n", "",
           within="void suspend(control_block& self, control_block& next) noexcept {", rebuild=(SUITE, HART, TASK)),
    Mutant("the running task is still the one that ended", HART, "  current = &next;\n", "",
           within="void hart::finish_returned(int status) noexcept {"),
    Mutant("the running task is still the one that exited", HART, "  current = &next;\n", "",
           within="void hart::finish(outcome how) noexcept {", suites=FIRST + OVERFLOW),
    Mutant("thread pointer not switched", "kernel/task/control_block.hpp", "    arch::cpu::change_thread_pointer(before.thread_pointer, thread_pointer);\n",
           "", rebuild=(SUITE, TASK), suites=TLS),
    Mutant("thread pointer not switched by the kernel", "kernel/task/control_block.hpp",
           "    arch::cpu::change_thread_pointer(before.thread_pointer, thread_pointer);\n", "", rebuild=(HART,), suites=TLS),
    Mutant("thread pointer of main not set", HART,
           "  arch::cpu::set_thread_pointer(thread_pointer);\n", "", suites=TLS),
    Mutant("thread_local objects of a new task not placed", TASK,
           "  if (arch::tls::bytes() != 0) thread_pointer = arch::tls::place(stack_memory().high()).thread_pointer;\n", "",
           suites=TLS),
    Mutant("no room made for thread_local objects", TASK, "memory.high() - above", "memory.high() - bytes", suites=TLS),
    Mutant("thread_local objects forgotten when a task is started again", TASK_HEADER, " && arch::tls::bytes() == 0", "",
           rebuild=(SUITE,), suites=TLS),

    # --------------------------------------------------------------------------------------------- first frames ----
    Mutant("a task's closure gets lost", TASK_HEADER, "begin_with(static_cast<std::byte*>(argument), run);",
           "begin_with(static_cast<std::byte*>(argument) - 64, run);", rebuild=(SUITE,), suites=FIRST),
    Mutant("a task's closure laid below what it needs", TASK_HEADER, "low + size - bytes", "low + size - bytes + stack_alignment",
           rebuild=(SUITE,), suites=FIRST + OVERFLOW),
    Mutant("a stack in use taken for free", TASK_HEADER, " && vacated(low)", "", rebuild=(SUITE,), suites=OVERFLOW + ("join",)),
    Mutant("a stack too small taken for one that does", TASK_HEADER, " &&\n                       size >= bytes + alignment + minimum_stack_bytes", "",
           rebuild=(SUITE,), suites=OVERFLOW + ("join",)),
    Mutant("a task that was asked to stop starts as if it still were", TASK, "  unmake(special::stop_requested);\n", "",
           suites=("join",)),
    Mutant("a task's first frame not aligned to 16", TASK_HEADER,
           "alignment = std::max(alignof(Function), stack_alignment)", "alignment = alignof(Function)",
           rebuild=(SUITE,), suites=FIRST),
    Mutant("alignment of a task's closure ignored", TASK_HEADER,
           "alignment = std::max(alignof(Function), stack_alignment)", "alignment = stack_alignment",
           rebuild=(SUITE,), suites=FIRST),
    Mutant("a generator's body gets lost", GENERATOR_HEADER, "begin_with(static_cast<std::byte*>(place), frame<Body>::run);",
           "begin_with(static_cast<std::byte*>(place), nullptr);", rebuild=(SUITE,), suites=GENERATORS),
    Mutant("a generator's first frame not aligned to 16", GENERATOR_HEADER,
           "alignment = std::max(alignof(frame<Body>), stack_alignment)", "alignment = alignof(frame<Body>)",
           rebuild=(SUITE,), suites=FIRST),

    # ---------------------------------------------------------------------------------------- the stack's check ----
    Mutant("stack not checked when a task yields from another place", HART, "  check_stack_carefully(sp);\n", "",
           within="void hart::yield_carefully(", suites=OVERFLOW),
    Mutant("any place taken for the one of the last switch", STACK, "return foot->switched_at == sp;",
           "return sp != 0;", rebuild=(SUITE, HART, TASK), suites=OVERFLOW),
    Mutant("any new place accepted", HART, " || !self.may_switch_at(sp)", "", suites=OVERFLOW),
    Mutant("a new place accepted in spite of FP control words of its own", HART, " || self.own_fp_control", "",
           within="bool hart::accept_place(", suites=FP_CONTROL),
    Mutant("stack not checked when a task switches quickly", HART_HEADER, " && self.switched_last_at(sp);", " && sp != 0;",
           rebuild=(SUITE, HART, TASK), suites=OVERFLOW),
    Mutant("stack with no room found when a task joins, and ignored", TASK,
           "  this_hart().check_stack_before_queueing();\n", "", suites=OVERFLOW),
    Mutant("room to enter a queue not counted", "kernel/task/hart.hpp",
           "current->may_switch_at(arch::cpu::stack_pointer() - blocking_bytes)",
           "current->may_switch_at(arch::cpu::stack_pointer())", rebuild=(HART, TASK), suites=OVERFLOW),
    Mutant("stack not checked when a task returns", HART,
           " || !self.foot_intact()", "",
           suites=OVERFLOW),
    Mutant("damaged stack found when a task returns, and ignored", HART, "  check_stack();\n", "",
           within="void hart::finish_returned_carefully(int status) noexcept {", suites=OVERFLOW),
    Mutant("stack not checked when a task exits", THIS_TASK, "  here.check_stack();\n", "", suites=OVERFLOW),
    Mutant("stack bounds not compared", STACK, "return has_room_at(sp) && foot_intact();", "return foot_intact();",
           rebuild=(HART, THIS_TASK, SUITE), suites=("stack", "containment")),
    Mutant("canary not compared", STACK, "return has_room_at(sp) && foot_intact();", "return has_room_at(sp);",
           rebuild=(HART, THIS_TASK, SUITE), suites=("stack", "containment")),
    Mutant("room for the switch's own frames not counted", STACK,
           "sp - (reinterpret_cast<std::uintptr_t>(foot) + stack_reserve_bytes) < stack_bytes - stack_reserve_bytes",
           "sp - reinterpret_cast<std::uintptr_t>(foot) < stack_bytes",
           rebuild=(HART, TASK, SUITE), suites=("stack", "containment")),
    Mutant("stack pointers above the stack taken for sound", STACK, "< stack_bytes - stack_reserve_bytes", "< stack_bytes",
           rebuild=(SUITE,), suites=("stack",)),
    Mutant("a stack without an owner", STACK, ".owner = &user", ".owner = nullptr", rebuild=(SUITE,), suites=FIRST + OVERFLOW),
    Mutant("owner left in a stack that is free", STACK,
           "inline void vacate(stack_user& user) noexcept { user.foot->owner = reinterpret_cast<const void*>(untouched); }",
           "inline void vacate(stack_user&) noexcept {}", rebuild=(HART,)),
    Mutant("what the last task resumed left in the foot", STACK, ".inside = nullptr", ".inside = user.foot->inside",
           rebuild=(SUITE,), suites=("generator_tasks", "stack", "containment")),
    Mutant("exhausted stack found and ignored", HART, "user.has_room_at(sp);", "true;", suites=OVERFLOW),
    Mutant("damaged foot found and ignored", HART, "  if (!user.foot_sound()) return false;\n", "", suites=OVERFLOW),

    # ----------------------------------------------------------------------------------------------- interrupts ----
    Mutant("a task joins without masking interrupts", TASK_HEADER, "    arch::interrupts::mask();\n", "", rebuild=(SUITE,),
           suites=WALK),
    Mutant("a task joins carefully without masking interrupts", TASK, "  arch::interrupts::mask();\n", "", suites=WALK),
    Mutant("a task ends without masking interrupts", HART, "  arch::interrupts::mask();\n", "",
           within="void hart::finish_returned(int status) noexcept {", suites=WALK),
    Mutant("a task exits without masking interrupts", HART, "  arch::interrupts::mask();\n", "",
           within="void hart::finish(outcome how) noexcept {", suites=WALK),
    Mutant("a task is woken without masking interrupts", HART, "  const interrupts_masked guard;\n", "",
           within="void hart::wake(control_block& task) noexcept {", suites=WALK),
    Mutant("a task is started without masking interrupts", "kernel/task/hart.hpp", "    const interrupts_masked guard;\n",
           "", within="void start(control_block& task) noexcept {", rebuild=(SUITE,), suites=WALK),
    Mutant("a queue is woken without masking interrupts", "kernel/task/wait_queue.hpp",
           "    const interrupts_masked guard;\n", "", rebuild=("kernel/io/console.cpp", SUITE), suites=WALK),
    Mutant("a sleeper queues up without masking interrupts", TIMERS, "  arch::interrupts::mask();\n", "", suites=WALK),
    Mutant("interrupts left masked after a block", HART_HEADER, "    arch::interrupts::unmask();\n", "",
           within="void suspend(control_block& self, control_block& next) noexcept {", rebuild=(HART,), suites=WALK),
    Mutant("interrupts left masked after a join", HART_HEADER, "    arch::interrupts::unmask();\n", "",
           within="void suspend(control_block& self, control_block& next) noexcept {", rebuild=(SUITE,), suites=WALK),
    Mutant("interrupts left masked after a block on an idle hart", HART, "  arch::interrupts::unmask();\n", "",
           within="void hart::block_carefully(control_block& self) noexcept {", suites=WALK),
    Mutant("interrupts left masked after the end of a task", HART, "  arch::interrupts::unmask();\n", "",
           within="void hart::finish_returned(int status) noexcept {", suites=WALK),
    Mutant("interrupts left masked after an unusual end of a task", HART, "  arch::interrupts::unmask();\n", "",
           within="void hart::finish_returned_carefully(int status) noexcept {", suites=WALK),
    Mutant("interrupts left masked after an exit", HART, "  arch::interrupts::unmask();\n", "",
           within="void hart::finish(outcome how) noexcept {", suites=WALK),

    # --------------------------------------------------------------------------------------- the end, and who joins it ----
    Mutant("who joined a task not told how it ended", HART, "  waiter.how = how;\n", "", suites=("join",)),
    Mutant("who joined a task still said to wait", HART, "  waiter.who->state = task_state::ready;\n", "", suites=("join",)),
    Mutant("only the last of several joiners woken", HART, "    waiter->who->control_block::turn::link_before(self);\n", "",
           suites=("join",)),
    Mutant("a task that nobody joins stays in the ring", HART, "    self.control_block::turn::drop();\n", "",
           within="inline control_block& hart::give_turn_away(control_block& self) noexcept {", suites=("join", "switch")),
    Mutant("a joiner beside whom nobody is ready not made a ring of its own", HART,
           "    heir.control_block::turn::link_alone();\n", "", suites=("join",)),
    Mutant("a joiner takes the place of the wrong one", "kernel/core/ring.hpp", "    hook_of(other).next = next;\n",
           "    hook_of(other).next = prev;\n", rebuild=(HART,), suites=("join", "order")),
    Mutant("joiners of the last run joined again", HART, "std::exchange(self.joiners, nullptr)", "self.joiners", suites=("join",)),
    Mutant("how a task ended not kept for later", HART, "  self.how = outcome::returned(status);\n", "", suites=("join",)),

    # ----------------------------------------------------------------------------------------------------- time ----
    Mutant("the alarm not set again when it has gone off", TIMERS, "  set_alarm();\n", "",
           within="void on_timer_interrupt(call_site where) noexcept {", suites=TIME),
    Mutant("the alarm not set for a new timer", TIMERS, "  if (here.timers.first() == &entry) set_alarm();\n", "",
           suites=TIME),
    Mutant("the alarm set for every new timer", TIMERS, "if (here.timers.first() == &entry) set_alarm();",
           "arch::clock::set_alarm(entry.deadline());", suites=("sleep", "time")),
    Mutant("timers go off before they are due", TIMERS, "first->deadline() > arch::clock::ticks()",
           "first->deadline() > arch::clock::ticks() + arch::clock::ticks_per_second() / 1000", suites=TIME),
    Mutant("a timer that went off stays in the queue", TIMERS, "    queue.remove(*first);\n", "", suites=TIME),
    Mutant("a cancelled timer stays in the queue", TIMERS, "this_hart().timers.remove(entry)", "true", suites=TIME),
    Mutant("a sleeper that nobody expects", TIMERS, "  ++this_hart().expecting;\n", "", suites=TIME),
    Mutant("a sleeper that is expected for ever", TIMERS, "    --this_hart().expecting;\n", "", suites=TIME),
    Mutant("a sleep until a time that is over", TIMERS, "  if (deadline <= arch::clock::ticks()) return;\n", "", suites=TIME),
    Mutant("timers in the wrong order", QUEUE, "deadline_ < other.deadline_", "deadline_ > other.deadline_",
           rebuild=(TIMERS, SUITE), suites=TIME),
    Mutant("timers of the same time last come first", QUEUE, "arrival_ < other.arrival_", "arrival_ > other.arrival_",
           rebuild=(TIMERS, SUITE), suites=TIME),
    Mutant("the arrival of timers not noted", QUEUE, "    entry.arrival_ = arrivals_++;\n", "",
           rebuild=(TIMERS, SUITE), suites=TIME),
    Mutant("a timer's parent not noted in a merge", QUEUE, "      a->parent_ = last;\n", "", rebuild=(SUITE,),
           suites=TIME),
    Mutant("the parent of the rest not noted in a merge", QUEUE, "    if (rest != nullptr) rest->parent_ = last;\n", "",
           rebuild=(SUITE,), suites=TIME),
    Mutant("the parent of what stays not noted when a timer leaves", QUEUE,
           "    if (below != nullptr) below->parent_ = above;\n", "", rebuild=(SUITE,), suites=TIME),
    Mutant("a timer taken out on the wrong side", QUEUE, "(above->left_ == &entry ? above->left_ : above->right_) = below;",
           "above->left_ = below;", rebuild=(SUITE,), suites=TIME),
    Mutant("the watchdog never barks", TIMERS, "    on_task_hogs(*here.current, interrupted);\n", "",
           suites=watched("hog")),
    Mutant("the watchdog barks at everybody", TIMERS, "!running || now != self.seen", "!running",
           suites=watched("yield")),
    Mutant("the watchdog barks again and again", TIMERS, "    self.reported = true;\n", "", suites=watched("hog")),
    Mutant("the watchdog barks once in its life", TIMERS, "    self.reported = false;\n", "    ;\n",
           suites=watched("hog-twice")),
    Mutant("the watchdog takes a yield of a lone task for none", HART, "    ++lone_yields;\n", "",
           suites=watched("yield-alone")),
    Mutant("the watchdog looks once", TIMERS, "  here.timers.insert(self);\n", "", suites=watched("hog")),

    # ------------------------------------------------------------------------------------------- input, and idling ----
    Mutant("a reader that nobody expects", CONSOLE, "    ++this_hart().expecting;\n", "", suites=(READER,)),
    Mutant("input wakes nobody", CONSOLE, "  if (!input.empty() && readers.wake_one()) --this_hart().expecting;\n", "",
           within="void receive() noexcept {", suites=(READER,)),
    Mutant("a reader leaves input that others wait for", CONSOLE,
           "  if (!input.empty() && readers.wake_one()) --this_hart().expecting;\n", "",
           within="std::optional<std::uint8_t> take() noexcept {", suites=SERIAL),
    Mutant("a port silent for ever once there was no room", CONSOLE,
           "  if (was_full) port->interrupt_for_input(true);\n", "  (void)was_full;\n", suites=SERIAL),
    Mutant("lost input not counted", "kernel/io/ns16550.hpp",
           "    if (status & input_lost) overruns_ = overruns_ + 1;\n", "", rebuild=(CONSOLE,), suites=SERIAL),
    Mutant("a deadlock taken for a wait", HART, "    if (expecting == 0) on_nothing_to_run();\n", "",
           suites=(DEADLOCK,)),
    Mutant("an idle hart goes on after any interrupt", HART, "  while (idle.control_block::turn::alone()) {",
           "  if (idle.control_block::turn::alone()) {", suites=TIME),
    Mutant("an idle hart does not idle in a turn of its own", HART, "  current = &idle;\n", "", suites=TIME),
    Mutant("an idle hart stays in the ring", HART, "  idle.control_block::turn::drop();\n", "", suites=TIME),

    # ------------------------------------------------------------------------------------------ FP control words ----
    Mutant("a task that wants FP control words of its own shares them", TASK, "  control_block::own_fp_control = true;\n", "", suites=FP_CONTROL),
    Mutant("FP control words of the others not noted when a task with its own begins", TASK,
           "    this_hart().shared_fp_control = arch::cpu::fp_control();\n", "", suites=FP_CONTROL),
    Mutant("FP control words of its own stay when a task leaves", HART,
           "  arch::cpu::set_fp_control(shared_fp_control);\n", "", within="hart::hand_over_with_fp_control(",
           suites=FP_CONTROL),
    Mutant("FP control words of its own not set when a task returns", HART,
           "  arch::cpu::set_fp_control(own);\n", "", suites=FP_CONTROL),
    Mutant("shared FP control words not kept when a task with its own returns", HART,
           "  shared_fp_control = arch::cpu::fp_control();\n", "", suites=FP_CONTROL),
    Mutant("FP control words of its own stay when a task blocks", HART, " || self.own_fp_control", "",
           within="void hart::block_masked() noexcept {", suites=FP_CONTROL),
    Mutant("FP control words of its own stay when a task ends", HART,
           "  if (self.own_fp_control) arch::cpu::set_fp_control(shared_fp_control);\n", "", suites=FP_CONTROL),
    Mutant("FP control words of its own asked for count at once", HART,
           "if (self.own_fp_control) arch::", "if (self.is(special::own_fp_control)) arch::", suites=FP_CONTROL),

    # ------------------------------------------------------------------------------------------------ generators ----
    Mutant("stack not checked when a generator is resumed from another place", GENERATOR,
           "  here.check_stack_carefully(sp);\n", "", within="generator_record::resume_carefully(", suites=OVERFLOW),
    Mutant("stack not checked when a generator yields from another place", GENERATOR,
           "  here.check_stack_carefully(sp);\n", "", within="generator_record::look_closely(", suites=OVERFLOW),
    Mutant("any new place of a yield accepted", GENERATOR, " || !may_switch_at(sp)", "", suites=OVERFLOW + GENERATORS),
    Mutant("a yield accepted from a generator that lies within", GENERATOR, " || running_inside(*this) != nullptr", "",
           suites=(Program("tests/apps/misuse_generator.cpp", "yield-outside-within"),)),
    Mutant("a yield accepted from a body that was stopped", GENERATOR, "  if (stopping || ", "  if (",
           suites=(Program("tests/apps/misuse_generator.cpp", "ignore-stop"),)),
    Mutant("any place of a stop accepted", GENERATOR, " || !task.may_switch_at(sp)", "", suites=OVERFLOW + GENERATORS),
    Mutant("a stop taken for the task's own within a generator", GENERATOR, " || running_inside(task) != nullptr", "",
           suites=GENERATORS + ("generator_end", "abandon")),
    Mutant("a stop by a task with FP control words of its own accepted", GENERATOR, "  if (task.own_fp_control || ", "  if (",
           suites=FP_CONTROL),
    Mutant("a body that begins not said to have started", GENERATOR_HEADER, "      frame.state = generator_record::state::started;\n", "",
           rebuild=(SUITE,), suites=GENERATORS),
    Mutant("a generator takes a stack in use for free", GENERATOR_HEADER, "    if (!vacated(low)) [[unlikely]] {", "    if (false) {",
           rebuild=(SUITE,), suites=(Program("tests/apps/misuse_generator.cpp", "stack-in-use"),)),
    Mutant("stack not checked when a generator's body returns", GENERATOR,
           "  if (how == state::finished && !may_switch_at(arch::cpu::stack_pointer())) [[unlikely]] this_hart().check_stack();\n", "",
           suites=OVERFLOW),
    Mutant("a generator's stack judged by the limits of its task", HART,
           "inside != nullptr ? stacks_sound(*inside, sp) : user", "user", suites=GENERATORS),
    Mutant("what a damaged foot says is believed", "kernel/task/generator_record.hpp",
           "  if (!user.foot_sound()) return nullptr;\n", "", rebuild=(HART, "kernel/debug/backtrace.cpp"), suites=OVERFLOW),
    Mutant("only the outermost generator found", HART,
           "inside != nullptr; inside = running_inside(*inside)) innermost", "inside != nullptr; inside = nullptr) innermost",
           suites=GENERATORS),
    Mutant("a suspended generator still counts as running", "kernel/task/generator_record.hpp",
           "return state == state::started && running();", "return state == state::started;",
           rebuild=(HART, GENERATOR), suites=GENERATORS),
    Mutant("a generator resumed as before, though its resumer is another", GENERATOR,
           "  resumer = user.foot;\n", "",
           suites=GENERATORS),
    Mutant("an ended generator can be resumed", GENERATOR, "  resumer = &nobody;\n", "", suites=GENERATORS),
    Mutant("a generator that was stopped may yield", "kernel/task/generator_record.hpp", "    set_switched_at(0);\n", "",
           rebuild=(SUITE,), suites=(Program("tests/apps/misuse_generator.cpp", "ignore-stop"),)),
    Mutant("where a generator that resumes another stands is forgotten", GENERATOR,
           "  if (outer != nullptr) outer->body_sp = sp;\n", "", suites=GENERATORS),

    # ------------------------------------------------------------------- what is left on the stack of a task that ends ----
    Mutant("generators left behind not looked for", ABANDON, "  left.take_all_held_in(dead, user.foot);\n", "", suites=LEFT_BEHIND),
    Mutant("generators left behind in generators not looked for", ABANDON,
           "    left.take_all_held_in(body, next->foot);\n", "", suites=LEFT_BEHIND),
    Mutant("what is left behind by an exit not looked for", THIS_TASK, "  abandon_running_task(arch::cpu::stack_pointer());\n", "",
           suites=LEFT_BEHIND),
    Mutant("what is left behind by a fault not looked for", "kernel/debug/faults.cpp", "  abandon_running_task(trap.stack_pointer);\n", "",
           suites=LEFT_BEHIND),
    Mutant("what is left behind by a generator's fault not looked for", "kernel/debug/faults.cpp",
           "    abandon(*inside, trap.stack_pointer);\n", "", suites=LEFT_BEHIND),
    Mutant("what is left behind in generators that a task ends within not looked for", ABANDON,
           "    bobbin::abandon(*left, sp);\n", "", suites=LEFT_BEHIND),
    Mutant("a generator that was moved looked for where it was", GENERATOR_HEADER,
           "    if (record_ != nullptr) record_->handle = &record_;\n", "", rebuild=(SUITE,), suites=LEFT_BEHIND),
    Mutant("a generator taken for left behind, whose handle is elsewhere", ABANDON, "candidate->handle == &place && ", "",
           suites=LEFT_BEHIND),
    Mutant("a generator that another task runs taken from it", ABANDON,
           "    if (found.is_running() && found.resumer != dead_foot) return;\n", "", suites=LEFT_BEHIND),
    Mutant("a generator that a damaged task runs left running", ABANDON, " && found.resumer != dead_foot", "",
           suites=OVERFLOW),
    Mutant("pooled tasks left behind not looked for", ABANDON, "  task_pool_base::abandon_handles_in(dead);\n", "",
           suites=LEFT_BEHIND),
    Mutant("a pooled task that was moved looked for where it was", "kernel/task/task_pool.hpp",
           "    if (member_ != nullptr) member_->handle = &member_;\n", "", rebuild=(SUITE,), suites=LEFT_BEHIND),
    Mutant("a pooled task left behind not asked to stop", ABANDON, "    place.request_stop();\n", "", suites=LEFT_BEHIND),
    Mutant("a task left behind not asked to stop", ABANDON, "      task.make(special::stop_requested);\n", "      ;\n",
           suites=LEFT_BEHIND),
    Mutant("a stack on which a task lies taken for free", HART, "self.is(special::survived) ? self.unmake(special::survived) : ",
           "", suites=LEFT_BEHIND),
    Mutant("a stack on which tasks lay never free", "kernel/task/stack.cpp",
           " && (needed(*user, memory) || !forget_tasks_within(memory.bytes()))", "", suites=LEFT_BEHIND),
    Mutant("frames laid over a task that has not ended", "kernel/debug/faults.cpp", "  return top;\n",
           "  return memory.data() + memory.size();\n", suites=LEFT_BEHIND),
    Mutant("a task that lay on a dead stack stays in the list of all", ABANDON,
           "  for_each_task_within(memory, [](control_block& task) { task.control_block::registration::unlink(); });\n", "",
           suites=LEFT_BEHIND),
    Mutant("a task that had ended on a dead stack stays in the list of all", ABANDON,
           "    else\n      task.control_block::registration::unlink();\n", "", suites=LEFT_BEHIND),
]
