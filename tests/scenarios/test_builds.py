"""Builds: the output folder, drafts, scheduled texts, feeds, and the messages of the command."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import time
from datetime import datetime, timedelta
from xml.etree import ElementTree as ET

import pytest

from axtra import site
from axtra.cli import main
from axtra.content.schema import KINDS
from axtra.site.build import OutputError, Table, file_of
from infolettre.core.dates import ZONE
from infolettre.core.diagnostics import errors
from support.fixture_types import MakeProject, Run, Sample
from support.small_sites import BIN, DAY, FACTS, FULL, ROOT, Project, news, text, tree

ATOM = "{http://www.w3.org/2005/Atom}"


def rules(project: Project, **options: bool) -> list[str]:
    """List the rules of the diagnostics of a build."""
    return [diagnostic.rule for diagnostic in project.build(**options).diagnostics]


# --- same input, same bytes --------------------------------------------------------------------


def test_builds_in_different_places_at_different_hours_give_the_same_bytes(
    new_project: MakeProject,
) -> None:
    # The same books made twice are compared in test_books.
    first, second = (new_project(FULL, name).with_own_caches("livres") for name in ("un", "deux"))
    first.build(moment=DAY)
    second.build(moment=DAY + timedelta(hours=5))
    assert tree(first.output) == tree(second.output)


def test_hash_order_and_the_pelican_command_change_no_byte(
    new_project: MakeProject,
) -> None:
    project = new_project(FULL)
    project.build(moment=datetime.now(ZONE))
    seed = {"PYTHONHASHSEED": "4242"}
    done = project.run("pelican", "-s", "pelicanconf.py", "-o", "autre", env=seed)
    assert done.returncode == 0, done.stderr
    assert tree(project.root / "autre") == tree(project.output)


def test_no_page_contains_a_path_or_the_time_of_the_build(sample: Sample) -> None:
    for path in sample.output.rglob("*.html"):
        page = path.read_text("utf-8")
        assert str(sample.output.parent) not in page
        assert "2026-01-15" not in page


# --- the output folder -------------------------------------------------------------------------


def test_an_unchanged_file_keeps_its_date(new_project: MakeProject) -> None:
    project = new_project(FULL)
    project.build()
    page = project.output / "a-propos/index.html"
    before = page.stat().st_mtime_ns
    project.write({"content/nouvelles/2020/une-nouvelle.md": news("Un autre titre")})
    assert project.build().written > 0
    assert page.stat().st_mtime_ns == before
    assert "Un autre titre" in (project.output / "nouvelles/une-nouvelle/index.html").read_text()


def test_the_page_of_a_deleted_text_is_removed(new_project: MakeProject) -> None:
    project = new_project(FULL)
    project.build()
    (project.root / "content/nouvelles/2020/une-nouvelle.md").unlink()
    project.build()
    assert not (project.output / "nouvelles/une-nouvelle").exists()
    assert (project.output / "nouvelles/index.html").exists()


def test_a_build_with_an_error_leaves_the_old_output_untouched(new_project: MakeProject) -> None:
    project = new_project(FULL)
    project.build()
    before = tree(project.output)
    project.write({"content/nouvelles/2020/fautive.md": "Sans en-tête.\n"})
    assert project.build().refused
    assert tree(project.output) == before


@pytest.mark.parametrize("mistake", ["{{ item.nexiste.pas }}", "{{ asset('css/nulle-part.css') }}"])
def test_a_mistake_in_the_theme_is_a_french_error_and_leaves_the_output_untouched(
    new_project: MakeProject, mistake: str
) -> None:
    project = new_project(FULL)
    project.build()
    before = tree(project.output)
    theme = project.own_theme()
    (theme / "templates/page.html").write_text(mistake, "utf-8")
    report = project.build()
    assert [diagnostic.rule for diagnostic in report.diagnostics] == ["gabarit-fautif"]
    assert tree(project.output) == before


def test_a_folder_of_other_files_is_never_replaced(new_project: MakeProject) -> None:
    project = new_project(FULL)
    photos = project.root / "photos"
    photos.mkdir()
    (photos / "vacances.txt").write_text("ne pas toucher")
    report = project.build(target=photos)
    assert [diagnostic.rule for diagnostic in report.diagnostics] == ["sortie-etrangere"]
    assert [path.name for path in photos.iterdir()] == ["vacances.txt"]


def test_nothing_is_written_outside_the_output_or_twice() -> None:
    table = Table()
    table.add("/a/", bytes)
    for path in ("../x", "a/../../x", "/a/index.html"):
        with pytest.raises(OutputError):
            table.add(path, bytes)


def test_a_build_killed_at_any_moment_leaves_the_old_tree_or_the_new(
    new_project: MakeProject,
) -> None:
    project = new_project(FULL)
    project.build()
    old = tree(project.output)
    project.write({"content/nouvelles/2020/neuve.md": news("Une neuve")})
    project.build(target=project.root / "temoin")
    new = tree(project.root / "temoin")
    chance = random.Random(11)  # noqa: S311 - moments, not secrets
    for _ in range(3):
        process = subprocess.Popen(
            [BIN / "axtra", "construire", "--date", f"{DAY:%Y-%m-%d}"],
            cwd=project.root,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(chance.uniform(0.3, 1.6))
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        assert tree(project.output) in (old, new)
    assert not project.build().refused
    assert tree(project.output) == new
    assert not list(project.root.glob(".output.*"))


def test_a_build_opens_no_socket(new_project: MakeProject, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a build opened a socket")

    monkeypatch.setattr("socket.socket", refuse)
    assert not new_project(FULL).build().refused


# --- drafts, scheduled texts, publication ------------------------------------------------------


def test_drafts_and_scheduled_texts_appear_nowhere(new_project: MakeProject) -> None:
    project = new_project(
        {
            **FULL,
            "content/nouvelles/2020/ebauche.md": news("Ébauche secrète", statut="brouillon"),
            "content/nouvelles/2020/demain.md": news("Pour demain", date="2020-06-02"),
            "content/communiques/2020/embargo.md": text(
                titre="Sous embargo", date="2020-02-02", embargo='"2020-06-02 09:00"'
            ),
        }
    )
    project.build()
    kinds = {".html", ".xml", ".txt"}
    paths = [path for path in project.output.rglob("*") if path.suffix in kinds]
    written = "".join(path.read_text("utf-8") for path in paths)
    for title in ("Ébauche secrète", "Pour demain", "Sous embargo"):
        assert title not in written
    project.build(moment=datetime(2020, 6, 2, 10, tzinfo=ZONE))
    listing = (project.output / "nouvelles/index.html").read_text("utf-8")
    assert "Pour demain" in listing
    assert "Ébauche secrète" not in listing
    assert (project.output / "communiques/embargo/index.html").exists()


def test_the_preview_shows_drafts_with_a_label(new_project: MakeProject) -> None:
    project = new_project(
        {**FULL, "content/nouvelles/2020/e.md": news("Une ébauche", statut="brouillon")}
    )
    project.build(preview=True)
    assert "rouillon" in (project.output / "nouvelles/e/index.html").read_text("utf-8")


def test_publication_refuses_unfinished_texts_and_demonstration_facts(
    new_project: MakeProject,
) -> None:
    project = new_project({**FULL, "content/pages/notes.md": text("À compléter.", titre="Notes")})
    assert rules(project) == ["a-completer"]
    assert not project.build().refused
    facts = FACTS["content/site.toml"] + 'demonstration = ["adresse"]\n'
    project.write({"content/site.toml": facts})
    report = project.build(publish=True)
    assert report.refused
    assert {diagnostic.rule for diagnostic in report.diagnostics} == {
        "a-completer",
        "fait-de-demonstration",
    }
    project.write({"content/pages/notes.md": text("Fini.", titre="Notes"), **FACTS})
    assert not project.build(publish=True).refused


# --- feeds -------------------------------------------------------------------------------------


def test_special_characters_of_a_title_survive_in_its_feed(new_project: MakeProject) -> None:
    title = "Salaire < 20 $ & emploi > 15 $"
    project = new_project({**FULL, "content/nouvelles/2020/signes.md": news(f'"{title}"')})
    project.build()
    feed = ET.parse(project.output / "flux/nouvelles.xml").getroot()  # noqa: S314 - our own
    titles = [element.text for element in feed.iter(f"{ATOM}title")]
    assert title.replace(" $", "\u00a0$") in titles


def test_every_feed_of_the_sample_is_atom_with_absolute_links_only(sample: Sample) -> None:
    feeds = sorted(sample.output.glob("flux/**/*.xml"))
    assert len(feeds) >= 12
    for path in feeds:
        feed = ET.parse(path).getroot()  # noqa: S314 - our own
        for part in (feed, *feed.iter(f"{ATOM}entry")):
            for name in ("id", "title", "updated"):
                assert part.find(f"{ATOM}{name}") is not None, (path, name)
        assert not re.search(r'(href|src)=(&quot;|")[/#]', path.read_text("utf-8")), path


def test_the_sitemap_lists_each_page_once_and_no_mails(sample: Sample) -> None:
    addresses = re.findall(r"<loc>(.*?)</loc>", (sample.output / "sitemap.xml").read_text("utf-8"))
    pages = {
        "https://www.axtra.ca/" + path.parent.relative_to(sample.output).as_posix() + "/"
        for path in sample.output.rglob("index.html")
    }
    assert len(addresses) == len(set(addresses))
    assert set(addresses) == {page.replace("/./", "/") for page in pages}


def test_an_event_has_a_calendar_file_with_short_lines(sample: Sample) -> None:
    for path in sample.output.glob("evenements/*.ics"):
        lines = path.read_bytes().split(b"\r\n")
        assert lines[0] == b"BEGIN:VCALENDAR"
        assert lines[-2:] == [b"END:VCALENDAR", b""]
        assert all(len(line) <= 75 and b"\n" not in line for line in lines)


def test_every_link_of_the_sample_leads_somewhere_on_this_site(sample: Sample) -> None:
    assert sample.crawl.broken() == []
    assert sample.crawl.foreign_requests() == []


# --- the command -------------------------------------------------------------------------------


def test_a_build_prints_a_single_summary_line(new_project: MakeProject) -> None:
    done = new_project(FULL).run("axtra", "construire", "--date", "2020-06-01")
    assert done.returncode == 0, done.stderr
    form = r"\d+ pages, 1 infolettre, 0 erreur, 0 avertissement, \d+,\d\u00a0s → output/\n"
    assert re.fullmatch(form, done.stdout), done.stdout
    assert done.stderr == ""


def test_verifier_reports_everything_as_text_and_as_json(
    new_project: MakeProject, run: Run
) -> None:
    project = new_project({**FULL, "content/pages/p.md": text("[ici](x.md)", titre="P")})
    code, out, _ = run(project, "verifier", "--format", "json")
    assert code == 1
    diagnostics = json.loads(out)
    assert {diagnostic["regle"] for diagnostic in diagnostics} == {"lien-vague", "lien-brise"}
    assert set(diagnostics[0]) == {"fichier", "ligne", "regle", "gravite", "probleme", "remede"}
    assert diagnostics[0]["ligne"] == 5
    code, out, _ = run(project, "verifier", "content/pages/a-propos.md", "--format", "json")
    assert (code, json.loads(out)) == (0, [])
    code, out, _ = run(project, "verifier", "p.md", folder="content/pages")
    assert code == 1
    assert "content/pages/p.md:5" in out


def test_an_edition_is_rendered_and_a_mistyped_name_gets_a_suggestion(
    new_project: MakeProject, run: Run
) -> None:
    project = new_project(FULL)
    code, _, err = run(project, "infolettre", "rendre", "2020-05-06", "--sortie", "lettre")
    assert code == 0, err
    names = sorted(path.name for path in (project.root / "lettre").iterdir())
    assert names == ["courriel.html", "courriel.txt"]
    code, _, err = run(project, "infolettre", "rendre", "2020-05-07")
    assert code == 2
    assert "2020-05-06" in err
    _, out, _ = run(project, "infolettre", "lister", "--format", "json")
    assert [row["edition"] for row in json.loads(out)] == ["2020-05-06"]


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_new_text_of_each_kind_has_no_error_and_is_marked_unfinished(
    new_project: MakeProject,
    kind: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    project = new_project(FULL)
    monkeypatch.chdir(project.root)
    words = ["nouveau", kind, "Un essai : l’emploi", "--date", "2020-07-08"]
    assert main(words) == 0
    diagnostics = site.verify(project.root, moment=DAY)
    assert errors(diagnostics) == []
    assert "a-completer" in [diagnostic.rule for diagnostic in diagnostics]
    assert main(words) == 1
    assert "existe déjà" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "il manque"),
        (("xyz",), "n’est pas un choix"),
        (("construire", "--date", "demain"), "n’existe pas"),
        (("construire", "--nimporte"), "argument inconnu"),
        (("verifier", "absent.md"), "n’existe pas"),
        (("infolettre", "rendre"), "il manque"),
    ],
)
def test_wrong_usage_is_reported_in_french(
    new_project: MakeProject,
    words: tuple[str, ...],
    message: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(new_project().root)
    try:
        code = main(words)
    except SystemExit as stop:
        code = stop.code
    assert code == 2
    assert message in capsys.readouterr().err


def test_outside_a_project_the_command_says_which_folder_to_use(
    new_project: MakeProject, run: Run
) -> None:
    code, _, err = run(new_project(), "verifier", folder="..")
    assert code == 2
    assert "pelicanconf.py" in err


def test_every_source_file_has_a_page(sample: Sample) -> None:
    sources = [*ROOT.glob("content/**/*.md"), *ROOT.glob("newsletters/**/*.md")]
    pages = [name for name in sample.crawl.files if name.endswith("index.html")]
    assert len(sources) <= len(pages)
    assert file_of("/magazine/") in pages
