"""QEMU's machine protocol over one end of a socket pair: events while it runs, commands when something is wrong."""

from __future__ import annotations

import json
import re
import socket
from typing import Sequence

from .doors import Doors
from .ports import Ports


class Qmp:
    ANSWER_SECONDS = 10

    def __init__(self, ports: Ports):
        self.doors = Doors(ports, self._send)
        self.socket, self.qemu_side = socket.socketpair()
        self.socket.settimeout(self.ANSWER_SECONDS)
        self.shutdown = ""            # the reason in the SHUTDOWN event, once it came
        self.closed = False
        self._buffer = b""
        self._send("qmp_capabilities")

    @property
    def passed_on(self) -> tuple[int, ...]:
        """The file descriptors that QEMU needs."""
        return self.qemu_side.fileno(),

    @property
    def left(self) -> bool:
        return self.shutdown == "host-qmp-quit"

    def options(self, typing: bool) -> list[str]:
        """For a person typing, Ctrl-A is QEMU's own key (x ends it); in a file it is a byte like any other."""
        serial = ["-serial", "mon:stdio"] if typing else ["-serial", "stdio", "-monitor", "none"]
        return [*serial, "-chardev", f"socket,id=qmp,fd={self.qemu_side.fileno()}", "-mon", "chardev=qmp,mode=control"]

    def started(self) -> None:
        self.qemu_side.close()

    def keys(self, typed: bytes) -> bytes:
        return typed

    def stop(self, _process: int) -> GuestMemory:
        self.command("stop")
        return GuestMemory(self)

    def fileno(self) -> int:
        return self.socket.fileno()

    def close(self) -> None:
        self.doors.ports.close()
        self.socket.close()
        self.qemu_side.close()

    def receive(self) -> list[dict]:
        """What has arrived, at least one read's worth; keeps the events' news."""
        try:
            data = self.socket.recv(65536)
        except OSError:
            data = b""
        self.closed = not data
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        messages = [json.loads(line) for line in lines if line.strip()]
        for message in messages:
            if message.get("event") == "SHUTDOWN":
                self.shutdown = message["data"].get("reason", "")
            self.doors.hear(message)
        return messages

    def command(self, name: str, **arguments):
        """Sends a command, returns its answer; None if QEMU refuses or has gone."""
        self._send(name, **arguments)
        while not self.closed:
            for message in self.receive():
                if message.get("id") == name:
                    return message.get("return")
        return None

    def _send(self, name: str, fds: Sequence[int] = (), **arguments) -> None:
        """Sends a command, with file descriptors if it takes some. The answer will have its name."""
        try:
            socket.send_fds(self.socket, [json.dumps({"execute": name, "arguments": arguments, "id": name}).encode()], fds)
        except OSError:
            self.closed = True


class GuestMemory:
    """The guest's physical memory, which is also its virtual memory: Bobbin maps every address to itself."""

    def __init__(self, qmp: Qmp):
        self.qmp = qmp

    def read(self, address: int, count: int) -> bytes:
        dump = self.qmp.command("human-monitor-command", **{"command-line": f"xp /{count}xb {address:#x}"})
        found = [int(byte, 16) for line in (dump or "").splitlines() for byte in line.partition(":")[2].split()
                 if byte.startswith("0x")]
        if len(found) != count:
            raise ValueError(f"no memory at {address:#x}")
        return bytes(found)

    def registers(self) -> tuple[int, int]:
        """Program counter and stack pointer of the processor that runs the kernel."""
        text = self.qmp.command("human-monitor-command", **{"command-line": "info registers"}) or ""
        found = [re.search(rf"\b(?:{names})[ =]+([0-9a-f]+)", text) for names in ("pc|RIP", "x2/sp|RSP")]
        return tuple(int(register[1], 16) if register else 0 for register in found)
