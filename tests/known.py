"""What was found out before and cannot have changed: a compiler says the same of the same files, and a machine that
counts its time in instructions does the same with the same image.

Kept under build/known, one file for each question, named by a digest of everything the answer depends on.
"""

from __future__ import annotations

import functools
import hashlib
import os
import subprocess
from pathlib import Path
from typing import Callable, Iterable

from bobbin import ARCHITECTURES, BUILD, MACHINES, ROOT, Flavour, make

SOURCES = ["Makefile", "scripts/symbols", "kernel", "arch", "boot", "linker"]
RUNNER = [ROOT / "scripts/run", *sorted((ROOT / "scripts/runner").glob("*.py"))]      # for what is booted


@functools.lru_cache(maxsize=None)
def version_of(command: str) -> str:
    try:
        return subprocess.run([command, "--version"], capture_output=True, text=True).stdout
    except FileNotFoundError:
        return "none"


def machines() -> str:
    """Part of the question for what is booted."""
    return "".join(version_of(f"qemu-system-{arch}") for arch in MACHINES)


def compilers() -> set[str]:
    """Of the host, and what make builds with."""
    flavours = [Flavour(arch, llvm) for arch in ARCHITECTURES for llvm in (False, True)]
    return {"g++", *(make("compiler", *flavour.settings()).stdout.strip() or "none" for flavour in flavours)}


@functools.lru_cache(maxsize=None)
def sources_digest() -> str:
    """Of all that goes into every image, compilers included."""
    digest = hashlib.sha256()
    for source in SOURCES:
        files = [path for path in [ROOT / source, *(ROOT / source).rglob("*")] if path.is_file() and path.suffix != ".md"]
        for path in sorted(files):
            digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    for compiler in sorted(compilers()):
        digest.update(f"{compiler}\0{version_of(compiler)}\0".encode())
    return digest.hexdigest()


def answer(find_out: Callable[[], str], question: str, files: Iterable[Path] = ()) -> str:
    """`find_out()`, or what it returned when the question, these files and the sources were the same."""
    digest = hashlib.sha256(f"{sources_digest()}\0{question}\0".encode())
    for path in files:
        digest.update(path.read_bytes() + b"\0")
    kept = BUILD / "known" / digest.hexdigest()
    if kept.is_file():
        return kept.read_text()
    found = find_out()
    kept.parent.mkdir(parents=True, exist_ok=True)
    new = kept.with_suffix(f".{os.getpid()}")
    new.write_text(found)
    new.rename(kept)
    return found
