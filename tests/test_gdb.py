"""What gdb sees: call chains at every instruction of every switch, tasks and generators that stand still, `make debug`.

Optimised programs are stepped through on every architecture, those of O0 on one only: they have four times the
instructions, and a step in a process costs a fraction of one in a machine.
"""

from __future__ import annotations

import functools
import json
import os
import re
import signal
import subprocess
from pathlib import Path

import pexpect
import pytest

from bobbin import ARCHITECTURES, BUILD, ENVIRONMENT, HANG_SECONDS, MACHINES, ROOT, Flavour, build, has_llvm, run_command
from runner.debugger import find_gdb

DEBUGGED = "tests/apps/debugged.cpp"
SWITCHES = {
    "x86_64": ["switch_context", "outermost_frame", "enter_coroutine", "yield_out_of_line"],
    "riscv64": ["switch_context", "outermost_frame", "enter_coroutine", "yield_out_of_line", "restore_fp_frame"],
}
SWITCHES["hosted"] = SWITCHES["x86_64"]
NEVER_EXECUTED = "nop", "unimp", "ud2"


def debug(image, arch: str, *commands: str, arguments: str = "") -> str:
    """What gdb says when it is told all this."""
    done = subprocess.run(run_command(image, arch, "--debug", "--args", arguments, timeout=None), text=True, env=ENVIRONMENT,
                          input="\n".join(["set width 0", *commands, ""]), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          timeout=4 * HANG_SECONDS)
    return done.stdout.partition("(gdb) A debugging session is active")[0]


@functools.lru_cache(maxsize=None)
def has_gdb() -> bool:
    return all(find_gdb(arch) for arch in ARCHITECTURES)


@pytest.fixture(autouse=True)
def needs_gdb():
    if not has_gdb():
        pytest.skip("no gdb for all architectures is installed: make setup")


# ---- every instruction

# What switches, or calls what does. Everything else is passed over.
OF_INTEREST = (r"^(walk|main|begin_of|end_of|inner_body|outer_body|left_body|operator|generator::|arch::(coroutine|continuation)::|this_task::|"
               r"task::(run|join|wait)|hart::(yield|hand_over|block|join|finish|take_out)|yield_from|go_there|come_back|generator_record::(resume|yield|finish|drop)|" +
               "|".join(SWITCHES["riscv64"]) + ")")
BODIES = {"inner_body": "outer_body", "outer_body": "walk", "left_body": "walk"}      # and who resumes them
STEPPED = [*map(Flavour, MACHINES), Flavour("x86_64", mode="O0")]
STOOD = [*map(Flavour, ARCHITECTURES), Flavour("x86_64", mode="O0"),
         pytest.param(Flavour("riscv64", mode="O0"), marks=pytest.mark.every_flavour)]
HAND_OVERS = "arch::continuation::hand_over", "arch::continuation::enter"


def pytest_generate_tests(metafunc):
    """Hosted is much like x86_64 here: it is left to --every-flavour, and that chains are whole in what clang makes of it."""
    if "flavour" in metafunc.fixturenames:
        every = metafunc.config.getoption("every_flavour")
        whole = metafunc.function is test_the_chain_of_calls_is_whole_at_every_instruction
        others = [Flavour(arch) for arch in ARCHITECTURES if every and arch not in MACHINES]
        clang = [Flavour(arch, llvm=True) for arch in ARCHITECTURES if every and whole and has_llvm()]
        metafunc.parametrize("flavour", [*STEPPED, *others, *clang], ids=str)


@functools.lru_cache(maxsize=None)
def walk_through(flavour: Flavour) -> tuple[list[dict], dict]:
    """What was seen at each stop, and the instructions of the switches."""
    file = BUILD / "pytest" / f"stops.{os.getpid()}"
    said = debug(build(DEBUGGED, flavour), flavour.arch, f"python STOPS, OF_INTEREST = {str(file)!r}, {OF_INTEREST!r}",
                 f"python FIRST, LAST, LISTED = 'begin_of_steps', 'end_of_steps', {SWITCHES[flavour.arch]}",
                 f"source {ROOT}/tests/gdb/steps.py")
    *stops, listing = [json.loads(line) for line in file.read_text().splitlines()]
    file.unlink()
    assert stops[-1]["calls"][0] == "end_of_steps", said
    return stops, listing


