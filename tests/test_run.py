"""`make run` and scripts/run as a person or a script uses them: verdicts, streams, terminal, signals."""

from __future__ import annotations

import contextlib
import functools
import os
import re
import select
import signal
import socket
import subprocess
import termios

import pexpect
import pytest

from bobbin import ENVIRONMENT, HANG_SECONDS, ROOT, boot, build, run_command
from images import ENDLESS, ILLEGAL, patched
from runner.ports import MOST

ENDS = "tests/apps/ends.cpp"
ECHO = "tests/apps/echo.cpp"
BYTES = "tests/apps/bytes.cpp"


def guest_of(run: subprocess.Popen) -> int:
    """The process id of the QEMU, or of the program, that this scripts/run started."""
    with open(f"/proc/{run.pid}/task/{run.pid}/children") as children:
        child, = children.read().split()
    return int(child)


def wait_until_gone(pid: int) -> None:
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    assert select.select([process], [], [], HANG_SECONDS)[0], f"process {pid} is still there"
    os.close(process)


# ---- verdicts

@pytest.mark.parametrize("ending, verdict, status", [
    ("zero", "passed", 0),
    ("seven", "failed (7)", 7),
    ("exit", "failed (42)", 42),
    ("lies", "failed (5)", 5),
    ("fault", "fault of task waiter", 102),
    ("fault-of-main", "fault of task main", 102),
    ("misuse", "fault of task main", 102),
    ("deadlock", "deadlock", 103),
])
def test_the_verdict_is_what_happened(ending, verdict, status, arch):
    run = boot(build(ENDS, arch), arch, "--args", ending)
    assert run.verdict.split(", after")[0] == verdict and run.status == status, run.errors


@pytest.mark.parametrize("arch, verdict, status", [("riscv64", "boot loop", 104), ("x86_64", "triple fault", 105)])
def test_a_reset(arch, verdict, status):
    run = boot(build(ENDS, arch), arch, "--args", "reset")
    assert run.verdict.startswith(verdict) and run.status == status


def test_a_second_start_line_is_a_boot_loop(arch):
    image = build(ENDS, arch)
    first = boot(image, arch, "--args", "zero", "--verbose")
    start, = [line for line in first.errors.splitlines() if line.startswith("bobbin: start")]
    run = boot(image, arch, "--args", f"say {start}")
    assert run.verdict.startswith("boot loop") and run.status == 104


def test_a_hang_is_stopped_and_shows_the_tasks(arch):
    run = boot(build(ENDS, arch), arch, "--args", "hang", timeout=5)
    assert run.verdict.startswith("hang") and run.status == 124
    table = re.findall(r"^ +\d+  (\w+) +(\w+) +\d+ +\d+(?:  (\S+):(\d+))?$", run.errors, re.MULTILINE)
    assert {name: state for name, state, _, _ in table} == {
        "main": "running", "waiter": "ready", "other": "blocked", "ended": "finished"}, run.errors
    source = (ROOT / ENDS).read_text().splitlines()
    for name, _, file, line in table:
        assert name == "ended" or file == ENDS and source[int(line) - 1].endswith(f"// <- {name}"), run.errors


def test_an_image_that_says_nothing(arch, tmp_path):
    run = boot(patched(build(ENDS, arch), tmp_path, _start=ENDLESS[arch]), arch, timeout=1)
    assert run.verdict.startswith("no output") and run.status == 106 and run.output == b""


def test_a_fault_before_the_console_is_up(arch, tmp_path):
    run = boot(patched(build(ENDS, arch), tmp_path, kernel_main=ILLEGAL[arch]), arch)
    assert run.verdict == "panic" and run.status == 101 and "illegal instruction" in run.text.lower()


def test_a_triple_fault_in_the_first_instruction(tmp_path):
    run = boot(patched(build(ENDS, "x86_64"), tmp_path, _start=ILLEGAL["x86_64"]), "x86_64")
    assert run.verdict == "triple fault" and run.status == 105


# ---- streams

def test_what_the_program_says_is_all_that_is_said(arch):
    run = boot(build(ENDS, arch), arch, "--args", "no-newline")
    assert (run.output, run.errors, run.status) == (b"no newline", "", 0)


