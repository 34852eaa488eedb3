"""The register: consents, lists, suppressions and erasure, on a real SQLite file."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from axtra.subscribers import (
    Basis,
    Consent,
    FolderError,
    ListError,
    Reason,
    Register,
)
from axtra.subscribers.database import SUBSCRIBERS
from axtra.subscribers.register.consent import later
from axtra.subscribers.register.register import AddOutcome
from infolettre.core.dates import ZONE

pytestmark = pytest.mark.bases

NOW = datetime(2026, 3, 1, 9, tzinfo=ZONE)


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    """Open a register in a new folder."""
    with Register.open(tmp_path / "donnees") as register:
        yield register


def express(moment: datetime = NOW) -> Consent:
    return Consent(Basis.EXPRESS, moment, "formulaire", "essai.csv, ligne 2")


def add(
    register: Register, address: str, consent: Consent | None = None, liste: str = "membres"
) -> AddOutcome:
    return register.add(liste, address, consent or express(), NOW, first_name="Zoé")


def addresses(register: Register, moment: datetime = NOW, liste: str = "membres") -> list[str]:
    return [recipient.address for recipient in register.recipients(liste, moment)[0]]


@pytest.mark.fichiers
def test_a_folder_and_its_files_are_private_and_durable(tmp_path: Path) -> None:
    folder = tmp_path / "profond" / "donnees"
    with Register.open(folder) as register:
        add(register, "a@exemple.test")
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
        pragmas = {
            name: register._db.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys", "user_version")
        }
        strict = register._db.execute(
            "SELECT min(strict) FROM pragma_table_list WHERE schema='main'"
            " AND name NOT LIKE 'sqlite_%'"
        )
        assert strict.fetchone()[0] == 1
    assert pragmas == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "user_version": len(SUBSCRIBERS.migrations),
    }


def test_a_folder_open_to_others_is_closed(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    Register.open(tmp_path).close()
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700


@pytest.mark.fichiers
def test_what_is_not_a_register_is_refused_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "abonnes.sqlite3").write_bytes(b"ceci n'est pas une base" * 100)
    with pytest.raises(FolderError, match="Vérifiez"):
        Register.open(tmp_path)
    (tmp_path / "fichier").write_text("")
    with pytest.raises(FolderError, match="AXTRA_DONNEES"):
        Register.open(tmp_path / "fichier")


@pytest.mark.fichiers
def test_a_register_of_a_later_version_is_left_alone(tmp_path: Path) -> None:
    Register.open(tmp_path).close()
    with sqlite3.connect(tmp_path / "abonnes.sqlite3") as db:
        db.execute("PRAGMA user_version=99")
    db.close()
    with pytest.raises(FolderError, match="plus récente"):
        Register.open(tmp_path)


def test_two_processes_may_open_a_new_register_at_once(tmp_path: Path) -> None:
    failed: list[BaseException] = []

    def work(index: int) -> None:
        try:
            with Register.open(tmp_path) as register:
                add(register, f"p{index}@exemple.test")
        except BaseException as error:  # noqa: BLE001 - a thread hands its failure over
            failed.append(error)

    threads = [threading.Thread(target=work, args=(index,)) for index in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with Register.open(tmp_path) as register:
        assert len(addresses(register)) == 6


def test_recipients_and_excluded_are_everyone_each_once(register: Register) -> None:
    add(register, "b@exemple.test")
    add(register, "A@exemple.test")
    assert add(register, "a@EXEMPLE.test") is AddOutcome.KEPT
    add(register, "tacite@exemple.test", Consent(Basis.IMPLIED, NOW, "adhésion", "x"))
    add(register, "parti@exemple.test")
    person = register.find("parti@exemple.test")
    assert person
    register.unsubscribe(person.id, "membres", NOW, "essai")
    late = datetime(2028, 3, 1, 9, tzinfo=ZONE)
    sent, excluded = register.recipients("membres", late)
    assert [value.address for value in sent] == ["A@exemple.test", "b@exemple.test"]
    assert [(person.address, person.reason) for person in excluded] == [
        ("parti@exemple.test", "désabonnement de cette liste"),
        ("tacite@exemple.test", "consentement tacite expiré"),
    ]


@pytest.mark.parametrize(
    ("basis", "day", "ends"),
    [
        (Basis.IMPLIED, datetime(2024, 2, 29, tzinfo=ZONE), datetime(2026, 2, 28, tzinfo=ZONE)),
        (Basis.INQUIRY, datetime(2025, 8, 31, tzinfo=ZONE), datetime(2026, 2, 28, tzinfo=ZONE)),
        (Basis.INQUIRY, datetime(2025, 12, 15, tzinfo=ZONE), datetime(2026, 6, 15, tzinfo=ZONE)),
        (Basis.EXPRESS, datetime(1995, 1, 1, tzinfo=ZONE), None),
    ],
)
def test_an_implied_consent_ends_when_the_law_says(
    basis: Basis, day: datetime, ends: datetime | None
) -> None:
    assert Consent(basis, day, "x", "y").expires == ends


def test_a_consent_is_mailed_until_the_moment_it_ends(register: Register) -> None:
    consent = Consent(Basis.INQUIRY, NOW, "demande", "x")
    add(register, "a@exemple.test", consent)
    ends = later(NOW, 6)
    assert addresses(register, ends - timedelta(seconds=1)) == ["a@exemple.test"]
    assert addresses(register, ends) == []
    assert register.expiring("membres", NOW) == ()
    assert [day.expires for day in register.expiring("membres", ends - timedelta(days=60))] == [
        ends
    ]
    assert register.expiring("membres", ends) == ()


def test_an_express_consent_takes_the_place_of_one_that_ends(register: Register) -> None:
    add(register, "a@exemple.test", Consent(Basis.IMPLIED, NOW, "adhésion", "x"))
    add(register, "a@exemple.test", express())
    assert addresses(register, NOW + timedelta(days=4000)) == ["a@exemple.test"]
    assert register.expiring("membres", NOW, days=5000) == ()


def test_a_consent_to_come_is_no_consent(register: Register) -> None:
    add(register, "a@exemple.test", express(NOW + timedelta(days=1)))
    assert addresses(register) == []


@pytest.mark.parametrize("reason", list(Reason))
def test_nothing_brings_back_a_suppressed_address(register: Register, reason: Reason) -> None:
    add(register, "a@exemple.test")
    register.suppress("A@Exemple.test", reason, NOW)
    assert register.is_suppressed("a@exemple.test")
    assert addresses(register) == []
    assert add(register, "a@exemple.test") is AddOutcome.SUPPRESSED
    assert add(register, "a@exemple.test", liste="autre") is AddOutcome.SUPPRESSED
    assert addresses(register, liste="autre") == []


def test_an_unknown_address_may_be_suppressed_before_it_comes(register: Register) -> None:
    register.suppress("a@exemple.test", Reason.COMPLAINT, NOW)
    assert add(register, "a@exemple.test") is AddOutcome.SUPPRESSED
    assert register.find("a@exemple.test") is None


def test_who_left_a_list_is_not_put_back_by_a_file(register: Register) -> None:
    add(register, "a@exemple.test")
    person = register.find("a@exemple.test")
    assert person
    assert register.unsubscribe(person.id, "membres", NOW, "essai")
    assert not register.unsubscribe(person.id, "membres", NOW, "essai")
    assert add(register, "a@exemple.test") is AddOutcome.LEFT
    assert addresses(register) == []
    assert add(register, "a@exemple.test", liste="autre") is AddOutcome.ADDED


def test_a_person_may_come_back_by_confirming(register: Register) -> None:
    register.suppress("a@exemple.test", Reason.COMPLAINT, NOW)
    pending = register.ask("a@exemple.test", "Léa", ["membres"], NOW)
    assert pending
    assert addresses(register) == []
    person = register.confirm(pending, NOW)
    assert person == register.confirm(pending, NOW)
    assert addresses(register) == ["a@exemple.test"]
    assert (
        len([value for value in register.history(str(person)) if value.event == "abonnement"]) == 1
    )


def test_one_address_is_not_flooded_with_confirmations(register: Register) -> None:
    moments = [NOW + timedelta(minutes=step) for step in (0, 5, 11, 22, 33, 1500)]
    asked = []
    for moment in moments:
        asked.append(bool(register.ask("a@exemple.test", "", ["membres"], moment)))
        claimed = register.claim_mail(moment)
        assert bool(claimed) == asked[-1]
        if claimed:
            register.mail_left(claimed)
    assert asked == [True, False, True, True, False, True]


def test_a_request_that_nobody_confirms_is_forgotten(register: Register) -> None:
    old = register.ask("a@exemple.test", "Léa", ["membres"], NOW)
    register.ask("b@exemple.test", "", ["membres"], NOW + timedelta(days=8))
    assert old
    assert register.pending(old) is None
    assert register.confirm(old, NOW) is None


def test_erasing_leaves_no_trace_on_the_disk(tmp_path: Path) -> None:
    with Register.open(tmp_path) as register:
        for index in range(40):
            add(register, f"voisine{index}@exemple.test")
        register.add(
            "membres",
            "Effacee@exemple.test",
            express(),
            NOW,
            first_name="Zoé-Ève",
            last_name="Zzyzx",
        )
        register.ask("effacee@exemple.test", "Zoé-Ève", ["membres"], NOW)
        person = register.find("effacee@exemple.test")
        assert person
        register.note_bounce(person.id, "e", "passager", "4.2.2", NOW)
        assert register.erase("EFFACEE@exemple.test", NOW)
        # Another process reads: to close the file here would drop the locks of the register.
        files = ["cat", *sorted(tmp_path.iterdir())]
        left = subprocess.run(files, check=True, capture_output=True).stdout.lower()
        for trace in ("effacee", "zoé-ève", "zzyzx", person.id):
            assert trace.encode() not in left
        assert register.person(person.id) is None
        assert not register.erase("effacee@exemple.test", NOW)
        assert add(register, "effacee@exemple.test") is AddOutcome.SUPPRESSED
        assert len(addresses(register)) == 40


def test_a_transaction_is_whole_or_nothing(register: Register) -> None:
    def half() -> None:
        with register.together():
            add(register, "a@exemple.test")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half()
    assert register.find("a@exemple.test") is None


def test_a_choice_only_ever_leaves(register: Register) -> None:
    for liste in ("membres", "autre"):
        add(register, "a@exemple.test", liste=liste)
    person = register.find("a@exemple.test")
    assert person
    for _ in range(2):
        register.keep_only(person.id, ["membres", "inconnue"], NOW, "préférences")
        assert register.lists_of(person.id) == ("membres",)
    assert register.lists() == ("autre", "membres")


@pytest.mark.parametrize("name", ["", "Membres", "a b", "é", "-a", "a" * 41, "a.b", "../x"])
def test_a_list_has_a_plain_name(register: Register, name: str) -> None:
    with pytest.raises(ListError, match="par exemple"):
        add(register, "a@exemple.test", liste=name)
    assert register.find("a@exemple.test") is None
