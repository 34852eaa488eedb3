"""For every test: Pelican as if just imported, and no network but the loopback."""

from __future__ import annotations

import copy
import gc
import locale
import os
import re
import socket
import sys
from collections.abc import Iterator
from types import FrameType
from typing import TYPE_CHECKING, Any

import pytest
from blinker import Signal
from hypothesis import settings
from pelican.contents import Content
from pelican.log import FatalLogger, LimitFilter

import axtra
import pelican
from pelican.plugins import signals

if TYPE_CHECKING:
    from support.postgresql_server import PostgresServer
    from support.remote_places import Servers


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that writes the stored pictures of letters again."""
    parser.addoption("--update-pictures", action="store_true", help="write stored pictures again")


settings.register_profile("axe", deadline=None)  # the machine may be busy
settings.register_profile("eprouve", deadline=None, max_examples=1000)  # of each property
settings.load_profile("axe")

_LOOPBACK = ("127.", "::1", "localhost")
_SIGNALS = {name: value for name, value in vars(signals).items() if isinstance(value, Signal)}
_RECEIVERS = ("receivers", "_by_receiver", "_by_sender")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect the long trials, unless `-m` selects their mark."""
    if "eprouve" in config.option.markexpr:
        return
    long = [item for item in items if item.get_closest_marker("eprouve")]
    if long:
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in long]


def pytest_collection_finish() -> None:
    """Keep the thousands of tests that were collected out of each sweep of the memory."""
    gc.freeze()


_REGISTERS = re.compile(r"(abonnes|envois)\.sqlite3(-wal|-shm)?$")
_OURS = os.path.dirname(axtra.__file__)  # noqa: PTH120 - compared with the file names of frames


def _leave_registers_to_sqlite(event: str, arguments: tuple[Any, ...]) -> None:
    """Fail when our code opens a file that SQLite may have open: closing it drops its locks."""
    if event != "open" or not _REGISTERS.search(str(arguments[0])):
        return
    if (arguments[2] or 0) & os.O_EXCL:  # a new file, which nobody has open
        return
    frame: FrameType | None = sys._getframe()
    while frame:
        assert not frame.f_code.co_filename.startswith(_OURS), f"our code opens {arguments[0]}"
        frame = frame.f_back


sys.addaudithook(_leave_registers_to_sqlite)


def _receivers() -> dict[str, dict[str, Any]]:
    return {
        name: {part: copy.copy(getattr(signal, part)) for part in _RECEIVERS}
        for name, signal in _SIGNALS.items()
    }


_PRISTINE = _receivers()
_FATAL = FatalLogger.fatal_lvl


def _reset_pelican() -> None:
    """Reset the state that Pelican keeps in module globals: receivers, seen messages, caches."""
    for name, parts in _PRISTINE.items():
        for part, kept in parts.items():
            current = getattr(_SIGNALS[name], part)
            current.clear()
            current.update(kept)
    LimitFilter._raised_messages.clear()
    LimitFilter._group_count.clear()
    LimitFilter._ignore.clear()
    FatalLogger.fatal_lvl = _FATAL
    for attribute in vars(Content).values():
        if hasattr(attribute, "cache") and hasattr(attribute, "func"):
            attribute.cache.clear()
    pelican.console.quiet = False


@pytest.fixture(autouse=True)
def _pelican_as_imported() -> Iterator[None]:
    before = locale.setlocale(locale.LC_ALL)
    _reset_pelican()
    yield
    _reset_pelican()
    locale.setlocale(locale.LC_ALL, before)


@pytest.fixture(autouse=True)
def _no_network_but_the_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6} and not str(address[0]).startswith(
            _LOOPBACK
        ):
            raise AssertionError(f"a test calls {address}")
        real(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run the tests marked « bases » on both bases, but those that are about the files of one."""
    marked = metafunc.definition.get_closest_marker
    if marked("bases") and not marked("fichiers"):
        bases = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]
        metafunc.parametrize("_base", bases, indirect=True)


@pytest.fixture(autouse=True)
def _base(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the books in files, or in an empty base of PostgreSQL."""
    monkeypatch.delenv("AXTRA_BASE", raising=False)
    if getattr(request, "param", "sqlite") == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgresql")
        server.empty()
        monkeypatch.setenv("AXTRA_BASE", server.address)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresServer]:
    """Return a server of PostgreSQL, which keeps its books from one test to the next."""
    from support.postgresql_server import postgresql_server  # noqa: PLC0415

    with postgresql_server() as server:
        yield server


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """Return what starts a server when a test first publishes there."""
    from support.remote_places import Servers  # noqa: PLC0415 - few tests need what it imports

    started = Servers(tmp_path_factory.mktemp("serveurs"))
    yield started
    started.close()
