"""How `print` shows the kernel's objects: `print/r` shows them as they are."""

from __future__ import annotations

import itertools
import re
from typing import Callable, Iterator, Optional

import gdb

from . import kernel

MOST_CHILDREN = 200


class Printer:
    """One line of text, and for what holds several things these as a list."""

    def __init__(self, value: gdb.Value):
        self.value = value


class List(Printer):
    def display_hint(self) -> str:
        return "array"

    def children(self) -> Iterator[tuple[str, object]]:
        for at, item in enumerate(itertools.islice(self.items(), MOST_CHILDREN)):
            yield f"[{at}]", item


class TaskPrinter(Printer):
    def to_string(self) -> str:
        return described_task(kernel.Task(self.value.cast(kernel.type_of("control_block"))))


class GeneratorPrinter(Printer):
    def to_string(self) -> str:
        return described_generator(kernel.Generator(self.value.cast(kernel.type_of("generator_record"))))


class HandlePrinter(Printer):
    """generator<Out, In>, pooled_task."""

    def to_string(self) -> str:
        user = kernel.stack_user_in(self.value)
        if user is None:
            return "none"
        return described_task(user) if isinstance(user, kernel.Task) else described_generator(user)


def described_task(task: kernel.Task) -> str:
    if task.state == "fresh":
        return f"task {task.name}, never started"
    end = f": {task.how}" if task.state == "finished" else ""
    return f"{task}{end}, stack {task.stack.usage()}, {task.switches} switches"


def described_generator(generator: kernel.Generator) -> str:
    return f"{generator}, stack {generator.stack.usage()}"


class StackPrinter(Printer):
    """stack<N>: the memory above its guard."""

    def to_string(self) -> str:
        return described_stack(kernel.memory_of(self.value))


class StackViewPrinter(Printer):
    def to_string(self) -> str:
        size = int(self.value["bytes_"]) & (1 << 63) - 1
        guarded = ", guarded" if int(self.value["bytes_"]) >> 63 else ""
        low = int(self.value["low_"])
        return described_stack(kernel.Stack(low, size)) + guarded if size else "no stack"


def described_stack(stack: kernel.Stack) -> str:
    where = f"stack of {stack.bytes} bytes at {stack.low:#x}"
    owner, _, _ = kernel.read_words(stack.low, 24)
    if owner == kernel.untouched():
        return f"{where}, free, {stack.used()} used"
    user = kernel.user_of_stack(stack.low)
    return f"{where}, {stack.used()} used by {user}" if user else f"{where}, never used"


class ContextPrinter(Printer):
    """arch::stack_pointer: a suspended context."""

    def to_string(self) -> str:
        pointer = int(self.value)
        if pointer == 0:
            return "none"
        frame = self.value.cast(kernel.type_of("isa::switch_frame").pointer())
        names = {field.name for field in frame.type.target().fields()}
        return f"{pointer:#x}, goes on at {frame['ra' if 'ra' in names else 'rip'].format_string(format='a')}"


class OutcomePrinter(Printer):
    def to_string(self) -> str:
        return kernel.outcome(self.value)


class PlacePrinter(Printer):
    """source_location."""

    def to_string(self) -> str:
        return kernel.place(self.value)


class HartPrinter(List):
    """The ring of ready tasks, the running one first."""

    def to_string(self) -> str:
        idle = int(self.value["current"]) == int(self.value["idle"].address)
        return "hart, idle" if idle else "hart, ready tasks"

    def items(self) -> Iterator[str]:
        return map(str, kernel.ready_tasks(self.value))


class WaitQueuePrinter(List):
    """wait_queue: who waits, the longest first."""

    def to_string(self) -> str:
        return "tasks that wait" if int(self.value["first_"]) else "nobody waits"

    def items(self) -> Iterator[str]:
        return (str(kernel.task_at(place["who"].address)) for place in kernel.chain(self.value["first_"], "later"))


class JoinersPrinter(List):
    """join_waiter: those that wait for the end of a task."""

    def to_string(self) -> str:
        return "tasks that join"

    def items(self) -> Iterator[str]:
        return (str(kernel.task_at(waiter["who"])) for waiter in kernel.chain(self.value.address, "next"))


class TimerPrinter(Printer):
    def to_string(self) -> str:
        return f"timer due at tick {int(self.value['deadline_'])}, calls {self.value['due_'].format_string(format='a')}"


class TimerQueuePrinter(List):
    """timer_queue: in the order in which they are due."""

    def to_string(self) -> str:
        return "timers" if int(self.value["root_"]) else "no timers"

    def items(self) -> Iterator[gdb.Value]:
        return iter(sorted(kernel.heap(self.value["root_"]),
                           key=lambda timer: (int(timer["deadline_"]), int(timer["arrival_"]))))


class TaskPoolPrinter(List):
    def to_string(self) -> str:
        count, _ = kernel.template_numbers(self.value.type)
        return f"pool, {int(self.value['indices_']['taken_'])} of {count} tasks taken"

    def items(self) -> Iterator[gdb.Value]:
        count, _ = kernel.template_numbers(self.value.type)
        members = (self.value["members_"][at] for at in range(count))
        return (member for member in members if kernel.Task(member.cast(kernel.type_of("control_block"))).alive)


class StackPoolPrinter(Printer):
    def to_string(self) -> str:
        count, size = kernel.template_numbers(self.value.type)
        return f"pool, {int(self.value['indices_']['taken_'])} of {count} stacks of {size} bytes taken"


PRINTERS: list[tuple[str, Callable]] = [(f"^bobbin::{pattern}$", printer) for pattern, printer in (
    (r"(task|control_block|task_pool_base::member)", TaskPrinter),
    (r"(generator_record|generator<.*>::frame<.*>)", GeneratorPrinter),
    (r"(generator<.*>|pooled_task)", HandlePrinter),
    (r"stack<\w+>", StackPrinter),
    (r"stack_view", StackViewPrinter),
    (r"outcome", OutcomePrinter),
    (r"source_location", PlacePrinter),
    (r"hart", HartPrinter),
    (r"wait_queue", WaitQueuePrinter),
    (r"join_waiter", JoinersPrinter),
    (r"timer_queue", TimerQueuePrinter),
    (r"timer", TimerPrinter),
    (r"task_pool<.*>", TaskPoolPrinter),
    (r"stack_pool<.*>", StackPoolPrinter),
)]


GUARDED = r"bobbin::(stack<\w+>|task_pool<.*>|stack_pool<.*>)$"


def printer_of(value: gdb.Value) -> Optional[Printer]:
    if value.type.code == gdb.TYPE_CODE_TYPEDEF and value.type.name == "bobbin::arch::stack_pointer":
        return ContextPrinter(value)
    if is_pointer_to_guarded(value.type.strip_typedefs()) and int(value):
        value = value.dereference()
    name = value.type.strip_typedefs().unqualified().name or ""
    for pattern, printer in PRINTERS:
        if re.match(pattern, name):
            return printer(value)
    return None


def is_pointer_to_guarded(type_: gdb.Type) -> bool:
    """gdb reads the whole of what it prints, and a guard in use cannot be read: for such objects, their address will do."""
    if type_.code != gdb.TYPE_CODE_PTR:
        return False
    return re.match(GUARDED, type_.target().strip_typedefs().unqualified().name or "") is not None


def install() -> None:
    printer_of.name, printer_of.enabled = "bobbin", True
    gdb.pretty_printers.append(printer_of)
