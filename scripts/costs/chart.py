"""docs/costs.svg: the native figures as bars, how many times the floor each takes. The scale is logarithmic.

It is text that any browser draws, on a ground of its own, so that it can be read on light and dark pages.
"""

from __future__ import annotations

import math
from html import escape

from costs.native import Native, NativeRow
from costs.tools import ROOT

CHART = ROOT / "docs/costs.svg"

WIDTH, LEFT, RIGHT = 820, 180, 130    # of the whole; beside the bars: who it is, and the figures
TOP, BAR, PITCH, GAP = 58, 12, 16, 30

STYLE = """
  text { font: 12px system-ui, sans-serif; fill: #1f2328 }
  .ground { fill: #ffffff } .grid { stroke: #d1d9e0 } .other { fill: #9aa4b0 } .bobbin { fill: #1f6feb }
  .operation, .title { font-weight: 600 } .title { font-size: 14px }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .ground { fill: #0d1117 } .grid { stroke: #3d444d } .other { fill: #6e7681 } .bobbin { fill: #4493f8 }
  }
"""


def chart(native: Native) -> str:
    floor = native.floor()
    rows = [row for row in native.rows if row is not floor]
    longest = max(row.ratio for row in rows)
    y, drawn = TOP, []
    for name in dict.fromkeys(row.name for row in rows):
        drawn.append(text(12, y + GAP - 8, name, "operation"))
        y += GAP
        for row in sorted((row for row in rows if row.name == name), key=lambda row: row.value):
            drawn.append(bar(row, y, place(row.ratio, longest)))
            y += PITCH
    height = y + 16
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
        f"<title>Native costs, as multiples of {escape(floor.name)}</title>",
        f"<style>{STYLE}</style>",
        f'<rect class="ground" width="{WIDTH}" height="{height}" rx="8"/>',
        text(12, 24, f"Times the floor, {floor.name}: {floor.value:g} ns", "title"),
        *grid(height - 12, longest), *drawn, "</svg>", ""])


def grid(bottom: int, longest: float) -> list[str]:
    lines = []
    for ratio in (10 ** decade for decade in range(int(math.log10(longest)) + 1)):
        x = place(ratio, longest)
        lines.append(f'<path class="grid" d="M{x:.1f} {TOP - 6}V{bottom}"/>')
        lines.append(text(x, TOP - 12, f"{ratio:,} x".replace(",", " "), anchor="middle"))
    return lines


def bar(row: NativeRow, y: int, end: float) -> str:
    kind = "bobbin" if row.by == "Bobbin" else "other"
    return (text(LEFT - 8, y + BAR - 2, row.by, anchor="end") +
            f'<rect class="{kind}" x="{LEFT}" y="{y}" width="{max(end - LEFT, 1):.1f}" height="{BAR}"/>' +
            text(end + 6, y + BAR - 2, f"{row.ratio:g} x, {row.value:g} ns"))


def place(ratio: float, longest: float) -> float:
    """Where a bar ends: it begins at the floor."""
    return LEFT + (WIDTH - LEFT - RIGHT) * max(math.log10(ratio), 0) / math.log10(longest)


def text(x: float, y: float, said: str, kind: str = "", anchor: str = "") -> str:
    attributes = (f' class="{kind}"' if kind else "") + (f' text-anchor="{anchor}"' if anchor else "")
    return f'<text x="{x:.1f}" y="{y}"{attributes}>{escape(said)}</text>'
