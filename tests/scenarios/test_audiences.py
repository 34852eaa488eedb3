"""Text for a list, or for mail only, never appears in what other people read."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Mapping
from functools import reduce
from html import unescape
from pathlib import Path
from random import Random
from zipfile import ZipFile

import pytest
from PIL import Image

from axtra.content import loading
from axtra.content.loading import Folders
from axtra.content.model import Newsletter
from axtra.newsletter import render
from axtra.site import letters
from axtra.site.settings import site_settings
from infolettre.core.diagnostics import Diagnostic, errors
from support.nested_blocks import EVERY
from support.small_sites import (
    DAY,
    FULL,
    Project,
    article,
    letter,
    make_project,
    news,
    numero,
    text,
)

MakeProject = Callable[..., Project]
LETTER = "newsletters/2020/2020-05-06.md"
NEWS = "content/nouvelles/2020/cas.md"
FOR_MEMBERS = "/// courriel\n    public: membres\n{}\n///"


def read(project: Project) -> list[Diagnostic]:
    return loading.load(Folders(project.root), moment=DAY)[1]


def holders(output: Path, *words: str) -> set[str]:
    """Return the files of a site that contain any of some words, search index included."""
    files = set()
    for path in sorted(output.rglob("*")):
        data = path.read_bytes() if path.is_file() else b""
        plain = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
        if any(word in unescape(plain.decode(errors="ignore")) for word in words):
            files.add(path.relative_to(output).as_posix())
    return files


def mail(project: Project, audience: str | None) -> str:
    """Return both parts of the only letter of a project, as sent to a list."""
    content, diagnostics = loading.load(Folders(project.root), moment=DAY)
    assert not errors(diagnostics)
    (newsletter,) = content.newsletters
    theme = letters.open_mail_theme(site_settings(project.root))
    sent = render(newsletter, content, theme, audience=audience)
    return sent.html + sent.text


def built(project: Project) -> Path:
    report = project.build()
    assert not report.refused, "\n".join(map(str, report.diagnostics))
    return project.output


def parts(output: Path) -> set[str]:
    """Return the names of the parts of a numéro's book."""
    with ZipFile(output / "magazine/2020-05/axe-magazine-2020-05.epub") as book:
        return {Path(name).stem for name in book.namelist()}


# --- what is extracted from a body ---------------------------------------------------------------


def test_a_text_for_a_list_is_sent_to_that_list_only(new_project: MakeProject) -> None:
    """The opening words of a letter also appear in descriptions, JSON-LD and feeds."""
    project = new_project(
        {
            LETTER: letter(
                f"{FOR_MEMBERS.format('Le code est RABAIS-SECRET.')}\n\n"
                "//// encadre | Un encadré\n"
                f"Pour toutes et tous.\n\n{FOR_MEMBERS.format('## MI-SECRET')}\n////\n\n"
                "/// courriel\nDANS-LE-COURRIEL\n///\n\n/// web\nSUR-LE-SITE\n///"
            )
        }
    )
    output = built(project)
    assert holders(output, "RABAIS-SECRET", "MI-SECRET") == set()
    folder = "infolettres/2020-05-06"
    assert holders(output, "DANS-LE-COURRIEL") == {
        f"{folder}/courriel.html",
        f"{folder}/courriel.txt",
    }
    on_site = holders(output, "SUR-LE-SITE")
    assert {f"{folder}/index.html", "flux/site.json", "flux/site.xml"} <= on_site
    assert not on_site & {f"{folder}/courriel.html", f"{folder}/courriel.txt"}
    assert "RABAIS-SECRET" in mail(project, "membres")
    assert "MI-SECRET" in mail(project, "membres")
    for other in ("partenaires", None):
        assert "SECRET" not in mail(project, other)
    assert "SUR-LE-SITE" not in mail(project, "membres")


@pytest.mark.parametrize("level", ["##", "###"])
def test_a_heading_hidden_from_the_page_is_not_in_its_table_of_contents(
    new_project: MakeProject, level: str
) -> None:
    hidden = f"/// courriel\n## CACHE un\n\n{level} CACHE deux\n///"
    body = f"## A\n\nMots.\n\n{hidden}\n\n## B\n\nMots.\n\n## C\n\nMots."
    typed = article("Un texte").replace("Un texte assez long pour être lu.", body)
    project = new_project({**FULL, "content/magazine/2020-05/texte.md": typed})
    output = built(project)
    assert holders(output, "CACHE", "cache-un") == set()
    assert 'href="#b"' in (output / "magazine/2020-05/texte/index.html").read_text("utf-8")


