"""A base that stops, or comes back as it was: nobody who left is written to again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import httpx
import psycopg
import pytest

from axtra.sending.ledger import Ledger
from axtra.sending.ledger_records import MessageState
from axtra.subscribers import Register
from axtra.subscribers.journal.generations import Mismatch
from axtra.subscribers.register.records import Reason
from infolettre.core.dates import ZONE
from support import door_service
from support.postgresql_server import PostgresServer, postgresql_server
from support.sample_ledger import MOMENT, TERMS, recipients
from support.service_processes import LIST, subscribed, wait_until

pytestmark = [pytest.mark.lourd, pytest.mark.postgresql]

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture(scope="module")
def base() -> Iterator[PostgresServer]:
    """Run a server that a test may kill."""
    with postgresql_server() as server:
        yield server


def _active(folder: Path) -> set[str]:
    with Register.open(folder) as register:
        return {who.person.address for who in register.subscriptions(LIST) if who.active}


def test_who_leaves_while_the_base_is_away_has_left_once_it_is_back(
    tmp_path: Path, base: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    base.empty()
    monkeypatch.setenv("AXTRA_BASE", base.address)
    folder = tmp_path / "donnees"
    by_mail, by_page, stays = subscribed(folder, 3)
    with (
        door_service.opened(folder) as door,
        httpx.Client(base_url=door.address, trust_env=False, timeout=60) as visitor,
    ):
        base.kill()
        try:
            told = visitor.post(f"/desabonnement/{by_mail}", data=ONE_CLICK)
            assert told.status_code == 200
            assert "est noté" in told.text
            page = visitor.get(f"/desabonnement/{by_page}")
            assert "Me désabonner" in page.text
            assert "est noté" in door_service.press(visitor, page).text
            assert visitor.post("/desabonnement/faux", data=ONE_CLICK).status_code == 404
            later = visitor.post(f"/preferences/{stays}", data={"liste": "rien"})
            assert (later.status_code, later.headers["Retry-After"]) == (503, "60")
        finally:
            base.start()
        notes = list(folder.glob("depart-*.attente"))
        assert len(notes) == 2
        assert not any("exemple.test" in note.read_text("ascii") for note in notes)
        wait_until(lambda: not list(folder.glob("depart-*.attente")))
    assert _active(folder) == {"personne-2@exemple.test"}


@dataclass
class TwoPosts:
    """Two machines that share a base, each with its data folder and journal."""

    first: Path
    second: Path
    base: PostgresServer

    def restored(self, name: str) -> str:
        """Copy the base as it is now; return the address under which it would be restored."""
        with psycopg.connect(self.base.address.replace("/postgres?", "/template1?")) as session:
            session.autocommit = True
            session.execute(f'DROP DATABASE IF EXISTS "{name}"')
            session.execute(
                "SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity"
                " WHERE datname = 'postgres'"
            )
            session.execute(f'CREATE DATABASE "{name}" TEMPLATE postgres')
        return self.base.address.replace("/postgres?", f"/{name}?")


@pytest.fixture
def posts(tmp_path: Path, base: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> TwoPosts:
    base.empty()
    monkeypatch.setenv("AXTRA_BASE", base.address)
    made = TwoPosts(tmp_path / "un", tmp_path / "deux", base)
    subscribed(made.first, 5)
    made.second.mkdir()
    for name in ("cles-signature", "cle-empreintes"):
        shutil.copy(made.first / name, made.second / name)
    return made


def _leave(folder: Path, number: int) -> None:
    with Register.open(folder) as register:
        person = register.find(f"personne-{number}@exemple.test")
        assert person
        register.unsubscribe(person.id, LIST, datetime.now(ZONE), "essai")


@pytest.mark.parametrize("order", ["first second", "second first"])
def test_a_restored_base_learns_who_left_from_the_journal_of_each_machine(
    posts: TwoPosts, monkeypatch: pytest.MonkeyPatch, order: str
) -> None:
    _leave(posts.second, 0)  # whose journal is known to the base
    now = datetime.now(ZONE)
    address = posts.restored("avant")
    _leave(posts.second, 1)
    with Register.open(posts.second) as register:
        register.suppress("personne-2@exemple.test", Reason.COMPLAINT, now)
    for _ in range(3):  # the numbers of the first end above those of the second
        with Register.open(posts.first) as register:
            register.suppress("personne-3@exemple.test", Reason.COMPLAINT, now)
            register.reinstate("personne-3@exemple.test", now)
    _leave(posts.first, 4)
    monkeypatch.setenv("AXTRA_BASE", address)
    for name in order.split():
        with Register.open(getattr(posts, name)) as register:
            if register.mismatch:
                assert register.adopt() in Mismatch
    with Register.open(posts.first) as register:
        assert register.mismatch is None
        kept, left = register.recipients(LIST, datetime.now(ZONE))
        assert {who.address for who in kept} <= {"personne-3@exemple.test"}
        assert len(left) == 5 - len(kept)


def test_a_machine_that_comes_back_after_others_were_busy_undoes_nothing(posts: TwoPosts) -> None:
    """Whoever left by one machine and came back by another stays."""
    _leave(posts.second, 0)
    with Register.open(posts.first) as register, register.together() as db:
        db.execute("UPDATE subscriptions SET active = 1")
    with Register.open(posts.second) as register:
        assert not register.replayed
    assert "personne-0@exemple.test" in _active(posts.second)


def test_what_another_machine_sent_since_is_in_doubt_in_a_restored_base(
    posts: TwoPosts, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Ledger.open(posts.first) as ledger:
        people = recipients("a", "b")
        frozen = ledger.freeze("e", LIST, "h", b"", TERMS, {}, people, (), MOMENT)
        ledger.depart(frozen, MOMENT)
        ledger.set_out("e")
    address = posts.restored("avant-envoi")
    with Ledger.open(posts.second) as ledger:
        ledger.begin(30)
        message = ledger.waiting("e")[0]
        assert ledger.claim(message)
        ledger.settle(message, MessageState.ACCEPTED)
        ledger.tell_progress("e", last=True)
    with Ledger.open(posts.first) as ledger:  # so that its own journal is ahead, of something else
        ledger.advance()
    monkeypatch.setenv("AXTRA_BASE", address)
    with Ledger.open(posts.first) as ledger:
        assert ledger.mismatch
        ledger.adopt()
        assert ledger.counts("e")[MessageState.UNSURE] == 2
        assert not ledger.waiting("e")
