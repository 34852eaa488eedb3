"""`axtra echeances` on a small project: a folder to publish to, a real SMTP server."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from subprocess import CompletedProcess
from unittest import mock

import pytest

from axtra import site
from axtra.publishing import still_to_come
from infolettre.core.dates import ZONE
from support import smtp_server
from support.crawler import CrawledSite
from support.sending_project import SendingProject, make_sending_project, reopen_sending_project
from support.small_sites import FULL, letter, make_project, news, numero, text, tree
from support.smtp_server import MailHandler, RunningServer, numbered

PEOPLE = numbered(12)
ONCE = dict.fromkeys(PEOPLE, 1)
PUBLISHER = "essai@essai.example"
CLOCKS = ("due", "scheduling", "publication")
SOON = "content/nouvelles/2026/bientot.md"
PAGE = "nouvelles/bientot/index.html"
NOW = datetime.now(ZONE).replace(second=0, microsecond=0)


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a project that is published, and an approved edition; each test has a copy."""
    folder = tmp_path_factory.mktemp("pret")
    with smtp_server.opened() as office:
        trial = make_sending_project(folder)
        trial.set_up(office.url, PEOPLE)
        trial.environment["AXTRA_PUBLICATION"] = str(folder / "site")
        assert _at(trial, -60, "publier").returncode == 0
        _approve(trial)
    return folder


@pytest.fixture
def office() -> Iterator[RunningServer]:
    with smtp_server.opened(MailHandler()) as value:
        yield value


@pytest.fixture
def trial(tmp_path: Path, office: RunningServer, ready: Path) -> SendingProject:
    shutil.copytree(ready, tmp_path, symlinks=True, dirs_exist_ok=True)
    made = reopen_sending_project(tmp_path, office.url)
    made.environment["AXTRA_PUBLICATION"] = str(tmp_path / "site")
    return made


def _at(
    trial: SendingProject, minutes: float, *words: str, typed: str = ""
) -> CompletedProcess[str]:
    """Run a command so many minutes from now."""
    moment = NOW + timedelta(minutes=minutes)
    with ExitStack() as stack:
        for module in CLOCKS:
            stack.enter_context(mock.patch(f"axtra.cli.{module}.now", return_value=moment))
        result = trial.run(*words, typed=typed)
    assert "Traceback" not in result.stderr
    return result


def _due(trial: SendingProject, minutes: float, code: int = 0) -> str:
    """Do what is due so many minutes from now, and return what is said."""
    result = _at(trial, minutes, "echeances")
    assert result.returncode == code, result.stdout + result.stderr
    return result.stdout + result.stderr


def _approve(trial: SendingProject) -> None:
    trial.freeze()
    trial.done("envoi", "approuver", trial.edition, "--par", "Anne")


def _schedule(trial: SendingProject, minutes: int) -> None:
    hour = f"{NOW + timedelta(minutes=minutes):%Y-%m-%d %H:%M}"
    words = ("envoi", "programmer", trial.edition, hour)
    result = _at(trial, -180, *words, typed=f"membres\n{len(PEOPLE)}\n")
    assert result.returncode == 0, result.stderr


def _write(trial: SendingProject, minutes: int, **keys: str) -> None:
    date = f"{NOW + timedelta(minutes=minutes):%Y-%m-%d %H:%M}"
    trial.project.write({SOON: news("Bientôt", date=date, **keys)})


def _told(office: RunningServer) -> list[str]:
    """Return the subjects of what the publisher was written."""
    mails = [
        message_from_bytes(mail.content, policy=policy.default)
        for mail in office.post.taken
        if mail.recipient == PUBLISHER
    ]
    return [str(mail["Subject"]).replace("\u00a0", " ") for mail in mails]


def _sent(office: RunningServer) -> dict[str, int]:
    return {who: times for who, times in office.post.recipients().items() if who in PEOPLE}


def _shown(trial: SendingProject) -> Path:
    return Path(trial.environment["AXTRA_PUBLICATION"]) / "courant"


