"""A data folder that comes back from the past: nobody gets an edition twice, who left stays out."""

from __future__ import annotations

import json
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from axtra.content.sent_letters import FILE
from axtra.core.dates import ZONE
from axtra.subscribers import Register
from support import smtp_server
from support.sending_project import LIST, SendingProject, make_sending_project
from support.smtp_server import SLOW, RunningServer, numbered

pytestmark = pytest.mark.lourd
PEOPLE = numbered(6)


@pytest.fixture
def office() -> Iterator[RunningServer]:
    with smtp_server.opened() as office:
        yield office


@pytest.fixture
def trial(tmp_path: Path, office: RunningServer) -> SendingProject:
    """Make a trial whose edition is frozen and tested."""
    trial = make_sending_project(tmp_path)
    trial.set_up(office.url, PEOPLE)
    trial.freeze()
    office.post.taken.clear()
    return trial


def send(trial: SendingProject, number: int = len(PEOPLE)) -> int:
    return trial.envoi("envoyer", *trial.confirmed(number)).returncode


def copied(trial: SendingProject) -> Callable[[], str]:
    """Copy the data folder; give what puts the copy in its place."""
    kept = trial.data.with_name("copie")
    shutil.copytree(trial.data, kept)

    def restore() -> str:
        shutil.rmtree(trial.data)
        shutil.copytree(kept, trial.data)
        refused = trial.envoi("envoyer", *trial.confirmed(len(PEOPLE)))
        assert refused.returncode == 1
        assert "axtra abonnes restaurer --adopter" in refused.stderr
        return trial.done("abonnes", "restaurer", "--adopter")

    return restore


def backed_up(trial: SendingProject) -> Callable[[], str]:
    """Back the data folder up; give what restores it."""
    kept = str(trial.data.with_name("sauvegarde"))
    trial.done("abonnes", "sauvegarder", kept)
    return lambda: trial.done("abonnes", "restaurer", kept)


WAYS = pytest.mark.parametrize("keep", [copied, backed_up])


@WAYS
def test_an_edition_that_left_since_is_sent_to_nobody_again(
    trial: SendingProject,
    office: RunningServer,
    keep: Callable[[SendingProject], Callable[[], str]],
) -> None:
    restore = keep(trial)
    assert send(trial) == 0
    said = restore()
    assert "6 messages incertains" in said
    assert trial.states() == dict.fromkeys(PEOPLE, "incertain")
    assert send(trial) == 1
    assert trial.envoi("reprendre").returncode == 1
    again = trial.run("envoi", "geler", trial.edition, "--liste", LIST)
    assert again.returncode == 1
    assert office.post.recipients() == dict.fromkeys(PEOPLE, 1)


@WAYS
def test_what_a_resumed_run_sent_since_is_not_sent_again(
    trial: SendingProject,
    office: RunningServer,
    keep: Callable[[SendingProject], Callable[[], str]],
) -> None:
    office.post.storm = "554 5.7.1 blocked"
    assert send(trial) == 1
    office.post.storm = ""
    restore = keep(trial)
    assert trial.envoi("reprendre").returncode == 0
    restore()
    assert trial.envoi("reprendre").returncode == 1
    assert office.post.recipients() == dict.fromkeys(PEOPLE, 1)


def test_a_copy_made_while_a_run_sends_knows_that_it_knows_less(
    trial: SendingProject, office: RunningServer
) -> None:
    trial.subscribe(numbered(14, SLOW))
    trial.freeze()
    office.post.taken.clear()
    everyone = len(PEOPLE) + 14
    sender = trial.start("envoyer", trial.edition, *trial.confirmed(everyone))
    until(lambda: len(office.post.taken) >= 3)
    kept = trial.data.with_name("copie")
    kept.mkdir()
    for path in trial.data.iterdir():  # one moment of each file, as a snapshot has it
        if path.suffix == ".sqlite3":
            with (
                closing(sqlite3.connect(path)) as live,
                closing(sqlite3.connect(kept / path.name)) as copy,
            ):
                live.backup(copy)
        elif path.name.startswith("cle"):
            shutil.copy2(path, kept)
    taken = len(office.post.taken)
    until(lambda: len(office.post.taken) >= taken + 4)
    sender.kill()
    sender.wait()
    office.post.slowness = 0
    shutil.rmtree(trial.data)
    kept.rename(trial.data)
    assert trial.envoi("reprendre").returncode == 1
    trial.done("abonnes", "restaurer", "--adopter")
    trial.envoi("reprendre")
    assert set(office.post.recipients().values()) == {1}
    assert set(trial.states().values()) == {"accepte", "incertain"}


