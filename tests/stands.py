"""A test that has passed need not pass again while nothing has changed: not the tree, nor the tools. So a second `make test`
is short; TESTS=--again runs everything.

Kept in build/known/passed: a digest of all that a result depends on, and below it the tests that passed.
"""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest

from bobbin import BUILD, ROOT
from known import compilers, machines, version_of

PASSED = BUILD / "known" / "passed"
NOT_OURS = {".git", "build", "__pycache__", ".pytest_cache"}
TOOLS = ["python3", "make", "gdb", "gdb-multiarch", "valgrind", "clang", "ld.lld"]


def files_below(folder: Path) -> list[Path]:
    found = []
    for path in sorted(folder.iterdir()):
        if path.name not in NOT_OURS and path != BUILD:
            found += files_below(path) if path.is_dir() and not path.is_symlink() else [path]
    return found


def digest() -> str:
    """Of the tree and of the tools."""
    whole = hashlib.sha256(machines().encode())
    for path in files_below(ROOT):
        whole.update(f"{path.relative_to(ROOT)}\0{path.lstat().st_mode}\0".encode())
        whole.update(hashlib.sha256(path.read_bytes() if path.is_file() else b"").digest())
    for tool in [*sorted(compilers()), *(tool for tool in TOOLS if shutil.which(tool))]:
        whole.update(f"{tool}\0{version_of(tool)}\0".encode())
    return whole.hexdigest()


class Standing:
    """The plugin: reports what stands as passed, and notes what passes."""

    def __init__(self, config: pytest.Config):
        self.leads = not hasattr(config, "workerinput")      # of the processes, the one that reports
        if self.leads:
            self.begin(config.getoption("again"))
        self.before = set(PASSED.read_text().splitlines()[1:])
        self.failed: set[str] = set()

    @staticmethod
    def begin(again: bool) -> None:
        now = digest()
        if again or not PASSED.is_file() or PASSED.read_text().partition("\n")[0] != now:
            PASSED.parent.mkdir(parents=True, exist_ok=True)
            PASSED.write_text(f"{now}\n")

    def pytest_report_header(self) -> str | None:
        return f"{len(self.before)} tests have passed with this very tree, and stand (TESTS=--again runs them)" if self.before else None

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> bool | None:
        if item.nodeid not in self.before:
            return None
        item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        for when in "setup", "call", "teardown":
            item.ihook.pytest_runtest_logreport(report=pytest.TestReport(item.nodeid, item.location, {}, "passed", None, when))
        item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
        return True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if not self.leads or report.nodeid in self.before:
            return
        if report.outcome != "passed":
            self.failed.add(report.nodeid)
        elif report.when == "teardown" and report.nodeid not in self.failed:
            with open(PASSED, "a", encoding="utf-8") as file:
                file.write(f"{report.nodeid}\n")
