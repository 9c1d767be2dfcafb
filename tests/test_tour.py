"""apps/tour from its first line to its exit status: the same on every machine, whatever is typed and however fast."""

from __future__ import annotations

import functools
import random
import re
import subprocess

import pexpect
import pytest

from bobbin import ARCHITECTURES, ENVIRONMENT, HANG_SECONDS, Flavour, Run, boot, build, has_llvm, run_command
from suites import EVERY, SANITIZED, USUAL

COUNTED = "".join(f"task: 1 counter: {i}\ntask: 2 counter: {i}\n" for i in range(1, 10))
COUNTED_ALONE = "".join(f"task: 2 counter: {i}\n" for i in range(10, 15))

FOUR_PROGRAMS = f"""
1. Two green threads count, to 10 and to 15.

TASK 1 STARTING
task: 1 counter: 0
TASK 2 STARTING
task: 2 counter: 0
{COUNTED}TASK 1 FINISHED
{COUNTED_ALONE}TASK 2 FINISHED

2. Generators stop anywhere, and go on from there.

fib:               0 1 1 2 3 5 8 13
range:             0 1 2 3
fib, going on:     21 34 55 89 144 233
range, going on:   4 5 6 7 8 9
range, at its end:
fib + range:       0 2 3 5 7 10 14 20 29 43
sums of ranges:    1 3 6 10 15 21 28 36 45 55
is it 50? lower
is it 25? higher
is it 37? yes!

3. Marco and Polo switch by hand, without a scheduler.

marco
polo
marco
polo
marco
polo

4. Ping and pong yield to each other.

ping 0
pong 0
ping 1
pong 1
ping 2
pong 2
both ended well: true

5. A prompt. Type a line, or `help`.

"""

SESSION = """\
> a stitch in time
  a
    tick 1
  stitch
    tick 2
  in
    tick 3
  time
    tick 4
4 words, 4 ticks
> spawn rabbit
spawn: rabbit is task 9
> spawn
spawn: worker is task 10
>    one    two   
  one
    tick 1
  two
    tick 2
2 words, 2 ticks
> spawn
spawn: worker is task 14
> kill rabbit
rabbit: stopped; lines seen: 1
> hello
  hello
    tick 1
1 word, 1 tick
> kill 14
worker: stopped; lines seen: 1
> kill 14
kill: no task of that number or name was spawned; `ps` shows them all
> kill main
kill: no task of that number or name was spawned; `ps` shows them all
> 
>      
> help
  help           shows this
  ps             shows all tasks: the most that was ever used of their stacks, how often each got its turn
  spawn [NAME]   starts a task in the background
  kill ID|NAME   stops it and says how it ended
  exit [CODE]    ends everything, with that exit status
  anything else  goes through a generator and three tasks, which count and echo its words
Backspace takes back a character, Ctrl-U the line; Ctrl-C gives it up; Ctrl-D ends the input.
> exit 7
worker: stopped; lines seen: 2
"""


def pytest_generate_tests(metafunc):
    if "flavour" in metafunc.fixturenames:
        flavours = EVERY if metafunc.config.getoption("every_flavour") else USUAL
        metafunc.parametrize("flavour", [*flavours, *SANITIZED], ids=str)


def typed(session: str) -> bytes:
    """What was typed in a transcript."""
    return "".join(re.findall(r"^> (.*\n)", session, re.MULTILINE)).encode()


@functools.lru_cache(maxsize=None)
def tour(flavour: Flavour | str, sent: bytes) -> Run:
    if isinstance(flavour, Flavour) and flavour.llvm and not has_llvm():
        pytest.skip("clang and lld are not installed: make setup LLVM=1")
    return boot(build("tour", flavour), getattr(flavour, "arch", flavour), stdin=sent)


def session(flavour: Flavour | str, sent: bytes) -> bytes:
    """What the prompt made of an input that ends it with status 0."""
    run = tour(flavour, sent)
    assert (run.status, run.verdict) == (0, "passed"), run.errors
    assert run.output.startswith(FOUR_PROGRAMS.encode())
    return run.output[len(FOUR_PROGRAMS.encode()):]


def answers(arch: str, *lines: str) -> list[str]:
    """What is said to each of these lines, without the prompt and the echo."""
    pieces = session(arch, "".join(f"{line}\n" for line in lines).encode()).decode().split("> ")
    assert pieces[0] == "" and pieces[-1].startswith("\n")
    return [piece.partition("\n")[2] for piece in pieces[1:-1]]


# ---- the whole of it

def test_the_four_programs(flavour):
    run = tour(flavour, b"")
    assert run.text == FOUR_PROGRAMS + "> \n"
    assert (run.status, run.errors) == (0, "")


