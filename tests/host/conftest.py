"""Kernel sources in ordinary programs: see workshop.py."""

import pytest

from workshop import Workshop


@pytest.fixture(scope="session")
def workshop(tmp_path_factory):
    return Workshop(tmp_path_factory.mktemp("host"))
