"""An edition handed to listmonk: drafted, tested, started, once, to exactly the frozen people.

What answers is a contract of our own (`monk`), not listmonk itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from axtra.sending.listmonk import Listmonk, ListmonkError
from axtra.subscribers import Register
from support import listmonk_server
from support.sending_project import LIST, SendingProject, make_sending_project
from support.smtp_server import numbered

TESTER = "essai@exemple.test"


@pytest.fixture
def server() -> Iterator[listmonk_server.FakeListmonk]:
    with listmonk_server.opened() as value:
        yield value


@pytest.fixture
def trial(tmp_path: Path, server: listmonk_server.FakeListmonk) -> SendingProject:
    """Freeze an edition for nine people, and name the server."""
    sending_project = make_sending_project(tmp_path)
    sending_project.set_up("smtp://127.0.0.1:9?tls=aucun", numbered(9))
    sending_project.environment |= {
        "AXTRA_LISTMONK_URL": server.url,
        "AXTRA_LISTMONK_JETON": listmonk_server.TOKEN,
    }
    sending_project.done("envoi", "geler", sending_project.edition, "--liste", LIST)
    return sending_project


def ready(trial: SendingProject) -> None:
    trial.done("envoi", "listmonk", trial.edition)
    trial.done("envoi", "listmonk", trial.edition, "--essai", TESTER)


def start(trial: SendingProject, number: int = 9) -> str:
    result = trial.envoi("listmonk", "--demarrer", *trial.confirmed(number))
    return f"{result.returncode} {result.stdout}{result.stderr}"


def test_an_edition_is_drafted_tested_and_started_once(
    trial: SendingProject, server: listmonk_server.FakeListmonk
) -> None:
    assert "aucun essai" in start(trial)
    result = trial.envoi("listmonk", "--essai", TESTER)
    assert result.returncode == 1
    assert "n’a pas le brouillon" in result.stderr
    trial.done("envoi", "listmonk", trial.edition)
    assert "aucun essai" in start(trial)
    trial.done("envoi", "listmonk", trial.edition, "--essai", TESTER)
    [(campaign, tested)] = server.tests
    assert tested == [TESTER]
    for liste, number in (("autre", 9), (LIST, 8)):
        result = trial.envoi("listmonk", "--demarrer", *trial.confirmed(number, liste))
        assert result.returncode == 2
    assert server.campaigns[campaign]["status"] == "draft"
    assert server.campaigns[campaign]["body"].count("{{ UnsubscribeURL }}") == 1
    assert set(trial.states().values()) == {"a_envoyer"}

    assert start(trial).startswith("0 ")
    assert server.campaigns[campaign]["status"] == "running"
    assert server.receivers(campaign) == numbered(9)
    assert trial.states() == dict.fromkeys(numbered(9), "accepte")
    for again in (
        trial.envoi("listmonk", "--demarrer", *trial.confirmed(9)),
        trial.envoi("listmonk"),
        trial.envoi("envoyer", *trial.confirmed(9)),
    ):
        assert again.returncode == 1
        assert "déjà" in again.stderr


def test_who_left_anywhere_gets_nothing(
    trial: SendingProject, server: listmonk_server.FakeListmonk
) -> None:
    ready(trial)
    trial.done("abonnes", "desabonner", "bon-4@exemple.test")
    assert "n’est plus celle" in start(trial)
    ready(trial)
    server.leave("bon-1@exemple.test")
    server.leave("bon-2@exemple.test", block=True)
    server.refuse = True
    said = start(trial)
    assert said.startswith("1 2 désabonnements reçus de listmonk.")
    assert "listmonk refuse (400)" in said
    assert "exemple.test" not in said
    left = [value for value in numbered(9) if value[4] not in "124"]
    states = trial.states()
    assert {value for value, state in states.items() if state == "a_envoyer"} == set(left)
    with Register.open(trial.data) as register:
        person = register.find("bon-1@exemple.test")
        assert person
        assert register.lists_of(person.id) == ()
        assert register.is_suppressed("bon-2@exemple.test")
    server.refuse = False
    assert start(trial).startswith("0 ")
    [campaign] = server.campaigns
    assert server.receivers(campaign) == left
    assert trial.states() == {
        value: "accepte" if value in left else "exclu" for value in numbered(9)
    }


def test_a_silence_is_named_and_settled_by_asking(
    trial: SendingProject, server: listmonk_server.FakeListmonk
) -> None:
    ready(trial)
    [campaign] = server.campaigns.values()
    server.silent = True
    assert start(trial).startswith("1 ")
    assert set(trial.states().values()) == {"incertain"}
    server.campaigns[campaign["id"]]["status"] = "draft"  # it had not started after all
    assert start(trial).startswith("1 ")
    assert set(trial.states().values()) == {"incertain"}
    server.silent = False
    assert "déjà partie" in start(trial)  # this time it had
    assert set(trial.states().values()) == {"accepte"}


def test_an_edition_that_changed_is_not_handed_over(
    trial: SendingProject, server: listmonk_server.FakeListmonk
) -> None:
    trial.write("Bonjour,\n\n/// article | premier\n///\n\nUn mot de plus.")
    result = trial.envoi("listmonk")
    assert result.returncode == 1
    assert "a changé" in result.stderr
    assert server.campaigns == {}
    trial.environment["AXTRA_LISTMONK_JETON"] = "secret-faux"
    result = trial.envoi("listmonk")
    assert result.returncode == 1
    assert "listmonk refuse (403)" in result.stderr
    assert "secret-faux" not in result.stdout + result.stderr
    assert "exemple.test" not in result.stdout + result.stderr


@pytest.mark.parametrize(
    ("url", "token", "said"),
    [
        ("", "x", "ne se lit pas"),
        ("http://axe@listmonk.exemple.test", "x", "ne se lit pas"),
        ("https://listmonk.exemple.test", "x", "ne se lit pas"),
        ("https://axe@listmonk.exemple.test:x", "x", "ne se lit pas"),
        ("https://axe@listmonk.exemple.test", "", "AXTRA_LISTMONK_JETON"),
    ],
)
def test_settings_that_cannot_serve_are_reported(url: str, token: str, said: str) -> None:
    with pytest.raises(ListmonkError, match=said):
        Listmonk.of({"AXTRA_LISTMONK_URL": url, "AXTRA_LISTMONK_JETON": token})
    given = {
        "AXTRA_LISTMONK_URL": "https://axe@l.exemple.test:8443/x/",
        "AXTRA_LISTMONK_JETON": "s3",
    }
    service = Listmonk.of(given)
    assert (service.base, service.account) == ("https://l.exemple.test:8443/x", "axe")
    assert "s3" not in repr(service)