def _stamps(*folders: Path) -> dict[str, int]:
    return {str(p): p.lstat().st_mtime_ns for folder in folders for p in folder.rglob("*")}


CHANGING = {
    "content/evenements/un-colloque.md": text(
        titre="Un colloque", debut="2026-12-10", fin="2026-12-11", date="2020-04-04"
    ),
    "content/evenements/soir.md": text(titre="Soir", debut="2026-12-09 19:00", date="2020-04-04"),
    "content/magazine/2020-05/numero.md": numero(appel="{texte: Écrivez, date-limite: 2026-12-08}"),
    "content/communiques/2026/c.md": text(
        titre="C", date="2026-12-01", embargo="2026-12-07 16:00", ville="Québec"
    ),
    "content/nouvelles/2026/n.md": news("N", date="2026-12-06 09:00"),
    "newsletters/2026/2026-12-12.md": letter(date="2026-12-12 10:00"),
}


@pytest.mark.parametrize(
    "names",
    [
        pytest.param([*CHANGING][1:3], id="two"),
        pytest.param([*CHANGING], id="all", marks=pytest.mark.eprouve),
    ],
)
def test_the_site_changes_when_something_falls_due_and_only_then(
    tmp_path: Path, names: list[str]
) -> None:
    changing = {name: CHANGING[name] for name in names}
    project = make_project(tmp_path / "projet", {**FULL, **changing})
    moment = datetime(2026, 12, 5, 12, tzinfo=ZONE)
    content, _ = site.read(project.root, moment=moment)
    dates = [due.moment for due in still_to_come(content, moment)]
    assert len(dates) == len(names)
    project.build(moment=moment)
    before = tree(project.output)
    for due in dates:
        assert project.build(moment=due - timedelta(seconds=1)).written == 0, due
        project.build(moment=due)
        after = tree(project.output)
        assert after != before, due
        before = after
    assert project.build(moment=moment + timedelta(days=4_000)).written == 0


# --- texts ---------------------------------------------------------------------------------------


def test_a_text_is_online_once_its_date_has_come(trial: SendingProject) -> None:
    _write(trial, 10)
    assert _due(trial, 9) == "Rien n’est dû.\n"
    assert not (_shown(trial) / PAGE).exists()
    said = _due(trial, 10)
    assert "« Bientôt » (nouvelle) : parution" in said
    assert "1 nouvelle" in said
    crawled = CrawledSite(_shown(trial).resolve())
    assert PAGE in crawled.files
    assert crawled.broken() == []
    history = trial.done("publier", "--historique").splitlines()
    assert [line.split("   ")[2] for line in history] == [
        "axtra echeances",
        history[1].split("   ")[2],
    ]


def test_nothing_is_touched_while_nothing_is_due(trial: SendingProject) -> None:
    _write(trial, 10)
    _due(trial, 11)
    place = _shown(trial).parent
    before = _stamps(place, trial.project.root)
    for minutes in (11, 12, 500):
        assert _due(trial, minutes) == "Rien n’est dû.\n"
    assert _stamps(place, trial.project.root) == before
    for minutes in (-30, 5, 10, 15, 60 * 48):  # the clock goes back, then over midnight
        assert _due(trial, minutes) == "Rien n’est dû.\n"
    assert _stamps(_shown(trial).resolve()) == {
        name: stamp for name, stamp in before.items() if f"{_shown(trial).resolve()}/" in name
    }


def test_after_a_return_a_text_waits_for_a_person(trial: SendingProject) -> None:
    trial.project.write({"content/nouvelles/2026/autre.md": news("Une autre", date="2020-01-02")})
    _at(trial, -50, "publier")
    assert _at(trial, -40, "publier", "--revenir").returncode == 0
    _write(trial, 10)
    for minutes in (11, 16):
        assert "rien ne se publie de soi-même" in _due(trial, minutes)
    assert (
        "Rien ne se publie de soi-même depuis le retour"
        in _at(trial, 11, "echeances", "--voir").stdout
    )
    assert not (_shown(trial) / PAGE).exists()
    assert _at(trial, 20, "publier").returncode == 0
    assert _due(trial, 21) == "Rien n’est dû.\n"
    _write(trial, 30)
    assert "C’est l’heure" in _due(trial, 31)


