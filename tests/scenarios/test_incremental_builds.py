"""After any edit, an incremental build leaves exactly the files of a clean build."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from datetime import timedelta
from io import BytesIO

import pytest
import resvg_py
from PIL import Image

from axtra import books
from axtra.content import pages
from infolettre.core import processes
from support.fixture_types import MakeProject
from support.random_edits import DRAWING, MANY, START, Edits, drawing
from support.small_sites import DAY, Project, article, letter, news, numero, share_cache, text, tree


@pytest.fixture(autouse=True)
def _no_pdf(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make no PDF, which takes seconds per book; the EPUB depends on the same inputs."""
    monkeypatch.setattr(books, "has_pango", lambda: False)


@pytest.fixture
def _sketched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Render each drawing as a few pixels derived from its hash, which is faster."""

    def sketch(*, svg_string: str, width: int = 0, **_look: object) -> bytes:
        pixels = hashlib.shake_128(f"{width} {svg_string}".encode()).digest(8 * 8 * 3)
        data = BytesIO()
        Image.frombytes("RGB", (8, 8), pixels).save(data, "PNG")
        return data.getvalue()

    monkeypatch.setattr(resvg_py, "svg_to_bytes", sketch)


def _clean_copy(project: Project) -> Project:
    """Make a project with the same files that has never been built."""
    root = project.root.parent / "temoin"
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir()
    for name in ("content", "newsletters", "theme", "pelicanconf.py", "publishconf.py"):
        (root / name).symlink_to(project.root / name)
    share_cache(root, "polices")
    return Project(root)


def _compare(project: Project, seed: int, count: int) -> None:
    """Make random edits and compare each build with a clean build, until `count` have succeeded."""
    edits = Edits(project.with_own_caches(), seed)  # neither build may use what the other cached
    done: list[str] = []
    built = 0
    while built < count:
        assert len(done) < 9 * count, "too many edits were refused"
        done.append(edits.make())
        report = project.build(moment=edits.moment)
        clean = _clean_copy(project).build(moment=edits.moment)
        assert report.diagnostics == clean.diagnostics, done
        edits.settle(sound=not report.refused)
        if not report.refused:
            built += 1
            assert tree(project.output) == tree(project.root.parent / "temoin/output"), done


@pytest.mark.usefixtures("_sketched")
@pytest.mark.parametrize("seed", [1])
def test_an_incremental_build_equals_a_clean_build_byte_for_byte(
    new_project: MakeProject, seed: int
) -> None:
    _compare(new_project(START), seed, 2)


def test_a_build_without_changes_does_no_job(new_project: MakeProject) -> None:
    project = new_project(START)
    assert project.build().done > 0
    report = project.build()
    assert (report.done, report.written, report.removed) == (0, 0, 0)


def test_the_passing_of_time_redoes_only_what_it_changes(new_project: MakeProject) -> None:
    call = numero(appel='{texte: "Écrivez-nous.", date-limite: 2020-06-30}')
    release = text(
        titre="Un communiqué", ville="Montréal", date="2020-05-01", embargo="2020-05-02 09:00"
    )
    project = new_project(
        {
            **START,
            "content/magazine/2020-05/numero.md": call,
            "content/communiques/2020/un.md": release,
        }
    )
    project.build()
    assert project.build(moment=DAY + timedelta(hours=1)).done == 0
    done = project.build(moment=DAY + timedelta(days=1)).done
    assert done == 1, "only the list of events separates past events from coming ones"


def test_worker_processes_write_what_a_single_process_writes(new_project: MakeProject) -> None:
    project = new_project(START)
    assert not project.build(target=project.root / "seul").refused
    shutil.rmtree(project.root / ".cache/constructions")
    program = (
        "from axtra.cli.main import main; from infolettre.core import processes;"
        "from infolettre.core import program; program.cores = lambda: 3; processes._MANY = 10;"
        "from axtra import books; books.has_pango = lambda: False;"
        f"main(['construire', '--date', '{DAY:%Y-%m-%d}'])"
    )
    assert "Traceback" not in project.run("python", "-c", program).stderr
    assert tree(project.output) == tree(project.root / "seul")
    report = project.build()
    assert (report.done, report.written) == (0, 0)  # the records of every worker were kept


def test_editing_a_body_rebuilds_only_the_files_that_show_it(new_project: MakeProject) -> None:
    project = new_project(START)
    project.build()
    before = tree(project.output)
    name = "content/magazine/2020-05/second.md"
    project.write({name: f"{(project.root / name).read_text('utf-8')}\nUne phrase de plus.\n"})
    report = project.build()
    after = tree(project.output)
    changed = {path for path in after if after[path] != before.get(path)}
    assert {path for path in changed if not path.startswith("recherche/")} == {
        "magazine/2020-05/second/index.html",
        "magazine/2020-05/axe-magazine-2020-05.epub",
        *("flux/site.xml", "flux/site.json", "flux/articles.xml", "flux/rubriques/regards.xml"),
    }
    # These files, the search index, and the page of the numéro, which shows the size of its book.
    # The letter that has a card for the article shows nothing of its body.
    assert report.done <= 8


def test_a_mail_diagnostic_follows_its_line_when_the_file_changes(new_project: MakeProject) -> None:
    name = "content/magazine/2020-05/premier.md"
    shown = letter("/// article | premier\n///")
    faulty = article("Un premier article", chapeau="Une idée à lire lire sans se presser.")
    project = new_project({**START, name: faulty, "newsletters/2020/2020-05-06.md": shown})
    lines = list[int | None]()
    for header in (faulty, faulty.replace("chapeau:", "# à revoir\nchapeau:")):
        project.write({name: header})
        diagnostics = project.build().diagnostics
        assert project.build().diagnostics == diagnostics  # as they were noted, repairs too
        (repeated,) = (each for each in diagnostics if each.rule == "mot-repete")
        assert repeated.file == name
        lines.append(repeated.line)
    assert lines[1] == (lines[0] or 0) + 1


def test_a_changed_drawing_changes_the_mail_that_shows_it(new_project: MakeProject) -> None:
    shown = letter("/// figure | images/dessin.svg\n    alt: Un dessin\n///")
    project = new_project(
        {**START, DRAWING: drawing("red"), "newsletters/2020/2020-05-06.md": shown}
    )
    pictures = set[str]()
    for colour in ("red", "blue"):
        project.write({DRAWING: drawing(colour)})
        assert not project.build().refused
        mail = (project.output / "infolettres/2020-05-06/courriel.html").read_text("utf-8")
        picture = mail.partition("/images/courriel/dessin.")[2].partition('"')[0]
        assert (project.output / f"images/courriel/dessin.{picture}").is_file()
        pictures.add(picture)
    assert len(pictures) == 2


def test_a_constant_of_a_template_follows_the_setting_it_depends_on(
    new_project: MakeProject,
) -> None:
    project = new_project({"content/pages/a-propos.md": text(titre="À propos")})
    page = project.own_theme() / "templates/page.html"
    page.write_text('{{ "/la/"|absolu }}', "utf-8")
    conf = project.root / "pelicanconf.py"
    for host in ("un.example", "deux.example"):
        conf.write_text(f'{conf.read_text("utf-8")}\nSITEURL = "https://{host}"\n', "utf-8")
        project.build()
        assert (project.output / "a-propos/index.html").read_text("utf-8") == f"https://{host}/la/"


@pytest.mark.parametrize("damage", [b"", b"abc", None])
def test_a_damaged_build_record_is_ignored(new_project: MakeProject, damage: bytes | None) -> None:
    project = new_project(START)
    project.build()
    before = tree(project.output)
    records = project.root / ".cache/constructions"
    for file in records.iterdir():
        whole = file.read_bytes()
        file.write_bytes(whole[:-1] + b"\0" if damage is None else damage)
    report = project.build()
    assert report.done > 0
    assert report.written == 0
    assert tree(project.output) == before


@pytest.mark.parametrize("damage", [b"", b"abc" * 2000, None])
def test_damaged_cached_texts_are_read_again(
    new_project: MakeProject, damage: bytes | None
) -> None:
    project = new_project(START)
    project.build()
    before = tree(project.output)
    kept = project.root / ".cache/textes.db"
    if damage is None:
        with sqlite3.connect(kept) as database:
            database.execute("UPDATE kept SET data = substr(data, 1, 40) || x'00'")
        database.close()
    else:
        kept.write_bytes(damage)
    project.write({"content/nouvelles/2020/autre.md": news("Un autre titre", "2020-02-20")})
    assert not project.build().refused
    project.write({"content/nouvelles/2020/autre.md": START["content/nouvelles/2020/autre.md"]})
    project.build()
    assert tree(project.output) == before
    assert len(kept.read_bytes()) > len(damage or b"")


@pytest.mark.eprouve
@pytest.mark.usefixtures("_sketched")
@pytest.mark.parametrize("seed", range(100, 110))
def test_a_thousand_incremental_builds_equal_clean_builds(
    new_project: MakeProject, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    if seed % 2:  # as on a large site, several processes read and render texts
        monkeypatch.setattr(processes, "_MANY", 1)
    if seed % 3 == 0:  # as on a large site, lists have many pages
        monkeypatch.setattr(pages, "LEAF_LENGTH", 3)
    _compare(new_project(MANY), seed, 101)
