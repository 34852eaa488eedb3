"""What a block « articles » chooses, and what earlier letters have carried."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from markupsafe import Markup

from axtra.content.letter_choices import RECENT, EarlierLetters, ListRule, addresses, in_order
from axtra.content.model import (
    Body,
    Button,
    Card,
    Event,
    Item,
    Library,
    News,
    Newsletter,
    NewsletterType,
    Only,
    Prose,
    Status,
    Subject,
    Text,
)
from axtra.content.schema import KINDS
from support.sample_library import FACTS, NOON, event, news

MONTHLY = NewsletterType("mensuelle", Text.of("Mensuelle"), Text.of("Chaque mois."))
SPECIAL = NewsletterType("speciale", Text.of("Spéciale"), Text.of("Parfois."))
DAY = timedelta(days=1)


def letter(
    slug: str, date: datetime = NOON, status: Status = Status.PUBLISHED, **fields: object
) -> Newsletter:
    return Newsletter(
        **{  # type: ignore[arg-type]
            "kind": KINDS["infolettre"],
            "slug": slug,
            "source": f"newsletters/{slug}.md",
            "url": f"/infolettres/{slug}/",
            "status": status,
            "title": Text.of(slug),
            "preheader": Text.of("Voici."),
            "newsletter_type": MONTHLY,
            "date": date,
            **fields,
        }
    )


def library(*items: Item) -> Library:
    return Library(NOON, FACTS, (), (MONTHLY, SPECIAL), items)


def slugs(items: tuple[Item, ...]) -> list[str]:
    return [item.slug for item in items]


def test_a_letter_chooses_what_had_appeared_on_its_day_and_that_no_letter_has_carried() -> None:
    items = [news(name, NOON - DAY * age) for age, name in enumerate("abcde", start=-1)]
    chosen = ListRule(News, most=2).choose(letter("x"), library(*items), {"/nouvelles/b/"})
    assert slugs(chosen) == ["c", "d"]  # « a » appears the day after


def test_a_rule_keeps_to_its_subject_and_its_first_day() -> None:
    stage = Subject("stage", Text.of("stage"))
    about = replace(news("about", NOON - DAY), subjects=(stage,))
    old = replace(news("old", NOON - 9 * DAY), subjects=(stage,))
    content = library(news("other"), about, old)
    rule = ListRule(News, subject=stage, since=(NOON - 2 * DAY).date())
    assert slugs(rule.choose(letter("x"), content, ())) == ["about"]


def test_a_letter_shows_coming_events_soonest_first_and_a_page_the_latest_first() -> None:
    events: list[Event] = [
        replace(event(NOON + DAY * days), slug=name)
        for name, days in (("z", 9), ("y", 3), ("x", -3))
    ]
    content = library(*events)
    assert slugs(ListRule(Event).choose(letter("l"), content, ())) == ["y", "z"]
    assert slugs(ListRule(Event).choose(news("page"), content, ())) == ["z", "y", "x"]


@pytest.mark.parametrize(
    ("make", "carried"),
    [
        (lambda item: Card(item, "article"), {"/nouvelles/a/"}),
        (lambda item: Button(item.url, Text.of("Lire")), {"/nouvelles/a/"}),
        (
            lambda item: Prose(Markup('<a href="{}#bas">Lire</a>').format(item.url)),
            {"/nouvelles/a/"},
        ),
        (lambda item: Only((Card(item, "article"),), "courriel", "membres"), {"/nouvelles/a/"}),
        (lambda item: Only((Card(item, "article"),), "web"), set()),
    ],
)
def test_a_mail_carries_what_its_cards_and_links_lead_to(
    make: Callable[[Item], object], carried: set[str]
) -> None:
    body: Body = (make(news("a")),)  # type: ignore[assignment]
    assert set(addresses(body)) == carried


def test_earlier_letters_count_for_the_same_list_alone() -> None:
    earlier = EarlierLetters()
    body: Body = (Card(news("a"), "article"),)
    earlier.remember(letter("membres", audience="membres"), body)
    later = letter("later", NOON + DAY)
    assert earlier.taken(later) == set()
    assert earlier.taken(replace(later, audience="membres")) == {"/nouvelles/a/"}


def test_a_letter_in_preparation_counts_for_letters_in_preparation_alone() -> None:
    earlier = EarlierLetters()
    earlier.remember(letter("draft", status=Status.DRAFT), (Card(news("a"), "article"),))
    later = letter("later", NOON + DAY)
    assert earlier.taken(later) == set()
    assert earlier.taken(replace(later, status=Status.SCHEDULED)) == {"/nouvelles/a/"}


def test_only_the_last_letters_are_named_as_carriers_but_all_count_as_taken() -> None:
    earlier = EarlierLetters()
    earlier.remember(letter("first"), (Card(news("a"), "article"),))
    for number in range(RECENT - 1):
        earlier.remember(letter(f"empty-{number}", NOON + DAY * number), ())
    later = letter("later", NOON + DAY * 30)
    carrier = earlier.carrier(later, "/nouvelles/a/")
    assert carrier is not None
    assert carrier.slug == "first"
    earlier.remember(letter("one-more", NOON + DAY * 20), ())
    assert earlier.carrier(later, "/nouvelles/a/") is None
    assert earlier.taken(later) == {"/nouvelles/a/"}


def test_the_letter_before_is_of_the_same_type() -> None:
    earlier = EarlierLetters()
    for before in (letter("monthly"), letter("special", NOON + DAY, newsletter_type=SPECIAL)):
        earlier.remember(before, ())
    last = earlier.last(letter("later", NOON + 2 * DAY))
    assert last is not None
    assert last.slug == "monthly"


def test_letters_are_ordered_by_their_moments_then_their_names() -> None:
    letters = [letter("c", NOON + DAY), letter("b"), letter("a")]
    assert slugs(tuple(in_order(letters))) == ["a", "b", "c"]
