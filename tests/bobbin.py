"""Building images and booting them, for tests: one function each, the same commands that a person types."""

from __future__ import annotations

import contextlib
import fcntl
import functools
import os
import platform
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator

ROOT = Path(__file__).resolve().parent.parent
BUILD = Path(os.environ.get("BUILD", ROOT / "build")).resolve()
MACHINES = ["riscv64", "x86_64"]       # in QEMU
ARCHITECTURES = [*MACHINES, *(["hosted"] if (platform.system(), platform.machine()) == ("Linux", "x86_64") else [])]
HANG_SECONDS = 120                    # nothing here takes a tenth of it; only a hang does
COUNTED = {"walk", "sleep"}           # suites that want time counted in instructions, as only QEMU does, and no input in between
COUNT_TIME = ["--", "-icount", "shift=0,sleep=off"]       # one ns an instruction; an idle guest's time jumps

sys.path.insert(0, str(ROOT / "scripts"))
sys.dont_write_bytecode = True

# What `make test` was called with is not for the makes that tests call.
ENVIRONMENT = {name: value for name, value in os.environ.items()
               if name not in ("ARCH", "APP", "ARGS", "PORTS", "APPFLAGS", "MODE", "LLVM", "UNDER", "PRIORITIES", "TOOLPREFIX", "QEMU", "BIOS", "V",
                               "MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES")}


@dataclass(frozen=True)
class Flavour:
    """What an image is built for and with."""

    arch: str
    llvm: bool = False
    mode: str = "O2"
    under: str = ""
    priorities: int = 1

    def __str__(self) -> str:
        """As short as it can be: the usual flavour goes by its architecture."""
        if self.under:
            return f"{self.arch}-{self.under}"
        rest = ("-clang" if self.llvm else "") + (f"-{self.mode}" if self.mode != "O2" else "") + \
            (f"-{self.priorities}-priorities" if self.priorities != 1 else "")
        return self.arch + rest

    def options(self) -> list[str]:
        """For scripts/run."""
        return ["--under", self.under] if self.under == "valgrind" else []

    def settings(self) -> list[str]:
        return [f"ARCH={self.arch}", f"MODE={self.mode}", f"LLVM={'1' if self.llvm else ''}", f"UNDER={self.under}",
                f"PRIORITIES={self.priorities}", f"BUILD={BUILD}"]


class BuildFailed(Exception):
    pass


def make(*words: str, cwd: Path = ROOT, env: dict | None = None, **options) -> subprocess.CompletedProcess:
    """Runs make in the tree, called from `cwd`, and returns its outcome with text output."""
    environment = {**ENVIRONMENT, "PWD": str(cwd), **(env or {})}
    return subprocess.run([shutil.which("make"), "--no-print-directory", "-C", str(ROOT), *words], cwd=cwd, env=environment, text=True,
                          stdin=options.pop("stdin", subprocess.DEVNULL), capture_output=True, timeout=600, **options)


@contextlib.contextmanager
def lock_of(thing) -> Iterator[None]:
    """Held by one process at a time, of all that share BUILD."""
    folder = BUILD / "pytest"
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / f"{thing}.lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@functools.lru_cache(maxsize=None)
def make_once(goal: str, flavour: Flavour, *settings: str) -> subprocess.CompletedProcess:
    jobs = [f"-j{os.cpu_count()}"] if goal == "kernel" else []
    return make(goal, *jobs, *flavour.settings(), *settings)


def build_once(goal: str, flavour: Flavour, *settings: str) -> str:
    done = make_once(goal, flavour, *settings)
    if done.returncode != 0:
        raise BuildFailed(f"make {goal} {' '.join([*flavour.settings(), *settings])}\n{done.stdout}{done.stderr}")
    return done.stdout.strip().rpartition("\n")[2]


def build(app: str | Path, flavour: Flavour | str, *settings: str) -> Path:
    """The image of an app. Each kernel is made once in a test run, each image once in a process that wants it."""
    if isinstance(flavour, str):
        flavour = Flavour(flavour)
    with lock_of(flavour):
        build_once("kernel", flavour)
    return ROOT / build_once("image", flavour, f"APP={app}", *settings)


# A suite says itself which check failed and where: what debuggers want of it would be a quarter of the time that it compiles.
SUITE_SETTINGS = ["APPFLAGS=-g0"]


def build_suite(name: str, flavour: Flavour) -> Path:
    """The image of tests/kernel/NAME.cpp."""
    return build(f"tests/kernel/{name}.cpp", flavour, *SUITE_SETTINGS)


@functools.lru_cache(maxsize=None)
def has_llvm() -> bool:
    return all(make("compiler", *Flavour(arch, llvm=True).settings()).returncode == 0 for arch in ARCHITECTURES)


@dataclass
class Run:
    output: bytes
    errors: str
    status: int

    @property
    def text(self) -> str:
        return self.output.decode(errors="replace")

    @property
    def verdict(self) -> str:
        found = re.search(r"^bobbin: verdict: (.*)$", self.errors, re.MULTILINE)
        return found[1] if found else "passed"


def run_command(image: Path, arch: str, *options: str, timeout: float | None = HANG_SECONDS) -> list[str]:
    limit = ["--timeout", str(timeout)] if timeout else []
    return [sys.executable, str(ROOT / "scripts/run"), "--arch", arch, "--image", str(image), *limit, *options]


def boot(image: Path, arch: str, *options: str, stdin: bytes = b"", timeout: float = HANG_SECONDS) -> Run:
    """Boots an image under scripts/run, its standard input a pipe with these bytes."""
    return run(run_command(image, arch, *options, timeout=timeout), input=stdin)


def boot_suite(name: str, image: Path, flavour: Flavour, timeout: float = HANG_SECONDS) -> Run:
    """The same for tests/kernel/NAME.cpp: as that, and what it is made with, want it."""
    if name not in COUNTED:
        return boot(image, flavour.arch, *flavour.options(), timeout=timeout)
    with silence() as stdin:
        return run(run_command(image, flavour.arch, *COUNT_TIME, timeout=timeout), stdin=stdin)


def run(command: list[str], **options) -> Run:
    done = subprocess.run(command, capture_output=True, env=ENVIRONMENT, timeout=2 * HANG_SECONDS, **options)
    return Run(done.stdout, done.stderr.decode(errors="replace"), done.returncode)


@contextlib.contextmanager
def silence() -> Iterator[int]:
    """An input on which nothing comes, not even its end."""
    silent, held_open = os.pipe()
    try:
        yield silent
    finally:
        os.close(silent)
        os.close(held_open)