def test_a_session(flavour):
    run = tour(flavour, typed(SESSION))
    assert run.text == FOUR_PROGRAMS + SESSION
    assert (run.status, run.verdict) == (7, "failed (7)")


def test_a_session_typed_slowly_is_the_same(arch):
    """Each line waits for its prompt, so tasks in the background get thousands of turns in between."""
    run = subprocess.Popen(run_command(build("tour", arch), arch), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                           env=ENVIRONMENT)
    said = b""
    for line in typed(SESSION).splitlines(keepends=True):
        while not said.endswith(b"> "):
            said += run.stdout.read(1)
        half = len(line) // 2
        run.stdin.write(line[:half])
        run.stdin.flush()
        said += run.stdout.read(half)
        run.stdin.write(line[half:])
        run.stdin.flush()
        said += run.stdout.read(len(line) - half)
    run.stdin.close()
    said += run.stdout.read()
    run.wait(HANG_SECONDS)
    assert said.decode() == FOUR_PROGRAMS + SESSION and run.returncode == 7


# ---- commands

def test_ps(arch):
    said = answers(arch, "ps", "spawn a", "spawn b", "one line", "kill a", "ps")
    before, after = said[0].splitlines(), said[-1].splitlines()
    assert [row.split() for row in before[:1]] == [["id", "name", "state", "stack", "used", "of", "switches"]]

    def rows(table):
        for row in table[1:]:
            found = re.fullmatch(r" *(\d+)  (.{16}) (\w+) +(\d+) +(\d+) +(\d+)", row)
            assert found, row
            number, name, state, used, size, switches = found.groups()
            assert 0 < int(used) < int(size) and int(switches) > 0
            yield int(number), name.rstrip(), state, int(size)

    def finished(first, *names):
        return [(number, name, "finished", 8192) for number, name in enumerate(names, start=first)]

    programs = [(1, "main", "running", 65536), *finished(2, "task 1", "task 2", "ping", "pong")]
    assert list(rows(before)) == programs
    assert sorted(rows(after)) == [*programs, (7, "b", "ready", 8192), *finished(8, "counter", "echo", "ticker")]


def test_switches_are_counted(arch):
    table, = answers(arch, "ps")
    assert {row.split()[-1] for row in table.splitlines() if " task 1 " in row} == {"11"}      # its start and 10 yields


def test_the_pool_is_exhausted_and_filled_again(arch):
    full = "spawn: all 4 places of the pool are taken; `kill` one of its tasks first\n"
    said = answers(arch, "spawn a", "spawn b", "spawn c", "spawn d", "spawn e", "kill b", "spawn e", "spawn f",
                   "kill e", "kill a", "kill c", "kill d", "kill d")
    assert said[3:8] == ["spawn: d is task 9\n", full, "b: stopped; lines seen: 0\n", "spawn: e is task 10\n", full]
    assert [text.partition(":")[0] for text in said[8:]] == ["e", "a", "c", "d", "kill"]


def test_many_tasks_come_and_go(arch):
    said = answers(arch, *["spawn it", "kill it"] * 200)
    assert said[1::2] == ["it: stopped; lines seen: 0\n"] * 200
    assert said[-2] == "spawn: it is task 205\n"


def test_bad_names_are_explained(arch):
    names = ["7", "7up", "-", "a" * 16, "caf\u00e9", "a;b"]
    said = answers(arch, *(f"spawn {name}" for name in names))
    assert said == ["spawn: a name is a letter and up to 14 letters, digits, - or _ after it\n"] * len(names)


def test_a_name_of_full_length(arch):
    name = "Abcdefgh_-12345"
    assert answers(arch, f"spawn {name}", f"kill {name}") == [f"spawn: {name} is task 6\n",
                                                              f"{name}: stopped; lines seen: 0\n"]


def test_wrong_numbers_of_arguments(arch):
    usage = {"ps x": "ps", "help me": "help", "spawn a b": "spawn [NAME]", "kill": "kill ID|NAME",
             "kill a b": "kill ID|NAME", "exit 1 2": "exit [CODE]"}
    assert answers(arch, *usage) == [f"usage: {text}\n" for text in usage.values()]


def test_commands_are_whole_words(arch):
    said = answers(arch, "PS", "exits", "ps-")
    assert [text.splitlines()[-1] for text in said] == ["1 word, 1 tick"] * 3


def test_bad_exit_codes_are_explained(arch):
    codes = ["256", "-1", "seven", "7x", "0x7", "99999999999999999999", "1.0", "+1"]
    said = answers(arch, *(f"exit {code}" for code in codes))
    assert said == ["exit: a code is a number from 0 to 255\n"] * len(codes)


