"""How pytest comes to know Bobbin's tests: suites that run in a kernel (suites.py), and what goes on around it."""

from __future__ import annotations

import pytest

from bobbin import ARCHITECTURES, has_llvm
from suites import Case, Suite, workers


def pytest_addoption(parser):
    parser.addoption("--every-flavour", action="store_true",
                     help="run all suites with gcc and clang at O0, O2 and Os, not only those of EVERYWHERE")


def pytest_collect_file(parent, file_path):
    if file_path.suffix == ".cpp" and file_path.parent.name == "kernel":
        return Suite.from_parent(parent, path=file_path)


def pytest_collection_finish(session):
    if not session.config.getoption("collectonly"):
        for item in session.items:
            if isinstance(item, Case) and (not item.flavour.llvm or has_llvm()):
                item.report()                        # from now on in the background


def pytest_sessionfinish():
    workers().shutdown(cancel_futures=True)


@pytest.fixture(params=ARCHITECTURES)
def arch(request) -> str:
    return request.param
