"""`make bench`, what it measures natively: it is there and well-formed. Nothing here depends on how long anything takes."""

import json
import subprocess

import pytest

from bobbin import ARCHITECTURES, BUILD, ENVIRONMENT, ROOT, Flavour, make
from costs.native import FLOOR

ITEMS = ["item", "item, six values alive beside it", "item, four calls deep", "item, walking a tree"]
VIEWS = ["item, in a std::views pipeline"]
LIFE = ["create + item + drop"]
TASKS = ["turn among 8 tasks", "start + run + join"]
OUT_OF_LINE = ["turn among 8 tasks, out of line"]
WHO_DOES_WHAT = {
    "floor": [FLOOR],
    "Bobbin": ITEMS + VIEWS + LIFE + TASKS + OUT_OF_LINE,
    "C++20 coroutine": ITEMS + VIEWS + LIFE + TASKS,
    "ucontext": ITEMS + LIFE + TASKS + OUT_OF_LINE,
}
WITH_BOOST = {
    "Boost.Coroutine2": ITEMS + LIFE + TASKS,
    "Boost.Context fcontext": ITEMS + LIFE + TASKS + OUT_OF_LINE,
    "Boost.Context fiber": ITEMS + LIFE + TASKS + OUT_OF_LINE,
}


def bench(*options: str) -> subprocess.CompletedProcess:
    return subprocess.run([ROOT / "scripts/bench", "--only", "native", "--quick", *options], text=True, capture_output=True,
                          env={**ENVIRONMENT, "BUILD": str(BUILD)}, stdin=subprocess.DEVNULL, timeout=600)


@pytest.fixture(scope="module")
def rows() -> list[dict]:
    done = bench("--format", "json")
    assert done.returncode == 0, done.stderr
    if not done.stdout.strip():
        pytest.skip(done.stderr.strip())
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_everybody_does_what_they_can(rows):
    found = {(row["by"], row["name"]) for row in rows}
    expected = {(by, name) for by, names in WHO_DOES_WHAT.items() for name in names}
    boost = {(by, name) for by, names in WITH_BOOST.items() for name in names}
    assert found in (expected, expected | boost) and len(found) == len(rows)


def test_a_row_is_a_time_and_its_ratio_to_the_floor(rows):
    assert all(row.keys() == {"name", "by", "architecture", "value", "unit", "ratio"} for row in rows)
    assert {(row["architecture"], row["unit"]) for row in rows} == {("native", "ns")}
    floor = next(row["value"] for row in rows if row["name"] == FLOOR)
    for row in rows:
        assert row["value"] > 0 and row["ratio"] == pytest.approx(row["value"] / floor, rel=0.02)


@pytest.mark.skipif("hosted" not in ARCHITECTURES, reason="hosted is a process of Linux on x86_64")
def test_without_the_libraries_it_says_what_to_install():
    refused = make("native", *Flavour("hosted").settings(), "has_library=")
    assert refused.returncode != 0 and "run `make setup BENCH=1`" in refused.stderr
