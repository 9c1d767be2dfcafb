"""apps/echo as its clients see it: every byte comes back, in order and to nobody else, whatever the others do."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import re
import signal
import socket
import subprocess
import termios
from dataclasses import dataclass
from typing import Awaitable, Iterator

import pexpect
import pytest

from bobbin import BUILD, ENVIRONMENT, HANG_SECONDS, ROOT, Flavour, boot, build, run_command
from runner.ports import MOST
from suites import SANITIZED, USUAL
from test_run import guest_of, wait_until_gone
from test_time import IDLE_SHARE, share_of_a_processor

MiB = 1 << 20
LISTENING = re.compile(rb"listening (127\.0\.0\.1):(\d+)\r?\n")
ALL = USUAL + SANITIZED


# ---- the server

@dataclass
class Server:
    run: subprocess.Popen
    addresses: list[tuple[str, int]]

    def end(self, number: int = signal.SIGTERM) -> None:
        """Nothing of it is left when this returns."""
        guest = guest_of(self.run)
        self.run.send_signal(number)
        assert self.run.wait(HANG_SECONDS) == -number
        wait_until_gone(guest)


@contextlib.contextmanager
def serving(flavour: Flavour, ports: int, *options: str, app: str = "echo", stdin: int = subprocess.PIPE) -> Iterator[Server]:
    """The echo server, which has said of each port that it listens."""
    command = run_command(build(app, flavour), flavour.arch, "--ports", str(ports), *options, *flavour.options())
    with subprocess.Popen(command, stdin=stdin, stdout=subprocess.PIPE, env=ENVIRONMENT) as run:
        try:
            said = [LISTENING.fullmatch(run.stdout.readline()) for _ in range(ports)]
            yield Server(run, [(line[1].decode(), int(line[2])) for line in said])
        finally:
            run.kill()


# ---- a client

class Client:
    """A connection, and what has gone to and fro. What it sends is its own: no other one sends the same."""

    def __init__(self, seed: object):
        self.choose = random.Random(str(seed))
        self.sent = bytearray()
        self.came = bytearray()

    async def connect(self, address: tuple[str, int], **options) -> Client:
        self.reader, self.writer = await asyncio.open_connection(*address, **options)
        return self

    async def send(self, count: int) -> None:
        """Random bytes, in pieces of one to 64 Ki."""
        while count:
            piece = self.choose.randbytes(min(count, int(2 ** self.choose.uniform(0, 16))))
            self.sent += piece
            self.writer.write(piece)
            await self.writer.drain()
            count -= len(piece)

    async def receive(self, count: int) -> None:
        self.came += await self.reader.readexactly(count)

    async def echo(self, count: int) -> None:
        await asyncio.gather(self.send(count), self.receive(count))
        self.check()

    def check(self) -> None:
        """Not by comparing them in an assert, which would show them."""
        right = self.sent.startswith(self.came)
        assert right, f"wrong from byte {len(os.path.commonprefix([self.sent, self.came]))} on"

    async def leave(self) -> None:
        self.writer.close()
        await self.writer.wait_closed()

    def leave_at_once(self) -> None:
        """Whatever is still on the way is lost."""
        self.writer.transport.abort()


@contextlib.contextmanager
def greeting(address: tuple[str, int]) -> Iterator[None]:
    """While a client is there that has been served once."""
    with socket.create_connection(address, HANG_SECONDS) as client:
        client.sendall(b"hello")
        assert client.recv(1) == b"h"
        yield


def refuses(address: tuple[str, int]) -> bool:
    try:
        socket.create_connection(address).close()
    except ConnectionRefusedError:
        return True
    return False


def run_clients(work: Awaitable) -> None:
    asyncio.run(asyncio.wait_for(work, HANG_SECONDS))


async def come_and_leave(address: tuple[str, int], seed: object, count: int) -> None:
    client = await Client(seed).connect(address)
    await client.echo(count)
    await client.leave()


async def leave_in_the_middle(address: tuple[str, int], seed: object, count: int) -> None:
    """With a part of what was sent read, more of it on the way, and the rest not sent."""
    client = await Client(seed).connect(address)
    sending = asyncio.create_task(client.send(count))
    await client.receive(client.choose.randrange(count // 2))
    client.check()
    sending.cancel()
    client.leave_at_once()


# ---- tests

@pytest.mark.parametrize("flavour", ALL, ids=str)
def test_eight_clients_at_once_get_their_own_bytes_back(flavour):
    """Every other one leaves in the middle first, and the next to come finds nothing of it."""
    async def client(index: int, address: tuple[str, int]) -> None:
        if index % 2:
            await leave_in_the_middle(address, ("leaves", index), MiB)
        await come_and_leave(address, index, MiB)

    async def clients(addresses) -> None:
        await asyncio.gather(*(client(*each) for each in enumerate(addresses)))

    with serving(flavour, 8) as server:
        run_clients(clients(server.addresses))


@pytest.mark.parametrize("flavour", USUAL, ids=str)
def test_one_who_leaves_in_the_middle_never_holds_up_the_next(flavour):
    """Again and again: what QEMU keeps of those who left depends on the moment."""
    async def client(index: int, address: tuple[str, int]) -> None:
        for turn in range(12):
            await leave_in_the_middle(address, ("leaves", index, turn), MiB // 2)
            await come_and_leave(address, (index, turn), MiB // 16)

    async def clients(addresses) -> None:
        await asyncio.gather(*(client(*each) for each in enumerate(addresses)))

    with serving(flavour, 8) as server:
        run_clients(clients(server.addresses))


@pytest.mark.parametrize("flavour", USUAL, ids=str)
def test_a_client_that_never_reads_stalls_nobody_else(flavour):
    async def clients(addresses) -> None:
        deaf = await Client("deaf").connect(addresses[0])
        sending = asyncio.create_task(deaf.send(1024 * MiB))
        others = [await Client(address).connect(address) for address in addresses[1:]]
        taken = -1
        while taken != len(deaf.sent):                       # until nothing more is taken of it in a whole round
            taken = len(deaf.sent)
            await asyncio.gather(*(other.echo(MiB // 16) for other in others))
        await asyncio.gather(*(other.echo(MiB // 4) for other in others))
        assert not sending.done()
        sending.cancel()
        await deaf.receive(len(deaf.sent))                   # and when it does read, all of it is there
        deaf.check()

    with serving(flavour, 3) as server:
        run_clients(clients(server.addresses))


@pytest.mark.parametrize("flavour", USUAL, ids=str)
def test_a_port_takes_one_client_after_the_other(flavour):
    async def clients(address) -> None:
        first = await Client("first").connect(address)
        await first.echo(1000)
        second = await Client("second").connect(address)
        waiting = asyncio.create_task(second.echo(1000))
        await first.echo(100_000)
        assert not waiting.done() and not second.came
        await first.leave()
        await waiting
        second.leave_at_once()
        await come_and_leave(address, "third", 1000)

    with serving(flavour, 1) as server:
        run_clients(clients(server.addresses[0]))


@pytest.mark.parametrize("flavour", USUAL, ids=str)
def test_a_client_is_served_beside_a_task_that_never_waits(flavour):
    with serving(flavour, 1, app="tests/apps/busy_echo.cpp") as server:
        run_clients(come_and_leave(server.addresses[0], "client", MiB // 8))
        assert server.run.wait(HANG_SECONDS) == 0


def test_as_many_ports_as_there_can_be(arch):
    async def clients(addresses) -> None:
        assert len(set(addresses)) == MOST
        await asyncio.gather(*(come_and_leave(address, address, 10_000) for address in addresses))

    with serving(Flavour(arch), MOST) as server:
        run_clients(clients(server.addresses))


def test_the_older_board_has_ports_as_well():
    with serving(Flavour("x86_64"), 1, "--machine", "pc") as server:
        run_clients(come_and_leave(server.addresses[0], "client", 100_000))


def test_without_ports_it_says_what_to_do(arch):
    run = boot(build("echo", arch), arch)
    assert run.status == 1 and "make run APP=echo PORTS=8" in run.text and run.text.count("\n") == 1


def test_the_end_of_its_input_is_not_the_end(arch):
    with serving(Flavour(arch), 1, stdin=subprocess.DEVNULL) as server:
        run_clients(come_and_leave(server.addresses[0], "client", 10_000))
        server.end()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_a_signal_leaves_nothing_behind(number, arch):
    with serving(Flavour(arch), 2) as server, greeting(server.addresses[0]):
        server.end(number)
        assert all(map(refuses, server.addresses))


def test_ctrl_c_ends_it_well(arch):
    command = ["make", "-C", str(ROOT), "run", f"ARCH={arch}", f"BUILD={BUILD}", "APP=echo", "PORTS=2"]
    build("echo", arch)
    person = pexpect.spawn("sh", ["-c", 'read go; exec "$@"', "sh", *command], timeout=HANG_SECONDS, env=ENVIRONMENT)
    before = termios.tcgetattr(person.child_fd)
    person.sendline()
    addresses = []
    while len(addresses) < 2:
        person.expect(LISTENING.pattern)
        addresses.append((person.match[1].decode(), int(person.match[2])))
    with greeting(addresses[1]):
        person.send("\x03")
        person.expect(pexpect.EOF)
    assert termios.tcgetattr(person.child_fd) == before
    person.close()
    assert person.exitstatus == 0 and all(map(refuses, addresses))


def test_a_server_without_work_uses_no_processor_time(arch):
    """One client is there and silent, one port has none. For a moment scripts/run still asks which ports are open."""
    with serving(Flavour(arch), 2) as server, greeting(server.addresses[0]):
        guest = guest_of(server.run)
        assert any(share_of_a_processor(guest) < IDLE_SHARE for _ in range(5))