def stops_of(flavour: Flavour) -> list[dict]:
    """All but those where the compiler cannot know what the stack looks like: behind a `pushfq` of inline assembly."""
    return [stop for stop in walk_through(flavour)[0] if stop["inlined"][:1] != ["isa::interrupts::mask_nested"]]


def landmarks(stop: dict) -> list[str]:
    """The program's own functions, and where the chain ends."""
    own = (*BODIES, "walk", "walk_plainly", "go_there_and_back", "walk_everywhere", "main", "task::run")
    return [name for name in stop["calls"] if name in own]


def in_a_switch(stop: dict) -> bool:
    """The innermost body's frame is being put into place, or taken away."""
    return stop["calls"][0] in SWITCHES["riscv64"] or stop["inlined"][:1] == ["arch::coroutine::yield"]


def handing_over(stop: dict) -> bool:
    return stop["inlined"][:1] != [] and stop["inlined"][0] in HAND_OVERS


def mistakes_in(stop: dict) -> list[str]:
    """A task that hands over counts as called by who is entered as soon as its own registers are being lost."""
    found = mistakes_in_calls(stop)
    return found and handing_over(stop) and mistakes_in_calls({**stop, "calls": stop["calls"][1:]})


def mistakes_in_calls(stop: dict) -> list[str]:
    calls, own = stop["calls"], landmarks(stop)
    end = {"main": "no reason", "outermost_frame": "outermost"}        # gdb shows nothing above main
    found = []
    if end.get(calls[-1]) != stop["end"]:
        found.append(f"ends at {calls[-1]}: {stop['end']}")
    if "??" in calls:
        found.append("an unknown function")
    for name, caller in zip(own, own[1:]):
        if caller not in {"walk": ("walk_everywhere", "task::run"), "walk_plainly": ("task::run",),
                          "go_there_and_back": ("walk_everywhere",), "walk_everywhere": ("main", "task::run")}.get(name, (BODIES.get(name),)):
            found.append(f"{name} called by {caller}")
    for number, name in enumerate(own[:-1]):
        ends = ends_between(stop, name, own[number + 1])
        if name in BODIES and ends != 1 and not (number == 0 and ends == 0 and in_a_switch(stop)):
            found.append(f"{ends} ends of a stack between {name} and {own[number + 1]}")
    return found


def ends_between(stop: dict, name: str, caller: str) -> int:
    return stop["calls"][stop["calls"].index(name):stop["calls"].index(caller)].count("enter_coroutine")


def may_follow(before: dict, after: dict) -> bool:
    """A step makes a call, comes back from one, or changes between tasks."""
    old, new = landmarks(before), landmarks(after)
    shorter, longer = sorted((old, new), key=len)
    return longer[len(longer) - len(shorter):] == shorter and len(longer) <= len(shorter) + 1 or \
        handing_over(before) or handing_over(after) or "switch_context" in (before["calls"][0], after["calls"][0])


def test_the_chain_of_calls_is_whole_at_every_instruction(flavour):
    stops = stops_of(flavour)
    wrong = [f"{stop['pc']:#x}: {'; '.join(mistakes)}: {stop['calls']}" for stop in stops if (mistakes := mistakes_in(stop))]
    assert not wrong, "\n".join(wrong[:20])


def test_every_instruction_of_every_switch_was_looked_at(flavour):
    stops, listing = walk_through(flavour)
    seen = {stop["pc"] for stop in stops}
    for function, instructions in listing.items():
        missed = {address: mnemonic for address, mnemonic in instructions.items()
                  if int(address) not in seen and mnemonic not in NEVER_EXECUTED}
        assert instructions and not missed, (function, missed)
    inline = [stop for stop in stops if stop["inlined"][:1] == ["arch::coroutine::yield"]]
    for body in "inner_body", "left_body":                    # with their frames in place, and without
        assert {ends_between(stop, *landmarks(stop)[:2]) for stop in inline if stop["calls"][0] == body} == {0, 1}, body


