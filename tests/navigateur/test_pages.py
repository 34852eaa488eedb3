"""The pages of the site in a real browser: each width, both themes, on screen and on paper."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

import pytest
from playwright.sync_api import Browser, Page

from support.page_checkers import CONTRAST, axe_violations

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
    "directory": "trouver/index.html",
    "region": "trouver/regions/*/index.html",
    "centre": "trouver/centres/*/index.html",
    "lost": "404.html",
}
# Pages of the site whose components are hardest to lay out (support/hardest_components.py).
EXTREMES = (
    "index.html",
    "magazine/index.html",
    "magazine/2020-05/index.html",
    "magazine/2020-05/tout/index.html",
    "magazine/2020-05/english/index.html",
    "magazine/2020-05/riche/index.html",
    "magazine/2020-05/riche/fiche/index.html",
    "glossaire/index.html",
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


@dataclass(frozen=True)
class Loaded:
    """A page, the addresses that it asked for until it was loaded, and what it logged."""

    page: Page
    asked: tuple[str, ...]
    messages: tuple[str, ...]


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Iterator[Page]:
    """Open a tab for all pages: a new one takes ten times the processor time of a page."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module", params=[*KINDS, *EXTREMES])
def loaded(request: pytest.FixtureRequest, tab: Page, built: Path) -> Loaded:
    """Open the longest page of a kind, or a page of the hardest site."""
    address, path = "extreme_address", request.param
    if path in KINDS:
        files = sorted(built.glob(KINDS[path]), key=lambda file: file.stat().st_size)
        address, path = "address", files[-1].relative_to(built).as_posix()
    asked: list[str] = []
    messages: list[str] = []
    told = {
        "request": lambda request: asked.append(request.url),
        "console": lambda message: messages.append(message.text),
        "pageerror": lambda error: messages.append(str(error)),
    }
    show(tab)
    for event, hear in told.items():
        tab.on(event, hear)  # type: ignore[call-overload]
    tab.goto(f"{request.getfixturevalue(address)}/{path.removesuffix('index.html')}")
    for event, hear in told.items():
        tab.remove_listener(event, hear)
    tab.evaluate(
        "Promise.all([document.fonts.ready, ...[...document.images].map(image => {"
        "image.loading = 'eager'; return image.decode().catch(() => null) })])"
    )
    tab.add_script_tag(content=CHECKS)
    return Loaded(tab, tuple(asked), tuple(messages))


@pytest.fixture(scope="module")
def page(loaded: Loaded) -> Page:
    """Return the page that is open."""
    return loaded.page


def show(page: Page, *, width: int = 1280, theme: Theme = "light", media: Media = "screen") -> None:
    """Set the width, theme and medium of a page."""
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=theme, media=media)


def faults(page: Page, check: str, *values: float) -> list[str]:
    """Run a check of page_checks.js and return the faults it lists."""
    listed: list[str] = page.evaluate(f"checks.{check}({', '.join(map(str, values))})")
    return listed


def colour(page: Page, name: str) -> list[int]:
    """Return the channels of a colour of the body."""
    value = page.evaluate(f"getComputedStyle(document.body).{name}")
    return [int(part) for part in re.findall(r"\d+", value)]


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (375, "dark")])
def test_axe_finds_no_fault(page: Page, width: int, theme: Theme) -> None:
    show(page, width=width, theme=theme)
    assert axe_violations(page) == []


@pytest.mark.parametrize(("width", "theme"), [(1280, "dark"), (375, "light")])
def test_axe_finds_no_low_contrast_in_the_other_theme(page: Page, width: int, theme: Theme) -> None:
    show(page, width=width, theme=theme)
    assert axe_violations(page, CONTRAST) == []


