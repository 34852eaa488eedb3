"""A book is made once, and again when anything it is made from changes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from axtra.books import book_maker
from axtra.books.book_maker import BookMaker
from axtra.books.book_theme import BookTheme, spelled
from axtra.content.model import Image, Library, Text
from axtra.design import image_files
from axtra.pictures import drawings
from infolettre.core.cache import Store
from infolettre.design.tokens import Tokens
from support.sample_library import ARTICLE, NUMERO, library
from support.small_sites import ROOT

THEME = ROOT / "theme"
LIBRARY = library(NUMERO, ARTICLE)


@pytest.fixture
def theme(tmp_path: Path) -> BookTheme:
    """Open the real theme with an empty content folder."""
    tokens = Tokens.load(THEME / "tokens.toml")
    cache = ROOT / ".cache/polices"
    return BookTheme.load(THEME, tokens, "https://essai.example/", tmp_path, cache=cache)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the list of the books that are made, in place of making them."""
    done: list[str] = []
    monkeypatch.setattr(book_maker.pdf, "make", lambda *_: (done.append("pdf"), (b"livre", ()))[1])
    monkeypatch.setattr(
        book_maker.epub, "make", lambda *_, **__: (done.append("epub"), b"livre")[1]
    )
    return done


def _maker(theme: BookTheme, folder: Path, content: Library = LIBRARY) -> BookMaker:
    files = {file.url: file for file in drawings.drawing_files(content.items)}
    return BookMaker(content, theme, Store(folder / "livres"), files)


def test_a_book_is_made_once_for_each_format(
    theme: BookTheme, tmp_path: Path, made: list[str]
) -> None:
    for _ in range(2):
        maker = _maker(theme, tmp_path)
        assert maker.pdf(NUMERO) == maker.epub(NUMERO) == b"livre"
    assert made == ["pdf", "epub"]


def test_a_book_is_made_again_when_its_words_or_its_address_change(
    theme: BookTheme, tmp_path: Path, made: list[str]
) -> None:
    _maker(theme, tmp_path).pdf(NUMERO)
    retitled = replace(ARTICLE, title=Text.of("Un autre titre"))
    _maker(theme, tmp_path, library(NUMERO, retitled)).pdf(NUMERO)
    _maker(replace(theme, siteurl="https://autre.example"), tmp_path).pdf(NUMERO)
    assert made == ["pdf", "pdf", "pdf"]


def test_a_photograph_counts_by_what_it_is_made_from_and_is_not_encoded_to_know_it(
    theme: BookTheme, tmp_path: Path, made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(image_files, "for_mail", lambda *_, **__: pytest.fail("encoded"))
    shown = replace(ARTICLE, image=Image("rive.jpg", "/rive.jpg", "Une rive", 900, 600))
    content = replace(library(NUMERO, shown), assets={"rive.jpg": "rive.jpg"})
    for photograph in (b"une", b"une", b"autre"):
        (tmp_path / "rive.jpg").write_bytes(photograph)
        _maker(theme, tmp_path, content).pdf(NUMERO)
    assert made == ["pdf", "pdf"]


def test_addresses_are_absolute_and_spelled_as_on_paper(theme: BookTheme) -> None:
    assert theme.address("/magazine/") == "https://essai.example/magazine/"
    assert theme.address("https://a.ca/") == "https://a.ca/"
    assert spelled("https://essai.example/magazine/") == "essai.example/magazine"
    assert spelled("mailto:a@b.ca") == "a@b.ca"
    assert "var(--couleur-" not in theme.sheet("epub.css")