def test_who_hands_over_counts_as_called_by_who_is_entered(flavour):
    stops = walk_through(flavour)[0]
    jumps = [at for at, stop in enumerate(stops) if handing_over(stop) and stop["instruction"] in ("jmp", "jr")]
    assert {stops[at]["inlined"][0] for at in jumps} == set(HAND_OVERS)
    for at in jumps:
        for losing in stops[at - 2:at + 1]:                       # both registers, the jump itself
            assert losing["calls"][1:] == stops[at + 1]["calls"], (losing, stops[at + 1])
        assert stops[at - 3]["calls"][1:] != stops[at + 1]["calls"], stops[at - 3]


def test_chains_change_by_calls_and_returns_only(flavour):
    stops = stops_of(flavour)
    wrong = [(old, new) for old, new in zip(stops, stops[1:]) if not may_follow(old, new)]
    assert not wrong, "\n".join(f"{old['pc']:#x} {old['calls']}\n    -> {new['calls']}" for old, new in wrong[:20])


# ---- standing still

def stand_still(flavour: Flavour | str, *commands: str) -> str:
    """What gdb says to these commands while all tasks and generators stand still."""
    if isinstance(flavour, str):
        flavour = Flavour(flavour)
    return debug(build(DEBUGGED, flavour), flavour.arch, "tbreak stand_still", "continue", "echo \\n---\\n", *commands).partition("---\n")[2]


def line_of(text: str) -> int:
    return next(number for number, line in enumerate((ROOT / DEBUGGED).read_text().splitlines(), 1) if text in line)


@pytest.mark.parametrize("stood", STOOD, ids=str)
def test_the_table_of_tasks(stood):
    said = stand_still(stood, "bobbin tasks")
    rows = re.findall(r"^(?:\(gdb\) )? +(\d+)  (\S+(?: \S+)?) +(\w+) +(\d+) of (\d+) +(\d+) *(?:  (.*))?$", said, re.MULTILINE)
    assert [(name, state, size) for _, name, state, _, size, _, _ in rows] == [
        ("main", "running", "65536"), ("walker", "finished", "8192"), ("plain", "finished", "4096"),
        ("ended", "finished", "8192"), ("sleeper", "blocked", "8192"), ("waiter", "blocked", "8192"),
        ("joiner", "blocked", "8192"), ("pooled", "blocked", "4096"), ("within", "ready", "8192"),
        ("two words", "ready", "8192")], said
    places = {name: place for _, name, _, _, _, _, place in rows}
    for name in "sleeper", "waiter", "joiner", "within":
        assert places[name].endswith(f" {DEBUGGED}:{line_of(f'// <- {name}')}"), said
    assert places["ended"] == "returned 3" and places["two words"] == ""
    assert all((0 < int(used) < int(size)) == (int(switches) > 0) for _, _, _, used, size, switches, _ in rows)
    switches = {name: int(count) for _, name, _, _, _, count, _ in rows}
    assert switches["sleeper"] == 1 and switches["two words"] == 0


@pytest.mark.parametrize("stood", STOOD, ids=str)
def test_the_table_of_generators_has_those_of_pools_and_slices_too(stood):
    said = stand_still(stood, "bobbin generators")
    rows = re.findall(r"^(?:\(gdb\) )?(\w+) +(\w+) +\d+ of 4096  (\S+:\d+) *(.*)$", said, re.MULTILINE)
    assert {stack: state for stack, state, _, _ in rows} == {
        "standing_memory": "suspended", "new_memory": "fresh", "ended_memory": "finished", "inside_memory": "running",
        "slice": "suspended", "stacks": "suspended"}, said
    found = {stack: (made, at) for stack, _, made, at in rows}
    assert found["slice"][0] == f"{DEBUGGED}:{line_of('std::span{slice}')}"
    assert found["slice"][1] == f"standing_body {DEBUGGED}:{line_of('// <- slice')}"
    assert found["new_memory"][1].startswith("begins with ") and "run" in found["new_memory"][1]
    assert found["inside_memory"][1].startswith("yielding_body ")