def test_a_link_to_a_hidden_heading_is_refused(new_project: MakeProject) -> None:
    hidden = "Voir [le prix](#prix).\n\n/// courriel\n## Prix\n///"
    project = new_project({LETTER: letter(hidden)})
    assert [(diagnostic.rule, diagnostic.line) for diagnostic in read(project)] == [
        ("ancre-absente", 9)
    ]


def test_a_card_shows_each_list_only_the_words_meant_for_it(new_project: MakeProject) -> None:
    """The card of a text without a chapeau shows its opening words."""
    cards = "Bonjour,\n\n/// article | cas\n///\n\n/// article | autre\n///"
    written = f"/// web\nSUR-LE-SITE\n///\n\n{FOR_MEMBERS.format('AUX-MEMBRES')}\n\nAU-MONDE"
    project = new_project(
        {
            NEWS: text(written, titre="Un cas", date="2020-01-15"),
            "content/nouvelles/2020/autre.md": news("Autre"),
            LETTER: letter(cards),
        }
    )
    for audience, members in (("membres", True), ("partenaires", False), (None, False)):
        sent = mail(project, audience)
        assert "AU-MONDE" in sent
        assert "SUR-LE-SITE" not in sent
        assert ("AUX-MEMBRES" in sent) is members
    assert holders(built(project), "AUX-MEMBRES") == set()


def test_a_book_leaves_out_text_for_the_site_only_or_the_mail_only(
    new_project: MakeProject,
) -> None:
    body = "//// encadre | Un titre\n/// web\nSUR-LE-SITE\n///\n////"
    body = f"{body}\n\n/// courriel\nDANS-LE-COURRIEL\n///"
    empty = numero().replace("Un texte assez long pour être lu.", body)
    output = built(new_project({**FULL, "content/magazine/2020-05/numero.md": empty}))
    page = (output / "magazine/2020-05/index.html").read_text("utf-8")
    assert "SUR-LE-SITE" in page
    assert "DANS-LE-COURRIEL" not in page
    assert "editorial" not in parts(output)
    assert "editorial" in parts(built(new_project(FULL, "avec-editorial")))


def test_a_file_linked_for_a_single_list_gets_a_warning_that_it_is_public(
    new_project: MakeProject,
) -> None:
    linked = "[Le budget](documents/budget.pdf)\n\n![Un carré bleu](images/point.png)"
    linked += "\n\n[L’essai](/)"
    project = new_project({LETTER: letter(f"Bonjour.\n\n{FOR_MEMBERS.format(linked)}")})
    for name in ("documents/budget.pdf", "images/point.png"):
        (project.root / "content" / name).parent.mkdir(parents=True)
        (project.root / "content" / name).write_bytes(b"%PDF-1.4\n")
    Image.new("RGB", (1200, 800), "#246").save(project.root / "content/images/point.png")
    assert [(diagnostic.rule, diagnostic.line) for diagnostic in read(project)] == [
        ("fichier-public", 13),
        ("fichier-public", 15),
    ]
    output = built(project)
    assert holders(output, "Le budget", "Un carré bleu") == set()
    (picture,) = re.findall(r"/images/courriel/point[^\"]+", mail(project, "membres"))
    assert (output / picture.lstrip("/")).is_file(), "the mail of the list shows it"


# --- a block in another structure ----------------------------------------------------------------