@pytest.mark.parametrize("line, status", [("exit", 0), ("  exit   42 ", 42), ("exit 255", 255)])
def test_exit_codes(line, status, arch):
    run = tour(arch, f"{line}\nnever read\n".encode())
    assert run.status == status and run.text == f"{FOUR_PROGRAMS}> {line}\n"
    assert run.verdict == (f"failed ({status})" if status else "passed")


# ---- input

def test_a_line_at_the_end_of_the_input_counts(arch):
    assert session(arch, b"last words") == b"> last words\n  last\n    tick 1\n  words\n    tick 2\n2 words, 2 ticks\n"


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"], ids=["LF", "CR", "CRLF"])
def test_ends_of_lines(end, arch):
    assert session(arch, f"a{end}{end}b{end}".encode()) == \
        b"> a\n  a\n    tick 1\n1 word, 1 tick\n> \n> b\n  b\n    tick 1\n1 word, 1 tick\n> \n"


def test_ctrl_c_gives_a_fresh_prompt(arch):
    assert session(arch, b"exit 3\x03\x03\nspawn x\x03") == b"> exit 3^C\n> ^C\n> \n> spawn x^C\n> \n"


def test_a_long_line_is_cut_and_said(arch):
    said = session(arch, b"x" * 10_000 + b"\nshort\n").decode()
    assert said == (f"> {'x' * 256}" + "\a" * 9744 + "\n"
                    "that line is too long: the last 9744 of its characters were dropped\n"
                    f"  {'x' * 256}\n    tick 1\n1 word, 1 tick\n> short\n  short\n    tick 1\n1 word, 1 tick\n> \n")


def test_a_long_line_taken_back_is_forgotten(arch):
    assert session(arch, b"x" * 300 + b"\x15exit 0\n").endswith(b"\b \bexit 0\n")


def test_a_line_of_many_words(arch):
    said = session(arch, b"y " * 128 + b"\n").decode().splitlines()
    assert said[-2] == "128 words, 128 ticks" and said.count("  y") == 128


def noise(seed: int, size: int) -> bytes:
    return bytes(random.Random(seed).choices([byte for byte in range(256) if byte != 4], k=size))


HOSTILE = {
    "every byte": bytes(byte for byte in range(256) if byte != 4) + b"\n" + bytes(range(256)),
    "every byte twice, backwards": bytes(byte for byte in range(255, -1, -1) for _ in range(2) if byte != 4),
    "noise": noise(1, 10_000),
    "noisy lines": b"\n".join(noise(seed, 30).replace(b"\n", b" ") for seed in range(200)),
    "only control bytes": bytes(byte for byte in range(32) if byte != 4) * 100,
    "10 000 bytes without an end": b"z" * 10_000,
    "backspaces": b"\x7f\b" * 5_000 + b"exit\b\b\b\b\b\b\bps\x7f\x7f\n",
    "broken UTF-8": "h\u00e9\u4e16\U0001f9f5".encode() + b"\x80\xc3\xf0\x9f\x7f\x7f\x7f\x7f\x7f\x7f\n",
    "words of the end protocol": b"bobbin: exit 0\nbobbin: panic: no\n\x15bobbin: deadlock\n",
}


@pytest.mark.parametrize("sent", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_input_is_harmless_and_the_same_everywhere(sent):
    said, = {session(arch, sent) for arch in ARCHITECTURES}
    assert said.endswith(b"\n")


# ---- a person at a terminal

def test_a_person_types(arch):
    command, *arguments = run_command(build("tour", arch), arch)
    person = pexpect.spawn(command, arguments, timeout=HANG_SECONDS, env=ENVIRONMENT, encoding="utf-8")
    person.expect_exact("> ")
    person.send("helo\x7flo wrong\x15good bye\r")
    person.expect_exact("  good\r\n    tick 1\r\n  bye\r\n    tick 2\r\n2 words, 2 ticks\r\n> ")
    person.send("exit 3\x03")
    person.expect_exact("exit 3^C\r\n> ")
    person.send("caf\u00e9\x7fe\r")
    person.expect_exact("  cafe\r\n    tick 1\r\n1 word, 1 tick\r\n> ")
    person.send("spawn\r")
    person.expect(r"spawn: worker is task (\d+)\r\n> ")
    number = person.match[1]
    person.send("ps\r")
    person.expect(rf" {number}  worker +ready ")
    person.expect_exact("\r\n> ")
    person.send("\x04")
    person.expect_exact("worker: stopped; lines seen: 0\r\n")
    person.expect(pexpect.EOF)
    person.close()
    assert person.exitstatus == 0
