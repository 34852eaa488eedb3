"""Abonnés, as a person without scripts uses it: people, their histories, and lists in files."""

from __future__ import annotations

import json
import random
import threading
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest
from starlette.routing import Route

from axtra.atelier.roles import Act, Person, Role
from axtra.subscribers import Basis, Consent, Reason, Register
from axtra.subscribers.database import SUBSCRIBERS
from infolettre.core.dates import ZONE
from support.atelier_client import Browser, Form, Screen
from support.atelier_process import ProcessBrowser, started
from support.board_workbook import board_list
from support.small_sites import FULL, Project, make_project

LIST = "mensuelle"
NOW = datetime.now(ZONE).replace(microsecond=0)
ZOE, LUC = "zoe@exemple.test", "luc@exemple.test"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return make_project(tmp_path_factory.mktemp("gens") / "projet", FULL)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "donnees"


@pytest.fixture
def browser(project: Project, data: Path) -> Browser:
    return Browser(project.root, data)


def consent(days: int = 30, basis: Basis = Basis.EXPRESS) -> Consent:
    return Consent(basis, NOW - timedelta(days=days), "colloque", "feuille 3")


@pytest.fixture
def people(data: Path) -> None:
    """Subscribe Zoé, and Luc who left."""
    with Register.open(data) as register:
        register.add(LIST, ZOE, consent(), NOW, first_name="Zoé", last_name="Roy")
        register.add(LIST, LUC, consent(), NOW, first_name="Luc", last_name="Côté")
        register.suppress(LUC, Reason.UNSUBSCRIBED, NOW)


def token(browser: Browser) -> str:
    return str(browser.ask("/abonnes/ajouter").form("ajouter").fields["jeton"])


def post(browser: Browser, act: str, **fields: str) -> Screen:
    """Send a form of Abonnés; nothing of what it holds may be in the address that answers."""
    data = {"jeton": token(browser), **fields}
    answer = browser.request("POST", f"/abonnes/{act}", data=data)
    kept = answer.address.startswith("/abonnes/vu/")
    assert kept or answer.address == f"/abonnes/{act}"
    assert answer.headers["cache-control"] == "no-store"
    if "json" not in answer.headers["content-type"] and "csv" not in answer.headers["content-type"]:
        (title,) = answer.tree.xpath("//title/text()")
        assert "exemple.test" not in title
    return answer


def send_list(browser: Browser, name: str, data: bytes) -> Screen:
    form = browser.ask("/abonnes/importer").form("importer")
    return browser.request("POST", form.address, data=form.fields, files={"fichier": (name, data)})


# --- people --------------------------------------------------------------------------------------


def test_an_empty_screen_teaches_and_makes_nothing(browser: Browser, data: Path) -> None:
    screen = browser.ask("/abonnes")
    assert screen.heading == "Personne n’est encore abonné"
    links = screen.links()
    assert links["Importer une liste"] == "/abonnes/importer"
    for address in ("/abonnes/ajouter", "/abonnes/echeances", "/abonnes/bienvenue"):
        assert browser.ask(address).status == 200
    assert not (data / SUBSCRIBERS.name).exists()


def test_a_person_is_added_with_the_proof_of_a_consent(browser: Browser, data: Path) -> None:
    form = browser.ask("/abonnes/ajouter").form("ajouter")
    form.fill("Adresse", "Noé Roy <noe@gmial.com>")
    form.fields |= {"base": "expres", f"liste-{LIST}": "oui"}
    form.fill("Date", "2019-02-28")
    assert "dites d’où vient" in browser.send(form, "Ajouter").words.lower()
    form.fill("D’où vient", "formulaire d’adhésion")
    form.fill("Où en est", "classeur bleu")
    asked = browser.send(form, "Ajouter")
    assert "gmail.com" in asked.words
    again = asked.form("ajouter")
    again.fill("Adresse", "Noé Roy <mailto:noe@exemple.test>")
    again.fields |= {"base": "expres", f"liste-{LIST}": "oui"}
    screen = browser.send(again, "Ajouter")
    assert screen.heading == "Reçoit « Infolettre mensuelle »"
    for words in ("28 février 2019", "formulaire d’adhésion", "classeur bleu", "à l’atelier, par"):
        assert words in screen.words
    with Register.open(data) as register:
        [receives] = register.recipients(LIST, NOW)[0]
    assert receives.address == "noe@exemple.test"