CASES: Mapping[str, tuple[str, str, int]] = {
    "a secret in a quotation": (
        LETTER,
        "> La rencontre.\n>\n> /// courriel\n>     public: membres\n> RABAIS-SECRET.\n> ///",
        11,
    ),
    "a mail in a list": (NEWS, "- un\n\n    /// courriel\n    AU COURRIEL\n    ///", 8),
    "a figure in a list": (
        NEWS,
        "1. Un\n\n    /// figure | images/point.png\n        alt: Un point.\n    ///\n\n2. Deux",
        8,
    ),
    "a button in a list": (
        NEWS,
        "- un\n\n    /// bouton | Lire la page\n        lien: pages/a-propos.md\n    ///",
        8,
    ),
    "a box in a quotation": (NEWS, "> /// encadre | Titre perdu\n> Texte\n> ///", 6),
    "the mistake is not the next block’s": (
        NEWS,
        "- un\n\n    /// bouton | Lire\n        lien: /\n    ///\n\n/// citation | Elle\nDit.\n///",
        8,
    ),
}


@pytest.mark.parametrize(("file", "body", "line"), CASES.values(), ids=CASES)
def test_a_block_inside_another_structure_is_refused(
    new_project: MakeProject, file: str, body: str, line: int
) -> None:
    typed = letter(body) if file == LETTER else text(body, titre="Cas", date="2020-01-15")
    project = new_project({"content/pages/a-propos.md": text(titre="À propos"), file: typed})
    assert [(diagnostic.rule, diagnostic.line) for diagnostic in read(project)] == [
        ("bloc-illisible", line)
    ]
    assert project.build().refused


@pytest.mark.parametrize(
    ("block", "rule"),
    [
        ("//// figure | images/point.png\n    alt: Un point.\n{}\n////", "bloc-illisible"),
        ("//// chiffres\n- **3** mots\n\n{}\n////", "bloc-illisible"),
        ("//// bouton | Lire\n    lien: /\n{}\n////", "bloc-de-trop"),
    ],
)
def test_a_block_inside_a_block_that_would_drop_it_is_refused(
    new_project: MakeProject, block: str, rule: str
) -> None:
    project = new_project({LETTER: letter(block.format("/// bouton | Perdu\n    lien: /\n///"))})
    (project.root / "content/images").mkdir()
    Image.new("RGB", (1200, 800), "#246").save(project.root / "content/images/point.png")
    assert rule in [diagnostic.rule for diagnostic in read(project)]


def test_a_list_named_after_the_bar_is_refused(new_project: MakeProject) -> None:
    project = new_project({LETTER: letter("Bonjour.\n\n/// courriel | membres\nSECRET\n///")})
    assert [(diagnostic.rule, diagnostic.line) for diagnostic in read(project)] == [
        ("bloc-de-trop", 11)
    ]


# --- at random -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seed", "count"), [(1, 30), *(pytest.param(n, 300, marks=pytest.mark.eprouve) for n in (2, 3))]
)
def test_a_secret_in_any_structure_is_refused_or_stays_private(
    tmp_path: Path, seed: int, count: int
) -> None:
    """Each letter has its own secret; the letters that are not refused are published together."""
    chance, typed = Random(seed), dict[str, str]()  # noqa: S311 - trials
    for at in range(count):
        around = chance.choices([*EVERY], k=chance.choice((0, 1, 1, 2, 3)))
        body = reduce(
            lambda inner, name: EVERY[name](inner), around, FOR_MEMBERS.format(f"SECRET{at}.")
        )
        typed[f"newsletters/2020/2020-05-06-n{at}.md"] = letter(f"Bonjour,\n\n{body}")
    project = make_project(tmp_path / "projet", typed)
    (project.root / "content/images").mkdir()
    Image.new("RGB", (1200, 800), "#246").save(project.root / "content/images/point.png")
    refused: dict[str, list[Diagnostic]] = {}
    for error in errors(read(project)):
        refused.setdefault(error.file, []).append(error)
    for name, problems in refused.items():
        lines = typed[name].split("\n")
        words = next(rank for rank, line in enumerate(lines, 1) if "SECRET" in line)
        opening = max(rank for rank in range(words + 1) if "/// courriel" in lines[rank - 1])
        openings = {rank for rank in range(1, opening + 1) if "/// " in lines[rank - 1]}
        assert openings & {problem.line for problem in problems}, (typed[name], problems)
        (project.root / name).unlink()
    assert 0 < len(refused) < count
    assert holders(built(project), "SECRET") == set()
    content, _ = loading.load(Folders(project.root), moment=DAY)
    published = [item for item in content.items if isinstance(item, Newsletter)]
    assert all("SECRET" not in newsletter.lead for newsletter in published)
