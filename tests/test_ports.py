"""Ports as a program sees them: times, stops, and tasks that end while they serve somebody (tests/apps/ports.cpp)."""

from __future__ import annotations

import contextlib
import re
import socket
import subprocess
from typing import Iterator

import pytest

from bobbin import ENVIRONMENT, HANG_SECONDS, build, run_command

PROGRAM = "tests/apps/ports.cpp"
BLOCK = bytes(i % 251 for i in range(1 << 20))


class Program:
    def __init__(self, run: subprocess.Popen):
        self.run = run
        self.name = ""

    def line(self) -> str:
        return self.run.stdout.readline().decode().rstrip()

    def until(self, start: str) -> str:
        """The rest of the first line that begins so."""
        while not (line := self.line()).startswith(start):
            assert line or self.run.poll() is None, f"it has ended without a line {start}"
        return line[len(start):]

    def press(self, key: str) -> None:
        self.run.stdin.write(key.encode())
        self.run.stdin.flush()

    def waiting(self) -> None:
        self.name = self.until("waiting ")

    def client(self) -> socket.socket:
        host, _, port = self.name.rpartition(":")
        return socket.create_connection((host, int(port)), HANG_SECONDS)

    def waits_for(self) -> str:
        """What its task waits for; "" if it does not."""
        self.press("w")
        told = ""
        while (line := self.line()) != "that is all":
            assert "damaged" not in line                     # it may be woken at any time
            found = re.fullmatch(r"  server waits for (.*?)(, for .*)?", line)
            told = found[1] if found else told
        return told

    def wait_until_it_waits_for(self, what: str) -> None:
        while self.waits_for() != f"{what} {self.name}":
            pass


@pytest.fixture
def program(arch) -> Iterator[Program]:
    command = run_command(build(PROGRAM, arch), arch, "--ports", "1")
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=ENVIRONMENT) as run:
        try:
            yield Program(run)
        finally:
            run.kill()


def ask(client: socket.socket, text: bytes) -> bytes:
    client.sendall(text)
    return receive_line(client)


def receive_line(client: socket.socket) -> bytes:
    line = b""
    while not line.endswith(b"\n"):
        byte = client.recv(1)
        assert byte, line
        line += byte
    return line[:-1]


def receive_block(client: socket.socket, count: int) -> bytes:
    came = b""
    while len(came) < count and (piece := client.recv(count - len(came))):
        came += piece
    return came


def is_sent_away(client: socket.socket) -> bool:
    with contextlib.suppress(ConnectionResetError):
        while client.recv(1 << 16):
            pass
    return True


def test_a_read_ends_in_time(program):
    program.waiting()
    with program.client() as client:
        for _ in range(3):
            assert ask(client, b"at once\n") == b"timed out 0"
            assert ask(client, b"in time\n") == b"timed out 0"
        assert ask(client, b"at once\nabc") == b"ok 3"
        assert ask(client, b"in time\r\nabcd") == b"ok 4"
        for piece in b"at ", b"o", b"nce":
            client.sendall(piece)
        assert ask(client, b"\n") == b"timed out 0"
    assert program.line() == "closed"


def test_a_write_to_who_does_not_read_ends_in_time_and_what_was_written_arrives(program):
    program.waiting()
    with program.client() as client:
        for _ in range(2):
            client.sendall(b"much\n")
            count = int(program.until("timed out "))
            came = receive_block(client, count)
            assert len(came) == count
            assert came == (BLOCK * (count // len(BLOCK) + 1))[:count]
            assert ask(client, b"at once\n") == b"timed out 0"
    assert program.line() == "closed"


def test_a_task_that_writes_to_who_does_not_read_can_be_stopped_and_the_next_client_is_served(program):
    program.waiting()
    with program.client() as deaf:
        deaf.sendall(b"forever\n")
        program.wait_until_it_waits_for("room for output to")
        program.press("s")
        assert program.line() == "stopped"
        program.until("it ended")
        program.waiting()
        with program.client() as following:
            assert ask(following, b"at once\n") == b"timed out 0"
            assert is_sent_away(deaf)
            program.press("q")
    assert program.line() == "closed"
    assert program.until("it ended") == "" and program.run.wait(HANG_SECONDS) == 0


def test_reports_say_which_port_a_task_waits_for(program):
    program.waiting()
    program.wait_until_it_waits_for("client of")
    with program.client():
        program.wait_until_it_waits_for("input of")


def test_a_server_sends_a_client_away_and_serves_the_next(program):
    program.waiting()
    for _ in range(5):
        with program.client() as client:
            assert ask(client, b"at once\n") == b"timed out 0"
            client.sendall(b"bye\nand more")
            assert program.line() == "bye"
            assert is_sent_away(client)
            program.press("j")
            program.waiting()


def test_a_task_that_faults_leaves_the_port_to_the_next(program):
    program.waiting()
    for _ in range(3):
        with program.client() as client:
            client.sendall(b"fault\nand more")
            program.press("j")
            program.until("it faulted")
            program.waiting()
            with program.client() as following:
                assert ask(following, b"in time\n") == b"timed out 0"
                assert is_sent_away(client)
            assert program.line() == "closed"
            program.press("j")
            program.waiting()


def test_a_client_that_has_gone_before_it_is_served_is_served_what_it_said(program):
    program.waiting()
    with program.client() as client:
        client.sendall(b"much\nmuch\n")                      # writing ends at once: it has gone
    assert program.until("closed ").isdigit()
    program.until("closed")
    program.press("j")
    program.waiting()
