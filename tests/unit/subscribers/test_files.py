"""The files of a register: SQLite alone opens them, and they are private from the first."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from axtra.sending.ledger import Ledger
from axtra.subscribers import FolderError, LockedError, Pool, Register
from axtra.subscribers.private_folder import touch_private
from axtra.subscribers.signed_tokens import rotate
from infolettre.core.dates import ZONE

pytestmark = pytest.mark.bases

BOOKS = pytest.mark.parametrize(
    ("name", "book"), [("abonnes.sqlite3", Register), ("envois.sqlite3", Ledger)]
)
# Another process tries to be alone with a file, as who closes it last before it removes its log.
_ALONE = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], timeout=0, isolation_level=None)
db.execute("PRAGMA locking_mode=EXCLUSIVE")
try:
    db.execute("BEGIN EXCLUSIVE")
    print("seul")
except sqlite3.OperationalError as error:
    print(error)
"""


@pytest.fixture
def _no_mask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def others(path: Path) -> str:
    """Say what another process is answered that wants a file for itself."""
    words = [sys.executable, "-c", _ALONE, path]
    return subprocess.run(words, check=True, capture_output=True, encoding="utf-8").stdout.strip()


@pytest.mark.fichiers
@BOOKS
def test_opening_it_again_drops_no_lock(
    tmp_path: Path, name: str, book: type[Register | Ledger]
) -> None:
    with book.open(tmp_path):
        assert others(tmp_path / name) == "database is locked"
        book.open(tmp_path).close()
        assert others(tmp_path / name) == "database is locked"
    assert others(tmp_path / name) == "seul"


@pytest.mark.fichiers
@BOOKS
@pytest.mark.usefixtures("_no_mask")
def test_all_its_files_are_private_whatever_the_mask(
    tmp_path: Path, name: str, book: type[Register | Ledger]
) -> None:
    for _ in range(2):
        with book.open(tmp_path):
            files = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
            assert files.keys() >= {name, f"{name}-wal", f"{name}-shm"}
            assert set(files.values()) == {0o600}
            for path in tmp_path.iterdir():
                path.chmod(0o644)
            book.open(tmp_path).close()
            assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.glob(f"{name}*")} == {
                0o600
            }
        (tmp_path / name).chmod(0o644)


def test_a_file_that_is_there_is_neither_opened_nor_emptied(tmp_path: Path) -> None:
    path = tmp_path / "fichier"
    path.write_text("contenu")
    before = path.stat().st_atime_ns
    touch_private(path)
    assert (path.stat().st_atime_ns, path.read_text()) == (before, "contenu")


# --- connections that stay open ------------------------------------------------------------------


def test_a_pool_lends_a_register_to_one_thread_at_a_time(tmp_path: Path) -> None:
    pool = Pool(tmp_path)
    inside = threading.Barrier(3)
    seen: list[Register] = []

    def work(register: Register) -> None:
        seen.append(register)
        inside.wait(20)  # all three hold one at once

    threads = [threading.Thread(target=pool.do, args=(work,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(map(id, seen))) == 3
    assert pool.do(id) in set(map(id, seen))  # none was closed
    pool.close()


def test_a_pool_sees_a_new_key_at_once(tmp_path: Path) -> None:
    pool = Pool(tmp_path)
    rotate(tmp_path, datetime.now(ZONE))
    assert pool.do(lambda register: len(register.keys.signing)) == 2
    pool.close()


@pytest.mark.fichiers
def test_what_is_written_in_a_file_just_replaced_is_written_again(tmp_path: Path) -> None:
    pool, apart = Pool(tmp_path / "donnees"), tmp_path / "sauvegarde"
    Register.open(apart).close()
    asked = []

    def work(register: Register) -> None:
        asked.append(register.ask("a@exemple.test", "", ["membres"], datetime.now(ZONE)))
        if apart.exists():  # as who restores a backup at that very moment
            for path in apart.iterdir():
                path.replace(tmp_path / "donnees" / path.name)
            apart.rmdir()

    pool.do(work)
    assert len(asked) == 2
    with Register.open(tmp_path / "donnees") as register:
        assert asked[1]
        assert register.pending(asked[1])
    pool.close()


def test_a_pool_says_what_the_register_refuses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("axtra.subscribers.storage.sqlite.PATIENCE", 0)
    pool = Pool(tmp_path)
    with Register.open(tmp_path) as other, other.together(), pytest.raises(LockedError):
        pool.do(lambda register: register.withdraw("x"))
    with pytest.raises(FolderError, match=r"no such table|does not exist"):
        pool.do(lambda register: register._db.execute("SELECT * FROM rien"))
    assert pool.do(lambda register: register.lists()) == ()
    pool.close()
