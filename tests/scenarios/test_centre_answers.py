"""A centre is asked about its sheet by mail, answers through the door, and an editor takes it."""

from __future__ import annotations

import email
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from email import policy
from pathlib import Path

import httpx
import pytest

from axtra.content import site_facts
from axtra.network import reminders, sheets
from axtra.network.answers import Answers
from axtra.network.sheet_requests import LIFE, RequestState, SheetRequests
from axtra.site import read
from infolettre.core.dates import ZONE
from infolettre.core.refusals import DiagnosedRefusal
from support.centre_sheets import HOURS, centre, territory
from support.door_service import RunningDoor, opened
from support.fixture_types import Run
from support.small_sites import SITE, Project, make_project

FILE = "content/centres/premier.md"
FIRST = centre(
    "Le Premier Centre",
    adresse="12, rue du Test",
    ville="Trois-Rivières",
    heures=HOURS,
    courriel="premier@essai.example",
    verifie="2018-05-01",
).replace("courriel:", "# Ce commentaire reste.\ncourriel:")
SHEETS = {
    FILE: FIRST,
    "content/centres/second.md": centre("Le Second Centre", courriel="second@essai.example"),
    "content/centres/muet.md": centre("Sans courriel"),
    "content/centres/faux.md": centre(
        "Faux", courriel="faux@essai.example", adresse="1, rue X", demonstration="[adresse]"
    ),
}
NOW = datetime.now(ZONE)
pytestmark = pytest.mark.bases


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDoor]:
    with opened(tmp_path_factory.mktemp("porte") / "donnees", relay=False) as value:
        yield value


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return make_project(tmp_path / "projet", {**SHEETS, **territory()})


def asked(project: Project, door: RunningDoor, name: str = "premier") -> str:
    """Ask a centre, and return the path of the link in its mail."""
    library = read(project.root, moment=NOW)[0]
    facts = replace(site_facts.read(project.root / "content", "content")[0], service=door.address)
    found = sheets.find(library, name)
    assert found
    with SheetRequests.open(door.folder) as requests, door.register() as register:
        made = reminders.prepare(found, project.root, facts, requests, register.keys, door.moment())
    text = email.message_from_bytes(made.data, policy=policy.default).get_content()
    assert made.link in text
    return made.link.removeprefix(door.address)


def answers(project: Project, door: RunningDoor) -> tuple[SheetRequests, Answers]:
    requests = SheetRequests.open(door.folder)
    library = read(project.root, moment=NOW)[0]
    return requests, Answers(project.root, library, requests, door.moment)


def test_a_confirmation_dates_the_sheet_and_the_link_serves_once(
    project: Project, door: RunningDoor
) -> None:
    link = asked(project, door)
    with httpx.Client(base_url=door.address, trust_env=False) as client:
        for _ in range(2):  # mail scanners follow links
            page = client.get(link)
            assert page.status_code == 200
            assert "12, rue du Test" in page.text
            assert "noindex" in page.headers["x-robots-tag"]
        assert client.post(link).status_code == 200  # no button: the form again
        done = client.post(link, data={"acte": "confirmer"})
        assert (done.status_code, "confirmée" in done.text) == (200, True)
        for act in ("confirmer", "corriger"):
            again = client.post(link, data={"acte": act, "ville": "Ailleurs"})
            assert again.status_code == client.get(link).status_code == 410
    requests, taker = answers(project, door)
    with requests:
        (answer,) = requests.answers()
        assert taker.is_plain(answer)
        assert taker.take(answer) == FILE
        assert requests.answers() == []
    expected = FIRST.replace("2018-05-01", f"{door.moment():%Y-%m-%d}")
    assert (project.root / FILE).read_text("utf-8") == expected


