"""Run by gdb: steps through a program instruction by instruction and writes down the call chain at each stop.

The caller sets STOPS, the file to write, one JSON object a line; FIRST and LAST, the functions between which to step;
OF_INTEREST, a pattern of the functions whose instructions are wanted: any other is left by `finish`; and LISTED, functions
whose instructions are to be listed in the last line.
"""

import json
import re

import gdb


def name_of(frame: gdb.Frame) -> str:
    """Without namespace, template arguments and parameters."""
    name = re.sub(r"\(anonymous namespace\)::|<lambda\([^)]*\)>", "", frame.name() or "??")
    while (shorter := re.sub(r"<[^<>]*>", "", name)) != name:
        name = shorter
    return name.partition("(")[0].replace("bobbin::", "").strip()


def instruction_at(frame: gdb.Frame) -> str:
    """Its mnemonic."""
    return frame.architecture().disassemble(frame.pc())[0]["asm"].split()[0]


def chain() -> dict:
    """The calls, innermost first; inlined ones only of the innermost."""
    frame = gdb.newest_frame()
    stop = {"pc": frame.pc(), "instruction": instruction_at(frame), "inlined": [], "calls": []}
    while frame is not None:
        last = frame
        if frame.type() != gdb.INLINE_FRAME:
            stop["calls"].append(name_of(frame))
        elif not stop["calls"]:
            stop["inlined"].append(name_of(frame))
        frame = frame.older()
    stop["end"] = gdb.frame_stop_reason_string(last.unwind_stop_reason())
    return stop


def go_on(stop: dict) -> None:
    if not re.search(OF_INTEREST, stop["calls"][0]) and len(stop["calls"]) > 1:  # noqa: F821
        gdb.execute("finish", to_string=True)
    else:
        gdb.execute("stepi", to_string=True)


def instructions_of(function: str) -> dict:
    """Address and mnemonic."""
    listing = gdb.execute(f"disassemble {function}", to_string=True)
    return {int(address, 16): mnemonic for address, mnemonic in re.findall(r"(0x\w+) <\+\d+>:\s+(\S+)", listing)}


gdb.execute("set suppress-cli-notifications on")
gdb.execute(f"tbreak {FIRST}")  # noqa: F821
gdb.execute("continue")
with open(STOPS, "w") as file:  # noqa: F821
    while True:
        stop = chain()
        print(json.dumps(stop), file=file)
        if stop["calls"][0] == LAST:  # noqa: F821
            break
        go_on(stop)
    print(json.dumps({function: instructions_of(function) for function in LISTED}), file=file)  # noqa: F821
