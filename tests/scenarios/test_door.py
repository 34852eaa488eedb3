"""The public door, under the real uvicorn: who may do what, and what it never says."""

from __future__ import annotations

import logging
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from support.door_service import ROOT, RunningDoor, fill_in, opened

pytestmark = pytest.mark.bases

WHO = {"adresse": "Zoe@exemple.test", "prenom": "Zoé", "liste": "bimensuelle"}


@pytest.fixture
def door(tmp_path: Path) -> Iterator[RunningDoor]:
    """Open a door."""
    with opened(tmp_path / "donnees") as value:
        yield value


@pytest.fixture
def client(door: RunningDoor) -> Iterator[httpx.Client]:
    """Visit it."""
    with httpx.Client(base_url=door.address, trust_env=False) as value:
        yield value


def test_subscribing_takes_a_form_a_mail_and_a_button(
    door: RunningDoor, client: httpx.Client
) -> None:
    answer = fill_in(client, WHO)
    assert answer.status_code == 200
    assert "zoe@" not in answer.text.lower()
    assert door.recipients() == []
    (mail,) = door.inbox.mails
    assert mail["To"] == "Zoe@exemple.test"
    assert mail["Auto-Submitted"] == "auto-generated"
    text = mail.get_content()
    assert "Bonjour Zoé," in text
    assert "1000, rue de la Démonstration" in text
    link = door.inbox.link()
    assert "zoe" not in link.lower()
    for _ in range(3):
        assert client.get(link).status_code == 200
        assert client.head(link).status_code == 200
    assert door.recipients() == []
    for _ in range(2):
        assert "Infolettre bimensuelle" in client.post(link).text
    assert door.recipients() == ["Zoe@exemple.test"]
    with door.register() as register:
        person = register.find("zoe@exemple.test")
        assert person
        assert person.first_name == "Zoé"
        (value,) = register.subscriptions()
        assert value.consent
        assert value.consent.expires is None
        assert "formulaire" in value.consent.proof


def test_a_mail_service_unsubscribes_in_one_click(door: RunningDoor, client: httpx.Client) -> None:
    token = door.token("zoe@exemple.test")
    path = f"/desabonnement/{token}"
    assert client.get(path).status_code == 200
    assert door.recipients() == ["zoe@exemple.test"]
    for form in (
        {"data": {"List-Unsubscribe": "One-Click"}},
        {"files": {"List-Unsubscribe": (None, "One-Click")}},
    ):
        answer = client.post(path, **form)  # type: ignore[arg-type]
        assert answer.status_code == 200
        assert not answer.history
        assert door.recipients() == []
    assert client.post(path, content=b"").status_code == 200


def test_a_list_is_left_alone_when_another_is_left(door: RunningDoor, client: httpx.Client) -> None:
    token = door.token("zoe@exemple.test")
    door.token("zoe@exemple.test", "quariera")
    client.post(f"/desabonnement/{token}")
    assert (door.recipients(), door.recipients("quariera")) == ([], ["zoe@exemple.test"])


def test_a_link_still_answers_for_someone_who_was_erased(
    door: RunningDoor, client: httpx.Client
) -> None:
    token = door.token("zoe@exemple.test")
    with door.register() as register:
        register.erase("zoe@exemple.test", door.moment())
    assert client.post(f"/desabonnement/{token}").status_code == 200
    assert client.get(f"/preferences/{token}").status_code == 404


def test_a_forged_token_leads_nowhere(door: RunningDoor, client: httpx.Client) -> None:
    token = door.token("zoe@exemple.test")
    forged = token[:-1] + ("A" if token[-1] != "A" else "B")
    bad = (forged, token.replace("bimensuelle", "quariera"), "x", "a.b.c", "%00", "é", "../x")
    for page in ("desabonnement", "preferences", "confirmation"):
        for value in bad:
            for method in ("GET", "POST"):
                assert client.request(method, f"/{page}/{value}").status_code == 404
    assert door.recipients() == ["zoe@exemple.test"]


def test_preferences_are_the_persons_choice(door: RunningDoor, client: httpx.Client) -> None:
    path = f"/preferences/{door.token('zoe@exemple.test')}"
    page = client.get(path).text
    assert "zoe@" not in page
    assert len(re.findall(r'value="bimensuelle" checked', page)) == 1
    said = client.post(path, data={"liste": ["quariera", "inventee"]}).text
    assert "Il reste une étape" in said
    assert (door.recipients(), door.recipients("quariera")) == ([], [])
    client.post(door.inbox.link())
    assert (door.recipients(), door.recipients("quariera")) == ([], ["zoe@exemple.test"])
    client.post(path, data={"autre": "x"})
    assert door.recipients("quariera") == []
    with door.register() as register:
        assert "inventee" not in register.lists()


