"""Editing a file changes what was edited, and no other byte."""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axtra.content.editing import EditableText, UnreadableHeaderError
from axtra.content.frontmatter import RECORDS, read
from axtra.content.header_values import DECORATION
from axtra.content.schema import KINDS, Kind, Type
from infolettre.core.diagnostics import Notes

ROOT = Path(__file__).parents[3]
SAMPLE = sorted([*ROOT.glob("content/**/*.md"), *ROOT.glob("newsletters/**/*.md")])
ARTICLE = KINDS["article"]
HEADER = """\
---
# Un commentaire de tête.
titre: "Sur son X : la suite"   # le sous-titre viendra
summary: Une phrase
  sur deux lignes.
auteurs: [equipe-axtra,  'Josée Jamieson']
rubrique:   tendances
tags: jeunes, stages
points-cles:
  - Premier point.   # le plus fort
  # Un commentaire entre deux points.
  - "Second : point."
corrections:
- {date: 2019-04-02, texte: Le total est 336.}
- date: 2019-04-03
  texte: Autre.
alt: ""
---

Un paragraphe.

Un second.
"""


def kind_of(path: Path) -> Kind:
    """Return the kind of a file of the sample, by its place."""
    parts = path.relative_to(ROOT).parts
    if parts[0] == "newsletters":
        return KINDS["infolettre"]
    if parts[1] == "magazine":
        return KINDS["numero" if path.name == "numero.md" else "article"]
    return next(kind for kind in KINDS.values() if kind.pattern.startswith("/".join(parts[:2])))