def test_a_killed_run_is_resumed_without_a_question(
    trial: SendingProject, office: RunningServer
) -> None:
    trial.subscribe(numbered(8, SLOW))
    trial.freeze()
    office.post.taken.clear()
    sender = trial.start("envoyer", trial.edition, *trial.confirmed(len(PEOPLE) + 8))
    until(lambda: len(office.post.taken) >= 3)
    sender.kill()
    sender.wait()
    office.post.slowness = 0
    trial.envoi("reprendre")
    states = list(trial.states().values())
    assert states.count("accepte") >= len(states) - 1
    assert set(office.post.recipients().values()) == {1}


def test_without_the_journal_the_project_remembers(
    trial: SendingProject, office: RunningServer
) -> None:
    restore = copied(trial)
    assert send(trial) == 0
    trial.data.with_name("donnees.journal").unlink()
    said = restore()
    assert "est nouveau" in said
    refused = trial.envoi("envoyer", *trial.confirmed(len(PEOPLE)))
    assert refused.returncode == 1
    assert FILE in refused.stderr
    gone = trial.envoi("envoyer", "--deja-partie")
    assert gone.returncode == 1
    assert trial.states() == dict.fromkeys(PEOPLE, "incertain")
    assert send(trial) == 1
    assert office.post.recipients() == dict.fromkeys(PEOPLE, 1)


def test_without_the_projects_register_the_journal_remembers(
    trial: SendingProject, office: RunningServer
) -> None:
    restore = copied(trial)
    assert send(trial) == 0
    (trial.project.root / FILE).unlink()
    restore()
    assert send(trial) == 1
    assert office.post.recipients() == dict.fromkeys(PEOPLE, 1)


@pytest.mark.parametrize("before", [0, 3])
def test_a_whole_machine_from_the_past_is_held_to_what_the_project_counted(
    trial: SendingProject, office: RunningServer, before: int
) -> None:
    """Data folder and journal came back together: only what git kept knows."""
    if before:
        trial.environment["AXTRA_SMTP_URL"] += f"&par-jour={before}"
        assert send(trial) == 1
        assert len(office.post.taken) == before
    journal = trial.data.with_name("donnees.journal")
    for path in (trial.data, journal):
        trial.done("abonnes", "lister")
        kept = path.with_name(f"{path.name}.copie")
        shutil.copytree(path, kept) if path.is_dir() else shutil.copy2(path, kept)
    trial.environment["AXTRA_SMTP_URL"] = office.url
    words = ["reprendre"] if before else ["envoyer", *trial.confirmed(len(PEOPLE))]
    assert trial.envoi(*words).returncode == 0
    shutil.rmtree(trial.data)
    for path in (trial.data, journal):
        path.with_name(f"{path.name}.copie").replace(path)
    refused = trial.envoi(*words)
    assert refused.returncode == 1
    assert FILE in refused.stderr
    assert trial.envoi("envoyer", "--deja-partie").returncode == 1
    assert trial.envoi("reprendre").returncode == 1
    assert office.post.recipients() == dict.fromkeys(PEOPLE, 1)


def test_a_ledger_that_was_lost_sends_nothing_again(
    trial: SendingProject, office: RunningServer
) -> None:
    assert send(trial) == 0
    for path in trial.data.glob("envois.sqlite3*"):
        path.unlink()
    refused = trial.run("envoi", "geler", trial.edition, "--liste", LIST)
    assert refused.returncode == 1
    trial.done("abonnes", "restaurer", "--adopter")
    trial.freeze()
    assert send(trial) == 1
    assert office.post.recipients() == {**dict.fromkeys(PEOPLE, 1), "essai@exemple.test": 1}


def test_a_new_folder_asks_about_an_edition_that_the_project_sent(
    trial: SendingProject, office: RunningServer
) -> None:
    assert send(trial) == 0
    trial.environment["AXTRA_DONNEES"] = str(trial.data.with_name("neuf"))
    trial.subscribe(["neuf@exemple.test"])
    trial.freeze()
    refused = trial.envoi("envoyer", *trial.confirmed(1))
    assert refused.returncode == 1
    assert f"axtra envoi envoyer {trial.edition} --jamais-partie" in refused.stderr
    done = trial.envoi("envoyer", "--jamais-partie", *trial.confirmed(1))
    assert done.returncode == 0, done.stderr
    assert office.post.recipients()["neuf@exemple.test"] == 1


def test_who_knows_that_nothing_left_sends_after_a_restore(
    trial: SendingProject, office: RunningServer
) -> None:
    restore = copied(trial)
    office.post.storm = "554 5.7.1 blocked"
    assert send(trial) == 1
    office.post.storm = ""
    restore()
    assert trial.states() == dict.fromkeys(PEOPLE, "incertain")
    done = trial.envoi("envoyer", "--jamais-partie", *trial.confirmed(len(PEOPLE)))
    assert done.returncode == 0, done.stderr
    assert office.post.recipients() == dict.fromkeys(PEOPLE, 1)


