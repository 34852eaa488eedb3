"""The units of systemd and the containers that the deployment page offers."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from axtra.cli.main import _parser

PAGE = Path(__file__).parents[3] / "docs/deploiement.md"
FOLDER = PAGE.with_suffix("")
COMPOSE = FOLDER / "compose.yaml"
ANALYZE = shutil.which("systemd-analyze")
PROGRAM = "/srv/axe/.venv/bin/axtra"


@pytest.mark.skipif(ANALYZE is None, reason="systemd-analyze is not installed")
def test_systemd_reads_the_units_without_a_word(tmp_path: Path) -> None:
    units = [path for path in FOLDER.iterdir() if path.suffix in {".service", ".timer", ".path"}]
    assert len(units) == 8
    for path in units:
        text = path.read_text("utf-8").replace(PROGRAM, sys.executable)
        (tmp_path / path.name).write_text(text, "utf-8")
    done = subprocess.run(
        [str(ANALYZE), "verify", "--man=no", *(tmp_path / path.name for path in units)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    said = [line for line in done.stderr.splitlines() if str(tmp_path) in line]
    assert (done.returncode, said) == (0, [])


def test_the_units_and_the_containers_run_commands_that_exist() -> None:
    texts = [path.read_text("utf-8") for path in (*FOLDER.glob("*.service"), COMPOSE)]
    runs = re.compile(r"(?m)(?:^ExecStart=\S*/|^ +command: .*?)axtra ((?:-*\w+ ?)+)")
    found = sorted(words for text in texts for words in runs.findall(text))
    atelier, service = "atelier --equipe --port 8002", "service --port 8001"
    assert found == [atelier, atelier, "echeances", "echeances", service, service]
    for words in found:
        assert _parser().parse_args(words.split()).run


def test_the_page_names_each_file_and_what_starts_each_service() -> None:
    named = set(re.findall(r"\]\(deploiement/([\w.-]+)\)", PAGE.read_text("utf-8")))
    there = {path.name for path in FOLDER.iterdir()}
    started = {path.with_suffix(".service").name for path in FOLDER.glob("*.[tp]*")}
    assert named <= there
    assert there - named == started & there | {"Containerfile"}


def test_the_folders_of_the_settings_are_made_and_kept_by_the_containers() -> None:
    settings = (FOLDER / "axtra.env").read_text("utf-8")
    data, journal, site = re.findall(r"(?m)^\w+=(/.*)$", settings)
    [made] = re.findall(r"(?m)^VOLUME (.*)$", (FOLDER / "Containerfile").read_text("utf-8"))
    for folder in (data, str(Path(journal).parent), site, "/var/backups/axtra"):
        assert f":{folder}\n" in COMPOSE.read_text("utf-8")
        assert folder in made.split()
        assert re.search(rf"(?m)^install .* {folder}( |$)", PAGE.read_text("utf-8"))
