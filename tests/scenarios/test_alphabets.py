"""Names, keywords and headings in any alphabet: an address each, and never a file that hides."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from axtra.content import loading, skeletons
from axtra.content.frontmatter import slugify
from axtra.content.loading import Folders
from axtra.content.model import Library
from axtra.content.schema import KINDS
from infolettre.core.diagnostics import Diagnostic, errors
from support.fixture_types import MakeProject, Run
from support.small_sites import DAY, FULL, author, make_project, news, text

ADDRESSES = {
    "ᐃᓄᒃᑎᑐᑦ": "inuktitut",
    "ᓄᓇᕗᑦ": "nunavut",
    "ᓄᓇᕕᒃ": "nunavik",
    "ᐱᑕ ᐃᕐᓂᖅ": "pita-irniq",
    "Søren Łukasz": "soren-lukasz",
    "Ðorđe Straßer": "dorde-strasser",
    "Tromsø et Łódź": "tromso-et-lodz",
    "Nguyễn Thị Đào": "nguyen-thi-dao",
    "Þórður Æ. Œrsted": "thordur-ae-oersted",
    "Işık": "isik",
    "X̱aad Kíl": "xaad-kil",
    "Wendake Hawaiʻi": "wendake-hawaii",
    "Привет, мир": "privet-mir",
    "Αθήνα": "athina",
    "深圳": "shenzhen",
    "हिन्दी": "hindi",
    "L’été à 100 €": "l-ete-a-100",
}


def load(files: dict[str, str], root: Path) -> tuple[Library, list[Diagnostic]]:
    """Read a project with these files."""
    project = make_project(root / "projet", {**FULL, **files})
    return loading.load(Folders(project.root), moment=DAY)


@pytest.mark.parametrize(("typed", "slug"), ADDRESSES.items())
def test_a_name_has_its_address_whatever_its_alphabet(
    typed: str, slug: str, tmp_path: Path
) -> None:
    assert slugify(typed) == slug
    body = f"## {typed}\n\nUn lien [vers ce titre](#{slug})."
    page = text(body, titre=f'"{typed}"', date="2020-01-15", mots_cles=f'["{typed}"]')
    library, found = load({"content/nouvelles/2020/essai.md": page}, tmp_path)
    assert found == []
    assert f"/sujets/{slug}/" in {subject.url for subject in library.subjects}


@given(typed=st.text(min_size=1, max_size=20))
@settings(max_examples=300, deadline=None)
def test_an_address_is_plain_and_the_same_when_made_again(typed: str) -> None:
    slug = slugify(typed)
    assert re.fullmatch(r"(?:[a-z0-9]+(?:-[a-z0-9]+)*)?", slug)
    assert slugify(slug) == slug
    assert slugify(typed.upper()) == slugify(typed.upper().lower()) or not typed.isascii()


def test_every_letter_of_the_alphabets_of_quebec_has_a_sound() -> None:
    ranges = (range(0xC0, 0x250), range(0x1401, 0x1680), range(0x1E00, 0x1F00))
    letters = [chr(code) for codes in ranges for code in codes if chr(code).isalpha()]
    mute = [letter for letter in letters if not slugify(letter)]
    assert len(mute) <= 12, mute  # signs of tone and breath


WORDS = [("retraite", "retraité"), ("marché", "marche"), ("C++", "C#"), ("œuvre", "oeuvre")]


@pytest.mark.parametrize(("first", "second"), WORDS)
def test_two_keywords_that_would_share_a_page_are_both_named(
    first: str, second: str, tmp_path: Path
) -> None:
    files = {
        "content/nouvelles/2020/a.md": news("A", mots_cles=f'["{first}"]'),
        "content/nouvelles/2020/b.md": news("B", mots_cles=f'["{second}"]'),
    }
    _, found = load(files, tmp_path)
    assert [(value.file, value.line, value.rule) for value in found] == [
        ("content/nouvelles/2020/b.md", 5, "mots-cles-confondus")
    ]
    assert f"« {first} » (content/nouvelles/2020/a.md:5)" in found[0].problem
    assert f"« {second} »" in found[0].problem


def test_the_case_of_a_keyword_makes_no_other_keyword(tmp_path: Path) -> None:
    files = {
        "content/nouvelles/2020/a.md": news("A", mots_cles="[Emploi, L'été]"),
        "content/nouvelles/2020/b.md": news("B", mots_cles="[emploi, L’ÉTÉ]"),
    }
    library, found = load(files, tmp_path)
    assert found == []
    assert {"emploi", "l-ete"} <= {subject.slug for subject in library.subjects}


@pytest.mark.parametrize("word", ["???", "🎉", "…", "mot " * 40])
def test_a_keyword_without_address_is_refused_at_its_line(word: str, tmp_path: Path) -> None:
    _, found = load({"content/nouvelles/2020/a.md": news("A", mots_cles=f'["{word}"]')}, tmp_path)
    assert [(value.line, value.rule) for value in found] == [(5, "mot-invalide")]


def test_a_signature_that_two_people_bear_asks_which(tmp_path: Path) -> None:
    files = {
        "content/auteurs/marie-roy.md": author("Marie Roy"),
        "content/auteurs/marie-roy-2.md": author("Marie Roy"),
        "content/nouvelles/2020/a.md": news("A", auteurs="[Marie Roy]"),
        "content/nouvelles/2020/b.md": news("B", auteurs="[marie-roy-2]"),
    }
    _, found = load(files, tmp_path)
    assert [(value.file, value.line, value.rule) for value in found] == [
        ("content/nouvelles/2020/a.md", 5, "auteur-ambigu")
    ]
    assert "marie-roy-2.md" in found[0].problem


BODY = "---\ntitre: T\ndate: 2020-01-15\n---\n\n"  # the body begins on line 6


@pytest.mark.parametrize(
    ("body", "line", "named"),
    [
        ("## Le marché\n\n## Le marche\n", 8, "(ligne 6)"),
        ("## A {#un}\n\n## B {#un}\n", 8, "(ligne 6)"),
        ("## A {#un}\n\nDu texte.\n{: #un }\n", 9, "(ligne 6)"),
        ("## A {#axe_contenu}\n", 6, "réservée"),
        ("Un <span id='axe_partage'>mot</span>.\n", 6, "réservée"),
    ],
)
def test_an_anchor_leads_to_one_place(body: str, line: int, named: str, tmp_path: Path) -> None:
    _, found = load({"content/nouvelles/2020/a.md": BODY + body}, tmp_path)
    assert [(value.line, value.rule) for value in found] == [(line, "ancre-prise")]
    assert named in found[0].problem


def test_two_media_may_have_the_same_anchor(tmp_path: Path) -> None:
    blocks = "".join(f"/// {name}\n## Prix {{#prix}}\n///\n\n" for name in ("web", "courriel"))
    _, found = load({"content/nouvelles/2020/a.md": BODY + blocks}, tmp_path)
    assert found == []


def test_an_anchor_stays_when_a_heading_is_added(tmp_path: Path) -> None:
    page = "content/nouvelles/2020/a.md"
    words = ("ᓄᓇᕗᑦ", "🎉", "Fin", "…", "Fin")
    before = BODY + "".join(f"## {word}\n\nTexte.\n\n" for word in words)
    anchors = []
    for number, body in enumerate((before, before.replace("## ", "## ♥♥\n\n## ", 1))):
        library, found = load({page: body}, tmp_path / str(number))
        assert found == []
        headings = next(item for item in library.items if item.source == page).headings
        anchors.append([heading.id for heading in headings])
    assert anchors[1][1:] == anchors[0]
    assert len(set(anchors[1])) == len(anchors[1])


def test_every_anchor_of_the_theme_begins_as_none_may_be_typed() -> None:
    theme = Path(__file__).parents[2] / "theme/templates"
    lists = {
        "listes",
        "rubrique.html",
        "rubriques.html",
        "glossaire.html",
    }  # no body on these pages
    for file in theme.rglob("*.html"):
        if not lists & set(file.relative_to(theme).parts):
            ids = re.findall(r'\bid="([^"]+)"', file.read_text("utf-8"))
            assert [name for name in ids if not name.startswith("axe_")] == [], file


# --- files -------------------------------------------------------------------------------------

SHAPES = (
    "ᐱᑕ ᐃᕐᓂᖅ",
    "محمد العربي",
    "??",
    "🎉",
    "",
    "-5",
    ".caché",
    "../dehors",
    "a" * 400,
    "mot " * 90,
)


@pytest.mark.parametrize("kind", ["auteur", "nouvelle", "evenement", "article", "numero"])
def test_a_skeleton_is_a_file_that_shows_or_a_refusal(kind: str, tmp_path: Path) -> None:
    project = make_project(tmp_path / "projet", FULL)
    folders, known = Folders(project.root), {*project.root.rglob("*")}
    for title in SHAPES:
        with suppress(skeletons.RefusedError):
            skeletons.create(folders, KINDS[kind], title=title, numero=None, day=DAY.date())
        made = [path.name for path in {*project.root.rglob("*")} - known if path.is_file()]
        known |= {*project.root.rglob("*")}
        assert len(made) == 1 or title in {"??", "🎉"} or kind == "numero"
        assert [
            name for name in made if not re.fullmatch(r"[a-z0-9][a-z0-9-]{,79}\.md", name)
        ] == []
    assert errors(loading.load(folders, moment=DAY)[1]) == []


@pytest.mark.parametrize(
    ("words", "title"),
    [
        (("Jean", "Côté"), "Jean Côté"),
        (("«", "Jean", "Côté", "»"), "Jean Côté"),
        (("--date", "2020-01-01", "Jean", "Côté"), "Jean Côté"),
        (("Jean", "--date=2020-01-01", "Côté"), "Jean Côté"),
        (("--adresse", "jean", "--", "-Jean"), "-Jean"),
        (("« Oser » et réussir",), "« Oser » et réussir"),
    ],
)
def test_a_title_needs_no_quotation_marks(
    new_project: MakeProject, run: Run, words: tuple[str, ...], title: str
) -> None:
    project = new_project()
    assert run(project, "nouveau", "auteur", *words)[0] == 0
    (file,) = (project.root / "content/auteurs").iterdir()
    assert f'nom: "{title}"' in file.read_text("utf-8")


def test_what_exists_is_named_and_the_remedy_makes_another(
    new_project: MakeProject, run: Run
) -> None:
    project = new_project()
    run(project, "nouveau", "auteur", "Jean Côté")
    code, _, err = run(project, "nouveau", "auteur", "Jean Coté")
    assert code == 1
    assert "« Jean Côté »" in err
    assert 'axtra nouveau auteur --adresse jean-cote-2 "Jean Coté"' in err
    assert run(project, "nouveau", "auteur", "--adresse", "jean-cote-2", "Jean Coté")[0] == 0


@pytest.mark.parametrize(
    "name", [".md", ".texte.md", ".git-notes.md", "2020/.brouillon.md", ".keep.md", ".prive"]
)
def test_what_a_point_hides_is_reported(name: str, tmp_path: Path) -> None:
    _, found = load({f"content/nouvelles/{name}": news()}, tmp_path)
    assert [(value.file, value.rule) for value in found] == [
        (f"content/nouvelles/{name}", "fichier-ignore")
    ]


@pytest.mark.parametrize(
    "name",
    ["nouvelles/2020/???.md", "nouvelles/2020/Été.md", "magazine/Été 2020/numero.md"],
)
def test_a_name_that_makes_no_address_is_refused_with_one_that_does(
    name: str, tmp_path: Path
) -> None:
    page = news() if "nouvelles" in name else FULL["content/magazine/2020-05/numero.md"]
    _, found = load({f"content/{name}": page}, tmp_path)
    named = [value.remedy for value in found if value.rule == "nom-de-fichier"]
    assert len(named) == 1
    assert re.search(r":  [a-z0-9-]+(?:\.md)?$", named[0])
