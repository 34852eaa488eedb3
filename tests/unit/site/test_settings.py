"""The settings of a project name its folders, wherever they really are."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from axtra import site
from support.small_sites import DAY, FULL, letter, make_project


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Make a project with a letter, whose content is elsewhere."""
    files = {**FULL, "newsletters/2020/2020-05-06.md": letter()}
    root = make_project(tmp_path / "projet", files).root
    shutil.move(root / "content", tmp_path / "ailleurs" / "textes")
    (root / "content").symlink_to(tmp_path / "ailleurs" / "textes")
    return root


def test_letters_are_those_of_the_project_when_its_content_is_a_link(root: Path) -> None:
    library, problems = site.read(root, moment=DAY)
    assert [problem for problem in problems if "newsletters" in problem.file] == []
    assert [edition.slug for edition in library.newsletters] == ["2020-05-06"]
