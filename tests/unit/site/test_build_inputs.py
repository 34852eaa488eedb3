"""What the last build left serves the next only when nothing that any job reads has changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from axtra.content.model import Facts
from axtra.site.build import build_inputs
from infolettre.core import program
from support.sample_library import FACTS


@pytest.fixture
def theme(tmp_path: Path) -> Path:
    """Make a theme of one template."""
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates/page.html").write_text("un")
    return tmp_path


def _hash(theme: Path, settings: Mapping[str, Any], facts: bytes = b"faits") -> bytes:
    return build_inputs._inputs(settings, theme, facts)


def test_the_same_inputs_have_the_same_hash(theme: Path) -> None:
    assert _hash(theme, {"A": 1, "B": [2]}) == _hash(theme, {"B": [2], "A": 1})


@pytest.mark.parametrize(
    "change",
    [
        lambda theme: (theme / "templates/page.html").write_text("deux"),
        lambda theme: (theme / "templates/autre.html").write_text("un"),
        lambda theme: (theme / "templates/page.html").rename(theme / "page.html"),
    ],
    ids=["changed", "added", "moved"],
)
def test_a_change_of_the_theme_changes_the_hash(
    theme: Path, change: Callable[[Path], object]
) -> None:
    before = _hash(theme, {})
    change(theme)
    assert _hash(theme, {}) != before


def test_a_setting_or_a_fact_changes_the_hash(theme: Path) -> None:
    assert _hash(theme, {"SITEURL": "a"}) != _hash(theme, {"SITEURL": "b"})
    assert _hash(theme, {"SITEURL": "a"}) != _hash(theme, {"SITE": "a"})
    assert _hash(theme, {}, b"faits") != _hash(theme, {}, b"autres")


def test_another_program_changes_the_hash(theme: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = _hash(theme, {})
    monkeypatch.setattr(program, "key", lambda: b"another")
    assert _hash(theme, {}) != before


def test_a_setting_that_is_an_object_of_ours_counts_by_its_name(theme: Path) -> None:
    facts: Facts = FACTS
    assert _hash(theme, {"AXTRA": facts}) == _hash(theme, {"AXTRA": object()})