def test_a_consent_without_a_possible_day_adds_nobody(browser: Browser, data: Path) -> None:
    fields = {"adresse": ZOE, "base": "expres", "source": "x", f"liste-{LIST}": "oui"}
    for day in ("", "2019-02-31", "1950-01-01", f"{NOW:%Y-%m-%d}x", "2999-01-01"):
        answer = post(browser, "ajouter", acte="ajouter", date=day, **fields)
        assert (answer.status, "date du consentement" in answer.words) == (422, True), day
    assert not (data / SUBSCRIBERS.name).exists()


@pytest.mark.usefixtures("people")
def test_people_are_found_by_words_and_without_accents(browser: Browser) -> None:
    assert "Zoé Roy" in post(browser, "chercher", q="ZOE roy").words
    assert "2 personnes" in post(browser, "chercher", q="exemple").words
    assert "Luc Côté, désabonnée" in post(browser, "chercher", q="cote").words
    assert "Personne à ce nom" in post(browser, "chercher", q="nulle part").words


@pytest.mark.usefixtures("people")
def test_who_left_comes_back_only_by_their_own_confirmation(browser: Browser, data: Path) -> None:
    fields = {"adresse": LUC, "base": "expres", "source": "x", "date": "2019-01-01"}
    refused = post(browser, "ajouter", acte="ajouter", **fields, **{f"liste-{LIST}": "oui"})
    assert "Elle seule peut revenir" in refused.words
    back = post(browser, "retablir", personne=LUC)
    assert "tant qu’elle ne se réabonne pas" in back.words
    with Register.open(data) as register:
        assert [person.address for person in register.recipients(LIST, NOW)[0]] == [ZOE]
    assert "envoie un courriel" in post(browser, "reinviter", personne=LUC, liste=LIST).words
    with Register.open(data) as register:
        queued = register.claim_mail(datetime.now(ZONE))
        assert queued
        assert queued.lists == (LIST,)
        register.confirm(queued.id, datetime.now(ZONE))
        assert len(register.recipients(LIST, datetime.now(ZONE))[0]) == 2


@pytest.mark.usefixtures("people")
def test_a_person_leaves_a_list_or_all_of_them(browser: Browser, data: Path) -> None:
    with Register.open(data) as register:
        register.add("speciale", ZOE, consent(), NOW)
    kept = post(browser, "listes", personne=ZOE, **{"liste-speciale": "oui"})
    assert kept.heading == "Reçoit « speciale »"
    asked = post(browser, "personne", personne=ZOE, acte="desabonner")
    assert "Elle seule pourra revenir" in asked.words
    assert "plus aucune infolettre" in post(browser, "desabonner", personne=ZOE).words
    with Register.open(data) as register:
        assert register.suppression(ZOE) is Reason.UNSUBSCRIBED


