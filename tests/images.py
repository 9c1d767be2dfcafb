"""Broken images: a good one with other bytes at the place of a symbol."""

from __future__ import annotations

import shutil
import struct
from pathlib import Path

import bobbin  # noqa: F401  makes scripts/ importable
from runner.elf import PT_LOAD, Elf

# An instruction that is none; one that jumps to itself; a return.
ILLEGAL = {"riscv64": b"\x00\x00\x00\x00", "x86_64": b"\x0f\x0b"}
ENDLESS = {"riscv64": b"\x6f\x00\x00\x00", "x86_64": b"\xeb\xfe"}
RETURN = {"riscv64": b"\x82\x80", "x86_64": b"\xc3"}
for instruction in ILLEGAL, ENDLESS, RETURN:
    instruction["hosted"] = instruction["x86_64"]


def patched(image: Path, folder: Path, **changes: bytes) -> Path:
    """A copy in `folder` with these bytes at these symbols."""
    elf = Elf(image)
    symbols = elf.symbols()
    data = bytearray(elf.data)
    for name, change in changes.items():
        at = file_offset(elf, symbols[name])
        data[at:at + len(change)] = change
    broken = folder / image.name
    broken.write_bytes(data)
    shutil.copymode(image, broken)
    return broken


def file_offset(elf: Elf, address: int) -> int:
    for at in elf._table(elf.program_headers, elf.segments, elf.segment_size):
        kind, _, offset, start, _, size, _, _ = struct.unpack_from("<IIQQQQQQ", elf.data, at)
        if kind == PT_LOAD and start <= address < start + size:
            return offset + address - start
    raise ValueError(f"nothing is loaded at {address:#x}")
