"""The geography of the repository, made again from the packages that it comes from."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from support.small_sites import ROOT

FOLDER = ROOT / "cartographie"


@pytest.mark.lourd
def test_the_same_packages_make_the_same_bytes(tmp_path: Path) -> None:
    node = shutil.which("node")
    assert node, "Installez nodejs et npm, puis :  make outils"
    assert (FOLDER / "node_modules").is_dir(), "make outils"
    areas = subprocess.run(
        [sys.executable, FOLDER / "zones.py"], capture_output=True, check=True, timeout=30
    ).stdout
    subprocess.run([node, FOLDER / "carte.mjs", tmp_path], input=areas, check=True, timeout=60)
    committed = ROOT / "content/territoire"
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == sorted(path.name for path in committed.iterdir())
    for name in names:
        assert (tmp_path / name).read_bytes() == (committed / name).read_bytes(), name
