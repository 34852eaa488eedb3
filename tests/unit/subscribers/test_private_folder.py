"""The data folder: private, and never where it could be published."""

from __future__ import annotations

import shlex
import stat
from pathlib import Path

import pytest

from axtra.subscribers import FolderError, data_folder
from axtra.subscribers.private_folder import make_private, published_by, touch_private

MARKS = ["pelicanconf.py", ".axtra", ".git", ".hg", ".svn"]


@pytest.mark.parametrize("mark", MARKS)
def test_a_folder_that_could_be_published_is_refused(tmp_path: Path, mark: str) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / mark).touch()
    folder = tmp_path / "site/a/b"
    assert published_by(folder) == tmp_path / "site"
    with pytest.raises(FolderError) as caught:
        data_folder({"AXTRA_DONNEES": str(folder)})
    assert str(tmp_path / "site") in caught.value.problem
    assert "AXTRA_DONNEES=" in caught.value.remedy


def test_a_link_into_a_project_is_refused(tmp_path: Path) -> None:
    (tmp_path / "site/.git").mkdir(parents=True)
    (tmp_path / "lien").symlink_to(tmp_path / "site")
    assert published_by(tmp_path / "lien/donnees") == tmp_path / "lien"


def test_the_remedy_moves_a_folder_that_is_in_use(tmp_path: Path) -> None:
    folder = tmp_path / "site/donnees d’essai"
    folder.mkdir(parents=True)
    (tmp_path / "site/.git").mkdir()
    with pytest.raises(FolderError) as caught:
        data_folder({"AXTRA_DONNEES": str(folder)})
    words = shlex.split(caught.value.remedy)
    assert words[words.index("mv") + 1] == str(folder.resolve())


def test_any_other_folder_is_taken(tmp_path: Path) -> None:
    assert data_folder({"AXTRA_DONNEES": f" {tmp_path} "}) == tmp_path


def test_a_folder_is_closed_to_others(tmp_path: Path) -> None:
    for folder in (tmp_path / "nouveau/dossier", tmp_path / "ouvert"):
        if folder.name == "ouvert":
            folder.mkdir(mode=0o755)
        make_private(folder)
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_file_in_place_of_the_folder_is_refused_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "fichier").touch()
    with pytest.raises(FolderError, match="ne peut pas être créé") as caught:
        make_private(tmp_path / "fichier")
    assert "AXTRA_DONNEES" in caught.value.remedy


def test_a_file_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FolderError, match="ni lu ni écrit"):
        touch_private(tmp_path / "absent/fichier")
