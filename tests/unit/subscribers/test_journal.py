"""The journal outside the data folder: it misses no withdrawal, and brings nobody back."""

from __future__ import annotations

import random
import secrets
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from axtra.core.dates import ZONE
from axtra.subscribers import Basis, Consent, FolderError, Reason, Register
from axtra.subscribers.database import SUBSCRIBERS, open_base
from axtra.subscribers.importing.list_changes import add_people
from axtra.subscribers.importing.person_lines import ImportedPerson
from axtra.subscribers.journal import generations
from axtra.subscribers.journal.generations import Mismatch
from axtra.subscribers.journal.journal_file import Journal, JournalLine, journal_of
from axtra.subscribers.storage import sqlite

pytestmark = pytest.mark.bases

NOW = datetime(2026, 3, 1, 9, tzinfo=ZONE)
MEMBERS = "membres"
EXPRESS = Consent(Basis.EXPRESS, NOW, "formulaire", "essai")
MOMENT = "2026-03-01T14:00:00+00:00"


def people(number: int) -> list[str]:
    return [f"p{index}@exemple.test" for index in range(number)]


def make(folder: Path, number: int = 3) -> list[str]:
    """Subscribe people in a new data folder."""
    names = people(number)
    with Register.open(folder) as register, register.together():
        for name in names:
            register.add(MEMBERS, name, EXPRESS, NOW)
    return names


def leave(register: Register, address: str, liste: str = MEMBERS) -> None:
    person = register.find(address)
    assert person
    register.unsubscribe(person.id, liste, NOW, "essai")


def come_back(register: Register, address: str) -> None:
    asked = register.ask(address, "", [MEMBERS], NOW)
    assert asked
    assert register.confirm(asked, NOW)


def receivers(folder: Path) -> list[str]:
    with Register.open(folder) as register:
        return [recipient.address for recipient in register.recipients(MEMBERS, NOW)[0]]


def lines(folder: Path) -> list[JournalLine]:
    return [line for line in journal_of(folder, {}).read().lines if line.act != "generation"]


def line(number: int, act: str, *values: str) -> JournalLine:
    return JournalLine("livre", number, MOMENT, act, values)


# --- the file ------------------------------------------------------------------------------------


