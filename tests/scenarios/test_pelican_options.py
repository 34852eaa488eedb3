"""Pelican's own commands behave as its manual says, and count what was built."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from support.fixture_types import MakeProject
from support.small_sites import BIN, FULL, Project, letter, make_project, news, tree

SAID = re.compile(r"^\d+ pages?, \d+ infolettres?, .* → .*/$")
PATIENCE = 20  # seconds
SMALL = {
    "content/nouvelles/2020/une-nouvelle.md": news(),
    "newsletters/2020/2020-05-06.md": letter(),
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Make a site whose output the tests of this file may replace."""
    return make_project(tmp_path_factory.mktemp("options") / "projet", SMALL)


def free_port() -> int:
    """Return a port of this machine that nothing listens to."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(project: Project, *words: str) -> Iterator[subprocess.Popen[str]]:
    """Run `pelican` until the block ends."""
    with (project.root / "journal.txt").open("w", encoding="utf-8") as journal:
        process = subprocess.Popen(
            [BIN / "pelican", *words],
            cwd=project.root,
            stdout=journal,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            os.killpg(process.pid, signal.SIGINT)
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(5)


def soon(condition: Callable[[], bool], process: subprocess.Popen[str], journal: Path) -> None:
    """Wait until something is true."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert process.poll() is None, journal.read_text("utf-8")
        assert time.monotonic() < end, journal.read_text("utf-8")
        time.sleep(0.02)


