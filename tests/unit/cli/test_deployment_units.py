"""The units of systemd that the deployment page offers."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from axtra.cli.main import _parser

FOLDER = Path(__file__).parents[3] / "docs/deploiement"
ANALYZE = shutil.which("systemd-analyze")
PROGRAM = "/srv/axe/.venv/bin/axtra"


@pytest.mark.skipif(ANALYZE is None, reason="systemd-analyze is not installed")
def test_systemd_reads_the_units_without_a_word(tmp_path: Path) -> None:
    units = [path for path in FOLDER.iterdir() if path.suffix in {".service", ".timer"}]
    assert len(units) == 3
    for path in units:
        text = path.read_text("utf-8").replace(PROGRAM, sys.executable)
        (tmp_path / path.name).write_text(text, "utf-8")
    done = subprocess.run(
        [str(ANALYZE), "verify", "--man=no", *(tmp_path / path.name for path in units)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    said = [line for line in done.stderr.splitlines() if str(tmp_path) in line]
    assert (done.returncode, said) == (0, [])


def test_the_units_run_commands_that_exist() -> None:
    for path in FOLDER.glob("*.service"):
        [line] = [
            line for line in path.read_text("utf-8").splitlines() if line.startswith("ExecStart=")
        ]
        program, *words = line.removeprefix("ExecStart=").split()
        assert program == PROGRAM
        _parser().parse_args(words)