@pytest.mark.usefixtures("people")
def test_a_person_is_erased_once_the_consequence_was_read(browser: Browser, data: Path) -> None:
    asked = post(browser, "personne", personne=ZOE, acte="effacer")
    assert "Cela ne se défait pas" in asked.words
    told = json.loads(post(browser, "dossier", personne=ZOE).text)
    assert told["personne"]["prenom"] == "Zoé"
    assert "Zoé Roy" in browser.ask(asked.address).words  # « back » works
    assert post(browser, "effacer", personne=ZOE).heading == "Une personne effacée"
    with Register.open(data) as register:
        assert register.find(ZOE) is None
    assert browser.ask(asked.address).address == "/abonnes"  # nothing that showed her is left
    assert post(browser, "chercher", q=ZOE).heading == "Une personne effacée"
    assert post(browser, "retablir", personne=ZOE).status == 422


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("dead", [False, True])
def test_an_address_changes_once_both_confirm_and_the_consent_stays(
    browser: Browser, data: Path, *, dead: bool
) -> None:
    new = "zoe.roy@exemple.test"
    fields = {"nouvelle": f"mailto:{new}", "comment": "par téléphone", "morte": "oui" * dead}
    assert "envoie un courriel" in post(browser, "adresse", personne=ZOE, **fields).words
    with Register.open(data) as register:
        moment = datetime.now(ZONE) + timedelta(seconds=1)
        mails = {mail.side: mail for mail in (register.claim_mail(moment) for _ in "123") if mail}
        assert {*mails} == ({"nouvelle"} if dead else {"nouvelle", "ancienne"})
        for rank, mail in enumerate(mails.values(), start=1):
            assert register.find(ZOE)
            register.confirm(mail.id, moment)
            assert register.awaits_other(mail.id) is (rank < len(mails))
        [receives] = register.recipients(LIST, moment)[0]
        assert receives.address == new
        assert register.suppression(ZOE) is Reason.MOVED  # no old file brings it back
        assert register.add(LIST, ZOE, consent(), moment).value == "retiree"
        assert register.subscriptions(LIST)[1].consent == consent()
    screen = post(browser, "chercher", q=new)
    assert "Changement d’adresse : demandé le" in screen.words
    assert "a changé d’adresse" in post(browser, "personne", personne=ZOE).words


@pytest.mark.usefixtures("people")
def test_a_change_of_address_is_refused_when_it_cannot_be(browser: Browser) -> None:
    for new, words in ((LUC, "déjà celle d’une personne"), (ZOE, "déjà l’adresse"), ("x", "@")):
        answer = post(browser, "adresse", personne=ZOE, nouvelle=new, comment="en personne")
        assert (answer.status, words in answer.words) == (422, True)


def test_consents_that_end_soon_are_listed_and_lists_exported(browser: Browser, data: Path) -> None:
    with Register.open(data) as register:
        register.add(LIST, ZOE, consent(), NOW, first_name="Zoé")
        register.add(LIST, LUC, consent(700, Basis.IMPLIED), NOW)
    assert "1 consentement tacite échoit d’ici 60 jours" in browser.ask("/abonnes").words
    ending = browser.ask("/abonnes/echeances").words
    assert LUC in ending
    assert ZOE not in ending
    exported = post(browser, "exporter", liste=LIST)
    assert exported.text.startswith("\ufeffadresse;prenom;nom;consentement;date;source")
    assert exported.headers["content-disposition"] == f'attachment; filename="{LIST}.csv"'


# --- lists in files ------------------------------------------------------------------------------


