"""A base that does not answer, and books moved from one base to the other."""

from __future__ import annotations

import json
import shlex
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from axtra.atelier.accounts import Accounts
from axtra.atelier.roles import Role
from axtra.cli import main
from axtra.network.sheet_requests import SheetRequests
from axtra.subscribers import FolderError, Register
from axtra.subscribers.register.records import Reason
from infolettre.core.dates import ZONE
from support.postgresql_server import PostgresServer
from support.sending_project import LIST, SendingProject, make_sending_project
from support.smtp_server import numbered

pytestmark = [pytest.mark.lourd, pytest.mark.postgresql]

NOWHERE = "postgresql://compte:secret-de-la-base@127.0.0.1:9/axtra?connect_timeout=2"
_PEOPLE = """\
adresse,prenom,nom,consentement,date,source
a@exemple.test,Zoé,,expres,2026-01-01,kiosque
"""
COMMANDS = """
abonnes lister
abonnes lister --liste membres
abonnes importer liste.csv --liste membres
abonnes exporter --liste membres
abonnes desabonner a@exemple.test
abonnes effacer a@exemple.test
abonnes dossier a@exemple.test
abonnes purger
abonnes retablir a@exemple.test
abonnes retablir --edition EDITION
abonnes rebonds courrier.mbox
abonnes rebonds ses
abonnes sauvegarder ../sauvegarde
abonnes restaurer --adopter
envoi geler EDITION --liste membres
envoi essai EDITION a@exemple.test
envoi approuver EDITION --par Zoé
envoi envoyer EDITION --oui --liste membres --nombre 1
envoi programmer EDITION "2030-01-01 09:00" --oui --liste membres --nombre 1
envoi programmer EDITION --annuler
envoi envoyer EDITION --deja-partie
envoi pause EDITION
envoi reprendre EDITION
envoi reprendre EDITION --retirer
envoi reprendre EDITION --garder
envoi rectifier EDITION
envoi bilan EDITION
envoi bilan EDITION --format json
envoi verifier EDITION
envoi reconcilier --journal courrier.mbox
centres lister
centres relancer
centres reponses
atelier personnes
atelier retirer zoe@exemple.test
annee 2026
echeances
service --port 0
""".strip().splitlines()
CASES = [*((command, NOWHERE) for command in COMMANDS)] + [
    (command, "mysql://serveur/axtra") for command in COMMANDS[::5]
]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> SendingProject:
    made = make_sending_project(tmp_path_factory.mktemp("sans-base"))
    made.project.write({"liste.csv": _PEOPLE, "courrier.mbox": ""})
    url = "smtp://127.0.0.1:9?tls=aucun"
    made.environment = {"AXTRA_DONNEES": str(made.data), "AXTRA_SMTP_URL": url}
    return made


@pytest.mark.parametrize(("command", "base"), CASES)
def test_without_its_base_a_command_refuses(
    project: SendingProject, monkeypatch: pytest.MonkeyPatch, command: str, base: str
) -> None:
    monkeypatch.setenv("AXTRA_BASE", base)
    done = project.run(*shlex.split(command.replace("EDITION", project.edition)))
    assert done.returncode == 1, done.stdout + done.stderr
    said = done.stdout + done.stderr
    assert "AXTRA_BASE" in said
    assert "→" in said or "remede" in said
    assert "secret-de-la-base" not in said
    assert not list(project.data.glob("*.sqlite3*"))


@pytest.fixture
def trial(tmp_path: Path, postgresql: PostgresServer) -> SendingProject:
    postgresql.empty()
    made = make_sending_project(tmp_path)
    made.set_up("smtp://127.0.0.1:9?tls=aucun", numbered(5))
    return made


def _tables(said: str) -> dict[str, list[str]]:
    return {
        line.split()[0]: line.split()[1:] for line in said.splitlines() if len(line.split()) == 3
    }