def test_a_publication_that_fails_writes_one_mail_and_is_tried_again(
    trial: SendingProject, office: RunningServer
) -> None:
    _write(trial, 10, auteurs="[personne-inconnue]")
    for minutes in (11, 16, 21):
        assert "auteur-inconnu" in _due(trial, minutes, code=1)
    assert _told(office) == ["Ce qui est dû n’a pas pu se faire"]
    assert not (_shown(trial) / PAGE).exists()
    _write(trial, 10)
    assert "C’est l’heure" in _due(trial, 26)
    assert (_shown(trial) / PAGE).exists()
    _write(trial, 40, auteurs="[personne-inconnue]")
    _due(trial, 41, code=1)
    assert len(_told(office)) == 2


# --- letters -------------------------------------------------------------------------------------


def test_a_letter_leaves_once_at_its_hour_between_two_mails_to_the_publisher(
    trial: SendingProject, office: RunningServer
) -> None:
    _schedule(trial, 30)
    seen = _at(trial, 0, "echeances", "--voir").stdout
    assert f"infolettre « {trial.edition} » → liste « membres », 12 destinataires" in seen
    for minutes in (-40, 0, 5, 29.9):
        _due(trial, minutes)
    assert [("part le" in subject) for subject in _told(office)] == [True]
    assert _sent(office) == {}
    assert "12 acceptés" in _due(trial, 30)
    assert _due(trial, 35) == _due(trial, 0) == "Rien n’est dû.\n"
    assert _sent(office) == ONCE
    assert _told(office)[1:] == [f"« {trial.edition} » est partie"]


def test_a_letter_waits_for_what_it_names(trial: SendingProject, office: RunningServer) -> None:
    """The page that the letter names comes due with it: it is published first."""
    _write(trial, 30)
    body = "/// article | premier\n///\n\nVoyez [ceci](nouvelles/2026/bientot.md)."
    date = f"{NOW + timedelta(minutes=30):%Y-%m-%d %H:%M}"
    trial.project.write({trial.source: letter(body, date=date)})
    _approve(trial)
    _schedule(trial, 30)
    _due(trial, 10)
    assert trial.run("envoi", "envoyer", trial.edition, *trial.confirmed(12)).returncode == 1
    said = _due(trial, 30)
    assert said.index("C’est l’heure") < said.index("12 acceptés")
    assert _sent(office) == ONCE


def test_a_publication_that_fails_stops_no_letter_that_does_not_name_it(
    trial: SendingProject, office: RunningServer, tmp_path: Path
) -> None:
    _write(trial, 20)
    _schedule(trial, 30)
    full = tmp_path / "site/.axe/tampon"
    shutil.rmtree(full)
    full.write_text("", "utf-8")  # nothing can be put there
    assert "12 acceptés" in _due(trial, 31, code=1)
    assert _sent(office) == ONCE
    full.unlink()
    assert "C’est l’heure" in _due(trial, 36)
    assert len(_told(office)) == 3


@pytest.mark.parametrize("late", [120, 60 * 24 * 2])
def test_a_letter_that_is_late_beyond_the_limit_is_refused(
    trial: SendingProject, office: RunningServer, late: int
) -> None:
    _schedule(trial, 30)
    assert "il est trop tard" in _due(trial, 30 + late, code=1)
    assert _due(trial, 30) == "Rien n’est dû.\n"
    assert _sent(office) == {}
    assert _told(office) == [f"« {trial.edition} » ne partira pas : son départ est annulé"]


def test_a_letter_that_changed_is_cancelled(trial: SendingProject, office: RunningServer) -> None:
    _schedule(trial, 30)
    trial.write("Bonjour,\n\n/// article | premier\n///\n\nUn mot de plus.")
    assert "a changé depuis qu’elle est gelée" in _due(trial, -100, code=1)
    assert _due(trial, 30) == "Rien n’est dû.\n"
    assert _sent(office) == {}
    assert len(_told(office)) == 1


