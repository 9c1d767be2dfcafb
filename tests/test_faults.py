"""What a fault looks like from outside: the report, what goes on, the verdict. And panics, and what cannot be compiled.

The matrix itself is a suite, tests/kernel/faults.cpp.
"""

from __future__ import annotations

import re
from collections import Counter

import pytest

from bobbin import BUILD, Flavour, Run, boot, boot_suite, build, build_suite, make
from images import ILLEGAL, RETURN, patched

REPORTS = "tests/apps/fault_reports.cpp"
MATRIX = "faults"
FAULTS = "faults"

CALL = re.compile(r"^  at (0x[0-9a-f]+)(?: (.*)\+0x[0-9a-f]+)?", re.MULTILINE)
REGISTER = re.compile(r"\b([a-z][a-z0-9]*) +0x([0-9a-f]{16})\b")
NULL_READ = "read from 0x0, page 0: null pointer"


def reported(name: str, arch: str, *words: str) -> Run:
    return boot(build(REPORTS, arch), arch, "--args", " ".join([*words, name]))


def report_of(text: str, start: str) -> str:
    """From the line that begins with `start` to the next that is not indented."""
    found = re.search(rf"^{re.escape(start)}.*\n(?:  .*\n)*", text, re.MULTILINE)
    assert found, text
    return found[0]


def calls(report: str) -> list[str]:
    """The functions of a call chain, without what is in front of their names and their arguments."""
    return [re.split(r"[(<]", name or "")[0].rpartition("::")[2] for _, name in CALL.findall(report)]


def assert_in_order(names: list[str], seen: list[str]) -> None:
    remaining = iter(seen)
    assert all(name in remaining for name in names), seen


# ---- reports

def test_a_report_says_who_what_and_through_which_calls(arch):
    run = reported("deep", arch)
    report = report_of(run.text, "bobbin: fault of task culprit: ")
    assert report.splitlines()[0].endswith(NULL_READ)
    assert_in_order(["innermost_call", "middle_call", "outermost_call", "run", "enter_first_frame"], calls(report))
    assert run.text.endswith("\njoin returned: null pointer, status -1\n")
    assert run.verdict == "passed" and run.status == 0


def test_a_report_tells_all_registers(arch):
    report = report_of(reported("deep", arch).text, "bobbin: fault of task culprit: ")
    registers = dict(REGISTER.findall(report))
    assert len(registers) == {"riscv64": 32, "x86_64": 18, "hosted": 18}[arch]
    assert int(registers["pc"], 16) == int(CALL.search(report)[1], 16)


def test_a_recursion_is_told_in_a_line(arch):
    report = report_of(reported("recursion", arch).text, "bobbin: fault of task culprit: ")
    found = re.search(r"^  at .* recurse\+.*\n  \.\.\. (\d+) more of the same\n", report, re.MULTILINE)
    assert found and int(found[1]) > 50, report
    assert calls(report).count("recurse") <= 2 and calls(report)[-1] == "enter_first_frame"


def test_a_recursion_of_two_functions_is_told_in_a_line(arch):
    report = report_of(reported("recursion-of-two", arch).text, "bobbin: fault of task culprit: ")
    found = re.search(r"^  \.\.\. these 2 calls (\d+) more times\n", report, re.MULTILINE)
    assert found and int(found[1]) > 50, report
    assert len(calls(report)) < 10 and calls(report)[-1] == "enter_first_frame"


def test_of_a_long_chain_the_beginning_and_the_end_are_told(arch):
    report = report_of(reported("long-chain", arch).text, "bobbin: fault of task culprit: ")
    before, count, after = re.split(r"^  \.\.\. (\d+) calls\n", report, flags=re.MULTILINE)
    assert calls(before)[:2] == ["innermost_call", "descend"] and calls(after)[-1] == "enter_first_frame"
    assert len(calls(before)) + int(count) + len(calls(after)) == 1 + 51 + 3  # with who called it, run, and the first frame


def test_a_loop_of_frames_ends(arch):
    run = reported("loop-of-frames", arch)
    report = report_of(run.text, "bobbin: fault of task culprit: ")
    assert calls(report)[:2] == ["innermost_call", "tie_a_loop"] and len(calls(report)) < 10
    assert run.status == 0