def test_books_are_copied_both_ways_and_proved_equal(
    trial: SendingProject, postgresql: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    trial.done("envoi", "geler", trial.edition, "--liste", LIST)
    trial.done("abonnes", "desabonner", "bon-1@exemple.test")
    trial.done("abonnes", "effacer", "bon-2@exemple.test")
    with SheetRequests.open(trial.data) as requests:
        asked = requests.ask("un-centre", {"nom": "Un centre"}, datetime.now(ZONE))
    with closing(Accounts(trial.data, lambda: datetime.now(ZONE))) as accounts:
        accounts.invite("zoe@exemple.test", Role.DIRECTION, "Zoé")
        cookie = accounts.open("zoe@exemple.test")
    states = trial.run("envoi", "bilan", trial.edition, "--format", "json").stdout
    assert set(json.loads(states).values()) == {"a_envoyer", "exclu"}
    there = trial.done("base", "copier", "sqlite", postgresql.address)
    left = trial.run("abonnes", "importer", "liste.csv", "--liste", LIST)
    assert left.returncode == 1
    assert "celui qui a servi en dernier" in left.stderr
    for path in trial.data.rglob("*.sqlite3*"):
        path.unlink()
    monkeypatch.setenv("AXTRA_BASE", postgresql.address)
    assert trial.run("envoi", "bilan", trial.edition, "--format", "json").stdout == states
    with Register.open(trial.data) as register:
        assert register.suppression("bon-2@exemple.test") is Reason.ERASED
        register.note_bounce("personne", "2026", "x", "5.1.1", datetime.now(ZONE))
    with SheetRequests.open(trial.data) as requests:
        assert requests.find(asked)
    with closing(Accounts(trial.data, lambda: datetime.now(ZONE))) as accounts:
        accounts.invite("max@exemple.test", Role.AUTEUR, "Max")
        assert accounts.whose(cookie)
    assert "Zoé" in trial.done("abonnes", "dossier", "zoe@exemple.test")
    assert not list(trial.data.rglob("*.sqlite3*"))
    held = b"".join(path.read_bytes() for path in trial.data.rglob("*") if path.is_file())
    assert b"exemple.test" not in held
    refused = trial.run("base", "copier", "sqlite", postgresql.address)
    assert refused.returncode == 1
    back = trial.done("base", "copier", postgresql.address, "sqlite", "--remplacer")
    people = ("people", "consents", "facts", "suppressions", "recipients", "freezes", "requests")
    assert int(_tables(back)["members"][0]) == 2
    assert {name: _tables(there)[name] for name in people} == {
        name: _tables(back)[name] for name in people
    }
    stale = trial.run("abonnes", "importer", "liste.csv", "--liste", LIST)
    assert stale.returncode == 1, "PostgreSQL is of before now"
    monkeypatch.delenv("AXTRA_BASE")
    assert trial.run("envoi", "bilan", trial.edition, "--format", "json").stdout == states
    trial.done("abonnes", "importer", "liste.csv", "--liste", LIST)


def test_a_folder_without_a_register_is_not_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AXTRA_DONNEES", str(tmp_path / "ailleurs"))
    monkeypatch.chdir(tmp_path)
    assert main(["base", "copier", "sqlite", NOWHERE]) == 1
    assert "n’a aucun registre à copier" in capsys.readouterr().err
    assert not (tmp_path / "ailleurs").exists()


def test_a_base_wants_the_keys_of_those_who_use_it(
    trial: SendingProject, postgresql: PostgresServer, tmp_path: Path
) -> None:
    trial.done("base", "copier", "sqlite", postgresql.address)
    with pytest.raises(FolderError, match="cles-signature"):
        Register.open(tmp_path / "autre", postgresql.address)
    for name in ("cles-signature", "cle-empreintes"):
        (trial.data / name).replace(tmp_path / "autre" / name)
    with Register.open(tmp_path / "autre", postgresql.address) as register:
        register.require()
        assert len(register.recipients(LIST, datetime.now(ZONE))[0]) == 5


def test_a_base_that_was_restored_waits_for_a_person(
    trial: SendingProject, postgresql: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    trial.done("base", "copier", "sqlite", postgresql.address)
    monkeypatch.setenv("AXTRA_BASE", postgresql.address)
    with Register.open(trial.data) as register:  # as in a restored dump, the table is another one
        register.base.execute("UPDATE lineage SET machine = 'autre'")
    refused = trial.run("abonnes", "importer", "liste.csv", "--liste", LIST)
    assert refused.returncode == 1
    assert "--adopter" in refused.stderr
    trial.done("abonnes", "restaurer", "--adopter")
    trial.done("abonnes", "importer", "liste.csv", "--liste", LIST)
