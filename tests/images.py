"""Broken images: a good one with other bytes at the place of a symbol."""

from __future__ import annotations

import struct
from pathlib import Path

import bobbin  # noqa: F401  makes scripts/ importable
from runner.elf import PT_LOAD, Elf


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
    return broken


def file_offset(elf: Elf, address: int) -> int:
    for at in elf._table(elf.program_headers, elf.segments, elf.segment_size):
        kind, _, offset, start, _, size, _, _ = struct.unpack_from("<IIQQQQQQ", elf.data, at)
        if kind == PT_LOAD and start <= address < start + size:
            return offset + address - start
    raise ValueError(f"nothing is loaded at {address:#x}")