def test_a_chain_goes_through_generators_into_their_resumers(arch):
    run = reported("generators", arch)
    report = report_of(run.text, "bobbin: fault of task culprit, in a generator: ")
    flows = report.split("  resumed by\n")
    assert len(flows) == 4
    for flow, names in zip(flows, [["innermost_call", "middle_call", "outermost_call"], ["middle_body"], ["outer_body"],
                                   ["sum_of_values"]]):
        assert_in_order(names, calls(flow))
    assert run.text.endswith("\njoin returned: , status 0\n") and run.status == 0


ADDRESSES = {
    "riscv64": [("read-at", "0x8", "read from 0x8, page 0: null pointer"),
                ("read-at", "0x108000", "read from 0x108000, no device there: wild pointer"),
                ("write-at", "0x60000000", "write to 0x60000000, no memory there: wild pointer"),
                ("read-at", "0x80000000", "read from 0x80000000, the firmware's memory: wild pointer"),
                ("jump-to", "0x80000000", "jump to 0x80000000, the firmware's memory: wild pointer"),
                ("jump-to", "0x87000000", "jump to 0x87000000, memory that the program does not have: wild pointer"),
                ("write-at", "0x90000000", "write to 0x90000000, beyond the RAM: wild pointer")],
    "x86_64": [("read-at", "0x8", "read from 0x8, page 0: null pointer"),
               ("write-at", "0x90000000", "write to 0x90000000, beyond the RAM: wild pointer"),
               ("jump-to", "0x90000", "jump to 0x90000, memory that the program does not have: wild pointer"),
               ("jump-to", "0x7000000", "jump to 0x7000000, memory that the program does not have: wild pointer"),
               ("read-at", "0x7fff00000000", "read from 0x7fff00000000, beyond the RAM: wild pointer")],
    "hosted": [("read-at", "0x8", "read from 0x8, page 0: null pointer"),
               ("write-at", "0x10000", "write to 0x10000, no memory there: wild pointer"),
               ("jump-to", "0x600000000000", "jump to 0x600000000000, no memory there: wild pointer")],
}
NO_ADDRESS = [(kind, "0xdeadbeefdeadbee0", f"{did} 0xdeadbeefdeadbee0, not a canonical address: wild pointer")
              for kind, did in (("read-at", "read from"), ("write-at", "write to"), ("jump-to", "jump to"))]


@pytest.mark.parametrize("arch, kind, address, told", [
    pytest.param(arch, *case, id=f"{arch}-{case[0]}-{case[1]}") for arch in ADDRESSES for case in ADDRESSES[arch] + NO_ADDRESS])
def test_what_was_attempted_is_told_in_words_with_the_address_and_what_is_there(arch, kind, address, told):
    run = boot(build(REPORTS, arch), arch, "--args", f"{kind} {address}")
    assert f"bobbin: fault of task culprit: {told}\n" in run.text and run.status == 0, run.text


FORBIDDEN_ANYWHERE = {
    "illegal": "illegal instruction", "breakpoint": "breakpoint",
    "misaligned-store": "misaligned write to 0x\\w+1, not a multiple of its size: misaligned access",
    "segment": "use of a segment or an interrupt vector that is not there",
    "missing-vector": "use of a segment or an interrupt vector that is not there",
    "x87-invalid": "invalid FP operation",
}
EXCEPTIONS = {
    "riscv64": {"illegal": "illegal instruction", "breakpoint": "breakpoint",
                "misaligned": "misaligned .* 0x80200001, not a multiple of its size: misaligned access"},
    "hosted": {**FORBIDDEN_ANYWHERE,
               "privileged": "forbidden instruction or operand",
               "misaligned": "misaligned read from 0x400001, not a multiple of its size: misaligned access",
               "push-nowhere": "write to 0x[0-9a-f]+, .*",
               "sse-invalid": "invalid FP operation"},
    "x86_64": {**FORBIDDEN_ANYWHERE,
               "forbidden": "forbidden instruction or operand",
               "misaligned": "misaligned read from 0x100001, not a multiple of its size: misaligned access",
               "push-nowhere": "write to 0x7ffffffffff8, .*",
               "vector-0": "division by zero, .*", "vector-1": "single step, or a hardware breakpoint",
               "vector-2": "non-maskable interrupt", "vector-4": "overflow trap", "vector-5": "bound range exceeded",
               "vector-7": "FP instruction while the FP unit is off", "vector-9": "coprocessor segment overrun",
               "vector-15": "reserved exception 15", "vector-16": "x87 exception", "vector-18": "machine check",
               "vector-19": "SSE exception", "vector-20": "virtualization exception", "vector-22": "reserved exception 22",
               "vector-28": "hypervisor injection exception", "vector-31": "reserved exception 31"},
}


