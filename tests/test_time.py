"""Time as it looks from outside: an idle guest leaves its host alone, nothing ticks, the watchdog barks at hogs."""

from __future__ import annotations

import os
import re
import subprocess
import time
from contextlib import contextmanager

import pytest

from bobbin import COUNT_TIME, ENVIRONMENT, Run, boot, build, run_command
from test_run import guest_of

HOG = "tests/apps/hog.cpp"
IDLE = "tests/apps/idle.cpp"
AN_HOUR = "3600000"
IDLE_SHARE = 0.03


# ---- idling

@contextmanager
def running_until(said: bytes, *command: str):
    """A guest that has said this, and has input that does not end."""
    run = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=ENVIRONMENT)
    try:
        output = b""
        while not output.endswith(said):
            output += run.stdout.read1(1)
            assert run.poll() is None
        yield run
    finally:
        run.kill()
        run.communicate()


def processor_seconds(pid: int) -> float:
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def share_of_a_processor(pid: int) -> float:
    """That the process uses in the next two seconds."""
    begin, used = time.monotonic(), processor_seconds(pid)
    while (passed := time.monotonic() - begin) < 2:
        time.sleep(2 - passed)
    return (processor_seconds(pid) - used) / passed


@pytest.mark.parametrize("app, arguments, said", [("tour", "", b"> "), (IDLE, f"1 {AN_HOUR}", b"asleep\n")],
                         ids=["at a prompt", "asleep"])
def test_an_idle_guest_uses_no_processor_time(app, arguments, said, arch):
    """The one test that looks at the time: of a busy host, an idle guest uses even less."""
    with running_until(said, *run_command(build(app, arch), arch, "--args", arguments)) as run:
        assert share_of_a_processor(guest_of(run)) < IDLE_SHARE


TIMER_INTERRUPT = {"riscv64": r"async:1, .*desc=s_timer", "x86_64": r"Servicing hardware INT=0x38"}
MOST_OF_ONE_SLEEP = {"riscv64": 1, "x86_64": 3}      # 10 s; x86_64's timer counts to 4.3 s


def timer_interrupts(log, machine: str) -> int:
    return len(re.findall(TIMER_INTERRUPT[machine], log.read_text()))


def test_nothing_ticks(machine, tmp_path):
    """Three sleeps take their interrupts, and no other comes."""
    log = tmp_path / "log"
    run = boot(build(IDLE, machine), machine, "--args", "3 10000", *COUNT_TIME, "-d", "int", "-D", str(log))
    assert run.status == 0
    assert 3 <= timer_interrupts(log, machine) <= 3 * MOST_OF_ONE_SLEEP[machine] + 1


# ---- the watchdog

def watched(pastime: str, machine: str, *options: str) -> Run:
    run = boot(build(HOG, machine), machine, "--args", " ".join([*options, pastime]), *COUNT_TIME)
    assert run.status == 0 and run.text.endswith("it went on\n"), run.text + run.errors
    return run


def barks(run: Run) -> list[str]:
    return re.findall(r"^bobbin: watchdog: task (.*) does not yield$", run.text, re.MULTILINE)


@pytest.mark.parametrize("pastime, names", [("hog", ["hog"]), ("hog-twice", ["hog"] * 2), ("hog-alone", ["main"]),
                                            ("yield", []), ("yield-alone", []), ("sleep", [])])
def test_the_watchdog_reports_each_hog_once_and_lets_it_go_on(pastime, names, machine):
    run = watched(pastime, machine, "watchdog=1")
    assert barks(run) == names
    assert len(re.findall(r"^  at .*hold_the_hart", run.text, re.MULTILINE)) == len(names)


def test_the_watchdog_is_as_patient_as_it_was_told(machine):
    assert barks(watched("hog", machine, "watchdog=10")) == []


def test_there_is_no_watchdog_unless_asked_for(machine):
    assert watched("hog", machine).text == "it went on\n"


@pytest.mark.parametrize("patience", ["soon", "0", "-1", "3x", "99999999999999999999"])
def test_a_watchdog_wants_a_number(patience, machine):
    said = f"bobbin: watchdog={patience} is no number of milliseconds: ignored\n"
    assert watched("hog", machine, f"watchdog={patience}").text == said + "it went on\n"
