"""Nothing typed is lost: two people on one text, and a machine that stops at any moment."""

from __future__ import annotations

import random
import re
import threading
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from lxml import html

from support.atelier_client import Browser
from support.atelier_process import browsing, started
from support.fixture_types import MakeProject
from support.small_sites import FULL, Project, news

DRAFT = "content/nouvelles/2020/a-deux.md"
PUBLISHED = "content/nouvelles/2020/une-nouvelle.md"
PARAGRAPHS = "\n\n".join(f"Paragraphe {number}." for number in range(6))


@pytest.fixture
def project(new_project: MakeProject) -> Project:
    draft = news("À deux", statut="brouillon").split("---\n\n")[0] + f"---\n\n{PARAGRAPHS}\n"
    return new_project({**FULL, DRAFT: draft})


def interleave(project: Project, data: Path, name: str, seed: int) -> None:
    """Let two people edit one text in any order; require that every word saved is kept."""
    chance = random.Random(seed)  # noqa: S311 - a trial to run again
    browsers = [Browser(project.root, data), Browser(project.root, data)]
    forms = [browser.ask(f"/texte/{name}").form() for browser in browsers]
    saved: list[str] = []
    typed: list[list[str]] = [[], []]
    for step in range(12):
        who = chance.randrange(2)
        browser = browsers[who]
        act = chance.random()
        if act < 0.5:
            word = f"mot{seed}x{step}x{who}"
            lines = forms[who].value("Texte").split("\n")
            lines[chance.randrange(len(lines))] += f" {word}"
            forms[who].fill("Texte", "\n".join(lines))
            typed[who].append(word)
        elif act < 0.9:
            answer = browser.send(forms[who], "Enregistrer")
            while answer.status == 409:
                if chance.random() < 0.3:  # somebody else saves while this person reads both
                    other = browsers[1 - who]
                    form = other.ask(f"/texte/{name}").form()
                    form.fill("Texte", form.value("Texte") + f" entre{seed}x{step}")
                    if other.send(form, "Enregistrer").status == 200:
                        saved.append(f"entre{seed}x{step}")
                answer = browser.send(answer.form(), "Enregistrer")
            assert answer.status == 200
            saved += typed[who]
            typed[who] = []
            forms[who] = browser.ask(f"/texte/{name}").form()
        else:
            browser.ask(f"/texte/{name}")
    kept = everything(project, data, name)
    assert [word for word in saved if word not in kept] == []


def everything(project: Project, data: Path, name: str) -> str:
    """Return all that is kept of a text: its file, what waits, its past."""
    places = [project.root / name, *data.rglob("*")]
    return "".join(path.read_text("utf-8", "replace") for path in places if path.is_file())


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", [DRAFT, PUBLISHED])
def test_two_people_on_a_text_lose_no_word(
    project: Project, tmp_path: Path, name: str, seed: int
) -> None:
    interleave(project, tmp_path / "donnees", name, seed)


@pytest.mark.eprouve
def test_two_people_on_a_text_lose_no_word_in_two_hundred_orders(
    new_project: MakeProject, project: Project, tmp_path: Path
) -> None:
    for seed in range(200):
        made = new_project({**FULL, DRAFT: (project.root / DRAFT).read_text("utf-8")}, f"p{seed}")
        interleave(made, tmp_path / f"d{seed}", (DRAFT, PUBLISHED)[seed % 2], seed)


# --- a machine that stops ------------------------------------------------------------------------


def kill_while_saving(project: Project, data: Path, seed: int) -> None:
    """Kill the atelier while it saves; require a whole file, and every answered save."""
    chance = random.Random(seed)  # noqa: S311 - a trial to run again
    path, answered = project.root / DRAFT, -1
    with started(project, data) as (process, address), browsing(address) as (client, home):
        timer = threading.Timer(0.2 + chance.random() * 1.5, process.kill)
        timer.start()
        with suppress(httpx.TransportError):
            for number in range(1_000):
                tree = html.fromstring(client.get(f"{home}/texte/{DRAFT}").text)
                inputs = tree.xpath("//form[@id='texte']//input")
                fields = {field.get("name"): field.get("value") or "" for field in inputs}
                text = f"Enregistrement {number}. " + "mot " * 2_000 + "fin."
                fields |= {"texte": text, "acte": "enregistrer"}
                answer = client.post(f"{home}/texte/{DRAFT}", data=fields, headers={"origin": home})
                assert answer.status_code == 200
                answered = number
        timer.join()
    body = path.read_text("utf-8").split("---\n\n", 1)[1].strip()
    assert body == PARAGRAPHS or body.endswith("fin."), body[-80:]
    saved = re.match(r"Enregistrement (\d+)\.", body)
    assert (int(saved[1]) if saved else -1) >= answered


@pytest.mark.parametrize("seed", range(2))
def test_a_machine_that_stops_tears_no_file(project: Project, tmp_path: Path, seed: int) -> None:
    kill_while_saving(project, tmp_path / "donnees", seed)


@pytest.mark.eprouve
@pytest.mark.parametrize("first", range(0, 100, 25))
def test_a_machine_that_stops_a_hundred_times_tears_no_file(
    project: Project, tmp_path: Path, first: int
) -> None:
    for seed in range(first, first + 25):
        (project.root / DRAFT).write_text(
            news("À deux", statut="brouillon").split("---\n\n")[0] + f"---\n\n{PARAGRAPHS}\n",
            encoding="utf-8",
        )
        kill_while_saving(project, tmp_path / f"donnees{seed}", seed)


def test_an_atelier_without_a_terminal_says_its_address_first(
    project: Project, tmp_path: Path
) -> None:
    with (
        started(project, tmp_path / "donnees") as (_, address),
        httpx.Client(follow_redirects=True, timeout=20) as client,
    ):
        answer = client.get(address)
        assert answer.status_code == 200
        assert "<h1>" in answer.text
