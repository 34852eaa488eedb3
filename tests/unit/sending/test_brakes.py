"""A fault of ours never empties the list; an old list goes through with one decision."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from axtra.sending import brakes, run, wire
from axtra.sending.brakes import IN_A_ROW, Brakes
from axtra.sending.records import Decision, State
from axtra.sending.replies import Phase, Reply
from axtra.sending.run_context import End
from support import smtp_server
from support.edition_runs import Voyage, numbered, voyage
from support.sample_ledger import MOMENT
from support.smtp_server import Office

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
Sail = Callable[[list[str]], Voyage]


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "LINGER", 0)
    monkeypatch.setattr(wire, "_QUIET", 0)


@pytest.fixture
def office() -> Iterator[Office]:
    with smtp_server.opened() as one:
        yield one


@pytest.fixture
def sail(tmp_path: Path, office: Office) -> Iterator[Sail]:
    with ExitStack() as ends:
        yield lambda people: ends.enter_context(voyage(tmp_path, office.port, people))


def _decide(trip: Voyage, decision: Decision) -> int:
    return brakes.settle("e", decision, trip.ledger, trip.register, MOMENT)


def _events(trip: Voyage, address: str) -> list[str]:
    person = trip.register.find(address)
    assert person
    return [one.event for one in trip.register.history(person.id)]


def _mixed(office: Office, number: int, every: int) -> tuple[list[str], set[str]]:
    """Give people who are sent to in this order, and those of them, one in some, who are gone."""
    people = [f"p{index:03d}-x@exemple.test" for index in range(number)]
    office.post.says = {one[:4]: GONE for one in people[::every]}
    return people, set(people[::every])


@pytest.fixture
def storm(sail: Sail, office: Office) -> Callable[[str], Voyage]:
    def begin(said: str) -> Voyage:
        trip = sail(numbered(61))
        office.post.ends, office.post.spared = said, 11
        return trip

    return begin


@pytest.mark.parametrize("said", ABOUT_US.values(), ids=ABOUT_US)
def test_a_refusal_of_ours_pauses_and_leaves_everyone_to_be_sent(
    storm: Callable[[str], Voyage], office: Office, said: str
) -> None:
    trip = storm(said)
    for _ in range(3):  # the same people are never refused for good, however often it is resumed
        done = trip.go()
        assert done.end is End.REFUSED
        assert "personne n’est retiré" in done.text
        assert trip.states() == {"accepte": 11, "a_envoyer": 50}
    assert office.post.tried.total() == 11 + 3 * IN_A_ROW
    assert trip.suppressed() == set()
    assert trip.register.proposals() == ()
    office.post.ends = ""
    assert trip.go().end is End.DONE
    assert office.post.recipients() == Counter(numbered(61))


@pytest.mark.parametrize(("number", "every", "stops"), [(4, 1, 3), (9, 2, 5), (3, 3, 0), (1, 1, 0)])
def test_a_short_list_does_not_lose_more_than_half_of_itself(
    sail: Sail, office: Office, number: int, every: int, stops: int
) -> None:
    people, gone = _mixed(office, number, every)
    trip = sail(people)
    done = trip.go()
    assert (done.end is End.REFUSED) == bool(stops)
    assert len(trip.register.proposals()) == stops
    assert trip.suppressed() == (set() if stops else gone)


@pytest.mark.parametrize("said", ABOUT_ADDRESSES.values(), ids=ABOUT_ADDRESSES)
def test_a_server_that_knows_nobody_any_more_is_not_believed(
    storm: Callable[[str], Voyage], office: Office, said: str
) -> None:
    trip = storm(said)
    done = trip.go()
    assert done.end is End.REFUSED
    assert "axtra envoi reprendre e --garder" in done.text
    assert trip.states() == {"accepte": 11, "refuse": IN_A_ROW, "a_envoyer": 50 - IN_A_ROW}
    assert trip.suppressed() == set()
    proposed = trip.register.proposals("e")
    assert [said[:9] in one.detail for one in proposed] == [True] * IN_A_ROW
    assert "retour" not in _events(trip, proposed[0].address)  # it says nothing of this person
    office.post.ends = ""
    assert _decide(trip, Decision.KEEP) == IN_A_ROW
    assert trip.go().end is End.DONE
    assert office.post.recipients() == Counter(numbered(61))
    assert trip.suppressed() == set()
    assert trip.register.proposals() == ()


def test_a_fault_that_lasts_stops_the_run_again_and_still_removes_nobody(
    storm: Callable[[str], Voyage], office: Office
) -> None:
    trip = storm(ABOUT_ADDRESSES["recipient table"])
    trip.go()
    for _ in range(4):
        _decide(trip, Decision.KEEP)
        assert trip.go().end is End.REFUSED
        assert trip.suppressed() == set()
    office.post.ends = ""
    _decide(trip, Decision.KEEP)
    assert trip.go().end is End.DONE
    assert office.post.recipients() == Counter(numbered(61))


def test_who_is_removed_by_a_decision_comes_back_by_the_edition(
    storm: Callable[[str], Voyage], office: Office
) -> None:
    trip = storm(ABOUT_ADDRESSES["recipient table"])
    trip.go()
    proposed = {one.address for one in trip.register.proposals("e")}
    assert _decide(trip, Decision.REMOVE) == IN_A_ROW
    assert trip.suppressed() == proposed
    assert trip.go().end is End.REFUSED  # the fault lasts: five more are proposed, not removed
    assert trip.suppressed() == proposed
    assert len(trip.register.proposals("e")) == IN_A_ROW
    office.post.ends = ""
    _decide(trip, Decision.KEEP)
    assert trip.go().end is End.DONE
    assert trip.states() == {"accepte": 61 - IN_A_ROW, "refuse": IN_A_ROW}
    assert {one.address for one in trip.register.reinstate_edition("e", MOMENT)} == proposed


@pytest.mark.parametrize("decision", [Decision.REMOVE, Decision.KEEP])
def test_an_old_list_goes_through_with_one_decision(
    sail: Sail, office: Office, decision: Decision
) -> None:
    people, gone = _mixed(office, 300, 20)  # 15 are gone, 5 in a hundred
    trip = sail(people)
    done = trip.go()
    assert done.end is End.REFUSED
    assert "3\u00a0%" in done.text
    assert trip.suppressed() == set()
    assert len(trip.register.proposals("e")) == 10
    assert _decide(trip, decision) == 10
    assert trip.go().end is End.DONE
    assert trip.states() == {"accepte": 285, "refuse": 15}
    assert trip.suppressed() == (gone if decision is Decision.REMOVE else set())
    assert trip.register.proposals() == ()
    assert trip.go().end is End.DONE


def test_a_few_wrong_addresses_are_suppressed_with_their_reason(sail: Sail, office: Office) -> None:
    people, gone = _mixed(office, 100, 40)  # 3 are gone
    trip = sail(people)
    assert trip.go().end is End.DONE
    assert trip.suppressed() == gone
    assert trip.register.proposals() == ()
    for one in gone:
        known = trip.register.suppressed(one)
        assert known
        assert "5.1.1" in known.detail
        assert known.edition
        assert "retour" in _events(trip, one)


def test_the_first_ones_wait_until_the_brake_is_out_of_the_question(
    sail: Sail, office: Office
) -> None:
    trip = sail(_mixed(office, 100, 40)[0])
    assert trip.go(per_day=50).end is End.DAY
    assert trip.suppressed() == set()
    assert [one.removal for one in trip.ledger.lines("e") if one.removal] == ["tenu"] * 2
    trip.present += 86_400
    assert trip.go(per_day=45).end is End.DAY  # too few are left for the brake
    assert len(trip.suppressed()) == 3
    trip.present += 86_400
    assert trip.go().end is End.DONE


def test_a_share_that_is_reached_over_several_runs_stops_the_last(
    sail: Sail, office: Office
) -> None:
    trip = sail(_mixed(office, 120, 12)[0])  # 10 are gone, and too many
    assert trip.go(per_day=60).end is End.DAY
    trip.present += 86_400
    assert trip.go().end is End.REFUSED
    assert trip.suppressed() == set()
    assert len(trip.register.proposals("e")) == 10


def test_refusals_without_a_proof_in_a_row_are_sent_again(
    storm: Callable[[str], Voyage], office: Office
) -> None:
    trip = storm("550 5.1.0 address rejected")
    done = trip.go()
    assert done.end is End.REFUSED
    assert "axtra envoi reprendre e" in done.text
    assert trip.states() == {"accepte": 11, "a_envoyer": 50}
    office.post.ends = ""
    assert trip.go().end is End.DONE
    assert office.post.recipients() == Counter(numbered(61))


def test_who_is_refused_again_after_a_pause_ends_as_refused(sail: Sail, office: Office) -> None:
    office.post.says = {"revoir": "550 5.1.0 address rejected"}
    trip = sail([*numbered(10), *numbered(8, "revoir")])
    ends = [trip.go().end for _ in range(3)]
    assert End.DONE in ends
    assert trip.states() == {"accepte": 10, "refuse": 8}
    assert trip.suppressed() == set()


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
    sail: Sail, office: Office, said: str, state: str, noted: str | None
) -> None:
    office.post.says = {"elle": said}
    trip = sail([*numbered(3), "elle-0@exemple.test"])
    trip.go()
    line = next(one for one in trip.ledger.lines("e") if one.address.startswith("elle"))
    assert line.state == state
    assert line.reason.startswith(said[:20])
    assert trip.suppressed() == ({line.address} if noted == "adresse-inexistante" else set())
    person = trip.register.find(line.address)
    assert person
    facts = [one.detail for one in trip.register.history(person.id) if one.event == "retour"]
    assert [one.split()[0] for one in facts] == ([noted] if noted else [])


def test_who_closed_their_door_to_us_ends_as_refused_after_some_runs(
    sail: Sail, office: Office
) -> None:
    office.post.says = {"groupe": "550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup"}
    trip = sail([*numbered(3), *numbered(1, "groupe")])
    for _ in range(run.MOST_STRIKES - 1):
        assert trip.go().end is End.DONE
        assert trip.states() == {"accepte": 3, "a_envoyer": 1}
    trip.go()
    assert trip.states() == {"accepte": 3, "refuse": 1}
    assert trip.suppressed() == set()


def test_full_mailboxes_in_a_row_stop_the_run_once(
    storm: Callable[[str], Voyage], office: Office
) -> None:
    trip = storm("552 5.2.2 quota of the recipient")
    assert trip.go().end is End.REFUSED
    assert trip.states() == {"accepte": 11, "differe": IN_A_ROW, "a_envoyer": 50 - IN_A_ROW}
    office.post.ends = ""
    trip.go()
    trip.present += run.FULL_MAILBOX + 1
    assert trip.go().end is End.DONE
    assert office.post.recipients() == Counter(numbered(61))


def test_one_sick_connection_among_sound_ones_is_enough(sail: Sail) -> None:
    trip = sail(numbered(20))
    stops = Brakes("e", trip.ledger, trip.register, lambda: MOMENT)
    waiting = trip.ledger.waiting("e")
    gone = Reply(Phase.RCPT, int(GONE[:3]), GONE[4:])
    for sound, sick in zip(waiting[:5], waiting[5:10], strict=True):
        assert not stops.text
        trip.ledger.settle(sick, State.REFUSED, GONE, removal=stops.removal(sick, gone.fate))
        stops.answered("sick", sick, gone)
        stops.answered("sound", sound, Reply(Phase.DATA, 250, "ok"))
    assert stops.text


def test_a_run_that_dies_before_its_end_loses_no_proposal(
    storm: Callable[[str], Voyage], monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_words: object, **_more: object) -> None:
        raise KeyboardInterrupt

    trip = storm(GONE)
    monkeypatch.setattr(Brakes, "end", die)
    with pytest.raises(KeyboardInterrupt):
        trip.go()
    assert trip.ledger.decision("e") is Decision.OPEN
    assert trip.register.proposals("e") == ()
    assert _decide(trip, Decision.REMOVE) == IN_A_ROW
    assert len(trip.suppressed()) == IN_A_ROW


def test_a_clock_that_goes_backwards_leaves_nobody_out(sail: Sail) -> None:
    trip = sail(numbered(10))
    trip.present -= 30 * 86_400
    assert trip.go().end is End.DONE
    assert trip.states() == {"accepte": 10}
