"""What an editor types as a link, resolved or told with its line."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from axtra.content.links import Addresses
from axtra.content.model import Item, Status
from axtra.core.dates import ZONE
from axtra.core.diagnostics import Notes
from support.sample_library import ARTICLE, NUMERO, news

NEWS = news("nouvelle")
ADDRESSES = Addresses(
    content="content",
    items={NEWS.source: NEWS, "content/magazine/2020-05/premier.md": ARTICLE},
    anchors={NEWS.source: frozenset({"detail"}), ARTICLE.source: frozenset({"notes"})},
    pages={"/": None, "/flux/site.xml": None, NEWS.url: NEWS, ARTICLE.url: ARTICLE},
    assets=frozenset({"documents/été.pdf", "images/a.png"}),
)


def _resolved(target: str, item: Item = NEWS) -> tuple[str | None, list[str]]:
    notes = Notes(item.source)
    address = ADDRESSES.resolve(target, item, 7, notes)
    assert all(problem.line == 7 for problem in notes.found)
    return address, [problem.rule for problem in notes.found]


@pytest.mark.parametrize(
    ("target", "address"),
    [
        ("magazine/2020-05/premier.md", ARTICLE.url),
        ("{filename}/magazine/2020-05/premier.md#notes", f"{ARTICLE.url}#notes"),
        (ARTICLE.url, ARTICLE.url),
        (ARTICLE.url.rstrip("/"), ARTICLE.url),
        ("#detail", "#detail"),
        ("/", "/"),
        ("/flux/site.xml", "/flux/site.xml"),
        ("documents/été.pdf", "/documents/%C3%A9t%C3%A9.pdf"),
        ("/documents/%C3%A9t%C3%A9.pdf", "/documents/%C3%A9t%C3%A9.pdf"),
        ("https://www.axtra.ca/", "https://www.axtra.ca/"),
        ("mailto:a@axtra.ca", "mailto:a@axtra.ca"),
        ("tel:+14185550100", "tel:+14185550100"),
    ],
)
def test_a_target_that_exists_becomes_an_address(target: str, address: str) -> None:
    assert _resolved(target) == (address, [])


@pytest.mark.parametrize(
    ("target", "rule"),
    [
        ("www.axtra.ca", "lien-incomplet"),
        ("axtra.ca/page", "lien-incomplet"),
        ("a@axtra.ca", "lien-incomplet"),
        ("https://", "lien-incomplet"),
        ("https:axtra.ca", "lien-incomplet"),
        ('https://axtra.ca/ "titre', "lien-incomplet"),
        ("http://axtra.ca/", "lien-non-securise"),
        ("C:/Users/a.pdf", "lien-local"),
        ("file:///a.pdf", "lien-local"),
        ("javascript:alert(1)", "lien-interdit"),
        ("data:text/html,a", "lien-interdit"),
        ("/absente/", "lien-brise"),
        ("absente.md", "lien-brise"),
        ("#absente", "ancre-absente"),
        (f"{ARTICLE.url}#absente", "ancre-absente"),
    ],
)
def test_a_target_that_leads_nowhere_is_reported_and_left_as_it_was(target: str, rule: str) -> None:
    assert _resolved(target) == (target, [rule])


@pytest.mark.parametrize(
    ("status", "reader", "rules"),
    [
        (Status.PUBLISHED, Status.PUBLISHED, []),
        (Status.SCHEDULED, Status.PUBLISHED, ["lien-a-venir"]),
        (Status.DRAFT, Status.PUBLISHED, ["lien-vers-brouillon"]),
        (Status.DRAFT, Status.DRAFT, []),
        (Status.SCHEDULED, Status.SCHEDULED, []),
    ],
)
def test_a_published_text_leads_to_nothing_unpublished(
    status: Status, reader: Status, rules: list[str]
) -> None:
    notes = Notes(NEWS.source)
    end, item = replace(NUMERO, status=status), replace(NEWS, status=reader)
    assert Addresses.reachable(end, item, "numero.md", 3, notes) is (rules == [])
    assert [problem.rule for problem in notes.found] == rules


def test_a_link_to_a_text_to_come_says_the_day() -> None:
    notes = Notes(NEWS.source)
    end = replace(NUMERO, status=Status.SCHEDULED, date=datetime(2020, 7, 1, tzinfo=ZONE))
    Addresses.reachable(end, NEWS, "numero.md", 3, notes)
    assert "paraîtra le 1er\u00a0juillet 2020" in notes.found[0].problem
