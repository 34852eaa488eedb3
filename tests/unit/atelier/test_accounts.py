"""Accounts: what a stop leaves of them, what a backup brings back, and who is at the head."""

from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from axtra.atelier.accounts import Accounts, LastDirectionError
from axtra.atelier.reviews import REVIEWS, Reviews
from axtra.atelier.roles import ALLOWED, Act, Person, Role
from axtra.atelier.set_aside import SetAside, Version
from axtra.cli import main
from infolettre.core.dates import ZONE

pytestmark = pytest.mark.bases

ZOE, MAX = "zoe@exemple.test", "max@exemple.test"
# Someone comes and goes for ever; each line that is printed is a promise.
_BUSY = """
import sys, itertools
from datetime import datetime
from pathlib import Path
from axtra.atelier.accounts import Accounts
from axtra.atelier.reviews import REVIEWS, Reviews
from axtra.atelier.roles import Role
from infolettre.core.dates import ZONE

accounts = Accounts(Path(sys.argv[1]), lambda: datetime.now(ZONE))
accounts.invite("tete@exemple.test", Role.DIRECTION)
for n in itertools.count():
    address = f"p{n}@exemple.test"
    accounts.invite(address, Role.AUTEUR)
    print("invited", address, flush=True)
    link = accounts.new_link(address)
    print("link", address, link, flush=True)
    person, cookie = accounts.sign_in(link)
    print("in", address, link, cookie, flush=True)
    if n % 3 == 1:
        accounts.change(address, Role.REDACTION, "")
        print("changed", address, cookie, flush=True)
    if n % 3 == 2:
        accounts.remove(address)
        print("removed", address, cookie, flush=True)
"""


def now() -> datetime:
    return datetime.now(ZONE)


@pytest.fixture
def accounts(tmp_path: Path) -> Iterator[Accounts]:
    with closing(Accounts(tmp_path, now)) as opened:
        opened.invite("tete@exemple.test", Role.DIRECTION)
        yield opened


def killed(folder: Path, seconds: float) -> list[list[str]]:
    """Let somebody come and go for a while, then stop the process; return what it promised."""
    busy = subprocess.Popen(
        [sys.executable, "-c", _BUSY, folder], stdout=subprocess.PIPE, encoding="utf-8"
    )
    assert busy.stdout
    first = busy.stdout.readline()
    time.sleep(seconds)
    busy.send_signal(signal.SIGKILL)
    said = first + busy.communicate(timeout=60)[0]
    return [line.split() for line in said.splitlines(keepends=True) if line.endswith("\n")]


