"""How transcripts are split and runs are judged, without booting anything."""

from __future__ import annotations

import itertools

import pytest

import bobbin  # noqa: F401  makes scripts/ importable
from runner.hosted import Process
from runner.machine import Machine, ram_needed
from runner.transcript import Transcript
from runner.verdict import End, judge

START = b"bobbin: start riscv64 hart 0 of 1, 128 MiB\n"
MACHINES = {**{arch: Machine(arch=arch, image="") for arch in bobbin.MACHINES}, "hosted": Process("")}


def read(data: bytes, piece: int = 0) -> tuple[bytes, Transcript]:
    """What is shown of `data` when it arrives in pieces of this size (0: at once), and what was understood."""
    transcript = Transcript()
    pieces = [data[i:i + piece] for i in range(0, len(data), piece)] if piece else [data]
    shown = b"".join(map(transcript.feed, pieces))
    return shown + transcript.idle(), transcript


@pytest.mark.parametrize("said, shown", [
    (b"hello\n", b"hello\n"),
    (b"hello\nbobbin: exit 0\n", b"hello\n"),
    (b"no newlinebobbin: exit 12\n", b"no newline"),
    (b"bobbin: exit 0\nmore\n", b"bobbin: exit 0\nmore\n"),
    (b"bobbin: exit 0\nbobbin: exit 3\n", b"bobbin: exit 0\n"),
    (b"bobbin: exit 0\r\n", b""),
    (b"bobbin: exit 12345\n", b"bobbin: exit 12345\n"),
    (b"bobbin: exit", b"bobbin: exit"),
    (b"b", b"b"),
    (b"bobbin: panic: oh\n", b"bobbin: panic: oh\n"),
    (bytes(range(256)) * 40, bytes(range(256)) * 40),
    (b"x" * 100_000 + b"\n", b"x" * 100_000 + b"\n"),
], ids=["a line", "then the end", "no newline", "not the last line", "two ends", "CR LF", "too many digits", "no number",
        "one letter", "a panic", "all bytes", "a long line"])
def test_output_is_unchanged_but_for_the_end_line(said, shown):
    for piece in 0, 1, 2, 7, 64:
        assert read(b"OpenSBI v1.1\n\n" + START + said, piece)[0] == shown


@pytest.mark.parametrize("piece", [0, 1])
def test_firmware_is_hidden_and_kept(piece):
    shown, transcript = read(b"OpenSBI\nPlatform\n", piece)
    assert shown == b"" and transcript.firmware == b"OpenSBI\nPlatform\n" and not transcript.open


def test_a_panic_before_the_start_line_is_shown():
    shown, transcript = read(b"OpenSBI\nbobbin: panic: early\n")
    assert shown == b"bobbin: panic: early\n" and transcript.panic and transcript.open


def test_an_unfinished_exit_line_that_was_shown_still_counts_when_it_is_finished():
    transcript = Transcript()
    transcript.feed(START + b"bobbin: ex")
    assert transcript.idle() == b"bobbin: ex"
    transcript.feed(b"it 4\n")
    assert transcript.exit == 4


def verdict(said: bytes, arch: str, **end):
    """`guest`: the status that the guest powered off with; else that of QEMU, or the process, in `status`."""
    machine = MACHINES[arch]
    if "guest" in end:
        end["status"] = machine.host_status(end.pop("guest"))
    result = judge(read(said)[1], End(**{"status": 0, **end}), machine)
    return result.text, result.status


@pytest.mark.parametrize("said, end, text, status", [
    (b"bobbin: exit 0\n", dict(guest=0), "passed", 0),
    (b"bobbin: exit 3\n", dict(guest=3), "failed (3)", 3),
    (b"bobbin: exit 255\n", dict(guest=255), "failed (255)", 255),
    (b"bobbin: panic: x\n", dict(guest=101), "panic", 101),
    (b"bobbin: deadlock\n", dict(guest=103), "deadlock", 103),
    (b"bobbin: fault of task b: x\nbobbin: exit 102\n", dict(guest=102), "fault of task b", 102),
    (b"bobbin: fault of task b: x\nbobbin: exit 0\n", dict(guest=0), "passed", 0),
    (b"bobbin: fault of task b: x\nbobbin: exit 4\n", dict(guest=4), "failed (4), after a fault of task b", 4),
    (b"bobbin: exit 0\n", dict(guest=1), "failed (the end line says 0, but", 1),
    (b"bobbin: exit 5\n", dict(guest=0), "failed (the end line says 5, but", 5),
    (b"bobbin: panic: x\n", dict(guest=0), "failed (no end line", 1),
    (b"hello\n", dict(guest=0), "failed (no end line", 1),
    (b"hello\n", dict(status=-9), "failed (no end line; {} died of SIGKILL", 1),
    (b"hello\n", dict(timed_out=True, seconds=2), "hang (stopped after 2.0 s)", 124),
    (b"hello\n" + START, dict(status=-9), "boot loop", 104),
    (b"hello\n", dict(left=True), "left by Ctrl-A x", 130),
], ids=lambda value: value if isinstance(value, str) else "")
def test_verdict(said, end, text, status, arch):
    said_text, said_status = verdict(b"OpenSBI\n" + START + said, arch, **end)
    assert said_text.startswith(text.format(MACHINES[arch].name)) and said_status == status


def test_qemu_ending_with_0_is_never_success_by_itself():
    for arch, said in itertools.product(bobbin.ARCHITECTURES, [b"", START, START + b"passed\n"]):
        assert verdict(said, arch, status=0)[1] != 0
    assert verdict(START + b"bobbin: exit 0\n", "x86_64", status=0)[1] != 0


@pytest.mark.parametrize("arch, text, status", [("riscv64", "boot loop (the machine was reset)", 104),
                                                ("x86_64", "triple fault", 105)])
def test_a_reset_by_the_guest(arch, text, status):
    for said in (b"", START + b"hello\n"):
        assert verdict(said, arch, shutdown="guest-reset") == (text, status)


def test_no_output(arch):
    assert verdict(b"OpenSBI\n", arch, timed_out=True, seconds=1) == ("no output (stopped after 1.0 s)", 106)


def test_ram_follows_the_image():
    assert ram_needed("riscv64", 0x8020_0000) == 128 << 20
    assert ram_needed("riscv64", 0x8000_0000 + (600 << 20)) == 640 << 20
    assert ram_needed("x86_64", 600 << 20) == 640 << 20
