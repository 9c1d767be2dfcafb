"""A process of Linux in place of a machine: what QEMU does for a guest besides running it."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass, field
from pathlib import Path

from .doors import Doors
from .ports import Ports

CTRL_A = 0x01
FOUND_SOMETHING = 97
NO_DOORS = Doors(Ports(), None)
SUPPRESSIONS = Path(__file__).with_name("valgrind.supp")


@dataclass
class Process:
    """`arch/hosted`: the image is a program."""

    image: str
    arguments: str = ""                  # argv, the program's name first
    ports: Ports = field(default_factory=Ports)
    arch: str = "hosted"
    name: str = "the process"

    def command(self) -> list[str]:
        return self.arguments.split(" ", 1)

    def settings(self) -> dict[str, str]:
        """Of the environment: the sockets that the program finds open, and their names."""
        ports = ",".join(f"{fd}:{name}" for fd, name in zip(self.ports.fds(), self.ports.names()))
        return {"BOBBIN_PORTS": ports} if ports else {}

    def executable(self) -> str:
        return os.path.abspath(self.image)

    def host_status(self, guest_status: int) -> int:
        return guest_status

    def link(self) -> ProcessLink:
        return ProcessLink(self.ports)


@dataclass
class UnderValgrind(Process):
    """The same, made with UNDER=valgrind. When valgrind has found something, it ends with a status of its own."""

    name: str = "valgrind"

    def command(self) -> list[str]:
        return ["valgrind", "--quiet", f"--error-exitcode={FOUND_SOMETHING}", f"--suppressions={SUPPRESSIONS}",
                self.image, *super().command()[1:]]

    def executable(self) -> str:
        return "valgrind"


class ProcessLink:
    """Stands where Qmp does for a machine: a process tells nothing by the way."""

    closed, shutdown = True, ""

    def __init__(self, ports: Ports):
        self.doors = NO_DOORS            # it opens them itself
        self.ports = ports
        self.passed_on = ports.fds()
        self.left = False
        self._after_ctrl_a = False

    def options(self, _typing: bool) -> list[str]:
        return []

    def started(self) -> None:
        self.ports.close()

    def close(self) -> None:
        self.ports.close()

    def keys(self, typed: bytes) -> bytes:
        """What is for the program of what a person has typed: Ctrl-A x leaves, Ctrl-A Ctrl-A is one Ctrl-A."""
        passed = bytearray()
        for key in typed:
            if self._after_ctrl_a:
                self._after_ctrl_a = False
                self.left = self.left or key in b"xX"
                passed += b"\x01" if key == CTRL_A else b""
            elif key == CTRL_A:
                self._after_ctrl_a = True
            else:
                passed.append(key)
        return bytes(passed)

    def stop(self, process: int) -> ProcessMemory:
        os.kill(process, signal.SIGSTOP)
        os.waitid(os.P_PID, process, os.WSTOPPED | os.WNOWAIT)
        return ProcessMemory(process)


class ProcessMemory:
    """A stopped process, seen through /proc."""

    def __init__(self, process: int):
        self.folder = Path(f"/proc/{process}")

    def read(self, address: int, count: int) -> bytes:
        try:
            with open(self.folder / "mem", "rb", buffering=0) as memory:
                memory.seek(address)
                found = memory.read(count)
        except (OSError, OverflowError):
            found = b""
        if len(found) != count:
            raise ValueError(f"no memory at {address:#x}")
        return found

    def registers(self) -> tuple[int, int]:
        """Program counter and stack pointer."""
        *_, stack_pointer, pc = (self.folder / "syscall").read_text().split()
        return int(pc, 16), int(stack_pointer, 16)
