"""The machines that Bobbin boots on: sizes of RAM, boards, numbers of harts."""

from __future__ import annotations

import re

import pytest

from bobbin import boot, build


@pytest.mark.parametrize("memory", ["64M", "128M", "1G", "3G", "4G"])
def test_ram_from_64_mib_to_4_gib(memory, machine):
    run = boot(build("tests/apps/ends.cpp", machine), machine, "--memory", memory, "--args", "zero", "--verbose")
    assert run.verdict == "passed", run.errors


@pytest.mark.parametrize("board", ["pc", "q35"])
def test_boards_of_x86_64(board):
    run = boot(build("tests/apps/ends.cpp", "x86_64"), "x86_64", "--machine", board, "--args", "seven")
    assert run.status == 7, run.errors


@pytest.mark.parametrize("harts", ["2", "8"])
def test_one_of_several_harts_boots(harts, machine):
    run = boot(build("tests/apps/ends.cpp", machine), machine, "--smp", harts, "--args", "zero", "--verbose")
    assert run.verdict == "passed", run.errors


def test_arguments_arrive_as_argv(arch):
    run = boot(build("tests/apps/words.cpp", arch), arch, "--args", "one  two,three a=b --x")
    assert run.text.splitlines() == ["words", "one", "two,three", "a=b", "--x"]


def test_the_start_line_tells_the_machine(machine):
    run = boot(build("tests/apps/ends.cpp", machine), machine, "--memory", "256M", "--args", "zero", "--verbose")
    mebibytes = re.search(rf"^bobbin: start {machine} .* (\d+) MiB$", run.errors, re.MULTILINE)
    assert 250 <= int(mebibytes[1]) <= 256
