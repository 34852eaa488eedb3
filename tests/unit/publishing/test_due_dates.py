"""What falls due, and that each thing does once, whatever the clock says."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axtra.content import loading
from axtra.content.loading import Folders
from axtra.content.model import Call, Item, Library, Release, Status, Text
from axtra.content.schema import KINDS
from axtra.publishing import acts
from axtra.publishing.acts import HeldPublication
from axtra.publishing.automatic import ClockBehind, due_at, note_published
from axtra.publishing.due_dates import Change, due_dates, fallen_due, still_to_come
from axtra.publishing.past_runs import PastRuns, Watch
from axtra.publishing.records import Deployment, State
from axtra.publishing.targets import FolderAddress, Target
from infolettre.core.dates import ZONE, has_come
from support.sample_library import ARTICLE, NUMERO, event, library, news
from support.small_sites import FULL, make_project, numero, text

START = datetime(2026, 10, 30, tzinfo=ZONE)
# Four days, in the middle of which an hour comes twice; or, in spring, never.
AUTUMN, SPRING = START, datetime(2027, 3, 12, tzinfo=ZONE)
TARGET = Target("essai", FolderAddress(Path("/nulle/part")))


def _at(start: datetime, minutes: int) -> datetime:
    return (start.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(ZONE)


minutes = st.integers(0, 4 * 24 * 60)
starts = st.sampled_from([AUTUMN, SPRING])


def _changes(*items: Item) -> list[tuple[str, Change]]:
    return [(f"{due.moment:%Y-%m-%d %H:%M}", due.change) for due in due_dates(library(*items))]


def test_each_kind_of_date_falls_due_at_its_moment() -> None:
    call = Call(Text.of("Écrivez."), date(2026, 10, 31))
    release = Release(
        kind=KINDS["communique"], slug="c", source="c.md", url="/c/", status=Status.SCHEDULED,
        title=Text.of("Un communiqué"), date=START, embargo=_at(START, 90),
    )  # fmt: skip
    assert _changes(news("a", START)) == [("2026-10-30 00:00", Change.APPEARS)]
    assert _changes(release) == [("2026-10-30 01:30", Change.RELEASED)]
    assert _changes(replace(release, date=_at(START, 95))) == [("2026-10-30 01:35", Change.APPEARS)]
    assert _changes(event(START)) == [("2026-10-31 00:00", Change.OVER)]
    assert _changes(event(START, _at(START, 36 * 60))) == [("2026-11-01 00:00", Change.OVER)]
    assert _changes(replace(NUMERO, date=None, call=call)) == [("2026-11-01 00:00", Change.CLOSED)]


def test_an_article_waits_for_its_numero() -> None:
    later = replace(ARTICLE, date=START, numero=replace(NUMERO, date=_at(START, 60)))
    assert _changes(later) == [("2026-10-30 01:00", Change.APPEARS)]


def test_a_draft_and_what_never_ends_fall_due_never() -> None:
    assert _changes(replace(news("a", START), status=Status.DRAFT)) == []
    assert _changes(event(datetime(9999, 12, 31, tzinfo=ZONE))) == []


@given(starts, st.lists(minutes, max_size=12), st.lists(minutes, min_size=2, max_size=12))
def test_each_thing_falls_due_in_one_interval_of_any_sequence(
    start: datetime, dates: list[int], runs: list[int]
) -> None:
    content = library(*[news(f"n{rank}", _at(start, at)) for rank, at in enumerate(dates)])
    moments = [_at(start, at) for at in sorted(runs)]
    seen = [
        due.item.slug
        for since, until in pairwise(moments)
        for due in fallen_due(content, since, until)
    ]
    within = range(min(runs) + 1, max(runs) + 1)
    expected = sorted(f"n{rank}" for rank, at in enumerate(dates) if at in within)
    assert sorted(seen) == expected
    left = [due.item.slug for due in still_to_come(content, moments[-1])]
    assert sorted(left) == sorted(f"n{r}" for r, at in enumerate(dates) if at > max(runs))


def test_what_fell_due_is_what_a_build_shows(tmp_path: Path) -> None:
    hours = ["2026-11-01 01:10", "2026-11-01 01:30", "2026-11-01 02:00", "2026-11-01"]
    files = {
        **{f"content/nouvelles/2026/n{at}.md": text(titre=f"N{at}", date=hour, chapeau="C.")
           for at, hour in enumerate(hours)},
        "content/communiques/2026/c.md": text(
            titre="C", date="2026-11-01 01:10", embargo="2026-11-01 01:40", ville="Québec"
        ),
        "content/magazine/2020-05/numero.md": numero(date="2026-11-01 01:20"),
    }  # fmt: skip
    place = make_project(tmp_path / "projet", {**FULL, **files})
    folders = Folders(place.root, "content", "newsletters")
    start = datetime(2026, 10, 31, 23, 55, tzinfo=ZONE)
    for minute in range(0, 250, 12):
        moment = _at(start, minute)
        content, _ = loading.load(folders, moment=moment)
        appear = [
            due for due in due_dates(content) if due.change in {Change.APPEARS, Change.RELEASED}
        ]
        assert len(appear) > len(files)
        for due in appear:
            assert due.item.shown is has_come(due.moment, moment), (str(due), moment)


# --- automatic publication -----------------------------------------------------------------------


@dataclass
class SamplePlace:
    """A place in memory, where what is published is what a build of that moment shows."""

    folder: Path
    items: list[Item] = field(default_factory=list)
    online: Deployment | None = None
    held: bool = False
    shown: frozenset[str] = frozenset()
    appeared: list[str] = field(default_factory=list)
    asked: int = 0

    def history(self, _: Target) -> State:
        self.asked += 1
        return State(deployment=self.online, held=self.held)

    def content(self, moment: datetime) -> Library:
        return replace(library(*self.items), moment=moment)

    def put(self, moment: datetime) -> None:
        """Publish, as a person or the clock does."""
        shown = {i.slug for i in self.items if i.date and has_come(i.date, moment)}
        self.appeared += sorted(shown - self.shown)
        if shown != self.shown or self.online is None:
            self.online = Deployment("v", moment.isoformat(timespec="seconds"), "x", "", 1)
        self.shown = frozenset(shown)

    def run(self, moment: datetime) -> bool:
        """Do what `axtra echeances` does; return whether it published."""
        runs = PastRuns(self.folder, "publication")
        if not due_at(TARGET, self.content(moment), runs, moment):
            return False
        before = self.shown
        self.put(moment)
        assert self.online
        note_published(TARGET, self.content(moment), self.online, moment, runs)
        assert self.shown >= before, "nothing that readers see is hidden"
        return True


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SamplePlace:
    made = SamplePlace(tmp_path)
    monkeypatch.setattr(acts, "history", made.history)
    return made


def test_nothing_is_published_before_a_person_did(place: SamplePlace) -> None:
    place.items = [news("a", START)]
    assert not place.run(_at(START, 5))
    place.put(_at(START, -5))
    assert place.run(_at(START, 5))
    assert not place.run(_at(START, 10))


def test_the_place_is_asked_only_when_something_may_be_due(place: SamplePlace) -> None:
    place.items = [news("a", _at(START, 60))]
    place.put(START)
    for minute in range(5, 60, 5):
        place.run(_at(START, minute))
    assert place.asked == 1
    assert place.run(_at(START, 60))


def test_a_text_of_the_past_waits_for_a_person(place: SamplePlace) -> None:
    place.put(START)
    place.items = [news("a", _at(START, -60))]
    assert not place.run(_at(START, 5))


def test_after_a_return_nothing_is_published(place: SamplePlace) -> None:
    place.items = [news("a", _at(START, 5))]
    place.put(START)
    place.held = True
    assert not place.run(_at(START, 4))
    for _ in range(2):
        with pytest.raises(HeldPublication):
            place.run(_at(START, 6))


def test_a_clock_that_goes_back_hides_nothing_and_loses_nothing(place: SamplePlace) -> None:
    place.items = [news("a", _at(START, 10))]
    place.put(START)
    assert place.run(_at(START, 12))
    assert not place.run(_at(START, -60))
    place.items.append(news("b", _at(START, 5)))  # written meanwhile
    with pytest.raises(ClockBehind):
        place.run(_at(START, 6))
    assert place.run(_at(START, 13))
    assert place.appeared == ["a", "b"]
    for minute in (-60, 5, 9, 10, 11, 12, 13, 60):
        assert not place.run(_at(START, minute)), "nothing happens twice"


@pytest.mark.parametrize("start", [AUTUMN, SPRING])
@given(data=st.data())
def test_each_text_appears_once_whatever_the_clock_does(
    tmp_path_factory: pytest.TempPathFactory, start: datetime, data: st.DataObject
) -> None:
    """Run at moments that jump forward and back, while texts are written."""
    place = SamplePlace(tmp_path_factory.mktemp("p"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(acts, "history", place.history)
        place.put(start)
        clock, highest = 0, 0
        for rank in range(data.draw(st.integers(2, 12))):
            clock = max(1, clock + data.draw(st.sampled_from([1, 5, 60, 400, -5, -70, -1500])))
            if data.draw(st.booleans()):
                place.items.append(news(f"n{rank}", _at(start, clock + 1 + data.draw(minutes))))
            before = len(place.appeared)
            try:
                published = place.run(_at(start, clock))
                assert not published or clock >= highest
            except ClockBehind:
                assert clock < highest
                continue
            highest = max(highest, clock) if published else highest
            assert not published or len(place.appeared) > before, "twice"
            due = {i.slug for i in place.items if i.date and has_come(i.date, _at(start, clock))}
            assert clock < highest or due <= place.shown, "late"
        place.run(_at(start, 20 * 24 * 60))
        assert sorted(place.appeared) == sorted(item.slug for item in place.items)
        assert not place.run(_at(start, 20 * 24 * 60 + 5))


def test_a_memory_that_does_not_read_is_as_none(tmp_path: Path) -> None:
    for spoiled in (
        "{",
        "[]",
        '{"lieux": []}',
        '{"lieux": {"x": 3}}',
        '{"lieux": {"x": ["a", 3, []]}}',
    ):
        (tmp_path / "echeances-publication.json").write_text(spoiled, "utf-8")
        runs = PastRuns(tmp_path, "publication")
        assert runs.watch("x") is None
        assert runs.told("x") == ""
        runs.note_watch("x", Watch("w", START))
        assert PastRuns(tmp_path, "publication").watch("x") == Watch("w", START)


def test_one_process_runs_a_part(tmp_path: Path) -> None:
    with PastRuns.alone(tmp_path, "publication") as first:
        assert first is not None
        with PastRuns.alone(tmp_path, "publication") as second:
            assert second is None
        with PastRuns.alone(tmp_path, "lettres") as other:
            assert other is not None
