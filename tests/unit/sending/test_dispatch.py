"""Who may be written to, and when: every act on an edition, without the command nor a process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from axtra.content import sent_letters
from axtra.content.model import Status
from axtra.sending import dispatch
from axtra.sending.conditions import UnmetConditions
from axtra.sending.dispatch import Confirmation
from axtra.sending.frozen_editions import BusyError
from axtra.sending.ledger import Ledger
from axtra.sending.ledger_records import Approval, Decision, FrozenEdition
from axtra.sending.run_context import End, Progress
from axtra.sending.settings import SettingsError
from axtra.subscribers import Reason
from infolettre.core.refusals import DiagnosedRefusal, Refusal, WrongUsage
from support import smtp_server
from support.sample_dispatch import (
    EDITION,
    LIST,
    PROBLEM,
    RecordedEvents,
    SampleContent,
    SampleDispatch,
    make_dispatch,
)
from support.sample_ledger import MOMENT
from support.smtp_server import MailHandler, RunningServer, numbered

pytestmark = pytest.mark.bases

PEOPLE = numbered(3)
TESTER = "essai@exemple.test"
RIGHT = Confirmation(LIST, 3)


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
        sample.content,
        sample.ledger,
        sample.register,
        sample.settings,
        EDITION,
        LIST,
        sample.present,
    )


def _test(sample: SampleDispatch, address: str = TESTER) -> FrozenEdition:
    return dispatch.test(
        sample.ledger, sample.register, sample.settings, EDITION, address, sample.present
    )


def _depart(
    sample: SampleDispatch,
    confirmation: Confirmation | Callable[[FrozenEdition], Confirmation] = RIGHT,
) -> dispatch.SendingResult:
    return dispatch.depart(sample.context, sample.settings, EDITION, confirmation)


def _ready(sample: SampleDispatch) -> None:
    _freeze(sample)
    _test(sample)


# --- before it leaves ----------------------------------------------------------------------------


def test_an_edition_is_frozen_tested_confirmed_and_sent(
    sample: SampleDispatch, office: RunningServer
) -> None:
    done = _freeze(sample)
    assert (done.frozen.liste, done.frozen.recipients, done.candidates) == (LIST, 3, 3)
    assert done.unmet is None
    assert _test(sample).hash == done.frozen.hash
    result = _depart(sample)
    assert result.outcome.end is End.DONE
    assert not result.awaits_decision
    assert sample.states() == dict.fromkeys(PEOPLE, "accepte")
    assert sorted(office.post.recipients()) == [*PEOPLE, TESTER]
    assert sample.content.builds == 1
    assert sample.events.told == ["progress", "ended"]
    [sent] = sent_letters.load(sample.content.root)
    assert (sent.edition, sent.audience, sent.messages) == (EDITION, LIST, 3)
    report = dispatch.report(sample.ledger, sample.register, EDITION)
    assert report.settled


def test_what_cannot_be_frozen_is_refused(sample: SampleDispatch) -> None:
    with pytest.raises(WrongUsage, match="« membre » n’existe pas") as refused:
        dispatch.freeze(
            sample.content,
            sample.ledger,
            sample.register,
            sample.settings,
            EDITION,
            "membre",
            MOMENT,
        )
    assert refused.value.remedy == "Vouliez-vous dire « membres » ?"
    with pytest.raises(WrongUsage, match="l’édition « autre »"):
        dispatch.freeze(
            sample.content, sample.ledger, sample.register, sample.settings, "autre", LIST, MOMENT
        )
    sample.content.faults = [PROBLEM]
    with pytest.raises(DiagnosedRefusal, match="lien-brise"):
        _freeze(sample)
    sample.content.problems = [PROBLEM]
    with pytest.raises(DiagnosedRefusal, match="1 erreur"):
        _freeze(sample)
    assert sample.ledger.frozen(EDITION) is None


def test_what_could_not_leave_is_frozen_all_the_same_and_says_why(sample: SampleDispatch) -> None:
    sample.content.facts = replace(sample.content.facts, demonstration=("adresse",))
    unmet = _freeze(sample).unmet
    assert unmet
    assert "valeurs de démonstration (adresse)" in str(unmet)
    _test(sample)
    with pytest.raises(UnmetConditions):
        _depart(sample)


def test_every_act_on_what_is_not_frozen_is_a_wrong_usage(sample: SampleDispatch) -> None:
    acts: list[Callable[[], object]] = [
        lambda: _test(sample),
        lambda: _depart(sample),
        lambda: dispatch.resume(sample.context, sample.settings, EDITION),
        lambda: dispatch.approve(sample.ledger, EDITION, "Lise", MOMENT),
        lambda: dispatch.compare(sample.content, sample.ledger, EDITION, MOMENT),
        lambda: dispatch.report(sample.ledger, sample.register, EDITION),
        lambda: dispatch.presume_gone(sample.ledger, EDITION, MOMENT),
        lambda: _settle(sample, Decision.REMOVE),
    ]
    for act in acts:
        with pytest.raises(WrongUsage, match="n’est pas gelée") as refused:
            act()
        assert refused.value.remedy.startswith(f"axtra envoi geler {EDITION} --liste LISTE")


def test_a_test_that_the_server_refuses_is_no_test(
    sample: SampleDispatch, office: RunningServer
) -> None:
    _freeze(sample)
    with pytest.raises(Refusal, match=r"refuse l’essai \(550 5\.1\.1\)"):
        _test(sample, f"{smtp_server.UNKNOWN}-0@exemple.test")
    assert office.post.taken == []
    with pytest.raises(UnmetConditions, match="aucun essai"):
        _depart(sample)


def test_a_comparison_tells_what_changed(sample: SampleDispatch) -> None:
    _freeze(sample)
    assert dispatch.compare(sample.content, sample.ledger, EDITION, MOMENT).same
    sample.content.text = "Bonsoir,\n"
    compared = dispatch.compare(sample.content, sample.ledger, EDITION, MOMENT)
    assert not compared.same
    assert "+Bonsoir," in compared.text


# --- when it leaves ------------------------------------------------------------------------------


def _as_draft(content: SampleContent) -> None:
    content.change(status=Status.DRAFT)


def _as_stale(content: SampleContent) -> None:
    content.change(date=MOMENT - timedelta(days=10))


def _as_changed(content: SampleContent) -> None:
    content.text = "Bonsoir,\n"


def _without_its_page(content: SampleContent) -> None:
    (content.root / "output").mkdir()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_as_draft, "est un brouillon"),
        (_as_stale, "est périmée"),
        (_as_changed, "a changé depuis qu’elle est gelée"),
        (_without_its_page, "le site construit n’a rien à l’adresse"),
    ],
)
def test_a_condition_that_is_not_met_sends_nothing(
    sample: SampleDispatch,
    office: RunningServer,
    change: Callable[[SampleContent], None],
    said: str,
) -> None:
    _ready(sample)
    change(sample.content)
    with pytest.raises(UnmetConditions, match=said) as refused:
        _depart(sample)
    assert len(refused.value.unmet) == 1
    assert refused.value.remedy in str(refused.value)
    assert office.post.recipients().keys() == {TESTER}
    assert sample.states() == dict.fromkeys(PEOPLE, "a_envoyer")


def test_where_a_place_is_known_an_edition_leaves_once_its_links_are_online_there(
    sample: SampleDispatch,
) -> None:
    _ready(sample)
    sample.content.missing = [("/a/", "répond 404")]
    with pytest.raises(UnmetConditions, match=r"« /a/ », .*\(répond 404\)") as refused:
        _depart(sample)
    assert len(refused.value.unmet) == 1
    sample.content.missing = []
    _depart(sample)
    assert sample.states() == dict.fromkeys(PEOPLE, "accepte")
    assert sample.content.builds == 0  # what is built does not count


def test_every_unmet_condition_is_reported_at_once(sample: SampleDispatch) -> None:
    _freeze(sample)
    _as_draft(sample.content)
    with pytest.raises(UnmetConditions, match=r"\(3 raisons\)") as refused:
        dispatch.depart(sample.context, replace(sample.settings, approval=True), EDITION, RIGHT)
    reasons = [condition.reason for condition in refused.value.unmet]
    assert reasons == [
        "l’édition est un brouillon",
        "aucun essai de ces octets n’a été envoyé",
        "personne n’a approuvé ces octets",
    ]


def test_errors_of_the_content_stop_it_and_say_so(sample: SampleDispatch) -> None:
    _ready(sample)
    sample.content.problems = [PROBLEM]
    with pytest.raises(DiagnosedRefusal) as refused:
        _depart(sample)
    assert refused.value.diagnostics == [PROBLEM]
    assert refused.value.problem == f"« {EDITION} » ne part pas tant qu’il y a une erreur."


def test_a_second_person_approves_when_the_settings_ask_for_it(sample: SampleDispatch) -> None:
    _ready(sample)
    sample.settings = replace(sample.settings, approval=True)
    with pytest.raises(UnmetConditions, match="personne n’a approuvé"):
        _depart(sample)
    dispatch.approve(sample.ledger, EDITION, "Lise", MOMENT)
    assert _depart(sample).outcome.end is End.DONE


def test_a_person_is_asked_once_everything_is_checked(sample: SampleDispatch) -> None:
    asked: list[int] = []

    def ask(frozen: FrozenEdition) -> Confirmation:
        asked.append(frozen.recipients)
        return Confirmation(LIST, 4)

    _freeze(sample)
    with pytest.raises(UnmetConditions):
        _depart(sample, ask)
    assert asked == []
    _test(sample)
    with pytest.raises(WrongUsage, match="rien n’est envoyé"):
        _depart(sample, ask)
    assert asked == [3]
    assert _depart(sample, lambda _: RIGHT).outcome.end is End.DONE


@pytest.mark.parametrize("typed", [("autre", 3), (LIST, 2), (LIST, None)])
def test_a_confirmation_that_differs_sends_nothing(
    sample: SampleDispatch, typed: tuple[str, int | None]
) -> None:
    _ready(sample)
    with pytest.raises(WrongUsage, match="ne sont pas ceux qui sont gelés"):
        _depart(sample, Confirmation(*typed))
    with pytest.raises(Refusal, match="n’est pas commencé"):
        dispatch.resume(sample.context, sample.settings, EDITION)


def test_nobody_receives_an_edition_twice(sample: SampleDispatch, office: RunningServer) -> None:
    _ready(sample)
    _depart(sample)
    with pytest.raises(Refusal, match="personne ne la reçoit deux fois") as refused:
        _depart(sample)
    assert refused.value.remedy == f"axtra envoi bilan {EDITION}"
    assert set(office.post.recipients().values()) == {1}


def test_an_edition_that_left_from_a_lost_ledger_waits_for_a_persons_word(
    sample: SampleDispatch,
) -> None:
    _ready(sample)
    sent_letters.record(
        sample.content.root, sent_letters.Sent(EDITION, LIST, MOMENT.date(), "h", (), 3)
    )
    with pytest.raises(UnmetConditions, match="--jamais-partie"):
        _depart(sample)
    result = dispatch.depart(sample.context, sample.settings, EDITION, RIGHT, never_left=True)
    assert result.outcome.end is End.DONE


def test_an_edition_presumed_gone_is_sent_to_nobody(
    sample: SampleDispatch, office: RunningServer
) -> None:
    _ready(sample)
    dispatch.presume_gone(sample.ledger, EDITION, MOMENT)
    assert sample.states() == dict.fromkeys(PEOPLE, "incertain")
    with pytest.raises(Refusal, match="déjà envoyée"):
        _depart(sample)
    assert office.post.recipients().keys() == {TESTER}


def test_without_a_server_nothing_begins(sample: SampleDispatch) -> None:
    _ready(sample)
    sample.settings = replace(sample.settings, server=None)
    with pytest.raises(SettingsError, match="aucun serveur"):
        _depart(sample)


def test_a_page_to_come_and_a_slow_clock_are_reported(sample: SampleDispatch) -> None:
    sample.content.change(date=MOMENT + timedelta(hours=2))
    _ready(sample)
    sample.present = MOMENT - timedelta(minutes=30)
    _depart(sample)
    assert sample.events.told[:2] == ["page to come", "slow clock"]


class _BreakingEvents(RecordedEvents):
    """Breaks the project's record of sent editions once messages leave."""

    file: Path

    def progressed(self, progress: Progress) -> None:
        super().progressed(progress)
        self.file.write_text("[[", "utf-8")


