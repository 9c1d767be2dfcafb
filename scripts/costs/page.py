"""The cost table for people: on the terminal, and docs/costs.md."""

from __future__ import annotations

import re

from costs.counted import ARCHITECTURES
from costs.native import LIBRARIES, Native, NativeRow
from costs.published import Published
from costs.rows import Row, figure
from costs.tools import ROOT, Failure

PAGE = ROOT / "docs/costs.md"
TEMPLATE = ROOT / "bench/costs.template.md"


def table(rows: list[Row]) -> str:
    """One block per unit; columns: the operation and its loop, for each architecture."""
    found = {(row.name, row.architecture): row for row in rows}
    width = max(len(row.name) for row in rows) + 2
    lines = []
    for unit in dict.fromkeys(row.unit for row in rows):
        names = dict.fromkeys(row.name for row in rows if row.unit == unit)
        loops = unit == "instructions"
        heads = "".join(f"{architecture:>12}{'+ loop' if loops else '':>8}" for architecture in ARCHITECTURES)
        lines.append((unit.ljust(width) + heads).rstrip())
        for name in names:
            line = f"  {name}".ljust(width)
            for architecture in ARCHITECTURES:
                row = found.get((name, architecture))
                line += f"{figure(row.value) if row else '-':>12}{figure(row.loop) if row and row.loop else '':>8}"
            lines.append(line.rstrip())
        lines.append("")
    return "\n".join(lines).rstrip()


def matrix(native: Native) -> tuple[list[str], list[list[str]]]:
    """The native rows but the floor: a column for everybody, and for each operation its name and what it takes them."""
    found = {(row.name, row.by): row for row in native.rows if row is not native.floor()}
    operations, everybody = (dict.fromkeys(each) for each in zip(*found))
    return list(everybody), [[name, *(native_figure(found.get((name, by))) for by in everybody)] for name in operations]


def native_figure(row: NativeRow | None) -> str:
    """The time, and how many times the floor's that is."""
    return f"{row.value:g} ({row.ratio:g} x)" if row else "-"


def native_table(native: Native) -> str:
    everybody, operations = matrix(native)
    floor = native.floor()
    width = max(len(name) for name, *_ in operations) + 4
    heads = [by.rpartition(" ") for by in everybody]
    lines = ["ns, native".ljust(width) + "".join(f"{first:>18}" for first, _, _ in heads),
             " " * width + "".join(f"{last:>18}" for _, _, last in heads)]
    for name, *figures in operations:
        lines.append(f"  {name}".ljust(width) + "".join(f"{figure:>18}" for figure in figures))
    lines.append(f"  {floor.name}: {floor.value:g}, the floor")
    return "\n".join(line.rstrip() for line in [*lines, *absent(native)])


def native_markdown(native: Native) -> str:
    everybody, operations = matrix(native)
    cells = [["ns", *everybody], ["---"] * (len(everybody) + 1),
             *([name, f"**{bobbin}**", *others] for name, bobbin, *others in operations)]
    return "\n".join(f"| {' | '.join(line)} |" for line in cells)


def computer(native: Native) -> str:
    return "\n".join(f"{what}: {which}" for what, which in native.measured_on.items())


def absent(native: Native) -> list[str]:
    missing = [name for name in LIBRARIES if name not in native.measured_on]
    return [f"{name} is not here: run `make setup BENCH=1`" for name in missing]


def page(published: Published) -> str:
    """The template with its {{fields}} filled in: {{architecture: row}} is the row's value, {{architecture: row, with loop}}
    the same with the loop; {{table}}, {{versions}}, {{native}} and {{computer}} are what their names say.
    """
    versions = [line for lines in published.versions.values() for line in lines]
    known = {"table": table(published.rows), "versions": "\n".join(dict.fromkeys(versions)),
             "native": native_markdown(published.native), "computer": computer(published.native)}
    for row in published.rows:
        known[f"{row.architecture}: {row.name}"] = figure(row.value)
        known[f"{row.architecture}: {row.name}, with loop"] = figure(row.total)
    template = TEMPLATE.read_text()
    missing = set(re.findall(r"{{(.*?)}}", template)) - known.keys()
    if missing:
        raise Failure(f"{TEMPLATE.relative_to(ROOT)} names rows that are not there: {sorted(missing)}")
    return re.sub(r"{{(.*?)}}", lambda field: known[field[1]], template)
