"""How a run ended, judged from the end line and the exit status of QEMU, or of the process, together, never from one of them alone."""

from __future__ import annotations

import signal
from dataclasses import dataclass

from .hosted import Process
from .machine import Machine
from .transcript import Transcript

# The guest's own statuses are 0 to 255; these are used when it does not end by itself.
UNCLEAR, PANIC, FAULT, DEADLOCK, BOOT_LOOP, TRIPLE_FAULT, NO_OUTPUT, HANG, LEFT = 1, 101, 102, 103, 104, 105, 106, 124, 130


@dataclass
class Verdict:
    text: str
    status: int


@dataclass
class End:
    """What is known of a run besides its transcript."""

    status: int                      # of QEMU or the process; negative: the signal that killed it
    shutdown: str = ""               # the reason in QMP's SHUTDOWN event
    timed_out: bool = False
    left: bool = False               # the person typed Ctrl-A x
    seconds: float = 0


def judge(transcript: Transcript, end: End, machine: Machine | Process) -> Verdict:
    if end.left:
        return Verdict("left by Ctrl-A x", LEFT)
    if transcript.restarts:
        return Verdict("boot loop (the kernel started again)", BOOT_LOOP)
    if end.shutdown == "guest-reset":
        if machine.arch == "x86_64":
            return Verdict("triple fault", TRIPLE_FAULT)
        return Verdict("boot loop (the machine was reset)", BOOT_LOOP)
    if not transcript.open:
        return Verdict(f"no output ({describe(end, machine)})", NO_OUTPUT)
    if end.timed_out:
        return Verdict(f"hang ({describe(end, machine)})", HANG)
    if transcript.exit is not None:
        return judge_exit(transcript, end, machine)
    for said, text, status in ((transcript.panic, "panic", PANIC), (transcript.deadlock, "deadlock", DEADLOCK)):
        if said and end.status == machine.host_status(status):
            return Verdict(text + after_fault(transcript), status)
    return Verdict(f"failed (no end line; {describe(end, machine)})", UNCLEAR)


def judge_exit(transcript: Transcript, end: End, machine: Machine | Process) -> Verdict:
    status = transcript.exit
    if end.status != machine.host_status(status):
        return Verdict(f"failed (the end line says {status}, but {describe(end, machine)})", status or UNCLEAR)
    if status == FAULT and transcript.faulted:
        return Verdict(f"fault of task {transcript.faulted}", FAULT)
    return Verdict("passed" if status == 0 else f"failed ({status})" + after_fault(transcript), status)


def after_fault(transcript: Transcript) -> str:
    return f", after a fault of task {transcript.faulted}" if transcript.faulted else ""


def describe(end: End, machine: Machine | Process) -> str:
    if end.timed_out:
        return f"stopped after {end.seconds:.1f} s"
    if end.status < 0:
        return f"{machine.name} died of {signal.Signals(-end.status).name}"
    return f"{machine.name} ended with status {end.status}"
