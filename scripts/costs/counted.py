"""Counts what the kernel's operations take, in instructions and bytes, on both machines.

Instructions are counted by QEMU under `-icount shift=0,sleep=off`, so every figure repeats exactly. The programs are in
bench/: they print one row per operation, with the total of a loop around it and of the same loop without it.
"""

from __future__ import annotations

import os
import re
import socket
import struct
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path
from typing import Callable, Iterator, Optional

from costs.rows import Row
from costs.tools import ROOT, Failure, first_line, make
from runner.elf import Elf
from runner.ports import LOOPBACK

ARCHITECTURES = ["riscv64", "x86_64"]
DETERMINISTIC = ["-icount", "shift=0,sleep=off"]
# While it is idle, time passes as it does for others. What it hands out is taken at once, not by another thread, some time.
WITH_OTHERS = ["-icount", "sleep=on", "-global", "virtio-serial-pci.ioeventfd=off"]
SECONDS = 600                         # for one run; the longest takes a few

TRAP_ENTRIES = {"riscv64": ("trap_entry", 1), "x86_64": ("trap_entries", 64)}     # the first, and how many: 16 bytes each

KiB = 1 << 10
ECHOES, UNTIL_IDLE = 11, 0.05         # so many, so many seconds apart

Client = Callable[[str], None]        # called with the number of a port

SHT_NOBITS = 8
SHF_WRITE, SHF_ALLOC = 1, 2


def make_image(architecture: str, app: str = "tour") -> str:
    return make("image", f"ARCH={architecture}", f"APP={app}")


def run(architecture: str, image: str, *qemu: str, memory: str = "", client: Optional[Client] = None) -> str:
    """Runs an image to its end, returns what it printed. If there is a client, it is for the port that is printed first."""
    command = [ROOT / "scripts/run", "--arch", architecture, "--image", image, "--timeout", str(SECONDS),
               *(["--memory", memory] if memory else []), *(["--ports", "1"] if client else []), "--", *DETERMINISTIC, *qemu]
    silence, held_open = os.pipe()        # an end of input would arrive as a byte, and interrupt what is measured
    try:
        with subprocess.Popen(command, stdin=silence, stdout=subprocess.PIPE, text=True) as process:
            if client:
                client(process.stdout.readline().rpartition(":")[2])
            output = process.stdout.read()
    finally:
        os.close(silence)
        os.close(held_open)
    if process.returncode:
        raise Failure(f"{image} ended with status {process.returncode}")
    return output


def printed_rows(architecture: str, app: str, memory: str = "") -> list[Row]:
    rows = []
    for line in run(architecture, make_image(architecture, app), memory=memory).splitlines():
        if line.startswith("row|"):
            _, name, unit, total, loop, operations = line.split("|")
            rows.append(Row(name, architecture, unit, Fraction(int(total), int(operations)),
                            Fraction(int(loop), int(operations))))
    return rows


def executed(architecture: str, image: str, *qemu: str, client: Optional[Client] = None) -> Iterator[int | str]:
    """The addresses of the kernel's instructions as QEMU executes them one by one, and its other events in between.

    An instruction that QEMU took back, to end a block with it or because its time slice was used up, is logged once more
    when it is executed.
    """
    symbols = Elf(Path(image)).symbols()
    text = f"{symbols['__text_start']:#x}..{symbols['__text_end']:#x}"
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        run(architecture, image, "-singlestep", "-d", "exec,nochain", "-dfilter", text, "-D", str(log), *qemu, client=client)
        address = None
        with open(log, encoding="ascii", errors="replace") as lines:
            for event in lines:
                if event.startswith(("cpu_io_recompile: rewound", "Stopped execution")):
                    address = None
                    continue
                if address is not None:
                    yield address
                address = int(event.split("/")[1], 16) if event.startswith("Trace ") else None
                if address is None:
                    yield event
        if address is not None:
            yield address


def way_to_first_line(architecture: str, image: str) -> Row:
    """Counts the instructions from `_start` to the one that sends the end of the first line."""
    start = Elf(Path(image)).symbols()["_start"]
    count, line = 0, b""
    for event in executed(architecture, image, "-trace", "serial_write"):
        if isinstance(event, int):
            count += count > 0 or event == start
        elif sent := re.match(r"serial_write write addr 0x00 val (0x\w+)", event):
            line += bytes([int(sent[1], 16)]) if count else b""
            if re.search(rb"bobbin: start .*\n", line):
                return Row("first instruction to first line", architecture, "instructions", Fraction(count))
    raise Failure(f"{image} never printed a line that QEMU could trace")