def test_a_record_that_cannot_be_written_stops_no_mail(sample: SampleDispatch) -> None:
    _ready(sample)
    events = _BreakingEvents()
    events.file = sample.content.root / sent_letters.FILE
    sample.events = events
    assert _depart(sample).outcome.end is End.DONE
    assert sample.states() == dict.fromkeys(PEOPLE, "accepte")
    assert events.told == ["progress", "record failed", "ended", "record failed"]
    with pytest.raises(DiagnosedRefusal):  # nor is anything sent on the word of a broken record
        dispatch.resume(sample.context, sample.settings, EDITION)


# --- on its way ----------------------------------------------------------------------------------


def test_a_paused_edition_is_resumed_without_repeating_anything(
    sample: SampleDispatch, office: RunningServer
) -> None:
    _ready(sample)
    with pytest.raises(Refusal, match="n’est pas commencé"):
        dispatch.pause(sample.ledger, EDITION, MOMENT, patience=0)
    sample.settings = replace(sample.settings, per_day=1)
    assert _depart(sample).outcome.end is End.DAY
    assert dispatch.pause(sample.ledger, EDITION, MOMENT, patience=0)
    sample.settings = replace(sample.settings, per_day=0)
    assert dispatch.resume(sample.context, sample.settings, EDITION).outcome.end is End.DONE
    assert set(office.post.recipients().values()) == {1}