@pytest.mark.parametrize("arch, name, told", [pytest.param(arch, name, told, id=f"{arch}-{name}")
                                              for arch, cases in EXCEPTIONS.items() for name, told in cases.items()])
def test_every_exception_is_told_in_words(arch, name, told):
    run = boot(build(REPORTS, arch), arch, "--args", f"raise {name}")
    assert re.search(rf"^bobbin: fault of task culprit: {told}$", run.text, re.MULTILINE) and run.status == 0, run.text


def test_an_assertion_and_a_misuse_are_told_where_they_are(arch):
    report = report_of(reported("assertion", arch).text, "bobbin: fault of task culprit: assertion failed: sum == 3")
    assert re.search(r"^  in tests/apps/fault_reports\.cpp:\d+$", report, re.MULTILINE)
    assert calls(report)[1:] == ["run", "enter_first_frame"]
    report_of(reported("misuse", arch).text, "bobbin: fault of task culprit: misuse: culprit joined itself")


def test_a_fault_in_the_middle_of_printing_leaves_the_console_sane(arch):
    run = reported("half-a-line", arch)
    assert run.text.startswith("half\nbobbin: fault of task culprit: " + NULL_READ)
    assert run.text.endswith("\njoin returned: null pointer, status -1\n")


def test_the_same_fault_again_is_reported_again(arch):
    run = reported("twice", arch)
    assert run.text.count("bobbin: fault of task culprit: " + NULL_READ) == 2
    assert run.text.count("join returned: null pointer, status -1\n") == 2 and run.status == 0


PLACES = {
    "null call": "jump to 0x0, page 0: null pointer",
    "the last byte of page 0": "read from 0xfff, page 0: null pointer",
    "write to .text": "write to 0x\\w+, the program's code: code is read-only",
    "write to .rodata": "write to 0x\\w+, the program's constants: constants are read-only",
    "execute on the stack": "jump to 0x\\w+, the stack of task culprit: data is not code",
    "execute in data": "jump to 0x\\w+, the program's data: data is not code",
    "execute in constants": "jump to 0x\\w+, the program's constants: data is not code",
    "deep recursion hits the guard": "write to 0x\\w+, below the task's stack: stack overflow",
    "deep recursion in a generator hits the guard of its stack, and the resumer goes on":
        "write to 0x\\w+, below the generator's stack: stack overflow",
    "write to the guard of another stack": "write to 0x\\w+, the guard below the stack of task bystander: wild pointer",
    "misaligned access": "misaligned \\w+ (?:from|to) 0x\\w+, not a multiple of its size: misaligned access",
}


def test_each_fault_of_the_matrix_is_reported_twice(arch):
    flavour = Flavour(arch)
    run = boot_suite(MATRIX, build_suite(MATRIX, flavour), flavour)
    cases = re.split(r"^(?:not )?ok \d+ (.*)$", run.text, flags=re.MULTILINE)
    told = set()
    for said, name in zip(cases[0::2], cases[1::2]):
        if name == "division by zero" and arch == "riscv64":
            continue
        if name.startswith("deep recursion on the stack of a pool"):
            assert len(re.findall(r"^bobbin: fault of task (?:pooled|detached): .*stack overflow$", said, re.MULTILINE)) == 4
            continue
        faults = Counter(re.findall(r"^bobbin: fault of task .*", said, re.MULTILINE))
        assert sum(faults.values()) == 2, (name, said)
        assert all(re.match(r"bobbin: fault of task (culprit|reader|main, in a generator|reader, in a generator): .", fault)
                   for fault in faults), (name, faults)
        assert all(re.search(PLACES.get(name, "") + "$", fault) for fault in faults), (name, faults)
        told.add(name)
    assert told >= PLACES.keys()


