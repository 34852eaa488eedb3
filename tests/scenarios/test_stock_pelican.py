"""Defects of stock Pelican which lose content silently, and which this program reports."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from support.small_sites import BIN, FULL, make_project, news

STOCK = """\
PATH = "content"
SITEURL = "https://essai.example"
OUTPUT_PATH = "output"
TIMEZONE = "America/Toronto"
"""


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    """Build a small site with stock Pelican; return its output and the exit code."""
    root = tmp_path_factory.mktemp("nu")
    texts = {
        "datee": "Title: Datée\nDate: 31 fevrier 2019\n\nTexte.\n",
        "demain": "Title: Pour demain\nDate: 2031-01-01\n\nTexte.\n",
        "resume": "Title: Résumée\nDate: 2020-01-01\nRésumé: Perdu\nTags: perdus\n\nTexte.\n",
        "lien": "Title: Liée\nDate: 2020-01-01\n\n[x]({filename}absente.md) [y](/absente/)\n",
        "signes": "Title: Salaire < 20 $ et > 15 $\nDate: 2020-01-01\n\nTexte.\n",
    }
    (root / "content").mkdir()
    for name, content in texts.items():
        (root / f"content/{name}.md").write_text(content, "utf-8")
    (root / "pelicanconf.py").write_text(STOCK, "utf-8")
    done = subprocess.run([BIN / "pelican", "-q"], cwd=root, capture_output=True, check=False)
    return root / "output", done.returncode


def test_stock_pelican_drops_a_text_with_a_bad_date_and_exits_0(stock: tuple[Path, int]) -> None:
    output, code = stock
    assert code == 0
    assert not (output / "datee.html").exists()


def test_stock_pelican_publishes_a_text_dated_in_the_future(stock: tuple[Path, int]) -> None:
    assert (stock[0] / "pour-demain.html").exists()


def test_stock_pelican_reads_an_accented_key_as_text(stock: tuple[Path, int]) -> None:
    assert "Tags: perdus" in (stock[0] / "resumee.html").read_text("utf-8")


def test_stock_pelican_publishes_dead_links(stock: tuple[Path, int]) -> None:
    page = (stock[0] / "liee.html").read_text("utf-8")
    assert "/absente/" in page


def test_stock_pelican_loses_half_of_a_title_in_its_feed(stock: tuple[Path, int]) -> None:
    assert "20 $ et" not in (stock[0] / "feeds/all.atom.xml").read_text("utf-8")


def test_our_build_refuses_these_texts(tmp_path: Path) -> None:
    project = make_project(
        tmp_path / "ici",
        {
            **FULL,
            "content/nouvelles/2020/datee.md": news(date="31 fevrier 2019"),
            "content/nouvelles/2020/resume.md": "Title: Résumée\nRésumé: Perdu\n\nTexte.\n",
        },
    )
    report = project.build()
    assert {each.rule for each in report.diagnostics} == {"date-invalide", "entete-absent"}
    assert not project.output.exists()
