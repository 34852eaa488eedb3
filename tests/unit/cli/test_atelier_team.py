"""`axtra atelier inviter`, `personnes`, `retirer` and `--equipe`, as somebody types them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from axtra.atelier.accounts import Accounts
from axtra.atelier.roles import Role
from axtra.cli import main
from infolettre.core.dates import ZONE
from support import smtp_server
from support.small_sites import SITE, make_project
from support.smtp_server import RunningServer

Run = Callable[..., tuple[int, str, str]]
ADDRESS = "https://redaction.essai.example"
ZOE = "zoe@exemple.test"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in a project that says where its atelier is."""
    facts = {"content/site.toml": f'{SITE}atelier = "{ADDRESS}/"\n'}
    project = make_project(tmp_path / "projet", facts)
    monkeypatch.chdir(project.root)
    monkeypatch.setenv("AXTRA_DONNEES", str(tmp_path / "donnees"))
    monkeypatch.delenv("AXTRA_SMTP_URL", raising=False)

    def typed(*words: str) -> tuple[int, str, str]:
        return main(["atelier", *words]), *capsys.readouterr()

    return typed


@pytest.fixture
def accounts(tmp_path: Path) -> Iterator[Accounts]:
    with closing(Accounts(tmp_path / "donnees", lambda: datetime.now(ZONE))) as opened:
        yield opened


@pytest.fixture
def office() -> Iterator[RunningServer]:
    with smtp_server.opened() as server:
        yield server


def test_without_a_mail_server_the_link_is_shown_and_lets_in(run: Run, accounts: Accounts) -> None:
    code, out, err = run("inviter", "Zoe@Exemple.test", "--role", "direction", "--nom", "Zoé Roy")
    assert (code, err) == (0, "")
    [secret] = re.findall(rf"{re.escape(ADDRESS)}/entrer/(\S+)", out)
    signed = accounts.sign_in(secret)
    assert signed
    assert (signed[0].address, signed[0].name, signed[0].role) == (ZOE, "Zoé Roy", Role.DIRECTION)
    assert "Zoé Roy (zoe@exemple.test), direction" in run("personnes")[1]


def test_with_a_mail_server_the_link_is_sent_and_not_shown(
    run: Run, office: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AXTRA_SMTP_URL", office.url)
    code, out, _ = run("inviter", ZOE, "--role", "auteur")
    assert (code, "/entrer/" in out) == (0, False)
    [mail] = office.post.taken
    assert mail.recipient == ZOE
    monkeypatch.setenv("AXTRA_SMTP_URL", "smtp://127.0.0.1:1?tls=aucun")
    code, out, err = run("inviter", ZOE, "--role", "auteur")
    assert (code, "/entrer/" in out) == (0, True)
    assert "n’est pas partie" in err


def test_a_role_is_changed_and_a_person_removed(run: Run, accounts: Accounts) -> None:
    run("inviter", "tete@exemple.test", "--role", "direction")
    run("inviter", ZOE, "--role", "redaction")
    cookie = accounts.open(ZOE)
    assert run("inviter", ZOE, "--role", "auteur")[0] == 0
    assert accounts.whose(cookie) is None
    assert run("retirer", "ZOE@exemple.test")[0] == 0
    assert accounts.member(ZOE) is None
    assert run("retirer", ZOE)[0] == 1
    code, _, err = run("retirer", "tete@exemple.test")
    assert code == 1
    assert "personne à la direction" in err
    assert accounts.member("tete@exemple.test")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("inviter", "zoe", "--role", "auteur"), "une adresse a exactement un « @ »"),
        (("inviter", ZOE), "il manque : --role"),
        (("inviter", ZOE, "--role", "chef"), "choix : « auteur », « redaction », « direction »"),
        (("personnes",), "axtra atelier inviter ADRESSE --role direction"),
        (("--hote", "0.0.0.0"), "axtra atelier --equipe --hote HOTE"),  # noqa: S104
        (("--port", "70000"), "n’est pas un port"),
    ],
)
def test_a_refusal_names_a_remedy(run: Run, words: tuple[str, ...], said: str) -> None:
    code, out, err = run(*words)
    assert code in {1, 2}
    assert out == ""
    assert said in err


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", 'atelier = "https://redaction.exemple.org"'),
        ('atelier = "http://redaction.essai.example"', "axtra verifier"),
        ('atelier = "https://essai.example/atelier"', "axtra verifier"),
    ],
)
def test_the_address_must_be_known(run: Run, line: str, said: str) -> None:
    Path("content/site.toml").write_text(f"{SITE}{line}\n", "utf-8")
    for words in (("inviter", ZOE, "--role", "direction"), ("--equipe",)):
        code, _, err = run(*words)
        assert code == 2
        assert said in err
