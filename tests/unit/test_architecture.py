"""ARCHITECTURE.md draws the rooms that exist and the layers that pyproject.toml enforces."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "plugins/axtra"


def layers() -> list[str]:
    """Return the rooms of the import contract, from high to low."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    [contract] = [each for each in contracts["contracts"] if each.get("containers") == ["axtra"]]
    assert contract["exhaustive"]
    return list(contract["layers"])


def test_the_drawing_of_the_rooms_matches_the_import_contract() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    drawn = text.split("<!-- layers -->")[1].split("<!-- end -->")[0]
    assert re.findall(r"^ {4}(\w+) ", drawn, re.MULTILINE) == layers()


def test_the_package_holds_only_rooms() -> None:
    rooms = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert rooms == set(layers())
    assert [path.name for path in PACKAGE.glob("*.py")] == ["__init__.py"]


def test_every_package_has_a_docstring() -> None:
    sources = [path.read_text("utf-8") for path in PACKAGE.rglob("__init__.py")]
    assert all(source.startswith('"""') for source in sources)


def test_every_folder_of_modules_is_a_package() -> None:
    folders = {path.parent for path in PACKAGE.rglob("*.py")}
    assert all((folder / "__init__.py").is_file() for folder in folders)