def test_output_arrives_byte_for_byte(arch):
    run = boot(build(BYTES, arch), arch)
    assert run.output == bytes(range(256)) + b"x" * 100_000 + b"\n" and run.status == 0


def test_input_arrives_byte_for_byte_and_then_ends(arch):
    sent = bytes(byte for byte in range(256) if byte != 4)
    run = boot(build(ECHO, arch), arch, stdin=sent)
    assert run.text.split() == ["ready", *(f"{byte:02x}" for byte in sent)] and run.status == 0


def digest_of(sent: bytes) -> int:
    return functools.reduce(lambda digest, byte: (digest * 31 + byte) & 0xFFFFFFFF, sent, 0)


@pytest.mark.parametrize("sent", [b"x" * 50_000, b"\x01x\x03\x1a\xff\n" * 5_000], ids=["one long line", "control bytes"])
@pytest.mark.parametrize("reader", ["digest", "late"])
def test_nothing_of_a_long_input_is_lost(reader, sent, arch):
    run = boot(build(ECHO, arch), arch, "--args", reader, stdin=sent)
    assert run.text == f"ready\n{len(sent)} {digest_of(sent)}, lost 0\n"


def test_a_megabyte_pasted_at_once_arrives_whole(arch):
    sent = bytes(byte for byte in range(256) if byte != 4) * 4113
    run = boot(build(ECHO, arch), arch, "--args", "late", stdin=sent)
    assert len(sent) > 1 << 20 and run.text == f"ready\n{len(sent)} {digest_of(sent)}, lost 0\n"


@pytest.mark.parametrize("redirection", ["</dev/null", "<&-"])
def test_no_input_is_an_input_that_has_ended(redirection, arch):
    command = " ".join(run_command(build(ECHO, arch), arch))
    done = subprocess.run(["sh", "-c", f"{command} {redirection}"], capture_output=True, timeout=HANG_SECONDS)
    assert (done.stdout, done.returncode) == (b"ready\n", 0)


def test_when_nobody_reads_the_output_any_more_it_ends(arch):
    command = " ".join(run_command(build(BYTES, arch), arch, "--args", "forever"))
    done = subprocess.run(["sh", "-c", f"{command} | head -c 1000 | wc -c"], capture_output=True, timeout=HANG_SECONDS)
    assert done.stdout.split() == [b"1000"]


def test_verbose_shows_the_command_the_start_and_the_verdict(arch):
    run = boot(build(ENDS, arch), arch, "--args", "zero", "--verbose")
    command = "ends zero" if arch == "hosted" else f"qemu-system-{arch} "
    assert f"+ {command}" in run.errors and f"bobbin: start {arch}" in run.errors
    assert run.verdict == "passed" and run.output == b""


def test_too_little_memory_is_told(machine):
    assert "needs more RAM than 1M" in boot(build(ENDS, machine), machine, "--memory", "1M", timeout=1).errors


@pytest.mark.parametrize("option", [["--memory", "1G"], ["--smp", "2"], ["--machine", "q35"], ["--bios", "x"], ["--", "-s"]])
def test_a_process_has_no_machine_to_choose(option):
    run = boot(build(ENDS, "hosted"), "hosted", *option)
    assert run.status == 2 and run.errors.count("\n") == 1 and "without a machine" in run.errors


# ---- ports

@contextlib.contextmanager
def with_ports(count: int, arch: str):
    """scripts/run with a guest that leaves its ports alone, and their addresses."""
    run = subprocess.Popen(run_command(build(ECHO, arch), arch, "--ports", str(count), "--verbose", timeout=None),
                           stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT, text=True)
    try:
        addresses = [(host, int(port)) for host, port in re.findall(r"(\d+\.\d+\.\d+\.\d+):(\d+)", run.stderr.readline())]
        assert run.stdout.readline() == "ready\n"
        yield run, addresses
    finally:
        run.kill()
        run.communicate()


def listeners() -> set[str]:
    """Who listens where, as Linux writes it: the address in hexadecimal, in the processor's byte order."""
    lines = [line.split() for version in ("", "6") for line in open(f"/proc/net/tcp{version}")]
    return {local for _, local, _, state, *_ in lines if state == "0A"}