# ---- the end of a run

def test_the_boot_task_is_a_task_like_any_other(arch):
    run = reported("main", arch)
    report_of(run.text, "bobbin: fault of task main: ")
    assert run.text.endswith("other goes on\n" * 3 + "bobbin: main did not return: null pointer\n")
    assert run.verdict == "fault of task main" and run.status == 102


def test_panic_first_makes_the_first_fault_fatal(arch):
    run = reported("main-with-others", arch, "panic=first")
    assert run.verdict.startswith("panic") and run.status == 101
    before, _, after = run.text.partition("bobbin: panic: a task faulted, and panic=first was asked for\n")
    assert_in_order(["innermost_call", "outermost_call"], calls(before))
    assert_table(after, {"main": "blocked", "other": "ready", "third": "blocked", "culprit": "running"})
    assert "kernel_main" in calls(report_of(after, "task main\n"))
    assert_in_order(["yield_often", "run"], calls(report_of(after, "task other\n")))
    assert_in_order(["sleep_until", "enter_first_frame"], calls(report_of(after, "task third\n")))


def test_a_task_that_waits_where_it_has_waited_before_is_shown_there(arch):
    said = reported("joining-again", arch, "panic=first").text
    assert_in_order(["join_it", "join_twice", "run", "enter_first_frame"], calls(report_of(said, "task third\n")))


def assert_table(text: str, states: dict[str, str]) -> None:
    rows = re.findall(r"^ +\d+  (\S+) +(\w+) +(\d+) +(\d+) +(\d+)$", text, re.MULTILINE)
    assert {name: state for name, state, *_ in rows} == states, text
    assert all(0 < int(used) <= int(size) for _, _, used, size, _ in rows), text


def test_without_panic_first_others_go_on(arch):
    assert reported("main-with-others", arch).verdict.startswith("failed (100), after a fault of task culprit")


def test_a_fault_in_an_interrupt_handler_is_a_panic(arch):
    run = reported("handler", arch)
    assert run.verdict == "panic" and run.status == 101
    report = report_of(run.text, "bobbin: fault in an interrupt or fault handler: " + NULL_READ)
    assert_in_order(["innermost_call", "on_timer_interrupt"], calls(report))
    assert {"main", "other", "third"} == set(re.findall(r"^ +\d+  (\S+) ", run.text, re.MULTILINE))


def test_a_handler_that_overflows_the_trap_stack_is_a_panic(arch):
    run = reported("endless-handler", arch)
    assert run.verdict == "panic" and run.status == 101, run.text
    report = report_of(run.text, "bobbin: fault in an interrupt or fault handler: write to ")
    assert re.search(r" 0x\w+, below the stack of handlers: stack overflow$", report.splitlines()[0])
    assert_in_order(["recurse", "endless_callback", "on_timer_interrupt"], calls(report))


def test_a_handler_that_ruins_the_list_of_tasks_is_told(arch):
    run = reported("ruinous-handler", arch)
    assert run.verdict == "panic" and run.status == 101
    report_of(run.text, "bobbin: fault in an interrupt or fault handler: " + NULL_READ)
    assert run.text.endswith("\n  from here on the list of tasks is damaged\n")


# ---- reports about a kernel that is itself damaged

def damaged(what: str, arch: str) -> str:
    """What is said of a damaged kernel after the report of a fault, up to an orderly end."""
    run = reported(f"damaged-{what}", arch, "panic=first")
    assert run.verdict.startswith("panic") and run.status == 101, run.text
    return run.text.partition("bobbin: panic: ")[2]