def test_what_is_appended_is_read_from_where_it_is_asked(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    assert journal.read().lines == ()
    first = journal.append([line(1, "sorti", "m", "é"), line(1, "retire", "m", "plainte")])
    second = journal.append([line(2, "leve", "m", "plainte")])
    assert len(journal.read().lines) == 3
    tail = journal.read(first.journal, first.end)
    assert tail.lines == (line(2, "leve", "m", "plainte"),)
    assert tail.span == second
    assert len(journal.read("un autre", first.end).lines) == 3
    assert journal.path.stat().st_mode & 0o777 == 0o600


@given(cut=st.integers(1, 200))
@settings(max_examples=60)
def test_a_line_cut_by_a_power_failure_spoils_no_other(
    cut: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    journal = Journal(tmp_path_factory.mktemp("coupe") / "journal")
    for number in range(3):
        journal.append([line(number, "sorti", "marque", MEMBERS)])
    data = journal.path.read_bytes()
    head = data.index(b"\n") + 1
    kept = max(head, len(data) - cut)
    journal.path.write_bytes(data[:kept])
    whole = data[:kept].count(b"\n") - 1
    assert len(journal.read().lines) == whole
    journal.append([line(9, "sorti", "autre", MEMBERS)])
    after = journal.read()
    assert [line.number for line in after.lines][-1] == 9
    # Only the end of its line may lack: it was whole, and is so again.
    assert len(after.lines) - 1 - whole in {0, 1}
    assert set(after.lines[:-1]) <= {line(n, "sorti", "marque", MEMBERS) for n in range(3)}


def test_a_journal_cut_within_its_first_line_is_refused(tmp_path: Path) -> None:
    (tmp_path / "journal").write_text("axtra-jour", "utf-8")
    with pytest.raises(FolderError, match="n’est pas un journal"):
        Journal(tmp_path / "journal").read()


def test_a_journal_is_never_inside_the_data_folder_nor_where_it_is_published(
    tmp_path: Path,
) -> None:
    inside = {"AXTRA_JOURNAL": str(tmp_path / "donnees" / "journal")}
    with pytest.raises(FolderError, match="AXTRA_JOURNAL"):
        journal_of(tmp_path / "donnees", inside)
    (tmp_path / "depot" / ".git").mkdir(parents=True)
    with pytest.raises(FolderError, match="publié"):
        journal_of(tmp_path / "donnees", {"AXTRA_JOURNAL": str(tmp_path / "depot" / "journal")})
    (tmp_path / "ailleurs").mkdir()
    named = journal_of(tmp_path / "donnees", {"AXTRA_JOURNAL": str(tmp_path / "ailleurs")})
    assert named.path == tmp_path / "ailleurs" / "retraits.journal"
    assert journal_of(tmp_path / "donnees", {}).path == tmp_path / "donnees.journal"


def test_a_link_in_the_place_of_the_journal_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "cible").write_text("", "utf-8")
    (tmp_path / "donnees.journal").symlink_to(tmp_path / "cible")
    with pytest.raises(FolderError, match="journal"):
        Journal(tmp_path / "donnees.journal").append([line(1, "sorti", "m", MEMBERS)])
    assert (tmp_path / "cible").read_text("utf-8") == ""


def test_compacting_keeps_what_a_former_copy_must_learn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("axtra.subscribers.journal.journal_file._WORTH", 0)
    journal = Journal(tmp_path / "journal")
    told = [
        line(1, "sorti", "m", MEMBERS), line(2, "abonne", "m", MEMBERS),
        line(3, "retire", "n", "effacement"), line(4, "leve", "n", "effacement"),
        line(5, "generation", "a"), line(6, "generation", "b"),
        line(7, "depart", "e", MEMBERS), line(8, "depart", "e", "autre"),
        line(9, "avance", "e", "1"), line(10, "avance", "e", "2"), line(11, "efface", "n"),
    ]  # fmt: skip
    span = journal.append(told)
    journal.compact()
    kept = journal.read(span.journal, span.end)
    assert kept.span.journal != span.journal
    assert [line.number for line in kept.lines] == [2, 3, 4, 6, 7, 8, 10, 11]
    assert journal.path.stat().st_mode & 0o777 == 0o600


# --- what is told --------------------------------------------------------------------------------


def test_every_way_of_leaving_is_reported_by_marks_alone(tmp_path: Path) -> None:
    folder = tmp_path / "donnees"
    a, b, c = make(folder)
    with Register.open(folder) as register:
        leave(register, a)
        leave(register, a)
        come_back(register, a)
        register.suppress(b, Reason.COMPLAINT, NOW)
        register.erase(c, NOW)
        marks = {value: register.keys.mark(value) for value in (a, b, c)}
    assert [(line.act, *line.values) for line in lines(folder)] == [
        ("sorti", marks[a], MEMBERS),
        ("abonne", marks[a], MEMBERS),
        ("retire", marks[b], "plainte", ""),
        ("retire", marks[c], "effacement", ""),
    ]
    assert b"exemple.test" not in (tmp_path / "donnees.journal").read_bytes()


def test_what_nobody_leaves_by_is_not_told(tmp_path: Path) -> None:
    folder = tmp_path / "donnees"
    make(folder)
    with Register.open(folder) as register:
        entry = ImportedPerson(2, "venu@exemple.test", "", "", EXPRESS)
        add_people(register, MEMBERS, [entry], NOW, trial=True)
        add_people(register, MEMBERS, [entry], NOW, trial=False)
    assert lines(folder) == []


def _refuse_commits(register: Register) -> None:
    def authorize(action: int, first: str | None, *_: str | None) -> int:
        refused = action == sqlite3.SQLITE_TRANSACTION and first == "COMMIT"
        return sqlite3.SQLITE_DENY if refused else sqlite3.SQLITE_OK

    register._db.connection.set_authorizer(authorize)


@pytest.mark.fichiers
@pytest.mark.parametrize(("act", "told"), [(leave, 1), (come_back, 0)])
def test_a_transaction_that_fails_brings_nobody_back(
    tmp_path: Path, act: Callable[[Register, str], None], told: int
) -> None:
    folder = tmp_path / "donnees"
    first, second, _ = make(folder)
    with Register.open(folder) as register:
        leave(register, first)
        before = len(lines(folder))
        _refuse_commits(register)
        with pytest.raises(FolderError):
            act(register, second if told else first)
    assert len(lines(folder)) == before + told
    assert first not in receivers(folder)  # whoever asked to leave is out


def test_a_journal_that_cannot_be_written_withholds_the_withdrawal(tmp_path: Path) -> None:
    folder = tmp_path / "donnees"
    first, *_ = make(folder)
    with Register.open(folder) as register:
        (tmp_path / "donnees.journal").unlink()
        (tmp_path / "donnees.journal").mkdir()
        with pytest.raises(FolderError, match="AXTRA_JOURNAL"):
            leave(register, first)
        assert first in [recipient.address for recipient in register.recipients(MEMBERS, NOW)[0]]


# --- killed --------------------------------------------------------------------------------------

_LEAVER = """
import os, pathlib, signal, sys
from datetime import UTC, datetime
from axtra.subscribers import Register

class Killed(Register):
    def _tell(self, number, acts):
        super()._tell(number, acts)
        if sys.argv[2] == "entre":
            os.kill(os.getpid(), signal.SIGKILL)

with Killed.open(pathlib.Path(sys.argv[1])) as register:
    for address in sys.stdin.read().split():
        person = register.find(address)
        register.unsubscribe(person.id, "membres", datetime.now(UTC), "essai")
        print(address, flush=True)
"""


def _leaver(folder: Path, when: str, names: list[str]) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", _LEAVER, folder, when],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdin
    process.stdin.write(" ".join(names))
    process.stdin.close()
    return process


def test_killed_between_the_journal_and_the_register_whoever_left_is_out(tmp_path: Path) -> None:
    folder = tmp_path / "donnees"
    names = make(folder)
    process = _leaver(folder, "entre", names[:1])
    assert process.wait(60) == -signal.SIGKILL
    assert process.stdout
    process.stdout.close()
    base = open_base(folder, SUBSCRIBERS)
    row = base.execute("SELECT COUNT(*) FROM subscriptions WHERE active = 1").fetchone()
    base.close()
    assert row[0] == 3
    with Register.open(folder) as register:
        assert register.mismatch is None
    assert receivers(folder) == names[1:]


def _killed(folder: Path, kills: int, chance: random.Random) -> None:
    """Kill those who take people off a list; each time, an older register learns all of it."""
    names = make(folder, kills * 12)
    old = folder.with_name("ancien")
    shutil.copytree(folder, old)
    for _ in range(kills):
        waiting = receivers(folder)
        process = _leaver(folder, "jamais", waiting)
        assert process.stdout
        said = [process.stdout.readline().strip() for _ in range(chance.randrange(1, 9))]
        time.sleep(chance.random() * 0.004)
        process.kill()
        said += process.stdout.read().split()
        process.wait()
        process.stdout.close()
        out = {*names} - {*receivers(folder)}
        assert {*filter(None, said)} <= out
        trial = folder.with_name("essai")
        shutil.copytree(old, trial)
        shutil.copy2(folder.with_name("donnees.journal"), folder.with_name("essai.journal"))
        assert {*names} - {*receivers(trial)} == out
        shutil.rmtree(trial)


def test_killed_while_people_leave_nothing_is_missing(tmp_path: Path) -> None:
    _killed(tmp_path / "donnees", 3, random.Random(1))  # noqa: S311


@pytest.mark.eprouve
def test_killed_sixty_times_while_people_leave_nothing_is_missing(tmp_path: Path) -> None:
    seed = secrets.randbelow(10**9)
    print(f"seed {seed}")  # noqa: T201
    _killed(tmp_path / "donnees", 60, random.Random(seed))  # noqa: S311


# --- which copy ----------------------------------------------------------------------------------


@pytest.mark.fichiers
def test_a_new_folder_is_simply_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AXTRA_JOURNAL", str(tmp_path / "journal"))
    for name in ("a", "b", "a", "b"):
        with Register.open(tmp_path / name) as register:
            register.require()
            register.suppress("x@exemple.test", Reason.ERASED, NOW)


@pytest.mark.fichiers
def test_a_register_made_before_the_journal_begins_it(tmp_path: Path) -> None:
    folder = tmp_path / "donnees"
    make(folder)
    with sqlite3.connect(folder / "abonnes.sqlite3") as db:
        db.execute("DELETE FROM lineage")
    db.close()
    (tmp_path / "donnees.journal").unlink()
    with Register.open(folder) as register:
        register.require()
    with Register.open(folder) as register:
        register.require()


@pytest.mark.fichiers
def test_a_copy_made_before_the_journal_learns_of_it_later(tmp_path: Path) -> None:
    folder = tmp_path / "donnees"
    names = make(folder)
    with sqlite3.connect(folder / "abonnes.sqlite3") as db:
        db.execute("DELETE FROM lineage")
    db.close()
    (tmp_path / "donnees.journal").unlink()
    shutil.copytree(folder, tmp_path / "copie")
    with Register.open(folder) as register:
        leave(register, names[0])
        leave(register, names[1])
    shutil.rmtree(folder)
    (tmp_path / "copie").rename(folder)
    assert receivers(folder) == names[2:]
    with Register.open(folder) as register:
        assert register.mismatch is Mismatch.PAST


@pytest.mark.fichiers
def test_another_machine_asks_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "donnees"
    make(folder)
    (tmp_path / "machine-id").write_text("une autre\n", "ascii")
    monkeypatch.setattr(sqlite, "_MACHINE", (tmp_path / "machine-id",))
    with Register.open(folder) as register:
        with pytest.raises(FolderError, match="autre machine"):
            register.require()
        assert register.adopt() is Mismatch.ELSEWHERE
        register.require()
    with Register.open(folder) as register:
        register.require()


@pytest.mark.fichiers
def test_a_journal_shorter_than_it_was_is_read_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generations, "_BEHIND", 0)
    folder = tmp_path / "donnees"
    first, *rest = make(folder)
    shutil.copy2(tmp_path / "donnees.journal", tmp_path / "ancien")
    with Register.open(folder) as register:
        leave(register, first)
        for _ in range(3):
            register.advance()
    Register.open(folder).close()
    (tmp_path / "ancien").replace(tmp_path / "donnees.journal")
    with Register.open(folder) as register:
        assert register.mismatch is Mismatch.PAST
        register.adopt()
        register.require()
    assert receivers(folder) == rest


