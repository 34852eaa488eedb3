"""One Markdown file, read whatever the others hold."""

from __future__ import annotations

import pytest

from axtra.content import documents
from axtra.content.documents import Entry, Request
from support.small_sites import letter, news


def _read(text: str, kind: str = "nouvelle", slug: str = "une-nouvelle") -> Entry:
    [entry] = documents.read([Request(f"content/{slug}.md", text.encode(), kind, slug)])
    return entry


def _rules(entry: Entry) -> list[tuple[int | None, str]]:
    return [(problem.line, problem.rule) for problem in entry.found]


def test_a_sound_file_has_its_values_and_its_lines_corrected() -> None:
    entry = _read(news("L'emploi", date="2020-01-15"))
    assert entry.found == ()
    assert entry.source is not None
    assert entry.source.fields["title"].value == "L'emploi"
    assert entry.lines["title"].plain == "L’emploi"


def test_a_file_without_header_has_no_source() -> None:
    entry = _read("Un texte.\n")
    assert entry.source is None
    assert [rule for _, rule in _rules(entry)] == ["entete-absent"]


def test_a_name_that_makes_a_bad_address_is_reported_with_a_good_one() -> None:
    entry = _read(news(), slug="Été 2020")
    assert _rules(entry) == [(None, "nom-de-fichier")]
    assert entry.found[0].remedy == "Renommez-le :  ete-2020.md"


def test_each_text_to_complete_is_reported_on_its_line() -> None:
    text = news(titre="À compléter", date="2020-01-15").replace(
        "Un texte", "À compléter, à compléter.\n\nÀ COMPLÉTER. Un texte"
    )
    lines = text.splitlines()
    expected = [
        number
        for number, line in enumerate(lines, 1)
        for _ in range(line.lower().count("à compléter"))
    ]
    assert len(expected) == 4
    assert _rules(_read(text)) == [(line, "a-completer") for line in expected]


@pytest.mark.parametrize("kind", ["nouvelle", "infolettre"])
def test_a_first_name_has_no_place_in_a_header(kind: str) -> None:
    text = news("Bonjour {prenom}") if kind == "nouvelle" else letter(objet="Bonjour {prenom}")
    assert (2, "prenom-hors-place") in _rules(_read(text, kind))


def test_a_file_may_choose_its_address() -> None:
    assert _read(news(slug="autre-nom")).slug == "autre-nom"
