"""As much of the ELF format as it takes to find symbols and the memory that an image wants."""

from __future__ import annotations

import struct
from pathlib import Path

PT_LOAD = 1
SHT_SYMTAB = 2
SHF_ALLOC = 2


class Elf:
    """A 64-bit little-endian ELF file."""

    def __init__(self, path: Path):
        self.data = Path(path).read_bytes()
        if self.data[:6] != b"\x7fELF\x02\x01":
            raise ValueError(f"{path} is not a 64-bit little-endian ELF file")
        self.program_headers, self.section_headers = struct.unpack_from("<QQ", self.data, 32)
        self.segment_size, self.segments, self.section_size, self.sections = struct.unpack_from("<4H", self.data, 54)

    def end_of_memory(self) -> int:
        """The first address behind everything that has one: .bss is in no segment, nobody loads it."""
        end = 0
        for at in self._table(self.section_headers, self.sections, self.section_size):
            _, _, flags, address, _, size = struct.unpack_from("<IIQQQQ", self.data, at)
            if flags & SHF_ALLOC:
                end = max(end, address + size)
        return end

    def symbols(self) -> dict[str, int]:
        found = {}
        for at in self._table(self.section_headers, self.sections, self.section_size):
            _, kind, _, _, start, size, link, _, _, entry_size = struct.unpack_from("<IIQQQQIIQQ", self.data, at)
            if kind != SHT_SYMTAB:
                continue
            strings, = struct.unpack_from("<Q", self.data, self.section_headers + link * self.section_size + 24)
            for symbol in range(start, start + size, entry_size):
                name, _, _, _, value = struct.unpack_from("<IBBHQ", self.data, symbol)
                found[self._string(strings + name)] = value
        return found

    def _string(self, at: int) -> str:
        return self.data[at:self.data.index(b"\0", at)].decode(errors="replace")

    @staticmethod
    def _table(start: int, count: int, size: int) -> range:
        return range(start, start + count * size, size) if count else range(0)