def test_a_pause_tells_when_the_message_in_flight_is_not_over(sample: SampleDispatch) -> None:
    _ready(sample)
    sample.settings = replace(sample.settings, per_day=1)
    _depart(sample)
    with Ledger.open(sample.content.root.parent / "donnees") as other, other.alone():
        assert not dispatch.pause(sample.ledger, EDITION, MOMENT, patience=0)
        with pytest.raises(BusyError, match="un autre envoi est en cours"):
            dispatch.resume(sample.context, sample.settings, EDITION)


def test_a_run_that_was_cut_before_it_left_is_checked_again(sample: SampleDispatch) -> None:
    _ready(sample)
    sample.ledger.confirm(dispatch.frozen_edition(sample.ledger, EDITION), MOMENT)
    _as_draft(sample.content)
    with pytest.raises(UnmetConditions, match="brouillon"):
        dispatch.resume(sample.context, sample.settings, EDITION)
    sample.content.change(status=Status.PUBLISHED)
    assert dispatch.resume(sample.context, sample.settings, EDITION).outcome.end is End.DONE


# --- proposals -----------------------------------------------------------------------------------


def _settle(sample: SampleDispatch, decision: Decision) -> dispatch.Settlement:
    return dispatch.settle_proposals(sample.ledger, sample.register, EDITION, decision, MOMENT)


