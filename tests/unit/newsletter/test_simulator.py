"""The planche: each view loses what its reader loses, and the page reports everything."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from html import unescape

import pytest

from axtra.content.model import NewsletterType, Text
from axtra.design import fonts
from axtra.newsletter.editions import CalendarEntry, EditionState
from axtra.newsletter.simulator import (
    Simulation,
    SimulationPage,
    SimulatorTheme,
    calendar_page,
    simulate,
)
from infolettre.checks.rules.support import ACCEPTED, Client
from infolettre.core.diagnostics import Diagnostic, Severity
from infolettre.design.tokens import Tokens
from support import mail_standard as standard
from support import sample_letters as samples

WORD = {name for name, support in ACCEPTED.items() if Client.WORD in support.ignored_by}


@cache
def golden() -> Mapping[str, Simulation]:
    html = samples.mail(samples.CATALOGUE, "catalogue").html
    return {view.name: view for view in simulate(html, WORD)}


def page_theme() -> SimulatorTheme:
    tokens = Tokens.load(samples.ROOT / "theme" / "tokens.toml")
    faces = fonts.faces(samples.ROOT / ".cache" / "polices")
    return SimulatorTheme.load(samples.ROOT / "theme", tokens, faces)


def words(html: str) -> list[str]:
    """List the words of a page, without its styles and tags."""
    bare = re.sub(r"<!--.*?-->|<(style|title)\b.*?</\1>", " ", html, flags=re.DOTALL)
    return unescape(re.sub(r"<[^>]+>", " ", bare)).split()


# --- simulations ---------------------------------------------------------------------------------


def test_every_view_has_the_same_words() -> None:
    html = samples.mail(samples.CATALOGUE, "catalogue").html
    for view in golden().values():
        assert words(view.html) == words(html), view.name


def test_the_colour_scheme_depends_on_the_view_and_not_on_the_machine() -> None:
    views = golden()
    for view in views.values():
        assert "prefers-color-scheme" not in view.html
        assert "light dark" not in view.html
    assert "@media all{" in views["sombre"].html
    assert 'name="color-scheme" content="dark"' in views["sombre"].html
    assert "@media not all{" in views["ordinateur"].html


def test_blocked_images_show_their_alts() -> None:
    views = golden()
    shown, blocked = views["ordinateur"].html, views["sans-images"].html
    assert shown.count(" src=") > 3
    assert " src=" not in blocked
    assert re.findall(r' alt="[^"]*"', blocked) == re.findall(r' alt="[^"]*"', shown)


def test_the_view_without_style_sheets_keeps_inline_styles() -> None:
    html = golden()["sans-style"].html
    assert "<style" not in html
    assert ' style="' in html


def test_the_word_view_has_the_markup_for_word_without_what_word_ignores() -> None:
    html = golden()["word"].html
    assert "<!--" not in html
    assert "@media" not in html
    assert "<xml>" not in html
    assert 'width="600"' in html
    declared = set(re.findall(r"([\w-]+):", " ".join(re.findall(r' style="([^"]*)"', html))))
    assert not declared & (WORD - {"display", "width"})
    assert re.search(r'class="preentete" style="[^"]*display:none', html)
    assert not re.search(r"<(?:img|div|a)\b[^>]* style=\"[^\"]*(?<!-)width:", html)


def test_a_letter_stays_legible_in_software_that_inverts_colours() -> None:
    view = standard.View.normal(golden()["sombre-impose"].html)
    styles = " ".join(re.findall(r' style="([^"]*)"', view.html))
    grounds = re.findall(r"background(?:-color)?:(#\w+)", styles)
    assert min(map(_lightness, grounds)) < 0.1
    assert max(map(_lightness, grounds)) < 0.6
    assert list(standard.keeps_contrast(view)) == []
    assert 'data-ogsc=""' in view.html


def _lightness(colour: str) -> float:
    wide = colour[1:] if len(colour) == 7 else "".join(c * 2 for c in colour[1:])
    channels = [int(wide[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    return (max(channels) + min(channels)) / 2


# --- pages ---------------------------------------------------------------------------------------


def planche(
    diagnostics: tuple[Diagnostic, ...] = (), captures: Mapping[str, str] | None = None
) -> str:
    rendered = SimulationPage(
        letter=samples.golden(),
        mail=samples.mail(samples.CATALOGUE, "catalogue"),
        library=samples.read(samples.CATALOGUE),
        views=tuple(golden().values()),
        diagnostics=diagnostics,
        siteurl=samples.SITEURL,
        captures=captures or {},
    )
    return rendered.page(page_theme())


def test_the_page_shows_every_view_and_fetches_only_images() -> None:
    page = planche()
    assert page.count("<iframe sandbox=") == len(golden())
    assert "Simulation : la partie réservée à Word" in page
    own = re.sub(r' srcdoc="[^"]*"', "", page)
    assert not re.search(r'(?:src|href)="(?:https?:)?//', own)
    assert "<script" not in page
    assert "Rien à redire." in page
    assert "<img" not in own


def test_the_page_lists_the_links_with_their_destinations() -> None:
    page = planche()
    links = re.findall(r'<th scope="row">(.*?)</th><td>(.*?)</td>', page)
    mail = standard.View.normal(samples.mail(samples.CATALOGUE, "catalogue").html)
    assert len(links) == len(list(mail.root.iter("a")))
    assert ("lien ailleurs", "exemple.example") in links
    assert ("info@axtra.ca", "info@axtra.ca") in links
    titles = {item.title.plain for item in samples.read(samples.CATALOGUE).articles}
    assert titles & {unescape(end) for _, end in links}


def test_the_page_shows_diagnostics_and_captures() -> None:
    wrong = Diagnostic("newsletters/a.md", 3, "a-completer", "il manque <ceci>", "Écrivez-le.")
    light = Diagnostic("a.md", None, "a-completer", "b", "c.", severity=Severity.WARNING)
    page = planche((wrong, light), {"word": "captures/word.png"})
    assert "1 erreur<small>1 avertissement" in page
    assert "il manque &lt;ceci&gt;" in page
    assert "newsletters/a.md:3 [a-completer]" in page
    assert '<img src="captures/word.png" alt="Capture du courriel entier' in page


@pytest.mark.parametrize(
    ("state", "name"), [(EditionState.READY, "prête"), (EditionState.TO_WRITE, "à écrire")]
)
def test_the_calendar_says_what_the_next_edition_lacks(state: EditionState, name: str) -> None:
    kind = NewsletterType("bimensuelle", Text.of("Infolettre bimensuelle"), Text.of(""))
    letter = samples.golden()
    entries = [
        CalendarEntry(date(2020, 1, 2), kind, letter, EditionState.SENT),
        CalendarEntry(date(2020, 1, 16), kind, None, state, ("le texte <ici>",)),
        CalendarEntry(date(2020, 1, 30), kind, None, EditionState.TO_WRITE, ("le texte",)),
    ]
    page = calendar_page(entries, 2020, samples.read(samples.CATALOGUE), page_theme(), "/p/{}/")
    assert '<a href="/p/catalogue/">' in page
    assert f"Infolettre bimensuelle, {name}." in page
    assert "<li>le texte &lt;ici&gt;</li>" in page
    assert page.count("<li>le texte") == 1
    assert "3 éditions" in page