def test_axe_detects_faults(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(f"{address}/")
    page.evaluate("document.querySelector('main').innerHTML += '<img src=/favicon.svg><a href=/x>'")
    faults = axe_violations(page)
    page.close()
    assert {fault.partition(":")[0] for fault in faults} >= {"image-alt", "link-name"}


@pytest.mark.parametrize("width", [320, 375, 768, 1280])
def test_no_text_overflows_the_window(page: Page, width: int) -> None:
    show(page, width=width)
    assert faults(page, "spills") == []


@pytest.mark.parametrize("width", [320, 1280])
def test_text_spacing_set_by_the_reader_overflows_nothing(page: Page, width: int) -> None:
    show(page, width=width)
    spacing = page.add_style_tag(content=SPACING)
    try:
        assert faults(page, "spills") == []
    finally:
        spacing.evaluate("style => style.remove()")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_text_has_enough_contrast(page: Page, theme: Theme) -> None:
    show(page, theme=theme)
    assert faults(page, "faint", 4.5) == []


def test_the_dark_theme_is_dark(page: Page) -> None:
    show(page, theme="light")
    assert min(colour(page, "backgroundColor")) > 200
    show(page, theme="dark")
    assert max(colour(page, "backgroundColor")) < 64


def test_a_page_has_a_single_h1_a_single_main_and_no_skipped_level(page: Page) -> None:
    assert page.locator("h1").count() == 1
    assert page.locator("main").count() == 1
    assert page.evaluate("document.documentElement.lang") == "fr-CA"
    assert faults(page, "headings") == []
    assert faults(page, "ids") == []


def test_images_load_and_have_an_alt_and_a_size(page: Page) -> None:
    assert faults(page, "images") == []


@pytest.mark.parametrize("width", [375, 1280])
def test_controls_are_large_enough_to_touch(page: Page, width: int) -> None:
    show(page, width=width)
    assert faults(page, "small") == []


def test_nothing_is_animated(page: Page) -> None:
    assert faults(page, "moving") == []


def test_a_printed_page_has_no_navigation(page: Page) -> None:
    show(page, media="print")
    assert page.locator("nav:visible").count() == 0
    assert page.locator(".evitement:visible").count() == 0
    assert page.locator("h1:visible").count() == 1


def test_a_printed_page_is_light_even_in_the_dark_theme(page: Page) -> None:
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


def test_a_page_requests_only_its_own_site_and_logs_nothing(loaded: Loaded) -> None:
    address = loaded.page.evaluate("location.origin")
    assert len(loaded.asked) > 2
    assert [url for url in loaded.asked if not url.startswith(address)] == []
    assert loaded.messages == ()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_focus_is_visible_on_every_link_and_field(
    browser: Browser, address: str, theme: Theme
) -> None:
    page = browser.new_page(color_scheme=theme)
    page.goto(f"{address}/")
    for _ in range(page.locator("a:visible, input:visible, button:visible").count()):
        page.keyboard.press("Tab")
        seen: dict[str, Any] = page.evaluate(
            "(() => { const e = document.activeElement, s = getComputedStyle(e),"
            " r = e.getBoundingClientRect(); return {tag: e.tagName, style: s.outlineStyle,"
            " width: parseFloat(s.outlineWidth), area: r.width * r.height,"
            " text: e.textContent.trim()} })()"
        )
        assert seen["tag"] in {"A", "INPUT", "BUTTON"}
        assert seen["style"] == "solid", seen["text"]
        assert seen["width"] >= 2, seen["text"]
        assert seen["area"] > 0, seen["text"]
    page.close()


@pytest.mark.parametrize(
    ("path", "first", "most"),
    [
        ("magazine/2019-03/", "#axe_sommaire", 766),
        ("magazine/2019-03/stages-remuneres/", ".corps.debut > p", 951),
        ("magazine/2019-03/nika/", ".corps.debut > p", 951),
    ],
)
def test_a_telephone_shows_the_text_at_once(
    browser: Browser, address: str, path: str, first: str, most: int
) -> None:
    page = browser.new_page(viewport={"width": 375, "height": 800})
    page.goto(f"{address}/{path}")
    page.evaluate("document.fonts.ready")
    box = page.locator(first).first.bounding_box()
    page.close()
    assert box is not None
    assert box["y"] <= most


def test_the_fonts_of_the_site_are_loaded(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(f"{address}/")
    loaded = page.evaluate(
        "document.fonts.ready.then(fonts =>"
        " [...fonts].filter(font => font.status === 'loaded').map(font => font.family))"
    )
    page.close()
    assert {"AXE Serif", "AXE Sans"} <= {name.strip('"') for name in loaded}


def test_pages_have_no_scripts_or_inline_styles(built: Path) -> None:
    for file in built.rglob("*.html"):
        if file.name == "courriel.html":
            continue
        html = file.read_text(encoding="utf-8")
        code = html.replace('<script type="application/ld+json">', "")  # data, not code
        if file.parent.name in ("recherche", "trouver"):  # work without a script, see their tests
            ours = rf'<script type="module" src="/theme/{file.parent.name}/[^"]+">'
            code = re.sub(ours, "", code)
        assert not re.search(r"<script|<style|\sstyle=|\son[a-z]+=|javascript:", code), file
