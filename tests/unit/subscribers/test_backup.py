"""`axtra abonnes sauvegarder` and `restaurer` as someone types them: what is kept, and refused."""

from __future__ import annotations

import json
import shutil
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from axtra.cli import main
from axtra.sending.ledger import Ledger
from axtra.subscribers import Register

pytestmark = pytest.mark.bases

Run = Callable[..., tuple[int, str, str]]
CSV = "adresse;consentement;date;source\r\n" + "".join(
    f"p{index}@exemple.test;expres;2025-01-31;adhésion\r\n" for index in range(4)
)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command on a data folder of the test's own, where four people are members."""
    monkeypatch.setenv("AXTRA_DONNEES", str(tmp_path / "donnees"))
    monkeypatch.chdir(tmp_path)

    def typed(*words: object) -> tuple[int, str, str]:
        try:
            code = main(["abonnes", *map(str, words)])
        except SystemExit as end:
            code = int(str(end.code))
        return code, *capsys.readouterr()

    (tmp_path / "m.csv").write_text(CSV, "utf-8")
    assert typed("importer", "m.csv", "--liste", "membres")[0] == 0
    Ledger.open(tmp_path / "donnees").close()
    (tmp_path / "donnees" / "envoi.toml").write_text("connexions = 2\n", "utf-8")
    return typed


def members(run: Run) -> list[str]:
    _, out, _ = run("lister", "--liste", "membres", "--format", "json")
    return [load["adresse"] for load in json.loads(out) if load["exclusion"] is None]


def state(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix != ".verrou"}


