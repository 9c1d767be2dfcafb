"""The textbook programs of apps/: each says the same on every machine, each time."""

from __future__ import annotations

import pytest

from bobbin import Flavour, boot, build, has_llvm

DEADLOCK = 103

TRANSCRIPTS = {
    "philosophers": """\
Spinoza eats
Kant eats
Hypatia eats
Spinoza eats
Aristotle eats
Spinoza eats
Marx eats
Kant eats
Hypatia eats
Aristotle eats
Kant eats
Hypatia eats
Marx eats
Aristotle eats
Marx eats
all have eaten
""",
    "bounded_buffer": """\
anna made 10
anna made 11
anna made 12
    carl took 10
    carl took 11
    carl took 12
anna made 13
anna made 14
bert made 20
    carl took 13
    carl took 14
    dora took 20
anna made 15
bert made 21
    carl took 15
    dora took 21
bert made 22
bert made 23
bert made 24
    dora took 22
    dora took 23
    dora took 24
bert made 25
    dora took 25
""",
    "readers_writers": """\
reader 1 reads 0, 2 at a time
reader 2 reads 0, 2 at a time
writer 1 writes 1, 0 reading
reader 3 reads 1, 1 at a time
writer 2 writes 2, 0 reading
reader 1 reads 2, 2 at a time
reader 2 reads 2, 2 at a time
writer 1 writes 3, 0 reading
reader 3 reads 3, 1 at a time
writer 2 writes 4, 0 reading
reader 1 reads 4, 3 at a time
reader 2 reads 4, 3 at a time
reader 3 reads 4, 3 at a time
""",
    "barber": """\
the barber sleeps
Ada takes a chair: customer 1
Bo takes a chair: customer 2
Cy takes a chair: customer 3
Di finds no chair
Ed finds no chair
Flo finds no chair
Gus finds no chair
the barber is done with customer 1
Ada leaves
the barber is done with customer 2
Bo leaves
the barber is done with customer 3
the barber sleeps
Cy leaves
the shop is closed
""",
    "sieve": """\
2 3 5 7 11 13 17 19 23 29 31 37 41 43 47 53 59 61 67 71 73 79 83 89 97 
25 primes up to 100
""",
}


@pytest.mark.parametrize("app", TRANSCRIPTS)
def test_a_textbook_program_says_what_it_always_says(app, arch):
    run = boot(build(app, arch), arch)
    assert run.status == 0, run.text + run.errors
    assert run.text.replace("\r\n", "\n") == TRANSCRIPTS[app]


@pytest.mark.every_flavour
@pytest.mark.parametrize("app", TRANSCRIPTS)
def test_the_same_with_clang(app, machine):
    if not has_llvm():
        pytest.skip("clang and lld are not installed: make setup LLVM=1")
    run = boot(build(app, Flavour(machine, llvm=True)), machine)
    assert run.text.replace("\r\n", "\n") == TRANSCRIPTS[app], run.errors


FORKS_WANTED = [("Aristotle", 1), ("Hypatia", 2), ("Kant", 3), ("Spinoza", 4), ("Marx", 0)]


def test_philosophers_who_all_take_the_left_fork_first_starve(arch):
    run = boot(build("philosophers", arch), arch, "--args", "left")
    assert run.status == DEADLOCK, run.text + run.errors
    assert "eats" not in run.text
    ring = "deadlock: " + "".join(f"{who} waits for mutex fork{fork} held by " for who, fork in FORKS_WANTED) + FORKS_WANTED[0][0]
    assert run.text.splitlines()[:2] == ["bobbin: deadlock: no task can ever run again", f"  {ring}"]
