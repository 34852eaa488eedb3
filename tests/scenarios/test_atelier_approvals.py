"""A second person approves a letter: nobody is both, by any path that a program can see."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest

from axtra.atelier.roles import Person, Role
from axtra.sending.ledger import Ledger
from axtra.sending.ledger_records import FrozenEdition
from support import smtp_server
from support.atelier_client import Browser, Form, Screen
from support.letter_office import LIST, TODAY, LetterOffice, built_project, letter_office
from support.sending_project import SendingProject
from support.smtp_server import MailHandler, numbered

LETTER = f"/infolettres/{TODAY}/envoyer"
ANNE = Person("anne@exemple.test", "Anne Roy", Role.DIRECTION)
BRUNO = Person("bruno@exemple.test", "Bruno Côté", Role.DIRECTION)
CARO = Person("caro@exemple.test", "Caro Lévis", Role.REDACTION)
NOBODY = "Personne n’a approuvé ces octets."


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LetterOffice]:
    place = tmp_path_factory.mktemp("approbations")
    built = built_project(place / "bati", "Bonjour,\n\nUne phrase.\n\n/// article | premier\n///")
    with smtp_server.opened(MailHandler()) as post:
        office = letter_office(built, place, post.url, numbered(3))
        office.serve_by(post.url, approbation="true")
        yield office


@pytest.fixture(scope="module")
def anne(office: LetterOffice) -> Browser:
    """Return the browser of the first person; all accounts are older than what is frozen."""
    first = Browser(office.root, office.data, person=ANNE)
    for person in (BRUNO, CARO):
        first.beside(person)
    return first


def act(browser: Browser, word: str, *, of: Screen | None = None, **typed: str) -> Screen:
    """Send a step of a sending, as the screen shows it now, or showed it before."""
    page = of or browser.ask(f"{LETTER}?etape={word}")
    form: Form = page.form("envoi")
    form.fields |= {"acte": word, **typed}
    return browser.send(form)


def freeze(browser: Browser) -> None:
    assert act(browser, "geler", liste=LIST).status == 200
    assert act(browser, "essai", adresse="moi@exemple.test").status == 200


def leave(browser: Browser, office: LetterOffice) -> Screen:
    """Try to let the letter leave, with what must be typed."""
    page = browser.ask(f"{LETTER}?etape=approuver")
    fields = page.form("envoi").fields | {
        "acte": "confirmer",
        "liste": LIST,
        "nombre": str(frozen_of(office).recipients),
    }
    return browser.request("POST", LETTER, data=fields)


def frozen_of(office: LetterOffice) -> FrozenEdition:
    with Ledger.open(office.data) as ledger:
        frozen = ledger.frozen(TODAY)
    assert frozen
    return frozen


def approved(office: LetterOffice) -> list[str]:
    with Ledger.open(office.data) as ledger:
        return [approval.account for approval in ledger.approvals(frozen_of(office))]


def command(office: LetterOffice) -> SendingProject:
    return SendingProject(office.project, office.data, TODAY, {"AXTRA_DONNEES": str(office.data)})


def test_who_froze_never_approves_and_a_colleague_does(anne: Browser, office: LetterOffice) -> None:
    freeze(anne)
    assert "Vous avez gelé" in act(anne, "approuver", par="Bruno").words
    assert approved(office) == []
    bruno = anne.beside(BRUNO)
    assert act(bruno, "approuver", par="Anne").status == 200
    assert approved(office) == [BRUNO.address]


def test_an_approval_is_of_one_freezing(anne: Browser, office: LetterOffice) -> None:
    """The same bytes for other people, or frozen by who approved them, are approved anew."""
    bruno = anne.beside(BRUNO)
    freeze(anne)
    act(bruno, "approuver")
    office.subscribe(["nouvelle@exemple.test"])
    freeze(anne)
    assert approved(office) == []
    assert NOBODY in leave(anne, office).words
    act(bruno, "approuver")
    freeze(bruno)
    assert NOBODY in leave(bruno, office).words
    assert "Vous avez gelé" in act(bruno, "approuver").words


def test_what_is_approved_is_what_the_page_showed(anne: Browser, office: LetterOffice) -> None:
    bruno, path = anne.beside(BRUNO), office.root / f"newsletters/{TODAY[:4]}/{TODAY}.md"
    freeze(anne)
    seen = bruno.ask(f"{LETTER}?etape=approuver")
    before = path.read_bytes()
    path.write_bytes(before.replace(b"Une phrase.", b"Une autre phrase."))
    freeze(anne)
    refused = act(bruno, "approuver", of=seen)
    assert refused.status == 422
    assert "a été gelée de nouveau depuis que cette page est ouverte" in refused.words
    assert approved(office) == []
    path.write_bytes(before)
    time.sleep(1)  # a page tells the freezings of the same bytes apart by their second
    freeze(anne)  # the former bytes come back: what was approved of them before does not
    assert "gelée de nouveau" in act(bruno, "approuver", of=seen).words


def test_a_letter_that_a_command_froze_is_frozen_again_by_an_account(
    anne: Browser, office: LetterOffice
) -> None:
    trial, bruno = command(office), anne.beside(BRUNO)
    said = trial.run("envoi", "geler", TODAY, "--liste", LIST)
    assert "se gèle de nouveau dans l’atelier" in said.stderr
    trial.done("envoi", "essai", TODAY, "moi@exemple.test")
    page = bruno.ask(f"{LETTER}?etape=approuver")
    assert "a été gelée par une commande" in page.words
    assert "Approuver" not in page.form("envoi").buttons
    assert "a été gelée par une commande" in act(bruno, "approuver", of=page).words
    refused = trial.run("envoi", "approuver", TODAY, "--par", "Bruno Côté")
    assert refused.returncode == 1
    assert "un nom écrit n’approuve pas" in refused.stderr
    refused = trial.run("envoi", "envoyer", TODAY, "--liste", LIST, "--nombre", "4")
    assert refused.returncode == 1
    assert "a été gelée par une commande" in refused.stderr
    assert "a été gelée par une commande" in leave(anne, office).words
    freeze(anne)
    assert act(bruno, "approuver").status == 200
    # What an account froze, no command approves either.
    freeze(anne)
    assert trial.run("envoi", "approuver", TODAY, "--par", "Bruno Côté").returncode == 1
    assert NOBODY in leave(anne, office).words


def test_one_person_with_two_accounts(anne: Browser, office: LetterOffice) -> None:
    """Another name, mailbox, or account made for it does not make a second person."""
    for person in (
        Person("anne.roy@ailleurs.test", "anne  ROY", Role.DIRECTION),
        Person("anne+2@exemple.test", "Quelqu’un", Role.DIRECTION),
    ):
        other = anne.beside(person)
        freeze(anne)
        refused = act(other, "approuver")
        assert refused.status == 422, person
        assert approved(office) == []
    anne.clock.ahead = timedelta(minutes=1)
    late = anne.beside(Person("tard@exemple.test", "Tard Venu", Role.DIRECTION))
    anne.clock.ahead = timedelta()
    assert "plus récent que la lettre gelée" in act(late, "approuver").words
    assert approved(office) == []


def test_an_account_that_is_gone_answers_for_nothing(anne: Browser, office: LetterOffice) -> None:
    """Whoever changes address, or is erased, leaves a letter that somebody freezes again."""
    gone = anne.beside(Person("ancienne@exemple.test", "Dom Roy", Role.DIRECTION))
    freeze(gone)
    anne.accounts.remove("ancienne@exemple.test")
    back = anne.beside(Person("nouvelle-adresse@exemple.test", "Dom R.", Role.DIRECTION))
    assert "n’existe plus" in act(back, "approuver").words
    told = json.loads(command(office).done("abonnes", "dossier", "ancienne@exemple.test", "--json"))
    assert told["lettres"] == [{"edition": TODAY, "acte": "gelée", "signature": None}]
    command(office).done("abonnes", "effacer", "ancienne@exemple.test")
    assert frozen_of(office).who
    assert "ancienne" not in frozen_of(office).who
    anne.beside(Person("ancienne@exemple.test", "Dom Roy", Role.DIRECTION))
    assert "n’existe plus" in act(anne, "approuver").words
    assert approved(office) == []


def test_who_began_a_letter_does_not_approve_it(anne: Browser, office: LetterOffice) -> None:
    bruno = anne.beside(BRUNO)
    source = f"newsletters/{TODAY[:4]}/{TODAY}.md"
    anne.atelier.own.note(source, BRUNO)
    freeze(anne)
    assert "Vous avez commencé" in act(bruno, "approuver").words
    assert approved(office) == []
    anne.atelier.own.forget(names=frozenset({source}))


def test_to_relax_the_settings_asks_for_a_new_freezing(anne: Browser, office: LetterOffice) -> None:
    freeze(anne)
    settings = office.data / "envoi.toml"
    before = settings.read_text("utf-8")
    settings.write_text(before.replace("true", "false"), "utf-8")
    assert NOBODY in leave(anne, office).words
    settings.write_text(before, "utf-8")


def test_who_works_alone_on_a_teams_folder_approves_nothing(
    anne: Browser, office: LetterOffice
) -> None:
    freeze(anne)
    alone = Browser(office.root, office.data)
    assert "chaque personne a un compte" in act(alone, "approuver", par="Bruno").words
    assert act(anne.beside(CARO), "approuver").status == 403
    assert approved(office) == []