@pytest.mark.fichiers
def test_a_backup_holds_everything_privately_and_says_where(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "ailleurs" / "2026-11-30"
    code, out, err = run("sauvegarder", target)
    assert (code, err) == (0, "")
    assert "5 fichiers, " in out
    assert f"axtra abonnes restaurer {target}" in out
    names = {path.name for path in target.iterdir()}
    assert names == {
        "abonnes.sqlite3.copie", "envois.sqlite3.copie", "cles-signature", "cle-empreintes",
        "envoi.toml", "manifeste.json",
    }  # fmt: skip
    assert {stat.S_IMODE(path.stat().st_mode) for path in target.iterdir()} == {0o600}
    assert stat.S_IMODE(target.stat().st_mode) == 0o700
    assert [path.name for path in target.parent.iterdir()] == [target.name]
    assert members(run) == [f"p{index}@exemple.test" for index in range(4)]


@pytest.mark.fichiers
def test_a_backup_goes_back_whole_and_the_former_folder_is_kept(run: Run, tmp_path: Path) -> None:
    run("sauvegarder", tmp_path / "s")
    run("importer", "m.csv", "--liste", "autre")
    run("desabonner", "p1@exemple.test")
    code, out, err = run("restaurer", tmp_path / "s")
    assert (code, err) == (0, "")
    assert "1 retrait, 0 effacement" in out
    (kept,) = tmp_path.glob("donnees.avant-*")
    assert str(kept) in out
    assert members(run) == [f"p{index}@exemple.test" for index in (0, 2, 3)]
    assert run("lister")[1].endswith("1 liste\n")
    assert run("importer", "m.csv", "--liste", "membres")[0] == 0
    assert members(run) == [f"p{index}@exemple.test" for index in (0, 2, 3)]
    code, _, err = run("restaurer", kept)
    assert code == 1
    assert f"axtra abonnes restaurer --adopter {kept}" in err
    code, _, err = run("restaurer", kept, "--adopter")
    assert (code, err) == (0, "")
    assert run("lister")[1].endswith("2 listes\n")


@pytest.mark.fichiers
def test_folders_put_aside_in_the_same_second_are_all_kept(run: Run, tmp_path: Path) -> None:
    run("sauvegarder", tmp_path / "s")
    for number in range(4):
        run("importer", "m.csv", "--liste", f"liste-{number}")
        assert run("restaurer", tmp_path / "s")[0] == 0
    kept = sorted(tmp_path.glob("donnees.avant-*"))
    found = []
    for folder in kept:
        with Register.open(folder) as register:
            found.append(register.lists())
    assert sorted(found) == [(f"liste-{number}", "membres") for number in range(4)]


@pytest.mark.fichiers
def test_a_lost_folder_comes_back_with_its_journal_at_once(run: Run, tmp_path: Path) -> None:
    run("sauvegarder", tmp_path / "s")
    run("effacer", "p0@exemple.test")
    shutil.rmtree(tmp_path / "donnees")
    code, out, _ = run("restaurer", tmp_path / "s")
    assert code == 0
    assert "1 effacement" in out
    assert members(run) == [f"p{index}@exemple.test" for index in (1, 2, 3)]
    assert not any(b"p0@" in data for data in state(tmp_path / "donnees").values())
    assert run("sauvegarder", tmp_path / "s2")[0] == 0


@pytest.mark.fichiers
def test_a_backup_of_another_machine_is_adopted_once(run: Run, tmp_path: Path) -> None:
    run("sauvegarder", tmp_path / "s")
    (tmp_path / "donnees.journal").unlink()
    before = state(tmp_path / "donnees").keys()
    code, _, err = run("restaurer", tmp_path / "s")
    assert code == 1
    assert f"axtra abonnes restaurer --adopter {tmp_path / 's'}" in err
    assert state(tmp_path / "donnees").keys() == before
    assert not list(tmp_path.glob("*donnees.*-*"))
    code, out, _ = run("restaurer", tmp_path / "s", "--adopter")
    assert code == 0
    assert "Refaites les retraits" in out
    assert run("desabonner", "p0@exemple.test")[0] == 0


def _change(folder: Path) -> None:
    data = bytearray((folder / "abonnes.sqlite3.copie").read_bytes())
    data[5000] ^= 1
    (folder / "abonnes.sqlite3.copie").write_bytes(data)


def _manifest(folder: Path, change: Callable[[dict[str, object]], object]) -> None:
    path = folder / "manifeste.json"
    given = json.loads(path.read_text("utf-8"))
    change(given)
    path.write_text(json.dumps(given), "utf-8")


@pytest.mark.fichiers
@pytest.mark.parametrize(
    "damage",
    [
        _change,
        lambda folder: (folder / "cles-signature").unlink(),
        lambda folder: (folder / "manifeste.json").unlink(),
        lambda folder: (folder / "manifeste.json").write_text("{", "utf-8"),
        lambda folder: (folder / "manifeste.json").write_text("[]", "utf-8"),
        lambda folder: (folder / "de-plus").write_text("x", "utf-8"),
        lambda folder: _manifest(folder, lambda given: given.update(version=99)),
        lambda folder: _manifest(folder, lambda given: given.update(moment="hier")),
        lambda folder: _manifest(
            folder, lambda given: given["fichiers"].update({"../x": {"octets": 0, "sha256": ""}})
        ),
        shutil.rmtree,
    ],
)
def test_a_damaged_backup_replaces_nothing(
    run: Run, tmp_path: Path, damage: Callable[[Path], object]
) -> None:
    run("sauvegarder", tmp_path / "s")
    before = state(tmp_path / "donnees")
    damage(tmp_path / "s")
    code, out, err = run("restaurer", tmp_path / "s")
    assert code == 1
    assert out == ""
    assert "→" in err
    assert state(tmp_path / "donnees") == before
    assert not list(tmp_path.glob("*donnees.*-*"))


@pytest.mark.parametrize(
    "target",
    ["donnees", "donnees/s", ".", "projet/s", "depot/a/b", "sortie/s", "pleine", "m.csv"],
)
def test_a_backup_is_refused_where_it_would_be_lost_or_seen(
    run: Run, tmp_path: Path, target: str
) -> None:
    for name, mark in (("projet", "pelicanconf.py"), ("sortie", ".axtra"), ("pleine", "x")):
        (tmp_path / name).mkdir()
        (tmp_path / name / mark).write_text("", "utf-8")
    (tmp_path / "depot" / ".git").mkdir(parents=True)
    before = sorted(tmp_path.rglob("*"))
    code, out, err = run("sauvegarder", target)
    assert (code, out) == (1, "")
    assert "→" in err
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.fichiers
def test_an_empty_folder_may_become_the_backup(run: Run, tmp_path: Path) -> None:
    (tmp_path / "s").mkdir(mode=0o755)
    assert run("sauvegarder", tmp_path / "s")[0] == 0
    assert run("restaurer", tmp_path / "s")[0] == 0


def test_restoring_needs_a_folder_or_an_adoption(run: Run) -> None:
    code, _, err = run("restaurer")
    assert code == 2
    assert "axtra abonnes restaurer DOSSIER" in err
    assert run("restaurer", "--adopter")[0] == 0


def test_a_damaged_book_is_not_backed_up_as_if_it_were_whole(run: Run, tmp_path: Path) -> None:
    for name in ("abonnes.sqlite3", "envois.sqlite3"):
        with closing(sqlite3.connect(tmp_path / "donnees" / name)) as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    path = tmp_path / "donnees" / "abonnes.sqlite3"
    data = bytearray(path.read_bytes())
    data[-4096 * 3 :] = b"\xff" * 4096 * 3
    path.write_bytes(data)
    code, out, err = run("sauvegarder", tmp_path / "s")
    assert (code, out) == (1, "")
    assert "→" in err
    assert not (tmp_path / "s").exists()


@pytest.mark.fichiers
def test_an_erasure_under_a_long_reader_says_the_truth(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("axtra.subscribers.storage.sqlite._READERS", 0.1)
    folder = tmp_path / "donnees"
    with closing(sqlite3.connect(folder / "abonnes.sqlite3", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT COUNT(*) FROM people").fetchone()
        code, out, err = run("effacer", "p0@exemple.test")
        assert (code, out) == (1, "")
        assert "une autre commande lit encore" in err
        assert "p0@" not in err
        held = [path for path in folder.iterdir() if b"p0@exemple.test" in path.read_bytes()]
        assert held
        reader.execute("COMMIT")
        code, _, err = run("effacer", "p0@exemple.test")
        assert (code, err) == (0, "")
        held = [path for path in folder.iterdir() if b"p0@exemple.test" in path.read_bytes()]
        assert held == []
    with Register.open(folder) as register:
        assert register.find("p0@exemple.test") is None
