"""Who is suppressed, proposed for it, or written to again: each with why, none by surprise."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path

import pytest

from axtra.subscribers import Basis, Consent, Reason, Register
from axtra.subscribers.signed_tokens import edition_tag
from infolettre.core.dates import ZONE

pytestmark = pytest.mark.bases

NOW = datetime(2026, 12, 2, 9, tzinfo=ZONE)
LATER = NOW + timedelta(days=1)
EDITION = "2026-12-02"
SAID = "550 5.1.1 <a@exemple.test>: user unknown"


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    with Register.open(tmp_path / "donnees") as value:
        for name in "abc":
            consent = Consent(Basis.EXPRESS, NOW, "essai", "essai")
            value.add("membres", f"{name}@exemple.test", consent, NOW)
        yield value


def written_to(register: Register) -> str:
    return "".join(recipient.address[0] for recipient in register.recipients("membres", LATER)[0])


def events(register: Register, name: str) -> list[tuple[str, str]]:
    person = register.find(f"{name}@exemple.test")
    assert person
    return [(value.event, value.detail) for value in register.history(person.id)][2:]


def propose(register: Register, names: str, edition: str = EDITION) -> list[bool]:
    return [
        register.propose(f"{name}@exemple.test", Reason.ADDRESS, NOW, edition=edition, detail=SAID)
        for name in names
    ]


def test_a_proposal_waits_for_a_decision(register: Register) -> None:
    assert propose(register, "abz") == [True, True, False]
    assert propose(register, "a") == [False]
    assert written_to(register) == "abc"
    assert [proposal.address for proposal in register.proposals(EDITION)] == [
        "a@exemple.test",
        "b@exemple.test",
    ]
    told = f"adresse-inexistante, édition {EDITION} : 550 5.1.1 <…>: user unknown"
    assert events(register, "a") == [("retrait proposé", told)]


@pytest.mark.parametrize("known_as", [EDITION, edition_tag(EDITION)])
def test_an_edition_is_found_by_its_name_or_by_its_mark(register: Register, known_as: str) -> None:
    stamp = register.keys.read_envelope(register.keys.envelope("a" * 26, EDITION))
    assert stamp
    propose(register, "a", stamp.edition)
    propose(register, "b", EDITION)
    propose(register, "c", "2026-12-16")
    assert len(register.proposals(known_as)) == 2
    assert len(register.accept_proposals(known_as, LATER)) == 2
    assert written_to(register) == "c"
    assert len(register.reinstate_edition(known_as, LATER)) == 2
    assert [proposal.edition for proposal in register.proposals()] == [edition_tag("2026-12-16")]


def test_accepting_suppresses_with_the_reason_and_dropping_suppresses_nobody(
    register: Register,
) -> None:
    propose(register, "a")
    propose(register, "b", "2026-12-16")
    assert len(register.accept_proposals(EDITION, LATER)) == 1
    assert len(register.drop_proposals("2026-12-16", LATER)) == 1
    assert written_to(register) == "bc"
    assert register.proposals() == ()
    assert register.accept_proposals(EDITION, LATER) == ()
    was = register.suppressed("a@exemple.test")
    assert was
    assert (was.reason, was.since, was.edition) == (Reason.ADDRESS, LATER, edition_tag(EDITION))
    assert was.detail == "550 5.1.1 <…>: user unknown"
    assert events(register, "b")[-1][0] == "retrait écarté"


def test_what_a_person_decided_changes_what_is_counted(register: Register) -> None:
    register.suppress("a@exemple.test", Reason.ADDRESS, NOW, edition=EDITION)
    propose(register, "b")
    before = register.standing(EDITION)
    assert (before.proposed, before.removed, before.distrusted) == (1, 1, False)
    register.accept_proposals(EDITION, NOW)
    after = register.standing(EDITION)
    assert (after.proposed, after.removed, after.distrusted) == (0, 0, False)
    propose(register, "c")
    register.drop_proposals(EDITION, LATER)
    assert register.standing(EDITION).distrusted


def test_an_edition_brings_back_only_those_it_removed_for_their_address(
    register: Register,
) -> None:
    register.suppress("a@exemple.test", Reason.ADDRESS, NOW, edition=EDITION, detail=SAID)
    register.suppress("b@exemple.test", Reason.COMPLAINT, NOW, edition=EDITION)
    register.suppress("c@exemple.test", Reason.ADDRESS, NOW, edition="2026-12-16")
    register.suppress("d@exemple.test", Reason.ADDRESS, NOW, edition=EDITION)  # nobody we know
    back = register.reinstate_edition(EDITION, LATER)
    assert [(reinstated.address, reinstated.lists) for reinstated in back] == [
        ("", ()),
        ("a@exemple.test", ("membres",)),
    ]
    assert written_to(register) == "a"
    assert events(register, "a")[-1][0] == "rétablissement"
    assert register.reinstate_edition(EDITION, LATER) == ()


@pytest.mark.parametrize("later", [Reason.UNSUBSCRIBED, Reason.COMPLAINT, Reason.ERASED])
def test_what_a_person_wants_outlives_what_their_server_said(
    register: Register, later: Reason
) -> None:
    for first, second in ((Reason.ADDRESS, later), (later, Reason.ADDRESS)):
        address = f"{first}@exemple.test"
        register.suppress(address, first, NOW, edition=EDITION)
        register.suppress(address, second, NOW, edition=EDITION)
        assert register.suppression(address) is later
    assert register.reinstate_edition(EDITION, LATER) == ()


@pytest.mark.parametrize("reason", list(Reason))
def test_an_address_may_be_written_to_again_unless_it_was_erased(
    register: Register, reason: Reason
) -> None:
    register.suppress("a@exemple.test", reason, NOW, edition=EDITION, detail=SAID)
    back = register.reinstate("A@exemple.test", LATER)
    if reason is Reason.ERASED:
        assert back is None
        assert register.suppression("a@exemple.test") is Reason.ERASED
        return
    assert back
    assert back.was.reason is reason
    assert not register.is_suppressed("a@exemple.test")
    own = reason is not Reason.ADDRESS  # who left or complained is not subscribed by us
    assert (back.lists, "a" in written_to(register)) == ((), False) if own else (("membres",), True)
    assert register.reinstate("a@exemple.test", LATER) is None


def test_erasing_or_confirming_ends_a_proposal(register: Register) -> None:
    propose(register, "ab")
    register.erase("a@exemple.test", NOW)
    pending = register.ask("b@exemple.test", "", ["membres"], NOW)
    assert pending
    register.confirm(pending, NOW)
    assert register.proposals() == ()


def test_an_erasure_keeps_neither_edition_nor_detail(register: Register) -> None:
    register.suppress("a@exemple.test", Reason.ADDRESS, NOW, edition=EDITION, detail=SAID)
    register.erase("a@exemple.test", NOW)
    was = register.suppressed("a@exemple.test")
    assert was
    assert (was.reason, was.edition, was.detail) == (Reason.ERASED, "", "")


@pytest.mark.fichiers
def test_a_register_of_before_keeps_its_suppressions(tmp_path: Path) -> None:
    folder = tmp_path / "donnees"
    folder.mkdir()
    with Register.open(tmp_path / "cles") as other:
        mark = other.keys.mark("a@exemple.test")
    for key in ("cles-signature", "cle-empreintes"):
        (folder / key).write_bytes((tmp_path / "cles" / key).read_bytes())
    with sqlite3.connect(folder / "abonnes.sqlite3") as db:
        db.executescript(files("axtra.subscribers").joinpath("schema.sql").read_text("utf-8"))
        db.execute(
            "INSERT INTO suppressions VALUES (?, 'plainte', '2026-01-01T00:00:00+00:00')", (mark,)
        )
        db.execute("PRAGMA user_version=1")
    db.close()
    with Register.open(folder) as register:
        was = register.suppressed("a@exemple.test")
        assert was
        assert (was.reason, was.edition, was.detail) == (Reason.COMPLAINT, "", "")
