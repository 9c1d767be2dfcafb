"""tests/kernel/walk.cpp leaves out no instruction: the places that it prints, beside the code in the image."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from bobbin import MACHINES, ROOT, Flavour, boot_suite, build_suite, make
from runner.elf import Elf

INLINE_YIELD = "_ZN12_GLOBAL__N_15yieldERNS_4walkE"             # what is rare comes after its return
YIELD_FROM_ELSEWHERE = "_ZN6bobbin4hart20yield_from_elsewhereEmmm"
HAND_OVER_WITH_FP = "_ZN6bobbin4arch12continuation17hand_over_with_fpERS1_S2_"

# From a symbol to the end of the function that it is in.
RANGES = {
    "switch_context": "switch_context",
    "restore_fp": "restore_fp_frame",
    "enter_context": "outermost_frame",
    INLINE_YIELD: INLINE_YIELD,
    "yield_out_of_line": "yield_out_of_line",
    "yield_from": "yield_from",
    YIELD_FROM_ELSEWHERE: YIELD_FROM_ELSEWHERE,
    HAND_OVER_WITH_FP: HAND_OVER_WITH_FP,
}
ABSENT = {"riscv64": set(), "x86_64": {"restore_fp", HAND_OVER_WITH_FP}}
NEVER_REACHED = ("unimp", "c.unimp", "ud2", "nop", "nopw", "nopl")  # a nop stands behind the jump of a switch, for debuggers

INSTRUCTION = re.compile(r"^ *([0-9a-f]+):\t[0-9a-f ]+\t(\S+)", re.MULTILINE)
PLACES = re.compile(r"^# in .*:\n#((?: [0-9a-f]+)+)$", re.MULTILINE)


def code_of(function: str, image: Path, flavour: Flavour) -> dict[int, str]:
    """The instructions by their addresses."""
    objdump = make("compiler", "ARCH=" + flavour.arch).stdout.strip().replace("g++", "objdump")
    listing = subprocess.run([objdump, "-d", f"--disassemble={function}", image], text=True, capture_output=True, check=True)
    return {int(address, 16): name for address, name in INSTRUCTION.findall(listing.stdout)}


def first_return(code: dict[int, str]) -> int:
    return next(address for address, name in code.items() if name == "ret")


@pytest.mark.parametrize("flavour", map(Flavour, MACHINES), ids=str)
def test_every_instruction_of_the_switch_has_been_interrupted(flavour):
    image = build_suite("walk", flavour)
    run = boot_suite("walk", image, flavour)
    places = {int(place, 16) for line in PLACES.findall(run.text) for place in line.split()}
    symbols = Elf(image).symbols()
    for begin, function in RANGES.items():
        if begin in ABSENT[flavour.arch]:
            continue
        code = {address: name for address, name in code_of(function, image, flavour).items()
                if address >= symbols[begin] and name not in NEVER_REACHED}
        if begin == INLINE_YIELD:
            code = {address: name for address, name in code.items() if address <= first_return(code)}
        assert code, function
        assert not {f"{address:x} {name}" for address, name in code.items() if address not in places}, begin
