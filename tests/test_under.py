"""Hosted images under tools that watch them: what they find is told, and they find nothing where there is nothing."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys

import pytest

from bobbin import ARCHITECTURES, BUILD, ROOT, Flavour, boot, build, make
from known import RUNNER, answer
from suites import VALGRIND

OVERSTEP = "tests/apps/overstep.cpp"
SANITIZED = Flavour("hosted", mode="O1", under="sanitizers")

pytestmark = pytest.mark.skipif("hosted" not in ARCHITECTURES, reason="this is not Linux on x86_64")

FOUND = {
    "global": "AddressSanitizer: global-buffer-overflow",
    "local": "AddressSanitizer: stack-buffer-overflow",
    "scope": "AddressSanitizer: stack-use-after-scope",
    "generator": "AddressSanitizer: stack-buffer-overflow",
    "overflow": "runtime error: signed integer overflow",
    "shift": "runtime error: shift exponent 32 is too large",
    "index": "runtime error: index 4 out of bounds",
    "bool": "runtime error: load of value 2, which is not a valid value for type 'bool'",
    "unreachable": "runtime error: execution reached an unreachable program point",
}


@pytest.mark.parametrize("mistake, found", FOUND.items(), ids=FOUND)
def test_what_a_sanitizer_finds_ends_the_run_and_is_told_with_its_calls(mistake, found):
    run = boot(build(OVERSTEP, SANITIZED), "hosted", "--args", mistake)
    assert found in run.text + run.errors and run.status == 1, run.text + run.errors
    inside = ", in a generator" if mistake == "generator" else ""
    assert f"bobbin: fault of task culprit{inside}: found by a sanitizer" in run.text
    assert re.search(rf"^  (?:at 0x\w+ .*|   inlined into ){OVERSTEP}:\d+$", run.text, re.MULTILINE), run.text
    assert re.search(r"^  at 0x\w+ enter_first_frame\+", run.text, re.MULTILINE), run.text


@pytest.mark.parametrize("mistake, variable", [("local", "words"), ("scope", "word"), ("generator", "words")])
def test_it_knows_which_stack_is_in_use(mistake, variable):
    run = boot(build(OVERSTEP, SANITIZED), "hosted", "--args", mistake)
    assert re.search(rf"located in stack of thread T0 .*\n(?:.*\n)*? +\[\d+, \d+\) '{variable}' .*<== ", run.text), run.text


@pytest.mark.every_flavour
@pytest.mark.skipif(not VALGRIND, reason="valgrind is not installed: make setup")
def test_valgrind_follows_switches_and_tells_what_it_finds():
    for mistake, status in ("generator", 0), ("uninitialised", 1):
        image = build(OVERSTEP, *VALGRIND)
        run = boot(image, "hosted", "--under", "valgrind", "--args", mistake)
        assert run.status == status, run.text + run.errors
        assert ("Conditional jump or move depends on uninitialised value" in run.errors) == (status == 1)
    assert run.verdict == "failed (the end line says 0, but valgrind ended with status 97)"


def test_without_a_mistake_it_finds_nothing():
    run = boot(build(OVERSTEP, SANITIZED), "hosted", "--args", "none")
    assert (run.text, run.errors, run.status) == ("", "", 0)


@pytest.mark.every_flavour
@pytest.mark.skipif(not shutil.which("gcov"), reason="gcov comes with gcc")
def test_nearly_every_line_of_the_kernel_is_executed():
    """As `make coverage` tells."""
    def find_out() -> str:
        done = subprocess.run([sys.executable, "-B", ROOT / "tests/coverage.py"], capture_output=True, text=True)
        return f"{done.returncode}\n{done.stdout}{done.stderr}"

    used = [path for folder in ("apps", "tests/apps", "tests/kernel") for path in sorted((ROOT / folder).rglob("*.?pp"))]
    said = answer(find_out, "coverage", [ROOT / "tests/coverage.py", *RUNNER, *used])
    assert said.startswith("0\n"), said


@pytest.mark.every_flavour
def test_a_line_that_nothing_executes_is_told(tmp_path):
    source = tmp_path / "half.cpp"
    source.write_text("int main(int argc, char**) {\n  if (argc > 7)\n    return 1;\n  return 0;\n}\n")
    image = build(source, Flavour("hosted", mode="O1", under="coverage"))
    assert boot(image, "hosted").status == 0
    said = subprocess.run(["gcov", "--json-format", "--stdout", *image.parent.glob("*.gcda")], capture_output=True, text=True)
    file, = [file for file in json.loads(said.stdout)["files"] if file["file"] == str(source)]
    counts = {line["line_number"]: line["count"] for line in file["lines"]}
    assert counts[2] == 1 and counts[3] == 0, counts


@pytest.mark.parametrize("settings, told", [(["ARCH=hosted", "UNDER=water"], "there is no UNDER=water"),
                                            (["ARCH=riscv64", "UNDER=sanitizers"], "is for ARCH=hosted built with gcc"),
                                            (["ARCH=hosted", "LLVM=1", "UNDER=sanitizers"], "is for ARCH=hosted built with gcc")])
def test_what_does_not_go_together_is_told(settings, told):
    done = make("image", *settings, f"BUILD={BUILD}")
    assert done.returncode == 2 and told in done.stderr
