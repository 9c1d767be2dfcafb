"""Hosted images as the programs of Linux that they are, without scripts/run."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import socket
import subprocess
import threading
from typing import Iterator

import pytest

from bobbin import ARCHITECTURES, HANG_SECONDS, build

pytestmark = pytest.mark.skipif("hosted" not in ARCHITECTURES, reason="this is not Linux on x86_64")

ECHO = "tests/apps/echo.cpp"
ENDS = "tests/apps/ends.cpp"


def run(app: str, *arguments: str, **options) -> subprocess.CompletedProcess:
    return subprocess.run([build(app, "hosted"), *arguments], capture_output=True, timeout=HANG_SECONDS,
                          **{"stdin": subprocess.DEVNULL, **options})


def hear_signals() -> None:
    """Whoever runs the tests in the background may have had them ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextlib.contextmanager
def running(app: str, *arguments: str, **options) -> Iterator[subprocess.Popen]:
    """The process, which is killed if it hangs."""
    streams = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, **options}
    with subprocess.Popen([build(app, "hosted"), *arguments], preexec_fn=hear_signals, **streams) as process:
        watch = threading.Timer(HANG_SECONDS, process.kill)
        watch.start()
        try:
            yield process
        finally:
            watch.cancel()


def type_into(process: subprocess.Popen, byte: int) -> None:
    process.stdin.write(bytes([byte]))
    process.stdin.flush()


def wait_for_ready(process: subprocess.Popen) -> None:
    while process.stdout.readline() not in (b"ready\n", b""):
        pass


def echoed(sent: bytes) -> list[str]:
    return ["ready", *(f"{byte:02x}" for byte in sent)]


def said_by(output: bytes) -> list[str]:
    """What the program said between the kernel's first and last line."""
    return output.decode().split("\n", 1)[1].rpartition("bobbin: exit")[0].split()


def test_words_of_the_command_line_arrive():
    done = run("tests/apps/words.cpp", "one", "two three", "'four five'")
    assert done.stdout.decode().splitlines()[2:-1] == ["one", "two", "three", "four five"]


@pytest.mark.parametrize("ending, status", [("zero", 0), ("seven", 7), ("fault", 102), ("deadlock", 103)])
def test_it_exits_with_the_status(ending, status):
    assert run(ENDS, ending).returncode == status


@pytest.mark.parametrize("ports", ["x", "3", ":a", "-1:a", "0:a,,0:b", ",".join(["0:a"] * 17)])
def test_ports_that_are_not_told_as_they_should_be(ports):
    done = run(ENDS, "zero", env={"BOBBIN_PORTS": ports})
    assert done.returncode == 101 and f"bobbin: panic: BOBBIN_PORTS={ports} is not up to 16 of NUMBER:NAME" in done.stdout.decode()


def test_ports_that_were_left_behind_by_another_run():
    done = run(ENDS, "zero", env={"BOBBIN_PORTS": "99:a"})
    assert done.returncode == 101 and "bobbin: panic: BOBBIN_PORTS=99:a, but nothing is open as 99" in done.stdout.decode()


# ---- input of every kind

SENT = bytes(byte for byte in range(256) if byte != 4) * 20


def test_input_from_a_file_ends_with_the_file(tmp_path):
    (tmp_path / "input").write_bytes(SENT)
    with open(tmp_path / "input", "rb") as file:
        done = run(ECHO, stdin=file)
    assert said_by(done.stdout) == echoed(SENT) and done.returncode == 0


def test_input_from_a_pipe_that_is_closed():
    done = run(ECHO, input=SENT, stdin=None)
    assert said_by(done.stdout) == echoed(SENT) and done.returncode == 0


def test_input_from_a_socket_that_is_closed():
    here, there = socket.socketpair()
    with running(ECHO, stdin=there) as process:
        there.close()
        here.sendall(SENT)
        here.close()
        output = process.stdout.read()
    assert said_by(output) == echoed(SENT)


@pytest.mark.parametrize("redirection", ["</dev/null", "<&-", "</"], ids=["nothing", "closed", "a folder"])
def test_no_input_is_an_input_that_has_ended(redirection):
    done = subprocess.run(["sh", "-c", f"{build(ECHO, 'hosted')} {redirection}"], capture_output=True, timeout=HANG_SECONDS)
    assert said_by(done.stdout) == ["ready"] and done.returncode == 0


def test_no_key_is_lost_however_it_comes_between_looking_and_waiting():
    """One byte at a time, each after the echo of the one before: when it comes, the hart is about to idle."""
    with running(ECHO) as process:
        wait_for_ready(process)
        choose = random.Random(1)
        for _ in range(3000):
            byte = choose.choice(SENT)
            type_into(process, byte)
            assert process.stdout.read(3) == b"%02x\n" % byte
        process.stdin.close()
        assert process.stdout.read() == b"bobbin: exit 0\n"


# ---- signals that are none of the kernel's

@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGSEGV, signal.SIGILL], ids=lambda number: number.name)
def test_a_signal_that_somebody_sends_ends_it_as_any_program(number):
    with running(ECHO) as process:
        wait_for_ready(process)
        process.send_signal(number)
        assert process.wait(HANG_SECONDS) == -number


@pytest.mark.parametrize("number", [signal.SIGALRM, signal.SIGIO], ids=lambda number: number.name)
def test_an_interrupt_that_somebody_sends_is_nothing(number):
    with running(ECHO) as process:
        wait_for_ready(process)
        for byte in SENT:
            process.send_signal(number)
            type_into(process, byte)
        process.stdin.close()
        assert process.stdout.read().split() == [*(b"%02x" % byte for byte in SENT), b"bobbin:", b"exit", b"0"]


def test_signals_blocked_by_whoever_starts_it_come_all_the_same():
    block = lambda: signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM, signal.SIGIO, signal.SIGSEGV])
    done = run("faults", preexec_fn=block)
    assert done.returncode == 0 and b"21 faults, 21 contained" in done.stdout


def test_when_nobody_reads_its_output_it_ends_as_any_program():
    reading, writing = os.pipe()
    with running("tests/apps/bytes.cpp", "forever", stdin=subprocess.DEVNULL, stdout=writing) as process:
        os.close(writing)
        os.read(reading, 1)
        os.close(reading)
        assert process.wait(HANG_SECONDS) == -signal.SIGPIPE


def test_output_waits_for_its_reader_even_where_that_was_said_not_to():
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with running("tests/apps/bytes.cpp", stdin=subprocess.DEVNULL, stdout=writing) as process:
        os.close(writing)
        with open(reading, "rb") as pipe:
            assert bytes(range(256)) + b"x" * 100_000 in pipe.read()
        assert process.wait(HANG_SECONDS) == 0