def test_a_correction_waits_for_an_editor_and_changes_its_lines_only(
    project: Project, door: RunningDoor
) -> None:
    link = asked(project, door)
    with httpx.Client(base_url=door.address, trust_env=False) as client:
        same = client.post(link, data={"acte": "corriger", "ville": "Trois-Rivières"})
        assert (same.status_code, "Rien n’est changé" in same.text) == (422, True)
        typed = {
            "acte": "corriger",
            "ville": " Shawinigan ",
            "telephone": '819 555-0102"\nstatut: brouillon',
            "heures": "lundi au vendredi : 9 h à 17 h\r\n\r\n",
            "demonstration": "",
            "slug": "autre",
            "remarque": "<script>Merci</script>",
        }
        done = client.post(link, data=typed)
        assert (done.status_code, "corrections" in done.text) == (200, True)
    assert (project.root / FILE).read_text("utf-8") == FIRST
    requests, taker = answers(project, door)
    with requests:
        (answer,) = requests.answers()
        assert answer.state is RequestState.CORRECTED
        assert set(answer.changes) == {"ville", "telephone", "heures"}
        assert not taker.is_plain(answer)
        taker.take(answer)
    after = (project.root / FILE).read_text("utf-8")
    assert "ville: Shawinigan\n" in after
    assert "# Ce commentaire reste.\n" in after
    assert after.count("\nstatut:") == 0
    found = sheets.find(read(project.root, moment=door.moment())[0], "premier")
    assert found
    assert found.telephone
    assert "statut" in found.telephone.plain
    assert [line.plain.replace("\u00a0", " ") for line in found.hours] == [
        "lundi au vendredi : 9 h à 17 h"
    ]


MORE = (
    "<script>alert(1)</script>", "<IMG src=x onerror=alert(1)>", "<!-- caché -->",
    "/// centre | x", "  /// encadre", "![une image](photo.jpg)", "[ici](javascript:alert(1))",
    "[ici](data:text/html,x)", "[ici]( /administration )", "[ici]: https://essai.example",
    "[ici][ref]", "Un titre {: onclick=alert(1) }", "Un mot {.cache}", "[^1]: une note",
    "x" * 4_001,
)  # fmt: skip


def test_a_presentation_is_corrected_in_plain_text(project: Project, door: RunningDoor) -> None:
    before = (
        FIRST.rstrip("\n") + "\n\nPremier paragraphe.\n\n/// encadre | Un bloc\nÀ savoir.\n///\n"
    )
    project.write({FILE: before})
    link = asked(project, door)
    words = "Nous aidons *tout le monde*.\r\n\r\n- à 5 < 6 & plus;\r\n- [l’horaire des ateliers](https://essai.example)"
    block = "\r\n\r\n/// encadre | Un bloc\r\nÀ savoir.\r\n///"
    with httpx.Client(base_url=door.address, trust_env=False) as client:
        page = client.get(link).text
        assert "Premier paragraphe.\n\n/// encadre | Un bloc" in page
        for wrong in MORE:
            typed = {"presentation": f"Nous aidons.\r\n{wrong}", "ville": "Alma", "remarque": "Oui"}
            refused = client.post(link, data={"acte": "corriger", **typed})
            assert refused.status_code == 422, wrong
            assert "Écrivez des paragraphes" in refused.text or "au plus" in refused.text, wrong
            assert 'value="Alma"' in refused.text  # what was typed stays
            assert "<script>alert" not in refused.text
        lead = sheets.shown(FIRST.encode())[sheets.PRESENTATION]
        typed_again = f"{lead}\r\n\r\nPremier paragraphe.  {block}\r\n"
        same = {"acte": "corriger", "presentation": typed_again}
        assert "Rien n’est changé" in client.post(link, data=same).text
        done = client.post(
            link, data={"acte": "corriger", "presentation": f"{lead}\r\n\r\n{words}{block}"}
        )
        assert done.status_code == 200
        assert client.post(link, data={"acte": "corriger", "presentation": "x"}).status_code == 410
    assert (project.root / FILE).read_text("utf-8") == before
    requests, taker = answers(project, door)
    with requests:
        (answer,) = requests.answers()
        assert set(answer.changes) == {"presentation"}
        assert not taker.is_plain(answer)
        taker.take(answer)
    after = (project.root / FILE).read_text("utf-8")
    body = words.replace("\r\n", "\n")
    expected = before.replace("2018-05-01", f"{door.moment():%Y-%m-%d}")
    assert after == expected.replace("Premier paragraphe.", body)


def test_a_question_asked_before_presentations_were_is_still_answered(
    project: Project, door: RunningDoor
) -> None:
    sheet = sheets.shown((project.root / FILE).read_bytes())
    del sheet[sheets.PRESENTATION]
    with SheetRequests.open(door.folder) as requests, door.register() as register:
        identity = requests.ask("premier", sheet, door.moment())
        link = f"/centre/{register.keys.sheet(identity)}"
        assert 'name="presentation"' not in httpx.get(door.address + link).text
        typed = {"acte": "corriger", "presentation": "Autre"}
        assert httpx.post(door.address + link, data=typed).status_code == 422
        assert httpx.post(door.address + link, data={"acte": "confirmer"}).status_code == 200
        taker = answers(project, door)[1]
        (answer,) = requests.answers()
        assert taker.is_plain(answer)
        requests.settle(answer.id, door.moment())


