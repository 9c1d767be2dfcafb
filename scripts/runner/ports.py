"""TCP ports for a guest to serve. Each is bound here, to a number that is free and to 127.0.0.1 alone."""

from __future__ import annotations

import socket

LOOPBACK = "127.0.0.1"
MOST = 16


class Ports:
    def __init__(self, count: int = 0):
        self.sockets = [listen() for _ in range(count)]

    def names(self) -> list[str]:
        """The addresses that clients connect to."""
        return ["{}:{}".format(*each.getsockname()) for each in self.sockets]

    def fds(self) -> list[int]:
        return [each.fileno() for each in self.sockets]

    def close(self) -> None:
        for each in self.sockets:
            each.close()
        self.sockets = []


def listen() -> socket.socket:
    listening = socket.socket()
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)        # what is accepted will have it, too
    listening.bind((LOOPBACK, 0))
    listening.listen()                                       # as many may wait as may wait anywhere
    return listening


def parse_ports(text: str) -> Ports:
    """No text, no ports."""
    if text and text not in map(str, range(1, MOST + 1)):
        raise ValueError(f'PORTS is a number from 1 to {MOST} and not "{text}"')
    return Ports(int(text or 0))
