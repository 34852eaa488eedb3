"""The weight and the requests of pages, and their validity according to the Nu checker."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from support.page_checkers import nu_errors

pytestmark = pytest.mark.navigateur

ARTICLE = "magazine/2019-03/stages-remuneres/"  # the longest article
KIB = 1024
_CLASS = re.compile(r"(?<=[\s{},(>+~&\w*:])\.(-?[a-z][\w-]*)")


def pages(folder: Path) -> list[Path]:
    """List the pages of a site, without the mails, which have their own tests."""
    return sorted(path for path in folder.rglob("*.html") if path.name != "courriel.html")


def sheets(folder: Path, page: Path) -> tuple[list[str], list[str]]:
    """Return the style sheets of a page: for the screen, then for paper."""
    texts: tuple[list[str], list[str]] = ([], [])
    for tag in re.findall(r"<link rel=\"stylesheet\"[^>]*>", page.read_text("utf-8")):
        (href,) = re.findall(r'href="/([^"]+)"', tag)
        texts['media="print"' in tag].append((folder / href).read_text("utf-8"))
    return texts


def test_the_nu_checker_finds_no_error_in_any_page(
    built: Path, extreme: Path, tmp_path: Path
) -> None:
    wrong = tmp_path / "fautif.html"
    wrong.write_text("<!DOCTYPE html><title>x</title><p><div></p><b id=a id=a>", encoding="utf-8")
    reported = nu_errors([*pages(built), *pages(extreme), wrong])
    assert [line for line in reported if "fautif.html" not in line] == []
    assert len(reported) >= 3  # the checker does detect faults


def test_a_page_weighs_at_most_30_kb(built: Path) -> None:
    heavy = [str(page) for page in pages(built) if page.stat().st_size > 30_000]
    assert heavy == []


def test_the_sheets_of_a_page_weigh_at_most_19_kb_before_compression(
    built: Path, extreme: Path
) -> None:
    # The limit was 15 kB; an article stands just below this one: nothing is left to grow by.
    weights = {}
    for folder in (built, extreme):
        for page in pages(folder):
            screen, paper = sheets(folder, page)
            weights[page] = sum(map(len, screen[:2]))
            assert len(screen) <= 3, page  # the third, where there are charts or other rich blocks
            assert sum(map(len, screen[2:])) <= 4_500, page
            assert len(paper) == 1, page
    assert {page: weight for page, weight in weights.items() if weight > 19_000} == {}
    assert min(weights.values()) > 5_000  # the sheets were found


def test_a_page_links_the_sheet_of_every_class_that_it_uses(built: Path, extreme: Path) -> None:
    for folder in (built, extreme):
        all_sheets = "".join(path.read_text("utf-8") for path in folder.glob("theme/css/*.css"))
        known = set(_CLASS.findall(all_sheets))
        for page in pages(folder):
            screen, _ = sheets(folder, page)
            styled = set(_CLASS.findall("".join(screen)))
            named = re.findall(r' class="([^"]*)"', page.read_text("utf-8"))
            used = set(" ".join(named).split())
            assert used & known <= styled, page


def test_an_article_weighs_at_most_150_kib_without_compression(
    browser: Browser, address: str
) -> None:
    weights: dict[str, int] = {}
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.on("response", lambda answer: weights.update({answer.url: len(answer.body())}))
    page.goto(f"{address}/{ARTICLE}", wait_until="networkidle")
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.wait_for_load_state("networkidle")
    page.close()
    fonts = [size for url, size in weights.items() if url.endswith(".woff2")]
    assert len(weights) > 5
    assert sum(weights.values()) <= 150 * KIB
    assert sum(fonts) <= 80_000


def test_two_fonts_are_preloaded_and_both_are_used(browser: Browser, address: str) -> None:
    messages: list[str] = []
    page = browser.new_page()
    page.on("console", lambda message: messages.append(message.text))
    page.goto(f"{address}/{ARTICLE}", wait_until="networkidle")
    preloaded = page.locator("link[rel=preload][as=font]")
    assert preloaded.count() == 2
    for link in preloaded.all():
        assert re.search(r"/axe-[\w-]+\.[0-9a-f]{10}\.woff2$", link.get_attribute("href") or "")
    page.close()
    assert messages == []  # a browser warns about an unused preload


def test_nothing_shifts_while_a_page_loads(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport={"width": 375, "height": 800})
    page.add_init_script(
        "window.shift = 0; new PerformanceObserver(list => { for (const e of list.getEntries())"
        " if (!e.hadRecentInput) window.shift += e.value })"
        ".observe({type: 'layout-shift', buffered: true})"
    )
    for path in ("", "magazine/2019-03/", ARTICLE, "infolettres/2019-03-27/", "recherche/"):
        page.goto(f"{address}/{path}", wait_until="networkidle")
        assert page.evaluate("window.shift") <= 0.01, path
    page.close()


def test_no_page_sets_a_cookie_or_stores_anything(browser: Browser, address: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{address}/{ARTICLE}", wait_until="networkidle")
    assert context.cookies() == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    context.close()
