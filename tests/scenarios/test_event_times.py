"""When an event takes place: its page, its calendar file, its JSON-LD and the feeds agree."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from icalendar import Calendar
from icalendar import Event as CalendarEvent

from axtra.content import loading, template_filters
from axtra.content.loading import Folders
from axtra.content.model import Event
from axtra.content.pages import Feed
from axtra.site import feeds
from axtra.site.structured_data import Describer
from infolettre.core import dates
from infolettre.core.dates import ZONE
from infolettre.core.diagnostics import Diagnostic
from support.metadata_standards import calendar_faults
from support.small_sites import DAY, FULL, Project, make_project, text

URL = "https://www.axtra.ca"
FILE = "content/evenements/essai.md"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Make a project whose event is written again by each test."""
    return make_project(tmp_path_factory.mktemp("agenda") / "projet", FULL)


def read(
    project: Project, body: str = "Texte.", **keys: str
) -> tuple[Event | None, Describer, list[Diagnostic]]:
    """Read the project with an event of these keys."""
    project.write({FILE: text(body, titre="Un essai", **keys)})
    library, found = loading.load(Folders(project.root), moment=DAY)
    item = next((item for item in library.items if item.source == FILE), None)
    describer = Describer(library, URL, lambda _: "/image.png")
    return (item if isinstance(item, Event) else None), describer, found


def ics(event: Event) -> CalendarEvent:
    """Read the calendar file of an event."""
    data = feeds.calendar([event], URL)
    assert list(calendar_faults(data)) == []
    (entry,) = Calendar.from_ical(data).walk("VEVENT")
    assert entry.errors == []
    return entry


def json_ld(describer: Describer, event: Event) -> Mapping[str, Any]:
    """Read the JSON-LD of an event."""
    graph = json.loads(re.sub(r"</?script[^>]*>", "", str(describer.item(event))))["@graph"]
    return graph[0]


DAYS = st.dates(date(2019, 1, 1), date(2035, 12, 31))
HOURS = st.none() | st.times().map(lambda hour: hour.replace(second=0, microsecond=0))
FORMS = st.sampled_from(["{:%H:%M}", "{:%H h %M}", "{:%-H:%M}", "{:%Hh%M}"])


def _typed(day: date, hour: time | None, form: str) -> str:
    return f"{day:%Y-%m-%d}" + (f" {form.format(hour)}" if hour else "")


def _instant(day: date, hour: time | None) -> datetime:
    return datetime.combine(day, hour or time(), ZONE)


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(day=DAYS, hour=HOURS, length=st.integers(-2, 5), ends=st.booleans(), last=HOURS, form=FORMS)
def test_all_that_tells_when_an_event_is_agrees(
    project: Project, day: date, hour: time | None, length: int, *, ends: bool, last: time | None,
    form: str,
) -> None:  # fmt: skip
    end = day + timedelta(days=length)
    keys = {"debut": _typed(day, hour, form)} | ({"fin": _typed(end, last, form)} if ends else {})
    event, describer, found = read(project, **keys)
    rules = {value.rule for value in found} - {"heure-double"}
    closing = _instant(end + timedelta(days=last is None), last) if ends else None
    if ends and last and not hour and closing > _instant(day, hour):
        assert rules == {"debut-sans-heure"}
        return
    if closing and closing <= _instant(day, hour):
        assert rules == {"fin-avant-debut"}
        return
    assume(rules != {"date-invalide"})  # the hour that clocks skip
    assert rules == set()
    assert event is not None
    entry, thing, words = (
        ics(event),
        json_ld(describer, event),
        str(template_filters.periode(event)),
    )

    started, over = entry["DTSTART"].dt, entry["DTEND"].dt if "DTEND" in entry else None
    if hour:
        assert started == _instant(day, hour).astimezone(UTC)
        assert datetime.fromisoformat(thing["startDate"]) == started
        assert dates.hour(_instant(day, hour)) in words
    else:
        assert started == date.fromisoformat(thing["startDate"]) == day
        assert "\u00a0h" not in words
    assert dates.day(day).rpartition(" ")[0].partition("\u00a0")[0] in words
    if not ends:
        assert over is None if hour else over == day + timedelta(days=1)
        assert ("endDate" in thing) is not bool(hour)
    elif last:
        assert over == closing.astimezone(UTC) == datetime.fromisoformat(thing["endDate"])
        assert dates.hour(closing) in words
    else:
        assert date.fromisoformat(thing["endDate"]) == end
        assert over == (closing.astimezone(UTC) if hour else end + timedelta(days=1))
    if ends and end != day:
        assert dates.day(end) in words
    assert over is None or over > started


