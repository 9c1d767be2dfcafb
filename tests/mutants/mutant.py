"""A mutant: one single fault, as an edit of one file that must fit exactly once."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from pathlib import Path

SUITE = "the suite"                       # in `rebuild`: the suite's own source includes the file


class DoesNotFit(Exception):
    pass


@dataclass(frozen=True)
class Mutant:
    name: str                             # what is broken
    file: str                             # where, from the root of the tree
    find: str                             # the text that is there, once
    replace: str                          # the text that is there instead
    rebuild: tuple = ()                   # of a header: the sources whose code the fault is to reach
    suites: tuple = ("switch", "first_frame")  # tests/kernel/NAME.cpp, in the order in which they are tried
    arch: str = ""

    def mutated(self, root: Path) -> str:
        text = (root / self.file).read_text()
        whole_words = re.escape(self.find) + (r"\b" if self.find[-1].isalnum() else "")
        found = list(re.finditer(whole_words, text))
        if len(found) != 1:
            raise DoesNotFit(f"{self}: its text is {len(found)} times in {self.file}, not once:\n{self.find}")
        return text[:found[0].start()] + self.replace + text[found[0].end():]

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
