"""Editions that leave at a moment without anybody at the keyboard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from axtra.content.model import Status
from axtra.sending import dispatch
from axtra.sending.conditions import UnmetConditions
from axtra.sending.dispatch import Confirmation, Stage
from axtra.sending.dispatch.scheduling import LATE, NOTICE
from axtra.sending.settings import SettingsError
from infolettre.core.dates import ZONE
from infolettre.core.refusals import DiagnosedRefusal, Refusal, WrongUsage
from support import smtp_server
from support.sample_dispatch import EDITION, LIST, PROBLEM, SampleDispatch, make_dispatch
from support.sample_ledger import MOMENT
from support.smtp_server import FULL, MailHandler, RunningServer, numbered

pytestmark = pytest.mark.bases

PEOPLE = numbered(3)
RIGHT = Confirmation(LIST, 3)
AT = MOMENT + timedelta(hours=5)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def office() -> Iterator[RunningServer]:
    with smtp_server.opened(MailHandler()) as opened:
        yield opened


@pytest.fixture
def sample(tmp_path: Path, office: RunningServer) -> Iterator[SampleDispatch]:
    made = make_dispatch(tmp_path, PEOPLE, office.port)
    with made.register, made.ledger:
        yield made


def _freeze(sample: SampleDispatch) -> dispatch.Freezing:
    return dispatch.freeze(
        sample.content, sample.ledger, sample.register, sample.settings, EDITION, LIST,
        sample.present,
    )  # fmt: skip


def _test(sample: SampleDispatch) -> None:
    dispatch.test(
        sample.ledger, sample.register, sample.settings, EDITION, "essai@exemple.test",
        sample.present,
    )  # fmt: skip


def _approve(sample: SampleDispatch) -> None:
    dispatch.approve(sample.ledger, EDITION, "Anne", sample.present)


def _ready(sample: SampleDispatch) -> None:
    _freeze(sample)
    _test(sample)
    _approve(sample)


def _schedule(
    sample: SampleDispatch, at: datetime = AT, confirmation: Confirmation = RIGHT
) -> None:
    dispatch.schedule(sample.context, sample.settings, EDITION, at, confirmation)


def _run(sample: SampleDispatch, present: datetime) -> list[Stage]:
    """Do what is due at a moment, and return what became of the edition."""
    sample.present = present
    return [seen.stage for seen in _seen(sample)]


def _seen(sample: SampleDispatch) -> Iterator[dispatch.Attendance]:
    for departure in sample.ledger.scheduled():
        yield from dispatch.attend(sample.context, sample.settings, departure)


def _sent(office: RunningServer) -> dict[str, int]:
    return {who: times for who, times in office.post.recipients().items() if who in PEOPLE}


ONCE = dict.fromkeys(PEOPLE, 1)


# --- before --------------------------------------------------------------------------------------


def test_an_edition_is_announced_then_leaves_once_at_its_moment(
    sample: SampleDispatch, office: RunningServer
) -> None:
    _ready(sample)
    _schedule(sample)
    assert _run(sample, AT - NOTICE - MINUTE) == []
    assert _run(sample, AT - NOTICE) == [Stage.ANNOUNCED]
    assert _run(sample, AT - MINUTE) == []
    assert _sent(office) == {}
    assert _run(sample, AT) == [Stage.LEFT]
    assert _run(sample, AT) == []
    assert _sent(office) == ONCE
    assert sample.ledger.scheduled() == []


def test_it_is_announced_before_it_leaves_even_at_the_last_moment(sample: SampleDispatch) -> None:
    _ready(sample)
    _schedule(sample)
    assert _run(sample, AT + MINUTE) == [Stage.ANNOUNCED, Stage.LEFT]


def _unfrozen(_: SampleDispatch) -> None:
    pass


def _untested(sample: SampleDispatch) -> None:
    _freeze(sample)
    _approve(sample)


def _unapproved(sample: SampleDispatch) -> None:
    _freeze(sample)
    _test(sample)


def _serverless(sample: SampleDispatch) -> None:
    _ready(sample)
    sample.settings = replace(sample.settings, server=None)


def _changed(sample: SampleDispatch) -> None:
    _ready(sample)
    sample.content.text = "Bonsoir,\n"


def _drafted(sample: SampleDispatch) -> None:
    _ready(sample)
    sample.content.change(status=Status.DRAFT)


def _early(sample: SampleDispatch) -> None:
    _ready(sample)
    sample.content.change(date=AT + timedelta(days=1))


def _wrong(sample: SampleDispatch) -> None:
    _ready(sample)
    sample.content.problems = [PROBLEM]


def _faulty(sample: SampleDispatch) -> None:
    _ready(sample)
    sample.content.faults = [PROBLEM]


@pytest.mark.parametrize(
    "spoil",
    [_unfrozen, _untested, _unapproved, _serverless, _changed, _drafted, _early, _wrong, _faulty],
)
def test_what_may_not_leave_is_not_scheduled_in_the_words_of_a_departure(
    sample: SampleDispatch, office: RunningServer, spoil: Callable[[SampleDispatch], None]
) -> None:
    spoil(sample)
    with pytest.raises(Refusal) as refused:
        _schedule(sample)
    assert sample.ledger.scheduled() == []
    sample.present = AT
    settings = replace(sample.settings, approval=True)
    with pytest.raises(type(refused.value)) as told:
        dispatch.depart(sample.context, settings, EDITION, RIGHT)
    assert str(refused.value) == str(told.value)
    assert _sent(office) == {}


def test_the_list_and_the_number_are_asked(sample: SampleDispatch) -> None:
    _ready(sample)
    for typed in (Confirmation(LIST, 2), Confirmation("autre", 3), Confirmation("", None)):
        with pytest.raises(WrongUsage, match="la liste ou le nombre"):
            _schedule(sample, confirmation=typed)
    assert sample.ledger.scheduled() == []


@pytest.mark.parametrize("ago", [timedelta(), MINUTE, timedelta(days=400)])
def test_a_moment_that_is_over_is_refused(sample: SampleDispatch, ago: timedelta) -> None:
    _ready(sample)
    with pytest.raises(WrongUsage, match="est passé"):
        _schedule(sample, MOMENT - ago)


def test_a_moment_replaces_another_and_is_cancelled(sample: SampleDispatch) -> None:
    _ready(sample)
    _schedule(sample)
    _schedule(sample, AT + timedelta(hours=1))
    [departure] = sample.ledger.scheduled()
    assert departure.moment == AT + timedelta(hours=1)
    dispatch.unschedule(sample.ledger, EDITION)
    assert _run(sample, AT + timedelta(hours=1)) == []
    with pytest.raises(WrongUsage, match="n’est pas programmée"):
        dispatch.unschedule(sample.ledger, EDITION)


# --- at its moment -------------------------------------------------------------------------------


@pytest.mark.parametrize("late", [LATE, timedelta(days=3), timedelta(days=900)])
@pytest.mark.parametrize("told", [True, False])
def test_beyond_the_limit_it_never_leaves(
    sample: SampleDispatch, office: RunningServer, late: timedelta, *, told: bool
) -> None:
    _ready(sample)
    _schedule(sample)
    if told:
        _run(sample, AT - MINUTE)
    sample.present = AT + late
    [seen] = _seen(sample)
    assert seen.stage is Stage.CANCELLED
    assert "trop tard" in str(seen.reason)
    assert _run(sample, AT) == []  # the clock goes back
    assert _sent(office) == {}


def test_within_the_limit_it_leaves(sample: SampleDispatch, office: RunningServer) -> None:
    _ready(sample)
    _schedule(sample)
    assert _run(sample, AT + LATE - MINUTE)[-1] is Stage.LEFT
    assert _sent(office) == ONCE


@pytest.mark.parametrize("when", [-timedelta(hours=4), -MINUTE, timedelta(), MINUTE])
def test_a_change_after_the_approval_cancels_it(
    sample: SampleDispatch, office: RunningServer, when: timedelta
) -> None:
    _ready(sample)
    _schedule(sample)
    sample.content.text = "Bonsoir,\n"
    sample.present = AT + when
    [seen] = _seen(sample)
    assert seen.stage is Stage.CANCELLED
    assert isinstance(seen.reason, UnmetConditions)
    assert "a changé depuis qu’elle est gelée" in str(seen.reason)
    sample.content.text = "Bonjour,\n"
    assert _run(sample, AT) == []
    assert _sent(office) == {}


def test_to_freeze_it_again_cancels_it(sample: SampleDispatch, office: RunningServer) -> None:
    _ready(sample)
    _schedule(sample)
    sample.present += MINUTE
    assert _freeze(sample).unscheduled
    assert not _freeze(sample).unscheduled
    assert _run(sample, AT) == []
    assert _sent(office) == {}


def test_what_was_frozen_since_does_not_leave_in_its_place(sample: SampleDispatch) -> None:
    _ready(sample)
    _schedule(sample)
    [departure] = sample.ledger.scheduled()
    sample.present += MINUTE
    frozen = _freeze(sample).frozen  # the same bytes, perhaps for others
    sample.ledger.schedule(frozen, AT)
    [seen] = dispatch.attend(sample.context, sample.settings, departure)
    assert seen.stage is Stage.CANCELLED
    assert "gelée de nouveau" in str(seen.reason)


def test_what_is_not_online_yet_is_tried_again_until_the_limit(
    sample: SampleDispatch, office: RunningServer
) -> None:
    _ready(sample)
    _schedule(sample)
    sample.content.missing = [("/a/", "n’est pas publié")]
    assert _run(sample, AT - MINUTE) == [Stage.ANNOUNCED]
    for _ in range(2):
        with pytest.raises(UnmetConditions, match="n’est pas en ligne"):
            _run(sample, AT + MINUTE)
    assert _sent(office) == {}
    sample.content.missing = []
    assert _run(sample, AT + 2 * MINUTE) == [Stage.LEFT]
    assert _sent(office) == ONCE


def test_an_error_of_the_content_does_not_cancel_it(sample: SampleDispatch) -> None:
    _ready(sample)
    _schedule(sample)
    sample.content.problems = [PROBLEM]
    assert _run(sample, AT - NOTICE - MINUTE) == []
    with pytest.raises(DiagnosedRefusal):
        _run(sample, AT)
    sample.content.problems = []
    assert _run(sample, AT) == [Stage.ANNOUNCED, Stage.LEFT]


def test_without_a_server_it_waits(sample: SampleDispatch) -> None:
    _ready(sample)
    _schedule(sample)
    sample.settings, given = replace(sample.settings, server=None), sample.settings
    with pytest.raises(SettingsError):
        _run(sample, AT)
    sample.settings = given
    assert _run(sample, AT)[-1] is Stage.LEFT


def test_a_person_who_lets_it_leave_earlier_is_alone_to_go_on(sample: SampleDispatch) -> None:
    _ready(sample)
    _schedule(sample)
    dispatch.depart(sample.context, sample.settings, EDITION, RIGHT)
    assert sample.ledger.scheduled() == []
    with pytest.raises(Refusal, match="est partie"):
        _schedule(sample)


# --- once it began -------------------------------------------------------------------------------


def _with_a_full_mailbox(folder: Path, office: RunningServer) -> SampleDispatch:
    made = make_dispatch(folder, [*PEOPLE, *numbered(1, FULL)], office.port)
    _ready(made)
    _schedule(made, confirmation=Confirmation(LIST, 4))
    return made


def test_what_is_deferred_is_tried_again_when_it_may_be(
    tmp_path: Path, office: RunningServer
) -> None:
    sample = _with_a_full_mailbox(tmp_path, office)
    with sample.register, sample.ledger as ledger:
        assert _run(sample, AT) == [Stage.ANNOUNCED, Stage.BEGUN]
        assert _run(sample, AT + timedelta(days=1)) == []  # by the clock of the ledger, too early
        with pytest.raises(Refusal, match="est partie, ou part déjà"):
            dispatch.unschedule(ledger, EDITION)
        later = MOMENT + timedelta(days=2)
        ledger.clock = later.timestamp
        assert _run(sample, later) == [Stage.GOES_ON]
        dispatch.pause(ledger, EDITION, later, 0)
        ledger.clock = (later + timedelta(days=2)).timestamp
        assert _run(sample, later) == []
        assert len(ledger.scheduled()) == 1
        assert _sent(office) == ONCE


def test_the_limit_of_a_day_is_waited_for(sample: SampleDispatch, office: RunningServer) -> None:
    _ready(sample)
    _schedule(sample)
    sample.ledger.clock = AT.timestamp
    sample.settings = replace(sample.settings, per_day=2)
    assert _run(sample, AT) == [Stage.ANNOUNCED, Stage.BEGUN]
    assert _run(sample, AT + MINUTE) == []
    assert sum(_sent(office).values()) == 2
    later = AT + timedelta(days=1, minutes=1)
    sample.ledger.clock = later.timestamp
    assert _run(sample, later) == [Stage.LEFT]
    assert _sent(office) == ONCE


def test_what_a_person_must_decide_is_left_to_them(sample: SampleDispatch) -> None:
    _ready(sample)
    _schedule(sample)
    with smtp_server.opened(MailHandler(storm="550 5.1.1 user unknown")) as storm:
        assert sample.settings.server
        server = replace(sample.settings.server, port=storm.port)
        sample.settings = replace(sample.settings, server=server)
        assert _run(sample, AT) == [Stage.ANNOUNCED, Stage.STOPPED]
    assert sample.ledger.scheduled() == []


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 11, 1, 1, 30, tzinfo=ZONE),
        datetime(2026, 11, 1, 1, 30, tzinfo=ZONE, fold=1),
        datetime(2027, 3, 14, 3, 15, tzinfo=ZONE),
        datetime(2027, 3, 14, 0, 0, tzinfo=ZONE),
    ],
)
def test_hours_are_counted_whatever_the_clocks_show(
    sample: SampleDispatch, office: RunningServer, moment: datetime
) -> None:
    sample.content.change(date=moment)
    _ready(sample)
    _schedule(sample, moment)
    for minutes in range(-90, 20, 5):
        present = (moment.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(ZONE)
        stages = _run(sample, present)
        assert stages == {-60: [Stage.ANNOUNCED], 0: [Stage.LEFT]}.get(minutes, []), minutes
    assert _sent(office) == ONCE
