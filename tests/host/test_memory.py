"""kernel/core/memory.cpp, under other names than the C library's."""

import pytest

from host_programs import SANITIZE

NAMES = ["memcpy", "memmove", "memset", "memcmp", "strlen"]
RENAMED = [f"-D{name}=kernel_{name}" for name in NAMES]


@pytest.mark.parametrize("sanitize", [[], SANITIZE], ids=["plain", "sanitized"])
@pytest.mark.parametrize("suite", ["tests/host/memory.cpp", "tests/kernel/memory.cpp"])
def test_memory(host_programs, suite, sanitize):
    functions = host_programs.compiled("kernel/core/memory.cpp", "-ffreestanding", *RENAMED, *sanitize)
    host_programs.run([host_programs.compiled(suite, *RENAMED, *sanitize), functions], *sanitize)
