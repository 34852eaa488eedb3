"""Compiled templates are stored, and compiled again when in doubt."""

from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment

from infolettre.core import program
from infolettre.core.template_cache import Compiled


def _print(folder: Path, source: str) -> str:
    loader = DictLoader({"page": source})
    environment = Environment(loader=loader, bytecode_cache=Compiled(folder), autoescape=True)
    return environment.get_template("page").render(name="AXE")


def test_a_template_is_compiled_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _print(tmp_path, "Bonjour {{ name }}") == "Bonjour AXE"
    assert len([*tmp_path.iterdir()]) == 1
    monkeypatch.delattr(Environment, "compile")
    assert _print(tmp_path, "Bonjour {{ name }}") == "Bonjour AXE"


def test_a_changed_template_is_compiled_again(tmp_path: Path) -> None:
    _print(tmp_path, "Bonjour {{ name }}")
    assert _print(tmp_path, "Bonsoir {{ name }}") == "Bonsoir AXE"


@pytest.mark.parametrize("damage", [b"", b"abc", None])
def test_a_damaged_template_is_compiled_again(tmp_path: Path, damage: bytes | None) -> None:
    _print(tmp_path, "Bonjour {{ name }}")
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(kept.read_bytes()[:-1] if damage is None else damage)
    assert _print(tmp_path, "Bonjour {{ name }}") == "Bonjour AXE"


def test_a_template_compiled_by_another_version_is_compiled_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _print(tmp_path, "Bonjour {{ name }}")
    (kept,) = tmp_path.iterdir()
    before = kept.read_bytes()
    monkeypatch.setattr(program, "key", lambda: b"another")
    assert _print(tmp_path, "Bonjour {{ name }}") == "Bonjour AXE"
    assert kept.read_bytes() != before
