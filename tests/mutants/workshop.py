"""Where mutants are built and put to the test: one workshop for each architecture.

    BUILD/mutants/riscv64/original          a copy of the sources, with everything built
    BUILD/mutants/riscv64/s3-not-saved      links to all of it, but for the file with the fault and what is built of it

The tree itself is never touched. In a mutant's folder make finds everything up to date except the few objects that the
fault is to reach.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from bobbin import ENVIRONMENT, ROOT, SUITE_SETTINGS, Flavour, Run, boot, boot_suite
from mutant import SUITE, Mutant, Program

SOURCES = ["Makefile", "apps", "arch", "boot", "kernel", "linker", "scripts", "tests/apps", "tests/kernel"]

NOT_THE_KERNEL = shutil.ignore_patterns("apps", "bench", "outside*", "tests", "*.[0-9]*")      # programs; what is being written

SETTINGS = {"priority": ["PRIORITIES=4"]}

CASE = re.compile(r"(ok|not ok) \d+ (.+)")
NUMBER = re.compile(r"0x[0-9a-f]+|\d+")   # addresses, counts of turns: each image has its own
LEAST_SECONDS = 5                         # until a run is a hang: this, or so many times what the original takes
TIMES_THE_ORIGINAL = 10


class NoComparison(Exception):
    """Something went wrong that says nothing about a mutant."""


@dataclass
class Outcome:
    verdict: str
    passed: list
    failed: list
    seconds: float


class Workshop:
    def __init__(self, arch: str, folder: Path, settings: list):
        """`settings` are for make, such as LLVM=1."""
        self.arch, self.folder, self.settings = arch, folder / arch, settings
        self.original = self.folder / "original"
        self.expected: dict[str, Outcome] = {}

    def prepare(self, suites: list, kernel: Path | None = None) -> None:
        """Builds and runs what the mutants are compared with. `kernel` is where make has already built one of the same flavour."""
        for source in SOURCES:
            copy(ROOT / source, self.original / source)
        if kernel:
            copy(kernel, self.original / "build" / kernel.name, NOT_THE_KERNEL)
        for suite in suites:
            outcome = self.run(self.build(self.original, suite), suite)
            sound = isinstance(suite, Program) or outcome.verdict == "passed"
            if not sound or outcome.failed or not outcome.passed:
                raise NoComparison(f"{self.arch}: without any fault, {suite} ends as {outcome.verdict}: "
                                   f"{outcome.failed or 'no case'} failed")
            self.expected[suite] = outcome

    def killer(self, mutant: Mutant) -> str:
        """What noticed this fault; nothing if it survived."""
        tree = self.folder / re.sub(r"[^\w+-]", "-", mutant.name)
        for suite in mutant.suites:
            expected = self.expected[suite]
            self.plant(mutant, suite, tree)
            image = self.build(tree, suite)
            outcome = self.run(image, suite, max(LEAST_SECONDS, TIMES_THE_ORIGINAL * expected.seconds))
            shutil.rmtree(tree)
            if found := difference(outcome, expected):
                return f"{suite}: {found}"
        return ""

    def plant(self, mutant: Mutant, suite: str, tree: Path) -> None:
        """The original with the fault, without the objects that the fault is to reach: make builds those, no others."""
        shutil.rmtree(tree, ignore_errors=True)
        shutil.copytree(self.original, tree, copy_function=os.link)
        mutated, original = tree / mutant.file, (self.original / mutant.file).stat()
        mutated.unlink()
        mutated.write_text(mutant.mutated(self.original))
        os.utime(mutated, ns=(original.st_atime_ns, original.st_mtime_ns))
        for source in mutant.rebuild or (mutant.file,):
            objects = f"{source_of(suite)}/*.cpp.o" if source == SUITE else f"{source}.o"
            stale = list(tree.glob(f"build/*/{objects}"))
            if not stale:
                raise NoComparison(f"{mutant}: no object comes from {source}")
            for file in stale:
                file.unlink()

    def build(self, tree: Path, suite: str | Program) -> Path:
        done = subprocess.run(["make", "--no-print-directory", "image", f"ARCH={self.arch}", "BUILD=build",
                               f"APP={source_of(suite)}", *settings_of(suite), *self.settings], cwd=tree, text=True, capture_output=True,
                              stdin=subprocess.DEVNULL, env={**ENVIRONMENT, "PWD": str(tree)})
        if done.returncode != 0:
            raise NoComparison(f"{tree} does not build:\n{done.stdout}{done.stderr}")
        return tree / done.stdout.split()[-1]

    def run(self, image: Path, suite: str | Program, seconds: float = 60) -> Outcome:
        started = time.monotonic()
        if isinstance(suite, Program):
            run = boot(image, self.arch, "--args", suite.arguments, *suite.options, stdin=suite.stdin, timeout=seconds)
            return Outcome(run.verdict, lines(run), [], time.monotonic() - started)
        run = boot_suite(suite, image, Flavour(self.arch), timeout=seconds)
        cases = [match for match in map(CASE.fullmatch, run.text.splitlines()) if match]
        return Outcome(run.verdict, [case[2] for case in cases if case[1] == "ok"],
                       [case[2] for case in cases if case[1] == "not ok"], time.monotonic() - started)


def lines(run: Run) -> list[str]:
    """What a program said: to it, these are what cases are to a suite."""
    return [" ".join(NUMBER.sub("N", line).split()) for line in run.text.splitlines()]


def difference(outcome: Outcome, expected: Outcome) -> str:
    """The first case that did not end as it should, or line that was not said; with the verdict, if it was not the case
    itself that said so."""
    if outcome.failed:
        return outcome.failed[0]
    unheard = [name for name in expected.passed if name not in outcome.passed]
    if unheard or outcome.verdict != expected.verdict:
        verdict, _, _ = outcome.verdict.partition(" (")
        return f"{unheard[0] if unheard else 'after the last case'} ({verdict})"
    if outcome.passed != expected.passed:
        return "more, or in another order"
    return ""


def settings_of(suite: str | Program) -> list[str]:
    return [] if isinstance(suite, Program) else [*SUITE_SETTINGS, *SETTINGS.get(suite, [])]


def source_of(suite: str | Program) -> str:
    return suite.source if isinstance(suite, Program) else f"tests/kernel/{suite}.cpp"


def copy(source: Path, target: Path, ignore=None) -> None:
    """Anew, and with the times of the files, so that make sees what has changed since the last run."""
    if source.is_dir():
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(source, target, ignore=ignore)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target)
