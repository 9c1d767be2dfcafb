"""Looking at a suspended task or generator as if it ran, without writing to the guest.

A suspended context has no frame that gdb would find. So while it is looked at, an unwinder claims the frame of what really
runs and says that its caller is the suspended context. What is behind follows from call frame information:

    #0  what runs               claimed; hidden in backtraces
    #1  bobbin::hart::yield     with the registers that the context left behind: pc, stack and frame pointer
    #2  its caller              and so on

Whatever makes the guest go on ends it.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
from dataclasses import dataclass
from typing import Iterator, Optional

import gdb
import gdb.unwinder
from gdb.FrameDecorator import FrameDecorator

from . import kernel

REGISTERS = {"riscv:rv64": ("pc", "sp", "fp"), "i386:x86-64": ("rip", "rsp", "rbp")}
STEPPING = ["step", "next", "stepi", "nexti", "until", "advance"]       # they begin at the frame of what runs


@dataclass(frozen=True)
class Context:
    """The registers that call frame information begins with, and the stack pointer of the last frame."""

    pc: int
    sp: int
    fp: int
    end: int = -1                     # what is said of a suspended generator's resumer is about the one before


NOBODY = Context(pc=0, sp=0, fp=0)    # gdb does not look for the caller of that


def suspended_context(user: kernel.StackUser) -> Optional[Context]:
    """Where it will go on, in the words of the place where it left; None if it never ran, runs or has ended."""
    if isinstance(user, kernel.Task):
        return Context(*(int(user.value[register]) for register in ("pc", "sp", "fp"))) if user.alive else None
    if user.state != "suspended":
        return None
    left = int(user.value["body_pc"]) - int(kernel.look_up("bobbin::arch::coroutine::leaving_bytes"))
    return Context(left, int(user.value["switched_at"]), int(user.value["body_fp"]), end=user.address)


class Claimed:
    """The frame of what runs while something else is looked at."""

    def __init__(self, context: Context):
        frame = gdb.newest_frame()
        self.pc, self.sp = frame.pc(), int(frame.read_register("sp"))
        while frame.type() == gdb.INLINE_FRAME:
            frame = frame.older()
        self.level = frame.level()
        self.context = context

    def is_it(self, pending_frame: gdb.PendingFrame) -> bool:
        return (int(pending_frame.read_register("pc")), int(pending_frame.read_register("sp"))) == (self.pc, self.sp)


looked_at: Optional[Claimed] = None


@dataclass
class FrameId:
    sp: gdb.Value
    pc: gdb.Value


class SuspendedUnwinder(gdb.unwinder.Unwinder):
    def __init__(self):
        super().__init__("bobbin")

    def __call__(self, pending_frame: gdb.PendingFrame):
        if looked_at is None:
            return None
        context = looked_at.context
        if looked_at.is_it(pending_frame):                   # the lowest stack pointer: every frame may be its caller's
            return called_by(pending_frame, FrameId(sp=gdb.Value(0), pc=gdb.Value(looked_at.pc)), context)
        if pending_frame.read_register("sp") == context.end:
            return called_by(pending_frame, FrameId(sp=gdb.Value(context.end), pc=pending_frame.read_register("pc")), NOBODY)
        return None


def called_by(pending_frame: gdb.PendingFrame, frame_id: FrameId, caller: Context) -> gdb.UnwindInfo:
    info = pending_frame.create_unwind_info(frame_id)
    for name, value in zip(REGISTERS[pending_frame.architecture().name()], (caller.pc, caller.sp, caller.fp)):
        info.add_saved_register(name, gdb.Value(value).cast(pending_frame.read_register(name).type))
    return info


class HideClaimed:
    """Leaves out of backtraces what is not of the context that is looked at: what really runs, and nobody."""

    name, priority = "bobbin", 1000

    @property
    def enabled(self) -> bool:
        return looked_at is not None

    def filter(self, frames: Iterator) -> Iterator:
        last = looked_at.level
        inner = itertools.dropwhile(lambda frame: frame.inferior_frame().level() <= last, frames)
        return map(Call, itertools.takewhile(lambda frame: frame.inferior_frame().pc() != NOBODY.pc, inner))


class Call(FrameDecorator):
    """A line of a backtrace as gdb prints it by itself: the parameters come behind the name, with their values."""

    def function(self):
        name = super().function()
        return without_parameters(name) if isinstance(name, str) else name


def without_parameters(name: str) -> str:
    depth = 0
    for at in range(len(name) - 1, -1, -1) if name.endswith((")", ") const")) else ():
        depth += (name[at] == ")") - (name[at] == "(")
        if depth == 0 and name[at] == "(" and not name[:at].endswith("operator"):
            return name[:at]
    return name


def look_at(context: Optional[Context]) -> None:
    """From now on frames are those of this context; of None: of what runs."""
    global looked_at
    if looked_at is not None:
        looked_at = None
        gdb.invalidate_cached_frames()
    if context is not None:
        looked_at = Claimed(context)
        gdb.invalidate_cached_frames()
        innermost().select()


def frame_at(level: int) -> gdb.Frame:
    frame = gdb.newest_frame()
    while frame.level() < level and frame.older() is not None:
        frame = frame.older()
    return frame


def innermost() -> gdb.Frame:
    """Of what is looked at."""
    return frame_at(looked_at.level + 1) if looked_at else gdb.newest_frame()


@contextlib.contextmanager
def looking_at(context: Optional[Context]):
    """The same for a while; afterwards the frame that was selected before is so again."""
    before, level = looked_at, gdb.selected_frame().level()
    look_at(context)
    try:
        yield
    finally:
        look_at(before.context if before else None)
        frame_at(level).select()


def running_stack_pointers() -> list[int]:
    """Stack pointers of the calls that really run, innermost first."""
    with looking_at(None):
        pointers, frame = [], gdb.newest_frame()
        while frame is not None:
            pointers.append(int(frame.read_register("sp")))
            frame = frame.older()
        return pointers


@functools.lru_cache(maxsize=1)                              # until the guest goes on
def on_processor() -> Optional[kernel.Task]:
    """The task on whose stack the processor is: in the middle of a switch, or while the hart idles, not the current one."""
    tasks = [task for task in kernel.tasks() if task.alive]
    for pointer in reversed(running_stack_pointers()):
        for task in tasks:
            if pointer in task.stack:
                return task
    return None


def context_of(user: kernel.StackUser) -> Optional[Context]:
    """How to look at it; None if it is what runs."""
    if isinstance(user, kernel.Generator) and user.state == "running":
        user = next((task for task in kernel.tasks() if task.alive and user.stack in task.stacks()), user)
    if isinstance(user, kernel.Task) and user == on_processor():
        return None
    context = suspended_context(user)
    if context is None:
        raise gdb.GdbError(f"bobbin: {user}: there is nothing to see of it")
    return context


def stop_looking(_event=None) -> None:
    """The guest goes on: gdb forgets all frames by itself."""
    global looked_at
    looked_at = None
    on_processor.cache_clear()


def install() -> None:
    gdb.unwinder.register_unwinder(None, SuspendedUnwinder(), replace=True)
    gdb.frame_filters["bobbin"] = HideClaimed()
    gdb.events.cont.connect(stop_looking)
    gdb.events.exited.connect(stop_looking)
    gdb.bobbin_view = look_at
    for command in STEPPING:
        gdb.execute(f"define hook-{command}\npython gdb.bobbin_view(None)\nend")
