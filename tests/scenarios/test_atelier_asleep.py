"""A machine that sleeps while a letter leaves: nobody twice, nobody lost, a screen that is true."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from support import smtp_server
from support.atelier_client import Browser, Screen
from support.atelier_process import ProcessBrowser, started
from support.letter_office import (
    LIST,
    TODAY,
    LetterOffice,
    built_project,
    letter_office,
    sending_processes,
)
from support.service_processes import wait_until
from support.smtp_server import MailHandler, RunningServer, numbered

PEOPLE = numbered(12)
LETTER, REPORT = f"/infolettres/{TODAY}", f"/infolettres/{TODAY}/bilan"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("sommeil") / "projet"
    return built_project(place, "Bonjour {prenom},\n\nUne phrase.\n\n/// article | premier\n///")


@contextmanager
def asleep(pids: list[int]) -> Iterator[None]:
    """Stop processes within the block, as a machine that sleeps does."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def _ready(office: LetterOffice) -> None:
    """Freeze the letter, and receive a trial of it."""
    browser = Browser(office.root, office.data)
    for button, typed in (
        ("Figer et geler", {}),
        ("Envoyer l’essai", {"adresse": "moi@exemple.test"}),
    ):
        form = browser.ask(f"{LETTER}/envoyer").form("envoi")
        form.fields |= typed
        browser.send(form, button)


def _account(screen: Screen) -> list[int]:
    """Return the numbers of the report, the total last."""
    cells = screen.tree.xpath("//table[contains(@class, 'somme')]//td")
    return [int("".join(cell.text_content().split())) for cell in cells]


def sleep_while_sending(built: Path, place: Path, seed: int, seconds: float) -> None:
    """Send a letter on a machine that sleeps twice meanwhile; require all that is promised.

    Args:
        built: a project whose site is built.
        place: where it is copied.
        seed: of the moments at which it sleeps.
        seconds: for how long; the server closes connections meanwhile.
    """
    chance = random.Random(seed)  # noqa: S311 - a trial to run again
    with smtp_server.opened(MailHandler(delay=0.02)) as post:
        office = letter_office(built, place, post.url, PEOPLE)
        _ready(office)
        post.post.taken.clear()
        with started(office.project, office.data) as (atelier, address):
            browser = ProcessBrowser(address)
            form = browser.ask(f"{LETTER}/envoyer?etape=confirmer").form("envoi")
            form.fields |= {"liste": LIST, "nombre": str(len(PEOPLE))}
            assert browser.send(form, f"Envoyer à {len(PEOPLE)} personnes").status == 200
            for share in (1 / 4, 2 / 3):
                _sleep_after(office, post, atelier.pid, chance, share, seconds)
            _finish(office, browser)
            screen, states = browser.ask(REPORT), office.states(TODAY)
    times = post.post.recipients()
    assert set(times) <= set(states)
    assert set(times.values()) <= {1}  # nobody twice
    assert set(states.values()) <= {"accepte", "incertain"}  # nobody lost
    accepted = {who for who, state in states.items() if state == "accepte"}
    assert accepted <= set(times)  # nobody is said to have what the server never took
    *rows, total = _account(screen)
    assert (rows[0], sum(rows), total) == (len(accepted), len(PEOPLE), len(PEOPLE))
    assert "L’envoi est fini" in screen.words


def _sleep_after(
    office: LetterOffice,
    post: RunningServer,
    atelier: int,
    chance: random.Random,
    share: float,
    seconds: float,
) -> None:
    """Sleep once a share of the letters has left, at any moment of a message."""
    wait_until(lambda: len(post.post.taken) >= share * len(PEOPLE) or not sending_processes(office))
    time.sleep(chance.random() * 0.12)
    with asleep([atelier, *sending_processes(office)]):
        post.drop()
        time.sleep(seconds)


def _finish(office: LetterOffice, browser: Browser) -> None:
    """Go on with the sending, as the screen offers it, until it is over."""
    for _ in range(10):
        wait_until(lambda: not sending_processes(office))
        screen = browser.ask(REPORT)
        numbers = _account(screen)
        assert sum(numbers[:-1]) == numbers[-1]
        if "L’envoi est fini" in screen.words:
            return
        assert "L’envoi est arrêté" in screen.words, screen.words
        token = screen.tree.xpath("//input[@name='jeton']/@value")[0]
        browser.request("POST", REPORT, data={"jeton": token, "acte": "reprendre"})
    raise AssertionError(browser.ask(REPORT).words)


def test_a_machine_that_sleeps_while_a_letter_leaves(built: Path, tmp_path: Path) -> None:
    sleep_while_sending(built, tmp_path, seed=0, seconds=0.5)


@pytest.mark.eprouve
@pytest.mark.parametrize(("seed", "seconds"), [(1, 40.0), *((seed, 1.0) for seed in range(2, 12))])
def test_a_machine_that_sleeps_at_any_moment(
    built: Path, tmp_path: Path, seed: int, seconds: float
) -> None:
    """The first sleep is longer than what waits for the registers and for a lock."""
    sleep_while_sending(built, tmp_path, seed, seconds)
