"""Random programs over everything that tasks can wait for: the kernel does with them what the reference does (tests/model)."""

from __future__ import annotations

import functools
import re
import subprocess
import sys

import pytest

from bobbin import ENVIRONMENT, HANG_SECONDS, ROOT, Flavour, boot, build
from suites import SANITIZED, USUAL

sys.path.insert(0, str(ROOT / "tests/model"))

import random_programs
from programs import FORMS
from reference import AT_ONCE

APP = "tests/apps/random_programs"
SEEDS = range(1, 201)
CONTEXT = 12                          # lines before the first difference

DONE = re.compile(r"\d+\.\d+ (?P<what>\w+) \d+ (?P<how>\w+) \d+ \d+: (?P<result>-?\d+)")
WAITS = ["lock", "acquire", "wait_condition", "wait_latch", "wait_barrier", "wait_event", "send", "receive", "select"]


def replay(seed: int, flavour: Flavour) -> str:
    """What a person types."""
    more = [setting for setting in flavour.settings()[1:-1] if setting not in ("MODE=O2", "LLVM=", "UNDER=")]
    return " ".join(["make run", f"APP={APP}", f"ARCH={flavour.arch}", *more, f'ARGS="{seed} log"'])


def events(text: str) -> list[str]:
    """What a run said, without the kernel's reports of tasks that ended while they held something."""
    return [line for line in text.splitlines() if not line.startswith(("bobbin: task ", "  to fix it: "))]


def first_difference(expected: list[str], said: list[str]) -> str:
    place = next((i for i, (a, b) in enumerate(zip(expected, said)) if a != b), min(len(expected), len(said)))
    before = [f"  {line}" for line in expected[max(0, place - CONTEXT):place]]
    return "\n".join([*before, f"- {(expected + ['(the end)'])[place]}", *(f"+ {line}" for line in said[place:place + CONTEXT])])


def explanation(seed: int, flavour: Flavour) -> str:
    run = boot(build(APP, flavour), flavour.arch, "--args", f"{seed} log", timeout=HANG_SECONDS / 4)
    return f"""seed {seed}: {run.verdict}. Expected (-), and what came instead (+):
{first_difference(random_programs.run(seed, aloud=True).lines, events(run.text))}
{run.errors}
replay:    {replay(seed, flavour)}
expected:  tests/model/random_programs.py {seed}"""


@functools.lru_cache(maxsize=None)
def expected_digests() -> list[str]:
    return [random_programs.run(seed).lines[-1] for seed in SEEDS]


@pytest.mark.parametrize("flavour", [*USUAL, *SANITIZED], ids=str)
def test_the_kernel_does_what_the_reference_does(flavour):
    run = boot(build(APP, flavour), flavour.arch, "--args", f"{SEEDS[0]}-{SEEDS[-1]}")
    said = events(run.text)
    for seed, line in zip(SEEDS, expected_digests()):
        if line not in said:
            pytest.fail(explanation(seed, flavour), pytrace=False)
    assert said == expected_digests()
    assert run.verdict == "passed" and run.status == 0


def test_the_command_that_replays_a_seed_says_all_that_happens(arch):
    typed = replay(3, Flavour(arch)).replace("make run", f"make -s run BUILD={build(APP, arch).parents[4]}")
    said = subprocess.run(typed, shell=True, cwd=ROOT, env=ENVIRONMENT, stdin=subprocess.DEVNULL, text=True, capture_output=True)
    assert events(said.stdout) == random_programs.run(3, aloud=True).lines, said.stderr


def test_whatever_can_happen_in_a_wait_happens():
    found = set()
    for seed in SEEDS:
        for done in map(DONE.match, random_programs.run(seed, aloud=True).lines):
            if done and (result := int(done["result"])) >= 0:
                found.add((done["what"], done["how"], bool(result & 1), bool(result & 2)))
    for what in WAITS:
        for how in FORMS:
            assert (what, how, True, False) in found, f"{what} {how} never ends well"
            if how in AT_ONCE:
                assert (what, how, False, False) in found, f"{what} {how} never finds that it would wait"
            elif (what, how) != ("lock", "plain"):
                assert (what, how, False, True) in found, f"{what} {how} is never broken off"


def test_a_difference_is_shown_with_what_came_before():
    lines = [str(number) for number in range(30)]
    shown = first_difference(lines, [*lines[:20], "x", "y"]).splitlines()
    assert shown == [*(f"  {number}" for number in range(20 - CONTEXT, 20)), "- 20", "+ x", "+ y"]
    assert first_difference(["a", "b"], ["a"]).splitlines() == ["  a", "- b"]
    assert first_difference(["a"], ["a", "b"]).splitlines() == ["  a", "- (the end)", "+ b"]