MISTAKES: tuple[tuple[dict[str, str], str], ...] = (
    ({}, "adresse"),
    ({"adresse": "zoe", "liste": "bimensuelle"}, "adresse"),
    ({"adresse": "zoe@exemple.test"}, "liste"),
    ({"adresse": "zoe@exemple.test", "liste": "inventee"}, "liste"),
    ({"adresse": "a@b.ca\r\nBcc: c@d.ca", "liste": "bimensuelle"}, "adresse"),
)


def test_a_mistake_in_the_form_is_reported_next_to_its_field(
    door: RunningDoor, client: httpx.Client
) -> None:
    for data, fault in MISTAKES:
        answer = client.post("/abonnement", data=data)
        assert answer.status_code == 422
        assert f'href="#{fault}"' in answer.text
        assert f'id="{fault}_faute"' in answer.text
    assert door.inbox.mails == []


def test_what_is_typed_comes_back_escaped(client: httpx.Client) -> None:
    answer = client.post("/abonnement", data={**WHO, "adresse": '"><script>x', "prenom": "<b>"})
    assert "<script" not in answer.text
    assert "<b>" not in answer.text


def test_a_form_too_long_or_of_odd_bytes_is_refused(
    door: RunningDoor, client: httpx.Client
) -> None:
    assert client.post("/abonnement", content=b"a" * 9000).status_code == 413
    assert client.post("/abonnement", content=b"adresse=%FF&liste=\xff").status_code == 400
    assert client.post("/abonnement", content=b"&".join([b"a=1"] * 60)).status_code == 400
    assert client.put("/abonnement").status_code == 405
    assert door.journal == []


def test_nobody_learns_who_is_subscribed(door: RunningDoor, client: httpx.Client) -> None:
    door.token("zoe@exemple.test")
    known = fill_in(client, WHO)
    unknown = fill_in(client, {**WHO, "adresse": "autre@exemple.test"})
    again = fill_in(client, WHO)
    assert known.text == unknown.text == again.text
    assert len(door.inbox.mails) == 2


def test_a_visitor_may_not_ask_without_end(door: RunningDoor, client: httpx.Client) -> None:
    door.limits.each = 4
    codes = [
        fill_in(client, {**WHO, "adresse": f"z{n}@exemple.test"}).status_code for n in range(6)
    ]
    assert codes == [200] * 4 + [429] * 2
    assert len(door.inbox.mails) == 4
    assert client.post(f"/desabonnement/{door.token('a@exemple.test')}").status_code == 200
    door.later(timedelta(hours=1, seconds=1))
    assert fill_in(client, WHO).status_code == 200


def test_a_confirmation_that_came_too_late_is_gone(door: RunningDoor, client: httpx.Client) -> None:
    fill_in(client, WHO)
    link = door.inbox.link()
    door.later(timedelta(days=8))
    fill_in(client, {**WHO, "adresse": "autre@exemple.test"})
    assert client.post(link).status_code == 404
    assert door.recipients() == []


def test_a_mail_that_cannot_leave_is_reported_and_sent_later(
    door: RunningDoor, client: httpx.Client
) -> None:
    door.inbox.refuse = True
    assert fill_in(client, WHO).status_code == 200
    assert door.inbox.mails == []
    door.inbox.refuse = False
    door.later(timedelta(seconds=61))
    (mail,) = door.inbox.mails
    assert mail["To"] == "Zoe@exemple.test"
    (said,) = door.journal
    assert "(554)" in said
    assert "exemple.test" not in said


def test_without_a_mail_server_nobody_may_subscribe(tmp_path: Path) -> None:
    with opened(tmp_path, relay=False) as door, httpx.Client(base_url=door.address) as client:
        assert "fermé pour le moment" in client.get("/abonnement").text
        assert client.post("/abonnement", data=WHO).status_code == 503
        assert client.post(f"/desabonnement/{door.token('a@exemple.test')}").status_code == 200


def test_every_answer_is_guarded_and_sets_no_cookie(
    door: RunningDoor, client: httpx.Client
) -> None:
    token = door.token("zoe@exemple.test")
    paths = (
        "/",
        "/abonnement",
        f"/desabonnement/{token}",
        f"/preferences/{token}",
        "/zut",
        "/style.css",
    )
    for path in paths:
        answer = client.get(path)
        assert "set-cookie" not in answer.headers
        assert "server" not in answer.headers
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert "<script" not in answer.text
        assert "style=" not in answer.text
        if path != "/style.css":
            assert answer.headers["cache-control"] == "no-store"
            assert re.findall(r'(?:src|href)="(/[^"]*)"', answer.text)[0] == "/style.css"


