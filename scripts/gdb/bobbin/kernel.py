"""The kernel's data as objects. Its types and fields are named here and in printers.py only. Nothing is ever written."""

from __future__ import annotations

import contextlib
import itertools
import os.path
import re
import struct
from dataclasses import dataclass
from typing import Iterator, Optional

import gdb

PAGE_BYTES = 4096
MOST_SCANNED = 64 << 20               # bytes of an image that are searched for stacks


class NoKernel(gdb.GdbError):
    pass


class Nobody(gdb.GdbError):
    pass


class Damaged(Exception):
    pass


def evaluate(expression: str) -> gdb.Value:
    """Of C++, in whatever language the selected frame is."""
    language = gdb.parameter("language")
    gdb.execute("set language c++", to_string=True)
    try:
        return gdb.parse_and_eval(expression)
    finally:
        gdb.execute(f"set language {language}", to_string=True)


def look_up(symbol: str) -> gdb.Value:
    try:
        return evaluate(symbol)
    except gdb.error as error:
        raise NoKernel(f"bobbin: this program is no Bobbin image, or has no debug information: {error}") from None


def type_of(name: str) -> gdb.Type:
    return gdb.lookup_type(f"bobbin::{name}")


def address_of(symbol: str) -> int:
    return int(look_up(f"(unsigned long)&{symbol}"))


def hart() -> gdb.Value:
    return look_up("bobbin::boot_hart")


def untouched() -> int:
    """What a word of a stack holds that was never used."""
    return int(look_up("bobbin::untouched")) & (1 << 64) - 1