def test_a_correction_that_breaks_a_sheet_is_refused_whole(
    project: Project, door: RunningDoor
) -> None:
    link = asked(project, door)
    httpx.post(door.address + link, data={"acte": "corriger", "code-postal": "12345"})
    requests, taker = answers(project, door)
    with requests:
        (answer,) = requests.answers()
        with pytest.raises(DiagnosedRefusal) as refused:
            taker.take(answer)
        assert "n’a pas changé" in refused.value.problem
        assert requests.answers() == [answer]
        requests.settle(answer.id, door.moment())
    assert (project.root / FILE).read_text("utf-8") == FIRST


def test_links_are_neither_forged_nor_used_for_another_centre(
    project: Project, door: RunningDoor
) -> None:
    first, second = asked(project, door), asked(project, door, "second")
    mine, other = first.removeprefix("/centre/"), second.removeprefix("/centre/")
    mixed = [
        f"{other.split('.')[0]}.{'.'.join(mine.split('.')[1:])}",
        f"{'.'.join(mine.split('.')[:2])}.{other.split('.')[2]}",
        f"{mine[:-1]}{'A' if mine[-1] != 'A' else 'B'}",
        mine[:-2],
        door.token("zoe@exemple.test"),  # a link of another sort
    ]
    with door.register() as register:
        mixed.append(register.keys.confirmation(mine.split(".")[0]))
    with httpx.Client(base_url=door.address, trust_env=False) as client:
        for token in mixed:
            confirmed = client.post(f"/centre/{token}", data={"acte": "confirmer"})
            assert confirmed.status_code == 404, token
            assert client.get(f"/centre/{token}").status_code == 404, token
        for path in ("/desabonnement/", "/confirmation/"):
            assert client.post(f"{path}{mine}").status_code == 404
        assert "Le Second Centre" in client.get(second).text
        newer = asked(project, door)  # the one before no longer works
        assert client.post(first, data={"acte": "confirmer"}).status_code == 410
        door.later(LIFE + timedelta(days=1))
        assert client.get(newer).status_code == 410
        assert client.post(newer, data={"acte": "confirmer"}).status_code == 410
    with SheetRequests.open(door.folder) as requests:
        assert requests.answers() == []


def test_the_command_prepares_the_mails_and_takes_the_answers(
    project: Project, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    data = tmp_path / "donnees"
    monkeypatch.setenv("AXTRA_DONNEES", str(data))
    code, _, err = run(project, "centres", "relancer")
    assert (code, "service" in err) == (1, True)
    project.write({"content/site.toml": f'{SITE}service = "https://porte.essai.example"\n'})
    code, _, err = run(project, "centres", "relancer", "--sortie", "mails")
    assert code == 0, err
    assert sorted(path.name for path in (project.root / "mails").iterdir()) == [
        "premier.eml", "second.eml",
    ]  # fmt: skip
    assert "2 fiches sans courriel" in err
    mail = email.message_from_bytes(
        (project.root / "mails/premier.eml").read_bytes(), policy=policy.default
    )
    assert mail["To"] == "premier@essai.example"
    (link,) = re.findall(r"https://porte\.essai\.example/centre/\S+", mail.get_content())
    assert "premier" not in link
    assert run(project, "centres", "relancer")[1].startswith("Aucun centre à relancer")
    listed = json.loads(run(project, "centres", "lister", "--format", "json")[1])
    assert [line["centre"] for line in listed if line["perimee"]][-1] == "premier"
    assert run(project, "centres", "reponses")[1] == "Aucune réponse n’attend.\n"
    with SheetRequests.open(data) as requests:
        identity = link.rpartition("/")[2].split(".")[0]
        assert requests.answer(identity, {}, "", NOW)
        assert not requests.answer(identity, {"ville": "Ailleurs"}, "", NOW)
    assert run(project, "centres", "reponses", "--noter")[1] == f"{FILE}\n1 fiche à jour.\n"
    assert f"verifie: {NOW:%Y-%m-%d}\n" in (project.root / FILE).read_text("utf-8")
    assert run(project, "centres", "reponses", "--accepter", "premier")[0] == 2