@pytest.mark.parametrize(
    ("typed", "greeted"),
    [
        ("  Marie-Ève ", "Bonjour Marie-Ève,"),
        ("Gagnez 1000 $ : https://exemple.test", "Bonjour,"),
        ("Zoé\r\nBcc: autre@exemple.test", "Bonjour,"),
        ("x" * 200, "Bonjour,"),
    ],
)
def test_nobody_writes_in_the_mail_of_another(
    door: RunningDoor, client: httpx.Client, typed: str, greeted: str
) -> None:
    assert fill_in(client, {**WHO, "prenom": typed}).status_code == 200
    [mail] = door.inbox.mails
    assert mail.get_content().splitlines()[0] == greeted
    assert mail["Subject"] == "Confirmez votre abonnement à l’infolettre d’AXTRA"
    assert mail["Bcc"] is None


@pytest.mark.fichiers
def test_nothing_of_a_person_reaches_a_log(
    door: RunningDoor,
    client: httpx.Client,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.INFO, "uvicorn")
    token = door.token("zoe@exemple.test")
    fill_in(client, WHO)
    client.post(f"/desabonnement/{token}")
    (door.folder / "abonnes.sqlite3").write_bytes(b"zoe@exemple.test" * 1000)
    for name in ("abonnes.sqlite3-wal", "abonnes.sqlite3-shm"):
        (door.folder / name).unlink(missing_ok=True)
    answer = client.post("/abonnement", data={**WHO, "adresse": "lea@exemple.test"})
    assert answer.status_code == 500
    assert "Une erreur de notre part" in answer.text
    deadline = time.monotonic() + 10  # the answer leaves before the journal is written
    while not door.journal and time.monotonic() < deadline:
        time.sleep(0.01)
    out, err = capfd.readouterr()
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("uvicorn")]
    said = " ".join([*door.journal, *ours, out, err])
    assert "FolderError" in said
    for secret in ("exemple.test", token):
        assert secret not in said


def test_the_command_serves_until_it_is_stopped(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", "from axtra.cli import main; main()", "service", "--port", "0"],
        cwd=ROOT,
        env={"AXTRA_DONNEES": str(tmp_path), "PATH": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    try:
        assert process.stdout
        found = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
        assert found
        assert "fermé pour le moment" in httpx.get(f"{found[0]}/abonnement", trust_env=False).text
    finally:
        process.terminate()
        _, said = process.communicate(timeout=20)
    assert said == "Sans AXTRA_SMTP_URL, personne ne peut s’abonner; le désabonnement fonctionne.\n"


def test_a_port_in_use_is_a_wrong_usage(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = subprocess.run(
            [sys.executable, "-c", "import sys; from axtra.cli import main; sys.exit(main())",
             "service", "--port", str(taken.getsockname()[1])],
            cwd=ROOT,
            env={"AXTRA_DONNEES": str(tmp_path), "PATH": ""},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )  # fmt: skip
    assert done.returncode == 2
    assert "déjà pris" in done.stderr


@pytest.mark.parametrize("typed", ["mailto:zoe@exemple.test", "Zoé Roy <zoe@exemple.test>"])
def test_an_address_is_understood_as_mail_programs_copy_it(
    door: RunningDoor, client: httpx.Client, typed: str
) -> None:
    assert "Il reste une étape" in fill_in(client, {**WHO, "adresse": typed}).text
    assert door.inbox.mails[-1]["To"] == "zoe@exemple.test"


@pytest.mark.parametrize("first", ["ancienne", "nouvelle"])
def test_an_address_changes_once_both_mails_were_followed(
    door: RunningDoor, client: httpx.Client, first: str
) -> None:
    door.token("zoe@exemple.test")
    with door.register() as register:
        person = register.find("zoe@exemple.test")
        assert person
        how = "par téléphone; atelier, par Luce"
        register.ask_change(person, "z.roy@exemple.test", door.moment(), how, dead=False)
    mails = {str(mail["To"]): mail for mail in door.inbox.mails}
    assert {*mails} == {"zoe@exemple.test", "z.roy@exemple.test"}
    assert all("changement d’adresse" in mail["Subject"] for mail in mails.values())
    addresses = sorted(mails, reverse=first == "ancienne")
    links = [re.search(r"/confirmation/\S+", mails[at].get_content())[0] for at in addresses]  # type: ignore[index]
    assert "passeront d’une adresse à l’autre" in client.get(links[0]).text
    assert "Il reste à confirmer" in client.post(links[0]).text
    assert door.recipients() == ["zoe@exemple.test"]  # one of the two is not enough
    assert "est changée" in client.post(links[1]).text
    assert "est changée" in client.post(links[1]).text  # twice changes nothing more
    assert door.recipients() == ["z.roy@exemple.test"]
    assert door.journal == []
