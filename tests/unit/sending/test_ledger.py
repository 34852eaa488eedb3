"""The ledger: seven states that always sum to the candidates, one sender, nobody twice."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import astuple, replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from axtra.sending.frozen_editions import BOOK, BusyError
from axtra.sending.ledger import Ledger
from axtra.sending.ledger_records import MessageState
from axtra.subscribers import Excluded, FolderError, Recipient
from axtra.subscribers.database import open_base
from axtra.subscribers.signed_tokens import rotate
from support.sample_ledger import MOMENT, TERMS, make_ledger, recipients

pytestmark = pytest.mark.bases


def _freeze(ledger: Ledger, *names: str, liste: str = "membres", prefix: str = "") -> int:
    people = recipients(*(f"{prefix}{name}" for name in names))
    frozen = ledger.freeze("edition", liste, "h2", b"autre", TERMS, {}, people, (), MOMENT)
    return frozen.recipients


def test_candidates_are_frozen_and_counted_with_those_who_are_excluded(tmp_path: Path) -> None:
    excluded = [Excluded("parti@exemple.test", "désabonnement de cette liste")]
    with make_ledger(tmp_path, recipients("a", "b"), excluded=excluded) as ledger:
        counts = ledger.counts("edition")
        assert (counts[MessageState.TO_SEND], counts[MessageState.EXCLUDED]) == (2, 1)
        assert set(counts) == set(MessageState)
        assert [line.address for line in ledger.lines("edition")] == [
            "a@exemple.test", "b@exemple.test", "parti@exemple.test",
        ]  # fmt: skip


def test_what_never_left_gives_way_to_what_is_frozen_again(tmp_path: Path) -> None:
    with make_ledger(tmp_path, recipients("a", "b"), departed=False) as ledger:
        assert _freeze(ledger, "b", "c", prefix="") == 2
        assert {line.address for line in ledger.lines("edition")} == {
            "b@exemple.test",
            "c@exemple.test",
        }


def test_what_is_on_its_way_cannot_be_frozen_again(tmp_path: Path) -> None:
    with make_ledger(tmp_path, recipients("a", "b")) as ledger:
        with pytest.raises(BusyError, match="est commencé"):
            _freeze(ledger, "c")
        assert ledger.counts("edition")[MessageState.TO_SEND] == 2


def test_who_has_an_edition_is_no_candidate_for_it_again(tmp_path: Path) -> None:
    with make_ledger(tmp_path, recipients("a", "b")) as ledger:
        for value, state in zip(
            ledger.waiting("edition"), (MessageState.ACCEPTED, MessageState.UNSURE), strict=True
        ):
            ledger.claim(value)
            ledger.settle(value, state)
        with pytest.raises(BusyError, match="plus personne"):
            _freeze(ledger, "a", "B", liste="partenaires")
        assert _freeze(ledger, "a", "c", liste="partenaires", prefix="") == 1
        counts = ledger.counts("edition")
        assert (
            counts[MessageState.ACCEPTED],
            counts[MessageState.UNSURE],
            counts[MessageState.TO_SEND],
        ) == (1, 1, 1)


def test_a_message_is_claimed_once(tmp_path: Path) -> None:
    with make_ledger(tmp_path, recipients("a")) as ledger:
        (value,) = ledger.waiting("edition")
        assert ledger.claim(value)
        assert not ledger.claim(value)
        ledger.settle(value, MessageState.ACCEPTED)
        assert not ledger.claim(value)


def test_one_process_sends_at_a_time_and_a_dead_one_holds_nothing(tmp_path: Path) -> None:
    script = (
        "import os, sys, pathlib; from axtra.sending.ledger import Ledger\n"
        "ledger = Ledger.open(pathlib.Path(sys.argv[1]))\n"
        "ledger.begin(0)  # in a shared base, a lease that ends at once\n"
        "with ledger.alone():\n"
        "    ledger.claim(ledger.waiting('edition')[0])\n"
        "    print('pris', flush=True)\n"
        "    sys.stdin.read()\n"
    )
    with make_ledger(tmp_path, recipients("a", "b")) as ledger:
        other = subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        with other:
            assert other.stdout
            assert other.stdout.readline() == b"pris\n"
            with pytest.raises(BusyError), ledger.alone():
                pass
            other.kill()
        with ledger.alone(5) as orphans:  # a server takes a moment to hear of it
            assert orphans == 1
        (unsure,) = ledger.doubts()
        assert unsure.folded == "a@exemple.test"


def test_an_erased_person_leaves_a_mark_and_the_counts_as_they_were(tmp_path: Path) -> None:
    with make_ledger(tmp_path, recipients("a", "b")) as ledger:
        assert ledger.erase("A@exemple.test", "f" * 64)
        assert not ledger.erase("a@exemple.test", "f" * 64)
        assert sum(ledger.counts("edition").values()) == 2
        assert ledger.counts("edition")[MessageState.EXCLUDED] == 1
        assert [value.recipient.address for value in ledger.waiting("edition")] == [
            "b@exemple.test"
        ]


@pytest.mark.fichiers
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from(MessageState)), max_size=25))
def test_whatever_happens_the_states_sum_to_the_candidates(
    tmp_path_factory: pytest.TempPathFactory, events: list[tuple[int, MessageState]]
) -> None:
    folder = tmp_path_factory.mktemp("registre")
    with make_ledger(folder, recipients(*"abcdef")) as ledger:
        people = ledger.waiting("edition")
        for index, state in events:
            if ledger.claim(people[index]):
                assert sum(ledger.counts("edition").values()) == 6
                ledger.settle(people[index], state)
            assert sum(ledger.counts("edition").values()) == 6
        with ledger.alone():
            counts = ledger.counts("edition")
        assert counts[MessageState.FLYING] == 0
        assert sum(counts.values()) == 6


def _frozen_people(ledger: Ledger) -> None:
    people = [Recipient("a" * 26, "zoe@exemple.test", "Zoé"), Recipient("b" * 26, "a@b.test", "")]
    ledger.depart(
        ledger.freeze("edition", "membres", "h", b"", TERMS, {}, people, (), MOMENT), MOMENT
    )


def test_what_a_message_holds_of_a_person_is_the_same_after_another_key_signs(
    tmp_path: Path,
) -> None:
    with Ledger.open(tmp_path) as ledger:
        _frozen_people(ledger)
        before = ledger.waiting("edition")
        kept = ledger.base.execute("SELECT message_id, link, envelope FROM recipients").fetchall()
        assert {tuple(row) for row in kept} == {("", "", "")}
    rotate(tmp_path, MOMENT)
    with Ledger.open(tmp_path) as ledger:
        assert ledger.waiting("edition") == before
        assert [ledger.keys.read_link(value.recipient.link) for value in before] == [
            ("b" * 26, "membres"), ("a" * 26, "membres"),
        ]  # fmt: skip
        ledger.claim(before[0])
        ledger.settle(before[0], MessageState.UNSURE)
        (doubt,) = ledger.doubts()
        assert doubt.message_id == before[0].recipient.message_id


def test_without_the_key_that_signed_nothing_leaves(tmp_path: Path) -> None:
    with Ledger.open(tmp_path) as ledger:
        _frozen_people(ledger)
    (tmp_path / "cles-signature").unlink()
    with Ledger.open(tmp_path) as ledger, pytest.raises(FolderError, match="cles-signature"):
        ledger.waiting("edition")


@pytest.mark.fichiers
def test_what_an_older_version_froze_keeps_what_its_rows_hold(tmp_path: Path) -> None:
    older = replace(BOOK, migrations=BOOK.migrations[:6])
    base = open_base(tmp_path, older)
    base.execute(
        "INSERT INTO freezes VALUES (1, 'edition', 'membres', 'h', x'', ?, '{}', ?, 2, NULL, ?)",
        ('{"siteurl": "", "door": "", "returns": "", "domain": "d.test"}', *["2026-03-02"] * 2),
    )
    people = recipients("b", "a")
    base.executemany(
        "INSERT INTO recipients (edition, folded, freeze, address, first_name, person, message_id,"
        " link, envelope, state) VALUES ('edition', ?, 1, ?, ?, ?, ?, ?, ?, 'a_envoyer')",
        [(person.address, *astuple(person)) for person in people],
    )
    base.close()
    with Ledger.open(tmp_path) as ledger:
        assert [value.recipient for value in ledger.waiting("edition")] == people[::-1]
