"""What an edition must be before it leaves: each refusal has its own reason, and sends nothing."""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from axtra.subscribers import Register
from support import smtp_server
from support.sending_project import (
    LIST,
    SendingProject,
    make_sending_project,
    reopen_sending_project,
)
from support.small_sites import SITE, letter
from support.smtp_server import RunningServer, numbered

pytestmark = pytest.mark.bases

PEOPLE = numbered(3)


@pytest.fixture
def office() -> Iterator[RunningServer]:
    with smtp_server.opened() as value:
        yield value


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a project with its people and its site, once; each test has a copy."""
    folder = tmp_path_factory.mktemp("pret")
    project = make_sending_project(folder)
    project.set_up("smtp://127.0.0.1:9?tls=aucun", PEOPLE)
    project.done("construire")
    return folder


@pytest.fixture
def trial(tmp_path: Path, office: RunningServer, ready: Path) -> SendingProject:
    shutil.copytree(ready, tmp_path, symlinks=True, dirs_exist_ok=True)
    return reopen_sending_project(tmp_path, office.url)


def _refused(trial: SendingProject, office: RunningServer, *reasons: str, code: int = 1) -> None:
    before = len(office.post.taken)
    result = trial.envoi("envoyer", *trial.confirmed(3))
    assert result.returncode == code, result.stdout + result.stderr
    for reason in reasons:
        assert reason in result.stderr
    assert len(office.post.taken) == before
    assert "Traceback" not in result.stderr


def _sent(trial: SendingProject) -> None:
    result = trial.envoi("envoyer", *trial.confirmed(3))
    assert result.returncode == 0, result.stderr
    assert trial.states() == dict.fromkeys(PEOPLE, "accepte")


def test_an_edition_that_is_not_frozen_does_not_leave(
    trial: SendingProject, office: RunningServer
) -> None:
    _refused(trial, office, "n’est pas gelée", code=2)


def test_without_a_test_of_these_bytes_nothing_leaves(
    trial: SendingProject, office: RunningServer
) -> None:
    trial.done("envoi", "geler", trial.edition, "--liste", LIST)
    _refused(trial, office, "aucun essai")
    trial.done("envoi", "essai", trial.edition, "essai@exemple.test")
    _sent(trial)


def test_the_command_builds_the_site_that_is_not_there(trial: SendingProject) -> None:
    trial.freeze()
    shutil.rmtree(trial.project.output)
    result = trial.run("envoi", "envoyer", trial.edition, *trial.confirmed(3))
    assert result.returncode == 0, result.stderr
    assert (trial.project.output / "magazine/2020-05/premier/index.html").is_file()


def test_a_byte_that_changed_asks_for_a_new_test(
    trial: SendingProject, office: RunningServer
) -> None:
    trial.freeze()
    trial.write("Bonjour,\n\n/// article | premier\n///\n\nUn mot de plus.")
    _refused(trial, office, "a changé depuis qu’elle est gelée")
    compared = trial.envoi("verifier")
    assert compared.returncode == 1
    assert "+Un mot de plus." in compared.stdout
    assert trial.source in compared.stdout
    trial.done("envoi", "geler", trial.edition, "--liste", LIST)
    _refused(trial, office, "aucun essai")


def test_the_same_bytes_frozen_again_need_no_new_test(trial: SendingProject) -> None:
    trial.freeze()
    trial.done("envoi", "geler", trial.edition, "--liste", LIST)
    assert trial.envoi("verifier").returncode == 0
    _sent(trial)


def test_an_error_in_the_edition_stops_it(trial: SendingProject, office: RunningServer) -> None:
    trial.freeze()
    trial.write("Voyez [ceci](pages/nulle-part.md).")
    _refused(trial, office, "lien-brise")
    frozen = trial.run("envoi", "geler", trial.edition, "--liste", LIST)
    assert frozen.returncode == 1
    assert "lien-brise" in frozen.stderr


def test_what_is_frozen_is_compared_only_with_content_without_errors(trial: SendingProject) -> None:
    trial.freeze()
    trial.write("Voyez [ceci](pages/nulle-part.md).")
    compared = trial.envoi("verifier")
    assert compared.returncode == 1
    assert "lien-brise" in compared.stderr


def test_a_link_that_the_built_site_does_not_answer_stops_it(
    trial: SendingProject, office: RunningServer
) -> None:
    trial.freeze()
    page = trial.project.output / "magazine/2020-05/premier/index.html"
    kept = page.read_bytes()
    page.unlink()
    _refused(trial, office, "« /magazine/2020-05/premier/ »")
    page.write_bytes(kept)
    _sent(trial)


def test_demonstration_facts_stop_it(trial: SendingProject, office: RunningServer) -> None:
    trial.freeze()
    trial.project.write({"content/site.toml": SITE + 'demonstration = ["adresse"]\n'})
    _refused(trial, office, "valeurs de démonstration (adresse)")
    frozen = trial.run("envoi", "geler", trial.edition, "--liste", LIST)
    assert frozen.returncode == 0
    assert "valeurs de démonstration" in frozen.stderr
    trial.done("envoi", "essai", trial.edition, "essai@exemple.test")
    _refused(trial, office, "valeurs de démonstration (adresse)")


def test_a_mailbox_that_anybody_may_have_is_warned_of(
    trial: SendingProject,
) -> None:
    lent = SITE.replace("essai@essai.example", "axtra@videotron.ca")
    trial.project.write({"content/site.toml": lent})
    frozen = trial.run("envoi", "geler", trial.edition, "--liste", LIST)
    assert frozen.returncode == 0
    trial.done("envoi", "essai", trial.edition, "essai@exemple.test")
    sent = trial.envoi("envoyer", *trial.confirmed(3))
    for said in (frozen.stderr, sent.stderr):
        assert "« videotron.ca » fait refuser (DMARC)" in said
        assert "content/site.toml" in said


def test_a_stale_edition_does_not_leave(tmp_path: Path, office: RunningServer) -> None:
    trial = make_sending_project(tmp_path, age=timedelta(days=10))
    trial.set_up(office.url, PEOPLE)
    trial.freeze()
    _refused(trial, office, "périmée")


def test_an_edition_to_come_waits_for_the_eve(tmp_path: Path, office: RunningServer) -> None:
    trial = make_sending_project(tmp_path, age=timedelta(days=-10))
    trial.set_up(office.url, PEOPLE)
    trial.freeze()
    _refused(trial, office, "son heure n’est pas venue")


def test_a_draft_may_be_tested_and_does_not_leave(
    trial: SendingProject, office: RunningServer
) -> None:
    trial.write("Bonjour,\n\n/// article | premier\n///", statut="brouillon")
    trial.freeze()
    _refused(trial, office, "brouillon")


def test_a_second_person_approves_when_the_settings_ask_for_it(
    trial: SendingProject, office: RunningServer
) -> None:
    (trial.data / "envoi.toml").write_text("approbation = true\n", "utf-8")
    trial.freeze()
    _refused(trial, office, "personne n’a approuvé")
    said = trial.done("envoi", "approuver", trial.edition, "--par", "Lise Roy")
    assert said.startswith("Lise Roy approuve")
    _sent(trial)


@pytest.mark.parametrize(
    "words",
    [
        ("--oui",),
        ("--oui", "--liste", LIST),
        ("--oui", "--liste", "autre", "--nombre", "3"),
        ("--oui", "--liste", LIST, "--nombre", "2"),
    ],
)
def test_a_confirmation_that_differs_sends_nothing(
    trial: SendingProject, office: RunningServer, words: tuple[str, ...]
) -> None:
    trial.freeze()
    before = len(office.post.taken)
    assert trial.envoi("envoyer", *words).returncode == 2
    assert trial.envoi("reprendre").returncode == 1
    assert len(office.post.taken) == before


@pytest.mark.parametrize(
    ("typed", "code"), [("membres\n3\n", 0), ("membres\n4\n", 2), ("oui\n3\n", 2), ("", 2)]
)
def test_a_person_types_the_list_and_the_number(
    trial: SendingProject, typed: str, code: int
) -> None:
    trial.freeze()
    result = trial.envoi("envoyer", typed=typed)
    assert result.returncode == code
    assert "3 destinataires" in result.stdout
    assert set(trial.states().values()) == {"accepte" if code == 0 else "a_envoyer"}


def test_nobody_gets_an_edition_twice_whatever_the_commands(
    trial: SendingProject, office: RunningServer
) -> None:
    trial.freeze()
    _sent(trial)
    _refused(trial, office, "déjà envoyée")
    assert trial.run("envoi", "geler", trial.edition, "--liste", LIST).returncode == 1
    trial.write("Bonjour,\n\nUne autre version.\n\n/// article | premier\n///")
    assert trial.run("envoi", "geler", trial.edition, "--liste", LIST).returncode == 1
    trial.subscribe([*PEOPLE[:2], "BON-2@exemple.test", "nouvelle@exemple.test"], "partenaires")
    trial.freeze("partenaires")
    result = trial.envoi("envoyer", *trial.confirmed(1, "partenaires"))
    assert result.returncode == 0, result.stderr
    assert trial.states() == dict.fromkeys([*PEOPLE, "nouvelle@exemple.test"], "accepte")
    counts = office.post.recipients()
    del counts["essai@exemple.test"]
    assert set(counts.values()) == {1}
    kept = tomllib.loads((trial.project.root / "newsletters/envoyees.toml").read_text("utf-8"))
    assert [value["liste"] for value in kept["envoi"]] == [LIST, "partenaires"]
    assert "/magazine/2020-05/premier/" in kept["envoi"][0]["adresses"]


def test_who_withdraws_or_never_agreed_is_excluded_and_counted(trial: SendingProject) -> None:
    trial.project.write(
        {
            "vieux.csv": "adresse,prenom,nom,consentement,date,source\n"
            "expiree@exemple.test,,,tacite,2019-01-01,kiosque\n"
        }
    )
    trial.done("abonnes", "importer", "vieux.csv", "--liste", LIST)
    trial.freeze()
    assert trial.states()["expiree@exemple.test"] == "exclu"
    trial.done("abonnes", "desabonner", PEOPLE[0])
    assert trial.envoi("envoyer", *trial.confirmed(3)).returncode == 0
    assert trial.states() == {
        PEOPLE[0]: "exclu",
        PEOPLE[1]: "accepte",
        PEOPLE[2]: "accepte",
        "expiree@exemple.test": "exclu",
    }
    report = trial.envoi("bilan").stdout
    assert "désabonnement de toutes les listes" in report
    assert "consentement tacite expiré" in report


@pytest.mark.fichiers
def test_an_erased_person_is_erased_from_the_ledger_too(trial: SendingProject) -> None:
    trial.freeze()
    _sent(trial)
    trial.done("abonnes", "effacer", PEOPLE[0])
    states = trial.states()
    assert len(states) == 3
    assert PEOPLE[0] not in states
    data = b"".join(path.read_bytes() for path in trial.data.glob("*.sqlite3*"))
    assert PEOPLE[0].encode() not in data


def test_an_edition_for_one_list_holds_the_text_of_that_list(
    trial: SendingProject, office: RunningServer
) -> None:
    trial.project.write(
        {
            trial.source: letter(
                "Bonjour,\n\n/// courriel\n    public: membres\nVos tarifs de membre.\n///\n\n"
                "/// article | premier\n///",
                date=trial.edition,
            )
        }
    )
    trial.freeze()
    assert b"Vos tarifs de membre." in office.post.taken[-1].content


def test_a_test_names_nobody_of_the_register(trial: SendingProject, office: RunningServer) -> None:
    trial.freeze()
    token = smtp_server.leaving(office.post.taken[-1].content)
    with Register.open(trial.data) as register:
        found = register.keys.read_link(token)
        assert found
        assert register.person(found[0]) is None


def test_an_unknown_edition_or_list_is_a_wrong_usage(trial: SendingProject) -> None:
    assert trial.run("envoi", "geler", "2019-01-01", "--liste", LIST).returncode == 2
    assert trial.run("envoi", "geler", trial.edition, "--liste", "membre").returncode == 2
    assert trial.run("envoi", "bilan", "2019-01-01").returncode == 2
    assert trial.run("envoi", "reconcilier", "--journal", "rien.log").returncode == 2
