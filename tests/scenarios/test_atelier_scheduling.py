"""« Programmer »: a publication that takes place by itself, by the atelier or by the command."""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from subprocess import CompletedProcess
from threading import Thread
from unittest import mock

import pytest

from axtra.atelier.acceptance import Acceptance
from axtra.atelier.publication import Publisher
from axtra.atelier.scheduled import Schedule
from axtra.atelier.set_aside import project_folder
from axtra.atelier.timekeeper import Timekeeper
from infolettre.core.dates import ZONE
from support.atelier_client import Browser, Screen
from support.sending_project import SendingProject
from support.small_sites import FULL, Project, make_project, news

NEWS = "content/nouvelles/2020/une-nouvelle.md"
RELEASE = "content/communiques/2020/un-communique.md"
PAGE = "content/pages/a-propos.md"
DRAFT = "content/nouvelles/2020/un-brouillon.md"
LACKING = "content/nouvelles/2020/inacheve.md"
NOW = datetime(2026, 11, 2, 10, 0, tzinfo=ZONE)
LATER = NOW + timedelta(hours=4)


@dataclass
class Newsroom:
    """A published project, its atelier, and a clock that a test moves."""

    trial: SendingProject
    stack: ExitStack
    present: datetime = NOW

    def __post_init__(self) -> None:
        """Open the atelier."""
        for module in ("atelier.server._now", "cli.due.now", "cli.publication.now"):
            self.stack.enter_context(mock.patch(f"axtra.{module}", self.now))
        self.browser = Browser(self.root, self.trial.data)

    def now(self) -> datetime:
        """Return the moment that the clocks show."""
        return self.present

    @property
    def root(self) -> Path:
        return self.trial.project.root

    @property
    def schedule(self) -> Schedule:
        return Schedule(project_folder(self.trial.data, self.root))

    def write(self, name: str, body: str) -> None:
        """Save a body from the screen of a text."""
        form = self.browser.ask(f"/texte/{name}").form()
        form.fill("Texte", body)
        assert self.browser.send(form, "Enregistrer").status == 200

    def program(self, *names: str, day: str = "2026-11-02", hour: str = "14:00") -> Screen:
        """Schedule the publication of texts from the screen."""
        form = self.browser.ask("/publication").form("programmation")
        form.fields = {n: v for n, v in form.fields.items() if not n.startswith("choisi-")}
        form.fields |= {f"choisi-{name}": "oui" for name in names}
        form.fill("Jour", day)
        form.fill("Heure", hour)
        return self.browser.send(form, "Programmer")

    def due(self, *words: str) -> CompletedProcess[str]:
        """Run the command that does what is due."""
        done = self.trial.run("echeances", *words)
        assert "Traceback" not in done.stderr
        return done

    def online(self, name: str) -> str:
        """Return the page of a text as readers see it, else what else they see."""
        shown = Path(self.trial.environment["AXTRA_PUBLICATION"]) / "courant"
        kind, slug = name.split("/")[1], Path(name).stem
        file = shown / ("" if kind == "pages" else kind) / slug / "index.html"
        return file.read_text("utf-8") if file.is_file() else ""

    def deployments(self) -> int:
        """Count what was published."""
        done = self.trial.run("publier", "--historique")
        return done.stdout.count(" fichiers")

    def timekeeper(self) -> Timekeeper:
        """Return what publishes while an atelier runs, in this process."""
        environment = self.trial.environment
        acceptance = Acceptance.of(self.root, self.trial.data, self.now)
        publisher = Publisher(self.root, self.trial.data, environment, self.now)
        return Timekeeper(acceptance, publisher, self.now)


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a project that is published once; each test has a copy."""
    folder = tmp_path_factory.mktemp("programmer")
    drafts = {
        DRAFT: news("Un brouillon", statut="brouillon"),
        LACKING: news("Inachevé", statut="brouillon", mots_cles="[à compléter]"),
    }
    project = make_project(folder / "projet", {**FULL, **drafts})
    trial = SendingProject(project, folder / "donnees", "2020-05-06")
    trial.environment = _environment(folder)
    with mock.patch("axtra.cli.publication.now", return_value=NOW - timedelta(days=1)):
        trial.done("publier")
    return folder


def _environment(folder: Path) -> dict[str, str]:
    return {
        "AXTRA_DONNEES": str(folder / "donnees"),
        "AXTRA_PUBLICATION": str(folder / "site"),
    }


@pytest.fixture
def newsroom(ready: Path, tmp_path: Path) -> Iterator[Newsroom]:
    shutil.copytree(ready, tmp_path, symlinks=True, dirs_exist_ok=True)
    trial = SendingProject(Project(tmp_path / "projet"), tmp_path / "donnees", "2020-05-06")
    trial.environment = _environment(tmp_path)
    with ExitStack() as stack:
        stack.enter_context(mock.patch.dict("os.environ", trial.environment))
        yield Newsroom(trial, stack)


def test_what_was_chosen_appears_at_its_hour_and_what_changed_since_waits(
    newsroom: Newsroom,
) -> None:
    browser = newsroom.browser
    newsroom.write(NEWS, "Choisie ainsi.")
    newsroom.write(RELEASE, "Un [lien](../../nouvelles/2020/un-brouillon.md).")
    newsroom.write(PAGE, "Une page changée.")
    screen = browser.ask("/publication")
    offered = screen.form("programmation").fields
    assert {name for name in offered if name.startswith("choisi-")} == {
        f"choisi-{name}" for name in (NEWS, PAGE)
    }, "what waits is offered, but for what leads to a draft"
    (lacking,) = screen.tree.xpath("//fieldset//p[.//a[.='Inachevé']]")
    assert "il reste 1 point à régler" in " ".join(lacking.text_content().split())
    screen = newsroom.program(NEWS, PAGE, DRAFT)
    assert "Le lundi 2 novembre 2026 à 14 h" in screen.words.replace("\u00a0", " ")
    assert "À 14 h, publication de 3 textes" in browser.ask("/").words.replace("\u00a0", " ")
    seen = newsroom.due("--voir").stdout
    assert "2026-11-02 14:00   publication programmée par" in seen
    assert "« Un brouillon »" in seen
    (cancel,) = screen.tree.xpath("//button[@name='annuler']")
    token = screen.form("publication").fields
    browser.request("POST", "/publication", data={**token, "annuler": cancel.get("value")})
    assert newsroom.schedule.all() == []

    newsroom.program(NEWS, PAGE, DRAFT)
    newsroom.write(NEWS, "Choisie ainsi. Une demi-phrase de plus,")
    assert "brouillon paraîtra le 2" in browser.ask(f"/texte/{DRAFT}").words
    newsroom.write(DRAFT, "Le brouillon a continué.")
    assert "brouillon une version d’avant paraîtra le" in browser.ask(f"/texte/{DRAFT}").words
    (newsroom.root / PAGE).write_text((newsroom.root / PAGE).read_text("utf-8") + "\nÀ la main.\n")
    newsroom.present = LATER - timedelta(minutes=1)
    assert newsroom.due().returncode == 0
    assert "Choisie" not in newsroom.online(NEWS)
    newsroom.present = LATER + timedelta(days=2)  # the machine slept
    done = newsroom.due()
    assert done.returncode == 1, "a text was left out"
    assert "son fichier a changé depuis" in done.stdout
    assert "Choisie ainsi." in newsroom.online(NEWS)
    assert "demi-phrase" not in newsroom.online(NEWS)
    assert "Un brouillon" in newsroom.online(DRAFT)
    assert "a continué" not in newsroom.online(DRAFT)
    assert "Une page changée" not in newsroom.online(PAGE)
    assert "Rien n’est dû" in newsroom.due().stdout

    assert browser.ask(f"/texte/{NEWS}").form().value("Texte").startswith("Choisie ainsi. Une demi")
    assert "Le brouillon a continué." in browser.ask(f"/texte/{DRAFT}").form().value("Texte")
    assert "Une page changée." in browser.ask(f"/texte/{PAGE}").form().value("Texte")
    published = browser.send(browser.ask(f"/texte/{NEWS}").form(), "Publier")
    browser.publisher.wait()
    assert published.status == 200, "what was written since goes on from what was published"
    told = browser.ask("/publication")
    assert "« À propos » : son fichier a changé depuis." in told.words
    seen_it = {**told.form("publication").fields, "compris": newsroom.schedule.over()[0].mark}
    assert "son fichier" not in browser.request("POST", "/publication", data=seen_it).words


def test_a_moment_that_is_past_or_does_not_exist_is_refused(newsroom: Newsroom) -> None:
    newsroom.write(NEWS, "Choisie ainsi.")
    for day, hour, said in [
        ("2026-11-02", "09:59", "c’est déjà passé"),
        ("2026-11-01", "14:00", "c’est déjà passé"),
        ("2026-02-30", "14:00", "n’existe pas"),
        ("bientôt", "14:00", "bientôt"),
        ("2026-11-03", "25:00", "’heure « 25:00 » n’existe pas"),
        ("2027-03-14", "02:30", "on avance l’heure"),
        ("2026-11-03", "", "l manque le jour ou l’heure"),
    ]:
        refused = newsroom.program(NEWS, day=day, hour=hour)
        words = refused.words.replace("\u00a0", " ")
        assert (refused.status, said in words) == (422, True), (day, hour, words)
    assert newsroom.program(LACKING).status == 422
    assert newsroom.schedule.all() == []


def test_texts_that_need_one_another_go_together_and_a_fault_keeps_only_its_own(
    newsroom: Newsroom,
) -> None:
    newsroom.write(PAGE, "## Avant\n\nTexte.")
    assert (
        newsroom.browser.send(newsroom.browser.ask(f"/texte/{PAGE}").form(), "Publier").status
        == 200
    )
    newsroom.browser.publisher.wait()
    newsroom.write(NEWS, "Voir [là](../../pages/a-propos.md#avant).")
    newsroom.browser.send(newsroom.browser.ask(f"/texte/{NEWS}").form(), "Publier")
    newsroom.browser.publisher.wait()
    newsroom.write(PAGE, "## Ensuite\n\nTexte.")  # the news would lead nowhere
    newsroom.write(RELEASE, "Bien.")
    newsroom.program(PAGE, RELEASE, DRAFT)
    newsroom.present = LATER
    newsroom.timekeeper().look()
    assert "Bien." in newsroom.online(RELEASE)
    assert ">Avant<" in newsroom.online(PAGE)
    (over,) = newsroom.schedule.over()
    assert [left.name for left in over.left] == [PAGE]
    assert f"« {NEWS} » aurait une erreur" in over.left[0].why

    newsroom.write(NEWS, "Voir [là](../../pages/a-propos.md#ensuite).")
    newsroom.present += timedelta(minutes=1)
    newsroom.program(PAGE, hour="15:00")
    newsroom.program(NEWS, PAGE, hour="16:00")  # the page leaves the publication of 15 h
    assert [known.moment.hour for known in newsroom.schedule.coming()] == [16]


def test_a_publication_takes_place_once_though_two_carry_it_out(newsroom: Newsroom) -> None:
    newsroom.write(NEWS, "Une seule fois.")
    newsroom.program(NEWS)
    before = newsroom.deployments()
    newsroom.present = LATER
    keepers = [Thread(target=newsroom.timekeeper().look) for _ in range(2)]
    for thread in keepers:
        thread.start()
    newsroom.due()
    for thread in keepers:
        thread.join()
    newsroom.due()
    assert "Une seule fois." in newsroom.online(NEWS)
    assert newsroom.deployments() == before + 1
    assert newsroom.schedule.all() == []


def test_another_attempt_follows_one_that_fails(newsroom: Newsroom) -> None:
    newsroom.write(NEWS, "Tôt ou tard.")
    newsroom.program(NEWS)
    facts = newsroom.root / "content/site.toml"
    sound = facts.read_text("utf-8")
    facts.write_text("nom = ", "utf-8")
    newsroom.present = LATER
    keeper = newsroom.timekeeper()
    keeper.look()
    assert newsroom.schedule.coming()[0].failure
    facts.write_text(sound, "utf-8")
    assert "n’a pas pu se faire" in newsroom.browser.ask("/").words
    assert "N’a pas pu se faire" in newsroom.browser.ask("/publication").words
    keeper.look()
    assert "Tôt ou tard." not in newsroom.online(NEWS), "not at once"
    newsroom.present += timedelta(minutes=6)
    keeper.look()
    assert "Tôt ou tard." in newsroom.online(NEWS)

    newsroom.browser.send(
        newsroom.browser.ask("/publication").form("publication"), "Revenir à la version précédente"
    )
    newsroom.browser.publisher.wait()
    screen = newsroom.browser.ask("/publication")
    assert not screen.tree.xpath("//form[@id='programmation']")
    sent = {**screen.form("publication").fields, "acte": "programmer"}
    sent |= {"jour": "2026-12-01", "heure": "14:00"}
    refused = newsroom.browser.request("POST", "/publication", data=sent)
    assert (refused.status, newsroom.schedule.all()) == (422, [])


def _killed(newsroom: Newsroom, seed: int) -> None:
    """Kill the command at any moment of a scheduled publication; then let it finish."""
    chance = random.Random(seed)  # noqa: S311 - a trial to run again
    files = {name: (newsroom.root / name).read_bytes() for name in (NEWS, RELEASE, DRAFT)}
    newsroom.write(NEWS, f"Essai {seed}.")
    newsroom.write(RELEASE, f"Essai {seed}.")
    newsroom.present = datetime.now(ZONE) - timedelta(minutes=2)
    day, hour = f"{newsroom.present + timedelta(minutes=1):%Y-%m-%d %H:%M}".split()
    newsroom.program(NEWS, RELEASE, DRAFT, day=day, hour=hour)
    newsroom.write(RELEASE, f"Essai {seed}, continué.")
    for _ in range(2):
        process = newsroom.trial.launch("echeances")
        time.sleep(1 + chance.random() * 2.5)
        process.kill()
        process.wait()
        for name, before in files.items():
            found = (newsroom.root / name).read_bytes()
            assert found == before or found.endswith((b"Essai %d.\n" % seed, before[-20:]))
    assert newsroom.trial.launch("echeances").wait() == 0
    assert f"Essai {seed}." in newsroom.online(NEWS)
    assert f"Essai {seed}." in newsroom.online(RELEASE)
    assert "continué" not in newsroom.online(RELEASE)
    assert "Un brouillon" in newsroom.online(DRAFT)
    assert newsroom.schedule.all() == []
    form = newsroom.browser.ask(f"/texte/{RELEASE}").form()
    assert form.value("Texte").strip() == f"Essai {seed}, continué."


def test_a_machine_that_stops_finishes_later(newsroom: Newsroom) -> None:
    _killed(newsroom, 1)


@pytest.mark.eprouve
@pytest.mark.parametrize("seed", range(2, 32))
def test_a_machine_that_stops_at_any_moment_finishes_later(newsroom: Newsroom, seed: int) -> None:
    _killed(newsroom, seed)
