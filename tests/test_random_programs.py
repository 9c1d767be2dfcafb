"""Random programs over everything that tasks can wait for: the kernel does with them what the reference does (tests/model)."""

from __future__ import annotations

import functools
import re
import subprocess
import sys

import pytest

from bobbin import COUNT_TIME, ENVIRONMENT, HANG_SECONDS, ROOT, Flavour, Run, boot, build, run, run_command, silence
from suites import PRIORITISED, SANITIZED, USUAL

sys.path.insert(0, str(ROOT / "tests/model"))

import random_programs
from programs import DRAWN_FORMS
from reference import AT_ONCE

APP = "tests/apps/random_programs"
SEEDS = range(1, 201)
CONTEXT = 12                          # lines before the first difference

DONE = re.compile(r"\d+\.\d+ (?P<what>\w+) \d+ (?P<how>\w+) \d+ \d+: (?P<result>-?\d+)")
WAITS = ["lock", "acquire", "wait_condition", "wait_latch", "wait_barrier", "wait_event", "send", "receive", "select",
         "join_group"]
HEEDLESS = ["lock", "join_group"]     # go on waiting when their task is asked to stop


def pytest_generate_tests(metafunc):
    if "flavour" in metafunc.fixturenames:
        every = metafunc.config.getoption("every_flavour")
        metafunc.parametrize("flavour", [*USUAL, *(SANITIZED if every else []), *(PRIORITISED if every else [])], ids=str)


def run_seeds(arguments: str, flavour: Flavour, timeout: float = HANG_SECONDS) -> Run:
    """Where deadlines come, time is counted in instructions."""
    if "timed" not in arguments:
        return boot(build(APP, flavour), flavour.arch, "--args", arguments, timeout=timeout)
    with silence() as stdin:
        return run(run_command(build(APP, flavour), flavour.arch, "--args", arguments, *COUNT_TIME, timeout=timeout), stdin=stdin)


def events(text: str) -> list[str]:
    """What a run said, without the kernel's reports of tasks that ended while they held something."""
    return [line for line in text.splitlines() if not line.startswith(("bobbin: task ", "  to fix it: "))]


def replay(arguments: str, flavour: Flavour) -> str:
    """What a person types."""
    usual = Flavour(flavour.arch).settings()
    settings = [f"APP={APP}", f"ARCH={flavour.arch}", *(setting for setting in flavour.settings() if setting not in usual)]
    if "timed" not in arguments:
        return " ".join(["make run", *settings, f'ARGS="{arguments}"'])
    image = " ".join(["$(make image", *settings, "| tail -1)"])
    return " ".join(["scripts/run --arch", flavour.arch, "--image", image, f'--args "{arguments}"', *COUNT_TIME])


def first_difference(expected: list[str], said: list[str]) -> str:
    place = next((i for i, (a, b) in enumerate(zip(expected, said)) if a != b), min(len(expected), len(said)))
    before = [f"  {line}" for line in expected[max(0, place - CONTEXT):place]]
    return "\n".join([*before, f"- {(expected + ['(the end)'])[place]}", *(f"+ {line}" for line in said[place:place + CONTEXT])])


def explanation(seed: int, timed: bool, flavour: Flavour) -> str:
    arguments = f"{seed}{' timed' * timed}"
    again = run_seeds(f"{arguments} log", flavour, HANG_SECONDS / 4)
    return f"""seed {seed}: {again.verdict}. Expected (-), and what came instead (+):
{first_difference(random_programs.run(seed, timed, aloud=True).lines, events(again.text))}
{again.errors}
replay:    {replay(f"{arguments} log", flavour)}
expected:  tests/model/random_programs.py {arguments}"""


@functools.lru_cache(maxsize=None)
def expected_digests(timed: bool) -> list[str]:
    return [random_programs.run(seed, timed).lines[-1] for seed in SEEDS]


def compare(timed: bool, flavour: Flavour) -> None:
    ended = run_seeds(f"{SEEDS[0]}-{SEEDS[-1]}{' timed' * timed}", flavour)
    said = events(ended.text)
    for seed, line in zip(SEEDS, expected_digests(timed)):
        if line not in said:
            pytest.fail(explanation(seed, timed, flavour), pytrace=False)
    assert said == expected_digests(timed)
    assert ended.verdict == "passed" and ended.status == 0


def test_the_kernel_does_what_the_reference_does(flavour):
    compare(False, flavour)


def test_it_does_so_where_deadlines_come(machine):
    compare(True, Flavour(machine))


def replayed(arguments: str, arch: str) -> list[str]:
    typed = re.sub(r"\bmake (\w+)", rf"make -s \1 BUILD={build(APP, arch).parents[4]}", replay(arguments, Flavour(arch)))
    done = subprocess.run(typed, shell=True, cwd=ROOT, env=ENVIRONMENT, stdin=subprocess.DEVNULL, text=True, capture_output=True)
    return events(done.stdout) or [done.stderr]


def test_the_command_that_replays_a_seed_says_all_that_happens(arch):
    assert replayed("3 log", arch) == random_programs.run(3, aloud=True).lines


def test_so_does_the_one_where_deadlines_come(machine):
    assert replayed("3 timed log", machine) == random_programs.run(3, timed=True, aloud=True).lines


@pytest.mark.parametrize("timed", [False, True], ids=["", "timed"])
def test_whatever_can_happen_in_a_wait_happens(timed):
    found = set()
    for seed in SEEDS:
        for done in map(DONE.match, random_programs.run(seed, timed, aloud=True).lines):
            if done and (result := int(done["result"])) >= 0:
                found.add((done["what"], done["how"], bool(result & 1), bool(result & 2)))
    drawn = set(DRAWN_FORMS[timed])
    for what in WAITS:
        for how in drawn:
            assert (what, how, True, False) in found, f"{what} {how} never ends well"
            if how in AT_ONCE or how == "until_soon":
                assert (what, how, False, False) in found, f"{what} {how} never comes too late"
            elif how != "plain" or what not in HEEDLESS:
                assert (what, how, False, True) in found, f"{what} {how} is never broken off"


def test_a_difference_is_shown_with_what_came_before():
    lines = [str(number) for number in range(30)]
    shown = first_difference(lines, [*lines[:20], "x", "y"]).splitlines()
    assert shown == [*(f"  {number}" for number in range(20 - CONTEXT, 20)), "- 20", "+ x", "+ y"]
    assert first_difference(["a", "b"], ["a"]).splitlines() == ["  a", "- b"]
    assert first_difference(["a"], ["a", "b"]).splitlines() == ["  a", "- (the end)", "+ b"]
