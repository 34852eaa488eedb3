"""The live preview as editors see it: the real command, a real browser, real saves."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.navigateur

ROOT = Path(__file__).parents[2]
PATIENCE = 20_000  # ms


@dataclass(frozen=True)
class Preview:
    """A running preview of a project."""

    folder: Path
    address: str

    def edit(self, name: str, old: str, new: str) -> None:
        """Save a file with a change."""
        path = self.folder / name
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")


@pytest.fixture(scope="module")
def preview(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Preview]:
    """Preview a copy of the project on a free port."""
    folder = tmp_path_factory.mktemp("apercu")
    for name in ("content", "newsletters", "theme"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "pelicanconf.py", folder)
    (ROOT / ".cache").mkdir(exist_ok=True)
    (folder / ".cache").symlink_to(ROOT / ".cache")
    process = subprocess.Popen(
        [sys.executable, "-c", "from axtra.cli import main; main()", "apercu", "--port", "0"],
        cwd=folder,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    try:
        assert process.stdout is not None
        printed = ""
        while not (url := re.search(r"http://127\.0\.0\.1:\d+", printed)):
            line = process.stdout.readline()
            assert line, f"the preview stopped: {printed}"
            printed += line
        yield Preview(folder, url[0])
    finally:
        process.terminate()
        process.wait(timeout=10)
        process.stdout.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Open a tab."""
    page = browser.new_page()
    yield page
    page.close()


def test_a_save_is_shown_without_reloading_by_hand(preview: Preview, page: Page) -> None:
    page.goto(f"{preview.address}/magazine/2019-03/sur-son-x/")
    preview.edit("content/magazine/2019-03/sur-son-x.md", "\n---\n", "\n---\n\nPhrase neuve.\n")
    expect(page.get_by_text("Phrase neuve.")).to_be_visible(timeout=PATIENCE)


def test_a_draft_is_shown_in_the_preview(preview: Preview, page: Page) -> None:
    header = "titre: Une ébauche\ndate: 2019-03-02\nchapeau: À venir.\nstatut: brouillon"
    page.goto(f"{preview.address}/nouvelles/")
    (preview.folder / "content/nouvelles/2019/ebauche.md").write_text(
        f"---\n{header}\n---\n\nTexte.\n", "utf-8"
    )
    expect(page.get_by_text("Une ébauche").first).to_be_visible(timeout=PATIENCE)


def test_after_an_error_the_last_good_page_stays_and_shows_the_problem(
    preview: Preview, page: Page
) -> None:
    page.goto(f"{preview.address}/a-propos/")
    title = page.locator("h1").inner_text()
    preview.edit("content/pages/a-propos.md", "\n---\n", "\n---\n\n[Une page](nulle-part.md)\n")
    panel = page.locator(".axtra-constats")
    expect(panel).to_contain_text("lien-brise", timeout=PATIENCE)
    expect(panel).to_contain_text("content/pages/a-propos.md:")
    assert page.locator("h1").inner_text() == title
    preview.edit("content/pages/a-propos.md", "[Une page](nulle-part.md)", "")
    expect(panel).to_have_count(0, timeout=PATIENCE)


def test_the_mail_is_served_beside_the_site(preview: Preview, page: Page) -> None:
    page.goto(f"{preview.address}/infolettres/2019-03-27/courriel.html")
    assert page.locator("h1").count() == 1


def test_a_request_for_another_host_is_refused(preview: Preview, page: Page) -> None:
    answer = page.request.get(preview.address, headers={"Host": "mechant.test"})
    assert answer.status == 403


def test_the_calendar_links_to_the_planche_of_an_edition(preview: Preview, page: Page) -> None:
    page.goto(f"{preview.address}/infolettres/")
    page.get_by_role("link", name="Voir le calendrier de l’année").click()
    page.goto(f"{preview.address}/__axtra/calendrier?annee=2019")
    expect(page.get_by_role("heading", name="L’année 2019")).to_be_visible()
    page.get_by_role("link", name="AXE Magazine : le premier numéro est paru").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        re.compile("AXE Magazine.: le premier numéro est paru")
    )
    expect(page.locator("iframe").nth(7)).to_be_attached()
    frame = page.frame_locator("iframe").first
    expect(frame.get_by_role("link", name="Lire cette infolettre sur le Web")).to_be_visible()
    width = "image => image.decode().then(() => image.naturalWidth)"
    assert frame.locator("img").first.evaluate(width) > 100
    answer = page.goto(f"{preview.address}/__axtra/planche/2019-03-28/")
    assert answer
    assert answer.status == 404
