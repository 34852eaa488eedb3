"""The site, built once and served on the loopback, and a Chromium shared by all tests."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from axtra import site
from infolettre.core.dates import ZONE
from support import hardest_components, magazine_trial, picture_names, quartered_pictures
from support.centre_sheets import many, territory
from support.small_sites import DAY, built_once, make_project

ROOT = Path(__file__).parents[2]
MOMENT = datetime(2019, 4, 2, 12, tzinfo=ZONE)  # when some events of the content are in the future
# The shell has no window to draw: the tests take half of the processor's time.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--font-render-hinting=slight",  # as with a window
)


class _Silent(SimpleHTTPRequestHandler):
    def log_message(self, *_args: object) -> None:
        """Log nothing."""


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the whole site."""
    return built_once(
        tmp_path_factory,
        "site",
        lambda home: site.build_site(ROOT, moment=MOMENT, target=home / "output"),
    )


@pytest.fixture(scope="session")
def extreme(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the site of the hardest components."""
    return hardest_components.output(tmp_path_factory)


@pytest.fixture(scope="session")
def address(built: Path) -> Iterator[str]:
    """Serve the site and return its address, without a final slash."""
    yield from _served(built)


@pytest.fixture(scope="session")
def extreme_address(extreme: Path) -> Iterator[str]:
    """Serve the site of the hardest components and return its address."""
    yield from _served(extreme)


@pytest.fixture(scope="session")
def placed_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a site whose pictures name the point to keep, and return its address."""
    yield from _served(quartered_pictures.output(tmp_path_factory))


@pytest.fixture(scope="session")
def trial_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the trial of the magazine and return its address."""
    yield from _served(magazine_trial.output(tmp_path_factory))


@pytest.fixture(scope="session")
def named_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the site of the names that people give to pictures and return its address."""
    project = picture_names.make(tmp_path_factory.mktemp("noms") / "projet")
    report = project.build()
    assert not report.refused, "\n".join(map(str, report.diagnostics))
    yield from _served(project.output)


@pytest.fixture(scope="session")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Serve a directory of 60 centres; yield its address and its folder."""
    project = make_project(
        tmp_path_factory.mktemp("annuaire") / "projet", {**territory(), **many(60)}
    )
    report = project.build(moment=DAY)
    assert not report.refused, "\n".join(map(str, report.diagnostics))
    for address in _served(project.output):
        yield address, project.output


def _served(folder: Path) -> Iterator[str]:
    handler = partial(_Silent, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start the Chromium of the machine."""
    path = os.environ.get("AXTRA_NAVIGATEUR") or next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        reason = "no Chromium on this machine: the browser tests do not run (see README.md)"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def visit(browser: Browser) -> Iterator[BrowserContext]:
    """Return the visit of a module; a tab stays open: beside it, another takes a third of the time.

    What a site leaves on the machine is shared by the tests of the module.
    """
    context = browser.new_context(locale="fr-CA")
    context.new_page()
    yield context
    context.close()
