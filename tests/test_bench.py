"""`make bench`, what it counts: every row is there, counts repeat exactly, and what docs/costs.md promises holds. Nothing has
come to cost more than it says.
"""

import json
import re
import subprocess
from xml.etree import ElementTree

import pytest

from bobbin import BUILD, ENVIRONMENT, MACHINES, ROOT, Flavour, build, make
from costs.chart import CHART, chart
from costs.native import FLOOR
from costs.page import PAGE, page
from costs.published import Published
from known import RUNNER, answer, machines, version_of

APPS = ["bench/smallest.cpp", "bench/costs", "bench/million.cpp", "bench/echo.cpp", "bench/sleep.cpp", "tour"]

INSTRUCTIONS = ["bare switch", "bare switch, function alone", "bare switch, FP registers in use", "yield, 2 ready",
                "yield, 10 ready", "yield, 1000 ready", "yield, 100000 ready", "yield, out of line",
                "two yields, from two places", "stack check at a switch", "generator item, range-for",
                "generator item, views: transform, take", "generator item, views: filter, transform, take",
                "generator item, resume()", "generator create + item + drop",
                "start + run + join", "start + run + join, from a pool", "mutex lock + unlock", "semaphore give + take",
                "semaphore hand-over", "channel send + receive of 16 bytes", "channel hand-over of 16 bytes",
                "channel stream of 16 bytes, 16 deep", "select over 4, of which one is ready",
                "broadcast to 100, until all wait again", "interrupt to woken task", "sleep",
                "sleep with 1 000 timers", "echo of 1 KiB to a TCP client", "first instruction to first line"]
BYTES = ["task", "generator record", "switch frame", "switch frame, FP registers in use", "smallest stack",
         "text of the smallest image with a task", "text of the tour"]
MILLION = ["a million tasks, construction and start of each", "a million tasks, first switch to each",
           "a million tasks, yield of each", "a million tasks, end and join of each", "a million tasks, memory of each"]
AVERAGES = ["semaphore hand-over", "channel hand-over of 16 bytes", "channel stream of 16 bytes, 16 deep",
            "select over 4, of which one is ready"]       # of two ways that differ, or of an order by chance
REMEDY = "run `make bench FORMAT=docs ONLY=counted`"
GROWTH_AT_MOST = 1.02                  # of a row, compared with docs/costs.json
YIELD_AT_MOST = {"riscv64": 60, "x86_64": 50}


def bench(*options: str) -> str:
    done = subprocess.run([ROOT / "scripts/bench", *options], env={**ENVIRONMENT, "BUILD": str(BUILD)}, text=True,
                          stdin=subprocess.DEVNULL, capture_output=True, timeout=600)
    assert done.returncode == 0, done.stderr
    return done.stdout


def rows_of(output: str) -> dict:
    rows = [json.loads(line) for line in output.splitlines()]
    assert all(row.keys() == {"name", "architecture", "value", "unit", "loop"} for row in rows)
    found = {(row["architecture"], row["name"]): row for row in rows}
    assert len(found) == len(rows)
    return found


@pytest.fixture(scope="module")
def rows() -> dict:
    images = [build(app, arch) for app in APPS for arch in MACHINES]
    return rows_of(answer(lambda: bench("--format", "json", "--only", "counted"), f"bench {machines()}",
                          [ROOT / "scripts/bench", *sorted((ROOT / "scripts/costs").glob("*.py")), *RUNNER, *images]))


def test_every_row_is_there_on_both_machines(rows):
    named = {**dict.fromkeys(INSTRUCTIONS + MILLION, "instructions"), **dict.fromkeys(BYTES + MILLION[-1:], "bytes")}
    assert {key: row["unit"] for key, row in rows.items()} == \
        {(arch, name): unit for arch in MACHINES for name, unit in named.items()}
    assert all(row["value"] > 0 and row["loop"] >= 0 for row in rows.values())


def test_a_second_run_counts_the_same(rows):
    again = rows_of(bench("--format", "json", "--only", "counted", "--quick"))
    assert again == {key: row for key, row in rows.items() if row["name"] not in MILLION}


def test_an_operation_is_a_whole_number_of_instructions(rows):
    whole = [row for row in rows.values() if row["name"] not in MILLION + AVERAGES]
    assert [row for row in whole if not isinstance(row["value"], int)] == []


def test_a_yield_costs_the_same_with_any_number_of_tasks(rows, machine):
    costs = {rows[machine, name]["value"] for name in INSTRUCTIONS if re.fullmatch(r"yield, \d+ ready", name)}
    assert len(costs) == 1 and costs.pop() <= YIELD_AT_MOST[machine]


def test_a_task_takes_at_most_128_bytes(rows, machine):
    assert rows[machine, "task"]["value"] <= 128


def test_a_sleep_costs_little_more_beside_a_thousand_timers(rows, machine):
    alone, beside_many = (rows[machine, name]["value"] for name in ("sleep", "sleep with 1 000 timers"))
    assert rows[machine, "interrupt to woken task"]["value"] < alone < beside_many <= alone + 150


def versions_here() -> dict:
    """See scripts/costs/counted.py; as for the images above, whatever `make test` was called with."""
    compilers = {arch: make("compiler", *Flavour(arch).settings()).stdout.strip() for arch in MACHINES}
    return {arch: [version_of(command).partition("\n")[0] for command in (compiler, f"qemu-system-{arch}")]
            for arch, compiler in compilers.items()}


def test_nothing_costs_more_than_published(rows):
    published = Published.read()
    if versions_here() != published.versions:
        pytest.skip(f"docs/costs.json is about {published.versions}, and here is {versions_here()}")
    before = {(row.architecture, row.name): row.value for row in published.rows}
    assert before.keys() == rows.keys(), f"docs/costs.json has other rows: {REMEDY}"
    grown = [f"{name} on {arch}: {float(before[arch, name]):g} -> {row['value']:g} {row['unit']}"
             for (arch, name), row in rows.items() if row["value"] > before[arch, name] * GROWTH_AT_MOST]
    assert not grown, "\n".join(["costs more than docs/costs.json says:", *grown, f"if it is meant, {REMEDY}"])


def test_page_and_chart_say_what_is_published():
    published = Published.read()
    assert PAGE.read_text() == page(published), REMEDY
    assert CHART.read_text() == chart(published.native), REMEDY


def test_the_chart_has_a_bar_for_every_native_row():
    published = Published.read()
    bars = [bar for bar in ElementTree.parse(CHART).iter("{http://www.w3.org/2000/svg}rect") if bar.get("class") != "ground"]
    ratios = [row.ratio for row in published.native.rows if row.name != FLOOR]
    assert len(bars) == len(ratios)
    assert sum(bar.get("class") == "bobbin" for bar in bars) == sum(row.by == "Bobbin" for row in published.native.rows)
