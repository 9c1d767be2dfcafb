"""arch/x86_64/operand.cpp, which only reads bytes."""

import pytest

from host_programs import SANITIZE

FLAGS = ["-iquote", "../../arch/x86_64"]


@pytest.mark.parametrize("sanitize", [[], SANITIZE], ids=["plain", "sanitized"])
def test_operand(host_programs, sanitize):
    decoder = host_programs.compiled("arch/x86_64/operand.cpp", *FLAGS, *sanitize)
    host_programs.run([host_programs.compiled("tests/host/operand.cpp", *FLAGS, *sanitize), decoder], *sanitize)
