"""Nothing private is published: links are not followed, and data folders stay out of projects."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

import pytest
from PIL import Image

from axtra import site
from axtra.cli import main
from axtra.site.build import output
from axtra.subscribers import Basis, Consent, Register
from infolettre.core.dates import ZONE
from infolettre.core.refusals import Refusal
from support.small_sites import BIN, DAY, FULL, Project, make_project, news, tree

SECRET = b"%PDF-1.7 un secret\n"
ANA = "ana@exemple.test"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return make_project(tmp_path / "projet", FULL)


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """Make a folder that must not be published."""
    folder = tmp_path / "ailleurs"
    folder.mkdir()
    (folder / "secret.pdf").write_bytes(SECRET)
    (folder / "secret.md").write_text(news("Un secret"), "utf-8")
    Image.new("RGB", (900, 600)).save(folder / "secret.png")
    return folder


def refused(project: Project, rule: str) -> list[str]:
    """Assert that a build is refused and writes nothing; return the files that a rule reports."""
    report = project.build()
    assert report.refused
    assert not project.output.exists()
    return sorted(each.file for each in report.diagnostics if each.rule == rule)


LINKS: Mapping[str, str] = {
    "content/documents/notes.pdf": "secret.pdf",
    "content/images/photo.png": "secret.png",
    "content/documents/dossier": ".",
    "content/nouvelles/2020/lie.md": "secret.md",
    "content/nouvelles/2021": ".",
    "content/mots.txt": "secret.md",
    "newsletters/2020/2020-05-07.md": "secret.md",
    "newsletters/2021": ".",
    "content/documents/brise.pdf": "n-existe-pas",
}


@pytest.mark.parametrize("name", LINKS)
def test_a_symlink_is_refused_by_name_with_a_remedy(
    project: Project, outside: Path, name: str
) -> None:
    link = project.root / name
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(outside / LINKS[name])
    assert refused(project, "fichier-special") == [name]
    [error] = [each for each in site.verify(project.root, moment=DAY) if each.file == name]
    assert f"rm {name}" in error.remedy


@pytest.mark.parametrize("name", ["site.toml", "redirections.toml", "rubriques.toml"])
def test_a_settings_file_may_not_be_a_symlink_or_a_pipe(
    project: Project, tmp_path: Path, name: str
) -> None:
    path = project.root / "content" / name
    path.unlink(missing_ok=True)
    os.mkfifo(path)  # reading it would never end
    assert f"content/{name}" in refused(project, "fichier-special")
    path.unlink()
    (tmp_path / "vrai.toml").write_text('"/a/" = "/b/"\n')
    path.symlink_to(tmp_path / "vrai.toml")
    assert f"content/{name}" in refused(project, "fichier-special")


def _socket(path: Path) -> None:
    here = Path.cwd()
    os.chdir(path.parent)  # the path of a socket must be short
    try:
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(path.name)
    finally:
        os.chdir(here)


@pytest.mark.parametrize("make", [os.mkfifo, _socket])
@pytest.mark.parametrize("name", ["content/documents/a.pdf", "newsletters/2020/2020-05-07.md"])
def test_pipes_and_sockets_are_refused(
    project: Project, make: Callable[[Path], None], name: str
) -> None:
    (project.root / name).parent.mkdir(parents=True, exist_ok=True)
    make(project.root / name)
    assert refused(project, "fichier-special") == [name]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_a_hard_link_to_a_file_of_another_user_is_refused(project: Project, outside: Path) -> None:
    name = "content/documents/notes.pdf"
    (project.root / name).parent.mkdir(parents=True)
    os.link(outside / "secret.pdf", project.root / name)
    assert not project.build().refused  # a hard link to a file of ours looks like any file
    os.chown(outside / "secret.pdf", 65534, 65534)
    report = project.build()
    assert [each.file for each in report.diagnostics if each.rule == "fichier-special"] == [name]


def test_the_lock_file_of_an_editor_is_ignored(project: Project) -> None:
    (project.root / "content/nouvelles/2020/.#une-nouvelle.md").symlink_to("ana@machine.1234")
    report = project.build()
    assert not report.refused
    assert [each for each in report.diagnostics if ".#" in each.file] == []


def test_a_hidden_folder_is_reported_once_and_not_published(project: Project) -> None:
    project.write(
        {"content/.notes/a.txt": "x", "content/.notes/b.txt": "x", "content/.DS_Store": "x"}
    )
    report = project.build()
    assert [each.file for each in report.diagnostics if each.rule == "fichier-ignore"] == [
        "content/.notes"
    ]
    assert not any("notes" in name for name in tree(project.output))


@pytest.mark.parametrize("name", ["documents/notes.pdf", "images/photo.png", "images/dessin.svg"])
@pytest.mark.parametrize("whole", ["", "whole folder"])
def test_a_symlink_created_after_loading_publishes_nothing(
    project: Project, outside: Path, name: str, whole: str
) -> None:
    path = project.root / "content" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (900, 600), "#fff").save(path.with_suffix(".png"))
    if path.suffix == ".pdf":
        path.write_bytes(b"%PDF-1.7\n")
    if path.suffix == ".svg":
        path.write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"/>')
    ready = site.prepare(project.root, moment=DAY)
    assert not ready.refused
    for kind in ("pdf", "svg", "png"):
        (outside / f"{path.stem}.{kind}").write_bytes(SECRET)
    if whole:
        path.parent.rename(project.root / "ecarte")
        path.parent.symlink_to(outside)
    else:
        path.unlink()
        path.symlink_to(outside / path.name)
    with pytest.raises(Refusal) as caught, site.refusing_failures(project.root):
        output.publish(ready.table, project.output)
    assert not project.output.exists()
    refusal = caught.value
    named = f"{refusal.place} {refusal.problem}"  # perhaps of another file of its folder
    assert name.rpartition(".")[0] in named or refusal.rule == "image-illisible"


def test_a_symlink_in_the_output_is_replaced_and_its_target_is_kept(
    project: Project, tmp_path: Path
) -> None:
    assert not project.build().refused
    page = project.output / "a-propos/index.html"
    kept = tmp_path / "garde.html"
    data = page.read_bytes()
    kept.write_bytes(data)
    page.unlink()
    page.symlink_to(kept)
    folder = tmp_path / "garde"
    (project.output / "nouvelles").rename(folder)
    (project.output / "nouvelles").symlink_to(folder)
    inside = tree(folder)
    assert not project.build().refused
    assert not page.is_symlink()
    assert not (project.output / "nouvelles").is_symlink()
    assert page.read_bytes() == data == kept.read_bytes()
    assert tree(folder) == inside


# --- the data folder ---------------------------------------------------------------------------


def filled(folder: Path) -> Path:
    """Make a data folder with a person in it."""
    with Register.open(folder) as register:
        now = datetime.now(ZONE)
        register.add("membres", ANA, Consent(Basis.EXPRESS, now, "essai", "essai"), now)
    return folder


@pytest.mark.parametrize(
    "place", ["content/donnees", "content/.donnees", "content/documents", "newsletters/2020/x"]
)
def test_a_data_folder_in_the_content_stops_the_build(project: Project, place: str) -> None:
    data = filled(project.root / place)
    assert set(refused(project, "fichier-prive")) == {
        f"{place}/{path.name}" for path in data.iterdir()
    }


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("documents/liste.txt", b"SQLite format 3\0rest"),
        ("documents/cle.txt", b"-----BEGIN RSA PRIVATE KEY-----\n"),
        ("documents/membres.csv", "\ufeffadresse;prenom;nom;consentement;date;source\r\n".encode()),
        ("documents/abonnes.sqlite3.bak", b"x"),
        ("abonnes.sqlite3-wal", b""),
    ],
)
def test_a_file_that_looks_private_stops_the_build(
    project: Project, name: str, data: bytes
) -> None:
    path = project.root / "content" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    assert refused(project, "fichier-prive") == [f"content/{name}"]


COMMANDS = (
    ("abonnes", "lister"),
    ("abonnes", "desabonner", ANA),
    ("abonnes", "effacer", ANA),
    ("abonnes", "exporter", "--liste", "membres"),
    ("abonnes", "rebonds", "boite"),
    ("service", "--nouvelle-cle"),
    ("envoi", "bilan", "2020-05-06"),
    ("envoi", "geler", "2020-05-06", "--liste", "membres"),
)


@pytest.mark.parametrize("words", COMMANDS)
@pytest.mark.parametrize("where", ["project", "content", "output", "git", "link"])
def test_every_command_refuses_a_data_folder_that_could_be_published(
    project: Project,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    where: str,
) -> None:
    (tmp_path / "depot/.git").mkdir(parents=True)
    (tmp_path / "site").mkdir()
    (tmp_path / "site/.axtra").touch()
    (tmp_path / "lien").symlink_to(project.root)
    data = {
        "project": project.root / "donnees",
        "content": project.root / "content/donnees",
        "output": tmp_path / "site/donnees",
        "git": tmp_path / "depot/a/b",
        "link": tmp_path / "lien/donnees",
    }[where]
    monkeypatch.chdir(project.root)
    monkeypatch.setenv("AXTRA_DONNEES", str(data))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "maison"))
    assert main(words) == 1
    err = capsys.readouterr().err
    assert "Traceback" not in err
    assert f"export AXTRA_DONNEES={tmp_path / 'maison/axtra'}" in err
    assert not data.exists()


def test_the_pasted_remedy_moves_the_data_folder_out(
    project: Project,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    data = filled(project.root / "mes données")
    monkeypatch.setenv("AXTRA_DONNEES", str(data))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "maison neuve"))
    assert main(("abonnes", "lister")) == 1
    remedy = capsys.readouterr().err.partition("→ ")[2].strip()
    pasted = f"{remedy} && axtra abonnes lister --liste membres"
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    result = subprocess.run(
        ["sh", "-c", pasted],  # noqa: S607
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ANA in result.stdout, result.stderr
    assert not data.exists()