def served(port: int, path: str) -> str:
    """Return what a server of this machine answers; empty when it does not."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return str(answer.read().decode())
    except OSError:
        return ""


def test_the_last_line_counts_what_was_built(project: Project) -> None:
    done = project.run("pelican")
    assert (done.returncode, done.stderr) == (0, "")
    assert SAID.match(done.stdout.splitlines()[-1]), done.stdout
    assert "Processed" not in done.stdout
    report = project.build()  # counts the same
    assert done.stdout.splitlines()[-1].split(",")[:2] == str(report).split(",")[:2]


def test_printing_the_settings_reads_no_text_and_prints_little(project: Project) -> None:
    project.write({"content/nouvelles/2020/fautive.md": "Sans en-tête.\n"})
    done = project.run("pelican", "--print-settings")
    (project.root / "content/nouvelles/2020/fautive.md").unlink()
    assert done.returncode == 0, done.stderr
    assert "SITEURL" in done.stdout
    assert len(done.stdout.splitlines()) < 1000
    assert "Library(" not in done.stdout


def test_another_folder_is_deleted_only_when_that_is_asked(project: Project) -> None:
    project.write({"autre/vacances.txt": "à garder", "autre/.depot/tete": "à garder"})
    kept = ("-e", 'OUTPUT_RETENTION=[".depot"]')
    refused = project.run("pelican", "-o", "autre", *kept)
    assert refused.returncode == 1
    assert "sortie-etrangere" in refused.stderr
    assert (project.root / "autre/vacances.txt").exists()
    project.write({"content/nouvelles/2020/fautive.md": "Sans en-tête.\n"})
    assert project.run("pelican", "-d", "-o", "autre", *kept).returncode == 1
    (project.root / "content/nouvelles/2020/fautive.md").unlink()
    assert (project.root / "autre/vacances.txt").exists(), "nothing is deleted for a refused site"
    done = project.run("pelican", "-d", "-o", "autre", *kept)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("→ autre/\n")
    assert not (project.root / "autre/vacances.txt").exists()
    assert (project.root / "autre/.depot/tete").read_text("utf-8") == "à garder"
    assert (project.root / "autre/index.html").exists()


@pytest.mark.eprouve
def test_caches_are_ignored_on_request_and_the_site_is_the_same(project: Project) -> None:
    assert project.run("pelican").returncode == 0
    before = tree(project.output)
    texts = project.root / ".cache/textes.db"
    texts.unlink()
    done = project.run("pelican", "--ignore-cache")
    assert done.returncode == 0, done.stderr
    assert not texts.exists()
    assert tree(project.output) == before


def test_warnings_and_errors_are_fatal_on_request(new_project: MakeProject) -> None:
    project = new_project(
        {**SMALL, "content/nouvelles/2020/douteuse.md": news("Doute") + "\n(à completer)\n[[x]]\n"}
    )
    plain = project.run("pelican", "--log-handler", "plain")
    warned = [line for line in plain.stderr.splitlines() if "douteuse.md:" in line]
    assert plain.returncode == 0, plain.stderr
    assert warned, plain.stderr
    assert project.run("pelican", "--fatal", "errors").returncode == 0
    before = tree(project.output)
    project.write({"content/nouvelles/2020/deux.md": news("Deux")})
    fatal = project.run("pelican", "--fatal", "warnings")
    assert fatal.returncode == 1
    assert "Traceback" not in fatal.stderr + fatal.stdout
    assert tree(project.output) == before


def test_a_theme_of_somebody_else_is_refused_by_all_that_it_lacks(project: Project) -> None:
    done = project.run("pelican", "-t", "simple")
    assert done.returncode == 1
    assert "Traceback" not in done.stdout + done.stderr
    for name in ("tokens.toml", "templates/accueil.html", "courriel/infolettre.mjml"):
        assert name in done.stderr
    assert "templates/article.html" not in done.stderr, "that theme has one"
    assert "theme-incomplet" in done.stderr


def test_a_site_of_stock_pelican_is_refused_clearly(tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    (tmp_path / "content/un.md").write_text("Title: Un\nDate: 2020-01-01\n\nTexte.\n", "utf-8")
    (tmp_path / "pelicanconf.py").write_text(
        'PATH = "content"\nPLUGINS = ["axtra.site"]\nTIMEZONE = "America/Toronto"\n', "utf-8"
    )
    for extra in ((), ("-e", 'NEWSLETTER_PATHS=["../newsletters"]')):
        done = Project(tmp_path).run("pelican", *extra)
        assert done.returncode == 1
        assert "Traceback" not in done.stdout + done.stderr
        assert "AXE" in done.stderr
        assert not (tmp_path / "output").exists()


def test_it_serves_and_shows_ten_edits_in_a_row(new_project: MakeProject) -> None:
    project, port = new_project(SMALL), free_port()
    theme = project.own_theme()
    journal = project.root / "journal.txt"
    foot = theme / "templates/base.html"
    with running(project, "-lr", "-p", str(port)) as process:
        soon(lambda: "Une nouvelle" in served(port, "/nouvelles/"), process, journal)
        for turn in range(10):
            words = f"Tour numero {turn}"
            path = "/nouvelles/une-nouvelle/"
            match turn % 5:
                case 0:  # a text
                    project.write({"content/nouvelles/2020/une-nouvelle.md": news(words)})
                case 1:  # the theme
                    text = foot.read_text("utf-8")
                    foot.write_text(text.replace("</body>", f"<!-- {words} --></body>"), "utf-8")
                case 2:  # a letter
                    project.write({"newsletters/2020/2020-05-06.md": letter(f"{words}.")})
                    path = "/infolettres/2020-05-06/"
                case 3:  # a mistake, said, then mended
                    project.write({"content/nouvelles/2020/une-nouvelle.md": "Rien.\n"})
                    soon(lambda: "entete-absent" in journal.read_text("utf-8"), process, journal)
                    project.write({"content/nouvelles/2020/une-nouvelle.md": news(words)})
                case _:  # a new text
                    project.write({f"content/nouvelles/2020/tour-{turn}.md": news(words)})
                    path = f"/nouvelles/tour-{turn}/"
            soon(lambda words=words, path=path: words in served(port, path), process, journal)
        conf = project.root / "pelicanconf.py"
        conf.write_text(conf.read_text("utf-8").replace("www.axtra.ca", "neuf.example"), "utf-8")
        soon(lambda: "https://neuf.example/" in served(port, "/"), process, journal)
    assert "Traceback" not in journal.read_text("utf-8")


def test_it_serves_alone_and_follows_edits_alone(new_project: MakeProject) -> None:
    project, port = new_project(SMALL), free_port()
    journal = project.root / "journal.txt"
    text, page = "content/nouvelles/2020/une-nouvelle.md", "nouvelles/une-nouvelle/index.html"
    project.build()
    with running(project, "-l", "-p", str(port)) as process:
        soon(lambda: "Une nouvelle" in served(port, "/nouvelles/"), process, journal)
        before = (project.output / page).read_bytes()
        project.write({text: news("Changée")})
        assert "Changée" not in served(port, f"/{page}")
        assert (project.output / page).read_bytes() == before
    with running(project, "-r") as process:
        soon(lambda: "Changée" in (project.output / page).read_text("utf-8"), process, journal)
        project.write({text: news("Encore")})
        soon(lambda: "Encore" in (project.output / page).read_text("utf-8"), process, journal)
        assert served(port, "/") == ""
    assert "Traceback" not in journal.read_text("utf-8")


def test_a_template_finds_the_lists_of_pelican_made_for_it_alone(new_project: MakeProject) -> None:
    project = new_project(FULL)
    template = project.own_theme() / "templates/404.html"
    text = template.read_text("utf-8")
    names = "{% for a in articles %}<i>{{ a.title }} {{ a.url }} {{ a.category }}</i>{% endfor %}"
    template.write_text(text.replace("</h1>", f"</h1>{names}{{{{ pages | length }}}}"), "utf-8")
    report = project.build()
    page = (project.output / "404.html").read_text("utf-8")
    assert "<i>Une nouvelle nouvelles/une-nouvelle/ Nouvelle</i>" in page
    assert "<i>Un premier article magazine/2020-05/premier/ Regards croisés</i>" in page
    assert report.pages > 20
    project.write({"content/nouvelles/2020/deux.md": news("Une deuxième")})
    project.build()
    assert "<i>Une deuxième nouvelles/deux/ Nouvelle</i>" in (
        project.output / "404.html"
    ).read_text("utf-8")
