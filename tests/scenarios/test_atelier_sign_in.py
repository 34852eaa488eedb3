"""Signing in to the atelier of a team, and all that others may try instead."""

from __future__ import annotations

import copy
import re
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from axtra.atelier.roles import Person, Role
from support.atelier_client import TEAM_COOKIE, TEAM_HOST, Browser, Mailbox, Screen, unchanged
from support.fixture_types import MakeProject
from support.small_sites import FULL, Project, news

pytestmark = pytest.mark.bases

LEO = Person("leo@exemple.test", "Léo Roy", Role.DIRECTION)
ANA = Person("ana@exemple.test", "Ana Côté", Role.REDACTION)
PEOPLE = "/reglages/personnes"
DRAFT = "content/nouvelles/2020/a-finir.md"
TOKENS = re.compile(r'(name="jeton" value=|nonce=)"[^"]*"')


@pytest.fixture
def project(new_project: MakeProject) -> Project:
    return new_project({**FULL, DRAFT: news("À finir", statut="brouillon")})


@pytest.fixture
def leo(project: Project, tmp_path: Path) -> Browser:
    return Browser(project.root, tmp_path / "donnees", person=LEO)


@pytest.fixture
def stranger(leo: Browser) -> Browser:
    """Return a browser that is not in, at an atelier where Ana is somebody."""
    leo.accounts.invite(ANA.address, ANA.role, ANA.name)
    return leo.beside(None)


def ask_for_link(browser: Browser, address: str) -> Screen:
    form = browser.ask("/entrer").form("entrer")
    form.fill("Adresse de courriel", address)
    answer = browser.send(form, "Recevoir un lien")
    browser.mails.wait()
    return answer


def signed_in(browser: Browser, address: str = ANA.address) -> Screen:
    ask_for_link(browser, address)
    return browser.send(browser.ask(browser.mailbox.links()[-1]).form("lien"), "Entrer")


def test_a_link_lets_in_once_by_a_button(stranger: Browser) -> None:
    assert stranger.ask("/").address == "/entrer"
    assert stranger.ask("/textes").address == "/entrer"
    said = ask_for_link(stranger, " Ana@Exemple.test ")
    assert "quinze minutes" in said.words or "15 minutes" in said.words
    [(recipient, data)] = stranger.mailbox.mails
    assert recipient == ANA.address
    assert b"DKIM" not in data
    [link] = stranger.mailbox.links()
    scanner = copy.copy(stranger)  # a mail scanner follows the link, without a cookie
    scanner.cookies = type(stranger.cookies)()
    for method in ("GET", "HEAD", "GET"):
        assert scanner.request(method, link).status == 200
    assert scanner.ask("/").address == "/entrer"
    page = stranger.ask(link)
    assert page.heading == "Entrer à l’atelier"
    assert page.headers["referrer-policy"] == "strict-origin"
    form = page.form("lien")
    home = stranger.send(form, "Entrer")
    assert (home.status, home.address) == (200, "/")
    assert "Ana Côté" in home.words
    again = stranger.beside(None)
    assert again.ask(link).status == 410
    replayed = again.ask("/entrer").form("entrer")
    replayed.address, replayed.fields = "/entrer/lien", replayed.fields | form.fields
    replayed.fields["jeton"] = again.ask("/entrer").form("entrer").fields["jeton"]
    assert again.send(replayed).status == 410
    assert again.ask("/").address == "/entrer"


def test_a_link_ends_after_fifteen_minutes_and_with_another_that_served(stranger: Browser) -> None:
    for _ in range(2):
        ask_for_link(stranger, ANA.address)
    first, second = stranger.mailbox.links()
    form = stranger.ask(first).form("lien")
    stranger.clock.ahead = timedelta(minutes=14)
    assert stranger.ask(second).status == 200
    stranger.clock.ahead = timedelta(minutes=16)
    assert stranger.ask(second).status == 410
    assert stranger.send(form, "Entrer").status == 410
    ask_for_link(stranger, ANA.address)
    ask_for_link(stranger, LEO.address)
    third, other = stranger.mailbox.links()[2:]
    assert stranger.send(stranger.ask(third).form("lien"), "Entrer").address == "/"
    assert stranger.beside(None).ask(other).status == 200  # that of somebody else


