"""The same mistake made several times is told as many times, each time on its own line."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axtra import site
from axtra.content import loading
from axtra.content.loading import Folders
from infolettre.core.diagnostics import Diagnostic
from infolettre.text import spelling
from support.faulty_files import ARTICLE, EXTRA, HEAD, NEWS, article
from support.repeated_mistakes import (
    AROUND,
    AROUND_IN_MAILS,
    BLOCKS,
    CLEAN,
    CLEAN_IN_MAILS,
    HEADERS,
    INLINE,
    MAILS,
)
from support.small_sites import DAY, FULL, letter, make_project

LETTER = "newsletters/2020/2020-05-06.md"
ONCE_A_LINE = frozenset({"accents-abimes", "caractere-invisible"})
ENDS = st.sampled_from(["\n", "\r\n", "\r"])


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a project without a fault."""
    project = make_project(tmp_path_factory.mktemp("fautes") / "projet", {**FULL, **EXTRA}).root
    (project / "content/images/coupee.jpg").write_bytes(b"\xff\xd8\xff rien")
    return project


@pytest.fixture(scope="module")
def letters(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a project of which the only letter is still to be written."""
    root = make_project(tmp_path_factory.mktemp("lettres") / "projet", {**FULL, **EXTRA}).root
    for path in (root / "newsletters").rglob("*.md"):
        path.unlink()
    (root / LETTER).parent.mkdir(parents=True, exist_ok=True)
    return root


def told(found: Iterable[Diagnostic], rule: str) -> list[int | None]:
    return [problem.line for problem in found if problem.rule == rule]


def read(root: Path) -> list[Diagnostic]:
    return loading.load(Folders(root), moment=DAY)[1]


def planted(piece: str, first: int) -> list[int]:
    """List the lines on which a mistake stands, in what is around it."""
    return [first + piece.count("\n", 0, place.start()) for place in re.finditer(r"{}", piece)]


def body_of(lines: list[str]) -> str:
    """Write a body, with the definitions of the notes and of the address that it names."""
    body = "\n".join(lines) + "\n[absente]: /absente/\n"
    notes = (f"\n[^{name}]: Une note.\n" for name in "1n" if f"[^{name}]" in body)
    return body + "".join(notes)


@st.composite
def bodies(draw: st.DrawFn) -> tuple[str, str, list[int]]:
    """Draw a rule, a body, and the lines on which it breaks the rule."""
    first, lines, expected = HEAD.count("\n") + 1, list[str](), list[int]()
    rule, *chosen = draw(st.sampled_from([*INLINE, *BLOCKS]))
    for _ in range(draw(st.integers(1, 5))):
        for clean in draw(st.lists(st.sampled_from(CLEAN), max_size=3)):
            lines += [*clean.split("\n"), "", "Fin.", ""]
        match chosen:
            case [str(typed)]:
                fits = [text for text in AROUND if text.count("{}") == 1 or rule not in ONCE_A_LINE]
                piece = draw(st.sampled_from(fits))
                expected += planted(piece, first + len(lines))
                piece = piece.replace("{}", typed)
            case [int(rank), str(piece)]:
                expected.append(first + len(lines) + rank)
        lines += [*piece.split("\n"), "", "Fin.", ""]
    return rule, body_of(lines), expected


@given(drawn=bodies(), end=ENDS)
def test_each_mistake_of_a_body_is_reported_on_its_line(
    root: Path, drawn: tuple[str, str, list[int]], end: str
) -> None:
    rule, body, expected = drawn
    (root / NEWS).write_bytes(f"{HEAD}{body}".replace("\n", end).encode())
    assert told(read(root), rule) == expected, body


@given(chosen=st.sampled_from(HEADERS), between=st.lists(st.integers(0, 3), min_size=1, max_size=5))
def test_each_mistake_of_a_header_is_reported_on_its_line(
    root: Path, chosen: tuple[str, str], between: list[int]
) -> None:
    rule, typed = chosen
    lines, expected = ["---", "titre: Un titre", "date: 2020-01-15"], list[int]()
    for rank, clean in enumerate(between):
        lines += ["# une remarque"] * clean
        expected.append(len(lines) + 1)
        lines.append(typed.replace("@", "abcde"[rank]))
    (root / NEWS).write_text("\n".join([*lines, "---", "", "Texte."]), "utf-8")
    assert told(read(root), rule) == expected, lines


@given(names=st.lists(st.sampled_from(["une-personne", "personne"]), min_size=1, max_size=8))
def test_each_unknown_name_of_a_list_is_reported_on_its_line(root: Path, names: list[str]) -> None:
    (root / ARTICLE).write_text(
        article(auteurs="".join(f"\n  - {name}" for name in names)), "utf-8"
    )
    expected = [rank for rank, name in enumerate(names, 5) if name == "personne"]
    found = read(root)
    (root / ARTICLE).unlink()
    assert told(found, "auteur-inconnu") == expected


@st.composite
def mails(draw: st.DrawFn) -> tuple[str, str, list[int]]:
    """Draw a rule of mails, a letter, and the lines on which it breaks the rule."""
    head, end = letter("@").split("@")
    lines, expected = list[str](), list[int]()
    rule, typed = draw(st.sampled_from(MAILS))
    for _ in range(draw(st.integers(1, 5))):
        for clean in draw(st.lists(st.sampled_from(CLEAN_IN_MAILS), max_size=3)):
            lines += [*clean.split("\n"), ""]
        piece = draw(
            st.sampled_from(
                [text for text in AROUND_IN_MAILS if "[" not in typed or "#" not in text]
            )
        )
        expected += planted(piece, head.count("\n") + 1 + len(lines))
        lines += [*piece.replace("{}", typed).split("\n"), ""]
    return rule, head + "\n".join(lines) + end, expected


@given(drawn=mails(), end=ENDS)
def test_each_mistake_of_a_mail_is_reported_on_its_line(
    letters: Path, drawn: tuple[str, str, list[int]], end: str
) -> None:
    rule, whole, expected = drawn
    (letters / LETTER).write_bytes(whole.replace("\n", end).encode())
    assert told(site.verify(letters, moment=DAY), rule) == expected, whole


@given(lines=st.lists(st.sampled_from(["un mot", "un bogu", "- bogu et bogu", ""]), max_size=9))
def test_each_misspelt_word_is_reported_on_its_line(lines: list[str]) -> None:
    class Speller(spelling.Speller):
        def knows(self, word: str) -> bool:
            return word != "bogu"

        def suggest(self, word: str) -> tuple[str, ...]:
            return (word,)

    found = spelling.misspelt("x.md", "\n".join([HEAD, *lines]), Speller(Path(), ""))
    first = HEAD.count("\n") + 2
    expected = [first + rank for rank, line in enumerate(lines) for _ in range(line.count("bogu"))]
    assert told(found, "mot-inconnu") == expected


def test_a_mark_that_would_change_a_text_is_left_out(root: Path) -> None:
    body = '[Une page](/absente/\n"titre")\n\n<p\nstyle=x>mot</p>\n\n[Une page](/absente/)\n'
    (root / NEWS).write_text(f"{HEAD}{body}", "utf-8")
    found = read(root)
    assert told(found, "lien-brise") == [6, 12]
    assert told(found, "html-interdit") == [9]


def test_a_reference_on_the_line_after_its_text_keeps_its_meaning(root: Path) -> None:
    body = "[Une page]\n[absente]\n\nUn mot.\n\n[Une page](/absente/)\n\n[absente]: /absente/\n"
    (root / NEWS).write_text(f"{HEAD}{body}", "utf-8")
    assert told(read(root), "lien-brise") == [6, 11]


def test_what_only_the_site_shows_takes_no_place_of_a_mail(letters: Path) -> None:
    said, web = "Un mot Etat des lieux ici.\n\n", "/// web\nPour le site : Etat.\n///\n\n"
    (letters / LETTER).write_text(letter(f"Etat suit.\n\n{said}{web}{said}{said}"), "utf-8")
    assert told(site.verify(letters, moment=DAY), "capitale-accent") == [9, 11, 17, 19]