def ways_of_sleep(architecture: str) -> list[Row]:
    """Counts the instructions of the sleeps in bench/sleep.cpp, and what of them comes after the trap's entry."""
    image = make_image(architecture, "bench/sleep.cpp")
    symbols = Elf(Path(image)).symbols()
    first_entry, entries = TRAP_ENTRIES[architecture]
    trap_entries = range(symbols[first_entry], symbols[first_entry] + 16 * entries, 16)
    sleeps, wakings = [], []
    count = begin = trap = 0
    for event in executed(architecture, image):
        if event in trap_entries:
            trap = count
        elif event == symbols["sleep_begins"]:
            begin = count
        elif event == symbols["sleep_ends"]:
            sleeps.append(count - begin)
            wakings.append(count - trap)
        count += isinstance(event, int)
    alone, with_a_switch, beside_many = (len(sleeps) * kind // 3 - 1 for kind in (1, 2, 3))     # the last of each kind
    return [Row("interrupt to woken task", architecture, "instructions", Fraction(wakings[with_a_switch])),
            Row("sleep", architecture, "instructions", Fraction(sleeps[alone])),
            Row("sleep with 1 000 timers", architecture, "instructions", Fraction(sleeps[beside_many]))]


def echo_slowly(port: str) -> None:
    """Sends a KiB, takes it back, and sends the next when the machine has long been idle again."""
    with socket.create_connection((LOOPBACK, int(port))) as client:
        for _ in range(ECHOES):
            time.sleep(UNTIL_IDLE)
            client.sendall(bytes(KiB))
            client.recv(KiB, socket.MSG_WAITALL)


def way_of_echo(architecture: str) -> Row:
    """Counts the instructions from the end of one echo in bench/echo.cpp to the end of the next: the one in the middle, as
    not every interrupt need come while the machine is idle."""
    image = make_image(architecture, "bench/echo.cpp")
    end = Elf(Path(image)).symbols()["echo_ends"]
    ends, count = [], 0
    for event in executed(architecture, image, *WITH_OTHERS, client=echo_slowly):
        count += isinstance(event, int)
        if event == end:
            ends.append(count)
    echoes = sorted(after - before for before, after in zip(ends, ends[1:ECHOES]))
    return Row("echo of 1 KiB to a TCP client", architecture, "instructions", Fraction(echoes[len(echoes) // 2]))


def text_row(name: str, architecture: str, image: str) -> Row:
    """What `size` calls text: all that is loaded and never written, code and constants."""
    elf, text = Elf(Path(image)), 0
    for index in range(elf.sections):
        _, kind, flags, _, _, size, *_ = struct.unpack_from("<IIQQQQIIQQ", elf.data,
                                                             elf.section_headers + index * elf.section_size)
        if flags & SHF_ALLOC and not flags & SHF_WRITE and kind != SHT_NOBITS:
            text += size
    return Row(name, architecture, "bytes", Fraction(text))


def measure_on(architecture: str, quick: bool) -> list[Row]:
    smallest = make_image(architecture, "bench/smallest.cpp")
    rows = printed_rows(architecture, "bench/costs")
    rows += ways_of_sleep(architecture)
    rows.append(way_of_echo(architecture))
    rows.append(way_to_first_line(architecture, smallest))
    rows.append(text_row("text of the smallest image with a task", architecture, smallest))
    rows.append(text_row("text of the tour", architecture, make_image(architecture)))
    if not quick:
        rows += printed_rows(architecture, "bench/million.cpp", memory="1G")
    return rows


def measure(quick: bool) -> list[Row]:
    """All rows; `quick` leaves out the million tasks."""
    with ThreadPoolExecutor() as pool:
        return sum(pool.map(lambda architecture: measure_on(architecture, quick), ARCHITECTURES), [])


def versions() -> dict[str, list[str]]:
    """What the figures depend on besides the sources: the compiler and the QEMU of each architecture."""
    return {architecture: [first_line(make("compiler", f"ARCH={architecture}")), first_line(f"qemu-system-{architecture}")]
            for architecture in ARCHITECTURES}
