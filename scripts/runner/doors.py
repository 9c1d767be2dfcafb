"""The ports of a guest in QEMU: one client at a time gets in at each, when the guest waits for one.

A client's socket is handed to QEMU, as what is behind the guest's port from then on. Whether the guest has opened the port
since is what QEMU calls "frontend-open". QEMU tells of changes by an event, but once a second at most: so for a second
after each event it is asked.
"""

from __future__ import annotations

import socket
import time
from typing import Callable

from .ports import Ports

TOLD_SECONDS = 1                      # how long QEMU may keep a change to itself
ASK_SECONDS = 0.01
NOBODY = {"type": "null", "data": {}}


class Doors:
    def __init__(self, ports: Ports, send: Callable):
        self.ports, self.send = ports, send
        self.open: set[socket.socket] = set()                # those whose next client the guest waits for
        self.hung_up: set[str] = set()                       # the guest's ports that want no more of their clients
        self.ask_until = 0.0
        self.asking = self.answer_is_old = False

    def let_in(self, door: socket.socket) -> None:
        with door.accept()[0] as client:
            self.open.remove(door)
            name = f"port{self.ports.sockets.index(door) + 1}"
            self.send("getfd", [client.fileno()], fdname=name)
            self._put_behind(name, {"type": "socket", "data": {"addr": {"type": "fd", "data": {"str": name}}, "server": False}})

    def patience(self) -> float:
        """Seconds until it is time to look."""
        return ASK_SECONDS if time.monotonic() < self.ask_until else float("inf")

    def look(self) -> None:
        if time.monotonic() < self.ask_until:
            self._ask()

    def hear(self, message: dict) -> None:
        if message.get("event") == "VSERPORT_CHANGE":
            if not message["data"]["open"]:
                self.hung_up.add(message["data"]["id"])
            self.ask_until = time.monotonic() + TOLD_SECONDS
            self._ask()
        elif message.get("id") == "query-chardev":
            self._hear_answer(message.get("return", []))

    def _ask(self) -> None:
        if not self.asking:
            self.asking, self.answer_is_old = True, False
            self.send("query-chardev")

    def _hear_answer(self, devices: list[dict]) -> None:
        self.asking = False
        if self.answer_is_old:
            return self._ask()
        found = {each["label"]: each for each in devices}
        ports = [found[f"port{number}"] for number, _ in enumerate(self.ports.sockets, 1)]
        self.open = {door for door, port in zip(self.ports.sockets, ports) if port["frontend-open"]}
        for port in ports:
            if port["label"] in self.hung_up and port["filename"].startswith("tcp:") and not port["frontend-open"]:
                self._put_behind(port["label"], NOBODY)
        self.hung_up.clear()

    def _put_behind(self, port: str, backend: dict) -> None:
        self.send("chardev-change", id=port, backend=backend)
        self.answer_is_old = True
