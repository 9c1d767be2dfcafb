"""The lines of the sources that scripts/run adds to the kernel's reports, and that it adds nothing to anything else."""

from __future__ import annotations

import re

import pytest

from bobbin import ROOT, boot, build, has_llvm
from runner.elf import Elf
from runner.sources import TOOLS, Addr2line, SourceLines
from suites import MANY

REPORTS = "tests/apps/fault_reports.cpp"
FAULT = b"bobbin: fault of task culprit: read from 0x0, page 0: null pointer\n"

PROGRAM = """#include "bobbin.hpp"
#include "inner.hpp"
#include <atomic>
static volatile int* volatile nothing = nullptr;
static std::atomic<int>* volatile no_atomic = nullptr;
[[gnu::always_inline]] inline int read(volatile int* from) { return *from; }  // reads
[[gnu::noinline]] void outer() { inner(read(nothing)); }                      // calls read
[[gnu::noinline]] void load() { inner(no_atomic->load()); }                    // loads
int main(int, char** argv) {
  argv[1][0] == 'r' ? outer() : argv[1][0] == 'l' ? load() : inner(0);
}
"""
INNER = """inline int* volatile sum = nullptr;
[[gnu::noinline]] inline void inner(int value) {
  *sum += value;                                                     // adds
}
"""


def line_of(text: str, marker: str) -> int:
    number, = [number for number, line in enumerate(text.splitlines(), 1) if marker in line]
    return number


def image_of(arch: str):
    return build(REPORTS, arch)


def some_code(image: Elf) -> int:
    return image.symbols()["main"]


# ---- what is added

@pytest.mark.parametrize("flavour", [each for each in MANY if each.mode != "Os"], ids=str)
def test_each_call_has_its_line(flavour):
    if flavour.llvm and not has_llvm():
        pytest.skip("clang and lld are not installed: make setup LLVM=1")
    run = boot(build(REPORTS, flavour), flavour.arch, "--args", "deep")
    source = (ROOT / REPORTS).read_text()
    for function, text in ("innermost_call", "sum = *nothing; }"), ("middle_call", "  innermost_call();\n  sum"), \
                          ("outermost_call", "  middle_call();"):
        number = source[:source.index(text)].count("\n") + 1
        assert re.search(rf"^  at 0x\w+ \S*{function}\S* {REPORTS}:{number}$", run.text, re.MULTILINE), run.text
    number = line_of(source, "sum = *nothing; }")
    isa = "riscv64" if flavour.arch == "riscv64" else "x86_64"
    assert re.search(rf"^  pc   0x\w+ {REPORTS}:{number}$", run.text, re.MULTILINE), run.text
    assert re.search(rf"^  at 0x\w+ enter_first_frame\+\w+ arch/{isa}/context\.S:\d+$", run.text, re.MULTILINE)


@pytest.fixture
def outside(tmp_path):
    """A program elsewhere: its sources go by their names in its own folder."""
    (tmp_path / "program").mkdir()
    (tmp_path / "program/main.cpp").write_text(PROGRAM)
    (tmp_path / "program/inner.hpp").write_text(INNER)
    return tmp_path / "program"


def test_sources_outside_the_tree_go_by_their_names_in_their_folder(outside, arch):
    run = boot(build(outside, arch), arch, "--args", "x")
    assert re.search(rf"^  at 0x\w+ inner.* inner\.hpp:{line_of(INNER, 'adds')}$", run.text, re.MULTILINE), run.text


def test_an_inlined_line_is_followed_by_those_that_it_was_inlined_into(outside, arch):
    run = boot(build(outside, arch), arch, "--args", "r")
    assert re.search(rf"^  at 0x\w+ outer\+\w+ main\.cpp:{line_of(PROGRAM, '// reads')}\n"
                     rf"     inlined into main\.cpp:{line_of(PROGRAM, '// calls read')}\n  at ", run.text, re.MULTILINE), run.text
    assert re.search(rf"^  pc   0x\w+ main\.cpp:{line_of(PROGRAM, '// reads')}\n  \w", run.text, re.MULTILINE), run.text


def test_lines_of_the_library_are_left_out(outside, arch):
    run = boot(build(outside, arch), arch, "--args", "l")
    assert re.search(rf"^  at 0x\w+ load\+\w+ main\.cpp:{line_of(PROGRAM, '// loads')}\n  at ", run.text, re.MULTILINE), run.text


# ---- what is not

@pytest.fixture
def lines(arch):
    image = image_of(arch)
    lines = SourceLines(arch, str(image), Elf(image))
    yield lines
    lines.close()


def test_the_last_words_of_a_machine_that_is_not_up_have_their_line(lines):
    said = b"bobbin: panic: illegal instruction 0x0 before the kernel was ready: vector 6, pc 0x%x" % some_code(lines.image)
    for end in b"\n", b"\r\n":
        assert re.fullmatch(re.escape(said) + rb" tests/apps/\S+:\d+" + end, lines.feed(said + end))


@pytest.mark.parametrize("said", [
    b"  at 0x%x main+0x0\n",
    b"  pc   0x%x\n",
    FAULT + b"the program goes on\n  at 0x%x main+0x0\n",
    FAULT + b"  at %x\n   at 0x%x\n",
    FAULT + b"  at 0x%x" + b"x" * 20,
    FAULT + b"  at 0xffff8000%x\n  at 0x\n  at 0x0\n",
    b"panic: pc 0x%x\n",
    b"\x00\xff\r\n" * 50 + b"no newline",
], ids=["no report", "no pc", "behind a report", "another form", "unfinished", "no code", "no panic", "bytes"])
def test_everything_else_passes_as_it_is(said, lines):
    said = said.replace(b"%x", b"%x" % some_code(lines.image))
    for piece in 1, 3, len(said):
        assert b"".join(lines.feed(said[at:at + piece]) for at in range(0, len(said), piece)) == said
        lines.feed(b"\n\n")
    assert lines.addr2line.child is None


def test_what_has_arrived_is_passed_on_at_once(lines):
    code = some_code(lines.image)
    report = FAULT + b"  at 0x%x main+0x0\n  r1  0x1\nthe program\n" % code
    whole = lines.feed(report)
    assert len(whole) > len(report)
    for piece in 1, 2, 5, 60:
        shown = b""
        for at in range(0, len(report), piece):
            came = report[at:at + piece]
            passed = lines.feed(came)
            assert passed.endswith(came.rpartition(b"\n")[2]) and len(passed) >= len(came)
            shown += passed
        assert shown == whole


def test_without_a_tool_that_can_read_the_image_lines_stay_as_they_are(lines):
    said = FAULT + b"  at 0x%x main+0x0\n" % some_code(lines.image)
    lines.addr2line.tools = ["/nowhere/addr2line", "false", "true"]
    assert lines.feed(said) == said
    assert lines.addr2line.tools == [] and lines.addr2line.child is None


def test_a_tool_that_fails_leaves_it_to_the_next(lines):
    usual = lines.addr2line.tools
    lines.addr2line.tools = ["false", *usual]
    said = FAULT + b"  at 0x%x main+0x0\n" % some_code(lines.image)
    assert REPORTS.encode() in lines.feed(said)


def test_every_tool_that_is_here_says_the_same(arch):
    image = image_of(arch)
    address = some_code(Elf(image))
    answers = set()
    for tool in TOOLS[arch]:
        asked = Addr2line(str(image), [tool])
        answers.add(tuple(line.partition(" (")[0] for line in asked.frames(address)))
        asked.close()
    answers.discard(())
    assert len(answers) == 1, answers