def calls_of(said: str) -> dict[str, list[str]]:
    """From each headline of `bobbin bt` to the functions below it."""
    calls: dict[str, list[str]] = {}
    for line in said.splitlines():
        if headline := re.match(r"(?:\(gdb\) )?((?:task|generator) [^#]*)$", line):
            calls[headline[1]] = []
        elif call := re.match(r"(?:\(gdb\) )?#\d+ +(?:0x\w+ in )?([\w:]+)", line):
            calls.setdefault(next(reversed(calls), ""), []).append(call[1].replace("bobbin::", ""))
    return calls


STANDING = {
    "task main, id 1, running": ["stand_still", "let_all_stand", "main"],
    "task sleeper, id 7, blocked": ["hart::suspend", "wait_masked_until", "this_task::sleep_until", "sleep_long", "task::run", "outermost_frame"],
    "task waiter, id 8, blocked": ["hart::suspend", "wait_queue::wait_masked", "wait_for_bell", "task::run", "outermost_frame"],
    "task joiner, id 9, blocked": ["hart::suspend", "task::join", "join_waiter_task", "task::run", "outermost_frame"],
    "task pooled, id 10, blocked": ["hart::suspend", "wait_queue::wait_masked", "wait_for_bell", "task::run", "outermost_frame"],
    "task within, id 11, ready": ["arch::continuation::hand_over", "yielding_body", "enter_coroutine", "resume_what_yields",
                                  "task::run", "outermost_frame"],
    "task two words, id 12, ready": ["outermost_frame"],
}
SUSPENDED = ["standing_body", "enter_coroutine"]


def is_part_of(some: list[str], all_: list[str]) -> bool:
    """In this order, from the first to the last."""
    left = iter(all_)
    return some[-1:] == all_[-1:] and all(name in left for name in some)


@pytest.mark.parametrize("stood", STOOD, ids=str)
def test_the_calls_of_everybody(stood):
    said = stand_still(stood, "bobbin bt all")
    calls = calls_of(said)
    for headline, expected in STANDING.items():
        assert is_part_of(expected, calls[headline]), (headline, said)
    generators = {headline: found for headline, found in calls.items() if headline.startswith("generator")}
    assert len(calls) == len(STANDING) + 3 and len(generators) == 3, said
    for headline, found in generators.items():
        assert headline.endswith(", suspended") and is_part_of(SUSPENDED, found), said
    assert "corrupt" not in said and "Backtrace stopped" not in said and "??" not in said


WHOSE_CALLS = [
    ("sleeper", "task sleeper, id 7, blocked"), ("two words", "task two words"), ("7", "task sleeper, id 7, blocked"), ("&sleeper", "task sleeper, id 7, blocked"),
    ("memories[1]", "task sleeper, id 7, blocked"), ("sleeper -2", "task sleeper, id 7, blocked"),
    ("standing_memory", "generator of "), ("inside_memory", "generator of "),
    (f"debugged.cpp:{line_of('std::span{slice}')}", f"generator of {DEBUGGED}:{line_of('std::span{slice}')}, suspended"),
]
WITHOUT_CALLS = [
    ("nobody", "bobbin: nobody is no task's name or id, and no expression that is a task or a generator"),
    ("99", "bobbin: 99 is no task's name or id, and no expression that is a task or a generator"),
    ("ended", "it has ended: returned 3"), ("new_memory", "it has not run yet: begins with "), ("ended_memory", "it has ended"),
]


@functools.lru_cache(maxsize=None)
def what_is_told(arch: str) -> dict[str, str]:
    """By `bobbin bt` of each of them, in one session."""
    asked = [what for what, _ in WHOSE_CALLS + WITHOUT_CALLS]
    said = stand_still(arch, *(command for what in asked for command in ("echo \\n===\\n", f"bobbin bt {what}")))
    return dict(zip(asked, said.split("===\n")[1:], strict=True))


@pytest.mark.parametrize("what, who", WHOSE_CALLS)
def test_whose_calls(what, who, arch):
    said = what_is_told(arch)[what]
    calls = calls_of(said)
    assert [headline.startswith(who) for headline in calls] == [True], said
    assert next(iter(calls.values()))[-1] in ("outermost_frame", "enter_coroutine"), said


