"""One run: QEMU, or a hosted program, as a child that cannot outlive us, and bytes carried between it and our standard
streams.

    standard input --> [pending_input] --> guest's serial line
    standard output <-- [pending_output] <-- SourceLines <-- Transcript <--+

Each side is read only when what it sent before is on its way, so nothing piles up and nothing is lost.
"""

from __future__ import annotations

import ctypes
import os
import select
import signal
import subprocess
import sys
import termios
import time
import tty
from typing import Optional, Sequence

from .elf import Elf
from .hosted import Process
from .machine import Machine
from .sources import SourceLines
from .tasks import read_task_table
from .transcript import Transcript
from .verdict import End

CHUNK = 65536
AT_ONCE = 512                         # what a pipe that polls as writable takes without blocking (POSIX PIPE_BUF)
END_OF_INPUT = b"\x04"
STDIN, STDOUT = 0, 1
IDLE_SECONDS = 0.1                    # an unfinished line is shown after this long, whatever it may become
POWER_OFF_SECONDS = 10                # between the end line and the exit
PR_SET_PDEATHSIG = 1


class Interrupted(Exception):
    def __init__(self, number: int):
        self.signal = number


class Terminal:
    """Keys reach us one by one and unread; what is written still gets its carriage returns.

    Standard input is there afterwards: one that is closed, or a terminal that has another program in the foreground,
    is an input that has ended.
    """

    def __init__(self):
        self.used = os.isatty(STDIN) and in_foreground()
        if not fd_is_open(STDIN) or os.isatty(STDIN) and not self.used:
            nothing = os.open(os.devnull, os.O_RDONLY)
            if nothing != STDIN:
                os.dup2(nothing, STDIN)

    def __enter__(self):
        if self.used:
            self.before = termios.tcgetattr(STDIN)
            tty.setraw(STDIN)
            raw = termios.tcgetattr(STDIN)
            raw[1] = self.before[1]                          # output flags
            termios.tcsetattr(STDIN, termios.TCSANOW, raw)
        return self

    def __exit__(self, *_):
        if self.used:
            termios.tcsetattr(STDIN, termios.TCSADRAIN, self.before)


