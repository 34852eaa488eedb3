"""A team whose machine stops at any moment: what was answered is kept, and nothing is torn."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import httpx
import pytest
from lxml import html

from axtra.atelier.roles import Person, Role
from support.atelier_client import TEAM_COOKIE, TEAM_HOST, TEAM_ORIGIN, Browser
from support.fixture_types import MakeProject
from support.shared_repository import SharedRepository, git
from support.small_sites import FULL, ROOT, Project

ANA = Person("ana@exemple.test", "Ana Côté", Role.REDACTION)
BEA = Person("bea@exemple.test", "Béa Auclair", Role.AUTEUR)
TEXT = "content/nouvelles/2020/une-nouvelle.md"
SERVER = """
import socket, sys
from datetime import datetime
from pathlib import Path
sys.path[:0] = [sys.argv[3]]
import uvicorn
from axtra.atelier.accounts import Accounts
from axtra.atelier.team import LinkMails, team
from axtra.content import site_facts
from infolettre.core.dates import ZONE

root, data = Path(sys.argv[1]), Path(sys.argv[2])
def now():
    return datetime.now(ZONE)
accounts = Accounts(data, now)
facts = site_facts.read(root / "content", "content")[0]
mails = LinkMails(accounts, "{origin}", facts, None, now, lambda words: None)
app = team(root, data, accounts, mails, watches=True)
listening = socket.create_server(("127.0.0.1", 0))
print(listening.getsockname()[1], flush=True)
config = uvicorn.Config(app, log_level="critical", lifespan="off", ws="none")
uvicorn.Server(config).run(sockets=[listening])
"""


@contextmanager
def serving(root: Path, data: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Serve a team in a process of its own; yield it and its address."""
    code = SERVER.replace("{origin}", TEAM_ORIGIN)
    process = subprocess.Popen(
        [sys.executable, "-c", code, root, data, ROOT / "plugins"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout
    port = process.stdout.readline().strip()
    try:
        yield process, f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.communicate()


class Visitor:
    """Somebody whose browser is at the served team; without a cookie, a reader by a link."""

    def __init__(self, address: str, cookie: str = "") -> None:
        headers = {"host": TEAM_HOST, "origin": TEAM_ORIGIN}
        if cookie:
            headers["cookie"] = f"{TEAM_COOKIE}={cookie}"
        self.client = httpx.Client(base_url=address, headers=headers, timeout=20)

    def fields(self, path: str, mark: str) -> dict[str, str]:
        """Return the hidden fields of a form."""
        tree = html.fromstring(self.client.get(path).text)
        inputs = tree.xpath(f"//form[@id='{mark}']//input[@type='hidden']")
        return {field.get("name"): field.get("value") or "" for field in inputs}

    def send(self, path: str, fields: dict[str, str]) -> httpx.Response:
        """Send a form; redirects are not followed."""
        return self.client.post(path, data=fields)


def kill_while_working(project: Project, place: Path, seed: int) -> None:
    """Kill the atelier while people propose, accept, comment and send; look at what is left."""
    chance = random.Random(seed)  # noqa: S311 - a trial to run again
    repository, data = SharedRepository.of(project.root, place), place / "donnees"
    ana = Browser(project.root, data, person=ANA)
    ana.beside(BEA)
    link = ana.atelier.reviews.share(TEXT, ANA, 3)
    cookies = [ana.accounts.open(person.address) for person in (ANA, BEA)]
    accepted, said = -1, -1
    with serving(project.root, data) as (process, address), ExitStack() as open_clients:
        editor, writer, reader = (Visitor(address, cookie) for cookie in (*cookies, ""))
        for visitor in (editor, writer, reader):
            open_clients.enter_context(visitor.client)
        reader.client.get(f"/relecture/{link.secret}")
        timer = threading.Timer(chance.random() * 2, process.kill)
        timer.start()
        with suppress(httpx.TransportError):
            for number in range(500):
                words = f"Version {number}. " + "mot " * 500 + "fin."
                form = writer.fields(f"/texte/{TEXT}", "texte")
                writer.send(f"/texte/{TEXT}", form | {"texte": words, "acte": "proposer"})
                (who,) = (proposal.who for proposal in ana.atelier.proposals.of(TEXT, ANA))
                path = f"/proposition/{TEXT}?de={who}"
                form = editor.fields(path, "proposition")
                answer = editor.send(path, form | {"acte": "accepter"})
                assert answer.status_code == 303, answer.text
                accepted = number
                comment = {"nom": "Lou", "commentaire": f"n{number}", "passage": "x", "rang": "0"}
                if reader.send(f"/relecture/{link.secret}", comment).status_code == 303:
                    said = number
        timer.join()
    again = Browser(project.root, data, person=ANA)  # what was begun is finished
    body = (project.root / TEXT).read_text("utf-8").split("---\n\n", 1)[1].strip()
    found = re.match(r"Version (\d+)\.", body)
    assert body.endswith("fin.") if found else body == "Un texte assez long pour être lu."
    assert (int(found[1]) if found else -1) >= accepted
    for path in data.rglob("*.json"):
        json.loads(path.read_bytes())
    comments = [comment.words for comment in again.atelier.reviews.comments(TEXT)]
    assert comments[: said + 1] == [f"n{number}" for number in range(said + 1)]
    assert git(project.root, "status", "--porcelain", "--untracked-files=no") == ""
    again.atelier.origin.sync()
    assert again.atelier.origin.trouble is None
    assert repository.shared(TEXT) == (project.root / TEXT).read_text("utf-8")
    assert git(repository.bare, "fsck") == ""
    assert again.ask("/").status == again.ask(f"/texte/{TEXT}").status == 200


def test_a_team_whose_machine_stops_loses_nothing_answered(
    new_project: MakeProject, tmp_path: Path
) -> None:
    kill_while_working(new_project(FULL), tmp_path, 1)


@pytest.mark.eprouve
def test_a_team_whose_machine_stops_a_hundred_times_loses_nothing_answered(
    new_project: MakeProject, tmp_path: Path
) -> None:
    for seed in range(100):
        place = tmp_path / f"d{seed}"
        place.mkdir()
        kill_while_working(new_project(FULL, f"p{seed}"), place, seed)
