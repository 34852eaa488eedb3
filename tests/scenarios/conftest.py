"""Projects for a test, and the sample content built once for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

import pytest

from axtra import site
from axtra.cli import main
from axtra.core.dates import ZONE
from support.crawler import Crawl
from support.fixture_types import MakeProject, Run, Sample
from support.small_sites import ROOT, Project, built_once, make_project


@pytest.fixture
def project(tmp_path: Path) -> MakeProject:
    """Make a project in a new folder from a table of files."""

    def make(files: Mapping[str, str] = MappingProxyType({}), name: str = "projet") -> Project:
        return make_project(tmp_path / name, files)

    return make


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command in this process; give its exit code and what it said."""

    def command(project: Project, *words: str, folder: str = ".") -> tuple[int, str, str]:
        monkeypatch.chdir(project.root / folder)
        try:
            code = main(words)
        except SystemExit as stop:
            code = int(stop.code or 0)
        said = capsys.readouterr()
        return code, said.out, said.err

    return command


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """Build the content of the repository, as on a day after all of it."""
    moment = datetime(2026, 1, 15, 10, tzinfo=ZONE)
    output = built_once(
        tmp_path_factory,
        "echantillon",
        lambda home: site.build_site(ROOT, moment=moment, target=home / "output"),
    )
    return Sample(output, Crawl(output), moment)
