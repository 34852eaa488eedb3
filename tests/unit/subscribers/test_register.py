"""The register: consents, lists, suppressions and erasure, on a real SQLite file."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from string import ascii_letters, digits

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axtra.core.dates import ZONE
from axtra.subscribers import (
    AddressError,
    Basis,
    Consent,
    FolderError,
    Keys,
    ListError,
    Reason,
    Register,
    folded,
    normalized,
)
from axtra.subscribers.database import SUBSCRIBERS
from axtra.subscribers.register.consent import later
from axtra.subscribers.register.register import AddOutcome
from axtra.subscribers.signed_tokens import ExpiredError, new_id, rotate

NOW = datetime(2026, 3, 1, 9, tzinfo=ZONE)


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    """Open a register in a new folder."""
    with Register.open(tmp_path / "donnees") as one:
        yield one


def express(moment: datetime = NOW) -> Consent:
    return Consent(Basis.EXPRESS, moment, "formulaire", "essai.csv, ligne 2")


def add(
    register: Register, address: str, consent: Consent | None = None, liste: str = "membres"
) -> AddOutcome:
    return register.add(liste, address, consent or express(), NOW, first_name="Zoé")


def addresses(register: Register, moment: datetime = NOW, liste: str = "membres") -> list[str]:
    return [one.address for one in register.recipients(liste, moment)[0]]


def test_a_folder_and_its_files_are_private_and_durable(tmp_path: Path) -> None:
    folder = tmp_path / "profond" / "donnees"
    with Register.open(folder) as register:
        add(register, "a@exemple.test")
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert {stat.S_IMODE(one.stat().st_mode) for one in folder.iterdir()} == {0o600}
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


def test_what_is_not_a_register_is_refused_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "abonnes.sqlite3").write_bytes(b"ceci n'est pas une base" * 100)
    with pytest.raises(FolderError, match="Vérifiez"):
        Register.open(tmp_path)
    (tmp_path / "fichier").write_text("")
    with pytest.raises(FolderError, match="AXTRA_DONNEES"):
        Register.open(tmp_path / "fichier")


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
    for one in threads:
        one.start()
    for one in threads:
        one.join()
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
    assert [one.address for one in sent] == ["A@exemple.test", "b@exemple.test"]
    assert [(one.address, one.reason) for one in excluded] == [
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
    assert [one.expires for one in register.expiring("membres", ends - timedelta(days=60))] == [
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
    assert len([one for one in register.history(str(person)) if one.event == "abonnement"]) == 1


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


def test_preferences_lift_a_withdrawal_but_not_a_complaint(register: Register) -> None:
    for address, reason in (
        ("a@exemple.test", Reason.UNSUBSCRIBED),
        ("b@exemple.test", Reason.COMPLAINT),
    ):
        add(register, address)
        person = register.find(address)
        assert person
        register.unsubscribe(person.id, "membres", NOW, "essai")
        register.suppress(address, reason, NOW)
        register.choose(person.id, ["membres", "inconnue"], ["membres"], NOW, "préférences")
    assert addresses(register) == ["a@exemple.test"]
    assert register.lists() == ("membres",)


@pytest.mark.parametrize("name", ["", "Membres", "a b", "é", "-a", "a" * 41, "a.b", "../x"])
def test_a_list_has_a_plain_name(register: Register, name: str) -> None:
    with pytest.raises(ListError, match="par exemple"):
        add(register, "a@exemple.test", liste=name)
    assert register.find("a@exemple.test") is None


# --- addresses -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        (" Zoe.Roy@Exemple.TEST ", "Zoe.Roy@exemple.test"),
        ("a+b@exemple.ca", "a+b@exemple.ca"),
        ("info@québec.ca", "info@xn--qubec-csa.ca"),
        ("o'neil@exemple.ca", "o'neil@exemple.ca"),
    ],
)
def test_an_address_has_one_written_form(typed: str, written: str) -> None:
    assert normalized(typed) == written


@pytest.mark.parametrize(
    "typed",
    [
        "", "zoe", "zoé@exemple.ca", "a@b@c.ca", "a@exemple", "a,b@exemple.ca", "a@b.ca,b@c.ca",
        "a@exemple.ca\nBcc: b@c.ca", "Zoé <a@exemple.ca>", '"a b"@exemple.ca', "a@[127.0.0.1]",
        "a@exemple..ca", ".a@exemple.ca", f"{'a' * 65}@exemple.ca", "a@b.ca;b", "a\0@exemple.ca",
    ],
)  # fmt: skip
def test_what_is_not_one_address_is_refused_without_quoting_it(typed: str) -> None:
    with pytest.raises(AddressError) as refused:
        normalized(typed)
    assert not typed or typed not in str(refused.value)
    assert refused.value.__suppress_context__ or refused.value.__context__ is None


@given(st.one_of(st.emails(), st.text(max_size=60)))
def test_an_address_never_crashes_nor_forks(typed: str) -> None:
    try:
        address = normalized(typed)
    except AddressError:
        return
    assert address.isascii()
    assert address.isprintable()
    assert not set(address) & set(' ,;<>"')
    assert normalized(address) == address
    assert folded(address.upper()) == folded(folded(address)) == folded(address)


# --- tokens --------------------------------------------------------------------------------------

OLD, NEW = Keys((b"a" * 30,), b"p"), Keys((b"a" * 30, b"b" * 30), b"p")


def test_a_token_is_read_only_as_it_was_written() -> None:
    person = new_id()
    token = NEW.link(person, "membres")
    assert NEW.read_link(token) == (person, "membres")
    for place, old in enumerate(token):
        for sign in {"A", "b", "_", "."} - {old}:
            assert NEW.read_link(token[:place] + sign + token[place + 1 :]) is None
    for sign in set(f"{ascii_letters}{digits}-_") - {token[-1]}:
        assert NEW.read_link(token[:-1] + sign) is None  # base64 would take four of them


def test_older_keys_still_verify_and_others_do_not() -> None:
    person = new_id()
    assert NEW.read_link(OLD.link(person, "l")) == (person, "l")
    assert NEW.read_envelope(OLD.envelope(person, "2026-01")) is not None
    assert OLD.read_link(NEW.link(person, "l")) is None
    assert OLD.read_envelope(NEW.envelope(person, "2026-01")) is None


def test_a_token_of_one_kind_does_not_serve_as_another() -> None:
    person = new_id()
    assert NEW.read_confirmation(NEW.link(person, "l"), 60) is None
    assert NEW.read_link(NEW.confirmation(person)) is None


def test_a_confirmation_expires() -> None:
    token = NEW.confirmation(new_id())
    assert NEW.read_confirmation(token, 60)
    with pytest.raises(ExpiredError):
        NEW.read_confirmation(token, -1)


def test_an_envelope_sender_survives_a_change_of_case_and_fits() -> None:
    person = new_id()
    code = NEW.envelope(person, "2026-03-27-quariera")
    assert len(f"rebonds+{code}") <= 64
    stamp = NEW.read_envelope(f"<REBONDS+{code.upper()}@EXEMPLE.TEST>")
    assert stamp
    assert stamp.person == person
    assert stamp == NEW.read_envelope(f"rebonds+{code}@x")
    assert stamp.edition != NEW.read_envelope(NEW.envelope(person, "autre")).edition  # type: ignore[union-attr]
    assert NEW.read_envelope(f"rebonds+{'a' * 50}@x") is None


@given(st.text(max_size=120))
def test_no_text_breaks_the_reading_of_tokens(text: str) -> None:
    assert NEW.read_link(text) is None
    assert NEW.read_confirmation(text, 60) is None
    assert NEW.read_envelope(text) is None


def test_keys_rotate_on_the_disk_and_are_never_made_again(tmp_path: Path) -> None:
    Register.open(tmp_path).close()
    first = Keys.open(tmp_path)
    rotate(tmp_path, NOW)
    second = Keys.open(tmp_path)
    assert second.pepper == first.pepper
    assert second.signing[:-1] == first.signing
    assert "b'" not in repr(second)
    (tmp_path / "cles-signature").write_text("# vide\n")
    with pytest.raises(FolderError, match="sauvegarde"):
        Keys.open(tmp_path)
