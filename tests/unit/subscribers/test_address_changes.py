"""A change of address: confirmed by both, taken back by nobody's old file, and private."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from axtra.subscribers import PENDING_DAYS, Basis, ClaimedRequest, Consent, Reason, Register
from infolettre.core.dates import ZONE
from infolettre.core.refusals import Refusal

pytestmark = pytest.mark.bases

NOW = datetime(2026, 3, 1, 9, tzinfo=ZONE)
LIST, OLD, NEW = "membres", "zoe@exemple.test", "roy@exemple.test"
CONSENT = Consent(Basis.EXPRESS, NOW, "adhésion", "feuille 3")


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    """Open a register with one person."""
    with Register.open(tmp_path / "donnees") as register:
        register.add(LIST, OLD, CONSENT, NOW, first_name="Zoé")
        yield register


def ask(register: Register, new: str = NEW, moment: datetime = NOW, *, dead: bool = False) -> None:
    person = register.find(OLD)
    assert person
    register.ask_change(person, new, moment, "par téléphone", dead=dead)


def mails(register: Register, moment: datetime = NOW) -> dict[str, ClaimedRequest]:
    claimed = (register.claim_mail(moment) for _ in range(3))
    return {mail.side: mail for mail in claimed if mail}


def written_to(register: Register) -> list[str]:
    return [person.address for person in register.recipients(LIST, NOW)[0]]


def test_consents_history_and_links_stay(register: Register) -> None:
    before = register.find(OLD)
    ask(register)
    for mail in mails(register).values():
        assert mail.lists == ()
        register.confirm(mail.id, NOW)
    after = register.find(NEW)
    assert before
    assert after
    assert (after.id, after.first_name) == (before.id, "Zoé")
    assert [held.consent for held in register.subscriptions(LIST)] == [CONSENT]
    assert [fact.event for fact in register.history(after.id)][-1] == "changement d’adresse"


def test_a_second_request_takes_the_place_of_the_first(register: Register) -> None:
    ask(register, "autre@exemple.test", dead=True)
    first = mails(register)["nouvelle"]
    ask(register, dead=True)
    assert register.confirm(first.id, NOW) is None
    register.confirm(mails(register)["nouvelle"].id, NOW)
    assert written_to(register) == [NEW]


def test_a_mistyped_address_is_asked_again_at_once(register: Register) -> None:
    ask(register, "ryo@exemple.test")
    first = mails(register)
    ask(register, moment=NOW + timedelta(minutes=1))
    again = mails(register, NOW + timedelta(minutes=1))
    assert {*again} == {"nouvelle"}  # the old address has its mail already
    assert register.confirm(first["nouvelle"].id, NOW) is None
    register.confirm(first["ancienne"].id, NOW)
    assert written_to(register) == [OLD]
    register.confirm(again["nouvelle"].id, NOW)
    assert written_to(register) == [NEW]


def test_an_address_taken_meanwhile_is_left_to_whoever_has_it(register: Register) -> None:
    ask(register, dead=True)
    register.add(LIST, NEW, CONSENT, NOW)
    assert register.confirm(mails(register)["nouvelle"].id, NOW) is None
    assert written_to(register) == [NEW, OLD]


def test_an_erasure_forgets_a_change_under_way(register: Register) -> None:
    ask(register)
    asked = mails(register)
    register.erase(OLD, NOW)
    assert all(register.confirm(mail.id, NOW) is None for mail in asked.values())
    assert register.find(NEW) is None
    assert register.requests_of(NEW) == ()


def test_a_change_that_nobody_confirms_is_forgotten(register: Register) -> None:
    ask(register)
    late = NOW + timedelta(days=PENDING_DAYS, hours=1)
    register.purge(late)
    assert mails(register, late) == {}
    assert written_to(register) == [OLD]


def test_the_old_address_gets_nothing_even_of_an_edition_on_its_way(register: Register) -> None:
    person = register.find(OLD)
    assert person
    ask(register, dead=True)
    register.confirm(mails(register)["nouvelle"].id, NOW)
    assert register.refusal(person.id, LIST, NOW, OLD) == "la personne a changé d’adresse"
    assert register.refusal(person.id, LIST, NOW, NEW) == ""


def test_one_mailbox_is_not_written_to_endlessly(register: Register) -> None:
    ask(register)
    with pytest.raises(Refusal, match="vient déjà de recevoir"):
        ask(register, moment=NOW + timedelta(minutes=1))


def test_who_left_is_not_moved(register: Register) -> None:
    register.suppress(OLD, Reason.UNSUBSCRIBED, NOW)
    with pytest.raises(Refusal, match="ne veut plus rien recevoir"):
        ask(register)
