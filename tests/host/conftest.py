"""Kernel sources in ordinary programs: see host_programs.py."""

import pytest

from host_programs import HostPrograms


@pytest.fixture(scope="session")
def host_programs(tmp_path_factory):
    return HostPrograms(tmp_path_factory.mktemp("host"))
