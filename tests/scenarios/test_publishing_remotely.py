"""`axtra publier` to an SFTP account and to a bucket, as an editor types it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from axtra.publishing.turns import LOCK
from support import publishing_process, remote_places
from support.fake_store import FakeStore, Refused, fake_store
from support.fixture_types import Run
from support.published_places import Place, crawl, first_site, write_site
from support.remote_places import Servers
from support.service_processes import wait_until
from support.small_sites import FULL, Project, make_project, news

NEWS = "content/nouvelles/2020/une-nouvelle.md"
SOME_SORTS = [pytest.param("sftp", marks=pytest.mark.lourd), *remote_places.LONG_SORTS[1:]]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a project once; each test has a copy."""
    root = tmp_path_factory.mktemp("modele")
    make_project(root / "projet", FULL).build(publish=True)
    return root


@pytest.fixture
def project(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("AXTRA_DONNEES", str(tmp_path / "donnees"))
    monkeypatch.delenv("AXTRA_PUBLICATION", raising=False)
    shutil.copytree(made, tmp_path, symlinks=True, dirs_exist_ok=True)
    return Project(tmp_path / "projet")


@pytest.fixture
def place(sort: str, servers: Servers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    for name, value in servers.join(sort, tmp_path).items():
        monkeypatch.setenv(name, value)
    return remote_places.place(tmp_path)


@pytest.fixture
def fake(servers: Servers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeStore]:
    """Return a fake in front of a store; the publisher goes through it."""
    for name, value in servers.join("s3", tmp_path).items():
        monkeypatch.setenv(name, value)
    with fake_store(os.environ["AWS_ENDPOINT_URL"]) as started:
        monkeypatch.setenv("AWS_ENDPOINT_URL", started.url)
        yield started


def built(project: Project) -> dict[str, bytes]:
    files = (path for path in project.output.rglob("*") if path.is_file())
    return {
        path.relative_to(project.output).as_posix(): path.read_bytes()
        for path in files
        if not path.name.startswith(".")
    }


@pytest.mark.parametrize("sort", SOME_SORTS)
def test_a_changed_text_is_online_in_one_command_and_goes_back(
    project: Project, place: Place, run: Run
) -> None:
    target = str(place.address)
    assert run(project, "publier", target)[0] == 0
    first = place.tree()
    assert first == built(project)
    assert crawl(place.read) == []
    project.write({NEWS: news(titre="Un autre titre")})
    code, out, _ = run(project, "publier", target)
    assert (code, "pages changées" in out, "relu sur place" in out) == (0, True, True)
    assert place.tree().items() >= built(project).items()
    assert run(project, "publier", target, "--revenir")[0] == 0
    assert place.tree().items() >= first.items()
    code, out, _ = run(project, "publier", target, "--historique")
    assert (code, out.count("\n"), out.count("retour")) == (0, 3, 1)


def test_only_what_differs_travels(fake: FakeStore, project: Project, run: Run) -> None:
    target = remote_target(project)
    assert run(project, "publier", target, "--essai")[0] == 0
    assert {asked.method for asked in fake.asked} == {"GET"}
    assert run(project, "publier", target)[0] == 0
    before = built(project)
    assert fake.put_names(target) == {*before}
    fake.asked.clear()
    assert run(project, "publier", target)[0] == 0
    assert fake.put_names(target) == set()
    fake.asked.clear()
    project.write({NEWS: news(titre="Un autre titre")})
    assert run(project, "publier", target)[0] == 0
    after = built(project)
    changed = {name for name in after if after[name] != before.get(name)}
    assert fake.put_names(target) == changed
    assert 0 < len(changed) < len(after) / 2
    assert run(project, "publier", target, "--revenir")[0] == 0
    place = remote_places.place(project.root.parent, environment=False)
    assert place.tree().items() >= before.items()


def remote_target(project: Project) -> str:
    return str(remote_places.place(project.root.parent, environment=False).address)


@pytest.mark.parametrize(
    ("refused", "said"),
    [
        (Refused(403, "AccessDenied"), "l’hôte refuse d’écrire : ce compte n’en a pas le droit"),
        (Refused(200, "<x/>"), "l’hôte a dit l’avoir reçu, et ne l’a pas"),
    ],
)
def test_a_store_fails_then_the_same_command_goes_on(
    refused: Refused, said: str, fake: FakeStore, project: Project, run: Run
) -> None:
    target = remote_target(project)
    fake.answer = lambda asked: (
        refused if asked.method == "PUT" and asked.path.endswith("/a-propos/index.html") else None
    )
    code, _, err = run(project, "publier", target)
    assert (code, said in err, "Traceback" in err) == (1, True, False), err
    fake.answer = lambda _: None
    assert run(project, "publier", target)[0] == 0
    assert remote_places.place(project.root.parent, environment=False).tree() == built(project)


@pytest.mark.parametrize("sort", ["s3-unsure", *remote_places.LONG_SORTS[:-1]])
def test_of_two_publishers_at_once_the_second_stops_and_harms_nothing(
    sort: str, place: Place, project: Project, tmp_path: Path, run: Run
) -> None:
    site = write_site(tmp_path / "construit", first_site())
    first = publishing_process.start(sort, tmp_path, site, last=0, pause=0.3)
    with closing(place.open(place.address)) as carrier:
        wait_until(lambda: carrier.get(LOCK))
    code, _, err = run(project, "publier", str(place.address))
    assert first.is_alive()
    assert (code, "publie ici depuis" in err, "Traceback" in err) == (1, True, False), err
    first.join()
    assert first.exitcode == 0
    shown = place.tree()
    assert {name: shown[name].decode() for name in first_site()} == first_site()


@pytest.mark.parametrize(
    ("target", "missing", "said"),
    [
        ("s3://seau", "AWS_ACCESS_KEY_ID", "il manque de quoi ouvrir ce seau : AWS_ACCESS_KEY_ID."),
        ("s3://nul", "", "ce seau n’existe pas"),
        ("s3://seau", "AWS_ENDPOINT_URL", "commence par http://"),
    ],
)
def test_what_is_not_set_is_named(
    target: str,
    missing: str,
    said: str,
    fake: FakeStore,
    project: Project,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if missing == "AWS_ENDPOINT_URL":
        monkeypatch.setenv(missing, "http://s3.exemple.org")
    elif missing:
        monkeypatch.delenv(missing)
    for word in ("--revenir", "--historique"):
        code, _, err = run(project, "publier", target, word)
        assert (code, said in err, "Traceback" in err) == (1, True, False), err
    assert fake.put_names(target) == set()