@pytest.mark.parametrize(("number", "mac"), [(120, True), (1_500, False)])
def test_a_boards_list_is_imported_and_each_line_accounted_for(
    browser: Browser, data: Path, number: int, mac: bool,  # noqa: FBT001 - how Excel counts
) -> None:  # fmt: skip
    board = board_list(number, mac=mac)
    left_before = "membre7@exemple.test"
    with Register.open(data) as register:
        register.add(LIST, "membre5@exemple.test", consent(), NOW)
        register.add(LIST, "membre11@exemple.test", consent(), NOW)  # whom the file says gone
        register.suppress(left_before, Reason.UNSUBSCRIBED, NOW)
    form = send_list(browser, "membres.xlsx", board.data).form("colonnes")
    form.fields |= {"base": "expres", "source": "adhésion", "preuve": "classeur", "liste": LIST}
    trial = browser.send(form)
    kept = len(board.good)
    assert trial.heading == f"{kept - 2} personnes nouvelles dans « membres.xlsx »".replace(
        str(kept - 2), f"{kept - 2:,}".replace(",", "\u00a0")
    ).replace("\u00a0", " ")
    with Register.open(data) as register:
        assert register.written_to() == 2  # the trial wrote nothing
    confirm = trial.form("confirmer")
    confirm.fields["retirer"] = "oui"
    done = browser.send(confirm)
    assert "et chacune est comptée" in done.words
    rows = [line.split(";") for line in browser.send(done.form("compte")).text.split("\r\n")[1:-1]]
    fates = {int(line): fate for line, fate, _ in rows}
    assert len(fates) + len(board.lines["blank"]) == board.last
    expected = {
        "good": {"ajoutées", "déjà abonnées", "à ne plus joindre, laissées telles quelles"},
        "left": {"parties, d’après le fichier"},
        "refused": {"refusées"},
        "repeated": {"répétées dans le fichier"},
        "apart": {"titres et totaux"},
    }
    for kind, lines in board.lines.items():
        assert {fates[line] for line in lines if kind != "blank"} <= expected.get(kind, set())
    assert all(why for _, fate, why in rows if fate == "refusées")
    with Register.open(data) as register:
        written = {person.address.lower() for person in register.recipients(LIST, NOW)[0]}
        consents = {found.person.address: found.consent for found in register.subscriptions(LIST)}
        proof = register.subscriptions(LIST)[0].consent
    assert written == board.good.keys() - {left_before}
    days = {who.lower(): found.given.date() for who, found in consents.items() if found}
    new = written - {"membre5@exemple.test"}  # whose consent is of today
    assert {who: days[who] for who in new} == {who: board.good[who] for who in new}
    assert proof
    assert "classeur; atelier, par" in proof.proof


def import_while_killed(project: Project, data: Path, seed: int) -> None:
    """Kill the atelier while it imports a list; import it again, and require each line once."""
    board, chance = board_list(400), random.Random(seed)  # noqa: S311 - a trial to run again

    def confirmation(browser: Browser) -> Form:
        form = send_list(browser, "membres.xlsx", board.data).form("colonnes")
        form.fields |= {"base": "expres", "source": "x", "liste": LIST}
        return browser.send(form).form("confirmer")

    with started(project, data) as (process, address):
        browser = ProcessBrowser(address)
        form = confirmation(browser)
        timer = threading.Timer(chance.random() * 0.35, process.kill)
        timer.start()
        with suppress(httpx.TransportError):
            browser.send(form)
        timer.join()
    with Register.open(data) as register:
        first = register.written_to()
    assert first in {0, len(board.good)}
    again = Browser(project.root, data)
    assert (
        "n’est plus en mémoire"
        in again.request("POST", form.address, data={**form.fields, "jeton": token(again)}).words
    )
    done = again.send(confirmation(again))
    assert "et chacune est comptée" in done.words
    with Register.open(data) as register:
        written = {found.address.lower() for found in register.recipients(LIST, NOW)[0]}
        assert written == {*board.good}
        assert board.gone.isdisjoint(board.good)


def test_an_atelier_killed_while_it_imports_leaves_all_or_nothing(
    project: Project, tmp_path: Path
) -> None:
    import_while_killed(project, tmp_path / "tuee", seed=2)


@pytest.mark.eprouve
@pytest.mark.parametrize("seed", range(3, 43))
def test_an_atelier_killed_forty_times_while_it_imports_leaves_all_or_nothing(
    project: Project, tmp_path: Path, seed: int
) -> None:
    import_while_killed(project, tmp_path / "tuee", seed)


