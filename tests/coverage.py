#!/usr/bin/env python3
"""Which lines of kernel/ the suites and programs execute, hosted: prints a table by file, and the lines that nothing did.

Counted are the lines that gcov knows of: those with code, in every instance of a template. Exit status 1 below LEAST.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Iterator

from bobbin import COUNTED, ROOT, BuildFailed, Flavour, boot, build

FLAVOUR = Flavour("hosted", mode="O1", under="coverage")
LEAST = 95

APPS = ROOT / "tests/apps"
NAME = re.compile(r'^    \{"([a-z0-9-]+)"', re.MULTILINE)
SESSION = b"a stitch in time\nspawn rabbit\nhello\x7f\x7f\x15h\xc3\xa9\x7f\x07\nps\nkill rabbit\nx\x03" + b"x" * 300 + b"\nlast"


@dataclass
class Program:
    source: str
    arguments: list = field(default_factory=lambda: [""])
    stdin: bytes = b""


def mistakes_in(name: str, *more: str, but: tuple = ()) -> Program:
    """All that a program of tests/apps can be asked to do, but for what never ends; a damaged kernel ends with a panic."""
    names = [each for each in NAME.findall((APPS / f"{name}.cpp").read_text()) if each not in but]
    return Program(f"tests/apps/{name}.cpp", [*("panic=first " * each.startswith("damaged") + each for each in names), *more])


def programs() -> Iterator[Program]:
    for suite in sorted((ROOT / "tests/kernel").glob("*.cpp")):
        if suite.stem not in COUNTED:
            yield Program(str(suite.relative_to(ROOT)))
    yield Program("tour", stdin=SESSION)
    yield Program("faults")
    yield mistakes_in("ends", but=("hang", "reset", "bobbin-prompt"))
    yield mistakes_in("fault_reports", "panic=first deep", "panic=first main-with-others", "read-at 0x10000",
                      "jump-to 0x500000000000")
    yield mistakes_in("misuse_task")
    yield mistakes_in("misuse_generator")
    yield mistakes_in("deadlocks", "deadlock=eager beside-others")
    yield mistakes_in("hog", "watchdog=1 hog", "watchdog=soon yield")
    yield Program("tests/apps/random_programs", ["1-20"])
    yield Program("tests/apps/arguments.cpp", ["one 'two three'"])
    yield Program("tests/apps/echo.cpp", ["", "late"], b"x" * 10_000)


def lines_executed(objects: list[Path]) -> Iterator[tuple[str, int, int]]:
    """File, line and count, from the counters beside the objects."""
    said = subprocess.run(["gcov", "--json-format", "--stdout", *map(str, objects)], capture_output=True, text=True, check=True)
    for report in said.stdout.splitlines():
        for file in json.loads(report)["files"]:
            if file["file"].startswith("kernel/"):
                yield from ((file["file"], line["line_number"], line["count"]) for line in file["lines"])


def measure() -> dict[str, dict[int, int]]:
    """For each file of kernel/, how often each line was executed."""
    counts: dict = defaultdict(lambda: defaultdict(int))
    for program in programs():
        image = build(program.source, FLAVOUR)
        folder = image.parents[len(Path(program.source).parts if "/" in program.source else ("apps", "x"))]
        for arguments in program.arguments:
            for old in folder.rglob("*.gcda"):
                old.unlink()
            boot(image, "hosted", "--args", arguments, stdin=program.stdin)
            found = sorted(folder.rglob("*.gcda"))
            if not found:
                raise SystemExit(f"bobbin: {program.source} {arguments} has left no counters")
            for file, line, count in lines_executed(found):
                counts[file][line] += abs(count)             # where control does not flow as gcov thinks, it subtracts
    return counts


def ranges(lines: list[int]) -> str:
    """1-3 7 9-10"""
    text, first = [], None
    for line, following in zip(lines, [*lines[1:], None]):
        first = first or line
        if following != line + 1:
            text.append(f"{first}-{line}" if line > first else f"{line}")
            first = None
    return " ".join(text)


def show(counts: dict[str, dict[int, int]]) -> float:
    """Prints the table; returns the percentage of all."""
    executed = {file: sum(count != 0 for count in lines.values()) for file, lines in counts.items()}
    for file, lines in sorted(counts.items()):
        missed = sorted(line for line, count in lines.items() if count == 0)
        print(f"{file:40} {executed[file]:5} of {len(lines):4}  {ranges(missed)}".rstrip())
    known = sum(map(len, counts.values()))
    percentage = 100 * sum(executed.values()) / known
    print(f"{sum(executed.values())} of {known} lines of kernel/: {percentage:.1f} %")
    return percentage


def main() -> int:
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    try:
        return 0 if show(measure()) >= LEAST else 1
    except BuildFailed as failure:
        print(failure, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