class Session:
    Interrupted = Interrupted
    ENDING_SIGNALS = signal.SIGINT, signal.SIGTERM, signal.SIGHUP

    def __init__(self, machine: Machine | Process, image: Elf, timeout: float | None, verbose: bool):
        self.machine, self.image, self.timeout, self.verbose = machine, image, timeout, verbose
        self.transcript = Transcript()
        self.source_lines = SourceLines(machine.arch, machine.image, image)
        self.task_table: list[str] = []
        self.pending_input = b""
        self.pending_output = b""
        self.input_open = True
        self.other_ended: Optional[int] = None               # a pipe whose end means: end this, too
        self.cursor_in_line = False                          # of the terminal that shows the output, if one does

    def run(self) -> End:
        """Boots, carries bytes until the guest has ended, and leaves nothing behind however this ends."""
        for number in self.ENDING_SIGNALS:
            signal.signal(number, interrupt)
        with Terminal() as terminal:
            self.link = self.machine.link()
            self.terminal = terminal
            self.guest = None
            try:
                self.guest = self._start_guest()
                return self._carry()
            finally:
                for number in self.ENDING_SIGNALS:
                    signal.signal(number, signal.SIG_IGN)
                if self.guest:
                    self.guest.kill()
                    self.guest.wait()
                self.link.close()
                self.source_lines.close()

    def firmware_lines(self) -> list[str]:
        return self.transcript.firmware.decode(errors="replace").splitlines()[-20:]

    def _start_guest(self, more: Sequence[str] = (), pass_fds: Sequence[int] = ()) -> subprocess.Popen:
        command = self.machine.command(*self.link.options(self.terminal.used), *more)
        settings = self.machine.settings()
        if self.verbose:
            print("+", *(f"{name}={value}" for name, value in settings.items()), *command, file=sys.stderr, flush=True)
        guest = subprocess.Popen(command, executable=self.machine.executable(), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                 bufsize=0, pass_fds=[*self.link.passed_on, *pass_fds], env={**os.environ, **settings},
                                 start_new_session=True, preexec_fn=die_with_parent)
        self.link.started()
        os.set_blocking(guest.stdin.fileno(), False)
        return guest

    def _carry(self) -> End:
        started = time.monotonic()
        self.limit = self.deadline = started + self.timeout if self.timeout else float("inf")
        timed_out = False
        while True:
            readable, writable = self._wait()
            if self.link in readable:
                self.link.receive()
            for door in self.link.doors.open.intersection(readable):
                self.link.doors.let_in(door)
            if STDIN in readable:
                self._read_input()
                if self.link.left:
                    break
            if self.guest.stdin in writable:
                self._write_input()
            if STDOUT in writable:
                self._write_output()
            if self.guest.stdout in readable and not self._read_output():
                break
            if self.other_ended in readable:
                self.guest.kill()
                self.other_ended = None
            if time.monotonic() >= self.deadline:
                timed_out = True
                self.task_table = self._ask_for_tasks()
                break
        if timed_out or self.link.left or self.transcript.restarts:
            self.guest.kill()
        self._show(self.transcript.idle())
        while self.pending_output:
            self._write_output()
        status = self.guest.wait()
        self._drain_link()
        left = self.terminal.used and self.link.left
        return End(status, self.link.shutdown, timed_out, left, time.monotonic() - started)

    def _wait(self):
        read = [each for each in (not self.link.closed and self.link, self.other_ended, *self.link.doors.open) if each]
        write = []
        (write if self.pending_output else read).append(STDOUT if self.pending_output else self.guest.stdout)
        if self.pending_input:
            write.append(self.guest.stdin)
        elif self.input_open and (self.terminal.used or self.transcript.open):
            read.append(STDIN)                               # a file waits until the kernel is there to listen
        patience = IDLE_SECONDS if self.transcript.holds_back() else self.link.doors.patience()
        seconds = min(max(0, self.deadline - time.monotonic()), patience)
        readable, writable, _ = select.select(read, write, [], seconds if seconds != float("inf") else None)
        if not readable and not writable:
            self._show(self.transcript.idle())
            self.link.doors.look()
        return readable, writable

    def _read_input(self) -> None:
        try:
            self.pending_input = os.read(STDIN, CHUNK)
        except OSError:
            self.pending_input = b""
        if not self.pending_input:
            self.input_open = False
            self.pending_input = END_OF_INPUT
        elif self.terminal.used:
            self.pending_input = self.link.keys(self.pending_input)

    def _write_input(self) -> None:
        try:
            sent = os.write(self.guest.stdin.fileno(), self.pending_input)
            self.pending_input = self.pending_input[sent:]
        except BlockingIOError:
            pass
        except BrokenPipeError:
            self.input_open, self.pending_input = False, b""

    def _read_output(self) -> bool:
        data = os.read(self.guest.stdout.fileno(), CHUNK)
        had_started = self.transcript.start is not None
        self._show(self.transcript.feed(data))
        if self.verbose and self.transcript.start and not had_started:
            print(self.transcript.start.decode(errors="replace").rstrip(), file=sys.stderr, flush=True)
        # What looks like the end line gives the guest a few seconds to end, unless it turns out not to be the last.
        ending = self.transcript.exit is not None
        self.deadline = min(self.limit, time.monotonic() + POWER_OFF_SECONDS) if ending else self.limit
        return bool(data) and not self.transcript.restarts

    def _show(self, text: bytes) -> None:
        self.pending_output += self.source_lines.feed(text)

    def _write_output(self) -> None:
        try:
            sent = os.write(STDOUT, self.pending_output[:AT_ONCE])
        except BrokenPipeError:                              # nobody reads on: end as any program would
            raise Interrupted(signal.SIGPIPE) from None
        self.cursor_in_line = os.isatty(STDOUT) and not self.pending_output[:sent].endswith(b"\n")
        self.pending_output = self.pending_output[sent:]

    def _drain_link(self) -> None:
        while not self.link.closed:
            self.link.receive()

    def _ask_for_tasks(self) -> list[str]:
        """The table of tasks out of the stopped guest's memory."""
        if not self.transcript.open:
            return []
        return read_task_table(self.image.symbols(), self.link.stop(self.guest.pid), self.source_lines)


def interrupt(number: int, _frame) -> None:
    raise Interrupted(number)


def in_foreground() -> bool:
    try:
        return os.tcgetpgrp(STDIN) == os.getpgrp()
    except OSError:                                          # a terminal without job control: nobody stops us
        return True


def fd_is_open(fd: int) -> bool:
    try:
        os.fstat(fd)
        return True
    except OSError:
        return False


try:
    prctl = ctypes.CDLL(None).prctl
except (OSError, AttributeError):                            # not Linux: a kill -9 of this script may leave the guest
    prctl = None


def die_with_parent() -> None:
    """In the child, before it is the guest: if the script is killed outright, the kernel kills that too."""
    if prctl:
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
