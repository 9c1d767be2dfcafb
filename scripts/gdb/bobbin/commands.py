"""The commands: `help bobbin` lists them."""

from __future__ import annotations

from typing import Iterator, Optional

import gdb

from . import kernel, view

MOST_TASKS = 200
OF_THE_KERNEL = ("kernel/", "arch/", "boot/", "/usr/")


class Bobbin(gdb.Command):
    """Tasks and generators of a Bobbin kernel."""

    def __init__(self):
        super().__init__("bobbin", gdb.COMMAND_STACK, prefix=True)


class Tasks(gdb.Command):
    """Show a table of all tasks: what they do, how much of their stacks they have used, where they are."""

    def __init__(self):
        super().__init__("bobbin tasks", gdb.COMMAND_STACK)

    def invoke(self, arguments: str, from_tty: bool) -> None:
        tasks, damaged = kernel.tasks_and_damage()
        if not tasks and not damaged:
            print("no task has been started yet")
            return
        print("  id  name             state       stack used   switches  at")
        for task in tasks[:MOST_TASKS]:
            print(f"{task.id:4}  {task.name:16} {task.state:8} {task.stack.usage():>13} {task.switches:10}  "
                  f"{place_of(task)}".rstrip())
        if len(tasks) > MOST_TASKS:
            print(f"  and {len(tasks) - MOST_TASKS} more")
        if damaged:
            print("  from here on the list of tasks is damaged")


class Generators(gdb.Command):
    """Show a table of all generators: their stacks, what they do, where they were constructed, where they are."""

    def __init__(self):
        super().__init__("bobbin generators", gdb.COMMAND_STACK)

    def invoke(self, arguments: str, from_tty: bool) -> None:
        generators = kernel.generators()
        if not generators:
            print("there is no generator")
            return
        print("stack                state         stack used  constructed at            at")
        for generator in generators:
            print(f"{generator.stack.name:20} {generator.state:9} {generator.stack.usage():>14}  {generator.name:24}  "
                  f"{place_of(generator)}".rstrip())


class Backtrace(gdb.Command):
    """Show the calls of a task or generator, also of one that is suspended.

    bobbin bt WHAT [OPTIONS OF BACKTRACE]

WHAT is a task's name or id, the FILE:LINE where a generator was constructed, an expression that is or points to a task,
a generator or the stack of one, or `all`. The frame numbers are those that `frame` takes after `bobbin switch-to WHAT`."""

    def __init__(self):
        super().__init__("bobbin bt", gdb.COMMAND_STACK)

    def complete(self, text: str, word: str) -> list[str]:
        return completions(text, word, ["all"])

    def invoke(self, arguments: str, from_tty: bool) -> None:
        found, options = meant_by(arguments)
        for number, user in enumerate(found):
            print(f"{newline(number)}{user}")
            show_calls(user, options)


class SwitchTo(gdb.Command):
    """Make a suspended task or generator the one that `bt`, `up`, `frame`, `info locals` and `print` are about.

    bobbin switch-to WHAT       as in `bobbin bt`
    bobbin switch-to            back to what runs

Nothing in the guest changes; as soon as it goes on, frames are those of what runs again."""

    def __init__(self):
        super().__init__("bobbin switch-to", gdb.COMMAND_STACK)

    def complete(self, text: str, word: str) -> list[str]:
        return completions(text, word, [])

    def invoke(self, arguments: str, from_tty: bool) -> None:
        if not arguments:
            view.look_at(None)
        else:
            found = kernel.find(arguments)
            if len(found) > 1:
                raise gdb.GdbError(f"bobbin: there are {len(found)} of that name: " + ", ".join(map(str, found)))
            view.look_at(view.context_of(found[0]))
            print(f"{found[0]}, at {innermost_line()}")
        gdb.execute("frame")


def newline(number: int) -> str:
    return "\n" if number else ""


def meant_by(arguments: str) -> tuple[list[kernel.StackUser], str]:
    """Names and expressions may contain spaces: options are the words behind the most that means somebody."""
    words = arguments.split() or ["all"]
    for count in range(len(words), 0, -1):
        what = " ".join(words[:count])
        try:
            return everybody() if what == "all" else kernel.find(what), " ".join(words[count:])
        except kernel.Nobody as error:
            first_error = error if count == len(words) else first_error
    raise first_error


def everybody() -> list[kernel.StackUser]:
    """All that have calls of their own."""
    alive: list[kernel.StackUser] = [task for task in kernel.tasks() if task.alive]
    try:
        return alive + [generator for generator in kernel.generators() if generator.state == "suspended"]
    except gdb.GdbError as too_large:
        print(too_large)
        return alive


def show_calls(user: kernel.StackUser, options: str) -> None:
    if (why := why_nothing(user)) is not None:
        print(why)
        return
    with view.looking_at(context := view.context_of(user)):
        gdb.execute(f"backtrace {options}")
        if context is not None and (why := why_calls_end()):
            print(f"Backtrace stopped: {why}")


def why_nothing(user: kernel.StackUser) -> Optional[str]:
    """Why there are no calls to be shown."""
    if user.state in ("finished", "faulted", "abandoned"):
        return f"it has ended: {user.how}" if isinstance(user, kernel.Task) else "it has ended"
    if user.state == "fresh":
        return f"it has not run yet: {place_of(user)}" if isinstance(user, kernel.Generator) else "it was never started"
    return None


def place_of(user: kernel.StackUser) -> str:
    """The innermost line of the program itself."""
    if isinstance(user, kernel.Generator) and user.state == "fresh":
        return f"begins with {function_at(user.entry)}"
    if why_nothing(user) is not None:
        return user.how if isinstance(user, kernel.Task) and user.state == "finished" else ""
    try:
        with view.looking_at(view.context_of(user)):
            return innermost_line()
    except gdb.error as error:
        return f"? ({error})"


def innermost_line() -> str:
    for frame in frames():
        line = frame.find_sal()
        if line.symtab is not None and not line.symtab.filename.startswith(OF_THE_KERNEL):
            return f"{frame.name()} {line.symtab.filename}:{line.line}"
    return "?" if why_calls_end() else ""


def frames() -> Iterator[gdb.Frame]:
    """Of what is looked at, innermost first."""
    frame: Optional[gdb.Frame] = view.innermost()
    while frame is not None and frame.pc() != view.NOBODY.pc:
        yield frame
        frame = frame.older()


def why_calls_end() -> str:
    """If that is not because there are no more."""
    *_, last = frames()
    reason = last.unwind_stop_reason()
    return gdb.frame_stop_reason_string(reason) if reason > gdb.FRAME_UNWIND_OUTERMOST else ""


def function_at(address: int) -> str:
    block = gdb.block_for_pc(address)
    return str(block.function) if block is not None and block.function is not None else hex(address)


def completions(text: str, word: str, more: list[str]) -> list[str]:
    try:
        names = [task.name for task in kernel.tasks()]
    except gdb.error:
        names = []
    return [name for name in names + more if name.startswith(text)]


def install() -> None:
    for command in Bobbin, Tasks, Generators, Backtrace, SwitchTo:
        command()