@pytest.mark.parametrize("what, answer", WITHOUT_CALLS)
def test_who_has_no_calls(what, answer, arch):
    assert answer in what_is_told(arch)[what]


def test_switching_to_a_suspended_task_shows_its_frames_and_variables():
    said = stand_still(Flavour("x86_64", mode="O0"), "bobbin switch-to standing_memory", "echo task a\\n", "bt", "up 3",
                       "print depth_of_standing", "bobbin bt sleeper", "print depth_of_standing", "bobbin switch-to",
                       "echo task b\\n", "bt")
    calls = calls_of(said)
    assert is_part_of(SUSPENDED, calls["task a"][:calls["task a"].index("enter_coroutine") + 1]), said
    assert said.count(" = 42") == 2, said
    assert calls["task b"] == ["stand_still", "let_all_stand", "main"], said


def test_nothing_that_is_looked_at_changes_the_guest(arch):
    looking = ["bobbin switch-to slice", "up", "bobbin bt all", "bobbin tasks", "bobbin generators", "bobbin switch-to sleeper"]
    said = stand_still(arch, *looking, "next", "bt 1", "bobbin switch-to waiter", "stepi", "bt 1", "continue")
    assert said.count("let_all_stand") >= 1
    assert "bobbin: verdict: failed (100)" in said or "exited with code 0144" in said, said
    for name in "sleeper", "waiter", "within":
        assert f"{name} (" in said                               # the kernel's own list of who has not ended


def test_a_step_while_another_task_is_looked_at_is_one_of_what_runs(arch):
    plain = stand_still(arch, "next", "bt")
    looking = stand_still(arch, "bobbin switch-to sleeper", "up", "next", "bt")
    assert plain == looking[-len(plain):] and "let_all_stand" in plain, (plain, looking)


def test_in_the_middle_of_a_switch_each_task_is_where_it_is(arch):
    jumps = ("(frame := gdb.newest_frame()).name() == 'bobbin::arch::continuation::hand_over' and "
             "frame.architecture().disassemble(frame.pc())[0]['asm'].startswith('j')")
    said = debug(build(DEBUGGED, arch), arch, "tbreak begin_of_steps", "continue", "tbreak walk_plainly", "continue",
                 f"python while not ({jumps}): gdb.execute('stepi', to_string=True)", "bobbin bt all")
    calls = calls_of(said)
    entered, = [found for headline, found in calls.items() if headline.startswith("task main,")]
    assert is_part_of(["walk_plainly", "walk", "walk_everywhere", "main"], entered), said
    left, = [found for headline, found in calls.items() if headline.startswith("task plain,")]
    assert is_part_of(["arch::continuation::hand_over", "walk_plainly", "task::run", "outermost_frame"], left), said
    assert left.count("walk_plainly") == 1, said


def test_a_task_that_lets_the_hart_idle_is_found_on_it(arch):
    said = debug(build("tests/apps/idle.cpp", arch), arch, "tbreak bobbin::isa::interrupts::wait", "continue", "bobbin bt main",
                 "bobbin tasks", arguments="1 5")
    calls = calls_of(said)["task main, id 1, blocked"]
    assert is_part_of(["hart::take_out", "main"], calls) and "hart::hand_over" not in calls, said


def after(task: str) -> str:
    """The next in the list of all tasks, for gdb."""
    return f"(({task}).bobbin::ring_hook<bobbin::control_block, bobbin::registered>::next)"


ANCHOR = "bobbin::boot_hart.idle"
SECOND = f"*{after('*' + after(ANCHOR))}"


@pytest.mark.parametrize("damage, rows", [
    (f"{after(SECOND)} = 0", 2),
    (f"{after(SECOND)} = 8", 2),
    (f"{after(SECOND)} = {after(ANCHOR)}", 2),
    (f"{after(ANCHOR)} = 8", 0),
])
def test_a_damaged_list_of_tasks_is_shown_as_far_as_it_goes(damage, rows, arch):
    said = stand_still(arch, f"set var {damage}", "bobbin tasks", "print bobbin::boot_hart")
    assert len(re.findall(r"^ +\d+  \w+ +\w+ +\d+ of", said, re.MULTILINE)) == rows, said
    assert "from here on the list of tasks is damaged" in said and "$1 = hart, ready tasks" in said, said