@pytest.mark.parametrize("how", ["wild", "null", "loop", "itself"])
def test_a_damaged_list_of_tasks_is_told_as_far_as_it_is_sound(how, arch):
    text = damaged(f"list-{how}", arch)
    assert "\n  from here on the list of tasks is damaged\n" in text
    assert {"main", "other"} <= set(re.findall(r"^ +\d+  (\S+) ", text, re.MULTILINE))
    assert "kernel_main" in calls(report_of(text, "task main\n"))


def test_a_damaged_name_is_told_as_such(arch):
    text = damaged("name", arch)
    assert_table(text, {"main": "blocked", "(damaged)": "ready", "third": "blocked", "culprit": "running"})
    assert_in_order(["yield_often", "run"], calls(report_of(text, "task (damaged)\n")))


@pytest.mark.parametrize("what, told", [("stack", "its stack"), ("context", "where it stands")])
def test_the_stack_of_a_task_that_cannot_be_found_is_left_alone(what, told, arch):
    text = damaged(what, arch)
    assert report_of(text, "task other\n") == f"task other\n  {told} is damaged\n"
    assert "sleep_until" in calls(report_of(text, "task third\n"))


@pytest.mark.parametrize("what", ["frames", "ring"])
def test_of_a_damaged_task_the_others_are_told_all_the_same(what, arch):
    assert "sleep_until" in calls(report_of(damaged(what, arch), "task third\n"))


@pytest.mark.parametrize("what, told", [("place", "third waits for (damaged)"), ("wait", "third waits for (damaged)"),
                                        ("holder", "third waits for thing (damaged), held by (damaged)"),
                                        ("joiners", "third waits for time")])
def test_who_waits_for_what_is_told_as_far_as_it_can_be_read(what, told, arch):
    text = damaged(what, arch)
    waits = [re.sub(", for \\d+[mu]?s$", "", line) for line in re.findall("^  .* waits for .*", text, re.MULTILINE)]
    assert waits == ["  main waits for culprit to finish", f"  {told}"]
    assert "sleep_until" in calls(report_of(text, "task third\n"))


def test_a_fault_without_a_running_task_is_told(arch):
    run = reported("damaged-hart", arch)
    assert run.verdict == "panic" and run.status == 101, run.text
    report = report_of(run.text, "bobbin: fault of a task that is damaged itself: " + NULL_READ)
    assert_in_order(["innermost_call", "main", "kernel_main"], calls(report))


@pytest.mark.parametrize("mistake", ["handler", "deep panic=first"])
def test_a_fault_in_the_middle_of_a_panic_ends_with_one_line(mistake, arch, tmp_path):
    image = patched(build(REPORTS, arch), tmp_path, _ZN6bobbin16print_task_tableEv=ILLEGAL[arch])
    name, *words = mistake.split()
    run = boot(image, arch, "--args", " ".join([*words, name]))
    assert run.verdict.startswith("panic") and run.status == 101, run.text
    assert re.search(r"^bobbin: panic: .*while a panic was being reported.*\n\Z", run.text, re.MULTILINE), run.text


@pytest.mark.parametrize("what", ["then-fault", "then-misuse", "then-deadlock", "then-unfinished", "then-ignored-stop",
                                  "then-handler", "that-faults"])
def test_a_report_in_the_middle_of_a_line_begins_a_new_one(what, arch):
    assert reported(f"line-{what}", arch).text.startswith("half a line\nbobbin: ")


@pytest.mark.parametrize("function", ["kernel_main", "_ZN6bobbin4arch8discoverENS0_14boot_argumentsE",
                                      "_ZN6bobbin4arch14protect_memoryERKNS_7machineE"])
def test_a_fault_before_there_is_a_task_is_a_panic(function, arch, tmp_path):
    run = boot(patched(build(REPORTS, arch), tmp_path, **{function: ILLEGAL[arch]}), arch)
    assert run.verdict == "panic" and run.status == 101
    report = report_of(run.text, 'bobbin: fault before the task "main": illegal instruction')
    assert calls(report)[0] == re.sub(r"^.*?(kernel_main|discover|protect_memory).*", r"\1", function)
    assert REGISTER.search(report)


