"""`make mutants` itself: its faults fit the tree, a fault is noticed, and nothing is noticed where there is none."""

from __future__ import annotations

import sys
from collections import Counter

import pytest

from bobbin import BUILD, ROOT, build

sys.path.insert(0, str(ROOT / "tests/mutants"))

from mutant import DoesNotFit, Mutant, left_out
from mutants import all_mutants
from workshop import Outcome, Workshop, difference, source_of

SWITCH = "arch/{}/context.S"
SAVE = "        each_saved save"
REGISTER = {"riscv64": "s3", "x86_64": "r13"}


def test_every_mutant_fits_the_tree():
    for mutant in all_mutants():
        assert mutant.mutated(ROOT) != (ROOT / mutant.file).read_text()
        assert all((ROOT / source_of(suite)).exists() for suite in mutant.suites), mutant


def test_each_has_a_name_of_its_own_and_each_architecture_has_many(machine):
    names = Counter(mutant.name for mutant in all_mutants() if mutant.arch == machine)
    assert len(names) >= 20
    assert set(names.values()) == {1}


@pytest.mark.parametrize("text", ["no such text", "each_saved"])
def test_an_edit_that_fits_nowhere_or_twice_is_refused(text):
    with pytest.raises(DoesNotFit):
        Mutant("misfit", SWITCH.format("riscv64"), text, "").mutated(ROOT)


def test_what_counts_as_noticed():
    expected = Outcome("passed", ["one", "two"], [], 1)
    assert difference(expected, expected) == ""
    assert difference(Outcome("failed (1)", ["one"], ["two"], 1), expected) == "two"
    assert difference(Outcome("hang", ["one"], [], 1), expected) == "two (hang)"
    assert difference(Outcome("panic", ["one", "two"], [], 1), expected) == "after the last case (panic)"
    assert difference(Outcome("passed", ["one"], [], 1), expected) == "two (passed)"
    assert difference(Outcome("passed", ["one", "two", "two"], [], 1), expected) == "more, or in another order"
    panic = Outcome("panic", ["a line"], [], 1)
    assert difference(panic, panic) == ""
    assert difference(Outcome("passed", ["a line"], [], 1), panic) == "after the last case (passed)"


def test_a_fault_is_killed_and_a_change_without_effect_survives(machine):
    source = SWITCH.format(machine)
    before = (ROOT / source).read_text()
    workshop = Workshop(machine, BUILD / "mutants/pytest", [])
    built = build(source_of("switch"), machine).relative_to(BUILD)
    workshop.prepare(["switch"], BUILD / built.parts[0])
    unsaved = Mutant("not saved", source, **left_out("each_saved", "save", REGISTER[machine]), suites=("switch",))
    assert workshop.killer(unsaved).startswith("switch: ")
    assert workshop.killer(Mutant("one more nop", source, SAVE, f"        nop\n{SAVE}", suites=("switch",))) == ""
    assert (ROOT / source).read_text() == before