@pytest.mark.parametrize(
    ("modified", "stamp"),
    [({}, "20200501T130000Z"), ({"modifie": "2020-05-02"}, "20200502T040000Z"),
     ({"modifie": "2020-05-01"}, "20200501T130000Z")],
)  # fmt: skip
def test_a_calendar_knows_the_newest_of_two_revisions(
    project: Project, modified: dict[str, str], stamp: str
) -> None:
    event, _, found = read(project, debut="2020-09-10", date="2020-05-01 09:00", **modified)
    assert found == []
    assert event is not None
    entry = ics(event)
    assert entry["LAST-MODIFIED"].to_ical() == entry["DTSTAMP"].to_ical() == stamp.encode()
    assert (entry["SEQUENCE"] > 0) is bool(modified)
    feed = Feed("/flux/x.xml", "X", "/x/", (event,))
    data = json.loads(feeds.json_feed(feed, _facts(project), URL, lambda _: ""))["items"][0]
    assert data.get("date_modified", data["date_published"]) >= data["date_published"]


def _facts(project: Project) -> Any:
    return loading.load(Folders(project.root), moment=DAY)[0].facts


@pytest.mark.parametrize(
    ("typed", "rule", "remedy"),
    [
        ("2026-12-10 25:00", "date-invalide", "année-mois-jour"),
        ("2026-12-10 24:00", "date-invalide", "debut: 2026-12-11 00:00"),
        ("2026-12-10 12:60", "date-invalide", "année-mois-jour"),
        ("2027-03-14 02:30", "date-invalide", "debut: 2027-03-14 03:30"),
        ("2026-11-01 01:30", "heure-double", "une fois"),
        ("2026-12-10T09:00-08:00", "date-invalide", "debut: 2026-12-10 12:00"),
        ("2026-12-10T14:00:00Z", "date-invalide", "debut: 2026-12-10 09:00"),
        ("2026-12-10 09:00:00", "date-invalide", "debut: 2026-12-10 09:00"),
        ("2026-12-10 9 h PM", "date-invalide", "année-mois-jour"),
    ],
)
def test_an_hour_that_cannot_be_meant_is_reported_at_its_line(
    project: Project, typed: str, rule: str, remedy: str
) -> None:
    _, _, found = read(project, debut=typed)
    assert [(value.file, value.line, value.rule) for value in found] == [(FILE, 3, rule)]
    assert remedy in found[0].remedy


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("Venez le mardi 3 décembre 2026.", 6),
        ("Un mot.\n\nVenez le mardi\n3 décembre.", 8),
        ("Venez le jeudi 3 décembre.", None),
        ("Mardi, le 3 décembre 2026, ou jeudi.", 6),
        ("C’était le mardi 3 décembre 1850.", None),
    ],
)
def test_the_day_of_the_week_is_that_of_the_date(
    project: Project, said: str, line: int | None
) -> None:
    _, _, found = read(project, said, debut="2026-12-03 09:00")
    assert [(value.line, value.rule) for value in found] == ([(line, "jour-faux")] if line else [])


def test_a_text_changes_after_it_appears(project: Project) -> None:
    _, _, found = read(project, debut="2026-12-03", date="2020-02-02", modifie="2020-02-01")
    assert [(value.line, value.rule) for value in found] == [(5, "modifie-avant-date")]