def test_a_copied_folder_asks_once(trial: SendingProject) -> None:
    other = trial.data.with_name("autre")
    shutil.copytree(trial.data, other)
    trial.environment["AXTRA_DONNEES"] = str(other)
    assert trial.run("abonnes", "lister").returncode == 0
    for words in (
        ("envoi", "essai", trial.edition, "a@b.test"),
        ("service", "--port", "0"),
        ("abonnes", "effacer", "a@b.test"),
    ):
        refused = trial.run(*words)
        assert refused.returncode == 1
        assert "axtra abonnes restaurer --adopter" in refused.stderr
    trial.done("abonnes", "restaurer", "--adopter")
    trial.done("abonnes", "effacer", "a@b.test")
    refused = trial.envoi("envoyer", *trial.confirmed(len(PEOPLE)))
    assert "a pu partir" in refused.stderr
    done = trial.envoi("envoyer", "--jamais-partie", *trial.confirmed(len(PEOPLE)))
    assert done.returncode == 0, done.stderr


@WAYS
def test_who_left_since_stays_out(
    trial: SendingProject, keep: Callable[[SendingProject], Callable[[], str]]
) -> None:
    restore = keep(trial)
    left, barred, erased, back, *_ = PEOPLE
    now = datetime.now(ZONE)
    trial.done("abonnes", "desabonner", left, "--liste", LIST)
    trial.done("abonnes", "desabonner", barred)
    trial.done("abonnes", "effacer", erased)
    trial.subscribe(["venu@exemple.test"], "autre")
    trial.done("abonnes", "desabonner", "venu@exemple.test", "--liste", "autre")
    with Register.open(trial.data) as register:
        person = register.find(back)
        assert person
        register.unsubscribe(person.id, LIST, now, "essai")
        asked = register.ask(back, "", [LIST], now)
        assert asked
        assert register.confirm(asked, now)
    said = restore()
    if keep is backed_up:
        assert "2 retraits, 1 effacement" in said
    for _ in range(2):  # a former file changes nothing to it
        with Register.open(trial.data) as register:
            to_send = [recipient.address for recipient in register.recipients(LIST, now)[0]]
            assert to_send == sorted({*PEOPLE} - {left, barred, erased})
            assert register.find(erased) is None
            found = register.subscriptions("autre") if "autre" in register.lists() else ()
            assert not any(value.active for value in found)
        trial.subscribe(PEOPLE)
        trial.subscribe(["venu@exemple.test"], "autre")
    assert all(
        erased.encode() not in path.read_bytes() for path in trial.data.iterdir() if path.is_file()
    )


def test_a_register_alone_from_the_past_learns_who_left_as_soon_as_it_is_read(
    trial: SendingProject,
) -> None:
    shutil.copytree(trial.data, trial.data.with_name("copie"))
    for value in PEOPLE[:3]:
        trial.done("abonnes", "desabonner", value, "--liste", LIST)
    for path in trial.data.glob("abonnes.sqlite3*"):
        path.unlink()
    shutil.copy2(trial.data.with_name("copie") / "abonnes.sqlite3", trial.data)
    listed = json.loads(trial.done("abonnes", "lister", "--liste", LIST, "--format", "json"))
    assert {value["adresse"] for value in listed if value["exclusion"] is None} == set(PEOPLE[3:])


def test_the_journal_names_nobody_and_is_private(trial: SendingProject) -> None:
    trial.done("abonnes", "desabonner", PEOPLE[0])
    trial.done("abonnes", "effacer", PEOPLE[1])
    assert send(trial, len(PEOPLE)) == 0
    journal = trial.data.with_name("donnees.journal")
    assert journal.stat().st_mode & 0o777 == 0o600
    assert b"exemple.test" not in journal.read_bytes()
    assert len(journal.read_bytes().splitlines()) > 5


def test_a_backup_is_made_while_a_service_and_a_sender_run(
    trial: SendingProject, office: RunningServer
) -> None:
    trial.subscribe(numbered(10, SLOW))
    trial.freeze()
    office.post.taken.clear()
    everyone = len(PEOPLE) + 10
    service = trial.launch("service", "--port", "0")
    sender = trial.start("envoyer", trial.edition, *trial.confirmed(everyone))
    try:
        until(lambda: len(office.post.taken) >= 2)
        kept = trial.data.with_name("sauvegarde")
        trial.done("abonnes", "sauvegarder", str(kept))
        office.post.slowness = 0
        assert sender.wait(60) == 0
        assert service.poll() is None
    finally:
        service.terminate()
        service.wait(30)
        sender.kill()
        sender.wait()
    assert set(trial.states().values()) == {"accepte"}
    assert {path.stat().st_mode & 0o777 for path in kept.iterdir()} == {0o600}
    assert kept.stat().st_mode & 0o777 == 0o700
    trial.done("abonnes", "restaurer", str(kept))
    assert "incertain" in trial.states().values()
    trial.envoi("reprendre")
    assert office.post.recipients() == dict.fromkeys([*PEOPLE, *numbered(10, SLOW)], 1)


def until(true: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)
