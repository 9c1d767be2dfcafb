"""What was found out before and cannot have changed: a compiler says the same of the same files.

Kept under build/known, one file for each question, named by a digest of everything the answer depends on.
"""

from __future__ import annotations

import functools
import hashlib
import subprocess
from pathlib import Path
from typing import Callable, Iterable

from bobbin import BUILD, ROOT

SOURCES = ["Makefile", "scripts/symbols", "kernel", "arch", "boot", "linker"]


@functools.lru_cache(maxsize=None)
def sources_digest() -> str:
    """Of all that goes into every image, compilers included."""
    digest = hashlib.sha256()
    for source in SOURCES:
        files = [path for path in [ROOT / source, *(ROOT / source).rglob("*")] if path.is_file() and path.suffix != ".md"]
        for path in sorted(files):
            digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    for compiler in ("g++", "riscv64-linux-gnu-g++", "clang++"):
        try:
            digest.update(subprocess.run([compiler, "--version"], capture_output=True).stdout)
        except FileNotFoundError:
            digest.update(b"none")
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
    kept.write_text(found)
    return found
