"""The ports of a guest in QEMU: one client at a time gets in at each, when the guest waits for one.

A client's socket is handed to QEMU, as what is behind the guest's port from then on. Whether the guest has opened the port
since is what QEMU calls "frontend-open". QEMU tells of changes by an event, but once a second at most: so for a second
after each event it is asked.

When the guest has closed its port, or closed and opened it, somebody comes and leaves at once before the next client. QEMU
needs that to forget that the one before did not take what it was sent, and the guest expects it.
"""

from __future__ import annotations

import socket
import time
from typing import Callable

from .ports import Ports

TOLD_SECONDS = 1                      # how long QEMU may keep a change to itself
ASK_SECONDS = 0.01
NOBODY = {"type": "null", "data": {}}
SOMEBODY = {"type": "ringbuf", "data": {}}


class Doors:
    def __init__(self, ports: Ports, send: Callable):
        self.ports, self.send = ports, send
        self.open: set[socket.socket] = set()                # those whose next client the guest waits for
        self.taken: set[socket.socket] = set()               # those with a client that the guest is not done with
        self.closed: set[socket.socket] = set()              # those of which QEMU has told that the guest has closed them
        self.ask_until = 0.0
        self.asking = self.answer_is_old = False

    def let_in(self, door: socket.socket) -> None:
        with door.accept()[0] as client:
            self.open.remove(door)
            self.taken.add(door)
            name = self._port_of(door)
            self.send("getfd", [client.fileno()], fdname=name)
            self._put_behind(door, {"type": "socket", "data": {"addr": {"type": "fd", "data": {"str": name}}, "server": False}})

    def patience(self) -> float:
        """Seconds until it is time to look."""
        return ASK_SECONDS if time.monotonic() < self.ask_until else float("inf")

    def look(self) -> None:
        if time.monotonic() < self.ask_until:
            self._ask()

    def hear(self, message: dict) -> None:
        if message.get("event") == "VSERPORT_CHANGE":
            self._hear_change(**message["data"])
        elif message.get("id") == "query-chardev":
            self._hear_answer(message.get("return", []))

    def _hear_change(self, id: str, open: bool) -> None:
        door = self.ports.sockets[int(id.removeprefix("port")) - 1]
        if not open:
            self.closed.add(door)
        elif door not in self.taken:
            self.open.add(door)
        self.ask_until = time.monotonic() + TOLD_SECONDS
        self.answer_is_old = self.asking
        self._ask()

    def _ask(self) -> None:
        if not self.asking:
            self.asking, self.answer_is_old = True, False
            self.send("query-chardev")

    def _hear_answer(self, devices: list[dict]) -> None:
        self.asking = False
        if self.answer_is_old:
            return self._ask()
        opened = {each["label"] for each in devices if each["frontend-open"]}
        for door in self.ports.sockets:
            is_open = self._port_of(door) in opened
            if door in self.taken and (is_open or door in self.closed):
                self._clear(door)
            if is_open:
                self.open.add(door)
        self.closed.clear()

    def _clear(self, door: socket.socket) -> None:
        """A client that is still there is disconnected."""
        self.taken.remove(door)
        for backend in NOBODY, SOMEBODY, NOBODY:
            self._put_behind(door, backend)

    def _put_behind(self, door: socket.socket, backend: dict) -> None:
        self.send("chardev-change", id=self._port_of(door), backend=backend)
        self.answer_is_old = True

    def _port_of(self, door: socket.socket) -> str:
        return f"port{self.ports.sockets.index(door) + 1}"
