"""What a reader's browser makes of the site, at each width, in each theme, on screen and paper."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, TypeAlias

import pytest
from playwright.sync_api import Browser, Page

from support.page_checkers import CONTRAST, violations

Theme: TypeAlias = Literal["light", "dark"]
Media: TypeAlias = Literal["screen", "print"]

pytestmark = pytest.mark.navigateur

CHECKS = Path(__file__).with_name("page_checks.js").read_text(encoding="utf-8")
KINDS = {
    "home": "index.html",
    "numero": "magazine/*/index.html",
    "article": "magazine/*/*/index.html",
    "news": "nouvelles/*/index.html",
    "release": "communiques/*/index.html",
    "publication": "publications/*/index.html",
    "event": "evenements/*/index.html",
    "newsletter": "infolettres/*/index.html",
    "author": "auteurs/*/index.html",
    "page": "a-propos/index.html",
    "wall": "magazine/index.html",
    "listing": "nouvelles/index.html",
    "rubrique": "rubriques/*/index.html",
    "subject": "sujets/*/index.html",
    "subjects": "sujets/index.html",
    "feeds": "flux/index.html",
    "search": "recherche/index.html",
    "lost": "404.html",
}
# Those of a site in which everything is as hard to lay out as can be (extremes.py).
EXTREMES = (
    "index.html",
    "magazine/index.html",
    "magazine/2020-05/index.html",
    "magazine/2020-05/tout/index.html",
    "magazine/2020-05/english/index.html",
    "communiques/communique/index.html",
    "publications/rapport/index.html",
    "evenements/colloque/index.html",
    "auteurs/personne-1/index.html",
    "rubriques/vide/index.html",
    "nouvelles/index.html",
    "nouvelles/page/1/index.html",
)
SPACING = (
    "*{line-height:1.5!important;letter-spacing:.12em!important;word-spacing:.16em!important}"
    "p{margin-bottom:2em!important}"
)


@pytest.fixture(scope="module", params=[*KINDS, *EXTREMES])
def page(request: pytest.FixtureRequest, browser: Browser, built: Path) -> Iterator[Page]:
    """Open the longest page of a kind, the one with the most that can go wrong; or an extreme."""
    address, path = "extreme_address", request.param
    if path in KINDS:
        files = sorted(built.glob(KINDS[path]), key=lambda file: file.stat().st_size)
        address, path = "address", files[-1].relative_to(built).as_posix()
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{request.getfixturevalue(address)}/{path.removesuffix('index.html')}")
    page.evaluate(
        "Promise.all([document.fonts.ready, ...[...document.images].map(image => {"
        "image.loading = 'eager'; return image.decode().catch(() => null) })])"
    )
    page.add_script_tag(content=CHECKS)
    yield page
    context.close()


def show(page: Page, *, width: int = 1280, theme: Theme = "light", media: Media = "screen") -> None:
    """Show a page as a reader has it."""
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=theme, media=media)


def faults(page: Page, check: str, *values: float) -> list[str]:
    """Run one of the checks."""
    found: list[str] = page.evaluate(f"checks.{check}({', '.join(map(str, values))})")
    return found


def colour(page: Page, name: str) -> list[int]:
    """Give the red, green and blue of a colour of the body."""
    found = page.evaluate(f"getComputedStyle(document.body).{name}")
    return [int(part) for part in re.findall(r"\d+", found)]


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (375, "dark")])
def test_axe_finds_nothing(page: Page, width: int, theme: Theme) -> None:
    show(page, width=width, theme=theme)
    assert violations(page) == []


@pytest.mark.parametrize(("width", "theme"), [(1280, "dark"), (375, "light")])
def test_axe_finds_no_faint_text_in_the_other_theme(page: Page, width: int, theme: Theme) -> None:
    show(page, width=width, theme=theme)
    assert violations(page, CONTRAST) == []


def test_axe_finds_what_is_wrong(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(f"{address}/")
    page.evaluate("document.querySelector('main').innerHTML += '<img src=/favicon.svg><a href=/x>'")
    found = violations(page)
    page.close()
    assert {one.partition(":")[0] for one in found} >= {"image-alt", "link-name"}


@pytest.mark.parametrize("width", [320, 375, 768, 1280])
def test_no_text_leaves_the_window(page: Page, width: int) -> None:
    show(page, width=width)
    assert faults(page, "spills") == []


@pytest.mark.parametrize("width", [320, 1280])
def test_text_stays_in_the_window_when_the_reader_spaces_it(page: Page, width: int) -> None:
    show(page, width=width)
    spacing = page.add_style_tag(content=SPACING)
    try:
        assert faults(page, "spills") == []
    finally:
        spacing.evaluate("style => style.remove()")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_text_keeps_its_contrast(page: Page, theme: Theme) -> None:
    show(page, theme=theme)
    assert faults(page, "faint", 4.5) == []


def test_the_dark_theme_is_dark(page: Page) -> None:
    show(page, theme="light")
    assert min(colour(page, "backgroundColor")) > 200
    show(page, theme="dark")
    assert max(colour(page, "backgroundColor")) < 64


def test_a_page_has_one_h1_one_main_and_no_skipped_level(page: Page) -> None:
    assert page.locator("h1").count() == 1
    assert page.locator("main").count() == 1
    assert page.evaluate("document.documentElement.lang") == "fr-CA"
    assert faults(page, "headings") == []
    assert faults(page, "ids") == []


def test_images_have_a_text_and_a_size_and_load(page: Page) -> None:
    assert faults(page, "images") == []


@pytest.mark.parametrize("width", [375, 1280])
def test_commands_are_large_enough_to_touch(page: Page, width: int) -> None:
    show(page, width=width)
    assert faults(page, "small") == []


def test_nothing_moves(page: Page) -> None:
    assert faults(page, "moving") == []


def test_paper_has_no_navigation(page: Page) -> None:
    show(page, media="print")
    assert page.locator("nav:visible").count() == 0
    assert page.locator(".evitement:visible").count() == 0
    assert page.locator("h1:visible").count() == 1


def test_paper_is_light_even_for_a_reader_of_the_dark_theme(page: Page) -> None:
    show(page, theme="dark", media="print")
    assert max(colour(page, "color")) < 64


def test_the_skip_link_leads_to_the_contents(page: Page) -> None:
    show(page)
    page.evaluate("document.activeElement.blur(), document.body.focus(), scrollTo(0, 0)")
    link = page.locator(".evitement")
    page.keyboard.press("Tab")
    assert link.evaluate("link => link === document.activeElement")
    box = link.bounding_box()
    assert box is not None
    assert box["y"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.tagName") == "MAIN"


def test_a_page_asks_only_its_own_site_and_the_console_is_silent(page: Page) -> None:
    address = page.evaluate("location.origin")
    asked: list[str] = []
    said: list[str] = []
    fresh = page.context.new_page()
    fresh.on("request", lambda request: asked.append(request.url))
    fresh.on("console", lambda message: said.append(message.text))
    fresh.on("pageerror", lambda error: said.append(str(error)))
    fresh.goto(page.url, wait_until="load")
    fresh.close()
    assert len(asked) > 2
    assert [url for url in asked if not url.startswith(address)] == []
    assert said == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_focus_is_seen_on_every_command(browser: Browser, address: str, theme: Theme) -> None:
    page = browser.new_page(color_scheme=theme)
    page.goto(f"{address}/")
    for _ in range(page.locator("a:visible").count()):
        page.keyboard.press("Tab")
        seen: dict[str, Any] = page.evaluate(
            "(() => { const e = document.activeElement, s = getComputedStyle(e),"
            " r = e.getBoundingClientRect(); return {tag: e.tagName, style: s.outlineStyle,"
            " width: parseFloat(s.outlineWidth), area: r.width * r.height,"
            " text: e.textContent.trim()} })()"
        )
        assert seen["tag"] == "A"
        assert seen["style"] == "solid", seen["text"]
        assert seen["width"] >= 2, seen["text"]
        assert seen["area"] > 0, seen["text"]
    page.close()


def test_the_fonts_of_the_site_are_those_that_show(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(f"{address}/")
    loaded = page.evaluate(
        "document.fonts.ready.then(fonts =>"
        " [...fonts].filter(font => font.status === 'loaded').map(font => font.family))"
    )
    page.close()
    assert {"AXE Serif", "AXE Sans"} <= {name.strip('"') for name in loaded}


def test_a_page_needs_no_script_and_carries_no_style(built: Path) -> None:
    for file in built.rglob("*.html"):
        if file.name == "courriel.html":
            continue
        html = file.read_text(encoding="utf-8")
        code = html.replace('<script type="application/ld+json">', "")  # data, which nobody runs
        if file.parent.name == "recherche":  # it says what to do instead without its script
            code = re.sub(r'<script type="module" src="/theme/recherche/[^"]+">', "", code)
        assert not re.search(r"<script|<style|\sstyle=|\son[a-z]+=|javascript:", code), file
