"""Dates and hours as Quebec writes them."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from infolettre.core import dates
from infolettre.core.dates import ZONE


def _spaced(text: str) -> str:
    """Show each no-break space."""
    return text.replace("\u00a0", "~")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (date(2019, 3, 1), "1er~mars 2019"),
        (date(2019, 3, 2), "2~mars 2019"),
        (date(2019, 8, 31), "31~août 2019"),
    ],
)
def test_the_first_of_a_month_alone_is_an_ordinal(value: date, said: str) -> None:
    assert _spaced(dates.day(value)) == said


def test_a_day_of_the_week_comes_before_its_date() -> None:
    assert _spaced(dates.weekday(date(2019, 3, 27))) == "mercredi 27~mars 2019"
    assert dates.month(date(2019, 3, 27)) == "mars 2019"


@pytest.mark.parametrize(
    ("hour", "minute", "said"), [(9, 0, "9~h"), (12, 5, "12~h~05"), (13, 30, "13~h~30")]
)
def test_an_hour_has_no_zeros_it_does_not_need(hour: int, minute: int, said: str) -> None:
    assert _spaced(dates.hour(datetime(2019, 3, 1, hour, minute, tzinfo=ZONE))) == said


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        (date(2019, 3, 27), None, "27~mars 2019"),
        (date(2019, 3, 27), date(2019, 3, 27), "27~mars 2019"),
        (date(2019, 2, 20), date(2019, 2, 22), "du 20 au 22~février 2019"),
        (date(2019, 2, 1), date(2019, 2, 22), "du 1er au 22~février 2019"),
        (date(2019, 6, 30), date(2019, 7, 2), "du 30~juin au 2~juillet 2019"),
        (date(2019, 12, 30), date(2020, 1, 2), "du 30~décembre 2019 au 2~janvier 2020"),
    ],
)
def test_a_span_says_once_what_its_ends_share(start: date, end: date | None, said: str) -> None:
    assert _spaced(dates.span(start, end)) == said


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        (date(2014, 3, 1), date(2014, 3, 31), "mars~2014"),
        (date(2014, 3, 1), date(2014, 6, 1), "de mars à juin~2014"),
        (date(2014, 4, 1), date(2015, 6, 1), "d’avril~2014 à juin~2015"),
        (date(2014, 10, 1), date(2014, 12, 1), "d’octobre à décembre~2014"),
        (date(2014, 8, 1), date(2014, 9, 1), "d’août à septembre~2014"),
    ],
)
def test_a_month_that_starts_with_a_vowel_elides(start: date, end: date, said: str) -> None:
    assert _spaced(dates.months(start, end)) == said


# In autumn, the hour that begins at 1 h comes twice; in spring, the one that begins at 2 h never.
HOURS = [
    datetime(2026, 11, 1, 1, 10, tzinfo=ZONE),
    datetime(2026, 11, 1, 1, 30, tzinfo=ZONE),
    datetime(2026, 11, 1, 1, 10, tzinfo=ZONE, fold=1),
    datetime(2026, 11, 1, 1, 30, tzinfo=ZONE, fold=1),
    datetime(2026, 11, 1, 2, tzinfo=ZONE),
    datetime(2027, 3, 14, 1, 59, tzinfo=ZONE),
    datetime(2027, 3, 14, 3, 0, tzinfo=ZONE),
    datetime(2027, 3, 14, 2, 30, tzinfo=ZONE),  # 3 h 30
    datetime(2027, 3, 14, 3, 31, tzinfo=ZONE),
]


@pytest.mark.parametrize(("at", "moment"), list(enumerate(HOURS)))
def test_what_has_come_has_come_for_good_whatever_the_clocks_say(at: int, moment: datetime) -> None:
    assert [dates.has_come(moment, later) for later in HOURS] == [rank >= at for rank in range(9)]