def _propose(sample: SampleDispatch, address: str = PEOPLE[0]) -> None:
    sample.register.propose(address, Reason.ADDRESS, MOMENT, edition=EDITION, detail="550 5.1.1")


@pytest.mark.parametrize("decision", [Decision.REMOVE, Decision.KEEP])
def test_proposals_of_an_edition_that_the_ledger_does_not_know_are_settled(
    sample: SampleDispatch, decision: Decision
) -> None:
    _propose(sample)
    done = _settle(sample, decision)
    assert (done.people, done.begun, done.unfinished) == (1, False, False)
    assert sample.register.proposals(EDITION) == ()
    assert sample.register.is_suppressed(PEOPLE[0]) is (decision is Decision.REMOVE)
    assert sample.ledger.decision(EDITION) is None  # a later sending may still stop on refusals


def test_proposals_of_an_edition_that_is_only_frozen_start_nothing(sample: SampleDispatch) -> None:
    _freeze(sample)
    _propose(sample)
    done = _settle(sample, Decision.REMOVE)
    assert (done.people, done.begun, done.unfinished) == (1, False, False)
    assert sample.states() == dict.fromkeys(PEOPLE, "a_envoyer")
    with pytest.raises(Refusal, match="n’est pas commencé"):
        _settle(sample, Decision.REMOVE)