def test_a_letter_frozen_again_is_no_longer_scheduled(
    trial: SendingProject, office: RunningServer
) -> None:
    _schedule(trial, 30)
    again = trial.run("envoi", "geler", trial.edition, "--liste", "membres")
    assert "n’est plus programmée" in again.stderr
    assert _due(trial, 30) == "Rien n’est dû.\n"
    assert _sent(office) == {}


def test_a_cancelled_letter_does_not_leave(trial: SendingProject, office: RunningServer) -> None:
    _schedule(trial, 30)
    assert "n’est plus programmée" in trial.done("envoi", "programmer", trial.edition, "--annuler")
    assert _due(trial, 30) == "Rien n’est dû.\n"
    assert trial.run("envoi", "programmer", trial.edition, "--annuler").returncode == 2
    assert _sent(office) == {}


def test_the_hour_is_asked_for(trial: SendingProject) -> None:
    result = trial.run("envoi", "programmer", trial.edition)
    assert (result.returncode, "il manque l’heure" in result.stderr) == (2, True)


def test_without_a_server_the_command_says_that_nobody_is_written_to(trial: SendingProject) -> None:
    _write(trial, 10, auteurs="[personne-inconnue]")
    del trial.environment["AXTRA_SMTP_URL"]
    assert "Aucun serveur d’envoi" in _due(trial, 11, code=1)
    assert "Aucun serveur d’envoi" not in _due(trial, 16, code=1)


def test_two_at_once_do_the_work_once(trial: SendingProject, office: RunningServer) -> None:
    _schedule(trial, -1)
    _write(trial, -2)
    office.post.delay = 0.01
    running = [trial.launch("echeances") for _ in range(2)]
    assert [process.wait(60) for process in running] == [0, 0]
    assert _sent(office) == ONCE
    assert len(_told(office)) == 2
    assert len(trial.done("publier", "--historique").splitlines()) == 2
    assert trial.states() == dict.fromkeys(PEOPLE, "accepte")


def test_a_killed_run_is_finished_by_the_next(trial: SendingProject, office: RunningServer) -> None:
    _schedule(trial, -1)
    office.post.delay = 0.03
    running = trial.launch("echeances")
    end = time.monotonic() + 60
    while len(_sent(office)) < 3 and time.monotonic() < end:
        time.sleep(0.005)
    running.send_signal(signal.SIGKILL)
    running.wait()
    assert 3 <= len(_sent(office)) < len(PEOPLE)
    _due(trial, 3)
    states = trial.states()
    assert set(states.values()) <= {"accepte", "incertain"}
    assert list(states.values()).count("incertain") <= 1
    assert set(_sent(office).values()) == {1}
    assert _told(office)[-1] == f"« {trial.edition} » est partie"
    assert _due(trial, 8) == "Rien n’est dû.\n"


@pytest.mark.eprouve
def test_runs_killed_at_any_moment_do_each_thing_once(
    trial: SendingProject, office: RunningServer
) -> None:
    _schedule(trial, -1)
    _write(trial, -2)
    office.post.delay = 0.03
    chance, kills = random.Random(7), 0  # noqa: S311
    while True:
        running = trial.launch("echeances")
        try:
            running.wait(chance.uniform(0.3, 1 + kills / 2))  # a slow machine ends too
            break
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()
            kills += 1
    assert kills >= 3
    assert _due(trial, 5) == "Rien n’est dû.\n"
    crawled = CrawledSite(_shown(trial).resolve())
    assert (PAGE in crawled.files, crawled.broken()) == (True, [])
    states = trial.states()
    assert list(states.values()).count("incertain") <= kills
    assert {who for who, state in states.items() if state == "accepte"} <= set(_sent(office))
    assert set(_sent(office).values()) == {1}
    assert len(trial.done("publier", "--historique").splitlines()) == 2
