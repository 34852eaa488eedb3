"""The form of the door under attack: strangers get no mail, and nobody is shut out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from support.door_service import RunningDoor, fill_in, opened, press
from support.service_processes import LIST

pytestmark = pytest.mark.bases

WHO = {"adresse": "zoe@exemple.test", "prenom": "Zoé", "liste": LIST}
SITE = "https://www.axtra.ca"


@pytest.fixture
def door(tmp_path: Path) -> Iterator[RunningDoor]:
    """Open a door."""
    with opened(tmp_path / "donnees") as value:
        yield value


@pytest.fixture
def client(door: RunningDoor) -> Iterator[httpx.Client]:
    """Visit it."""
    with httpx.Client(base_url=door.address, trust_env=False, timeout=30) as value:
        yield value


def seen_from(visitor: str) -> dict[str, str]:
    return {"X-Forwarded-For": visitor}


def test_a_post_of_a_script_sends_no_mail(door: RunningDoor, client: httpx.Client) -> None:
    for number in range(40):
        answer = client.post(
            "/abonnement",
            data={**WHO, "adresse": f"inconnu{number}@exemple.test"},
            headers=seen_from(f"203.0.113.{number % 22}"),
        )
        assert (answer.status_code, "Encore un bouton" in answer.text) == (200, True)
    assert door.inbox.mails == []
    assert "Il reste une étape" in press(client, answer).text
    assert [mail["To"] for mail in door.inbox.mails] == ["inconnu39@exemple.test"]


def test_a_forged_token_is_no_token(door: RunningDoor, client: httpx.Client) -> None:
    for token in ("", "x", "a.b.c", f"formulaire.aaaaaa.{'a' * 43}", "é", "\0", "A" * 4_000):
        answer = client.post("/abonnement", data={**WHO, "jeton": token})
        assert "Encore un bouton" in answer.text, token
    assert door.inbox.mails == []


def test_a_token_of_another_use_is_no_token(door: RunningDoor, client: httpx.Client) -> None:
    link = door.token("lea@exemple.test")
    with door.register() as register:
        for token in (link, register.keys.confirmation("formulaire")):
            assert (
                "Encore un bouton" in client.post("/abonnement", data={**WHO, "jeton": token}).text
            )


def test_an_old_form_keeps_what_it_holds_and_asks_for_a_button(
    door: RunningDoor, client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("axtra.door.subscription_form.LIFE", -1)
    answer = fill_in(client, WHO)
    assert "Encore un bouton" in answer.text
    for kept in ('value="zoe@exemple.test"', 'value="Zoé"', f'value="{LIST}" checked'):
        assert kept in answer.text
    assert door.inbox.mails == []


def test_who_fills_in_the_trap_gets_the_form_again(door: RunningDoor, client: httpx.Client) -> None:
    answer = fill_in(client, {**WHO, "commentaire": "https://exemple.test"})
    assert "Il reste une étape" in answer.text  # the page came back with the trap empty
    with door.register() as register:
        token = register.keys.form()
    trapped = client.post("/abonnement", data={**WHO, "jeton": token, "commentaire": "x"})
    assert "Encore un bouton" in trapped.text
    assert len(door.inbox.mails) == 1


ORIGINS = (
    ({}, True),
    ({"Sec-Fetch-Site": "none"}, True),
    ({"Sec-Fetch-Site": "same-origin"}, True),
    ({"Sec-Fetch-Site": "same-site"}, True),
    ({"Origin": SITE, "Sec-Fetch-Site": "cross-site"}, True),
    ({"Origin": SITE}, True),
    ({"Origin": SITE.replace("www.", "")}, True),
    ({"Origin": "http://127.0.0.1"}, True),
    ({"Origin": "null", "Sec-Fetch-Site": "same-origin"}, True),
    ({"Sec-Fetch-Site": "cross-site"}, False),
    ({"Origin": "null"}, False),
    ({"Origin": "null", "Sec-Fetch-Site": "cross-site"}, False),
    ({"Origin": "null", "Sec-Fetch-Site": "same-site"}, False),
    ({"Origin": "https://ailleurs.test"}, False),
    ({"Origin": "https://ailleurs.test", "Sec-Fetch-Site": "same-origin"}, False),
    ({"Origin": f"{SITE}.ailleurs.test"}, False),
    ({"Origin": SITE.replace("https", "http")}, False),
    ({"Origin": f"{SITE}:8443"}, False),
    ({"Origin": "https://[::1"}, False),
    ({"Origin": ""}, False),
)


def test_a_form_of_another_site_is_refused_with_a_way_on(
    door: RunningDoor, client: httpx.Client
) -> None:
    with door.register() as register:
        token = register.keys.form()
    for number, (headers, ours) in enumerate(ORIGINS):
        data = {**WHO, "adresse": f"p{number}@exemple.test", "jeton": token}
        answer = client.post("/abonnement", data=data, headers=headers)
        assert answer.status_code == (200 if ours else 403), headers
        if not ours:
            assert 'href="/abonnement"' in answer.text
            assert "mailto:" in answer.text
    asked = {f"p{number}@exemple.test" for number, (_, ours) in enumerate(ORIGINS) if ours}
    assert {mail["To"] for mail in door.inbox.mails} == asked


def test_tags_and_dots_are_one_mailbox(door: RunningDoor, client: httpx.Client) -> None:
    door.limits.each = door.limits.near = 100
    victims = [
        *(f"victime+{number}@exemple.test" for number in range(20)),
        "victime@exemple.test",
        "Victime+@EXEMPLE.test",
        "v.ictime@gmail.com",
        "vi.ctime+x@googlemail.com",
        "victime@gmail.com",
    ]
    for victim in victims:
        assert (
            "Il reste une étape" in fill_in(client, {**WHO, "adresse": victim, "vue": victim}).text
        )
    assert Counter(str(mail["To"]).partition("@")[2] for mail in door.inbox.mails) == {
        "exemple.test": 1,
        "gmail.com": 1,
    }
    door.later(timedelta(minutes=11))
    fill_in(client, {**WHO, "adresse": "victime+99@exemple.test"})
    assert len(door.inbox.mails) == 3


def test_a_crowd_of_attackers_shuts_nobody_out(door: RunningDoor, client: httpx.Client) -> None:
    door.limits.each, door.limits.near, door.limits.total = 3, 4, 8
    with door.register() as register:
        token = register.keys.form()
    codes: Counter[int] = Counter()
    for number in range(60):
        answer = client.post(
            "/abonnement",
            data={**WHO, "jeton": token, "adresse": f"inconnu{number}@exemple.test"},
            headers=seen_from(f"2001:db8:{number % 3}:{number:x}::{number:x}"),
        )
        codes[answer.status_code] += 1
    assert len(door.inbox.mails) == 8
    newcomer = client.post(
        "/abonnement", data={**WHO, "jeton": token}, headers=seen_from("198.51.100.7")
    )
    assert newcomer.status_code == 200
    assert "mailto:" in newcomer.text
    assert quote("Infolettre bimensuelle") in newcomer.text
    assert len(door.inbox.mails) == 8
    door.later(timedelta(hours=1, seconds=1))
    assert "Il reste une étape" in press(client, newcomer).text


# What nobody sees, around or within an address.
UNSEEN = ("{}\u200b", "\ufeff{}", "\u202a{}\u202c", "{}\u00a0", "\u3164{}\u2800", "{}\ufe0f")
WITHIN = ("\u00ad", "\u2060", "\u034f", "\u180e", "\u200d")


def test_what_nobody_sees_in_an_address_is_removed(door: RunningDoor, client: httpx.Client) -> None:
    door.limits.each = 100
    addresses = [f"p{number}@exemple.test" for number in range(len(UNSEEN) + len(WITHIN))]
    typed = [around.format(address) for around, address in zip(UNSEEN, addresses, strict=False)]
    typed += [
        address.replace("@", f"{sign}@")
        for sign, address in zip(WITHIN, addresses[len(UNSEEN) :], strict=True)
    ]
    for address in typed:
        fill_in(client, {**WHO, "adresse": address})
    assert {mail["To"] for mail in door.inbox.mails} == set(addresses)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("zoe@gmial.com", "gmail.com"),
        ("zoe@HOTMAIL.con", "hotmail.com"),
        ("z@vidotron.ca", "videotron.ca"),
        ("z@sympatico.com", "sympatico.ca"),
        ("mailto:z@videotron.qc", "videotron.ca"),
    ],
)
def test_a_mistyped_domain_is_asked_about_and_not_refused(
    door: RunningDoor, client: httpx.Client, typed: str, meant: str
) -> None:
    page = client.post("/abonnement", data={**WHO, "adresse": typed})
    assert page.status_code == 200
    assert f"Vouliez-vous dire «\u00a0{meant}\u00a0»?" in page.text
    assert door.inbox.mails == []
    assert "Il reste une étape" in press(client, page).text
    assert len(door.inbox.mails) == 1
    with door.register() as register:
        straight = client.post(
            "/abonnement",
            data={**WHO, "adresse": typed.replace("z", "y", 1), "jeton": register.keys.form()},
        )
    assert meant in straight.text  # the form of the door itself asks too
    assert len(door.inbox.mails) == 1


# What mail programs put around a link, before and after it.
AROUND = (
    "{}/", "{}.", "{})", "{}>", "{},", "{};", "{}'", "{}%22", "{}%20", "{}%0D%0A", "{}%E2%80%8B",
    "{}%C2%A0", "{}_", "{}*", "{}%E2%80%A6", "{}%C2%BB", "{}%3E%20", "{}%2520", "{}/.", "{}&amp;x",
    "%20{}", "%3C{}%3E", "/{}", "{}%EF%BB%BF", "{}=", "%E2%80%8B{}", "{}|", "{}]", "{}!", "{}%0Ax",
)  # fmt: skip


def test_what_mail_programs_add_to_a_link_is_ignored(
    door: RunningDoor, client: httpx.Client
) -> None:
    token = door.token("zoe@exemple.test")
    cut = [f"{token[:40]}{between}{token[40:]}" for between in ("%0D%0A%20", "=%0A", "%E2%80%8B")]
    for number, around in enumerate([*AROUND, *cut]):
        page = ("desabonnement", "/desabonnement", "preferences", "//preferences")[number % 4]
        path = f"{door.address}/{page}/{around.format(token)}"
        assert client.get(path).status_code == 200, path
    assert door.recipients() == ["zoe@exemple.test"]
    assert client.post(f"{door.address}//desabonnement/{token}/.%20").status_code == 200
    assert door.recipients() == []
    fill_in(client, WHO)
    assert client.post(f"{door.inbox.link()}/.%20").status_code == 200
    assert client.get("/abonnement/").status_code == 200


def test_a_longer_token_is_not_ours(door: RunningDoor, client: httpx.Client) -> None:
    token = door.token("zoe@exemple.test")
    for other in (f"{token}a", f"a{token}", token[:-1], token[1:], token.upper()):
        assert client.post(f"/desabonnement/{other}").status_code == 404
    assert door.recipients() == ["zoe@exemple.test"]


def test_an_old_link_brings_nobody_back(door: RunningDoor, client: httpx.Client) -> None:
    path = f"/preferences/{door.token('zoe@exemple.test')}"
    client.post(path, data={})
    for _ in range(3):
        answer = client.post(path, data={"liste": [LIST, "quariera"]})
        assert "nous vous envoyons un courriel" in answer.text
    assert (door.recipients(), door.recipients("quariera")) == ([], [])
    assert [mail["To"] for mail in door.inbox.mails] == ["zoe@exemple.test"]
    client.post(door.inbox.link())
    assert door.recipients() == door.recipients("quariera") == ["zoe@exemple.test"]


def test_a_confirmation_link_brings_nobody_back(door: RunningDoor, client: httpx.Client) -> None:
    fill_in(client, WHO)
    link = door.inbox.link()
    assert client.post(link).status_code == 200
    client.post(f"/desabonnement/{door.token('zoe@exemple.test')}")
    assert client.post(link).status_code == 410
    assert door.recipients() == []


def test_without_a_mail_server_an_old_link_only_leaves(tmp_path: Path) -> None:
    with opened(tmp_path, relay=False) as door, httpx.Client(base_url=door.address) as client:
        path = f"/preferences/{door.token('zoe@exemple.test')}"
        said = client.post(path, data={"liste": ["quariera"]}).text
        assert "mailto:" in said
        assert "Il reste une étape" not in said
        assert (door.recipients(), door.recipients("quariera")) == ([], [])
