"""Programs that make a mistake: each is told so by name, and ends as the mistake deserves."""

from __future__ import annotations

import re

import pytest

from bobbin import ROOT, boot, build, has_llvm
from suites import EVERY, USUAL

TASK = "tests/apps/misuse_task.cpp"
GENERATOR = "tests/apps/misuse_generator.cpp"
SYNC = "tests/apps/misuse_sync.cpp"
PANIC, FAULT, UNFINISHED, DEADLOCK = 101, 102, 100, 103

WITH_BERT = r"anna: faulted, {}\nbert: stopped\n"


def mistake(app: str, name: str, status: int, *report: str):
    """The mistake `name` of `app` ends with `status` after these lines, regular expressions, in this order."""
    return pytest.param(app, name, status, report, id=f"{app.removesuffix('.cpp').rpartition('_')[2]}-{name}")


IN_MAIN = r"main did not return: {}\n"

MISTAKES = [
    mistake(TASK, "none", 0, r"anna: not faulted, \nbert: stopped\n"),
    mistake(TASK, "start-twice", FAULT, r"fault of task main: misuse: anna started while it has not finished\n  at .*\n(?:  .*\n)*?  to fix it: join it first",
            IN_MAIN.format("started while it has not finished")),
    mistake(TASK, "start-twice-nameless", FAULT, r"misuse: a task without a name started while it has not finished\n"),
    mistake(TASK, "start-twice-in-a-task", 0, r"fault of task anna: misuse: bert started while it has not finished\n",
            WITH_BERT.format("started while it has not finished")),
    mistake(TASK, "join-itself", 0, r"misuse: anna joined itself\n", WITH_BERT.format("joined itself")),
    mistake(TASK, "join-before-start", FAULT, r"misuse: anna joined before it was started\n"),
    mistake(TASK, "priority-too-high", FAULT, r"fault of task main: misuse: anna given a priority that there is not\n  at .*\n(?:  .*\n)*?  to fix it: make PRIORITIES=4"),
    mistake(TASK, "destroy-itself", 0, r"misuse: anna destroyed by itself\n", WITH_BERT.format("destroyed by itself")),
    mistake(TASK, "pure-virtual", FAULT, r"misuse: a pure virtual function called\n"),
    mistake(TASK, "out-of-range", FAULT, r"misuse: std: out of range: .*\n"),
    mistake(TASK, "stack-in-use-again", FAULT, r"misuse: bert started on a stack that is in use\n"),
    mistake(TASK, "stack-in-use", FAULT, r"misuse: bert started on a stack that is in use\n"),
    mistake(TASK, "assertion-in-a-task", 0,
            r"fault of task anna: assertion failed: this_task::name\(\) == \"somebody else\"\n"
            r"  in tests/apps/misuse_task\.cpp:\d+\n  at 0x\w+ ", WITH_BERT.format("assertion failed")),
    mistake(TASK, "assertion-in-main", FAULT,
            r"fault of task main: assertion failed: this_task::id\(\) == 7\n  in tests/apps/misuse_task",
            IN_MAIN.format("assertion failed")),
    mistake(TASK, "unfinished", UNFINISHED, r"main returned before these tasks had finished",
            r"  anna \(ready\)\n", r"  bert \(blocked\)\n"),
    mistake(TASK, "unfinished-and-failed", 9, r"main returned before these tasks had finished", r"  anna \(ready\)\n"),
    mistake(TASK, "unfinished-exit", UNFINISHED, r"before these tasks had finished", r"  anna \(ready\)\n"),
    mistake(TASK, "deadlock-of-two", DEADLOCK, r"bobbin: deadlock: ", r"main waits for anna",
            r"anna waits for bert", r"bert waits for anna"),
    mistake(TASK, "deadlock-with-main", DEADLOCK, r"anna waits for bert", r"bert waits for task#\d+",
            r"task#\d+ waits for anna"),
    mistake(TASK, "overflow", 0, r"fault of task anna: stack exhausted\n", WITH_BERT.format("stack exhausted")),
    mistake(TASK, "empty-handle", FAULT, r"misuse: pooled_task used although it holds no task\n"),
    mistake(GENERATOR, "none", 0, r"^1\n"),
    mistake(GENERATOR, "resume-itself", 0, r"fault of task main, in a generator: misuse: generator resumed while it runs\n"
            r"  constructed at tests/apps/misuse_generator\.cpp:\d+\n", r"\nmain goes on\n"),
    mistake(GENERATOR, "destroy-while-it-runs", 0,
            r"fault of task main, in a generator: misuse: generator destroyed while it runs\n"
            r"  constructed at tests/apps/misuse_generator\.cpp:\d+\n", r"\nmain goes on\n"),
    mistake(GENERATOR, "yield-outside", FAULT, r"fault of task main: misuse: generator yielded from outside its body\n"
            r"  constructed at tests/apps/misuse_generator\.cpp:\d+\n"),
    mistake(GENERATOR, "yield-outside-within", 0,
            r"fault of task main, in a generator: misuse: generator yielded from outside its body\n", r"main got 1\n"),
    mistake(GENERATOR, "stack-in-use", FAULT, r"misuse: generator constructed on a stack that is in use\n"),
    mistake(GENERATOR, "ignore-stop", 0,
            r"generator ignored its stop: .*\n  constructed at tests/apps/misuse_generator\.cpp:\d+\n", r"main goes on\n"),
    mistake(GENERATOR, "ignore-stop-and-resume", 0,
            r"generator ignored its stop: .*\n  constructed at tests/apps/misuse_generator\.cpp:\d+\n", r"main goes on\n"),
    mistake(GENERATOR, "assertion-in-a-body", 0, r"fault of task anna, in a generator: assertion failed: yield\.stopped\(\)\n",
            r"anna: ok\n", r"generator: assertion failed\n"),
    mistake(GENERATOR, "assertion-after-another-within", 0,
            r"fault of task main, in a generator: assertion failed: yield\.stopped\(\)\n", r"generator: assertion failed\n"),
    mistake(GENERATOR, "overflow", 0, r"fault of task anna, in a generator: stack exhausted",
            r"generator: stack exhausted\n", r"anna: ok\n"),
    mistake(SYNC, "none", 0, r"anna: not faulted, \n"),
    mistake(SYNC, "lock-again", 0, r"fault of task anna: misuse: door locked by the task that holds it\n(?:  .*\n)*?  to fix it: use a recursive_mutex",
            r"bobbin: task anna ended while it held mutex door\n  to fix it: let go of it on every way out", r"anna: faulted, locked by the task that holds it"),
    mistake(SYNC, "unlock-unheld", 0, r"misuse: mutex unlocked by a task that does not hold it\n", r"anna: faulted, "),
    mistake(SYNC, "unlock-by-a-stranger", 0, r"misuse: door unlocked by a task that does not hold it\n", r"anna: faulted, "),
    mistake(SYNC, "unlock-shared-unheld", 0, r"misuse: book unlocked although nobody reads\n", r"anna: faulted, "),
    mistake(SYNC, "destroy-while-held", 0, r"misuse: own destroyed while it is held\n", r"anna: faulted, "),
    mistake(SYNC, "end-while-holding", 0, r"^bobbin: task anna ended while it held mutex door\n", r"anna: not faulted, \n", r"bert: 1\n"),
    mistake(SYNC, "release-too-often", 0, r"misuse: bit released more often than it has room for\n", r"anna: faulted, "),
    mistake(SYNC, "wait-without-the-mutex", 0, r"misuse: changed waited for without holding the mutex\n", r"anna: faulted, "),
    mistake(SYNC, "count-down-below-zero", 0, r"misuse: done counted down below zero\n", r"anna: faulted, "),
    mistake(SYNC, "wait-in-a-handler", PANIC, r"fault in an interrupt or fault handler: misuse: units waited for with interrupts masked\n",
            r"to fix it: interrupt handlers never wait"),
    mistake(SYNC, "wait-in-a-handler-of-an-idle-hart", PANIC, r"fault in an interrupt or fault handler: misuse: units waited for with interrupts masked\n",
            r"interrupted the idle hart\n", r"to fix it: interrupt handlers never wait"),
    mistake(SYNC, "lock-in-a-handler", PANIC, r"fault in an interrupt or fault handler: misuse: door waited for with interrupts masked\n"),
    mistake(SYNC, "sleep-in-a-handler", PANIC, r"fault in an interrupt or fault handler: misuse: time waited for with interrupts masked\n"),
    mistake(SYNC, "wait-with-interrupts-masked", 0, r"misuse: ready waited for with interrupts masked\n", r"anna: faulted, "),
    mistake(SYNC, "deadlock-of-mutexes", DEADLOCK, r"bobbin: deadlock: no task can ever run again\n"),
]


