"""Too many refusals, through the command: a pause, a report that names why, and one decision."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from axtra.subscribers import Register
from support import smtp_server
from support.sending_project import SendingProject, make_sending_project
from support.smtp_server import RunningServer, numbered

pytestmark = [pytest.mark.lourd, pytest.mark.bases]
PEOPLE = numbered(61)
UNKNOWN = "550 5.1.1 <x>: Recipient address rejected: User unknown in local recipient table"


@pytest.fixture
def office() -> Iterator[RunningServer]:
    with smtp_server.opened() as value:
        yield value


@pytest.fixture
def stopped(tmp_path: Path, office: RunningServer) -> SendingProject:
    """Make a trial that a server which knows nobody any more has stopped."""
    trial = make_sending_project(tmp_path)
    trial.set_up(office.url, PEOPLE)
    trial.freeze()
    office.post.taken.clear()
    office.post.ends, office.post.spared = UNKNOWN, 11
    result = trial.envoi("envoyer", *trial.confirmed(61))
    assert result.returncode == 1
    for option in ("--retirer", "--garder"):
        assert f"axtra envoi reprendre {trial.edition} {option}" in result.stderr
    assert _suppressed(trial) == set()
    return trial


def _suppressed(trial: SendingProject) -> set[str]:
    with Register.open(trial.data) as register:
        return {value for value in PEOPLE if register.is_suppressed(value)}


def _states(trial: SendingProject) -> Counter[str]:
    return Counter(json.loads(trial.envoi("bilan", "--format", "json").stdout).values())


def test_a_report_names_whom_a_pause_concerns_and_what_the_server_said(
    stopped: SendingProject,
) -> None:
    with Register.open(stopped.data) as register:
        proposed = [proposal.address for proposal in register.proposals(stopped.edition)]
    assert len(proposed) == 5
    report = stopped.envoi("bilan")
    assert report.returncode == 1
    section = report.stdout.partition("Retraits proposés")[2].partition("\n\n")[0]
    for value in proposed:
        assert value in section
    assert section.count("User unknown in local recipient table") == 5
    assert "--garder" in report.stdout


def test_nothing_leaves_before_a_person_decides(
    stopped: SendingProject, office: RunningServer
) -> None:
    office.post.ends = ""
    before = len(office.post.taken)
    for words in (("reprendre",), ("envoyer", *stopped.confirmed(61))):
        result = stopped.envoi(*words)
        assert result.returncode == 1
        assert "attend une décision" in result.stderr
    assert len(office.post.taken) == before
    assert stopped.envoi("reprendre", "--garder", "--retirer").returncode == 2


def test_who_is_kept_is_written_to_once_the_fault_is_mended(
    stopped: SendingProject, office: RunningServer
) -> None:
    office.post.ends = ""
    result = stopped.envoi("reprendre", "--garder")
    assert result.returncode == 0, result.stderr
    assert stopped.states() == dict.fromkeys(PEOPLE, "accepte")
    assert office.post.recipients() == Counter(PEOPLE)
    assert _suppressed(stopped) == set()
    assert stopped.envoi("bilan").returncode == 0


def test_who_is_removed_is_removed_and_the_others_get_their_mail(
    stopped: SendingProject, office: RunningServer
) -> None:
    office.post.ends = ""
    result = stopped.envoi("reprendre", "--retirer")
    assert result.returncode == 0, result.stderr
    assert f"axtra abonnes retablir --edition {stopped.edition}" in result.stdout
    assert _states(stopped) == {"accepte": 56, "refuse": 5}
    assert len(_suppressed(stopped)) == 5


def test_who_is_held_back_is_named_with_the_last_answer(
    tmp_path: Path, office: RunningServer
) -> None:
    people = [*numbered(3), "groupe-0@exemple.test"]
    office.post.says = {"groupe": "550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup"}
    trial = make_sending_project(tmp_path)
    trial.set_up(office.url, people)
    trial.freeze()
    assert trial.envoi("envoyer", *trial.confirmed(4)).returncode == 1
    section = trial.envoi("bilan").stdout.partition("Retenus")[2]
    assert "groupe-0@exemple.test" in section
    assert "SenderNotAuthenticatedForGroup" in section
    codes = [trial.envoi("reprendre").returncode for _ in range(6)]
    assert codes[-1] == 0
    assert trial.states()["groupe-0@exemple.test"] == "refuse"


def test_who_is_refused_edition_after_edition_is_shown_for_review(
    tmp_path: Path, office: RunningServer
) -> None:
    office.post.says = {"vague": "550 5.5.0 mailbox unavailable"}
    trial = make_sending_project(tmp_path)
    trial.set_up(office.url, [*numbered(3), "vague-0@exemple.test"])
    with Register.open(trial.data) as register:
        person = register.find("vague-0@exemple.test")
        assert person
        for edition in ("a" * 8, "b" * 8, "c" * 8, "d" * 8):
            moment = register.history(person.id)[0].moment
            register.note_bounce(person.id, edition, "a-revoir", "5.5.0", moment)
    trial.freeze()
    assert trial.envoi("envoyer", *trial.confirmed(4)).returncode == 0
    assert "vague-0@exemple.test" in trial.envoi("bilan").stdout.partition("À revoir")[2]