def test_the_cookie_is_the_browsers_alone_and_changes_at_each_entry(stranger: Browser) -> None:
    stranger.cookies.set(TEAM_COOKIE, "choisie-par-un-autre", domain=TEAM_HOST, path="/")
    ask_for_link(stranger, ANA.address)
    form = stranger.ask(stranger.mailbox.links()[-1]).form("lien")
    [name] = [cookie.name for cookie in stranger.cookies.jar if "atelier" in cookie.name]
    assert name.startswith("__Host-")
    answer = stranger.send(form, "Entrer", follow=False)
    [said] = [line for line in answer.cookies if name in line]
    flags = {part.strip().lower() for part in said.split(";")[1:]}
    assert flags >= {"httponly", "secure", "samesite=lax", "path=/"}
    assert not any(flag.startswith("domain") for flag in flags)
    first = said.partition("=")[2].partition(";")[0]
    assert first != "choisie-par-un-autre"
    assert stranger.accounts.whose("choisie-par-un-autre") is None
    stranger.cookies.set(TEAM_COOKIE, first, domain=TEAM_HOST, path="/")
    assert stranger.accounts.whose(first)
    signed_in(stranger)
    assert stranger.accounts.whose(first) is None  # the browser's former session ended
    assert stranger.ask("/").address == "/"


def test_an_unknown_address_gets_the_same_answer_as_soon(stranger: Browser) -> None:
    """The answer is made before anybody looks the address up."""
    known = ask_for_link(stranger, ANA.address)
    unknown = ask_for_link(stranger, "personne@exemple.test")
    assert TOKENS.sub("", known.text) == TOKENS.sub("", unknown.text)
    assert known.status == unknown.status == 200
    assert len(stranger.mailbox.mails) == 1
    slow = threading.Event()
    stranger.mails.post = _Slow(slow)
    try:
        form = stranger.ask("/entrer").form("entrer")
        form.fill("Adresse de courriel", ANA.address)
        assert stranger.send(form).status == 200  # while the server of mails does not answer
    finally:
        slow.set()
        stranger.mails.wait()


class _Slow(Mailbox):
    def __init__(self, event: threading.Event) -> None:
        super().__init__()
        self.event = event

    def send(self, sender: str, recipient: str, data: bytes) -> None:
        assert self.event.wait(10)
        super().send(sender, recipient, data)


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://ailleurs.example"},
        {"origin": "null"},
        {"origin": f"http://{TEAM_HOST}"},
        {"origin": f"https://{TEAM_HOST}.ailleurs.example"},
        {"origin": None},
        {"origin": None, "sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"host": "ailleurs.example"},
    ],
)
def test_a_form_from_elsewhere_does_nothing(
    stranger: Browser, leo: Browser, project: Project, headers: dict[str, str | None]
) -> None:
    ask_for_link(stranger, ANA.address)
    form = stranger.ask(stranger.mailbox.links()[-1]).form("lien")
    assert 400 <= stranger.send(form, "Entrer", headers=headers).status < 500
    asked = stranger.ask("/entrer").form("entrer")
    asked.fill("Adresse de courriel", ANA.address)
    assert 400 <= stranger.send(asked, headers=headers).status < 500
    stranger.mails.wait()
    assert len(stranger.mailbox.mails) == 1
    saved = leo.ask(f"/texte/{DRAFT}").form()
    saved.fill("Texte", "Autre chose.")
    invited = leo.ask(PEOPLE).form("inviter-une-personne")
    invited.fields["adresse"] = "autre@exemple.test"
    with unchanged(project.root / "content"):
        assert 400 <= leo.send(saved, "Enregistrer", headers=headers).status < 500
        assert 400 <= leo.send(invited, "Inviter", headers=headers).status < 500
    assert leo.accounts.member("autre@exemple.test") is None


def test_forms_are_tied_to_the_browser_that_was_shown_them(
    stranger: Browser, leo: Browser, project: Project
) -> None:
    form = stranger.ask("/entrer").form("entrer")
    form.fill("Adresse de courriel", ANA.address)
    elsewhere = stranger.beside(None)
    assert elsewhere.send(form).status == 403
    for token in ("", "faux", None):
        wrong = copy.deepcopy(form)
        wrong.fields |= {"jeton": token} if token is not None else {}
        if token is None:
            del wrong.fields["jeton"]
        assert stranger.send(wrong).status == 403
    mine = leo.ask(f"/texte/{DRAFT}").form()
    ana = leo.beside(ANA)
    with unchanged(project.root / "content"):
        assert ana.send(mine, "Enregistrer").status == 403  # the token of another's session
    stranger.mails.wait()
    assert not stranger.mailbox.mails


