"""kernel/core/memory.cpp, under other names than the C library's."""

import pytest

from workshop import SANITIZE

NAMES = ["memcpy", "memmove", "memset", "memcmp", "strlen"]
RENAMED = [f"-D{name}=kernel_{name}" for name in NAMES]


@pytest.mark.parametrize("sanitize", [[], SANITIZE], ids=["plain", "sanitized"])
@pytest.mark.parametrize("suite", ["tests/host/memory.cpp", "tests/kernel/memory.cpp"])
def test_memory(workshop, suite, sanitize):
    functions = workshop.compiled("kernel/core/memory.cpp", "-ffreestanding", *RENAMED, *sanitize)
    workshop.run([workshop.compiled(suite, *RENAMED, *sanitize), functions], *sanitize)
