"""The table of tasks of a guest that no longer says anything, read from its memory: see kernel/debug/task_layout.cpp.

Where a task is comes from its program counter or, in the kernel, from its stack: the first return address there that
belongs to the program itself.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Protocol

from .sources import SourceLines

MOST_TASKS = 100
MOST_WORDS = 128                                             # of a stack, down to the frame of the program's own function
STATES = ["fresh", "finished", "ready", "running", "blocked", "blocked"]  # kernel/task/control_block.hpp


class Stopped(Protocol):
    """A guest that stands still: GuestMemory of a machine, ProcessMemory of a process."""

    def read(self, address: int, count: int) -> bytes: ...

    def registers(self) -> tuple[int, int]: ...


def integer(memory: Stopped, address: int, size: int = 8) -> int:
    return int.from_bytes(memory.read(address, size), "little")


def string(memory: Stopped, address: int, most: int = 64) -> str:
    return memory.read(address, most).split(b"\0")[0].decode(errors="replace")


@dataclass
class Layout:
    """The words of `bobbin_task_layout`, in this order; fields as addresses within a sample block."""

    anchor: int
    current: int
    block: int
    next: int
    name: int
    id: int
    state: int
    switches: int
    stack_bytes: int
    pc: int
    sp: int


def read_task_table(symbols: dict[str, int], memory: Stopped, sources: SourceLines) -> list[str]:
    if "bobbin_task_layout" not in symbols:
        return ["no task table in this image"]
    lines = ["  id  name             state    stack of   switches"]
    try:
        words = memory.read(symbols["bobbin_task_layout"], 8 * len(Layout.__annotations__))
        layout = Layout(*(int.from_bytes(words[at:at + 8], "little") for at in range(0, len(words), 8)))
        lines += (line for line, _ in zip(task_lines(layout, memory, sources), range(MOST_TASKS)))
    except ValueError as error:
        lines.append(f"  the table cannot be read on: {error}")
    return lines if len(lines) <= MOST_TASKS else lines + ["  and so on"]


def task_lines(layout: Layout, memory: Stopped, sources: SourceLines):
    current = integer(memory, layout.current)
    task = integer(memory, layout.anchor + layout.next - layout.block)
    while task not in (0, layout.anchor):
        def field(address: int, size: int) -> int:
            return integer(memory, task + address - layout.block, size)

        name = field(layout.name, 8)
        state = field(layout.state, 1)
        state = "running" if task == current else STATES[state] if state < len(STATES) else "?"
        # Who does not run goes on behind a switch, which may be the last of its line.
        pc, sp = memory.registers() if state == "running" else (field(layout.pc, 8) - 1, field(layout.sp, 8))
        place = place_of(state, pc, sp, memory, sources)
        yield (f"{field(layout.id, 4):4}  {string(memory, name) if name else '-':16} {state:8} "
               f"{field(layout.stack_bytes, 4):8} {field(layout.switches, 4):10}  {place}".rstrip())
        task = field(layout.next, 8)


def place_of(state: str, pc: int, stack_pointer: int, memory: Stopped, sources: SourceLines) -> str:
    if state in ("fresh", "finished"):
        return ""
    return sources.program_line(pc) or first_return(stack_pointer, memory, sources)


def first_return(stack_pointer: int, memory: Stopped, sources: SourceLines) -> str:
    try:
        stack = memory.read(stack_pointer, 8 * MOST_WORDS)
    except ValueError:
        return ""
    for address in struct.unpack(f"<{MOST_WORDS}Q", stack):
        if sources.may_return_to(address) and (line := sources.program_line(address - 1)):
            return line
    return ""