def test_a_change_of_role_ends_sessions_and_frames(leo: Browser) -> None:
    ana = leo.beside(ANA)
    frame = f"/cadre/{ana.atelier.access.frame()}/"
    link = leo.mails.link(ANA).removeprefix(leo.origin)
    assert ana.ask(f"/texte/{DRAFT}").status == 200
    assert ana.ask(frame).status == 200
    people = leo.ask(PEOPLE)
    [mark] = people.tree.xpath(f"//form[.//input[@value='{ANA.address}']]/@id")
    form = people.form(mark)
    form.fields["role"] = "auteur"
    assert leo.send(form, "Enregistrer : Ana Côté").status == 200
    assert ana.ask("/").address == "/entrer"
    assert ana.ask(frame).status == 404
    assert ana.ask(link).status == 410
    ana = leo.beside(Person(ANA.address, ANA.name, Role.AUTEUR))
    assert ana.ask(f"/texte/{DRAFT}").status == 404
    assert ana.ask(frame).status == 404  # what an editor was shown is not an auteur's


def test_sessions_end(leo: Browser, project: Project, tmp_path: Path) -> None:
    """By « Sortir », by the direction, with time; not when the atelier restarts."""
    ana, other = leo.beside(ANA), leo.beside(ANA)
    restarted = Browser(project.root, tmp_path / "donnees", person=LEO)
    restarted.cookies = ana.cookies
    assert restarted.ask("/").address == "/"
    [leaving] = ana.ask("/").tree.xpath("//form[@action='/sortir']")
    token = leaving.xpath(".//input[@name='jeton']/@value")[0]
    assert other.request("POST", "/sortir", data={"jeton": token}).status == 403
    assert ana.request("POST", "/sortir", data={"jeton": token}).address == "/entrer"
    assert ana.ask("/").address == "/entrer"
    assert other.ask("/").address == "/"
    people = leo.ask(PEOPLE)
    [mark] = people.tree.xpath(f"//form[.//input[@value='{ANA.address}']]/@id")
    assert leo.send(people.form(mark), "Fermer ses fenêtres : Ana Côté").status == 200
    assert other.ask("/").address == "/entrer"
    third = leo.beside(ANA)
    leo.clock.ahead = timedelta(days=2)
    assert third.ask("/").address == "/"
    leo.clock.ahead = timedelta(days=4)
    assert third.ask("/").address == "/"  # it was used in between
    leo.clock.ahead = timedelta(days=8)
    assert third.ask("/").address == "/entrer"
    leo.clock.ahead = timedelta(days=0)
    people, shared = leo.ask(PEOPLE), leo.atelier.reviews.share(DRAFT, ANA, 7)
    leo.send(people.form(mark), "Retirer Ana Côté")
    assert leo.atelier.reviews.link(shared.secret) is None
    assert leo.accounts.member(ANA.address) is None
    assert ask_for_link(leo.beside(None), ANA.address).status == 200
    assert not leo.mailbox.mails


def test_nothing_that_lets_in_is_kept_or_told(
    stranger: Browser, project: Project, tmp_path: Path
) -> None:
    signed_in(stranger)
    ask_for_link(stranger, ANA.address)
    cookie = stranger.cookies.get(TEAM_COOKIE)
    secrets = [cookie, *(link.rpartition("/")[2] for link in stranger.mailbox.links())]
    kept = b"".join(
        path.read_bytes()
        for path in tmp_path.rglob("*")
        if path.is_file() and "projet" not in path.parts
    )
    told = "".join(stranger.told) + str(stranger.accounts.journal())
    for secret in secrets:
        assert secret
        assert secret.encode() not in kept
        assert secret not in told
    assert stranger.visitor not in told + kept.decode("latin-1")
    stranger.mails.post = _Failing()
    ask_for_link(stranger, ANA.address)
    assert ANA.address not in "".join(stranger.told)
    assert project.root