@pytest.mark.parametrize("damage", ["sleeper.name = 8", "sleeper.foot = 8", "sleeper.fp = 8"])
def test_a_damaged_task_is_shown_as_far_as_it_goes(damage, arch):
    said = stand_still(arch, f"set var {damage}", "bobbin tasks", "print sleeper", "bobbin bt 7", "bobbin bt waiter")
    row, = [line for line in said.splitlines() if line.startswith("   7  ")]
    assert {"sleeper.name = 8": "?  ", "sleeper.foot = 8": "damaged", "sleeper.fp = 8": "  ?"}[damage] in row, said
    assert ("Backtrace stopped: " in said) == ("fp" in damage), said
    assert calls_of(said)["task waiter, id 8, blocked"][-1] == "outermost_frame", said


def test_an_image_too_large_to_be_searched(arch):
    said = stand_still(arch, "python import bobbin.kernel; bobbin.kernel.MOST_SCANNED = 1", "bobbin generators", "bobbin bt all")
    assert said.count("this image is too large to be searched for generators") == 2
    assert len(calls_of(said)) == len(STANDING)


def test_the_calls_of_a_handler_go_on_in_what_it_interrupted(arch):
    handler = {"hosted": "handle_exception"}.get(arch, "handle_trap")
    said = debug(build("tests/apps/fault_reports.cpp", arch), arch, "handle SIGSEGV nostop noprint pass", f"break {handler}",
                 "continue", "bobbin bt culprit", arguments="generators")
    expected = [f"isa::{handler}", "innermost_call", "inner_body", "enter_coroutine", "middle_body", "enter_coroutine",
                "outer_body", "enter_coroutine", "sum_of_values", "task::run", "outermost_frame"]
    calls = calls_of(said.replace("(anonymous namespace)::", ""))["task culprit, id 2, running"]
    assert is_part_of(expected, calls), said


def test_printing_what_the_kernel_has(arch):
    said = stand_still(arch, *(f"print {what}" for what in (
        "sleeper", "ended", "&memories[1]", "bobbin::boot_hart", "bobbin::boot_hart.timers", "bell", "&pool", "&stacks",
        "other_side", "standing", "bobbin::stack_view{}", "ended.how", "waiter.joiners[0]", "(bobbin::stack<4096>*)0")))
    printed = dict(re.findall(r"\$(\d+) = (.*)", said))
    expected = [
        r"task sleeper, id 7, blocked, stack \d+ of 8192, 1 switches", r"task ended, id 6, finished: returned 3, stack .*",
        r"stack of 8192 bytes at 0x\w+, \d+ used by task sleeper, id 7, blocked",
        r"hart, ready tasks = \{task main, id 1, running, task within, id 11, ready, task two words, id 12, ready\}",
        r"timers = \{timer due at tick \d+, calls 0x\w+ <.*wait_limit::ring.*>\}",
        r"tasks that wait = \{task waiter, id 8, blocked, task pooled, id 10, blocked\}",
        r"pool, 1 of 3 tasks taken = \{task pooled, id 10, blocked, .*\}", r"pool, 1 of 4 stacks of 4096 bytes taken",
        r"0x\w+, goes on at 0x\w+ <.*come_back.*>", r".*generator of \S+:\d+, suspended, stack \d+ of 4096.*",
    ]
    for number, pattern in enumerate(expected, 1):
        assert re.fullmatch(pattern, printed[str(number)]), (pattern, said)
    assert "returned 3" in printed.values() and "tasks that join = {task joiner, id 9, blocked}" in printed.values(), said


# ---- the session

def test_arguments_reach_the_program_and_its_verdict_comes_out(machine):
    said = debug(build("tests/apps/ends.cpp", machine), machine, "continue", arguments="seven")
    assert "bobbin: verdict: failed (7)" in said, said