def read_words(address: int, bytes_: int) -> list[int]:
    return list(struct.unpack(f"<{bytes_ // 8}Q", gdb.selected_inferior().read_memory(address, bytes_ // 8 * 8)))


def short_name(enumerator: gdb.Value) -> str:
    return str(enumerator).rpartition("::")[2]


@dataclass(frozen=True)
class Stack:
    low: int
    bytes: int

    def __contains__(self, address: int) -> bool:
        return self.low <= address <= self.low + self.bytes

    @property
    def name(self) -> str:
        """The object that it lies in."""
        found = re.match(r"(\S+?)(?: \+ \d+)? in section", gdb.execute(f"info symbol {self.low:#x}", to_string=True))
        return found[1] if found else hex(self.low)

    def used(self) -> Optional[int]:
        """The most that was ever in use; None if it cannot be read."""
        foot_bytes = type_of("arch::stack_foot").sizeof
        try:
            words = read_words(self.low + foot_bytes, self.bytes - foot_bytes)
        except gdb.MemoryError:
            return None
        paint = untouched()
        return 8 * (len(words) - next((at for at, word in enumerate(words) if word != paint), len(words)))

    def usage(self) -> str:
        used = self.used()
        return f"{'damaged' if used is None else used} of {self.bytes}"


class StackUser:
    """Who runs on a stack: a task or a generator."""

    def __init__(self, value: gdb.Value):
        self.value = value
        self.address = int(value.address)

    def __eq__(self, other) -> bool:
        return isinstance(other, StackUser) and self.address == other.address

    def __hash__(self) -> int:
        return self.address

    @property
    def stack(self) -> Stack:
        return Stack(int(self.value["foot"]), int(self.value["stack_bytes"]))

    def inside(self) -> Optional[Generator]:
        """The generator that it has resumed and that has not yielded since."""
        foot = self.value["foot"]
        if int(foot["owner"]) != int(self.value.cast(type_of("stack_user")).address):
            return None
        resumed = foot["inside"]
        if int(resumed) == 0:
            return None
        generator = Generator(resumed.cast(type_of("generator_record").pointer()).dereference())
        runs = generator.running() and int(generator.value["resumer"]) == int(foot)
        return generator if runs else None

    def stacks(self) -> list[Stack]:
        """All that it is on: its own, and those of the generators it is inside of."""
        found, user = [], self
        while user is not None and user.stack not in found:
            found.append(user.stack)
            user = user.inside()
        return found


class Task(StackUser):
    @property
    def id(self) -> int:
        return int(self.value["id"])

    @property
    def name(self) -> str:
        pointer = self.value["name"]
        if int(pointer) == 0:
            return f"task#{self.id}"
        try:
            return pointer.string(errors="replace", length=-1)
        except gdb.MemoryError:
            return "?"

    @property
    def state(self) -> str:
        stored = short_name(self.value["state"])
        return {"joining": "blocked", "ready": "running" if self.address == int(hart()["current"]) else "ready"}.get(stored, stored)

    @property
    def switches(self) -> int:
        return int(self.value["switches"])

    @property
    def alive(self) -> bool:
        return self.state not in ("fresh", "finished")

    @property
    def how(self) -> str:
        """How its last run ended."""
        return outcome(self.value["how"])

    def __str__(self) -> str:
        return f"task {self.name}, id {self.id}, {self.state}"


class Generator(StackUser):
    @property
    def name(self) -> str:
        """Where it was constructed."""
        return place(self.value["where"])

    def running(self) -> bool:
        """Whether its body is being executed, or something that it has called or resumed."""
        return self.state == "running"

    @property
    def state(self) -> str:
        if self.value["resumer"] == self.value["foot"]:
            specials = {special.name.split("::")[-1]: special.enumval for special in type_of("generator_record::special").fields()}
            left = (end for end in ("faulted", "abandoned") if int(self.value["specials"]) & specials[end])
            return next(left, "finished")
        if int(self.value["body_pc"]) == 0:
            return "running"
        return "fresh" if int(self.value["switched_at"]) == self.address else "suspended"

    @property
    def entry(self) -> int:
        """Of one that has not run yet: what it will run."""
        return int(self.value["body_fp"])

    def __str__(self) -> str:
        return f"generator of {self.name}, {self.state}"


def outcome(value: gdb.Value) -> str:
    cause, status = int(value["cause_"]), int(value["detail_"].cast(gdb.lookup_type("int")))
    if cause == 0:
        return f"returned {status}"
    for mark in "exited_mark", "stopped_mark":
        if cause == int(value[mark].address):
            return f"{value[mark].string()} {status}"
    return f"faulted: {value['cause_'].string(errors='replace')}"


def place(source_location: gdb.Value) -> str:
    file = source_location["file_"].string(errors="replace")
    return f"{os.path.normpath(file)}:{int(source_location['line_'])}"


def task_at(pointer: gdb.Value) -> Task:
    return Task(pointer.cast(type_of("control_block").pointer()).dereference())


def hook(member: gdb.Value, tag: str) -> gdb.Value:
    """What links the member of a ring: its base."""
    return member.cast(type_of(f"ring_hook<bobbin::control_block, bobbin::{tag}>"))


def ring(anchor: gdb.Value, tag: str) -> Iterator[gdb.Value]:
    """The members after `anchor` up to it, as pointers."""
    begin, seen, at = int(anchor.address), set(), hook(anchor, tag)["next"]
    while int(at) != begin:
        try:
            following = hook(at.dereference(), tag)["next"]
            following.fetch_lazy()
        except gdb.MemoryError:
            raise Damaged from None
        if int(at) in seen:
            raise Damaged
        seen.add(int(at))
        yield at
        at = following


def chain(first: gdb.Value, link: str) -> Iterator[gdb.Value]:
    """What a null-terminated list links, as far as it is sound."""
    seen: set[int] = set()
    while int(first) not in seen | {0}:
        seen.add(int(first))
        yield first.dereference()
        first = first[link]


def heap(root: gdb.Value) -> Iterator[gdb.Value]:
    """The timers of a heap, in no order."""
    left, seen = [root], {0}
    while left:
        timer = left.pop()
        if int(timer) in seen:
            continue
        seen.add(int(timer))
        yield timer.dereference()
        left += [timer["left_"], timer["right_"]]


def tasks() -> list[Task]:
    """Every task that was started and still exists, oldest first, as far as they can be read."""
    return tasks_and_damage()[0]


def tasks_and_damage() -> tuple[list[Task], bool]:
    """The same, and whether there may be more."""
    found: list[Task] = []
    anchor = hart()["idle"]
    if int(hook(anchor, "registered")["next"]) == 0:         # before the kernel's main
        return found, False
    try:
        for block in ring(anchor, "registered"):
            found.append(task_at(block))
        return found, False
    except Damaged:
        return found, True


def ready_tasks(hart_value: gdb.Value) -> Iterator[Task]:
    """In the order in which they run, the running one first."""
    current = hart_value["current"]
    if int(current) == 0:
        return
    first = current.dereference()
    idle = int(hart_value["idle"].address)
    with contextlib.suppress(Damaged):
        for block in itertools.chain([current], ring(first, "in_turn")):
            if int(block) != idle:
                yield task_at(block)


def template_numbers(type_: gdb.Type) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", type_.strip_typedefs().name.partition("<")[2])]


def memory_of(stack: gdb.Value) -> Stack:
    """Of a stack<N>: what lies above its guard."""
    size, = template_numbers(stack.type)
    return Stack(int(stack.address) + stack.type.sizeof - size, size)


def user_of_stack(low: int) -> Optional[StackUser]:
    """Who runs on the stack that begins there, if it is in use: its foot and its user name each other."""
    owner = gdb.Value(read_words(low, 8)[0]).cast(type_of("stack_user").pointer())
    try:
        if int(owner["foot"]) != low:
            return None
        generator = Generator(owner.cast(type_of("generator_record").pointer()).dereference())
        is_generator = generator.address in generator.stack and generator.value["foot"]["switched_at"] == generator.value["switched_at"]
        return generator if is_generator else task_at(owner)
    except gdb.MemoryError:
        return None


def generators() -> list[Generator]:
    """Every generator in this image that has not gone away: each stack in use names its user, who lies in it and names it."""
    start, end = address_of("__image_start"), address_of("__image_end")
    if end - start > MOST_SCANNED:
        raise gdb.GdbError("bobbin: this image is too large to be searched for generators: name one by an expression")
    found = []
    for low, words in readable_words(start, end):
        for at in range(0, len(words), 2):
            foot, user = low + 8 * at, words[at]
            if foot < user < end and user % 8 == 0 and isinstance(generator := user_of_stack(foot), Generator):
                found.append(generator)
    return found


def readable_words(start: int, end: int) -> Iterator[tuple[int, list[int]]]:
    """The memory in between, in pieces; guard pages cannot be read."""
    piece = 64 * PAGE_BYTES
    for low in range(start // PAGE_BYTES * PAGE_BYTES, end, piece):
        try:
            yield low, read_words(low, piece)
        except gdb.MemoryError:
            for page in range(low, min(low + piece, end), PAGE_BYTES):
                try:
                    yield page, read_words(page, PAGE_BYTES)
                except gdb.MemoryError:
                    pass


def stack_user_in(value: gdb.Value) -> Optional[StackUser]:
    """The task or generator that `value` is, holds or points to, or whose stack it is."""
    while value.type.strip_typedefs().code in (gdb.TYPE_CODE_PTR, gdb.TYPE_CODE_REF, gdb.TYPE_CODE_RVALUE_REF):
        value = value.referenced_value()
    type_ = value.type.strip_typedefs().unqualified()
    if has_base(type_, "bobbin::control_block"):
        return Task(value.cast(type_of("control_block")))
    if has_base(type_, "bobbin::generator_record"):
        return Generator(value.cast(type_of("generator_record")))
    if re.match(r"bobbin::stack<\w+>$", type_.name or ""):
        return user_of_stack(memory_of(value).low)
    for holder, field in ("bobbin::generator<", "record_"), ("bobbin::pooled_task", "member_"):
        if (type_.name or "").startswith(holder) and any(member.name == field for member in type_.fields()):
            return stack_user_in(value[field]) if int(value[field]) else None
    return None


def has_base(type_: gdb.Type, name: str) -> bool:
    if type_.name == name:
        return True
    return type_.code == gdb.TYPE_CODE_STRUCT and \
        any(field.is_base_class and has_base(field.type.strip_typedefs(), name) for field in type_.fields())


def find(what: str) -> list[StackUser]:
    """Those that `what` means: a task's name or id, the place where a generator was constructed, or an expression."""
    found: list[StackUser] = [task for task in tasks() if what in (task.name, str(task.id))]
    if not found and ":" in what:
        found = [generator for generator in generators() if f"/{generator.name}".endswith(f"/{what}")]
    if found:
        return found
    try:
        user = stack_user_in(evaluate(what))
    except gdb.error:
        user = None
    if user is None:
        raise Nobody(f"bobbin: {what} is no task's name or id, and no expression that is a task or a generator")
    return [user]
