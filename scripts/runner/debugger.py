"""A debugging session: gdb on this terminal, and a QEMU that waits for it and ends with it. Or a process, which is gdb's.

    terminal <----> gdb <---- a socket in a private folder ----> QEMU
    standard output <------------ guest's output --------------- QEMU
    another terminal ----> a named pipe in that folder --------> QEMU

No port is used, so any number of sessions of any number of people go on at a time.
"""

from __future__ import annotations

import os
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import termios
import threading
from pathlib import Path
from typing import Optional

from .elf import Elf
from .hosted import Process
from .machine import Machine
from .session import STDIN, Session
from .verdict import End

SCRIPTS = Path(__file__).resolve().parent.parent
COMMANDS = "bobbin tasks, bobbin generators, bobbin bt NAME|ID|all, bobbin switch-to NAME|ID (help bobbin tells more)"


def find_gdb(arch: str) -> Optional[str]:
    found = subprocess.run([SCRIPTS / "find-gdb", arch], capture_output=True, text=True)
    return found.stdout.strip() if found.returncode == 0 else None


def gdb_command(gdb: str, image: str, *more: str) -> list[str]:
    return [gdb, "-q", image, "-x", str(SCRIPTS / "gdb/init.py"), *more]


def debug_process(gdb: str, process: Process) -> None:
    """gdb in our place, with the program as its child on the same terminal. What is not a terminal is for gdb alone."""
    _, *arguments = process.command()
    redirection = [] if os.isatty(STDIN) else ["</dev/null"]
    os.environ.update(process.settings())
    for fd in process.ports.fds():
        os.set_inheritable(fd, True)
    start = " ".join(["set args", *map(shlex.quote, arguments), *redirection])
    os.execvp(gdb, gdb_command(gdb, process.image, "-ex", "handle SIGALRM SIGIO nostop noprint pass", "-ex", start, "-ex", "starti"))


class DebugSession(Session):
    """A session whose input is a named pipe, and which ends when gdb does."""

    ENDING_SIGNALS = signal.SIGTERM, signal.SIGHUP

    def __init__(self, gdb: str, machine: Machine, image: Elf, verbose: bool):
        super().__init__(machine, image, None, verbose)
        self.gdb = gdb
        self.process: Optional[subprocess.Popen] = None
        self.other_ended, self.gdb_runs = os.pipe()

    def run(self) -> End:
        signal.signal(signal.SIGINT, lambda *_: None)        # Ctrl-C is for gdb, which is in the same process group
        with tempfile.TemporaryDirectory(prefix="bobbin-") as folder:
            self.folder = Path(folder)
            self._type_into(self.folder / "input")
            print(f"bobbin: {COMMANDS}", f"bobbin: to type to the program, in another terminal: cat >{folder}/input",
                  sep="\n", file=sys.stderr, flush=True)
            terminal = termios.tcgetattr(self.keyboard) if os.isatty(self.keyboard) else None
            try:
                return super().run()
            finally:
                if self.process is not None and self.process.poll() is None:
                    self.process.kill()                      # when asked to terminate, gdb 13 crashes
                    self.process.wait()
                    if terminal:
                        termios.tcsetattr(self.keyboard, termios.TCSADRAIN, terminal)

    def guest_ended(self) -> bool:
        """By itself, that is, and not because gdb did."""
        said = self.transcript
        return said.exit is not None or said.panic or said.deadlock or self.link.shutdown.startswith("guest")

    def _type_into(self, pipe: Path) -> None:
        """Makes the named pipe our standard input; gdb gets the one that we had."""
        self.keyboard = os.dup(STDIN)
        os.mkfifo(pipe)
        opened = os.open(pipe, os.O_RDWR)                    # for writing as well: it never ends
        os.dup2(opened, STDIN)
        os.close(opened)

    def _start_guest(self) -> subprocess.Popen:
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(str(self.folder / "gdb"))
            listening.listen()
            qemu = super()._start_guest(["-S", "-chardev", f"socket,id=gdb,fd={listening.fileno()},server=on,wait=off",
                                         "-gdb", "chardev:gdb"], [listening.fileno()])
        # Or else gdb would leave the guest running when it quits.
        connect = ["-ex", "set remote query-attached-packet off", "-ex", f"target remote {self.folder}/gdb"]
        self.process = subprocess.Popen(gdb_command(self.gdb, self.machine.image, *connect), stdin=self.keyboard)
        threading.Thread(target=self._wait_for_gdb, daemon=True).start()
        return qemu

    def _wait_for_gdb(self) -> None:
        self.process.wait()
        os.close(self.gdb_runs)

    def _carry(self) -> End:
        end = super()._carry()
        self.process.wait()
        return end
