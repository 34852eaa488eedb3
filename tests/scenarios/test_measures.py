"""Readership counted from logs whose truth is known, and what is left of them afterwards."""

from __future__ import annotations

import gzip
import json
import random
import shutil
import subprocess
import tomllib
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from axtra.measures import months
from axtra.measures.reading_logs import read_logs
from axtra.measures.visits import OPEN, Visits
from support.access_logs import BOOK, FEED, PAGES, Hit, Truth, generated
from support.fixture_types import MakeProject, Run
from support.small_sites import SITE, Project

MONTH = "mesures/2019-03.toml"


@pytest.fixture
def counted(new_project: MakeProject, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Project:
    """Return a project whose readership is kept in a folder beside it."""
    monkeypatch.setenv("AXTRA_DONNEES", str(tmp_path / "donnees"))
    return new_project(
        {"content/site.toml": SITE.replace("https://essai.example", "https://www.axtra.ca")}
    )


def month(project: Project, name: str = MONTH) -> dict[str, Any]:
    return tomllib.loads((project.root / name).read_text("utf-8"))


def write(path: Path, hits: list[Hit], form: Callable[[Hit], str] = Hit.combined) -> Path:
    data = "".join(f"{form(hit)}\n" for hit in hits).encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def hold(project: Project, truth: Truth) -> None:
    """Require what was counted to be the truth, as far as a log can tell it."""
    said = month(project)
    assert said["pages"] == dict(truth.pages)
    assert said["pages-vues"] == truth.pages.total()
    assert said["telechargements"] == {BOOK: truth.downloads}
    assert said["robots"] == truth.robots
    assert said["flux"] == {FEED: 16}
    assert said["visites"] == len(truth.browsers)
    low, high = said["visites-entre"]
    assert low <= truth.people <= high
    assert set(said["provenances"]) == {"google.com"}
    assert sum(said["genres"].values()) == truth.pages.total()


def leaves_nobody(project: Project, folder: Path, hits: list[Hit]) -> None:
    """Require that neither an address nor a part of a line is anywhere."""
    held = b"".join(
        path.read_bytes()
        for top in (folder, project.root / "mesures")
        for path in top.rglob("*")
        if path.is_file()
    )
    for hit in hits:
        assert hit.address.encode() not in held
    for words in (b"Mozilla", b"zoe@", b"courriel=", b"GET /", b"192.168", b"-0400"):
        assert words not in held


def trial(project: Project, run: Run, folder: Path, lines: int) -> list[Hit]:
    """Read a log in three formats, in pieces and out of order; hold the counts to the truth."""
    hits, truth = generated(lines)
    third = len(hits) // 3
    forms = (Hit.combined, Hit.nginx, Hit.caddy)
    pieces = [hits[:third], hits[third : 2 * third], hits[2 * third :]]
    paths = [
        write(folder / f"acces.{rank}.log{'.gz' if rank == 1 else ''}", piece, form)
        for rank, (piece, form) in enumerate(zip(pieces, forms, strict=True))
    ]
    assert run(project, "mesures", "lire", str(paths[2]))[0] == 0
    code, out, _ = run(project, "mesures", "lire", str(paths[1]), str(paths[0]), "--format", "json")
    assert (code, json.loads(out)["ecrits"]) == (0, [MONTH])
    hold(project, truth)
    before = (project.root / MONTH).read_bytes()
    shutil.copy(paths[0], folder / "autre-nom.log")
    code, out, _ = run(project, "mesures", "lire", *map(str, paths), str(folder / "autre-nom.log"))
    assert (code, out.count("déjà lu")) == (0, 4)
    assert (project.root / MONTH).read_bytes() == before
    leaves_nobody(project, folder / "donnees", hits)
    return hits


def test_a_log_is_counted_exactly_once_and_leaves_nobody(
    counted: Project, run: Run, tmp_path: Path
) -> None:
    trial(counted, run, tmp_path, 3_000)


@pytest.mark.eprouve
def test_two_hundred_thousand_lines_agree_with_goaccess(
    counted: Project, run: Run, tmp_path: Path
) -> None:
    hits = trial(counted, run, tmp_path, 200_000)
    goaccess = shutil.which("goaccess")
    if goaccess is None:
        pytest.skip("Installez goaccess (paquet de Debian).")
    log = write(tmp_path / "tout.log", hits)
    options = ["--log-format=COMBINED", "--ignore-crawlers", "--no-query-string", "-o"]
    report = tmp_path / "goaccess.json"
    subprocess.run([goaccess, log, *options, report], check=True, capture_output=True, timeout=300)
    given = json.loads(report.read_text("utf-8"))
    theirs = {
        row["data"]: row["hits"]["count"]
        for row in given["requests"]["data"]
        if row["data"] in PAGES
    }
    assert theirs == month(counted)["pages"]
    # A visitor is, for both, an address and a browser on a day.
    days = {row["data"]: row["visitors"]["count"] for row in given["visitors"]["data"]}
    assert sum(days.values()) == pytest.approx(month(counted)["visites"], rel=0.02)


def test_a_file_that_grows_is_read_from_where_it_was(
    counted: Project, run: Run, tmp_path: Path
) -> None:
    hits, truth = generated(600)
    lines = [f"{hit.combined()}\n" for hit in hits]
    path = tmp_path / "acces.log"
    at = random.Random(1).randrange(200, 400)  # noqa: S311 - not a secret
    path.write_text("".join(lines[:at]) + lines[at][:40], "utf-8")  # the host is writing a line
    assert run(counted, "mesures", "lire", str(path))[0] == 0
    path.write_text("".join(lines).removesuffix("\n"), "utf-8")
    assert run(counted, "mesures", "lire", str(path))[0] == 0
    rotated = tmp_path / "acces.log.2.gz"
    rotated.write_bytes(gzip.compress("".join(lines).encode()))
    assert run(counted, "mesures", "lire", str(rotated))[0] == 0
    said = month(counted)
    few = {path: number for path, number in truth.pages.items() if number >= 5}
    assert {path: number for path, number in said["pages"].items() if number != months.FEW} == few
    assert said["visites"] == len(truth.browsers)


def test_a_day_closes_after_two_days_and_keeps_numbers_only(tmp_path: Path) -> None:
    hits, truth = generated(400)
    now = [datetime(2026, 1, 5, tzinfo=hits[0].moment.tzinfo)]
    folder = tmp_path / "donnees"
    first = write(tmp_path / "a.log", hits[:200])
    second = write(tmp_path / "b.log", hits[200:])
    late = write(tmp_path / "c.log", [*hits[10:60], *hits[70:90]])
    read_logs(folder, [first], {"axtra.ca"}, lambda: now[0])
    now[0] += OPEN - timedelta(minutes=1)
    assert read_logs(folder, [second], {"axtra.ca"}, lambda: now[0]).closed == 0
    with Visits.open(folder) as visits:
        before = visits.month("2019-03")
        assert visits._db.execute("SELECT COUNT(*) FROM seen").fetchone()[0]
    now[0] += OPEN + timedelta(minutes=1)
    report = read_logs(folder, [late], {"axtra.ca"}, lambda: now[0])
    assert report.closed > 20
    with Visits.open(folder) as visits:
        assert visits.month("2019-03") == before
        assert visits._db.execute("SELECT COUNT(*) FROM seen").fetchone()[0] == 0
        assert visits._db.execute(
            "SELECT COUNT(*) FROM days WHERE salt IS NOT NULL"
        ).fetchone() == (0,)
        assert before["visites", ""] == len(truth.browsers)


def test_small_numbers_are_not_said_and_a_lost_folder_erases_no_month(
    counted: Project, run: Run, tmp_path: Path
) -> None:
    hits = [
        Hit("203.0.113.9", datetime(2019, 3, 5, 12).astimezone(), "/magazine/"),
        Hit("203.0.113.9", datetime(2019, 3, 5, 12).astimezone(), "/nouvelles/x/"),
    ]
    assert run(counted, "mesures", "lire", str(write(tmp_path / "a.log", hits)))[0] == 0
    said = month(counted)
    assert said["visites"] == said["pages-vues"] == "moins de 5"
    assert said["pages"] == {"/magazine/": "moins de 5", "/nouvelles/x/": "moins de 5"}
    before = (counted.root / MONTH).read_bytes()
    shutil.rmtree(tmp_path / "donnees")
    code, _, err = run(counted, "mesures", "lire", str(write(tmp_path / "b.log", hits * 9)))
    assert (code, "jours fermés" in err) == (0, True)
    assert (counted.root / MONTH).read_bytes() == before


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"bonjour\n" * 300, "n’est pas un journal"),
        (b"\x00\xff" * 5_000, "n’est pas un journal"),
        (gzip.compress(b"1.2.3.4 - - [" * 99, mtime=0)[:-9], "ne se lit pas"),
        (None, "il n’existe pas"),
    ],
)
def test_another_file_is_refused_and_nothing_is_counted(
    counted: Project, run: Run, tmp_path: Path, data: bytes | None, said: str
) -> None:
    good = write(tmp_path / "bon.log", generated(50)[0])
    path = tmp_path / "autre.log"
    if data is not None:
        path.write_bytes(data)
    code, _, err = run(counted, "mesures", "lire", str(good), str(path))
    assert (code, said in err) == (2, True), err
    assert not (counted.root / "mesures").exists()
