"""Lines of the sources, added to the addresses in the kernel's reports:

    bobbin: fault of task worker: write to 0x0, page 0: null pointer
      at 0x8020008a parse+0x10 hello.cpp:7
      at 0x8020009d handle+0xb hello.cpp:12
         inlined into hello.cpp:20
      pc   0x000000008020008a hello.cpp:7

Everything else passes as it comes, to the byte: what is added goes before the end of a line, and only within a report.
"""

from __future__ import annotations

import functools
import os
import re
import select
import shutil
import subprocess
from pathlib import Path

from .elf import Elf

ROOT = Path(__file__).resolve().parents[2]

HEADLINE = b"bobbin: "
CONTINUED = re.compile(rb"  |task ")                         # indented, or what heads a task's calls in a panic
CALL = re.compile(rb"  at 0x([0-9a-f]+)\b")
PC = re.compile(rb"(?:  pc  |bobbin: panic: .* pc) 0x([0-9a-f]+)\Z")
LONGEST_LINE = 512

KERNEL = re.compile(r"(?:kernel|arch|boot)/")
LIBRARY = re.compile(r"/include/c\+\+/|/lib/(?:gcc|clang|llvm)")

TOOLS = {
    "riscv64": ["riscv64-unknown-elf-addr2line", "riscv64-elf-addr2line", "riscv64-none-elf-addr2line",
                "riscv64-linux-gnu-addr2line", "riscv64-unknown-linux-gnu-addr2line", "llvm-addr2line", "addr2line"],
    "x86_64": ["addr2line", "x86_64-linux-gnu-addr2line", "x86_64-elf-addr2line", "llvm-addr2line"],
}
TOOLS["hosted"] = TOOLS["x86_64"]
NOWHERE = 0xFFFF_FFFF_FFFF_F000                              # asked for behind each address: ends the answer
END_OF_ANSWER = re.compile(rb"(?:\A|\n)0x%x\n.*\n\Z" % NOWHERE)
ANSWER_SECONDS = 10


class Addr2line:
    """Asks the first of these tools that can read the image; knows nothing if none can."""

    def __init__(self, image: str, tools: list[str]):
        self.image, self.tools = image, list(tools)
        self.child = None                                    # from the first question on

    def frames(self, address: int) -> list[str]:
        """FILE:LINE of an instruction, and of each call by which it was inlined, innermost first."""
        while self.tools:
            if answer := self._ask(address):
                return answer
            self.close()
            self.tools.pop(0)
        return []

    def close(self) -> None:
        if self.child:
            self.child.kill()
            self.child.communicate()
            self.child = None

    def _ask(self, address: int) -> list[str]:
        """Empty if the tool is not there or has no answer: one that knows nothing of an address says "??:0"."""
        if not self.child and shutil.which(self.tools[0]):
            self.child = subprocess.Popen([self.tools[0], "-a", "-i", "-e", self.image], bufsize=0, stdin=subprocess.PIPE,
                                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True)
        answer = b""
        try:
            if self.child:
                self.child.stdin.write(b"%#x\n%#x\n" % (address, NOWHERE))
            while self.child and not END_OF_ANSWER.search(answer):
                ready, _, _ = select.select([self.child.stdout], [], [], ANSWER_SECONDS)
                more = os.read(self.child.stdout.fileno(), 4096) if ready else b""
                if not more:
                    return []
                answer += more
        except BrokenPipeError:
            return []
        return answer.decode(errors="replace").splitlines()[1:-2]


class SourceLines:
    def __init__(self, arch: str, path: str, image: Elf):
        self.image, self.addr2line = image, Addr2line(path, TOOLS[arch])
        self.in_report = False
        self._line = b""                                     # the line that is not complete yet, its beginning

    def feed(self, data: bytes) -> bytes:
        """Takes what is about to be shown, returns what to show."""
        *ends, rest = data.split(b"\n")
        shown = b""
        for end in ends:
            text = end.rstrip(b"\r")                         # as firmware ends its lines
            shown += text + self._remark((self._line + text)[:LONGEST_LINE]) + end[len(text):] + b"\n"
            self._line = b""
        self._line = (self._line + rest)[:LONGEST_LINE]
        return shown + rest

    def close(self) -> None:
        self.addr2line.close()

    def _remark(self, line: bytes) -> bytes:
        """What to add to this line."""
        self.in_report = line.startswith(HEADLINE) or self.in_report and bool(CONTINUED.match(line))
        if not self.in_report:
            return b""
        if call := CALL.match(line):
            return remark(self.lines_at(int(call[1], 16)))
        if pc := PC.match(line):
            return remark(self.lines_at(int(pc[1], 16))[:1])
        return b""

    @functools.lru_cache(maxsize=None)
    def lines_at(self, address: int) -> list[str]:
        """The innermost line outside the compiler's library, and what it was inlined into of the program's own."""
        if not self._symbols.get("__text_start", 0) <= address < self._symbols.get("__text_end", 0):
            return []
        frames = [frame.partition(" (discriminator")[0] for frame in self.addr2line.frames(address)]
        frames = [frame for frame in frames if re.search(r":[1-9]\d*\Z", frame)]
        own = [self._short(frame) for frame in frames if not LIBRARY.search(frame)]
        own = own[:1] + [frame for frame in own[1:] if not KERNEL.match(frame)]
        return list(dict.fromkeys(own)) or frames[:1]

    def program_line(self, address: int) -> str:
        """The line of the program itself that the instruction belongs to, if it does."""
        return next((line for line in self.lines_at(address) if not KERNEL.match(line)), "")

    def may_return_to(self, address: int) -> bool:
        """Functions begin there, so nobody returns there."""
        return address not in self._beginnings

    def _short(self, frame: str) -> str:
        """Relative to this tree, or else to the folder that the program's `main` is in."""
        path = os.path.normpath(frame)
        for folder in ROOT, self._program_folder:
            if path.startswith(f"{folder}/"):
                return path[len(f"{folder}/"):]
        return path

    @functools.cached_property
    def _symbols(self) -> dict[str, int]:
        return self.image.symbols()

    @functools.cached_property
    def _beginnings(self) -> set[int]:
        return set(self._symbols.values())

    @functools.cached_property
    def _program_folder(self) -> str:
        frames = self.addr2line.frames(self._symbols.get("main", NOWHERE))
        return os.path.dirname(os.path.normpath(frames[-1])) if frames else ""


def remark(lines: list[str]) -> bytes:
    return (" " + "\n     inlined into ".join(lines)).encode() if lines else b""