def test_a_fault_in_the_last_steps_before_main_is_one_of_the_task_main(arch, tmp_path):
    start_input = "_ZN6bobbin7console11start_inputEj"
    run = boot(patched(build(REPORTS, arch), tmp_path, **{start_input: ILLEGAL[arch]}), arch)
    assert run.verdict == "fault of task main" and run.status == 102
    assert_in_order(["start_input", "kernel_main"], calls(run.text))


# ---- apps/faults

def test_the_demonstration_survives_every_fault(arch):
    run = boot(build(FAULTS, arch), arch)
    count = {"riscv64": 20, "x86_64": 21, "hosted": 21}[arch]
    assert run.text.endswith(f"\n{count} faults, {count} contained\n") and run.status == 0, run.errors
    assert len(re.findall(r"^\d+\. .+: .+$", run.text, re.MULTILINE)) == count
    assert len(re.findall(r"^bobbin: fault of task .+", run.text, re.MULTILINE)) == count
    assert len(re.findall(r"^=> .*: faulted, .*; the others go on$", run.text, re.MULTILINE)) == count
    assert ("no fault on this machine" in run.text) == (arch == "riscv64")


def test_the_demonstration_fails_if_something_is_no_fault(arch, tmp_path):
    run = boot(patched(build(FAULTS, arch), tmp_path, _ZN8mistakes9call_nullEv=RETURN[arch]), arch)
    faults, contained = map(int, re.search(r"\n(\d+) faults, (\d+) contained\n\Z", run.text).groups())
    assert contained == faults - 1 and run.status == 1
    assert "=> join returned: no fault; the others go on\n" in run.text


def test_the_demonstration_ends_at_its_first_fault_if_asked_to(arch):
    run = boot(build(FAULTS, arch), arch, "--args", "panic=first")
    assert run.status == 101 and "2. " not in run.text


# ---- frames larger than a guard

@pytest.mark.parametrize("body", ["volatile char large[9000]; large[n] = 1;",
                                  "volatile char large[n + 9000]; large[n] = 1;"], ids=["array", "variable array"])
@pytest.mark.parametrize("llvm", ["", "1"], ids=["gcc", "clang"])
def test_a_frame_that_could_jump_over_the_guard_does_not_compile_for_riscv64(body, llvm, tmp_path):
    (tmp_path / "large.cpp").write_text(f"int main(int n, char**) {{ {body} }}\n")
    done = make("image", "ARCH=riscv64", f"LLVM={llvm}", f"APP={tmp_path}/large.cpp", f"BUILD={BUILD}")
    if llvm and "no compiler" in done.stderr:
        pytest.skip("clang and lld are not installed: make setup LLVM=1")
    assert done.returncode != 0 and re.search(r"error: .*(frame size|variable)", done.stderr), done.stderr


JUMP = """
#include "bobbin.hpp"
using namespace bobbin;
static stack<8_KiB> guarded;      // 4 KiB of guard below, and other stacks below that
static constinit task jumper{"jumper"};
[[gnu::noinline]] void jump(int n) {
  [[maybe_unused]] volatile char large[%s];
  large[n] = 1;                   // only here: far below the guard if nobody looks
}
int main() {
  jumper.start(guarded, [] { jump(0); });
  const outcome how = jumper.join();
  print("{}\\n", how.cause());
  return how.how() == outcome::kind::faulted ? 0 : 1;
}
"""


@pytest.mark.parametrize("size", ["20000", "n + 20000"], ids=["array", "variable array"])
@pytest.mark.parametrize("llvm", ["", "1"], ids=["gcc", "clang"])
def test_a_frame_that_could_jump_over_the_guard_is_probed_on_x86_64(size, llvm, tmp_path):
    (tmp_path / "jump.cpp").write_text(JUMP % size)
    done = make("image", "ARCH=x86_64", f"LLVM={llvm}", f"APP={tmp_path}/jump.cpp", f"BUILD={BUILD}")
    if llvm and "no compiler" in done.stderr:
        pytest.skip("clang and lld are not installed: make setup LLVM=1")
    assert done.returncode == 0, done.stderr
    run = boot(done.stdout.strip().rpartition("\n")[2], "x86_64")
    assert run.text.endswith("\nstack overflow\n") and run.status == 0, run.text
