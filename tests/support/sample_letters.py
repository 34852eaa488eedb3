"""Letters for the tests: the golden edition, those of the project, and letters of n cards."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path

from axtra.content import loading
from axtra.content.model import Body, Card, Library, Newsletter, Resolved
from axtra.core import dates
from axtra.design.tokens import Tokens
from axtra.newsletter import Mail, MailTheme, public, render

ROOT = Path(__file__).parents[2]
CATALOGUE = ROOT / "tests" / "catalogue" / "courriel"
SITEURL = "https://www.axtra.ca"
MOMENT = datetime(2026, 6, 1, 9, tzinfo=dates.ZONE)


@cache
def read(root: Path) -> Library:
    """Read the content of a root; it has no problem."""
    loaded, problems = loading.load(loading.Folders(root), moment=MOMENT)
    assert not problems, problems
    return loaded


@cache
def look(root: Path = CATALOGUE) -> MailTheme:
    """Open the look that the project's letters have."""
    tokens = Tokens.load(ROOT / "theme" / "tokens.toml")
    return MailTheme.load(ROOT / "theme", tokens, SITEURL, root / "content")


@cache
def mail(root: Path, slug: str) -> Mail:
    """Render an edition of a root, as anyone may read it."""
    newsletter = edition(root, slug)
    return public(newsletter, render(newsletter, read(root), look(root)), read(root), SITEURL)


def edition(root: Path, slug: str) -> Newsletter:
    """Find an edition."""
    return next(one for one in read(root).newsletters if one.slug == slug)


def golden() -> Newsletter:
    """Give the edition that holds every block."""
    return edition(CATALOGUE, "catalogue")


def editions() -> list[tuple[Path, str]]:
    """List every edition there is: the golden one and the project's own."""
    files = sorted((ROOT / "newsletters").rglob("*.md"))
    return [(CATALOGUE, "catalogue"), *((ROOT, file.stem) for file in files)]


def with_body(body: Body) -> Newsletter:
    """Give the golden edition another body."""
    return replace(golden(), resolved=Resolved(body))


def render_body(body: Body) -> Mail:
    """Render the golden edition with another body, as anyone may read it."""
    newsletter = with_body(body)
    return public(newsletter, render(newsletter, read(CATALOGUE), look()), read(CATALOGUE), SITEURL)


def cards(count: int) -> Mail:
    """Render a letter of a number of real article cards."""
    articles = read(ROOT).articles
    body = tuple(Card(articles[at % len(articles)], "article") for at in range(count))
    newsletter = with_body(body)
    return public(newsletter, render(newsletter, read(ROOT), look(ROOT)), read(ROOT), SITEURL)
