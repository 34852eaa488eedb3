"""Letters in the atelier without a script: composed, sent by four screens, reported, rectified."""

from __future__ import annotations

import copy
import itertools
import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from axtra.atelier.mailroom import Mailroom, Notices
from axtra.atelier.roles import Person, Role
from axtra.content import sent_letters
from axtra.sending import dispatch
from axtra.sending.ledger import Ledger
from axtra.sending.ledger_records import Approval
from axtra.subscribers import Register
from infolettre.core.dates import ZONE
from support import smtp_server
from support.atelier_client import Browser, Screen
from support.letter_office import (
    LIST,
    TODAY,
    LetterOffice,
    built_project,
    letter_office,
    sending_processes,
)
from support.sending_project import SendingProject
from support.service_processes import wait_until
from support.smtp_server import MailHandler, RunningServer, numbered

PEOPLE = [
    *numbered(6),
    "inconnu-1@exemple.test",
    "apres-1@exemple.test",
    "politique-1@exemple.test",
]
BODY = "Bonjour {prenom},\n\nUne phrase.\n\n/// article | premier\n///"
LETTER, REPORT = f"/infolettres/{TODAY}", f"/infolettres/{TODAY}/bilan"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a project once, with a letter of today that is still a draft."""
    return built_project(tmp_path_factory.mktemp("envois") / "projet", BODY)


@pytest.fixture
def post() -> Iterator[RunningServer]:
    with smtp_server.opened(MailHandler()) as opened:
        yield opened


@pytest.fixture
def office(built: Path, post: RunningServer, tmp_path: Path) -> LetterOffice:
    return letter_office(built, tmp_path, post.url, PEOPLE)


@pytest.fixture
def alone(office: LetterOffice) -> Browser:
    return Browser(office.root, office.data)


def signed_in(browser: Browser, name: str, role: Role) -> Browser:
    """Return the browser of a person who has an account in the same atelier."""
    other = copy.copy(browser)
    other.person = Person(f"{name}@exemple.test", name.capitalize(), role)
    other.cookies = type(browser.cookies)()
    session = browser.access.open(other.person)
    other.cookies.set("axe-atelier-8001", session.cookie, domain="127.0.0.1")
    return other


def step(browser: Browser, button: str, slug: str = TODAY, **typed: str) -> Screen:
    """Send the form of the next screen of a sending."""
    form = browser.ask(f"/infolettres/{slug}/envoyer").form("envoi")
    form.fields |= typed
    return browser.send(form, button)


def frozen(browser: Browser, slug: str = TODAY) -> None:
    """Freeze a letter and receive a test of it."""
    step(browser, "Figer et geler", slug)
    seen = step(browser, "Envoyer l’essai", slug, adresse="moi@exemple.test, toi@exemple.test")
    assert "Essai accepté par le serveur" in seen.words


def sent(browser: Browser, number: int, slug: str = TODAY) -> Screen:
    """Confirm a sending, and wait until it is over."""
    form = browser.ask(f"/infolettres/{slug}/envoyer?etape=confirmer").form("envoi")
    form.fields |= {"liste": LIST, "nombre": str(number)}
    button = next(words for words in form.buttons if words.startswith("Envoyer à"))
    screen = browser.send(form, button)
    assert screen.address.endswith("/bilan"), screen.words
    return ended(browser, slug)


def ended(browser: Browser, slug: str = TODAY) -> Screen:
    """Return the report once nothing leaves any more; the account adds up at each look."""
    for _ in range(400):
        screen = browser.ask(f"/infolettres/{slug}/bilan")
        numbers = account(screen)
        assert sum(numbers[:-1]) == numbers[-1], numbers
        if "L’envoi avance" not in screen.words:
            return screen
        time.sleep(0.05)
    raise AssertionError(screen.words)


def account(screen: Screen) -> list[int]:
    """Return the numbers of the report, the total last."""
    cells = screen.tree.xpath("//table[contains(@class, 'somme')]//td")
    return [int("".join(cell.text_content().split())) for cell in cells]


def test_content_is_chosen_moved_and_kept_byte_for_byte(
    office: LetterOffice, alone: Browser
) -> None:
    path = office.root / f"newsletters/{TODAY[:4]}/{TODAY}.md"
    draft = path.read_bytes().replace(b"type:", b"statut: brouillon\ntype:")
    crlf = draft.replace(b"\n", b"\r\n")
    path.write_bytes(crlf)
    screen = alone.ask(LETTER)
    [carried] = screen.tree.xpath("//span[@class='deja']")
    assert carried.text_content().replace("\xa0", " ") == "déjà envoyé le 6 mai 2020"
    assert alone.send(screen.form(), "Enregistrer").status == 200
    assert path.read_bytes() == crlf
    form = alone.ask(LETTER).form()
    form.fields["contenu:content/nouvelles/2020/une-nouvelle.md"] = "1"
    form.fields["contenu:content/communiques/2020/un-communique.md"] = "1"
    alone.send(form, "Enregistrer")
    card = "\r\n\r\n## {}\r\n\r\n/// article | {}\r\n///"
    added = card.format("Dans les nouvelles", "nouvelles/2020/une-nouvelle.md")
    added += card.format("Communiqués", "communiques/2020/un-communique.md")
    assert path.read_bytes() == crlf.removesuffix(b"\r\n") + added.encode() + b"\r\n"
    screen = alone.ask(LETTER)
    moved = alone.send(screen.form(), "↑Monter « Un communiqué »")
    assert moved.tree.xpath("//ol//li/@data-texte") == [
        "content/magazine/2020-05/premier.md",
        "content/nouvelles/2020/une-nouvelle.md",
        "content/communiques/2020/un-communique.md",
    ]  # in the section above, whose last it is
    form = moved.form()
    for name in list(form.fields):
        if name.startswith("contenu:") and "premier" not in name:
            del form.fields[name]
    alone.send(form, "Enregistrer")
    assert path.read_bytes() == crlf


def test_a_letter_leaves_its_report_is_settled_then_it_is_rectified(
    office: LetterOffice, alone: Browser, post: RunningServer
) -> None:
    assert alone.ask(REPORT).status == 404
    frozen(alone)
    assert step(alone, "Approuver").address.endswith("fait=approuver")
    wrong = step(alone, "Envoyer à 9 personnes", liste=LIST, nombre="8")
    assert wrong.status == 422
    assert (
        "La liste ou le nombre ne sont pas ceux qui sont gelés : rien n’est envoyé." in wrong.words
    )
    screen = sent(alone, 9)
    assert post.post.recipients()["bon-0@exemple.test"] == 1
    states = Counter(office.states(TODAY).values())
    assert states == {"accepte": 6, "refuse": 1, "incertain": 1, "a_envoyer": 1}
    assert "L’envoi est arrêté" in screen.words  # 5.7.1 is about us: it is tried again
    assert "retrait" not in screen.words.partition("Le compte")[0]
    [doubt] = screen.tree.xpath("//form[.//button[@value='recue']]")
    address = doubt.xpath(".//input[@name='adresse']/@value")[0]
    assert address == "apres-1@exemple.test"
    before = sum(post.post.recipients().values())
    token = doubt.xpath(".//input[@name='jeton']/@value")[0]
    said = {"jeton": token, "adresse": address, "acte": "recue"}
    alone.request("POST", REPORT, data=said)
    assert office.states(TODAY)[address] == "accepte"
    alone.request("POST", REPORT, data={"jeton": token, "acte": "reprendre"})
    ended(alone)
    times = post.post.recipients()
    assert set(times.values()) == {1}
    assert sum(times.values()) == before

    # What was inexact goes to those who have it, or may, and have not left since.
    office.leave("bon-1@exemple.test")
    screen = alone.ask(REPORT)
    token = screen.tree.xpath("//input[@name='jeton']/@value")[0]
    screen = alone.request("POST", REPORT, data={"jeton": token, "acte": "rectifier"})
    slug = f"{TODAY}-rectificatif"
    assert screen.address == f"/infolettres/{slug}"
    form = screen.form()
    assert form.value("Objet") == "Rectificatif : La lettre du jour"
    form.fields["texte"] = "Bonjour {prenom},\n\nLe total est de 336.\n\nVeuillez nous en excuser."
    alone.send(form, "Enregistrer")
    frozen(alone, slug)
    states = office.states(slug)
    assert {address for address, state in states.items() if state == "a_envoyer"} == {
        "bon-0@exemple.test", "bon-2@exemple.test", "bon-3@exemple.test", "bon-4@exemple.test",
        "bon-5@exemple.test", "apres-1@exemple.test",
    }  # fmt: skip
    assert states["bon-1@exemple.test"] == "exclu"
    command = SendingProject(
        office.project, office.data, TODAY, {"AXTRA_DONNEES": str(office.data)}
    )
    assert f"{slug}-2.md : écrivez-y" in command.envoi("rectifier").stdout


def test_proposed_suppressions_are_settled(office: LetterOffice, alone: Browser) -> None:
    office.subscribe(numbered(12, "inconnu"), "autre")
    step(alone, "Figer et geler", liste="autre")
    step(alone, "Envoyer l’essai", adresse="moi@exemple.test")
    form = alone.ask(f"{LETTER}/envoyer?etape=confirmer").form("envoi")
    form.fields |= {"liste": "autre", "nombre": "12"}
    alone.send(form, "Envoyer à 12 personnes")
    screen = ended(alone)
    proposed = len(screen.tree.xpath("//h3[contains(., '@')]"))
    assert proposed
    for place in (REPORT, f"{REPORT}/compte"):  # who may send sees addresses, who composes counts
        writer = signed_in(alone, "carole", Role.REDACTION).ask(place)
        assert writer.status == 200
        assert "inconnu-" not in writer.text
        assert "inconnu-" in alone.ask(place).text
    # One address at a time: nothing goes on before the last, and what was kept is written again.
    token = screen.tree.xpath("//input[@name='jeton']/@value")[0]
    waiting = screen.tree.xpath("//form[.//button[@value='retirer']]/input[@name='adresse']/@value")
    assert len(waiting) == proposed
    acts = itertools.cycle(("retirer", "garder", "retirer"))
    for address, act in zip(waiting, acts, strict=False):
        found = screen.tree.xpath("//button")
        buttons = [" ".join(button.text_content().split()) for button in found]
        assert f"Retirer : {address}" in buttons
        assert "Reprendre" not in buttons
        screen = alone.request(
            "POST", REPORT, data={"jeton": token, "acte": act, "adresse": address}
        )
    assert "Reprendre" in [button.text_content() for button in screen.tree.xpath("//button")]
    kept = set(waiting[1::3])
    with Register.open(office.data) as register:
        assert {who for who in waiting if register.is_suppressed(who)} == {*waiting} - kept
    states = office.states(TODAY)
    assert {who for who in waiting if states[who] == "a_envoyer"} == kept


def test_every_refusal_is_that_of_the_command(
    office: LetterOffice, alone: Browser, post: RunningServer
) -> None:
    path = office.root / f"newsletters/{TODAY[:4]}/{TODAY}.md"
    frozen(alone)
    path.write_text(path.read_text("utf-8").replace("Une phrase.", "Une autre phrase."), "utf-8")
    form = alone.ask(f"{LETTER}/envoyer").form("envoi")
    form.fields |= {"liste": LIST, "nombre": "9", "acte": "confirmer"}
    refused = alone.send(form)
    assert "L’édition a changé depuis qu’elle est gelée." in refused.words
    assert "Gelez-la de nouveau, puis refaites l’essai." in refused.words
    form.fields |= {"acte": "confirmer", "quand": "plus-tard", "heure": "2020-01-01T09:00"}
    assert "une édition ne part pas à une heure passée" in alone.send(form).words
    assert len(post.post.taken) == 2


def test_nobody_approves_what_they_froze_and_a_name_that_is_typed_counts_for_nothing(
    office: LetterOffice, alone: Browser, post: RunningServer
) -> None:
    office.serve_by(post.url, approbation="true")
    first = signed_in(alone, "anne", Role.DIRECTION)
    second = signed_in(alone, "bruno", Role.DIRECTION)
    writer = signed_in(alone, "carole", Role.REDACTION)
    frozen(first)
    own = first.ask(f"{LETTER}/envoyer")
    assert f"Vous avez gelé « {TODAY} » : une autre personne l’approuve." in own.words
    form = own.form("envoi")
    form.fields |= {"acte": "approuver", "par": "Bruno (bruno@exemple.test)"}
    refused = first.send(form)
    assert refused.status == 422
    assert f"Vous avez gelé « {TODAY} » : une autre personne l’approuve." in refused.words
    form = writer.ask(f"{LETTER}/envoyer").form("envoi")
    form.fields["acte"] = "approuver"
    assert writer.send(form).status == 403
    form.fields["acte"] = "confirmer"
    assert writer.send(form).status == 403
    form = first.ask(f"{LETTER}/envoyer").form("envoi")
    form.fields |= {"acte": "confirmer", "liste": LIST, "nombre": "9"}
    assert "Personne n’a approuvé ces octets." in first.send(form).words
    step(second, "Approuver", par="Anne")
    with Ledger.open(office.data) as ledger:
        edition = ledger.frozen(TODAY)
        assert edition
        assert ledger.approvals(edition) == (
            Approval("Bruno (bruno@exemple.test)", "bruno@exemple.test"),
        )


def test_a_departure_is_scheduled_and_cancelled(office: LetterOffice, alone: Browser) -> None:
    frozen(alone)
    form = alone.ask(f"{LETTER}/envoyer?etape=confirmer").form("envoi")
    later = {"quand": "plus-tard", "heure": "2099-01-02T09:00", "liste": LIST, "nombre": "9"}
    form.fields |= later | {"acte": "confirmer"}
    assert "Personne n’a approuvé ces octets." in alone.send(form).words
    step(alone, "Approuver", par="Une autre personne")
    form.fields |= {"heure": f"{TODAY}T23:59", "quand": "maintenant"}
    screen = alone.send(form, "Programmer pour 9 personnes")  # the button alone decides
    assert "Le départ est programmé" in screen.words, screen.words
    assert "programmée pour le" in alone.ask("/infolettres").words
    assert (
        "elle ne partira pas d’elle-même"
        in alone.send(screen.form("envoi"), "Annuler le départ").words
    )
    with Ledger.open(office.data) as ledger:
        assert not ledger.scheduled()


@pytest.mark.parametrize("button", ["Personne ne l’a reçue", "Elle est bien partie"])
def test_a_letter_that_a_lost_ledger_may_have_sent_asks_a_person(
    built: Path, tmp_path: Path, post: RunningServer, button: str
) -> None:
    office = letter_office(built, tmp_path, post.url, numbered(2))
    alone = Browser(office.root, office.data)
    day = datetime.now(ZONE).date()
    sent_letters.record(office.root, sent_letters.Sent(TODAY, LIST, day, "abc", ("/",)))
    frozen(alone)
    form = alone.ask(f"{LETTER}/envoyer?etape=confirmer").form("envoi")
    form.fields |= {"liste": LIST, "nombre": "2"}
    refused = alone.send(form, "Envoyer à 2 personnes")
    assert "des personnes la recevraient deux fois" in refused.words
    assert "--" not in refused.words
    said = alone.send(refused.form("memoire"), button)
    if button.startswith("Elle"):
        assert set(office.states(TODAY).values()) == {"incertain"}
        assert said.address == REPORT
        return
    assert "Confirmez l’envoi" in said.words
    sent(alone, 2)
    assert set(office.states(TODAY).values()) == {"accepte"}


@pytest.mark.parametrize("late", [timedelta(minutes=20), timedelta(hours=3)])
def test_a_departure_whose_hour_went_by_in_sleep_leaves_within_two_hours_or_never(
    built: Path, tmp_path: Path, post: RunningServer, late: timedelta
) -> None:
    office = letter_office(built, tmp_path, post.url, numbered(3))
    alone = Browser(office.root, office.data)
    frozen(alone)
    step(alone, "Approuver", par="Une autre personne")
    post.post.taken.clear()
    at = datetime.now(ZONE).replace(second=0, microsecond=0) - late
    before = Mailroom(office.root, office.data, os.environ, lambda: at - timedelta(minutes=5))
    with before.books() as books:
        context = before.context(books, Notices())
        dispatch.schedule(context, before.settings(), TODAY, at, dispatch.Confirmation(LIST, 3))
    screen = alone.ask(f"{LETTER}/envoyer")
    gone = late > timedelta(hours=2)
    assert ("elle ne partira plus d’elle-même" if gone else "dès que possible") in screen.words
    # The machine wakes up: the atelier looks at the clock, twice.
    mailroom = Mailroom(office.root, office.data, os.environ, lambda: datetime.now(ZONE))
    for _ in range(2):
        mailroom.attend()
    with Ledger.open(office.data) as ledger:
        wait_until(lambda: not ledger.scheduled())
    assert Counter(office.states(TODAY).values()) == {"a_envoyer" if gone else "accepte": 3}
    times = post.post.recipients()  # the publisher is told, too
    assert [times[who] for who in numbered(3)] == [0 if gone else 1] * 3


def test_a_sending_that_is_stopped_then_killed_goes_on_without_a_duplicate(
    built: Path, tmp_path: Path
) -> None:
    with smtp_server.opened(MailHandler(delay=0.04)) as post:
        office = letter_office(built, tmp_path, post.url, PEOPLE)
        browser = Browser(office.root, office.data)
        frozen(browser)
        form = browser.ask(f"{LETTER}/envoyer?etape=confirmer").form("envoi")
        form.fields |= {"liste": LIST, "nombre": "9"}
        screen = browser.send(form, "Envoyer à 9 personnes")
        wait_until(lambda: len(post.post.taken) > 3)
        said = {"jeton": screen.tree.xpath("//input[@name='jeton']/@value")[0]}
        browser.request("POST", REPORT, data=said | {"acte": "arreter"})
        wait_until(lambda: not sending_processes(office))
        taken = len(post.post.taken)
        assert "L’envoi est arrêté" in ended(browser).words
        browser.request("POST", REPORT, data=said | {"acte": "reprendre"})
        wait_until(lambda: len(post.post.taken) > taken)
        post.post.delay = 60  # the next message is in flight until the end
        [pid] = sending_processes(office)
        # Another atelier, as after a stop: the process that sends knows nothing of it.
        other = Browser(office.root, office.data)
        assert "L’envoi avance" in other.ask(REPORT).words
        os.kill(pid, signal.SIGKILL)
        post.post.delay = 0
        screen = ended(other)  # the system lets go of its lock a moment after it is dead
        assert "L’envoi est arrêté" in screen.words
        numbers = account(screen)
        assert sum(numbers[:-1]) == numbers[-1] == 9
        said = {"jeton": screen.tree.xpath("//input[@name='jeton']/@value")[0]}
        other.request("POST", REPORT, data=said | {"acte": "reprendre"})
        ended(other)
        people = post.post.recipients()
        assert all(people[address] <= 1 for address in PEOPLE)
