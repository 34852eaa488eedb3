"""A fault of ours never empties the list; an old list goes through with one decision."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from axtra.sending import answers, refusal_monitor, run, wire
from axtra.sending.ledger_records import Decision, MessageState
from axtra.sending.refusal_monitor import IN_A_ROW, RefusalMonitor
from axtra.sending.replies import Phase, Reply
from axtra.sending.run_context import End
from support import smtp_server
from support.edition_runs import EditionRuns, edition_runs
from support.sample_ledger import MOMENT
from support.smtp_server import RunningServer, numbered

pytestmark = pytest.mark.bases

ABOUT_US = {
    "quota": "554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException",
    "daily limit": "550 5.1.90 Your message can't be sent because you've reached your daily limit",
    "spf": "550 5.1.1 SPF check failed, 192.0.2.7 is not allowed to send for exemple.org",
    "rate": "550 5.2.1 rate of sending exceeded, IB607",
    "orange": "550 5.2.0 Mail rejete. Mail rejected. OFR_506 [506]",
    "block list": "550 5.7.1 blocked using zen.spamhaus.org",
    "size": "552 5.3.4 Message size exceeds fixed limit",
    "sender": "550 5.1.1 sender verify failed",
}
ABOUT_ADDRESSES = {
    "recipient table": "550 5.1.1 address rejected: User unknown in local recipient table",
    "domain": "550 5.4.4 Invalid domain",
    "no code": "550 No such user here",
}
GONE = "550 5.1.1 user unknown"
MakeRuns = Callable[[list[str]], EditionRuns]


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "LINGER", 0)
    monkeypatch.setattr(wire, "_QUIET", 0)


@pytest.fixture
def office() -> Iterator[RunningServer]:
    with smtp_server.opened() as value:
        yield value


@pytest.fixture
def make_runs(tmp_path: Path, office: RunningServer) -> Iterator[MakeRuns]:
    with ExitStack() as ends:
        yield lambda people: ends.enter_context(edition_runs(tmp_path, office.port, people))


def _decide(runs: EditionRuns, decision: Decision) -> int:
    return refusal_monitor.settle("e", decision, runs.ledger, runs.register, MOMENT)


def _events(runs: EditionRuns, address: str) -> list[str]:
    person = runs.register.find(address)
    assert person
    return [value.event for value in runs.register.history(person.id)]


def _mixed(office: RunningServer, number: int, every: int) -> tuple[list[str], set[str]]:
    """Return people in the order in which they are sent to, and those among them who are gone."""
    people = [f"p{index:03d}-x@exemple.test" for index in range(number)]
    office.post.says = {value[:4]: GONE for value in people[::every]}
    return people, set(people[::every])


@pytest.fixture
def storm(make_runs: MakeRuns, office: RunningServer) -> Callable[[str], EditionRuns]:
    def begin(said: str) -> EditionRuns:
        runs = make_runs(numbered(61))
        office.post.ends, office.post.spared = said, 11
        return runs

    return begin


@pytest.mark.parametrize("said", ABOUT_US.values(), ids=ABOUT_US)
def test_a_refusal_of_ours_pauses_and_leaves_everyone_to_be_sent(
    storm: Callable[[str], EditionRuns], office: RunningServer, said: str
) -> None:
    runs = storm(said)
    for _ in range(3):  # the same people are never refused for good, however often it is resumed
        done = runs.go()
        assert done.end is End.REFUSED
        assert "personne n’est retiré" in done.text
        assert runs.states() == {"accepte": 11, "a_envoyer": 50}
    assert office.post.tried.total() == 11 + 3 * IN_A_ROW
    assert runs.suppressed() == set()
    assert runs.register.proposals() == ()
    office.post.ends = ""
    assert runs.go().end is End.DONE
    assert office.post.recipients() == Counter(numbered(61))


@pytest.mark.parametrize(("number", "every", "stops"), [(4, 1, 3), (9, 2, 5), (3, 3, 0), (1, 1, 0)])
def test_a_short_list_does_not_lose_more_than_half_of_itself(
    make_runs: MakeRuns,
    office: RunningServer,
    number: int,
    every: int,
    stops: int,
) -> None:
    people, gone = _mixed(office, number, every)
    runs = make_runs(people)
    done = runs.go()
    assert (done.end is End.REFUSED) == bool(stops)
    assert len(runs.register.proposals()) == stops
    assert runs.suppressed() == (set() if stops else gone)


@pytest.mark.parametrize("said", ABOUT_ADDRESSES.values(), ids=ABOUT_ADDRESSES)
def test_a_server_that_knows_nobody_any_more_is_not_believed(
    storm: Callable[[str], EditionRuns], office: RunningServer, said: str
) -> None:
    runs = storm(said)
    done = runs.go()
    assert done.end is End.REFUSED
    assert "axtra envoi reprendre e --garder" in done.text
    assert runs.states() == {"accepte": 11, "refuse": IN_A_ROW, "a_envoyer": 50 - IN_A_ROW}
    assert runs.suppressed() == set()
    proposed = runs.register.proposals("e")
    assert [said[:9] in value.detail for value in proposed] == [True] * IN_A_ROW
    assert "retour" not in _events(runs, proposed[0].address)  # it says nothing of this person
    office.post.ends = ""
    assert _decide(runs, Decision.KEEP) == IN_A_ROW
    assert runs.go().end is End.DONE
    assert office.post.recipients() == Counter(numbered(61))
    assert runs.suppressed() == set()
    assert runs.register.proposals() == ()


def test_a_fault_that_lasts_stops_the_run_again_and_still_removes_nobody(
    storm: Callable[[str], EditionRuns], office: RunningServer
) -> None:
    runs = storm(ABOUT_ADDRESSES["recipient table"])
    runs.go()
    for _ in range(4):
        _decide(runs, Decision.KEEP)
        assert runs.go().end is End.REFUSED
        assert runs.suppressed() == set()
    office.post.ends = ""
    _decide(runs, Decision.KEEP)
    assert runs.go().end is End.DONE
    assert office.post.recipients() == Counter(numbered(61))


def test_who_is_removed_by_a_decision_comes_back_by_the_edition(
    storm: Callable[[str], EditionRuns], office: RunningServer
) -> None:
    runs = storm(ABOUT_ADDRESSES["recipient table"])
    runs.go()
    proposed = {proposal.address for proposal in runs.register.proposals("e")}
    assert _decide(runs, Decision.REMOVE) == IN_A_ROW
    assert runs.suppressed() == proposed
    assert runs.go().end is End.REFUSED  # the fault lasts: five more are proposed, not removed
    assert runs.suppressed() == proposed
    assert len(runs.register.proposals("e")) == IN_A_ROW
    office.post.ends = ""
    _decide(runs, Decision.KEEP)
    assert runs.go().end is End.DONE
    assert runs.states() == {"accepte": 61 - IN_A_ROW, "refuse": IN_A_ROW}
    assert {value.address for value in runs.register.reinstate_edition("e", MOMENT)} == proposed


@pytest.mark.parametrize("decision", [Decision.REMOVE, Decision.KEEP])
def test_an_old_list_goes_through_with_one_decision(
    make_runs: MakeRuns, office: RunningServer, decision: Decision
) -> None:
    people, gone = _mixed(office, 300, 20)  # 15 are gone, 5 in a hundred
    runs = make_runs(people)
    done = runs.go()
    assert done.end is End.REFUSED
    assert "3\u00a0%" in done.text
    assert runs.suppressed() == set()
    assert len(runs.register.proposals("e")) == 10
    assert _decide(runs, decision) == 10
    assert runs.go().end is End.DONE
    assert runs.states() == {"accepte": 285, "refuse": 15}
    assert runs.suppressed() == (gone if decision is Decision.REMOVE else set())
    assert runs.register.proposals() == ()
    assert runs.go().end is End.DONE


def test_a_few_wrong_addresses_are_suppressed_with_their_reason(
    make_runs: MakeRuns, office: RunningServer
) -> None:
    people, gone = _mixed(office, 100, 40)  # 3 are gone
    runs = make_runs(people)
    assert runs.go().end is End.DONE
    assert runs.suppressed() == gone
    assert runs.register.proposals() == ()
    for value in gone:
        known = runs.register.suppressed(value)
        assert known
        assert "5.1.1" in known.detail
        assert known.edition
        assert "retour" in _events(runs, value)


def test_the_first_ones_wait_until_the_brake_is_out_of_the_question(
    make_runs: MakeRuns, office: RunningServer
) -> None:
    runs = make_runs(_mixed(office, 100, 40)[0])
    assert runs.go(per_day=50).end is End.DAY
    assert runs.suppressed() == set()
    assert [line.removal for line in runs.ledger.lines("e") if line.removal] == ["tenu"] * 2
    runs.present += 86_400
    assert runs.go(per_day=45).end is End.DAY  # too few are left for the brake
    assert len(runs.suppressed()) == 3
    runs.present += 86_400
    assert runs.go().end is End.DONE


def test_a_share_that_is_reached_over_several_runs_stops_the_last(
    make_runs: MakeRuns, office: RunningServer
) -> None:
    runs = make_runs(_mixed(office, 120, 12)[0])  # 10 are gone, and too many
    assert runs.go(per_day=60).end is End.DAY
    runs.present += 86_400
    assert runs.go().end is End.REFUSED
    assert runs.suppressed() == set()
    assert len(runs.register.proposals("e")) == 10


def test_refusals_without_a_proof_in_a_row_are_sent_again(
    storm: Callable[[str], EditionRuns], office: RunningServer
) -> None:
    runs = storm("550 5.1.0 address rejected")
    done = runs.go()
    assert done.end is End.REFUSED
    assert "axtra envoi reprendre e" in done.text
    assert runs.states() == {"accepte": 11, "a_envoyer": 50}
    office.post.ends = ""
    assert runs.go().end is End.DONE
    assert office.post.recipients() == Counter(numbered(61))


def test_who_is_refused_again_after_a_pause_ends_as_refused(
    make_runs: MakeRuns, office: RunningServer
) -> None:
    office.post.says = {"revoir": "550 5.1.0 address rejected"}
    runs = make_runs([*numbered(10), *numbered(8, "revoir")])
    ends = [runs.go().end for _ in range(3)]
    assert End.DONE in ends
    assert runs.states() == {"accepte": 10, "refuse": 8}
    assert runs.suppressed() == set()


@pytest.mark.parametrize(
    ("said", "state", "noted"),
    [
        ("550 5.2.1 The user is receiving mail at a rate that prevents", "differe", None),
        ("553 5.1.3 http://www.spamhaus.org/query/bl?ip=192.0.2.7", "a_envoyer", None),
        ("552 5.1.1 mailbox is full, over quota", "differe", "passager"),
        ("550 5.1.1 sender verify failed", "a_envoyer", None),
        ("550 5.4.1 Recipient address rejected: Access denied.", "refuse", "adresse-inexistante"),
        ("550 5.5.0 action not taken: mailbox unavailable (S2017062302).", "refuse",
         "adresse-inexistante"),
        ("550 5.5.0 action not taken: mailbox unavailable", "refuse", "a-revoir"),
        ("554 5.7.1 User unknown in relay recipient table", "refuse", "a-revoir"),
        ("550 No such user here", "refuse", "adresse-inexistante"),
        ("550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required",
         "a_envoyer", "ferme-a-nos-courriels"),
        ("554 delivery error: dd This user doesn't have a yahoo.com account", "refuse",
         "adresse-inexistante"),
        ("552 5.3.4 Message size exceeds fixed limit", "a_envoyer", None),
    ],
)  # fmt: skip
def test_one_persons_refusal_is_judged_by_its_words(
    make_runs: MakeRuns, office: RunningServer, said: str, state: str, noted: str | None
) -> None:
    office.post.says = {"elle": said}
    runs = make_runs([*numbered(3), "elle-0@exemple.test"])
    runs.go()
    line = next(value for value in runs.ledger.lines("e") if value.address.startswith("elle"))
    assert line.state == state
    assert line.reason.startswith(said[:20])
    assert runs.suppressed() == ({line.address} if noted == "adresse-inexistante" else set())
    person = runs.register.find(line.address)
    assert person
    facts = [value.detail for value in runs.register.history(person.id) if value.event == "retour"]
    assert [fact.split()[0] for fact in facts] == ([noted] if noted else [])


def test_who_closed_their_door_to_us_ends_as_refused_after_some_runs(
    make_runs: MakeRuns, office: RunningServer
) -> None:
    office.post.says = {"groupe": "550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup"}
    runs = make_runs([*numbered(3), *numbered(1, "groupe")])
    for _ in range(answers.MOST_STRIKES - 1):
        assert runs.go().end is End.DONE
        assert runs.states() == {"accepte": 3, "a_envoyer": 1}
    runs.go()
    assert runs.states() == {"accepte": 3, "refuse": 1}
    assert runs.suppressed() == set()


def test_full_mailboxes_in_a_row_stop_the_run_once(
    storm: Callable[[str], EditionRuns], office: RunningServer
) -> None:
    runs = storm("552 5.2.2 quota of the recipient")
    assert runs.go().end is End.REFUSED
    assert runs.states() == {"accepte": 11, "differe": IN_A_ROW, "a_envoyer": 50 - IN_A_ROW}
    office.post.ends = ""
    runs.go()
    runs.present += answers.FULL_MAILBOX + 1
    assert runs.go().end is End.DONE
    assert office.post.recipients() == Counter(numbered(61))


def test_one_sick_connection_among_sound_ones_is_enough(make_runs: MakeRuns) -> None:
    runs = make_runs(numbered(20))
    monitor = RefusalMonitor("e", runs.ledger, runs.register, lambda: MOMENT)
    waiting = runs.ledger.waiting("e")
    gone = Reply(Phase.RCPT, int(GONE[:3]), GONE[4:])
    for sound, sick in zip(waiting[:5], waiting[5:10], strict=True):
        assert not monitor.reason
        runs.ledger.settle(
            sick, MessageState.REFUSED, GONE, removal=monitor.removal(sick, gone.fate)
        )
        monitor.answered("sick", sick, gone)
        monitor.answered("sound", sound, Reply(Phase.DATA, 250, "ok"))
    assert monitor.reason


def test_a_run_that_dies_before_its_end_loses_no_proposal(
    storm: Callable[[str], EditionRuns], monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_words: object, **_more: object) -> None:
        raise KeyboardInterrupt

    runs = storm(GONE)
    monkeypatch.setattr(RefusalMonitor, "end", die)
    with pytest.raises(KeyboardInterrupt):
        runs.go()
    assert runs.ledger.decision("e") is Decision.OPEN
    assert runs.register.proposals("e") == ()
    assert _decide(runs, Decision.REMOVE) == IN_A_ROW
    assert len(runs.suppressed()) == IN_A_ROW


def test_a_clock_that_goes_backwards_leaves_nobody_out(make_runs: MakeRuns) -> None:
    runs = make_runs(numbered(10))
    runs.present -= 30 * 86_400
    assert runs.go().end is End.DONE
    assert runs.states() == {"accepte": 10}
