"""Galleries, sound, references and pull quotes are read, or refused at their line."""

from __future__ import annotations

from pathlib import Path

import pytest

from axtra.content import bibtex, glossary
from axtra.content.bibliographies import formatted
from axtra.content.model import Audio, Gallery, PullQuote, References
from axtra.content.schema import BLOCKS
from support.read_body import read

IMAGES = '![Un](images/a.png "La salle.")\n![Deux](images/a.png)'
WORDS = "mot " * 700
BIBTEX = r"""@string{ax = {AXTRA}}
@report{rapport, author = {{AXTRA}}, title = {Rapport annuel}, year = 2019, publisher = "A" # ax}
@article{c, author = {Tremblay, Marie-{\`E}ve and Jean Roy}, title = {Le titre : un essai},
  journal={Revue}, volume=12, number=3, pages={1--20}, date={2017-05-01}, doi={10.1000/abc}}
@inbook{d, author={Roy, È.}, title={Chapitre}, publisher={PUL},
  booktitle={Le livre<script>alert(1)</script><b onclick=x>}}
@online{e, title = {Sans auteur \& sans date}, url = {https://exemple.example/a_b}}
@comment{tout ceci}
"""


@pytest.mark.parametrize("name", ["chiffres", "graphique", "references"])
def test_what_the_atelier_writes_of_a_new_block_is_accepted(name: str) -> None:
    kind = BLOCKS[name]
    argument = f" | {kind.sample}" if kind.sample else ""
    body, found = read(f"/// {name}{argument}\n{kind.skeleton}\n///")
    assert ([node.name for node in body], found) == ([name], [])


def test_a_gallery_has_its_images_in_order_each_with_its_words() -> None:
    [gallery], found = read(f"/// galerie | Le colloque\n{IMAGES}\n///")
    assert found == []
    assert isinstance(gallery, Gallery)
    assert [figure.image.alt for figure in gallery.figures] == ["Un", "Deux"]
    assert [figure.caption for figure in gallery.figures] == ["La salle.", ""]


@pytest.mark.parametrize("body", ["Des mots.", "![Un](images/a.png)", f"{IMAGES}\n\nDes mots.",
                                  f"- {IMAGES}"])  # fmt: skip
def test_a_gallery_of_anything_else_is_refused(body: str) -> None:
    _, [problem] = read(f"/// galerie\n{body}\n///")
    assert (problem.line, problem.rule) == (10, "galerie-invalide")


def test_each_image_of_a_gallery_is_described_and_exists() -> None:
    found = read(f"/// galerie\n{IMAGES}\n![](images/a.png)\n![Trois](images/b.png)\n///")[1]
    assert [(each.line, each.rule) for each in found] == [
        (13, "alt-manquant"),
        (14, "image-absente"),
    ]


def test_a_sound_has_its_transcript() -> None:
    text = "/// audio | documents/a.mp3\n    titre: Entrevue\n    duree: 12 min\n— Bonjour.\n///"
    [sound], found = read(text)
    assert found == []
    assert isinstance(sound, Audio)
    assert (sound.href, sound.title.plain, len(sound.body)) == ("/documents/a.mp3", "Entrevue", 1)
    [problem] = read(text.replace("— Bonjour.\n", ""))[1]
    assert (problem.line, problem.rule) == (10, "bloc-vide")


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        ("documents/a.pdf", "audio-illisible"),
        ("documents/absent.mp3", "lien-brise"),
        ("https://exemple.example/a.mp3", "audio-illisible"),
    ],
)
def test_a_sound_is_a_file_of_the_site(path: str, rule: str) -> None:
    _, [problem] = read(f"/// audio | {path}\n    titre: T\n— Bonjour.\n///")
    assert (problem.line, problem.rule) == (10, rule)


def test_a_text_has_one_pull_quote_in_600_words() -> None:
    quote = "/// exergue | Une personne\nUne phrase.\n///"
    assert isinstance(read(quote)[0][0], PullQuote)
    assert read(f"{quote}\n\n{WORDS}")[1] == []
    [problem] = read(f"{quote}\n\n{WORDS}\n\n{quote}")[1]
    assert (problem.line, problem.rule) == (16, "exergue-de-trop")
    assert read(f"{quote}\n\n{WORDS * 2}\n\n{quote}")[1] == []


def test_references_are_formatted_in_the_french_of_quebec_by_author() -> None:
    assert [entry.replace("\u00a0", " ") for entry in formatted(bibtex.references(BIBTEX))] == [
        "AXTRA. (2019). <em>Rapport annuel</em>. AAXTRA.",
        "Roy, È. (s. d.). Chapitre. Dans <em>Le livre</em>. PUL.",
        "<em>Sans auteur &amp; sans date</em> (s. d.). https://exemple.example/a_b",
        (
            "Tremblay, M.-È. et Roy, J. (2017). Le titre : un essai. <em>Revue</em>, "
            "<em>12</em>(3), 1-20. https://doi.org/10.1000/abc"
        ),
    ]


