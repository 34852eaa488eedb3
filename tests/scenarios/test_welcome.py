"""The letter of welcome: once, to whoever confirms, made from the last edition that left."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from functools import partial

import pytest

from axtra.atelier.acceptance import Acceptance
from axtra.atelier.mailroom import Mailroom
from axtra.atelier.publication import Publisher
from axtra.atelier.timekeeper import Timekeeper
from axtra.sending.dispatch import welcoming
from axtra.subscribers import Register
from infolettre.core.dates import ZONE
from support import smtp_server
from support.atelier_client import Browser
from support.atelier_process import ProcessBrowser, started
from support.sending_project import SendingProject, make_sending_project
from support.service_processes import wait_until
from support.smtp_server import FULL, MailHandler, RunningServer

LIST = "mensuelle"
SUBJECT, EDITION = "Bienvenue parmi nous", "bienvenue-mensuelle"
TYPES = "content/infolettres.toml"
WORDS = '''
bienvenue-objet = "Bienvenue parmi nous"
bienvenue = """
Bonjour {prenom},

Merci de nous lire. Vous recevrez une lettre chaque mois.
"""
'''


@pytest.fixture(scope="module")
def office() -> Iterator[RunningServer]:
    with smtp_server.opened(MailHandler()) as value:
        yield value


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory, office: RunningServer) -> SendingProject:
    """Make a project with a list, before its first edition leaves."""
    made = make_sending_project(tmp_path_factory.mktemp("bienvenue"))
    made.set_up(office.url, ["importee@exemple.test"], LIST)
    path = made.project.root / TYPES
    path.write_text(path.read_text("utf-8") + WORDS, "utf-8")
    return made


@pytest.fixture(scope="module")
def sent(trial: SendingProject) -> SendingProject:
    """Send the first edition, which a letter of welcome shows."""
    confirm(trial, "luce")
    assert "Rien n’est dû" in trial.done("echeances")  # there is no edition to show yet
    trial.freeze(LIST)
    assert trial.envoi("envoyer", *trial.confirmed(2, LIST)).returncode == 0
    return trial


def confirm(trial: SendingProject, name: str, *, days: int = 0) -> None:
    """Let somebody subscribe by the form, and confirm."""
    moment = datetime.now(ZONE) - timedelta(days=days)
    with Register.open(trial.data) as register:
        asked = register.ask(f"{name}@exemple.test", name.capitalize(), [LIST], moment)
        assert asked
        register.confirm(asked, moment)


def welcomes(office: RunningServer) -> list[str]:
    """Return to whom letters of welcome went, by name; a full mailbox took none."""
    return sorted(
        message.recipient.partition("@")[0]
        for message in office.post.taken
        if message_from_bytes(message.content, policy=policy.default)["Subject"] == SUBJECT
        if not message.recipient.startswith(FULL)
    )


def test_whoever_confirms_is_welcomed_once_with_the_last_edition(
    sent: SendingProject, office: RunningServer
) -> None:
    confirm(sent, "noe")
    confirm(sent, "autrefois", days=9)
    confirm(sent, "pleine-1")
    assert "Bienvenue, liste « mensuelle » : 3 candidats" in sent.done("echeances")
    assert welcomes(office) == ["luce", "noe"]  # neither who was imported, nor who came long ago
    confirm(sent, "zoe")  # somebody who cannot be reached yet holds up nobody
    assert "4 candidats" in sent.done("echeances")
    assert "Rien n’est dû" in sent.done("echeances")
    assert welcomes(office) == ["luce", "noe", "zoe"]
    assert office.post.tried["pleine-1@exemple.test"] == 1
    [taken] = [message for message in office.post.taken if message.recipient.startswith("zoe")]
    message = message_from_bytes(taken.content, policy=policy.default)
    text = message.get_body(("plain",)).get_content()
    assert "Bonjour Zoe" in text
    assert text.index("Merci de nous lire") < text.index("Notre dernière infolettre")
    assert "Bonjour" not in text.partition("Merci de nous lire")[2]  # one greeting is enough
    assert message["List-Unsubscribe"]
    states = json.loads(sent.run("envoi", "bilan", EDITION, "--format", "json").stdout)
    assert states["pleine-1@exemple.test"] == "differe"


def test_who_leaves_and_comes_back_is_not_welcomed_again(
    sent: SendingProject, office: RunningServer
) -> None:
    confirm(sent, "nora")
    sent.done("echeances")
    before = welcomes(office)
    assert "nora" in before
    sent.done("abonnes", "desabonner", "nora@exemple.test")
    with Register.open(sent.data) as register:
        later = datetime.now(ZONE) + timedelta(minutes=20)
        asked = register.ask("nora@exemple.test", "Nora", [LIST], later)
        assert asked
        register.confirm(asked, datetime.now(ZONE))
    sent.done("echeances")
    assert welcomes(office) == before


def test_the_atelier_shows_the_account_of_a_welcome_and_asks_nobody_to_settle_it(
    sent: SendingProject,
) -> None:
    confirm(sent, "tess")
    confirm(sent, "pleine-2")
    sent.done("echeances")
    browser = Browser(sent.project.root, sent.data)
    assert EDITION not in browser.ask("/").text  # a full mailbox is tried again by itself
    place = browser.ask("/abonnes/bienvenue").links()["Son bilan : Infolettre mensuelle"]
    report = browser.ask(place)
    assert (report.status, place) == (200, f"/infolettres/{EDITION}/bilan")
    assert "La lettre de bienvenue" in report.words


def test_a_welcome_leaves_while_the_atelier_is_open(
    sent: SendingProject, office: RunningServer
) -> None:
    """Nobody opens a screen, and a second atelier that looks at the same time writes to nobody."""
    (sent.data / "envoi.toml").write_text(f'smtp = "{office.url}"\n', "utf-8")
    confirm(sent, "ada")
    with started(sent.project, sent.data) as (_, address):
        wait_until(lambda: "ada" in welcomes(office))
        confirm(sent, "bea")
        confirm(sent, "autrefois-2", days=9)
        root, now = sent.project.root, partial(datetime.now, ZONE)

        def keeper() -> Timekeeper:
            publisher = Publisher(root, sent.data, os.environ, now)
            mailroom = Mailroom(root, sent.data, os.environ, now)
            return Timekeeper(Acceptance.of(root, sent.data, now), publisher, now, mailroom)

        keepers = [keeper(), keeper()]
        for each in keepers:
            each.attend_letters()
        wait_until(lambda: "bea" in welcomes(office))
        for each in keepers:  # until the processes of both are over
            assert each.mailroom
            wait_until(partial(each.mailroom.last_words, "echeances"))
        report = ProcessBrowser(address).ask(f"/infolettres/{EDITION}/bilan")
        assert "La lettre de bienvenue" in report.words
    (sent.data / "envoi.toml").unlink()
    came = welcomes(office)
    assert [came.count(name) for name in ("ada", "bea", "autrefois-2")] == [1, 1, 0]


def test_a_ledger_that_was_restored_welcomes_nobody_again(
    sent: SendingProject, office: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    confirm(sent, "rose")
    copy = sent.data.with_name("copie")
    sent.done("abonnes", "sauvegarder", str(copy))
    sent.done("echeances")
    before = welcomes(office)
    assert "rose" in before
    sent.done("abonnes", "restaurer", str(copy))
    monkeypatch.setattr(welcoming, "_MARGIN", timedelta(seconds=-1))
    sent.done("echeances")
    assert welcomes(office) == before


def test_a_letter_of_welcome_that_is_faulty_leaves_nobody_written_to(
    sent: SendingProject, office: RunningServer
) -> None:
    path = sent.project.root / TYPES
    before, reached = path.read_text("utf-8"), welcomes(office)
    confirm(sent, "ines")
    path.write_text(before.replace("Merci de nous lire.", "[ici](/nulle-part)"), "utf-8")
    result = sent.run("echeances")
    assert result.returncode == 1
    assert "nulle-part" in result.stderr
    assert welcomes(office) == reached
    path.write_text(before, "utf-8")
    sent.done("echeances")
    assert "ines" in welcomes(office)
