"""Fixtures: projects made from files, the command, and the sample content, built once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

import pytest

from axtra import site
from axtra.cli import main
from infolettre.core.dates import ZONE
from support.crawler import CrawledSite
from support.fixture_types import MakeProject, Run, Sample
from support.small_sites import ROOT, Project, built_once, make_project


@pytest.fixture
def new_project(tmp_path: Path) -> MakeProject:
    """Return a function that makes a project in a new folder from its files."""

    def make(files: Mapping[str, str] = MappingProxyType({}), name: str = "projet") -> Project:
        return make_project(tmp_path / name, files)

    return make


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs the command in this process: exit code, output, errors."""

    def command(project: Project, *words: str, folder: str = ".") -> tuple[int, str, str]:
        monkeypatch.chdir(project.root / folder)
        try:
            code = main(words)
        except SystemExit as stop:
            code = int(stop.code or 0)
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return command


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """Build the content of the repository, at a date later than all of it."""
    moment = datetime(2026, 1, 15, 10, tzinfo=ZONE)
    output = built_once(
        tmp_path_factory,
        "echantillon",
        lambda home: site.build_site(ROOT, moment=moment, target=home / "output"),
    )
    return Sample(output, CrawledSite(output), moment)
