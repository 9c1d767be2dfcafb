"""The cost table for people: on the terminal, and docs/costs.md."""

from __future__ import annotations

import re

from costs.counted import ARCHITECTURES, ROOT
from costs.published import Published
from costs.rows import Failure, Row, figure

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
