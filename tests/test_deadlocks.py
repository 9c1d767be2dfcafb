"""A hang explains itself: who waits for what, held by whom, and the ring of those who wait for each other."""

from __future__ import annotations

import re

import pytest

from bobbin import Run, boot, build

APP = "tests/apps/deadlocks.cpp"
NOBODY = "bobbin: deadlock: no task can ever run again\n"
SOME = "bobbin: some tasks can never run again:\n"

TWO = "  deadlock: ann waits for mutex fork1 held by bob waits for mutex fork0 held by ann\n"
OF_TWO = "  ann waits for mutex fork1, held by bob\n  bob waits for mutex fork0, held by ann\n"
OTHER_TWO = "  deadlock: cid waits for mutex held by task#5 waits for mutex fork2 held by cid\n"

DEADLOCKS = {
    "two": TWO + "  main waits for ann to finish\n" + OF_TWO,
    "little-stack": TWO + "  main waits for ann to finish\n" + OF_TWO,
    "three": """\
  deadlock: cid waits for mutex fork0 held by ann waits for mutex fork1 held by bob waits for mutex fork2 held by cid
  main waits for ann to finish
  cid waits for mutex fork0, held by ann
  bob waits for mutex fork2, held by cid
  ann waits for mutex fork1, held by bob
""",
    "lock-and-join": """\
  deadlock: ann waits for the end of bob waits for recursive_mutex knife held by ann
  main waits for ann to finish
  ann waits for bob to finish
  bob waits for recursive_mutex knife, held by ann
""",
    "joined-by-two": """\
  deadlock: ann waits for the end of bob waits for mutex fork0 held by ann
  main waits for bob to finish
  ann waits for bob to finish
  bob waits for mutex fork0, held by ann
""",
    "two-at-once": """\
  deadlock: ann waits for shared_mutex book held by bob waits for mutex fork0 held by ann
  deadlock: cid waits for mutex fork2 held by task#5 waits for mutex fork1 held by cid
  main waits for ann to finish
  ann waits for shared_mutex book, held by bob
  bob waits for mutex fork0, held by ann
  cid waits for mutex fork2, held by task#5
  task#5 waits for mutex fork1, held by cid
""",
    "queue-before-a-ring": """\
  deadlock: bob waits for mutex fork1 held by cid waits for mutex fork0 held by bob
  main waits for ann to finish
  ann waits for mutex fork0, held by bob
  bob waits for mutex fork1, held by cid
  cid waits for mutex fork0, held by bob
""",
    "no-ring": """\
  main waits for mutex, held by task#5
  ann waits for counting_semaphore full
  bob waits for binary_semaphore
  cid waits for the first of channel letters, channel words, event rung
  task#5 waits for channel letters
""",
    "other-things": """\
  main waits for something
  ann waits for condition_variable changed
  bob waits for latch gate
  hand waits for channel words
  cid waits for task_group crew
""",
    "reader": "  main waits for ann to finish\n  ann waits for shared_mutex book\n",
}


SINCE = re.compile(r"^(  \S+ waits for .*), for (\d+)(us|ms|s)$", re.MULTILINE)


def run(situation: str, arch: str) -> Run:
    """Each line of one that waits in a queue or joins says for how long, which is taken out here."""
    ended = boot(build(APP, arch), arch, "--args", situation)
    waits = re.findall(r"^  \S+ waits for (?!something$).*$", ended.text, re.MULTILINE)
    assert len(SINCE.findall(ended.text)) == len(waits), ended.text
    return Run(SINCE.sub(r"\1", ended.text).encode(), ended.errors, ended.status)


def test_each_says_for_how_long_it_has_waited(arch):
    """ann for 30 ms longer than bob, and cid, who joins bob; those for 20 ms longer than dot."""
    text = boot(build(APP, arch), arch, "--args", "since").text
    waited = {line.split()[0]: int(number) * {"us": 1, "ms": 1000, "s": 10**6}[unit] for line, number, unit in SINCE.findall(text)}
    assert waited["ann"] >= 50_000 and waited["bob"] >= 20_000 and waited["cid"] >= 20_000, text
    assert waited["ann"] - waited["bob"] >= 29_000 and waited["bob"] - waited["task#5"] >= 19_000, text


@pytest.mark.parametrize("situation", DEADLOCKS)
def test_a_deadlock_is_explained(situation, arch):
    ended = run(situation, arch)
    said, _, table = ended.text.partition("  id  name ")
    assert said == NOBODY + DEADLOCKS[situation]
    assert table.endswith("\nbobbin: deadlock\n") and (ended.verdict, ended.status) == ("deadlock", 103)


# ---- while others still run

def reports(situation: str, arch: str, status: int) -> str:
    """What is said up to the end of main, which does not wait for everybody."""
    ended = run(situation, arch)
    assert ended.status == status, ended.text + ended.errors
    return ended.text.partition("bobbin: main returned before")[0]


def test_a_deadlock_of_some_is_told_to_who_asks(arch):
    assert reports("beside-others", arch, 3) == "others went on\n" + TWO + OF_TWO


def test_a_deadlock_of_some_is_told_eagerly_if_asked_for(arch):
    assert reports("deadlock=eager beside-others", arch, 3) == SOME + TWO + "others went on\n" + TWO + OF_TWO


def test_each_is_told_eagerly_once(arch):
    assert reports("deadlock=eager one-after-the-other", arch, 3) == SOME + TWO + SOME + OTHER_TWO
    assert reports("one-after-the-other", arch, 3) == ""


def test_a_deadlock_of_all_is_the_end_all_the_same(arch):
    ended = run("deadlock=eager two", arch)
    assert ended.text.startswith(NOBODY + TWO) and (ended.verdict, ended.status) == ("deadlock", 103)


@pytest.mark.parametrize("eager", ["", "deadlock=eager "])
def test_a_wait_that_a_deadline_ends_is_no_deadlock(eager, arch):
    assert reports(f"{eager}timed", arch, 0) == OF_TWO + "all went on\n"


@pytest.mark.parametrize("eager", ["", "deadlock=eager "])
def test_waits_for_input_and_time_are_none(eager, arch):
    assert reports(f"{eager}no-deadlock", arch, 3) == "  ann waits for input\n  bob waits for time\n  cid waits for bob to finish\n"
