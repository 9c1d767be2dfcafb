"""A mutant: one single fault, as an edit of one file that must fit exactly once."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from pathlib import Path

SUITE = "the suite"                       # in `rebuild`: the suite's own source includes the file


class DoesNotFit(Exception):
    pass


def words(text: str) -> re.Pattern:
    """The text as it is, but no part of a longer word."""
    return re.compile((r"\b" if text[0].isalnum() else "") + re.escape(text) + (r"\b" if text[-1].isalnum() else ""))


@dataclass(frozen=True)
class Program:
    """What notices a fault where no suite goes on: a program that ends badly, or reads. It says the same each time."""

    source: str                           # from the root of the tree
    arguments: str = ""
    stdin: bytes = b""
    options: tuple = ()                   # of scripts/run

    def __str__(self) -> str:
        return f"{Path(self.source).stem} {self.arguments}".rstrip()


@dataclass(frozen=True)
class Mutant:
    name: str                             # what is broken
    file: str                             # where, from the root of the tree
    find: str                             # the text that is there, once in the file or in `within`
    replace: str                          # the text that is there instead
    within: str = ""                      # how the function begins that it is in: the first line, or a part of it
    rebuild: tuple = ()                   # of a header: the sources whose code the fault is to reach
    suites: tuple = ("switch", "first_frame")  # tests/kernel/NAME.cpp or Programs, in the order in which they are tried
    arch: str = ""

    def mutated(self, root: Path) -> str:
        text = (root / self.file).read_text()
        begin, end = self._function(text) if self.within else (0, len(text))
        found = list(words(self.find).finditer(text, begin, end))
        if len(found) != 1:
            place = self.within or self.file
            raise DoesNotFit(f"{self}: its text is {len(found)} times in {place}, not once:\n{self.find}")
        return text[:found[0].start()] + self.replace + text[found[0].end():]

    def _function(self, text: str) -> tuple[int, int]:
        """From its first line to the brace at that line's indentation, or END_FUNCTION."""
        found = list(words(self.within).finditer(text))
        if len(found) != 1:
            raise DoesNotFit(f"{self}: {self.file} has {self.within!r} {len(found)} times, not once")
        line = text[:found[0].end()].rpartition("\n")[2]
        indentation = line[:len(line) - len(line.lstrip())]
        end = re.compile(rf"^({indentation}}}|END_FUNCTION)", re.MULTILINE).search(text, found[0].end())
        return found[0].start(), end.start() if end else len(text)

    def difference(self, root: Path) -> str:
        before, after = (root / self.file).read_text(), self.mutated(root)
        return "".join(difflib.unified_diff(before.splitlines(True), after.splitlines(True), self.file, self.file, n=1))

    def __str__(self) -> str:
        return f"{self.arch}: {self.name}"


def altered(walk: str, step: str, changes: dict[str, str]) -> dict[str, str]:
    """The edit of a context.S in which `each_saved save` and its like do, for some registers, something else."""
    exceptions = "".join(f"        .ifc \\reg,{register}\n        {instead}\n        .exitm\n        .endif\n"
                         for register, instead in changes.items())
    return dict(find=f"        {walk} {step}",
                replace=f"        .macro altered reg, slot\n{exceptions}        {step} \\reg, \\slot\n        .endm\n"
                        f"        {walk} altered")


def left_out(walk: str, step: str, register: str) -> dict[str, str]:
    return altered(walk, step, {register: ""})


def swapped(walk: str, step: str, slots: dict[str, str]) -> dict[str, str]:
    """The same with two registers, given with their slots, each using the other's."""
    (one, slot_of_one), (two, slot_of_two) = slots.items()
    return altered(walk, step, {one: f"{step} {one}, {slot_of_two}", two: f"{step} {two}, {slot_of_one}"})