def check(folder: Path, promises: list[list[str]]) -> None:
    """Compare what is kept with what was promised, but for the last act, which may be under way."""
    book = folder / "atelier" / "comptes.sqlite3"
    with closing(sqlite3.connect(book)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    last = promises[-1][1]
    with closing(Accounts(folder, now)) as kept:
        done = {promise[1]: promise for promise in promises}
        for address, (act, *_, secret) in done.items():
            if address == last:
                continue
            person = kept.whose(secret)
            assert (person is not None) == (act == "in"), (act, address)
            if act == "changed":
                member = kept.member(address)
                assert member
                assert member.person.role is Role.REDACTION
            if act == "removed":
                assert kept.member(address) is None
        for promise in promises:
            if promise[0] == "in":
                assert kept.sign_in(promise[2]) is None  # a link that served never serves again
        assert kept.member("tete@exemple.test")


@pytest.mark.fichiers
@pytest.mark.parametrize("moments", [3, pytest.param(100, marks=pytest.mark.eprouve)])
def test_a_stop_at_any_moment_breaks_no_promise(tmp_path: Path, moments: int) -> None:
    chance = random.Random(4_187)  # noqa: S311 - moments, no secret
    for moment in range(moments):
        folder = tmp_path / str(moment)
        check(folder, killed(folder, chance.uniform(0, 0.3)))


@pytest.mark.fichiers
def test_a_restored_backup_is_whole_and_lets_nobody_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What waits comes back; sessions, links, and whoever was erased since, do not."""
    data = tmp_path / "donnees"
    monkeypatch.setenv("AXTRA_DONNEES", str(data))
    monkeypatch.chdir(tmp_path)
    version = Version("Un mot « à part ».".encode(), "base", "Zoé", now())
    aside = SetAside(data / "atelier" / "projet-0123")
    name = "content/nouvelles/2020/été.md"
    with closing(Accounts(data, now)) as accounts:
        accounts.invite(ZOE, Role.DIRECTION, "Zoé")
        accounts.invite(MAX, Role.AUTEUR, "Max")
        cookie, link = accounts.open(ZOE), accounts.new_link(ZOE)
        aside.waiting.put(name, version)
        reviews = Reviews(data / "atelier" / "projet-0123" / REVIEWS, now)
        shared = reviews.share(name, Person(ZOE, "Zoé", Role.DIRECTION), 7)
        assert main(["abonnes", "sauvegarder", str(tmp_path / "copie")]) == 0
        secrets = [path.read_bytes() for path in (tmp_path / "copie").rglob("*") if path.is_file()]
        assert link
        assert not [kept for kept in secrets if cookie.encode() in kept or link.encode() in kept]
        aside.waiting.drop(name)
        accounts.invite("nouveau@exemple.test", Role.AUTEUR)
        assert main(["abonnes", "effacer", MAX]) == 0
        assert main(["abonnes", "restaurer", str(tmp_path / "copie")]) == 0
        # This very service goes on, with what the backup brought.
        assert accounts.whose(cookie) is None
        assert not accounts.link_is_good(link)
        assert reviews.link(shared.secret) is None
        assert [member.person.name for member in accounts.members()] == ["Zoé"]
        assert accounts.sign_in(accounts.new_link(ZOE) or "")
    assert aside.waiting.get(name) == version
    modes = {path.stat().st_mode & 0o077 for path in (data / "atelier").iterdir() if path.is_file()}
    assert modes == {0}


def test_somebody_is_always_at_the_head(accounts: Accounts) -> None:
    head = "tete@exemple.test"
    for attempt in (
        lambda: accounts.remove(head),
        lambda: accounts.change(head, Role.AUTEUR, ""),
        lambda: accounts.invite(head, Role.REDACTION),
    ):
        with pytest.raises(LastDirectionError):
            attempt()
        assert accounts.member(head)
    accounts.invite(ZOE, Role.DIRECTION)
    accounts.remove(head)
    assert [member.person.address for member in accounts.members()] == [ZOE]


def test_an_address_is_one_person_however_it_is_typed(accounts: Accounts) -> None:
    first = accounts.invite("Zoe@Exemple.test", Role.AUTEUR, "Zoé")
    assert first == Person(ZOE, "Zoé", Role.AUTEUR)
    assert accounts.invite(" zoe@exemple.TEST", Role.AUTEUR) == first
    assert accounts.new_link("ZOE@exemple.test")
    assert len(accounts.members()) == 2


def test_a_person_has_only_so_many_links_and_sessions(accounts: Accounts) -> None:
    accounts.invite(ZOE, Role.AUTEUR)
    links = [accounts.new_link(ZOE) or "" for _ in range(8)]
    assert [accounts.link_is_good(link) for link in links] == [False] * 3 + [True] * 5
    cookies = [accounts.open(ZOE) for _ in range(25)]
    assert [accounts.whose(cookie) is not None for cookie in cookies] == [False] * 5 + [True] * 20


def test_a_session_ends_after_a_month_however_much_it_is_used(tmp_path: Path) -> None:
    passed = timedelta()
    with closing(Accounts(tmp_path, lambda: now() + passed)) as accounts:
        accounts.invite(ZOE, Role.AUTEUR)
        cookie = accounts.open(ZOE)
        for day in range(30):
            passed = timedelta(days=day)
            assert accounts.whose(cookie), day
        passed = timedelta(days=30, minutes=1)
        assert accounts.whose(cookie) is None


_TABLE = {  # as the page of the design has it: auteur, redaction, direction
    Act.WRITE_OWN: "●●●",
    Act.READ_OTHERS: "○●●",
    Act.PROPOSE: "●●●",
    Act.ACCEPT: "○●●",
    Act.PUBLISH: "○●●",
    Act.COMPOSE: "○●●",
    Act.APPROVE: "○○●",
    Act.SEND: "○○●",
    Act.SUBSCRIBERS: "○○●",
    Act.SETTINGS: "○○●",
}


@pytest.mark.parametrize("act", Act)
@pytest.mark.parametrize(("rank", "role"), list(enumerate(Role)))
def test_each_cell_of_the_table_of_roles(act: Act, rank: int, role: Role) -> None:
    assert Person(ZOE, "Zoé", role).may(act) == (_TABLE[act][rank] == "●")
    assert (act in ALLOWED[role]) == (_TABLE[act][rank] == "●")