def test_what_is_wrong_with_a_whole_list_is_asked_on_its_screen(
    browser: Browser, data: Path
) -> None:
    text = "Courriel;Inscrite le;Actif\na@b.ca;05/06/2018;oui\nz@b.ca;07/08/2018;non\n"
    screen = send_list(browser, "liste.csv", text.encode("cp1252"))
    form = screen.form("colonnes")
    form.fields |= {"liste": LIST}
    answer = browser.send(form)
    assert answer.status == 422
    assert "--" not in answer.words  # an option of the command is no remedy here
    form.fields |= {"base": "tacite", "source": "adhésion", "role-1": "date"}
    asked = browser.send(form)
    assert "le jour ou le mois" in asked.words
    again = asked.form("colonnes")
    again.fields |= {"ordre": "jour-mois"}
    trial = browser.send(again)
    assert "1 personne nouvelle" in trial.heading
    assert "1 ligne" in trial.words
    again.fields |= {"liste": "+", "nouvelle": "Pas Bon"}
    assert "ne peut pas nommer une liste" in browser.send(again).words
    assert not (data / SUBSCRIBERS.name).exists() or not Register.open(data).written_to()


def test_people_who_left_elsewhere_are_taken_off(browser: Browser, data: Path) -> None:
    with Register.open(data) as register:
        register.add(LIST, ZOE, consent(), NOW)
    form = send_list(browser, "desabonnes.csv", f"Courriel\n{ZOE}\n".encode()).form("colonnes")
    form.fields |= {"base": "expres", "source": "x", "date": "2019-01-01", "liste": LIST}
    refused = browser.send(form)
    assert "Ne plus leur écrire" in refused.words
    form.fields["geste"] = "retraits"
    done = browser.send(browser.send(form).form("confirmer"))
    assert done.heading == "C’est fait : plus rien ne leur sera envoyé"
    with Register.open(data) as register:
        assert register.written_to() == 0


def test_a_file_is_refused_when_no_list_and_otherwise_serves_its_session(
    browser: Browser, project: Project, data: Path
) -> None:
    assert "un PDF" in send_list(browser, "liste.pdf", b"%PDF-1.7").words
    assert "choisissez" in send_list(browser, "", b"").words.lower()
    form = send_list(browser, "liste.csv", b"Courriel\na@b.ca\n").form("colonnes")
    other = Browser(project.root, data)
    form.fields["jeton"] = token(other)
    assert "plus en mémoire" in other.send(form).words


def test_the_words_of_welcome_are_written_in_the_settings(
    browser: Browser, project: Project
) -> None:
    path = project.root / "content" / "infolettres.toml"
    before = path.read_bytes()
    form = browser.ask("/abonnes/bienvenue").form("bienvenue")
    form.fill("Objet", "Bienvenue")
    assert "un objet et un texte" in browser.send(form).words
    form.fill("Mots", "Bonjour {prenom},\n\nMerci.")
    saved = browser.send(form)
    assert "Enregistré" in saved.words
    assert saved.form("bienvenue").value("Mots") == "Bonjour {prenom},\n\nMerci."
    again = saved.form("bienvenue")
    again.fill("Objet", "")
    again.fill("Mots", "")
    browser.send(again)
    assert path.read_bytes() == before


# --- who may -------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.DIRECTION])
def test_every_address_of_people_is_closed_to_other_roles(
    browser: Browser, data: Path, role: Role
) -> None:
    assert not Person("", "", role).may(Act.SUBSCRIBERS)
    jeton = token(browser)
    session = browser.access.session(next(iter(browser.cookies.values())))
    assert session
    session.person = Person("", "Une personne", role)
    routes = [
        route
        for route in browser.screens.routes
        if isinstance(route, Route) and route.path.startswith("/abonnes")
    ]
    assert len(routes) > 15
    for route in routes:
        for method in {*(route.methods or ())} - {"HEAD"}:
            answer = browser.request(method, route.path, data={"jeton": jeton, "personne": ZOE})
            assert answer.status == 403, (method, route.path)
    assert not (data / SUBSCRIBERS.name).exists()
