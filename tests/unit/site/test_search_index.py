"""The documents that are indexed, and the index that Pagefind makes from them."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from markupsafe import Markup

from axtra.content.model import Aside, Card, Figure, Image, Item, Only, Prose, Resolved, Text
from axtra.core.cache import Store
from axtra.site import search_index
from support.sample_library import ARTICLE, NUMERO, library, news

IMAGE = Image(path="images/x.png", url="/images/x.png", alt="", width=1, height=1)


def indexed_html(item: Item) -> str:
    """Return the document of an item."""
    (document,) = search_index.documents(library(item))
    return document.html


def prose(html: str) -> Prose:
    return Prose(Markup(html))  # noqa: S704 - a test's own


def index_files(tmp_path: Path, *items: Item) -> Mapping[str, bytes]:
    tool = search_index.binary()
    assert tool is not None, "the package of Pagefind has a binary for this machine"
    return search_index.index(search_index.documents(library(*items)), tool, Store(tmp_path))


def fragments(files: Mapping[str, bytes]) -> dict[str, dict[str, object]]:
    """Return what Pagefind shows for each text, by fragment name."""
    texts = {}
    for url, data in files.items():
        if "/fragment/" in url:
            text = gzip.decompress(data).decode().removeprefix("pagefind_dcd")
            texts[Path(url).stem] = json.loads(text)
    return texts


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("l’emploi aujourd’hui", "l'emploi aujourd'hui"),
        ("d’<em>emploi</em> et l’<b>été</b>", "d'<em>emploi</em> et l'<b>été</b>"),
        ("la main-d’œuvre, au cœur", "la main-d'oeuvre, au coeur"),
        ("Œuvrer", "Oeuvrer"),
        ("« ‘ainsi’ »", "« ‘ainsi’ »"),
    ],
)
def test_texts_are_indexed_as_readers_type_them(written: str, typed: str) -> None:
    assert search_index.plain(written) == typed


def test_a_document_has_all_the_words_of_its_page_and_none_of_other_items() -> None:
    body = (
        prose("<p>Le corps.</p>"),
        Figure(IMAGE, Markup("Une légende.")),
        Aside(Text.of("Un aparté"), (prose("<p>En marge.</p>"),)),
        Only((prose("<p>Sur le web.</p>"),), "web"),
        Only((prose("<p>Par courriel.</p>"),), "courriel"),
        Card(replace(news("autre"), title=Text.of("Une autre histoire")), "article"),
    )
    article = replace(ARTICLE, resolved=Resolved(body), key_points=(Text.of("À retenir."),))
    html = indexed_html(article)
    for words in ("Un article", "Une personne", "À retenir.", "Le corps.", "Une légende.",
                  "Un aparté", "En marge.", "Sur le web."):  # fmt: skip
        assert words in html
    assert "Par courriel" not in html
    assert "Une autre histoire" not in html


def test_a_hidden_item_is_not_indexed() -> None:
    assert [*search_index.documents(library(replace(news("une"), shown=False)))] == []


def test_a_hostile_title_is_escaped() -> None:
    html = indexed_html(replace(news("une"), title=Text.of('"><script>alert(1)</script>')))
    assert "<script" not in html


def test_the_index_has_each_text_with_its_original_title(tmp_path: Path) -> None:
    item = replace(
        news("une"),
        title=Text.of("L’emploi au cœur"),
        resolved=Resolved((prose("<p>Un œuf.</p>"),)),
    )
    files = index_files(tmp_path, item, NUMERO)
    texts = {str(text["url"]): text for text in fragments(files).values()}
    assert set(texts) == {"/nouvelles/une/", "/magazine/2020-05/"}
    text = texts["/nouvelles/une/"]
    assert "Un oeuf." in str(text["content"])
    meta = text["meta"]
    assert isinstance(meta, dict)
    assert (meta["titre"], meta["title"]) == ("L’emploi au cœur", "L'emploi au coeur")
    assert meta["date"] == "1er\u00a0juin 2020"


def test_texts_can_be_filtered_by_kind_rubrique_and_year(tmp_path: Path) -> None:
    files = index_files(tmp_path, NUMERO, ARTICLE, news("une"))
    facets = json.loads(files[f"{search_index.FOLDER}facettes.json"])
    by_url = {text["url"]: facets[name] for name, text in fragments(files).items()}
    assert by_url == {
        "/magazine/2020-05/": ["Numéro", "", "2020"],
        "/magazine/2020-05/premier/": ["Article", "Regards", "2020"],
        "/nouvelles/une/": ["Nouvelle", "", "2020"],
    }


def test_the_index_lists_the_original_spelling_of_simplified_words(tmp_path: Path) -> None:
    body = (prose("<p>De Tromsø, <em>œuvre</em> de cœur.</p>"),)
    files = index_files(
        tmp_path, replace(news("une"), title=Text.of("L’œil"), resolved=Resolved(body)), NUMERO
    )
    spellings = json.loads(files[f"{search_index.FOLDER}graphies.json"])
    assert spellings == {"Tromso": "Tromsø", "coeur": "cœur", "oeuvre": "œuvre"}


def test_the_same_texts_give_the_same_bytes(tmp_path: Path) -> None:
    items = (NUMERO, ARTICLE, *(news(f"n-{rank}") for rank in range(12)))
    first, *others = (index_files(tmp_path / str(rank), *items) for rank in range(4))
    assert others == [first, first, first]


def test_the_index_is_rebuilt_only_when_a_text_changes_or_it_is_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[object] = []
    real = search_index._make
    monkeypatch.setattr(search_index, "_make", lambda *some: runs.append(some) or real(*some))
    files = index_files(tmp_path, NUMERO)
    assert index_files(tmp_path, NUMERO) == files
    assert len(runs) == 1
    assert index_files(tmp_path, replace(NUMERO, title=Text.of("Autre"))) != files
    assert len(runs) == 2
    for kept in tmp_path.glob("*.zip"):
        kept.write_bytes(kept.read_bytes()[:-30])
    assert index_files(tmp_path, NUMERO) == files
    assert len(runs) == 3


def test_no_pagefind_interface_is_published(tmp_path: Path) -> None:
    names = set(index_files(tmp_path, NUMERO))
    assert set(search_index.FILES) <= names
    others = [name.removeprefix(search_index.FOLDER) for name in names - set(search_index.FILES)]
    assert all(re.search(r"fr_[0-9a-f]{7,}\.pf_", name) for name in others), others