class _Failing(Mailbox):
    def send(self, _sender: str, recipient: str, _data: bytes) -> None:
        raise ValueError(recipient)


def test_links_are_limited_by_network_and_by_address(stranger: Browser) -> None:
    for n in range(5):
        stranger.visitor = f"2001:db8:1:{n}::1"
        assert ask_for_link(stranger, ANA.address).status == 200
    assert len(stranger.mailbox.mails) == 3  # of an address, in a quarter of an hour
    stranger.mailbox.mails.clear()
    answers = []
    for n in range(12):
        stranger.visitor = f"2001:db8:2:0:{n}::1"  # one visitor has a whole /64
        answers.append(ask_for_link(stranger, f"quelquun{n}@exemple.test").status)
    assert answers == [200] * 10 + [429] * 2
    near = []
    for n in range(60):
        stranger.visitor = f"2001:db8:3:{n:x}::1"  # and a provider gives one customer a /48
        near.append(ask_for_link(stranger, f"voisin{n}@exemple.test").status)
    assert near.count(200) == 40
    stranger.visitor = "198.51.100.7"  # others are still let in
    assert signed_in(stranger, LEO.address).address == "/"


def test_a_bad_link_is_tried_only_so_often(stranger: Browser) -> None:
    stranger.ask("/entrer")
    form = stranger.ask("/entrer").form("entrer")
    form.address = "/entrer/lien"
    answers = []
    for n in range(22):
        form.fields["lien"] = f"essai-{n}"
        answers.append(stranger.send(form).status)
    assert answers == [410] * 20 + [429] * 2


def test_pages_read_without_a_session_cannot_be_framed_or_kept(stranger: Browser) -> None:
    for place in ("/entrer", "/entrer/rien", "/entrer/a/b", "/sortir", "/cadre/x/", "/%00"):
        answer = stranger.ask(place)
        assert answer.status < 500
        assert answer.headers["x-frame-options"] in {"DENY", "SAMEORIGIN"}
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["cache-control"] == "no-store"
        assert "max-age" in answer.headers["strict-transport-security"]
    assert stranger.ask("/?cle=x").address == "/entrer"
    sent = stranger.request("POST", "/entrer", data={"adresse": "x" * 5_000_000})
    assert sent.status == 413
    assert stranger.ask("/entrer", headers={"host": "ailleurs.example"}).status == 421


def test_the_direction_invites_and_is_never_all_gone(leo: Browser) -> None:
    form = leo.ask(PEOPLE).form("inviter-une-personne")
    form.fields |= {"adresse": "Zoé@exemple.test", "nom": "Zoé", "role": "auteur"}
    assert leo.send(form, "Inviter").status == 422
    form.fields["adresse"] = "zoe@exemple.test"
    assert "L’invitation est partie." in leo.send(form, "Inviter").words
    assert "Léo Roy vous invite" in mail_text(leo)
    assert leo.send(form, "Inviter").status == 422  # here already
    zoe = leo.beside(None)
    assert zoe.send(zoe.ask(leo.mailbox.links()[-1]).form("lien"), "Entrer").address == "/"
    assert zoe.ask(PEOPLE).status == 403
    me = leo.ask(PEOPLE)
    [mark] = me.tree.xpath(f"//form[.//input[@value='{LEO.address}']]/@id")
    assert "personne à la direction" in leo.send(me.form(mark), "Retirer Léo Roy").words
    fields = me.form(mark)
    fields.fields["role"] = "redaction"
    assert leo.send(fields, "Enregistrer : Léo Roy").status == 422
    assert leo.accounts.member(LEO.address)
    leo.mails.post = None
    form.fields |= {"adresse": "max@exemple.test", "nom": "Max"}
    shown = leo.send(form, "Inviter")
    [link] = re.findall(rf"https://{TEAM_HOST}(/entrer/\S+)", shown.words)
    maxi = leo.beside(None)
    assert maxi.send(maxi.ask(link).form("lien"), "Entrer").address == "/"


def mail_text(browser: Browser) -> str:
    from email import message_from_bytes  # noqa: PLC0415

    payload = message_from_bytes(browser.mailbox.mails[-1][1]).get_payload(decode=True)
    return bytes(payload).decode()
