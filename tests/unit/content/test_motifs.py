"""What the drawing of each text shows: its variant, and what the text gives it."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from markupsafe import Markup

from axtra.content import motifs
from axtra.content.model import (
    Article,
    Body,
    KeyFigure,
    KeyFigures,
    Prose,
    Quote,
    Resolved,
    Text,
)
from support.sample_library import ARTICLE, NUMERO, library, news

FIGURES = KeyFigures(None, (KeyFigure(Text.of("335"), Markup("stagiaires")),))
SHORT = Quote((Prose(Markup("<p>On apprend.</p>")),), None, None)


def article(rank: int, body: Body = (), title: str = "Un texte", opening: str = "") -> Article:
    return replace(
        ARTICLE,
        slug=f"texte-{rank}",
        url=f"/magazine/2020-05/texte-{rank}/",
        title=Text.of(title),
        order=rank,
        opening=opening,
        resolved=Resolved(content=body),
    )


def test_three_texts_that_follow_each_other_have_three_variants() -> None:
    for items in (
        [article(rank) for rank in range(1, 31)],
        [news(f"n-{rank}") for rank in range(30)],
    ):
        motifs.choose(library(NUMERO, *items))
        ranks = [item.motif.rank for item in items]
        assert None not in ranks
        for variants in (3, 8):
            kept = [rank % variants for rank in ranks if rank is not None]
            assert all(a != b for a, b in pairwise(kept))
            assert all(a != b for a, b in zip(kept, kept[2:], strict=False))


def test_a_new_text_changes_the_drawing_of_no_older_one() -> None:
    items = [article(rank) for rank in range(1, 10)]
    motifs.choose(library(NUMERO, *items))
    before = [item.motif for item in items]
    motifs.choose(library(NUMERO, *items, article(10)))
    assert [item.motif for item in items] == before


def test_a_title_says_how_many() -> None:
    counts = {
        "Cinq prix pour dire merci": 5, "Deux budgets, une question": 2, "Les 3 phases": 3,
        "En 2019, 336 personnes": None, "Un seul texte": None, "22 % de plus": None,
    }  # fmt: skip
    for title, count in counts.items():
        item = replace(article(1, title=title), summary=None)
        motifs.choose(library(NUMERO, item))
        assert item.motif.count == count, title


def test_a_key_figure_or_a_quotation_opens_some_articles_and_never_two_near() -> None:
    items = [article(rank, (FIGURES,) if rank % 2 else (SHORT,)) for rank in range(12)]
    motifs.choose(library(NUMERO, *items))
    opened = [rank for rank, item in enumerate(items) if item.motif.number or item.motif.quote]
    assert len(opened) > 2
    assert all(after - before > 2 for before, after in pairwise(opened))
    assert sum(rank < 3 for rank in opened) == 1  # those of the cover stand side by side
    assert {items[rank].motif.number or items[rank].motif.quote for rank in opened} <= {
        "335",
        "On apprend.",
    }


def test_an_editor_decides_what_opens_an_article() -> None:
    drawn = article(1, (FIGURES,), opening="dessin")
    quoted = article(2, (FIGURES, SHORT), opening="citation")
    bare = article(3, opening="nombre")  # which has none: it is drawn
    motifs.choose(library(NUMERO, drawn, quoted, bare))
    assert [item.motif.number for item in (drawn, quoted, bare)] == ["", "", ""]
    assert quoted.motif.quote == "On apprend."