def test_proposals_of_an_edition_that_is_over_need_no_server(sample: SampleDispatch) -> None:
    _ready(sample)
    _depart(sample)
    _propose(sample)
    done = _settle(sample, Decision.REMOVE)
    assert (done.people, done.begun, done.unfinished) == (1, True, False)


def test_proposals_of_an_edition_on_its_way_leave_the_others_to_be_sent(
    sample: SampleDispatch,
) -> None:
    _ready(sample)
    sample.settings = replace(sample.settings, per_day=1)
    _depart(sample)
    _propose(sample)
    assert _settle(sample, Decision.REMOVE).unfinished


# --- the logs of the server ----------------------------------------------------------------------


def test_a_log_that_cannot_be_read_is_a_wrong_usage(sample: SampleDispatch, tmp_path: Path) -> None:
    with pytest.raises(WrongUsage, match="un journal n’existe pas"):
        dispatch.reconcile(
            sample.ledger, [tmp_path / "rien.log"], lambda: sample.settings, lambda: MOMENT
        )


def test_doubts_that_stay_make_the_server_write_its_log_before_a_second_reading(
    sample: SampleDispatch, tmp_path: Path
) -> None:
    _freeze(sample)
    dispatch.presume_gone(sample.ledger, EDITION, MOMENT)
    log = tmp_path / "mail.log"
    log.write_text("", "utf-8")
    waits: list[float] = []
    done = dispatch.reconcile(
        sample.ledger, [log], lambda: sample.settings, lambda: MOMENT, waits.append
    )
    assert done.left == 3
    assert len(waits) == 1


# --- editions that rectify another ----------------------------------------------------------------


def test_an_edition_that_rectifies_goes_to_those_who_have_the_other(
    sample: SampleDispatch,
) -> None:
    _ready(sample)
    _depart(sample)
    [first, second, third] = PEOPLE
    with sample.ledger.together() as db:
        state = "UPDATE recipients SET state = ? WHERE folded = ?"
        db.execute(state, ("incertain", second))
        db.execute(state, ("refuse", third))
    sample.content.change(slug="rectificatif", rectified=EDITION)
    sample.content.text = "Le total est de 336.\n"
    frozen = dispatch.freeze(
        sample.content,
        sample.ledger,
        sample.register,
        sample.settings,
        "rectificatif",
        LIST,
        sample.present,
    ).frozen
    assert {line.address for line in sample.ledger.lines("rectificatif")} == {first, second}
    assert frozen.recipients == 2


def test_nothing_is_rectified_that_reached_nobody(sample: SampleDispatch) -> None:
    _freeze(sample)
    sample.content.change(slug="rectificatif", rectified=EDITION)
    with pytest.raises(WrongUsage, match="n’est arrivée à personne"):
        dispatch.freeze(
            sample.content,
            sample.ledger,
            sample.register,
            sample.settings,
            "rectificatif",
            LIST,
            sample.present,
        )


def test_a_doubt_is_held_as_received_by_a_person_alone(sample: SampleDispatch) -> None:
    _ready(sample)
    _depart(sample)
    with sample.ledger.together() as db:
        db.execute("UPDATE recipients SET state = 'incertain' WHERE folded = ?", (PEOPLE[0],))
    assert not dispatch.hold_received(sample.ledger, EDITION, PEOPLE[1], "Anne")
    assert dispatch.hold_received(sample.ledger, EDITION, PEOPLE[0].upper(), "Anne")
    assert sample.states() == dict.fromkeys(PEOPLE, "accepte")
    [line] = [line for line in sample.ledger.lines(EDITION) if line.address == PEOPLE[0]]
    assert line.reason == "tenu pour reçu par Anne"


def test_an_account_approves_what_another_froze(sample: SampleDispatch) -> None:
    dispatch.freeze(
        sample.content,
        sample.ledger,
        sample.register,
        sample.settings,
        EDITION,
        LIST,
        sample.present,
        "anne@exemple.test",
    )
    with pytest.raises(Refusal, match="vous avez gelé"):
        dispatch.approve(sample.ledger, EDITION, "Bruno", MOMENT, "anne@exemple.test")
    frozen = dispatch.approve(sample.ledger, EDITION, "Bruno", MOMENT, "bruno@exemple.test")
    assert sample.ledger.approvals(frozen) == (Approval("Bruno", "bruno@exemple.test"),)
