"""Files are read where they are, and through no link."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from infolettre.core import regular_files
from infolettre.core.regular_files import IrregularError


def test_a_file_is_read_within_a_folder_that_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "vrai/sous").mkdir(parents=True)
    (tmp_path / "vrai/sous/a.txt").write_text("a")
    (tmp_path / "lien").symlink_to(tmp_path / "vrai")
    assert regular_files.read(tmp_path / "lien/sous/a.txt", tmp_path / "lien") == b"a"


def test_a_link_on_the_way_is_refused(tmp_path: Path) -> None:
    (tmp_path / "dehors").mkdir()
    (tmp_path / "dehors/a.txt").write_text("secret")
    (tmp_path / "dedans").mkdir()
    (tmp_path / "dedans/dossier").symlink_to(tmp_path / "dehors")
    (tmp_path / "dedans/a.txt").symlink_to(tmp_path / "dehors/a.txt")
    for name in ("a.txt", "dossier/a.txt"):
        with pytest.raises(IrregularError) as caught:
            regular_files.read(tmp_path / "dedans" / name, tmp_path / "dedans")
        assert caught.value.filename == str(tmp_path / "dedans" / name)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes here")
def test_a_pipe_is_refused_without_waiting_for_its_writer(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "tube")
    with pytest.raises(IrregularError):
        regular_files.read(tmp_path / "tube")
    [(path, status)] = regular_files.walk(tmp_path)
    assert (path.name, regular_files.nature(status)) == ("tube", "un tube")


def test_an_absent_file_is_reported_by_its_whole_path(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        regular_files.read(tmp_path / "absent.txt")
    assert caught.value.filename == str(tmp_path / "absent.txt")


def test_a_walk_shows_links_and_does_not_follow_them(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/b.txt").touch()
    (tmp_path / "boucle").symlink_to(tmp_path)
    seen = {
        path.name: regular_files.nature(status) for path, status in regular_files.walk(tmp_path)
    }
    assert seen == {"b.txt": "", "boucle": "un lien vers un autre fichier"}
    assert list(regular_files.walk(tmp_path / "absent")) == []
