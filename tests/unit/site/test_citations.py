"""References to articles, in each style and format."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import pytest

from axtra.content.model import Article, Text
from axtra.site import citations
from infolettre.core.dates import ZONE
from support.sample_library import ARTICLE, FACTS, NUMERO, author

URL = "https://essai.example"


def _article(title: str, names: Sequence[str]) -> Article:
    people = tuple(author(name) for name in names)
    day = datetime(2020, 3, 1, tzinfo=ZONE)
    return replace(ARTICLE, title=Text.of(title), authors=people, date=day)


def _plain(text: str) -> str:
    return re.sub(r"<[^>]+>", "", text).replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Josée Jamieson", ("Jamieson", "Josée")),
        ("Marie-Ève Côté Roy", ("Roy", "Marie-Ève Côté")),
        ("Jean de la Fontaine", ("de la Fontaine", "Jean")),
        ("Anne d’Astous", ("d’Astous", "Anne")),
        ("ᐱᑕ ᐃᕐᓂᖅ", ("ᐃᕐᓂᖅ", "ᐱᑕ")),
        ("محمد العربي", ("العربي", "محمد")),
        ("Jean- Paul Roy", ("Roy", "Jean- Paul")),
        ("L’équipe d’AXTRA", None),
        ("La Rédaction", None),
        ("AXTRA", None),
        ("Comité consultatif Jeunes", None),
    ],
)
def test_a_person_has_a_family_name_and_a_team_does_not(
    name: str, parts: tuple[str, str] | None
) -> None:
    assert citations.name_parts(author(name)) == parts


@pytest.mark.parametrize("name", ["ᐱᑕ ᐃᕐᓂᖅ", "Jean- Paul Roy", "Éva --Marie Roy", "王 芳"])
def test_any_name_is_cited(name: str) -> None:
    article = _article("Un titre", [name])
    assert name.rsplit(maxsplit=1)[-1] in citations.cite(article, FACTS, URL).apa


def test_the_file_of_an_author_may_give_a_family_name_of_two_words() -> None:
    person = replace(author("Anne Côté Roy"), family=Text.of("Côté Roy"))
    assert citations.name_parts(person) == ("Côté Roy", "Anne")


def test_apa_inverts_names_abbreviates_first_names_and_gives_the_full_date() -> None:
    article = _article("Un titre", ["Marie-Ève Côté", "L’équipe d’AXTRA", "Jean Roy"])
    assert _plain(citations.cite(article, FACTS, URL).apa) == (
        "Côté, M.-È., L’équipe d’AXTRA et Roy, J. (2020, 1er mars). Un titre. "
        f"Le Magazine, 1(1). {URL}{ARTICLE.url}"
    )


def test_a_title_that_is_a_question_gets_no_full_stop() -> None:
    assert "Pourquoi? Le Magazine" in _plain(
        citations.cite(_article("Pourquoi?", ["A B"]), FACTS, URL).apa
    )


def test_apa_lists_nineteen_authors_and_the_last_of_more_than_twenty() -> None:
    names = [f"Anne Nom{chr(65 + at)}" for at in range(22)]
    reference = _plain(citations.cite(_article("T", names), FACTS, URL).apa)
    assert "NomS, A.… NomV, A." in reference
    assert "NomT" not in reference


def test_chicago_inverts_the_first_name_only() -> None:
    article = _article("Un titre", ["Anne Côté", "Jean Roy"])
    assert _plain(citations.cite(article, FACTS, URL).chicago) == (
        "Côté, Anne, et Jean Roy. « Un titre ». Le Magazine 1, no 1 (mars 2020). "
        f"{URL}{ARTICLE.url}."
    )


def test_chicago_lists_seven_authors_of_more_than_ten() -> None:
    names = [f"Anne Nom{chr(65 + at)}" for at in range(11)]
    reference = _plain(citations.cite(_article("T", names), FACTS, URL).chicago)
    assert "Anne NomG, et al." in reference
    assert "NomH" not in reference


def test_a_title_cannot_add_markup_to_a_reference() -> None:
    reference = citations.cite(_article("<b>x</b> & y", ["A B"]), FACTS, URL)
    assert "<b>" not in reference.apa + reference.chicago
    assert "&lt;b&gt;x&lt;/b&gt; &amp; y" in reference.apa


def _bibtex(text: str) -> tuple[str, dict[str, str]]:
    """Parse an entry; its braces must balance and its commands must be escaped."""
    head = re.match(r"@article\{([\w:.-]+),\n", text)
    assert head
    fields: dict[str, str] = {}
    at = head.end()
    while text[at] != "}":
        name = re.compile(r"\s*(\w+) = \{").match(text, at)
        assert name, text[at:]
        depth, end = 1, name.end()
        while depth:
            if text[end] == "\\":
                end += 2
                continue
            depth += {"{": 1, "}": -1}.get(text[end], 0)
            end += 1
        fields[name[1]] = text[name.end() : end - 1]
        assert text[end : end + 2] == ",\n"
        at = end + 2
    return head[1], fields


def test_bibtex_keeps_the_case_of_titles_and_escapes_latex_commands() -> None:
    article = _article("100 % & {autres} _ \\input", ["Anne Côté", "L’équipe d’AXTRA"])
    key, fields = _bibtex(citations.bibtex(article, FACTS, URL).decode())
    assert key == "axe-2020-05-premier"
    assert fields["author"] == "Côté, Anne and {L’équipe d’AXTRA}"
    assert fields["title"] == r"{100~\% \& \{autres\} \_ \textbackslash{}input}"
    assert (fields["year"], fields["month"], fields["day"]) == ("2020", "3", "1")
    assert (fields["volume"], fields["number"]) == ("1", "1")


def test_ris_has_a_line_per_field_from_type_to_end() -> None:
    article = _article("Un titre", ["Anne Côté", "L’équipe d’AXTRA"])
    text = citations.ris(article, FACTS, URL).decode()
    lines = text.split("\r\n")
    assert lines.pop() == ""
    assert all(re.fullmatch(r"[A-Z][A-Z0-9]  - .*", line) for line in lines)
    assert "\n" not in "".join(lines)
    assert (lines[0], lines[-1]) == ("TY  - MGZN", "ER  - ")
    assert [line[6:] for line in lines if line.startswith("AU")] == [
        "Côté, Anne",
        "L’équipe d’AXTRA",
    ]
    assert "DA  - 2020/03/01" in lines


def test_an_article_without_a_date_has_the_date_of_its_numero() -> None:
    article = replace(ARTICLE, date=None)
    assert NUMERO.date is not None
    assert f"PY  - {NUMERO.date.year}" in citations.ris(article, FACTS, URL).decode()
