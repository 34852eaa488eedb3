"""Opening hours as people write them."""

from __future__ import annotations

from datetime import time

import pytest

from axtra.content import opening_hours
from axtra.content.opening_hours import OpenHours


@pytest.mark.parametrize(
    ("line", "days", "spans"),
    [
        ("lundi au jeudi : 8 h 30 à 16 h 30", (0, 1, 2, 3), ["08:30-16:30"]),
        ("Vendredi, 9 h à 12 h", (4,), ["09:00-12:00"]),
        ("du mardi au jeudi 9 h à 12 h et 13 h à 17 h", (1, 2, 3), ["09:00-12:00", "13:00-17:00"]),
        ("lundi, mercredi et vendredi : 9:00-17:00", (0, 2, 4), ["09:00-17:00"]),
        ("samedi au lundi : 10 h à 15 h", (5, 6, 0), ["10:00-15:00"]),
        ("mardis 18 h à 20 h", (1,), ["18:00-20:00"]),
        ("samedi et dimanche : fermé", (5, 6), []),
    ],
)  # fmt: skip
def test_days_and_hours_are_read(line: str, days: tuple[int, ...], spans: list[str]) -> None:
    for typed in (line, line.replace(" h", "\u00a0h")):
        read = opening_hours.read(typed)
        assert read is not None
        assert [f"{span.opens:%H:%M}-{span.closes:%H:%M}" for span in read] == spans
        assert {span.days for span in read} <= {days}


@pytest.mark.parametrize(
    "line",
    ["sur rendez-vous", "lundi", "9 h à 17 h", "lundi : 25 h à 26 h", "lundi : 17 h à 9 h",
     "lundi : 9 h à 17 h, sauf l’été"],
)  # fmt: skip
def test_what_is_neither_is_left_to_people(line: str) -> None:
    assert opening_hours.read(line) is None


def test_a_span_has_hours_of_a_clock() -> None:
    assert opening_hours.read("lundi : 0 h à 23 h 59") == (OpenHours((0,), time(0), time(23, 59)),)
