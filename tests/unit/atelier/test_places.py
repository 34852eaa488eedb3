"""What the screens say in place of a path."""

from __future__ import annotations

import re

import pytest

from axtra.atelier import forms, places, remedies
from axtra.content.schema import KINDS


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("content/site.toml", "/reglages#le-site"),
        ("content/rubriques.toml", "/reglages#rubriques"),
        ("content/annee/2019.toml", "/publication/annee?annee=2019"),
        ("content/nouvelles/2020/à finir.md", "/texte/content/nouvelles/2020/%C3%A0%20finir.md"),
        ("newsletters/2026/2026-12-02.md", "/texte/newsletters/2026/2026-12-02.md"),
        ("content/auteurs/", "/textes"),
        ("content/glossaire.toml", ""),
    ],
)
def test_a_file_is_the_screen_that_mends_it(path: str, address: str) -> None:
    piece = places.of(path)
    assert piece.address == address
    assert not re.search(r"content/|\.toml|\.md", piece.words.replace("glossaire.toml", ""))


def test_a_remedy_leads_to_the_screen_that_it_names() -> None:
    (line,) = remedies.lines("Ajoutez-la à content/rubriques.toml, ou choisissez-en une autre.")
    assert [piece.words for piece in line] == [
        "Ajoutez-la à ",
        "Réglages › Rubriques",
        ", ou choisissez-en une autre.",
    ]
    assert line[1].address == "/reglages#rubriques"


def test_no_label_of_a_header_names_a_path() -> None:
    labels = ["".join(forms.split_label(key)) for kind in KINDS.values() for key in kind.keys]
    assert [label for label in labels if "content/" in label] == []
