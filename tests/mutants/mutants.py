"""All mutants there are, each for its architecture."""

from __future__ import annotations

from dataclasses import replace

import common
import riscv64
import x86_64
from mutant import Mutant


def all_mutants() -> list[Mutant]:
    own = {"riscv64": riscv64.MUTANTS, "x86_64": x86_64.MUTANTS}
    return [replace(mutant, arch=arch) for arch in own for mutant in (*own[arch], *common.MUTANTS)]
