"""The table of tasks of a guest that no longer says anything, read from its memory: see kernel/debug/task_layout.cpp."""

from __future__ import annotations

from dataclasses import dataclass

from .qmp import GuestMemory

MOST_TASKS = 100
STATES = ["fresh", "ready", "running", "blocked", "finished"]           # kernel/task/control_block.hpp


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


def read_task_table(symbols: dict[str, int], memory: GuestMemory) -> list[str]:
    if "bobbin_task_layout" not in symbols:
        return ["no task table in this image"]
    lines = ["  id  name             state    stack of   switches"]
    try:
        words = memory.read(symbols["bobbin_task_layout"], 8 * len(Layout.__annotations__))
        layout = Layout(*(int.from_bytes(words[at:at + 8], "little") for at in range(0, len(words), 8)))
        lines += (line for line, _ in zip(task_lines(layout, memory), range(MOST_TASKS)))
    except ValueError as error:
        lines.append(f"  the table cannot be read on: {error}")
    return lines if len(lines) <= MOST_TASKS else lines + ["  and so on"]


def task_lines(layout: Layout, memory: GuestMemory):
    current = memory.integer(layout.current)
    hook = memory.integer(layout.anchor)                     # `next` is the first word of a hook
    while hook not in (0, layout.anchor):
        task = hook - (layout.next - layout.block)

        def field(address: int, size: int) -> int:
            return memory.integer(task + address - layout.block, size)

        name = field(layout.name, 8)
        state = field(layout.state, 1)
        state = "running" if task == current else STATES[state] if state < len(STATES) else "?"
        yield (f"{field(layout.id, 4):4}  {memory.string(name) if name else '-':16} {state:8} "
               f"{field(layout.stack_bytes, 4):8} {field(layout.switches, 4):10}")
        hook = memory.integer(hook)
