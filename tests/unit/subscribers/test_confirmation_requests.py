"""The requests to subscribe, and the queue of their mails."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path

import pytest

from axtra.subscribers import PENDING_DAYS, ClaimedRequest, Register
from infolettre.core.dates import ZONE

pytestmark = pytest.mark.bases

NOW = datetime(2026, 3, 1, 9, tzinfo=ZONE)


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    """Open a register in a new folder."""
    with Register.open(tmp_path / "donnees") as register:
        yield register


def asked(register: Register, address: str = "a@exemple.test", moment: datetime = NOW) -> str:
    identity = register.ask(address, "Léa", ["membres"], moment)
    assert identity
    return identity


def claimed(register: Register, moment: datetime = NOW) -> ClaimedRequest:
    value = register.claim_mail(moment)
    assert value
    return value


def test_a_mail_is_claimed_once_the_oldest_first(register: Register) -> None:
    later = NOW + timedelta(seconds=1)
    ids = [asked(register), asked(register, "b@exemple.test", later)]
    assert [claimed(register, later).id for _ in ids] == ids
    assert register.claim_mail(later) is None


def test_a_mail_that_left_is_not_sent_again(register: Register) -> None:
    asked(register)
    register.mail_left(claimed(register))
    register.release_mails()
    assert register.claim_mail(NOW + timedelta(days=1)) is None


def test_what_a_dead_sender_left_in_flight_is_sent_by_the_next(register: Register) -> None:
    identity = asked(register)
    dead = claimed(register)
    register.release_mails()
    again = claimed(register)
    assert (again.id, again.attempts) == (identity, 2)
    register.mail_left(dead)  # it was not dead: the claim is another's all the same
    register.release_mails()
    assert claimed(register).attempts == 3


def test_a_mail_is_tried_less_and_less_often_for_a_day(register: Register) -> None:
    asked(register)
    moment, waits = NOW, list[timedelta]()
    value = claimed(register)
    while register.mail_failed(value, moment):
        before, found = moment, None
        while found is None:
            moment += timedelta(minutes=1)
            found = register.claim_mail(moment)
        value = found
        waits.append(moment - before)
    assert waits == sorted(waits)
    assert waits[0] == timedelta(minutes=1)
    assert timedelta(hours=23) < moment - NOW < timedelta(hours=25)
    assert register.claim_mail(moment + timedelta(days=2)) is None
    asked(register, moment=moment)  # and the form may be filled in again


def test_a_mail_that_may_have_left_is_tried_once_more(register: Register) -> None:
    identity = asked(register)
    assert register.mail_failed(claimed(register), NOW, unsure=True)
    much_later = NOW + timedelta(hours=9)
    assert not register.mail_failed(claimed(register, much_later), much_later, unsure=True)
    assert register.claim_mail(NOW + timedelta(days=3)) is None
    assert register.confirm(identity, much_later)  # its link works, if it came


def test_while_a_mail_waits_the_last_request_counts(register: Register) -> None:
    identity = asked(register)
    assert register.ask("A@exemple.test", "Zoé", ["membres", "presse"], NOW) is None
    value = claimed(register)
    assert (value.id, value.first_name, value.lists) == (identity, "Zoé", ("membres", "presse"))
    assert register.claim_mail(NOW) is None


def test_who_confirmed_or_was_erased_gets_no_other_mail(register: Register) -> None:
    confirmed, _ = asked(register), asked(register, "b@exemple.test")
    first, second = claimed(register), claimed(register)
    register.confirm(confirmed, NOW)
    register.erase("b@exemple.test", NOW)
    for value in (first, second):
        register.mail_failed(value, NOW)
    register.release_mails()
    assert register.claim_mail(NOW + timedelta(days=1)) is None


def test_a_request_that_is_too_old_is_forgotten_and_not_sent(register: Register) -> None:
    identity = asked(register)
    assert register.claim_mail(NOW + timedelta(days=PENDING_DAYS, seconds=1)) is None
    assert register.pending(identity) is None


@pytest.mark.fichiers
def test_what_was_asked_before_there_was_a_queue_is_kept_and_not_sent(tmp_path: Path) -> None:
    script = files("axtra.subscribers").joinpath("schema.sql").read_text("utf-8")
    with closing(sqlite3.connect(tmp_path / "abonnes.sqlite3")) as db:
        db.executescript(script)
        row = ("x" * 26, "marque", "a@exemple.test", "", "membres", "2026-03-01T14:00:00+00:00", "")
        db.execute("INSERT INTO pending VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        db.execute("PRAGMA user_version=1")
        db.commit()
    with Register.open(tmp_path) as register:
        assert register.claim_mail(NOW) is None
        assert register.confirm("x" * 26, NOW)


def test_a_mailbox_is_one_whatever_its_tag(register: Register) -> None:
    asked(register, "zoe@exemple.test")
    for other in ("zoe+1@exemple.test", "Zoe+a+b@EXEMPLE.test", "zoe+@exemple.test"):
        assert register.ask(other, "", ["membres"], NOW + timedelta(minutes=5)) is None
    asked(register, "zo.e@exemple.test")  # dots tell people apart, except at Gmail
    asked(register, "z.oe@gmail.com")
    assert register.ask("zoe+1@googlemail.com", "", ["membres"], NOW) is None
    asked(register, "+1@exemple.test")
    asked(register, "+2@exemple.test")


def test_a_request_that_was_confirmed_no_longer_counts(register: Register) -> None:
    assert register.confirm(asked(register), NOW)
    assert register.ask("a@exemple.test", "", ["autre"], NOW + timedelta(minutes=1))
