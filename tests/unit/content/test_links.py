"""What an editor types as a link, resolved or told with its line."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from axtra.content.links import Addresses
from axtra.content.model import Item, Status
from infolettre.core.dates import ZONE
from infolettre.core.diagnostics import Notes
from support.sample_library import ARTICLE, NUMERO, edition, news

NEWS = news("nouvelle")
SITE = "https://www.essai.example"
ADDRESSES = Addresses(
    siteurl=SITE,
    others=(f"{SITE}/abonnement",),
    moved={"/ancienne/": ARTICLE.url},
    content="content",
    items={NEWS.source: NEWS, "content/magazine/2020-05/premier.md": ARTICLE},
    anchors={NEWS.source: frozenset({"detail"}), ARTICLE.source: frozenset({"notes"})},
    pages={
        "/": None,
        "/flux/site.xml": None,
        NEWS.url: NEWS,
        ARTICLE.url: ARTICLE,
        NUMERO.url: NUMERO,
    },
    books="revue",
    assets=frozenset({"documents/été.pdf", "images/a.png"}),
)


def _resolved(target: str, item: Item = NEWS) -> tuple[str | None, list[str]]:
    notes = Notes(item.source)
    address = ADDRESSES.resolve(target, item, 7, notes)
    assert all(problem.line == 7 for problem in notes.found)
    return address, [found.rule for found in notes.found if found.rule != "lien-absolu"]


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
        (f"{NUMERO.url}revue-2020-05.pdf", f"{NUMERO.url}revue-2020-05.pdf"),
        (f"{ARTICLE.url.rstrip('/')}.pdf", f"{ARTICLE.url.rstrip('/')}.pdf"),
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
        (f"{NUMERO.url}axe-magazine-2020-05.pdf", "lien-brise"),
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


HERE = (
    "https://www.essai.example", "https://essai.example", "HTTPS://WWW.Essai.Example",
    "https://www.essai.example:443", "https://www.essai.example.", "https://a@essai.example",
)  # fmt: skip


@pytest.mark.parametrize("site", HERE)
@pytest.mark.parametrize(
    ("path", "address", "rule"),
    [
        ("", "/", None),
        ("/", "/", None),
        (ARTICLE.url, ARTICLE.url, None),
        (ARTICLE.url.rstrip("/"), ARTICLE.url, None),
        (f"{ARTICLE.url}index.html", ARTICLE.url, None),
        (f"{ARTICLE.url}?page=2#notes", f"{ARTICLE.url}#notes", None),
        (f"{ARTICLE.url.rstrip('/')}.bib", f"{ARTICLE.url.rstrip('/')}.bib", None),
        ("/documents/%C3%A9t%C3%A9.pdf", "/documents/%C3%A9t%C3%A9.pdf", None),
        ("/absente/", None, "lien-brise"),
        ("/absente.pdf", None, "lien-brise"),
        (f"{ARTICLE.url.rstrip('/')}.ics", None, "lien-brise"),
        ("/magazine/2020-05/absent", None, "lien-brise"),
        (f"{ARTICLE.url}#absente", f"{ARTICLE.url}#absente", "ancre-absente"),
    ],
)
def test_an_absolute_address_of_this_site_is_a_link_of_this_site(
    site: str, path: str, address: str | None, rule: str | None
) -> None:
    target = f"{site}{path}"
    assert _resolved(target) == (address or target, [rule] if rule else [])


def test_an_insecure_address_of_this_site_is_judged_too() -> None:
    assert _resolved("http://essai.example/absente/")[1] == ["lien-non-securise", "lien-brise"]


@pytest.mark.parametrize(
    "target",
    [f"{SITE}/abonnement/membres", "https://autre.essai.example/x/", "https://essai.example:8443/x/",
     "https://essai.example.org/x/", "https://essai.example.:port/x/"],
)  # fmt: skip
def test_another_site_is_not_judged(target: str) -> None:
    assert _resolved(target) == (target, [])


def test_a_page_that_moved_is_named_where_it_is() -> None:
    for target in ("/ancienne/", f"{SITE}/ancienne"):
        notes = Notes(NEWS.source)
        ADDRESSES.resolve(target, NEWS, 7, notes)
        assert [value.remedy for value in notes.found] == [
            f"La page a déménagé. Écrivez :  {ARTICLE.url}"
        ]


def test_a_site_below_a_folder_has_only_what_is_in_it() -> None:
    below = replace(ADDRESSES, siteurl="https://essai.example/axe")
    notes = Notes(NEWS.source)
    assert below.resolve(f"https://essai.example/axe{ARTICLE.url}", NEWS, 7, notes) == ARTICLE.url
    assert [found.rule for found in notes.found] == ["lien-absolu"]
    assert below.resolve("https://essai.example/boutique/", NEWS, 7, notes) is not None
    assert len(notes.found) == 1


@pytest.mark.parametrize(
    ("target", "rule", "clean"),
    [
        ("https://x.ca/?utm_source=a", "lien-suivi", "https://x.ca/"),
        ("https://x.ca/?id=3&fbclid=a#b", "lien-suivi", "https://x.ca/?id=3#b"),
        (
            "https://l.facebook.com/l.php?u=https%3A%2F%2Fx.ca%2F&h=A",
            "lien-detourne",
            "https://x.ca/",
        ),
        ("https://click.sendgrid.net/abc", "lien-detourne", "copiez l’adresse"),
    ],
)
def test_an_address_that_follows_readers_is_reported_with_a_clean_one(
    target: str, rule: str, clean: str
) -> None:
    notes = Notes(NEWS.source)
    assert ADDRESSES.resolve(target, NEWS, 7, notes) == target
    assert [(value.line, value.rule) for value in notes.found] == [(7, rule)]
    assert clean in notes.found[0].remedy
    letter = Notes("newsletters/2020/x.md")
    ADDRESSES.resolve(target, edition("2020-05-06"), 7, letter)
    assert letter.found == []