def as_browser(text: str) -> str:
    """Return a text as a browser sends what a form held."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")


def changed_lines(before: bytes, after: bytes) -> tuple[list[str], list[str]]:
    """Return the lines that went away and those that came, with their line ends."""
    found = list(
        difflib.ndiff(
            before.decode().splitlines(keepends=True), after.decode().splitlines(keepends=True)
        )
    )
    return tuple([line[2:] for line in found if line[0] == sign] for sign in "-+")  # type: ignore[return-value]


@pytest.mark.parametrize("path", SAMPLE, ids=lambda path: path.name)
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_saving_what_was_shown_moves_no_byte(path: Path, line_end: str, mark: str) -> None:
    data = (mark + path.read_text("utf-8").replace("\n", line_end)).encode()
    kind = kind_of(path)
    text = EditableText.of(data)
    fields = text.fields(kind)
    assert "titre" in fields or "objet" in fields or "nom" in fields
    sent = {name: as_browser(value) for name, value in fields.items()}
    assert text.with_fields(kind, sent).with_body(as_browser(text.body)).data == data


@pytest.mark.parametrize("path", SAMPLE, ids=lambda path: path.name)
def test_a_field_changed_is_its_own_difference(path: Path) -> None:
    kind, data = kind_of(path), path.read_bytes()
    text = EditableText.of(data)
    for name, shown in text.fields(kind).items():
        key = kind.key(name)
        assert key is not None
        if key.type in RECORDS or key.type not in {Type.LINE, Type.LINES, Type.WORDS}:
            continue
        *first, last = shown.split("\n")
        wanted = "\n".join([*first, f'{last} : l’essai # d\'un "mot"'])
        changed = text.with_fields(kind, {name: wanted})
        assert changed.fields(kind) == text.fields(kind) | {name: wanted}
        gone, came = changed_lines(data, changed.data)
        assert changed.opening == text.opening
        assert changed.body == text.body
        assert len(came) == 1, came
        assert len(gone) <= 1 + len(shown.split("\n")), gone


def edited(**shown: str) -> tuple[list[str], list[str]]:
    """Return the lines that a change of fields takes away from the example and puts there."""
    data = HEADER.encode()
    names = {name.replace("_", "-"): value for name, value in shown.items()}
    return changed_lines(data, EditableText.of(data).with_fields(ARTICLE, names).data)


@pytest.mark.parametrize(
    ("shown", "gone", "came"),
    [
        (
            {"titre": "Autre"},
            ['titre: "Sur son X : la suite"   # le sous-titre viendra\n'],
            ['titre: "Autre"   # le sous-titre viendra\n'],
        ),
        ({"rubrique": "projets"}, ["rubrique:   tendances\n"], ["rubrique:   projets\n"]),
        (
            {"chapeau": "Une phrase. Une autre : la voici."},
            ["summary: Une phrase\n", "  sur deux lignes.\n"],
            ['summary: "Une phrase. Une autre : la voici."\n'],
        ),
        (
            {"auteurs": "equipe-axtra\nJosée Jamieson\nAnne Roy"},
            ["auteurs: [equipe-axtra,  'Josée Jamieson']\n"],
            ["auteurs: [equipe-axtra,  'Josée Jamieson', Anne Roy]\n"],
        ),
        (
            {"mots_cles": "jeunes\nstages\nformation"},
            ["tags: jeunes, stages\n"],
            ["tags: jeunes, stages, formation\n"],
        ),
        (
            {"points_cles": "Premier point.\nSecond : point.\nTroisième: oui."},
            [],
            ['  - "Troisième: oui."\n'],
        ),
        (
            {"points_cles": "Premier point."},
            ["  # Un commentaire entre deux points.\n", '  - "Second : point."\n'],
            [],
        ),
        (
            {"corrections": "2019-04-02 | Le total est 336.\n2019-04-05 | Un mot, un autre."},
            ["- date: 2019-04-03\n", "  texte: Autre.\n"],
            ['- {date: 2019-04-05, texte: "Un mot, un autre."}\n'],
        ),
        ({"alt": ""}, ['alt: ""\n'], []),
        ({"alt": DECORATION}, [], []),
        ({"ordre": "3"}, [], ["ordre: 3\n"]),
        ({"divulgation": "  "}, [], []),
        (
            {"chapeau": ""},
            ["summary: Une phrase\n", "  sur deux lignes.\n"],
            [],
        ),
    ],
)
def test_only_the_lines_of_a_key_change(
    shown: dict[str, str], gone: list[str], came: list[str]
) -> None:
    assert edited(**shown) == (gone, came)


def test_a_new_key_takes_its_place_in_the_order_of_the_schema() -> None:
    text = EditableText.of(HEADER.encode()).with_fields(ARTICLE, {"ordre": "3"})
    lines = text.header.splitlines()
    assert lines[lines.index("ordre: 3") - 1].startswith("rubrique:")


def test_a_file_without_header_gets_one() -> None:
    text = EditableText.of("\ufeffUn texte.\r\n".encode()).with_fields(ARTICLE, {"titre": "Bref"})
    assert text.data.decode() == "\ufeff---\r\ntitre: Bref\r\n---\r\n\r\nUn texte.\r\n"


def test_a_header_that_does_not_parse_is_edited_as_text() -> None:
    data = b"---\r\ntitre: Un : deux : trois\r\nstatut: brouillon\r\n---\r\nTexte\r\n"
    text = EditableText.of(data)
    with pytest.raises(UnreadableHeaderError):
        text.fields(ARTICLE)
    mended = text.with_header("titre: Un, deux\nstatut: brouillon")
    assert mended.data == data.replace(b"Un : deux : trois", b"Un, deux")


def test_line_ends_of_untouched_lines_stay() -> None:
    data = b"---\ntitre: A\n---\nUn\r\nDeux\nTrois\r\nQuatre\n\n"
    changed = EditableText.of(data).with_body("Un\r\nDeux\r\n2,5\r\nTrois\r\nQuatre")
    assert changed.data == data.replace(b"Deux\n", b"Deux\n2,5\n")


PIECE = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
BODY = st.lists(PIECE | st.sampled_from(["", " ", "\t- a", "---", "é"]), max_size=8)
END = st.sampled_from(["\n", "\r\n", "\r"])


@given(BODY, BODY, END)
def test_any_body_can_become_any_other(old: list[str], new: list[str], end: str) -> None:
    data = f"---\ntitre: A\n---\n{end.join(old)}".encode()
    text = EditableText.of(data)
    assert text.data == data
    assert text.with_body(as_browser(text.body)).data == data
    wanted = "\n".join(new)
    changed = text.with_body(as_browser(wanted))
    assert as_browser(changed.body) == as_browser(wanted).rstrip("\r\n")


VALUE = st.text(st.sampled_from("abé :#-[]{}\"'\\,;&*!|>%@`?~«»…0"), min_size=1, max_size=14).map(
    lambda text: " ".join(text.split())
)


@given(st.dictionaries(st.sampled_from(["titre", "chapeau", "divulgation", "ordre"]), VALUE))
def test_any_line_can_be_the_value_of_a_field(shown: dict[str, str]) -> None:
    text = EditableText.of(HEADER.encode()).with_fields(ARTICLE, shown)
    fields = text.fields(ARTICLE)
    assert {name: fields.get(name, "") for name in shown} == shown


@given(st.lists(VALUE.filter(bool), max_size=5), st.sampled_from(["points-cles", "auteurs"]))
def test_any_lines_can_be_the_values_of_a_list(lines: list[str], name: str) -> None:
    shown = "\n".join(lines)
    text = EditableText.of(HEADER.encode()).with_fields(ARTICLE, {name: shown})
    assert text.fields(ARTICLE).get(name, "") == shown


def test_what_is_written_is_what_the_reader_reads() -> None:
    """The editor's YAML is judged by the reader of the project too, not by itself alone."""
    bare = "\n".join(line.partition("   #")[0] for line in HEADER.split("\n"))
    text = EditableText.of(bare.encode()).with_fields(
        ARTICLE,
        {"titre": "Le 5 à 7 : #travail & « repos »", "mots-cles": "emploi; stage\nL'été, enfin"},
    )
    notes = Notes("content/magazine/2019-03/a.md")
    source = read(text.data, ARTICLE, notes)
    assert source is not None
    assert notes.found == []
    assert source.fields["title"].value == "Le 5 à 7 : #travail & « repos »"
