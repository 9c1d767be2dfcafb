"""Measures what the same operations take on this computer, in nanoseconds, beside other libraries: bench/native.

All of it is one process on one processor, in which Google Benchmark repeats every row many times in random order. So
whatever else the computer does meets all rows alike, and the medians' ratios hold where nanoseconds do not.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from costs.tools import ROOT, Failure, Refused, first_line, make, version_of_library

REPETITIONS, SECONDS_EACH = 31, 0.01
QUICKLY = 2, 0.0001                   # to see that it works: the figures are worth nothing
FLOOR = "indirect call and return"

LIBRARIES = {"Google Benchmark": "benchmark", "Boost.Context": "boost_context"}


@dataclass
class NativeRow:
    name: str
    by: str
    value: float                      # ns of one operation and the loop around it: a call is part of every one
    ratio: float                      # to the floor's

    def as_object(self) -> dict:
        return {"name": self.name, "by": self.by, "architecture": "native", "value": self.value, "unit": "ns",
                "ratio": self.ratio}

    @staticmethod
    def of_object(row: dict) -> NativeRow:
        return NativeRow(row["name"], row["by"], row["value"], row["ratio"])


@dataclass
class Native:
    measured_on: dict[str, str]       # processor, Linux, compiler, libraries
    rows: list[NativeRow]

    def floor(self) -> NativeRow:
        return next(row for row in self.rows if row.name == FLOOR)

    def complete(self) -> bool:
        """Whether everybody took part."""
        return set(LIBRARIES) <= self.measured_on.keys()


def run(program: str, repetitions: int, seconds: float) -> list[dict]:
    """The medians that Google Benchmark tells."""
    processor = max(os.sched_getaffinity(0))
    done = subprocess.run([ROOT / program, "--benchmark_format=json", "--benchmark_enable_random_interleaving=true",
                           "--benchmark_report_aggregates_only=true", f"--benchmark_repetitions={repetitions}",
                           f"--benchmark_min_time={seconds}"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          preexec_fn=lambda: os.sched_setaffinity(0, {processor}))
    if refused := re.search(r"^bobbin: (.*)", done.stderr, re.MULTILINE):
        raise Refused(refused[1])
    if done.returncode:
        raise Failure(f"{program} ended with status {done.returncode}\n{done.stderr}")
    medians = [row for row in json.loads(done.stdout)["benchmarks"] if row["aggregate_name"] == "median"]
    return sorted(medians, key=lambda row: row["family_index"])


def measure(repetitions: int = REPETITIONS, seconds: float = SECONDS_EACH) -> Native:
    medians = run(make("native", "ARCH=hosted"), repetitions, seconds)
    times = {tuple(row["run_name"].split("|")): row["cpu_time"] for row in medians}
    floor = next(time for (name, _), time in times.items() if name == FLOOR)
    rows = [NativeRow(name, by, rounded(time), rounded(time / floor)) for (name, by), time in times.items()]
    return Native(computer(), rows)


def rounded(value: float) -> float:
    """Three digits: there is no more in it."""
    return float(f"{value:.3g}")


def computer() -> dict[str, str]:
    compiler = make("compiler", "ARCH=hosted")
    model = re.search(r"^model name\s*: (.*)", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    libraries = {name: version_of_library(compiler, library) for name, library in LIBRARIES.items()}
    return {"processor": model[1] if model else "unknown", "Linux": os.uname().release, "compiler": first_line(compiler),
            "libc": os.confstr("CS_GNU_LIBC_VERSION") or "unknown",
            **{name: version for name, version in libraries.items() if version}}

