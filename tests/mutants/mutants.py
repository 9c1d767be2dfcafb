"""All mutants there are, each for its architecture."""

from __future__ import annotations

from dataclasses import replace

import common
import hosted
import riscv64
import x86_64
from bobbin import ARCHITECTURES
from mutant import Mutant


def all_mutants() -> list[Mutant]:
    of = {"riscv64": [*riscv64.MUTANTS, *common.MUTANTS], "x86_64": [*x86_64.MUTANTS, *common.MUTANTS]}
    if "hosted" in ARCHITECTURES:
        of["hosted"] = hosted.MUTANTS
    return [replace(mutant, arch=arch) for arch in of for mutant in of[arch]]
