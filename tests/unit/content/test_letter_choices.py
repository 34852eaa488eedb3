"""What a letter may choose, given what earlier ones have carried."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from markupsafe import Markup

from axtra.content.letter_choices import RECENT, Memory, Rule, addresses, available, in_order
from axtra.content.model import Button, Card, Cards, Event, News, Prose, Status, Text
from support.sample_library import NOON, edition, event, library, news

FIRST, SECOND, LATER = (
    news("premiere", NOON - timedelta(days=2)),
    news("seconde", NOON - timedelta(days=1)),
    news("tardive", NOON + timedelta(days=3)),
)
LIBRARY = library(LATER, SECOND, FIRST)  # newest first, as they are read
LETTER = edition("2020-06-01")


def test_a_letter_chooses_what_had_appeared_on_its_day_and_was_not_carried() -> None:
    assert Rule(News).choose(LETTER, LIBRARY, ()) == (SECOND, FIRST)
    assert Rule(News).choose(LETTER, LIBRARY, {SECOND.url}) == (FIRST,)
    assert Rule(News, most=1).choose(LETTER, LIBRARY, ()) == (SECOND,)
    since = (NOON - timedelta(days=1)).date()
    assert Rule(News, since=since).choose(LETTER, LIBRARY, ()) == (SECOND,)


def test_a_page_shows_all_that_has_appeared() -> None:
    assert Rule(News).choose(FIRST, LIBRARY, ()) == (LATER, SECOND)  # never itself


@pytest.mark.parametrize(
    ("reader", "expected"), [(Status.PUBLISHED, []), (Status.SCHEDULED, [True])]
)
def test_what_is_scheduled_is_for_a_letter_still_to_come(
    reader: Status, expected: list[bool]
) -> None:
    waiting = replace(FIRST, status=Status.SCHEDULED, shown=False)
    letter = replace(LETTER, status=reader)
    assert [one is waiting for one in available(News, letter, library(waiting))] == expected


def test_events_come_soonest_first_and_those_that_are_over_are_left_out() -> None:
    past, near, far = (event(NOON + timedelta(days=days)) for days in (-5, 5, 50))
    assert list(available(Event, LETTER, library(far, near, past))) == [near, far]


def test_a_mail_leads_where_its_cards_buttons_and_links_do() -> None:
    html = Markup('<a href="/x/?a=1&amp;b=2#ici">x</a> <a class="c" href="https://y.ca/">y</a>')
    body = (
        Card(FIRST, "article"),
        Cards(None, (SECOND,)),
        Button("/bouton/", Text.of("Voir")),
        Prose(html),
    )
    assert list(addresses(body)) == [
        FIRST.url, SECOND.url, "/bouton/", "/x/?a=1&b=2", "https://y.ca/",
    ]  # fmt: skip


def _memory(*letters: tuple[str, Status, str]) -> Memory:
    memory = Memory()
    for slug, status, audience in letters:
        letter = replace(edition(slug), status=status, audience=audience)
        memory.remember(letter, (Button(f"/{slug}/", Text.of("Voir")),))
    return memory


def test_only_earlier_letters_for_the_same_readers_count() -> None:
    memory = _memory(("a", Status.PUBLISHED, "membres"), ("b", Status.PUBLISHED, "autres"))
    assert memory.taken(replace(LETTER, audience="membres")) == {"/a/"}


def test_a_letter_in_the_making_counts_only_on_others_in_the_making() -> None:
    memory = _memory(("a", Status.PUBLISHED, "membres"), ("b", Status.SCHEDULED, "membres"))
    assert memory.taken(replace(LETTER, audience="membres")) == {"/a/"}
    waiting = replace(LETTER, audience="membres", status=Status.SCHEDULED)
    assert memory.taken(waiting) == {"/a/", "/b/"}


def test_readers_remember_the_last_editions_only() -> None:
    letter = replace(LETTER, audience="membres")
    slugs = [f"n{number}" for number in range(RECENT + 1)]
    memory = _memory(*((slug, Status.PUBLISHED, "membres") for slug in slugs))
    assert memory.carrier(letter, "/n0/") is None
    carrier = memory.carrier(letter, "/n1/")
    assert carrier is not None
    assert carrier.slug == "n1"
    last = memory.last(letter)
    assert last is not None
    assert last.slug == slugs[-1]


def test_letters_are_read_in_the_order_of_their_days() -> None:
    days = [date(2020, 6, 3), None, date(2020, 6, 1)]
    letters = [
        replace(edition(f"n{rank}"), date=NOON.replace(day=day.day) if day else None)
        for rank, day in enumerate(days)
    ]
    assert [letter.slug for letter in in_order(letters)] == ["n1", "n2", "n0"]
