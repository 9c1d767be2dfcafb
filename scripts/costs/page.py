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


def native_table(native: Native) -> str:
    """A line for each operation, a column for everybody who does it."""
    floor = native.floor()
    rows = [row for row in native.rows if row is not floor]
    found = {(row.name, row.by): row for row in rows}
    operations, everybody = (dict.fromkeys(each) for each in zip(*found))
    width = max(map(len, operations)) + 4
    heads = [by.rpartition(" ") for by in everybody]
    lines = ["ns, native".ljust(width) + "".join(f"{first:>18}" for first, _, _ in heads),
             " " * width + "".join(f"{last:>18}" for _, _, last in heads)]
    for name in operations:
        cells = [found.get((name, by)) for by in everybody]
        lines.append(f"  {name}".ljust(width) + "".join(f"{cell_of(row):>18}" for row in cells))
    lines.append(f"  {floor.name}, the floor".ljust(width) + f"{floor.value:>10g}")
    return "\n".join(line.rstrip() for line in [*lines, *absent(native)])


def cell_of(row: NativeRow | None) -> str:
    """The time, and how many times the floor's that is."""
    return f"{row.value:g} {row.ratio:6g} x" if row else "-"


def absent(native: Native) -> list[str]:
    missing = [name for name in LIBRARIES if name not in native.measured_on]
    return [f"{name} is not here: run `make setup BENCH=1`" for name in missing]


def page(published: Published) -> str:
    """The template with its {{fields}} filled in: {{architecture: row}} is the row's value, {{architecture: row, with loop}}
    the same with the loop, {{table}} and {{versions}} what their names say.
    """
    versions = [line for lines in published.versions.values() for line in lines]
    known = {"table": table(published.rows), "versions": "\n".join(dict.fromkeys(versions))}
    for row in published.rows:
        known[f"{row.architecture}: {row.name}"] = figure(row.value)
        known[f"{row.architecture}: {row.name}, with loop"] = figure(row.total)
    template = TEMPLATE.read_text()
    missing = set(re.findall(r"{{(.*?)}}", template)) - known.keys()
    if missing:
        raise Failure(f"{TEMPLATE.relative_to(ROOT)} names rows that are not there: {sorted(missing)}")
    return re.sub(r"{{(.*?)}}", lambda field: known[field[1]], template)
