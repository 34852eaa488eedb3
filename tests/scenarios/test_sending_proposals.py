"""What returned mail proposes is settled by a person, whatever the ledger and the settings know."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from axtra.subscribers import Reason, Register
from infolettre.core.dates import ZONE
from support import smtp_server
from support.sending_project import SendingProject, make_sending_project
from support.smtp_server import RunningServer, numbered

pytestmark = pytest.mark.bases

PEOPLE = numbered(3)
NOW = datetime(2026, 3, 2, 12, tzinfo=ZONE)


@pytest.fixture
def trial(tmp_path: Path) -> SendingProject:
    """Make an edition that another program sent, and from which a mail came back."""
    project = make_sending_project(tmp_path)
    project.set_up("", PEOPLE)
    _propose(project)
    return project


@pytest.fixture
def office() -> Iterator[RunningServer]:
    with smtp_server.opened() as opened:
        yield opened


def _propose(trial: SendingProject, address: str = PEOPLE[0]) -> None:
    with Register.open(trial.data) as register:
        assert register.propose(
            address, Reason.ADDRESS, NOW, edition=trial.edition, detail="550 5.1.1"
        )


def _suppressed(trial: SendingProject) -> set[str]:
    with Register.open(trial.data) as register:
        assert register.proposals() == ()
        return {address for address in PEOPLE if register.is_suppressed(address)}


@pytest.mark.parametrize(
    ("option", "said", "suppressed"),
    [
        ("--retirer", "1 retrait en attente : c’est fait, pour toutes les listes.\n", {PEOPLE[0]}),
        ("--garder", "1 retrait en attente : personne n’est retiré.\n", set()),
    ],
)
def test_an_unknown_edition_is_settled_without_a_server(
    trial: SendingProject, option: str, said: str, suppressed: set[str]
) -> None:
    result = trial.envoi("reprendre", option)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith(said)
    assert _suppressed(trial) == suppressed
    again = trial.envoi("reprendre", option)
    assert again.returncode == 2
    assert "n’est pas gelée" in again.stderr


def test_an_edition_that_is_only_frozen_does_not_leave_by_it(trial: SendingProject) -> None:
    trial.done("envoi", "geler", trial.edition, "--liste", "membres")
    result = trial.envoi("reprendre", "--retirer")
    assert (result.returncode, result.stderr) == (0, "")
    assert _suppressed(trial) == {PEOPLE[0]}
    assert set(trial.states().values()) == {"a_envoyer"}


def test_settings_that_cannot_be_read_keep_nobody_waiting(trial: SendingProject) -> None:
    trial.environment["AXTRA_SMTP_URL"] = "n’importe quoi"
    assert trial.envoi("reprendre", "--retirer").returncode == 0
    assert _suppressed(trial) == {PEOPLE[0]}


def test_an_edition_that_is_over_says_its_counts(tmp_path: Path, office: RunningServer) -> None:
    trial = make_sending_project(tmp_path)
    trial.set_up(office.url, PEOPLE)
    trial.freeze()
    assert trial.envoi("envoyer", *trial.confirmed(3)).returncode == 0
    _propose(trial)
    trial.environment["AXTRA_SMTP_URL"] = ""
    result = trial.envoi("reprendre", "--garder")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.endswith("3 candidats : 3 acceptés.\n")


def test_what_is_left_to_send_still_asks_for_a_server(
    tmp_path: Path, office: RunningServer
) -> None:
    trial = make_sending_project(tmp_path)
    trial.set_up(office.url, PEOPLE)
    trial.freeze()
    (trial.data / "envoi.toml").write_text("par-jour = 2\n", "utf-8")  # a test, and one person
    assert trial.envoi("envoyer", *trial.confirmed(3)).returncode == 1
    _propose(trial)
    trial.environment["AXTRA_SMTP_URL"] = ""
    result = trial.envoi("reprendre", "--garder")
    assert result.returncode == 2
    assert "ces personnes passent en dernier" in result.stdout
    assert "aucun serveur d’envoi" in result.stderr
    assert _suppressed(trial) == set()
