"""Mistakes that the compiler or the linker must find, and say so in words that help.

Each file in tests/compile makes its mistake where MISTAKE is defined and is a good program, which ends with 0, where it
is not. Its first line says what the error must contain: a regular expression.
"""

from __future__ import annotations

import re

import pytest

from bobbin import MACHINES, ROOT, BuildFailed, Flavour, boot, build, has_llvm
from known import RUNNER, answer, machines

SNIPPETS = sorted((ROOT / "tests/compile").glob("*.cpp"))
FLAVOURS = [Flavour(machine, llvm) for machine, llvm in zip(MACHINES, (False, True))]      # what a compiler refuses, it does for both


def what_is_said(snippet, flavour) -> str:
    """What make says of the snippet with its mistake; "" if it finds nothing wrong."""
    def find_out() -> str:
        try:
            build(snippet.relative_to(ROOT), flavour, "APPFLAGS=-DMISTAKE")
        except BuildFailed as failure:
            return "\n".join(line for line in str(failure).splitlines() if "APPFLAGS" not in line)
        return ""

    return answer(find_out, f"mistake {snippet.name} {flavour}", [snippet])


@pytest.mark.parametrize("flavour", FLAVOURS, ids=str)
@pytest.mark.parametrize("snippet", SNIPPETS, ids=lambda path: path.stem)
def test_the_mistake_is_found(snippet, flavour):
    if flavour.llvm and not has_llvm():
        pytest.skip("clang and lld are not installed: make setup LLVM=1")
    expected = snippet.read_text().splitlines()[0].removeprefix("// says: ")
    said = what_is_said(snippet, flavour)
    assert said, "nothing was found wrong"
    assert re.search(expected, said), said


@pytest.mark.parametrize("snippet", SNIPPETS, ids=lambda path: path.stem)
def test_without_the_mistake_it_is_a_good_program(snippet, machine):
    def find_out() -> str:
        run = boot(build(snippet.relative_to(ROOT), machine), machine)
        return f"{run.status}\n{run.text}{run.errors}"

    said = answer(find_out, f"good {snippet.name} {machine} {machines()}", [snippet, *RUNNER])
    assert said.splitlines()[0] == "0", said
