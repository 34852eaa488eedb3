"""The letter of welcome: once, to whoever confirms, made from the last edition that left."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from email import message_from_bytes, policy

import pytest

from axtra.sending.dispatch import welcoming
from axtra.subscribers import Register
from infolettre.core.dates import ZONE
from support import smtp_server
from support.atelier_client import Browser
from support.sending_project import SendingProject, make_sending_project
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
    trial: SendingProject, office: RunningServer
) -> None:
    confirm(trial, "luce")
    assert "Rien n’est dû" in trial.done("echeances")  # there is no edition to show yet
    trial.freeze(LIST)
    assert trial.envoi("envoyer", *trial.confirmed(2, LIST)).returncode == 0
    confirm(trial, "noe")
    confirm(trial, "autrefois", days=9)
    confirm(trial, "pleine-1")
    assert "Bienvenue, liste « mensuelle » : 3 candidats" in trial.done("echeances")
    assert welcomes(office) == ["luce", "noe"]  # neither who was imported, nor who came long ago
    confirm(trial, "zoe")  # somebody who cannot be reached yet holds up nobody
    assert "4 candidats" in trial.done("echeances")
    assert "Rien n’est dû" in trial.done("echeances")
    assert welcomes(office) == ["luce", "noe", "zoe"]
    assert office.post.tried["pleine-1@exemple.test"] == 1
    [taken] = [message for message in office.post.taken if message.recipient.startswith("zoe")]
    message = message_from_bytes(taken.content, policy=policy.default)
    text = message.get_body(("plain",)).get_content()
    assert "Bonjour Zoe" in text
    assert text.index("Merci de nous lire") < text.index("Notre dernière infolettre")
    assert "Bonjour" not in text.partition("Merci de nous lire")[2]  # one greeting is enough
    assert message["List-Unsubscribe"]
    states = json.loads(trial.run("envoi", "bilan", EDITION, "--format", "json").stdout)
    assert states["pleine-1@exemple.test"] == "differe"


def test_who_leaves_and_comes_back_is_not_welcomed_again(
    trial: SendingProject, office: RunningServer
) -> None:
    before = welcomes(office)
    trial.done("abonnes", "desabonner", "noe@exemple.test")
    with Register.open(trial.data) as register:
        later = datetime.now(ZONE) + timedelta(minutes=20)
        asked = register.ask("noe@exemple.test", "Noé", [LIST], later)
        assert asked
        register.confirm(asked, datetime.now(ZONE))
    trial.done("echeances")
    assert welcomes(office) == before


def test_the_atelier_shows_the_account_of_a_welcome_and_asks_nobody_to_settle_it(
    trial: SendingProject,
) -> None:
    browser = Browser(trial.project.root, trial.data)
    assert EDITION not in browser.ask("/").text  # a full mailbox is tried again by itself
    place = browser.ask("/abonnes/bienvenue").links()["Son bilan : Infolettre mensuelle"]
    report = browser.ask(place)
    assert (report.status, place) == (200, f"/infolettres/{EDITION}/bilan")
    assert "La lettre de bienvenue" in report.words


def test_a_ledger_that_was_restored_welcomes_nobody_again(
    trial: SendingProject, office: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    confirm(trial, "rose")
    copy = trial.data.with_name("copie")
    trial.done("abonnes", "sauvegarder", str(copy))
    trial.done("echeances")
    before = welcomes(office)
    assert "rose" in before
    trial.done("abonnes", "restaurer", str(copy))
    monkeypatch.setattr(welcoming, "_MARGIN", timedelta(seconds=-1))
    trial.done("echeances")
    assert welcomes(office) == before


def test_a_letter_of_welcome_that_is_faulty_leaves_nobody_written_to(
    trial: SendingProject, office: RunningServer
) -> None:
    path = trial.project.root / TYPES
    before, sent = path.read_text("utf-8"), welcomes(office)
    confirm(trial, "ines")
    path.write_text(before.replace("Merci de nous lire.", "[ici](/nulle-part)"), "utf-8")
    result = trial.run("echeances")
    assert result.returncode == 1
    assert "nulle-part" in result.stderr
    assert welcomes(office) == sent
    path.write_text(before, "utf-8")
    trial.done("echeances")
    assert "ines" in welcomes(office)