@pytest.mark.fichiers
def test_two_copies_of_one_register_cannot_both_be_the_present_one(tmp_path: Path) -> None:
    folder = tmp_path / "donnees"
    make(folder)
    shutil.copytree(folder, tmp_path / "copie")
    with Register.open(folder) as register:
        register.advance()
    shutil.rmtree(folder)
    (tmp_path / "copie").rename(folder)
    with Register.open(folder) as register:
        assert register.mismatch is Mismatch.PAST
        register.adopt()
    with Register.open(folder) as register:
        register.require()


def test_what_leaves_a_copy_that_is_still_in_use_reaches_the_one_that_counts(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "donnees"
    names = make(folder, 5)
    with Register.open(folder) as register:
        leave(register, names[0])
    shutil.copytree(folder, tmp_path / "copie")
    with Register.open(folder) as old:  # a service that nobody stopped
        leave(old, names[1])
        folder.rename(tmp_path / "avant")
        (tmp_path / "copie").rename(folder)
        with Register.open(folder) as register:
            register.adopt()
        leave(old, names[2])
    assert receivers(folder) == names[3:]


def test_replaying_twice_changes_nothing_more(tmp_path: Path) -> None:
    folder = tmp_path / "donnees"
    names = make(folder)
    shutil.copytree(folder, tmp_path / "copie")
    with Register.open(folder) as register:
        for name in names[:2]:
            leave(register, name)
    shutil.rmtree(folder)
    (tmp_path / "copie").rename(folder)
    histories = []
    for _ in range(3):
        with Register.open(folder) as register:
            person = register.find(names[0])
            assert person
            histories.append(register.history(person.id))
    assert histories[0] == histories[1] == histories[2]
    assert [history.event for history in histories[0]][-1] == "désabonnement"


@pytest.mark.fichiers
def test_what_an_edition_removed_since_is_known_by_it_and_no_longer_proposed(
    tmp_path: Path,
) -> None:
    folder, kept = tmp_path / "donnees", tmp_path / "copie"
    names = make(folder)
    with Register.open(folder) as register:
        for name in names[:2]:
            register.propose(name, Reason.ADDRESS, NOW, edition="2026-03-01", detail="550")
    shutil.copytree(folder, kept)
    with Register.open(folder) as register:
        register.suppress(names[0], Reason.ADDRESS, NOW, edition="2026-03-01", detail="550")
    shutil.rmtree(folder)
    kept.rename(folder)
    with Register.open(folder) as register:
        assert [proposal.address for proposal in register.proposals("2026-03-01")] == [names[1]]
        (back,) = register.reinstate_edition("2026-03-01", NOW)
        assert back.address == names[0]


def test_an_erasure_that_names_an_edition_outlives_compacting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("axtra.subscribers.journal.journal_file._WORTH", 0)
    journal = Journal(tmp_path / "journal")
    journal.append([line(1, "retire", "m", "effacement", ""), line(2, "leve", "m", "plainte")])
    journal.compact()
    assert [value.act for value in journal.read().lines] == ["retire", "leve"]
