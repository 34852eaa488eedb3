"""The filters that templates of the site and of the mail share."""

from __future__ import annotations

from datetime import datetime

import pytest
from jinja2 import Environment, UndefinedError

from axtra.content import template_filters
from axtra.content.model import Text
from infolettre.core.dates import ZONE
from support.sample_library import author, event


def _at(day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2020, 2, day, hour, minute, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("start", "end", "all_day", "expected"),
    [
        (_at(20), None, True, "20 février 2020"),
        (_at(20), _at(22), True, "du 20 au 22 février 2020"),
        (_at(1, 13), None, False, "1er février 2020, à 13 h"),
        (_at(20, 13), _at(20, 16, 30), False, "20 février 2020, de 13 h à 16 h 30"),
        (_at(20, 13), _at(21, 9), False, "du 20 février 2020, 13 h, au 21 février 2020, 9 h"),
    ],
)
def test_the_dates_of_an_event_are_written_in_french(
    start: datetime,
    end: datetime | None,
    all_day: bool,  # noqa: FBT001 - a column of the table
    expected: str,
) -> None:
    period = template_filters.periode(event(start, end, all_day=all_day)).plain
    assert period.replace("\u00a0", " ").replace("\u202f", " ") == expected


def test_dates_are_written_in_french_whatever_the_locale() -> None:
    assert str(template_filters.jour(_at(1))) == "1er\u00a0février 2020"
    assert template_filters.jour(_at(1)).__html__() == "1<sup>er</sup>\u00a0février 2020"
    assert str(template_filters.jour_semaine(_at(20))) == "jeudi 20\u00a0février 2020"
    assert template_filters.mois(_at(20)) == "février 2020"
    assert template_filters.iso(_at(5)) == "2020-02-05"


@pytest.mark.parametrize(
    ("number", "expected"),
    [(0, "0 article"), (1, "1 article"), (2, "2 articles"), (1500, "1\u00a0500 articles")],
)
def test_zero_and_one_take_the_singular(number: int, expected: str) -> None:
    assert template_filters.nombre(number, "article") == expected


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (12, "1\u00a0Ko"),
        (820_000, "820\u00a0Ko"),
        (999_999, "1,0\u00a0Mo"),
        (1_400_000, "1,4\u00a0Mo"),
    ],
)
def test_a_file_size_is_written_in_french(size: int, expected: str) -> None:
    assert template_filters.poids(size) == expected


def test_names_are_joined_and_escaped() -> None:
    assert template_filters.noms((author("A"),)) == "A"
    assert template_filters.noms((author("A"), author("B"))) == "A et B"
    assert (
        template_filters.noms((author("A"), author("B & <b>"), author("C")))
        == "A, B &amp; &lt;b&gt; et C"
    )
    assert template_filters.noms(()) == ""


def test_templates_escape_plain_strings_and_stop_at_an_unknown_name() -> None:
    env = Environment(**template_filters.STRICT)  # noqa: S701 - STRICT escapes
    text = Text.of("Le 1er & dernier")
    assert env.from_string("{{ a }}|{{ b }}").render(a="<i>", b=text) == (
        "&lt;i&gt;|Le 1<sup>er</sup> &amp; dernier"
    )
    with pytest.raises(UndefinedError):
        env.from_string("{{ absent }}").render()
