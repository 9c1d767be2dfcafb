"""What the guest says on its serial line, split into what is the program's output and what is the end protocol.

    OpenSBI v1.1 ...                        firmware: hidden, kept in case nothing else comes
    bobbin: start riscv64 hart 0, ...       the kernel is up: hidden, all that follows is shown
    ...
    bobbin: exit 3                          the end: hidden if it is the last line, else somebody's output
"""

from __future__ import annotations

import re

START = re.compile(rb"bobbin: start .+")
EXIT = re.compile(rb"bobbin: exit (\d+)")
FAULT = re.compile(rb"bobbin: fault of task ([^:]+)")
PANIC = re.compile(rb"bobbin: panic\b.*")
DEADLOCK = re.compile(rb"bobbin: deadlock\b.*")

EXIT_BEGINS = re.compile(rb"bobbin: exit \d{0,3}\r?")
LONGEST_PROTOCOL_LINE = 512
FIRMWARE_KEPT = 64 * 1024


def may_become_exit(line: bytes) -> bool:
    return b"bobbin: exit ".startswith(line) or EXIT_BEGINS.fullmatch(line) is not None


class Transcript:
    def __init__(self):
        self.start = None        # the start line, once it came
        self.restarts = 0        # how often it came again
        self.open = False        # the kernel has said something
        self.exit = None         # the status of the exit line, if that is the last line
        self.panic = False
        self.deadlock = False
        self.faulted = None      # name of the last task that faulted
        self.firmware = b""
        self._line = b""         # the line that is not complete yet, as far as it may be protocol
        self._held = b""         # not shown yet: it may turn out to be the exit line

    def feed(self, data: bytes) -> bytes:
        """Takes what the guest sent, returns what to show of it."""
        return b"".join(map(self._piece, data.splitlines(keepends=True) if self.open else self._behind_firmware(data)))

    def holds_back(self) -> bool:
        """There is an unfinished line that is not shown because it may become the exit line."""
        return bool(self._held) and self.exit is None

    def idle(self) -> bytes:
        """The guest is waiting for something: what is held back is shown after all."""
        return self._show() if self.holds_back() else b""

    def _behind_firmware(self, data: bytes):
        """Before the kernel's first word: splits lines and drops them until one is the kernel's."""
        lines = (self._line + data).split(b"\n")
        self._line = b""
        for index, line in enumerate(lines[:-1]):
            if line.startswith(b"bobbin: "):
                self.open = True
                return (b"\n".join(lines[index:])).splitlines(keepends=True)
            self.firmware = (self.firmware + line + b"\n")[-FIRMWARE_KEPT:]
        self._line = lines[-1][-FIRMWARE_KEPT:]
        return []

    def _piece(self, piece: bytes) -> bytes:
        """A line or the next part of one, in the order of arrival."""
        if self.exit is not None:                               # so it was not the last line
            self.exit = None
        if len(self._line) < LONGEST_PROTOCOL_LINE:
            self._line += piece
        self._held += piece
        if not piece.endswith(b"\n"):
            return b"" if may_become_exit(self._line) else self._show()
        line, self._line = self._line.rstrip(b"\r\n"), b""
        return self._read_line(line) if line.startswith(b"bobbin: ") else self._show()

    def _read_line(self, line: bytes) -> bytes:
        if START.fullmatch(line):
            if self.start is None:
                self.start, self._held = line, b""
            elif line == self.start:
                self.restarts += 1
        elif match := EXIT.fullmatch(line):
            self.exit = int(match[1])
            return b""
        elif match := FAULT.match(line):
            self.faulted = match[1].decode(errors="replace")
        elif PANIC.match(line):
            self.panic = True
        elif DEADLOCK.match(line):
            self.deadlock = True
        return self._show()

    def _show(self) -> bytes:
        shown, self._held = self._held, b""
        return shown
