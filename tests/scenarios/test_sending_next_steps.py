"""In each state of an edition, each command that says what to do next says what can be done."""

from __future__ import annotations

import os
import re
import shlex
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from unittest import mock

import pytest

from axtra.sending.ledger import Ledger
from axtra.sending.ledger_records import Decision, FrozenEdition, MessageState
from infolettre.core.dates import ZONE
from support import smtp_server
from support.sending_project import (
    LIST,
    SendingProject,
    make_sending_project,
    reopen_sending_project,
)
from support.smtp_server import RunningServer, numbered

pytestmark = pytest.mark.bases

NOW = datetime.now(ZONE)
_COMMAND = re.compile(r"axtra ((?:envoi|abonnes|infolettre) [^«»]*?)(?:   .*)?$", re.MULTILINE)
_PLACES = {"VOTRE-ADRESSE": "essai@exemple.test", "LISTE": LIST, "EDITION": ""}
Act = Callable[[Ledger, FrozenEdition], None]


def _left(*states: MessageState | None) -> Act:
    """Return what makes an edition leave, some of its messages ending in these states."""

    def act(ledger: Ledger, frozen: FrozenEdition) -> None:
        ledger.note_test(frozen, NOW)
        ledger.confirm(frozen, NOW)
        ledger.depart(frozen, NOW)
        for message, state in zip(ledger.unsent(frozen), states, strict=True):
            if state:
                ledger.claim(message)
                ledger.settle(message, state, "dit")

    return act


def _then(first: Act, second: Act) -> Act:
    def act(ledger: Ledger, frozen: FrozenEdition) -> None:
        first(ledger, frozen)
        second(ledger, frozen)

    return act


TAKEN, UNSURE, REFUSED = MessageState.ACCEPTED, MessageState.UNSURE, MessageState.REFUSED
STATES: dict[str, Act | None] = {
    "nothing frozen": None,
    "frozen": lambda _ledger, _frozen: None,
    "tested": lambda ledger, frozen: ledger.note_test(frozen, NOW),
    "confirmed, then cut": _then(
        lambda ledger, frozen: ledger.note_test(frozen, NOW),
        lambda ledger, frozen: ledger.confirm(frozen, NOW),
    ),
    "cut at the first message": _left(None, None),
    "cut in the middle": _left(TAKEN, None),
    "paused": _then(
        _left(TAKEN, None), lambda ledger, frozen: ledger.pause(frozen.edition, NOW)
    ),
    "put off": _left(TAKEN, MessageState.DEFERRED),
    "unsure": _left(TAKEN, UNSURE),
    "unsure, and cut": _left(UNSURE, None),
    "refused": _left(TAKEN, REFUSED),
    "over": _left(TAKEN, TAKEN),
    "to be decided": _then(
        _left(TAKEN, None), lambda ledger, frozen: ledger.decide(frozen.edition, Decision.OPEN, NOW)
    ),
}  # fmt: skip
COMMANDS = {
    "geler": ("--liste", LIST),
    "essai": ("essai@exemple.test",),
    "approuver": (),
    "envoyer": ("--oui", "--liste", LIST, "--nombre", "2"),
    "reprendre": (),
    "pause": (),
    "bilan": (),
    "verifier": (),
}


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pret")
    project = make_sending_project(folder)
    project.set_up("smtp://127.0.0.1:9?tls=aucun", numbered(2))
    project.project.build(moment=NOW)
    return folder


@pytest.fixture
def office() -> Iterator[RunningServer]:
    with smtp_server.opened() as server:
        yield server


def _open(ready: Path, folder: Path, office: RunningServer, state: str) -> SendingProject:
    shutil.copytree(ready, folder, symlinks=True)
    trial = reopen_sending_project(folder, office.url)
    if act := STATES[state]:
        trial.done("envoi", "geler", trial.edition, "--liste", LIST)
        with mock.patch.dict(os.environ, trial.environment), Ledger.open(trial.data) as ledger:
            frozen = ledger.frozen(trial.edition)
            assert frozen is not None
            act(ledger, frozen)
    return trial


@pytest.mark.parametrize("state", ["frozen", "paused", "over", "to be decided"])
def test_the_report_the_pause_and_the_resumption_say_what_can_be_done(
    tmp_path: Path, ready: Path, office: RunningServer, state: str
) -> None:
    for command in ("bilan", "pause", "reprendre"):
        _try(_open(ready, tmp_path / command, office, state), command)


@pytest.mark.eprouve
@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("state", STATES)
def test_the_next_step_that_a_command_says_can_be_done(
    tmp_path: Path, ready: Path, office: RunningServer, state: str, command: str
) -> None:
    _try(_open(ready, tmp_path / "essai", office, state), command)


def _try(trial: SendingProject, command: str) -> None:
    said = trial.envoi(command, *COMMANDS[command])
    steps = _COMMAND.findall(said.stdout + said.stderr)
    assert steps or not said.returncode or command == "verifier", (command, said.stderr)
    for step in steps:
        _take(trial, step)


def _take(trial: SendingProject, step: str) -> None:
    """Take a step as it is printed: whatever comes of it, its state must allow it."""
    if "reconcilier" in step:
        return  # its log is on the machine of the server
    words = [_PLACES.get(word, word) for word in shlex.split(step)]
    done = trial.run(*words, typed=f"{LIST}\n2\n")
    reports = {"bilan", "reprendre", "verifier"} & set(words)  # 1: something is left to settle
    assert done.returncode == 0 or (reports and "axtra : " not in done.stderr), (step, done.stderr)
