"""Each CASE("...") in tests/kernel/*.cpp is a test of its own on each architecture.

A suite is one kernel: built once, booted once, all its cases judged by what it printed.
"""

from __future__ import annotations

import functools
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bobbin import ARCHITECTURES, COUNTED, MACHINES, BuildFailed, Flavour, Run, boot_suite, build_suite, has_llvm

CASE = re.compile(r'^CASE\("((?:[^"\\]|\\.)*)"\)', re.MULTILINE)
RESULT = re.compile(r"^(ok|not ok) \d+ (.*)$")

USUAL = [Flavour(arch) for arch in ARCHITECTURES]
SANITIZED = [Flavour("hosted", mode="O1", under="sanitizers")] if "hosted" in ARCHITECTURES else []
VALGRIND = [Flavour("hosted", under="valgrind")] if "hosted" in ARCHITECTURES and shutil.which("valgrind") else []
EVERY = [*(Flavour(arch, llvm, mode) for llvm in (False, True) for mode in ("O0", "O2", "Os") for arch in MACHINES),
         *(flavour for flavour in USUAL if flavour.arch not in MACHINES)]
MANY = [each for each in EVERY if each.mode == "O2" or each in (Flavour("x86_64", mode="O0"), Flavour("riscv64", mode="Os"))]

# Where the compiler has a hand in it, both are tried; gcc not optimising on one machine, and for size on the other.
EVERYWHERE = {"switch", "first_frame", "fp_control"}

# What sanitizers would find there is meant: overflows of dense stacks, pointers to what is not there, a look at raw stacks;
# and in the time that instrumented code takes, more than `time` allows for has passed.
NOT_SANITIZED = {"containment", "faults", "stack", "interrupts", "time"}

# Valgrind does not round as it is told, hears of no stack that a suite switches to by hand, and counts it a mistake to
# write to what was a stack, or through a null pointer.
NOT_UNDER_VALGRIND = NOT_SANITIZED | {"fp_control", "switch", "first_frame", "abandon", "boot", "generator_end"}

# With priorities, scheduling goes other ways: one machine shows it, the rest is left to --every-flavour.
PRIORITISED = [Flavour(arch, priorities=4) for arch in ARCHITECTURES]

# What makes most of memory; the others are left to --every-flavour, and all under valgrind.
BRIEFLY_SANITIZED = {"generator", "pool", "channel", "stream"}


def flavours_of(suite: str, every: bool) -> list[Flavour]:
    if suite == "priority":
        return PRIORITISED if every else PRIORITISED[:1]
    flavours = EVERY if every else MANY if suite in EVERYWHERE else USUAL
    if suite in COUNTED:
        return [flavour for flavour in flavours if flavour.arch in MACHINES]
    under_valgrind = every and suite not in NOT_UNDER_VALGRIND
    sanitized = suite not in NOT_SANITIZED if every else suite in BRIEFLY_SANITIZED
    return [*flavours, *(PRIORITISED if every else []), *(SANITIZED if sanitized else []), *(VALGRIND if under_valgrind else [])]


@dataclass
class Report:
    """What a suite printed, case by case."""

    run: Run
    passed: set = field(default_factory=set)
    notes: dict = field(default_factory=dict)        # of a case that failed: its "# ..." lines and other output
    last_words: str = ""                             # what came after the last result


def parse(run: Run) -> Report:
    report = Report(run)
    notes: list[str] = []
    for line in run.text.splitlines():
        if match := RESULT.match(line):
            if match[1] == "ok":
                report.passed.add(match[2])
            else:
                report.notes[match[2]] = "\n".join(notes)
            notes = []
        elif not line.startswith(("KTAP version", "1..")):
            notes.append(line)
    report.last_words = "\n".join(notes)
    return report


@functools.lru_cache(maxsize=None)
def report_of(suite: str, flavour: Flavour) -> Report:
    return parse(boot_suite(suite, build_suite(suite, flavour), flavour))


class Suite(pytest.File):
    def collect(self):
        names = CASE.findall(self.path.read_text())
        for flavour in flavours_of(self.path.stem, self.config.getoption("every_flavour")):
            for name in names:
                yield Case.from_parent(self, name=f"{name}[{flavour}]", case=name, flavour=flavour)


class CaseFailed(Exception):
    pass


told: dict = {}                                      # the case that showed why its suite does not build


class Case(pytest.Item):
    def __init__(self, *, case: str, flavour: Flavour, **rest):
        super().__init__(**rest)
        self.case, self.flavour = case, flavour

    def runtest(self):
        if self.flavour.llvm and not has_llvm():
            pytest.skip("clang and lld are not installed: make setup LLVM=1")
        report = report_of(self.path.stem, self.flavour)
        if self.case in report.notes:
            raise CaseFailed(report.notes[self.case])
        if self.case not in report.passed:
            raise CaseFailed(f"not reached: {report.run.verdict}\n{report.last_words}\n{report.run.errors}")

    def repr_failure(self, excinfo):
        if isinstance(excinfo.value, BuildFailed) and told.setdefault((self.path, self.flavour), self) is not self:
            return "does not build, see above"
        if isinstance(excinfo.value, (CaseFailed, BuildFailed)):
            return str(excinfo.value).rstrip()
        return super().repr_failure(excinfo)

    def reportinfo(self):
        return self.path, None, self.name