def test_references_come_from_the_block_or_from_a_file() -> None:
    [typed], found = read(f"/// references\n    titre: À lire\n\n```bibtex\n{BIBTEX}```\n///")
    assert found == []
    assert isinstance(typed, References)
    assert typed.title
    assert typed.title.plain == "À lire"
    assert "https://exemple.example/a_b" in typed.links
    [filed], found = read("/// references | documents/a.bib\n///")
    assert found == []
    assert isinstance(filed, References)
    assert filed.file == "/documents/a.bib"
    csl = '[{"id": "x", "type": "book", "title": "Le livre", "author": [{"literal": "AXTRA"}]}]'
    [listed], found = read(f"/// references\n~~~\n{csl}\n~~~\n///")
    assert found == []
    assert isinstance(listed, References)
    assert listed.entries == ("AXTRA. (s.\u00a0d.). <em>Le livre</em>.",)


@pytest.mark.parametrize(
    ("text", "line", "rule"),
    [
        ("/// references\n///", 10, "references-illisibles"),
        ("/// references\n@book{a, title = {T}}\n///", 10, "references-illisibles"),
        ("/// references\n```\nRoy, È. (2019).\n```\n///", 12, "references-illisibles"),
        ("/// references\n```\n@book{a,\n  title = {T}\n```\n///", 13, "references-illisibles"),
        ("/// references\n```\n@book{a, title = }\n```\n///", 12, "references-illisibles"),
        ("/// references\n```\n@book{a, year = 2019}\n```\n///", 12, "references-illisibles"),
        ('/// references\n```\n[{"id": "x",\n```\n///', 13, "references-illisibles"),
        (
            '/// references\n```\n[{"title": "x", "author": 3}]\n```\n///',
            12,
            "references-illisibles",
        ),
        (
            "/// references | documents/a.bib\n```\n@book{a, title = {T}}\n```\n///",
            10,
            "bloc-de-trop",
        ),
        ("/// references | documents/a.pdf\n///", 10, "references-illisibles"),
        ("/// references | documents/faux.json\n///", 10, "references-illisibles"),
        ("/// references | documents/absent.bib\n///", 10, "lien-brise"),
    ],
)
def test_references_that_cannot_be_read_are_refused(text: str, line: int, rule: str) -> None:
    found = [problem for problem in read(text)[1] if problem.rule == rule]
    assert [problem.line for problem in found] == [line]


def test_no_piece_of_a_bibliography_stops_the_reading() -> None:
    pieces = ((BIBTEX[:cut], BIBTEX[cut:]) for cut in range(0, len(BIBTEX), 7))
    for text in (text for start, end in pieces for text in (start, end, f"{start}}}{end}")):
        try:
            found = bibtex.references(text)
        except bibtex.BibtexError as error:
            line = error.line
        else:
            assert all("id" in entry for entry in found)
            continue
        assert 0 <= line <= BIBTEX.count("\n")


def test_a_glossary_has_a_line_for_each_term(tmp_path: Path) -> None:
    assert glossary.read(tmp_path, "content") == ((), [])
    (tmp_path / "glossaire.toml").write_text(
        '"stage" = "Un temps d’apprentissage."\n["centre-conseil"]\ndefinition = "Un organisme."\n'
        'formes = ["centres-conseils"]\n',
        "utf-8",
    )
    terms, found = glossary.read(tmp_path, "content")
    assert found == []
    assert [(term.slug, term.forms) for term in terms] == [
        ("centre-conseil", ("centre-conseil", "centres-conseils")),
        ("stage", ("stage",)),
    ]
    assert terms[0].url == "/glossaire/#centre-conseil"


@pytest.mark.parametrize(
    ("text", "line", "rule"),
    [
        ('"stage" = 3\n', 1, "fait-manquant"),
        ('"stage" = ""\n', 1, "fait-manquant"),
        ('["stage"]\nformes = ["stages"]\n', 1, "fait-manquant"),
        ('["stage"]\ndefinition = "D."\nformes = "stages"\n', 3, "valeur-invalide"),
        ('["stage"]\ndefinition = "D."\nforme = ["stages"]\n', 3, "cle-inconnue"),
        (
            '"Stage" = "D."\n["emploi"]\ndefinition = "D."\nformes = ["stage"]\n',
            2,
            "terme-en-double",
        ),
        ('"stage = "D."\n', 1, "toml-illisible"),
    ],
)
def test_a_mistake_in_the_glossary_is_noted_at_its_line(
    tmp_path: Path, text: str, line: int, rule: str
) -> None:
    (tmp_path / "glossaire.toml").write_text(text, "utf-8")
    [problem] = glossary.read(tmp_path, "content")[1]
    assert (problem.line, problem.rule) == (line, rule)