PLACES = [(app, name) for app in (TASK, GENERATOR, SYNC) for name in re.findall(r"// <- (.*)", (ROOT / app).read_text())]


def check_line(app: str, name: str, text: str) -> None:
    """The line of the mistake is the first in the chain of calls that is not the kernel's own."""
    lines = re.findall(r"^  (?:at 0x.*|   inlined into|constructed at) (\S+):(\d+)$", text, re.MULTILINE)
    place = next((int(line) for file, line in lines if file == app), None)
    source = (ROOT / app).read_text().splitlines()
    assert place and source[place - 1].endswith(f"// <- {name}"), text


@pytest.mark.parametrize("app, name, status, report", MISTAKES)
def test_the_mistake_is_reported_with_its_line(app, name, status, report, arch):
    run = boot(build(app, arch), arch, "--args", name)
    at = 0
    for line in report:
        found = re.compile(line, re.MULTILINE).search(run.text, at)
        assert found, f"no {line!r} in, or not in this order:\n{run.text}\n{run.errors}"
        at = found.end()
    assert run.status == status, f"{run.text}\n{run.errors}"
    if (app, name) in PLACES:
        check_line(app, name, run.text)


@pytest.mark.every_flavour
@pytest.mark.parametrize("flavour", [flavour for flavour in EVERY if flavour not in USUAL], ids=str)
def test_the_line_is_right_whatever_the_compiler_makes_of_it(flavour):
    if flavour.llvm and not has_llvm():
        pytest.skip("clang and lld are not installed: make setup LLVM=1")
    for app, name in PLACES:
        check_line(app, name, boot(build(app, flavour), flavour.arch, "--args", name).text)


def test_every_mistake_of_the_programs_is_tried():
    for app in (TASK, GENERATOR, SYNC):
        named = set(re.findall(r'^    \{"([a-z-]+)"', (ROOT / app).read_text(), re.MULTILINE))
        assert named == {each.values[1] for each in MISTAKES if each.values[0] == app}
