"""Letters for any Pelican site, from the built wheel, on Pelican's own sample content."""

from __future__ import annotations

import email
import email.policy
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from infolettre.letter.cards import Card, Shown
from support import sample_letters
from support.service_processes import wait_until
from support.small_sites import ROOT

SOURCES = ROOT / "plugins/pelican-infolettre"
SAMPLE = ROOT / ".venv/contenu-pelican/content"
ANSWERS = ("", "", "", "", "y", "https://www.quietpages.org", "n", "America/Toronto", "n")
LETTER = """\
Title: {title}
Subject: {title}
Date: 2026-01-31
Slug: first
Summary: {summary}

{hello}

/// article | {{filename}}/super_article.rst
///

/// article | {{filename}}/cat1/markdown-article.md
///

/// articles | {lately}
count: 2
///

{end}
"""
WORDS = {
    "en": {
        "title": "What is new this month",
        "summary": "Four articles, and what we read elsewhere this month.",
        "hello": "Hello,\n\nHere is [what we wrote]({filename}/unbelievable.rst).",
        "lately": "Lately",
        "end": "See you in **February**.",
    },
    "fr": {
        "title": "Quoi de neuf ce mois-ci",
        "summary": "Quatre articles, et ce que nous avons lu ailleurs.",
        "hello": "Bonjour,\n\nVoici [ce que nous avons écrit]({filename}/unbelievable.rst).",
        "lately": "Aussi",
        "end": "« À bientôt », en **février**!",
    },
}
ONLINE = {"en": "Read this newsletter on the Web", "fr": "Lire cette infolettre sur le Web"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from a copy of its sources."""
    home = tmp_path_factory.mktemp("roue")
    shutil.copytree(
        SOURCES,
        home / "sources",
        ignore=shutil.ignore_patterns("build", "*.egg-info", "__pycache__"),
    )
    words = ("-m", "pip", "--disable-pip-version-check", "-q", "wheel", "--no-deps")
    subprocess.run(
        [sys.executable, *words, "--no-build-isolation", home / "sources", "-w", home], check=True
    )
    return next(home.glob("*.whl"))


class Site:
    """A site that `pelican-quickstart` makes, and the Python that builds it."""

    def __init__(self, root: Path, python: tuple[str | Path, ...], path: str) -> None:
        self.root, self._python, self._path = root, python, path
        root.mkdir()

    @property
    def _environment(self) -> dict[str, str]:
        return {**os.environ, "PYTHONPATH": self._path, "PYTHONDONTWRITEBYTECODE": "1"}

    @contextmanager
    def watching(self) -> Iterator[subprocess.Popen[bytes]]:
        """Run `pelican --autoreload` until the block ends."""
        words = [*self._python, "-m", "pelican", "-r", "-q"]
        process = subprocess.Popen(words, cwd=self.root, env=self._environment)
        try:
            yield process
        finally:
            process.kill()
            process.wait(10)

    def text(self) -> str:
        """Return the text of the first letter, "" before it is made."""
        path = self.root / "output/newsletters/first/courriel.txt"
        return path.read_text("utf-8") if path.exists() else ""

    def run(self, *words: str, said: str = "") -> subprocess.CompletedProcess[str]:
        """Run a module as a command in the folder of the site."""
        return subprocess.run(
            [*self._python, "-m", *words],
            cwd=self.root,
            env=self._environment,
            input=said,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def quickstart(self, language: str, theme: str) -> None:
        """Answer the questions; add two lines to pelicanconf.py, and a letter beside content/."""
        done = self.run(
            *("pelican.tools.pelican_quickstart", "-t", "Quiet pages", "-a", "Somebody"),
            *("-l", language),
            said="\n".join((*ANSWERS, "")),
        )
        assert done.returncode == 0, done.stdout + done.stderr
        shutil.copytree(SAMPLE, self.root / "content", dirs_exist_ok=True)
        with (self.root / "pelicanconf.py").open("a", encoding="utf-8") as conf:
            conf.write(f'THEME = "{theme}"\nINFOLETTRE_PATHS = ["../newsletters"]\n')
        self.write(LETTER.format(**WORDS[language]))

    def write(self, letter: str, name: str = "first.md") -> None:
        """Write a letter."""
        (self.root / "newsletters").mkdir(exist_ok=True)
        (self.root / "newsletters" / name).write_text(letter, "utf-8")

    def made(self, name: str) -> str:
        """Return a file of the first letter."""
        return (self.root / "output/newsletters/first" / name).read_text("utf-8")


@pytest.fixture(scope="module")
def sites(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Site]:
    """Make a site a language, with the wheel and without this repository.

    Without `site`, Python finds no editable install: what it imports is the wheel, Pelican, and the
    libraries that the wheel names.
    """
    home = tmp_path_factory.mktemp("sites")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(home / "installed")
    path = os.pathsep.join([str(home / "installed"), sysconfig.get_path("purelib")])
    made = {}
    for language, theme in (("en", "notmyidea"), ("fr", "simple")):
        made[language] = Site(home / language, (sys.executable, "-S"), path)
        made[language].quickstart(language, theme)
    return made


def test_the_wheel_knows_nothing_of_its_first_house(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        texts = {name: archive.read(name).decode("utf-8") for name in names}
    assert {
        name for name, text in texts.items() if re.search("axtra", name + text, re.IGNORECASE)
    } == set()
    ours = {name: text for name, text in texts.items() if not name.endswith("LICENSE")}
    assert {name for name, text in ours.items() if re.search(r"\bAXE\b", text)} == set()
    assert "pelican/plugins/infolettre/__init__.py" in names
    assert "infolettre/locale/en/LC_MESSAGES/infolettre.po" in names
    assert "pelican/__init__.py" not in names
    assert "pelican/plugins/__init__.py" not in names


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_letter_becomes_a_page_two_parts_and_a_message(
    sites: Mapping[str, Site], language: str
) -> None:
    site = sites[language]
    built = site.run("pelican")
    assert built.returncode == 0, built.stdout + built.stderr
    assert "newsletters/first.md" not in built.stdout + built.stderr, "it has no finding"
    page, html, text = map(site.made, ("index.html", "courriel.html", "courriel.txt"))
    assert "Quiet pages" in page
    assert "https://www.quietpages.org/this-is-a-super-article.html" in page
    for part in (html, text):
        assert ONLINE[language] in part
        assert "https://www.quietpages.org/newsletters/first/" in part
        assert "https://www.quietpages.org/unbelievable.html" in part
        assert "A markdown powered article" in part
    assert f'lang="{language}"' in html
    assert "<style" in html
    assert 'style="' in html
    assert ("«\u00a0À bientôt\u00a0»" in html) == (language == "fr")
    message = email.message_from_string(site.made("first.eml"), policy=email.policy.default)
    assert message["Subject"] == WORDS[language]["title"]
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    checked = site.run("infolettre.cli", "check", "--format", "json")
    assert (checked.returncode, json.loads(checked.stdout)) == (0, []), checked.stderr


def test_messages_speak_the_language_of_the_site(sites: Mapping[str, Site]) -> None:
    english = sites["en"]
    english.write("Title: X\nDate: never\n\n/// article | {filename}/absent.md\n///\n", "bad.md")
    english.write("Title: Y\nDate: 2026-01-01\n\n/// articl | x\n", "open.md")
    checked = english.run("infolettre.cli", "check")
    built = english.run("pelican", "--log-handler", "plain")
    for name in ("bad.md", "open.md"):
        (english.root / "newsletters" / name).unlink()
    assert checked.returncode == 1
    assert "newsletters/bad.md:4 : « {filename}/absent.md » leads to no article" in checked.stdout
    assert "« never » is not a date" in checked.stdout
    assert "newsletters/open.md:4 : the block « articl » is never closed" in checked.stdout
    assert not (english.root / "output/newsletters/bad/index.html").exists()
    assert "leads to no article" in built.stderr
    french = sites["fr"].run("infolettre.cli", "check", "absente")
    assert (french.returncode, "aucune lettre" in french.stderr) == (2, True)


def test_letters_are_previewed_and_exported(sites: Mapping[str, Site]) -> None:
    site = sites["en"]
    assert site.run("infolettre.cli", "preview").returncode == 0
    page = (site.root / "preview/first.html").read_text("utf-8")
    assert page.count("<iframe") > 8
    assert "Forced dark" in page
    exported = site.run("infolettre.cli", "export", "first", "--service", "mailchimp")
    assert exported.returncode == 0, exported.stderr
    html = (site.root / "export/first/courriel.html").read_text("utf-8")
    assert "*|UNSUB|*" in html
    assert "personnel.invalid" not in html


def test_each_change_is_shown_even_as_soon_as_a_build_ends(sites: Mapping[str, Site]) -> None:
    site = sites["fr"]
    edited = {
        site.root / "newsletters/first.md": "février",
        site.root / "content/cat1/markdown-article.md": "A markdown powered article",
    }
    before = {path: path.read_text("utf-8") for path in edited}
    with site.watching() as process:
        wait_until(lambda: "février" in site.text() or process.poll() is not None)
        for turn in range(3):
            for path, words in edited.items():
                path.write_text(before[path].replace(words, f"mars {turn}"), "utf-8")
                wait_until(lambda turn=turn: f"mars {turn}" in site.text())
                path.write_text(before[path], "utf-8")
                wait_until(lambda turn=turn: f"mars {turn}" not in site.text())
        assert process.poll() is None


def test_cards_of_articles_meet_the_small_interface() -> None:
    assert isinstance(Card("Title", "Summary", "/x.html"), Shown)
    assert all(isinstance(article, Shown) for article in sample_letters.read(ROOT).articles)


@pytest.mark.lourd
@pytest.mark.parametrize("language", ["en", "fr"])
def test_spam_filters_trust_the_message(sites: Mapping[str, Site], language: str) -> None:
    site = sites[language]
    if not (site.root / "output/newsletters/first/first.eml").exists():
        site.run("pelican")
    done = subprocess.run(
        ["/usr/bin/spamassassin", "-L", "-t"],
        input=site.made("first.eml"),
        capture_output=True,
        text=True,
        check=True,
    )
    score = re.search(r"score=(-?[\d.]+)", done.stdout)
    assert score is not None
    assert float(score[1]) <= 0, done.stdout[-2000:]


@pytest.mark.eprouve
def test_an_empty_environment_needs_the_wheel_alone(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "env", with_pip=True)
    python = tmp_path / "env/bin/python"
    subprocess.run([python, "-m", "pip", "-q", "install", wheel], check=True)
    for language in ("en", "fr"):
        for theme in ("simple", "notmyidea"):
            site = Site(tmp_path / f"{language}-{theme}", (python,), "")
            site.quickstart(language, theme)
            assert site.run("pelican").returncode == 0
            checked = site.run("infolettre.cli", "check", "--format", "json")
            assert (checked.returncode, json.loads(checked.stdout)) == (0, [])
            assert (site.root / "output/newsletters/first/first.eml").exists()
    subprocess.run([tmp_path / "env/bin/pelican-infolettre", "check"], cwd=site.root, check=True)
