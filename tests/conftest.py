"""How pytest comes to know Bobbin's tests: suites that run in a kernel (suites.py), and who runs what (pytest-xdist)."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest

from bobbin import ARCHITECTURES, BUILD, MACHINES
from stands import Standing
from suites import Suite

# Modules whose tests share what takes long to find out.
TOGETHER = {"test_bench.py", "test_format.py"}
TOGETHER_BY_FLAVOUR = {"test_gdb.py"}


def pytest_addoption(parser):
    parser.addoption("--every-flavour", action="store_true",
                     help="run all suites with gcc and clang at O0, O2 and Os, not only those of EVERYWHERE")
    parser.addoption("--again", action="store_true", help="run what has passed before with this very tree, too")


def pytest_configure(config):
    config.pluginmanager.register(Standing(config))


def pytest_collection_modifyitems(config, items):
    """What takes long and is seldom broken alone is left to --every-flavour."""
    if not config.getoption("every_flavour"):
        left_out = [item for item in items if item.get_closest_marker("every_flavour")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def pytest_collect_file(parent, file_path):
    if file_path.suffix == ".cpp" and file_path.parent.name == "kernel":
        return Suite.from_parent(parent, path=file_path)


def pytest_xdist_auto_num_workers():
    return os.cpu_count() + 1            # one of them waits: for a hang to be one, for a terminal


def pytest_xdist_make_scheduler(config, log):
    from xdist.scheduler import LoadScopeScheduling

    class Scheduler(LoadScopeScheduling):
        """The next test is for the worker that has done its own; the cases of one kernel are for the same one."""

        def _split_scope(self, nodeid):
            file, _, name = nodeid.partition("::")
            if file.endswith(".cpp") or Path(file).name in TOGETHER_BY_FLAVOUR and name.endswith("]"):
                return file + re.search(r"\[[^[]*$", name)[0]
            return file if Path(file).name in TOGETHER else nodeid

    return Scheduler(config, log)


@pytest.fixture(params=ARCHITECTURES)
def arch(request) -> str:
    return request.param


@pytest.fixture(params=MACHINES)
def machine(request) -> str:
    """For what a process does not have: firmware, RAM of its own, time that is counted in instructions."""
    return request.param


@pytest.fixture
def tmp_path(tmp_path):
    """What is built of the sources in it goes when the test is over."""
    yield tmp_path
    for built in BUILD.glob(f"*/outside{tmp_path}"):
        shutil.rmtree(built)