def test_a_process_is_a_child_of_gdb_on_the_same_terminal():
    if "hosted" not in ARCHITECTURES:
        pytest.skip("Linux on x86_64 only")
    command = run_command(build("tests/apps/echo.cpp", "hosted"), "hosted", "--debug", timeout=None)
    session = pexpect.spawn(command[0], command[1:], timeout=HANG_SECONDS, encoding="utf-8", dimensions=(50, 200),
                            env={**ENVIRONMENT, "TERM": "dumb"})
    session.expect_exact("(gdb) ")
    session.sendline("continue")
    session.expect("ready")
    session.sendline("A")                                        # gdb leaves the terminal to put lines together
    session.expect("41")
    session.sendintr()
    session.expect("SIGINT")
    session.expect_exact("(gdb) ")
    session.sendline("bobbin bt main")
    session.expect(r"(in|#\d+) +main \(")
    session.close(force=True)


def test_without_a_gdb_it_says_what_to_do(arch, tmp_path):
    done = subprocess.run(run_command(build(DEBUGGED, arch), arch, "--debug"), text=True, capture_output=True,
                          env={**ENVIRONMENT, "PATH": str(tmp_path)}, stdin=subprocess.DEVNULL, timeout=HANG_SECONDS)
    said = f"bobbin: no gdb here can debug {arch} with Python: run `make setup`\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", said)


def start_session(machine: str, *options: str) -> tuple[pexpect.spawn, str]:
    """At gdb's first prompt, and where to type to the program."""
    command = run_command(build("tests/apps/echo.cpp", machine), machine, "--debug", *options, timeout=None)
    session = pexpect.spawn(command[0], command[1:], timeout=HANG_SECONDS, encoding="utf-8", dimensions=(50, 200),
                            env={**ENVIRONMENT, "TERM": "dumb"})
    session.expect(r"cat >(\S+)")
    pipe = session.match[1]
    session.expect_exact("(gdb) ")
    return session, pipe


def test_what_is_typed_in_another_terminal_reaches_the_program_and_ctrl_c_stops_it(machine):
    session, pipe = start_session(machine)
    session.sendline("continue")
    session.expect("ready")
    with open(pipe, "w") as keyboard:
        keyboard.write("AB")
    session.expect("41")
    session.expect("42")
    session.sendintr()
    session.expect("SIGINT")
    session.expect_exact("(gdb) ")
    session.sendline("bobbin bt main")
    session.expect(r"(in|#\d+) +main \(")
    session.close(force=True)


@pytest.mark.parametrize("ending", ["quit", "gdb killed", "session ended"])
def test_nothing_is_left(ending, machine):
    session, pipe = start_session(machine)
    children = Path(f"/proc/{session.pid}/task/{session.pid}/children").read_text().split()
    assert len(children) == 2                                    # QEMU and gdb
    if ending == "quit":
        session.sendline("quit")
        session.expect("y or n")
        session.sendline("y")
    else:
        session.sendline("continue")
        session.expect("ready")
        gdb, = [child for child in children if "gdb" in Path(f"/proc/{child}/comm").read_text()]
        os.kill(*(int(gdb), signal.SIGKILL) if ending == "gdb killed" else (session.pid, signal.SIGTERM))
    session.expect(pexpect.EOF)
    session.wait()
    assert not [child for child in children if Path(f"/proc/{child}").exists()]
    assert not Path(pipe).parent.exists()


def test_the_session_that_the_docs_show(tmp_path):
    text = (ROOT / "docs/debugging.md").read_text()
    source = tmp_path / "lab.cpp"
    source.write_text(re.search(r"```cpp\n(.*?)```", text, re.DOTALL)[1])
    shown = re.search(r"```\n(\(gdb\) .*?)```", text, re.DOTALL)[1]
    commands = re.findall(r"^\(gdb\) (.*)$", shown, re.MULTILINE)
    said = debug(build(source, Flavour("x86_64", mode="O0")), "x86_64", *commands).replace(f"{tmp_path}/", "")
    _, _, *answers = said.split("(gdb) ")                    # of gdb's beginning, of the line width
    happened = "".join(f"(gdb) {command}\n{answer}" for command, answer in zip(commands, answers))

    def without_numbers(session: str) -> list[str]:
        return re.sub(r"\d+", "N", re.sub(r"  +|\n\n+", lambda space: space[0][0], session)).splitlines()
    assert without_numbers(happened) == without_numbers(shown)
