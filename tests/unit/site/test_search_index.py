"""The index of the search page: which words lead to which texts, and what is told of each."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from markupsafe import Markup

from axtra.content.model import (
    Aside,
    Button,
    Card,
    Figure,
    Image,
    Item,
    Only,
    Prose,
    Quote,
    Resolved,
    Text,
)
from axtra.site import search_index
from support.sample_library import ARTICLE, NUMERO, library, news

IMAGE = Image(path="images/x.png", url="/images/x.png", alt="", width=1, height=1)


def prose(html: str) -> Prose:
    return Prose(Markup(html))  # noqa: S704 - a test's own


def searched(item: Item) -> search_index.SearchedText:
    """Return an item as the index holds it."""
    (text,) = search_index.texts(library(item))
    return text


def loaded(files: Mapping[str, bytes], name: str = "textes.json") -> Any:
    """Return what a file of an index holds."""
    return json.loads(files[search_index.FOLDER + name])


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("L’emploi aujourd'hui", ["l", "emploi", "aujourd", "hui"]),
        ("la main-d’œuvre, au cœur", ["la", "main", "d", "œuvre", "au", "cœur"]),
        ("1\u00a0500 places, 12 de 2019", ["1500", "places", "12", "de", "2019"]),
        ("e\u0301te\u0301", ["été"]),
        ("ᓀᐦᐃᔭᐍᐏᐣ _x_", ["ᓀᐦᐃᔭᐍᐏᐣ", "x"]),
    ],
)
def test_a_text_is_split_into_words(written: str, found: list[str]) -> None:
    assert [*search_index.words(written)] == found


@pytest.mark.parametrize(
    ("written", "typed"),
    [("Œuvrer à Tromsø", "oeuvrer a tromso"), ("ÉLÈVE, Noël, ça", "eleve, noel, ca")],
)
def test_accents_and_rare_letters_are_folded_to_what_keyboards_have(
    written: str, typed: str
) -> None:
    assert search_index.folded(written) == typed


def test_a_text_has_all_the_words_of_its_page_and_none_of_other_items() -> None:
    body = (
        prose("<p>Le corps<sup>e</sup>.</p>"),
        Figure(IMAGE, Markup("Une légende.")),
        Aside(Text.of("Un aparté"), (prose("<p>En marge.</p>"),)),
        Only((prose("<p>Sur le web.</p>"),), "web"),
        Only((prose("<p>Par courriel.</p>"),), "courriel"),
        Quote((prose("<p>On dit.</p>"),), Text.of("Une invitée"), Text.of("soudeuse")),
        Button("/x/", Text.of("S’inscrire")),
        Card(replace(news("autre"), title=Text.of("Une autre histoire")), "article"),
    )
    text = searched(replace(ARTICLE, resolved=Resolved(body), key_points=(Text.of("À retenir."),)))
    assert text.body.splitlines()[-8:] == [
        "Le corpse.",
        "Une légende.",
        "Un aparté",
        "En marge.",
        "Sur le web.",
        "Une invitée, soudeuse\u00a0:",
        "On dit.",
        "S’inscrire",
    ]
    assert {"article", "personne", "retenir", "légende", "aparté", "web"} <= text.weights.keys()
    assert not {"courriel", "autre", "histoire"} & text.weights.keys()


def test_a_word_of_a_title_weighs_more_than_one_of_a_chapeau_or_a_body() -> None:
    item = replace(
        news("une"),
        title=Text.of("Stages"),
        summary=Text.of("Du travail"),
        resolved=Resolved((prose(f"<p>{'emploi ' * 50}</p>"),)),
    )
    weights = searched(item).weights
    assert weights["stages"] > weights["travail"] > 1
    assert weights["stages"] > weights["emploi"] > 1


def test_passages_are_where_the_headings_are() -> None:
    body = (
        prose('<p>Avant l&amp;s.</p><h2 id="un">Le <em>premier</em></h2><p>Ici.</p>'),
        prose('<h3 id="deux">L’autre<a class="footnote-ref" href="#fn">1</a></h3>'),
    )
    text = searched(replace(news("une"), resolved=Resolved(body)))
    assert [(anchor, title) for _, anchor, title in text.passages] == [
        ("un", "Le premier"),
        ("deux", "L’autre"),
    ]
    for at, _, title in text.passages:
        assert text.body[at:].lstrip("\n").startswith(title)


def test_a_hidden_item_is_not_indexed() -> None:
    assert search_index.texts(library(replace(news("une"), shown=False))) == []


def test_the_entry_names_every_file_of_the_index() -> None:
    item = replace(news("une"), title=Text.of("L’emploi au cœur"))
    files = search_index.index(library(item, NUMERO, ARTICLE))
    entry = loaded(files)
    told = {line[0]: line[1:-1] for line in entry["textes"]}
    assert told["/nouvelles/une/"] == [
        "L’emploi au cœur", "Nouvelle", "", "1er\u00a0juin 2020", "2020-06-01",
    ]  # fmt: skip
    assert [line[1:3] for line in told.values()] == [
        ["Numéro", ""],
        ["Article", "Regards"],
        ["Nouvelle", ""],
    ]
    number = [line[0] for line in entry["textes"]].index("/nouvelles/une/")
    assert loaded(files, entry["mots"]["co"])["cœur"][0] == number
    assert set(files) == {
        search_index.ENTRY,
        *(search_index.FOLDER + name for name in entry["mots"].values()),
        *(search_index.FOLDER + line[-1] for line in entry["textes"]),
    }


def test_a_new_text_renumbers_no_older_one() -> None:
    older = [news(f"n-{rank}") for rank in range(4)]
    day = older[0].date
    assert day is not None
    newer = replace(news("neuve"), date=day.replace(year=day.year + 1))
    before, after = (
        loaded(search_index.index(library(*items)))["textes"] for items in (older, [newer, *older])
    )
    assert after[: len(before)] == before


def test_an_empty_site_has_an_empty_index() -> None:
    assert loaded(search_index.index(library())) == {"mots": {}, "textes": []}
