"""The small TOML files of the content, with the line of each key."""

from __future__ import annotations

from pathlib import Path

import pytest

from axtra.content.toml_tables import read_toml

TEXT = 'nom = "Essai"\n\n[menu]\n"été" = 1\n[[pied]]\nlibelle = "Nous"\n'


def _written(folder: Path, data: bytes) -> Path:
    path = folder / "site.toml"
    path.write_bytes(data)
    return path


def test_a_key_and_a_table_are_found_on_their_lines(tmp_path: Path) -> None:
    file = read_toml(_written(tmp_path, TEXT.encode()), "content/site.toml")
    assert file.values["nom"] == "Essai"
    keys = ("nom", "menu", "été", "pied", "libelle", "absente", "no")
    assert [file.line(key) for key in keys] == [1, 3, 4, 5, 6, None, None]
    assert file.notes.found == []


@pytest.mark.parametrize(
    ("data", "rule", "line"),
    [
        (b"nom = Essai\n", "toml-illisible", 1),
        (b'a = "b"\na = "c"\n', "toml-illisible", 2),
        (b'a = "b"\nnom = "\xe9t\xe9"\n', "encodage", 2),
    ],
)
def test_what_cannot_be_read_is_noted_and_has_no_values(
    tmp_path: Path, data: bytes, rule: str, line: int
) -> None:
    file = read_toml(_written(tmp_path, data), "content/site.toml", 'nom = "Essai"')
    assert file.values == {}
    [problem] = file.notes.found
    assert (problem.file, problem.line, problem.rule) == ("content/site.toml", line, rule)


def test_a_link_is_not_followed_and_an_absent_file_is_the_callers_to_tell(tmp_path: Path) -> None:
    (tmp_path / "site.toml").symlink_to(_written(tmp_path.parent, TEXT.encode()))
    file = read_toml(tmp_path / "site.toml", "content/site.toml")
    assert (file.values, file.notes.found) == ({}, [])
    with pytest.raises(FileNotFoundError):
        read_toml(tmp_path / "absent.toml", "content/absent.toml")
