"""Letters for tests: the golden edition, those of the project, and letters of n cards."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path

from axtra.content import loading
from axtra.content.model import Body, Card, Library, Newsletter, Resolved
from axtra.newsletter import Mail, MailTheme, public, render
from infolettre.core import dates
from infolettre.design.tokens import Tokens

ROOT = Path(__file__).parents[2]
CATALOGUE = ROOT / "tests" / "catalogue" / "courriel"
SITEURL = "https://www.axtra.ca"
MOMENT = datetime(2026, 6, 1, 9, tzinfo=dates.ZONE)


@cache
def read(root: Path) -> Library:
    """Load the content of a root, which must have no problem."""
    loaded, problems = loading.load(loading.Folders(root), moment=MOMENT)
    assert not problems, problems
    return loaded


@cache
def mail_theme(root: Path = CATALOGUE) -> MailTheme:
    """Load the mail theme of the project."""
    tokens = Tokens.load(ROOT / "theme" / "tokens.toml")
    return MailTheme.load(ROOT / "theme", tokens, SITEURL, root / "content")


@cache
def mail(root: Path, slug: str) -> Mail:
    """Render the public form of an edition."""
    newsletter = edition(root, slug)
    return public(newsletter, render(newsletter, read(root), mail_theme(root)), read(root), SITEURL)


def edition(root: Path, slug: str) -> Newsletter:
    """Return an edition of a root."""
    return next(letter for letter in read(root).newsletters if letter.slug == slug)


def golden() -> Newsletter:
    """Return the edition that has every block."""
    return edition(CATALOGUE, "catalogue")


def editions() -> list[tuple[Path, str]]:
    """List every edition: the golden edition and those of the project."""
    files = sorted((ROOT / "newsletters").rglob("*.md"))
    return [(CATALOGUE, "catalogue"), *((ROOT, file.stem) for file in files)]


def with_body(body: Body) -> Newsletter:
    """Return the golden edition with another body."""
    return replace(golden(), resolved=Resolved(body))


def render_body(body: Body) -> Mail:
    """Render the public form of the golden edition with another body."""
    newsletter = with_body(body)
    return public(
        newsletter, render(newsletter, read(CATALOGUE), mail_theme()), read(CATALOGUE), SITEURL
    )


def cards(count: int) -> Mail:
    """Render a letter with a number of real article cards."""
    articles = read(ROOT).articles
    body = tuple(Card(articles[at % len(articles)], "article") for at in range(count))
    newsletter = with_body(body)
    return public(newsletter, render(newsletter, read(ROOT), mail_theme(ROOT)), read(ROOT), SITEURL)
