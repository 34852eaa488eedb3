"""Servers where tests publish, each started once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from support.remote_places import Servers


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """Return what starts a server when a test joins it."""
    started = Servers(tmp_path_factory.mktemp("serveurs"))
    yield started
    started.close()
