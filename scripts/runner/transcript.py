"""What the guest says on its serial line, split into what is the program's output and what is the end protocol.

    OpenSBI v1.1 ...                        firmware: hidden, kept in case nothing else comes
    bobbin: start riscv64 hart 0, ...       the kernel is up: hidden, all that follows is shown
    ...
    bobbin: exit 3                          the end: hidden if nothing follows, else it was the program's output
"""

from __future__ import annotations

import re

START = re.compile(rb"bobbin: start .+")
FAULT = re.compile(rb"bobbin: fault of task ([^:]+)")
PANIC = re.compile(rb"bobbin: panic\b")
DEADLOCK = re.compile(rb"bobbin: deadlock\b")
LONGEST_REPORT = 512
FIRMWARE_KEPT = 64 * 1024

EXIT = rb"bobbin: exit "
EXIT_COMPLETE = re.compile(EXIT + rb"(\d{1,3})\r?\n\Z")
EXIT_SO_FAR = re.compile(rb"(?:" + EXIT + rb"\d{0,3}(?:\r?\n?)|" +
                         rb"|".join(EXIT[:count] for count in range(len(EXIT) - 1, 0, -1)) + rb")\Z")
LONGEST_EXIT = len(EXIT) + 5


class Transcript:
    def __init__(self):
        self.start = None        # the start line, once it came
        self.restarts = 0        # how often it came again
        self.open = False        # the kernel has said something
        self.exit = None         # the status in the exit line, if that is the last thing said
        self.panic = False
        self.deadlock = False
        self.faulted = None      # name of the last task that faulted
        self.firmware = b""
        self._line = b""         # the line that is not complete yet, its beginning
        self._tail = b""         # the last bytes said, enough for an exit line
        self._held = b""         # the last bytes, not shown: they are or may become an exit line

    def feed(self, data: bytes) -> bytes:
        """Takes what the guest sent, returns what to show of it."""
        if not self.open:
            data = self._behind_firmware(data)
        if self.open:
            self._read_reports(data)
        self._tail = (self._tail + data)[-LONGEST_EXIT:]
        complete, so_far = EXIT_COMPLETE.search(self._tail), EXIT_SO_FAR.search(self._tail)
        self.exit = int(complete[1]) if complete else None
        text = self._held + data
        shown = len(text) - min(len(so_far[0]) if so_far else 0, len(text))
        self._held = text[shown:]
        return text[:shown]

    def holds_back(self) -> bool:
        """The last bytes are not shown because they may become an exit line."""
        return bool(self._held) and self.exit is None

    def idle(self) -> bytes:
        """The guest is waiting for something: what is held back is shown after all."""
        if not self.holds_back():
            return b""
        shown, self._held = self._held, b""
        return shown

    def _behind_firmware(self, data: bytes) -> bytes:
        """What follows the start line, or another first word of the kernel and all that follows."""
        *lines, self._line = (self._line + data).split(b"\n")
        for index, line in enumerate(lines):
            if line.startswith(b"bobbin: "):
                rest, self._line, self.open = lines[index:] + [self._line], b"", True
                if START.match(line):
                    self.start = rest.pop(0)
                return b"\n".join(rest)
            self.firmware = (self.firmware + line + b"\n")[-FIRMWARE_KEPT:]
        self._line = self._line[-FIRMWARE_KEPT:]
        return b""

    def _read_reports(self, data: bytes) -> None:
        *lines, rest = (self._line + data).split(b"\n")
        self._line = rest[:LONGEST_REPORT]
        for line in lines:
            if line == self.start:
                self.restarts += 1
            elif match := FAULT.search(line):                # not match: the program may have left a line unfinished
                self.faulted = match[1].decode(errors="replace")
            elif PANIC.search(line):
                self.panic = True
            elif DEADLOCK.search(line):
                self.deadlock = True