@pytest.mark.parametrize("count", [1, MOST])
def test_ports_are_on_loopback_alone_and_take_clients(count, arch):
    with with_ports(count, arch) as (_, addresses):
        assert len(set(addresses)) == count
        assert {host for host, _ in addresses} == {"127.0.0.1"}
        for _, port in addresses:
            assert [local for local in listeners() if local.endswith(f":{port:04X}")] == [f"0100007F:{port:04X}"]
        for address in addresses:
            socket.create_connection(address).close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_ports_close_with_the_guest(number, arch):
    with with_ports(2, arch) as (run, addresses):
        client = socket.create_connection(addresses[0])
        client.settimeout(HANG_SECONDS)
        guest = guest_of(run)
        run.send_signal(number)
        assert run.wait(HANG_SECONDS) == -number
        wait_until_gone(guest)
        with contextlib.suppress(ConnectionResetError):
            assert client.recv(1) == b""
        for address in addresses:
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(address)


@pytest.mark.parametrize("count", ["0", "-1", "17", "08", "8080", "x", "1 2", "\u0663"])
def test_a_wrong_number_of_ports(count, arch):
    run = boot(build(ENDS, arch), arch, "--ports", count)
    assert (run.output, run.status) == (b"", 2)
    assert run.errors == f'bobbin: PORTS is a number from 1 to 16 and not "{count}"\n'


# ---- terminal and signals

def spawn(arch: str) -> pexpect.spawn:
    command = run_command(build(ECHO, arch), arch, timeout=None)
    child = pexpect.spawn("sh", ["-c", 'read go; exec "$@"', "sh", *command], timeout=HANG_SECONDS, env=ENVIRONMENT)
    child.settings = termios.tcgetattr(child.child_fd)        # before it begins
    child.sendline()
    child.expect_exact("ready\r\n")
    return child


def finish(child: pexpect.spawn, guest: int) -> None:
    """The script has ended: so has QEMU, and the terminal is as it was."""
    child.expect(pexpect.EOF)
    child.wait()
    wait_until_gone(guest)


def test_keys_reach_the_guest_at_once_and_ctrl_a_x_leaves(arch):
    child = spawn(arch)
    guest = guest_of(child)
    child.send("a\x03\x1a")
    child.expect_exact("61\r\n03\r\n1a\r\n")
    assert termios.tcgetattr(child.child_fd) != child.settings
    child.send("\x01x")
    child.expect_exact("left by Ctrl-A x")
    assert_restored(child)
    finish(child, guest)
    assert child.exitstatus == 130


def assert_restored(child: pexpect.spawn) -> None:
    assert termios.tcgetattr(child.child_fd) == child.settings


def test_in_the_background_it_leaves_the_terminal_alone(arch):
    command = " ".join(run_command(build(ECHO, arch), arch))
    child = pexpect.spawn("sh", ["-mc", f"{command} & wait"], timeout=HANG_SECONDS, env=ENVIRONMENT)
    before = termios.tcgetattr(child.child_fd)
    child.expect_exact("ready\r\n")
    assert termios.tcgetattr(child.child_fd) == before
    child.expect(pexpect.EOF)


def test_a_run_that_ends_by_itself_restores_the_terminal(arch):
    child = spawn(arch)
    guest = guest_of(child)
    child.send("\x04")
    finish(child, guest)
    assert child.exitstatus == 0


@pytest.fixture
def running(arch):
    """scripts/run with a guest that waits for input."""
    run = subprocess.Popen(run_command(build(ECHO, arch), arch, timeout=None), stdin=subprocess.PIPE,
                           stdout=subprocess.PIPE, env=ENVIRONMENT)
    assert run.stdout.readline() == b"ready\n"
    yield run
    run.kill()
    run.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_a_signal_ends_the_script_and_the_guest(running, number):
    guest = guest_of(running)
    running.send_signal(number)
    assert running.wait(HANG_SECONDS) == -number
    wait_until_gone(guest)


def test_a_guest_that_dies_is_told(running):
    running.stderr = None
    os.kill(guest_of(running), signal.SIGKILL)
    assert running.wait(HANG_SECONDS) == 1


def test_it_starts_with_any_python_and_leaves_nothing_in_the_tree():
    assert (ROOT / "scripts/run").read_text().startswith("#!/usr/bin/env python3\n")
    assert not list((ROOT / "scripts").rglob("__pycache__"))
