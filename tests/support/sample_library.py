"""A small library made by hand, for tests of code that reads a library."""

from __future__ import annotations

from datetime import datetime

from axtra.content.model import (
    Article,
    Author,
    Event,
    Facts,
    Library,
    News,
    Newsletter,
    NewsletterType,
    Numero,
    Rubrique,
    Status,
    Text,
)
from axtra.content.schema import KINDS
from infolettre.core.dates import ZONE

NOON = datetime(2020, 6, 1, 12, tzinfo=ZONE)
FACTS = Facts(
    name="Essai",
    long_name="L’Essai",
    magazine="Le Magazine",
    tagline="Pour voir",
    description="Un site.",
    address="1, rue de l’Essai",
    locality="Québec",
    telephone="418 555-0100",
    email="a@essai.example",
    website="https://essai.example",
    social=(),
    demonstration=(),
)
RUBRIQUE = Rubrique("regards", Text.of("Regards"), "tendances", Text.of("Deux points de vue."))

MONTHLY = NewsletterType("mensuelle", Text.of("Infolettre mensuelle"), Text.of("Chaque mois."))


def _common(kind: str, slug: str) -> dict[str, object]:
    url = KINDS[kind].url.format(slug=slug, numero="2020-05")
    return {
        "kind": KINDS[kind],
        "slug": slug,
        "source": f"content/{slug}.md",
        "url": url,
        "status": Status.PUBLISHED,
    }


def event(start: datetime, end: datetime | None = None, *, all_day: bool = True) -> Event:
    """Make an event."""
    return Event(
        **_common("evenement", "colloque"),
        title=Text.of("Un colloque"),
        start=start,
        end=end,
        all_day=all_day,
    )


def author(name: str) -> Author:
    """Make an author."""
    return Author(**_common("auteur", "personne"), title=Text.of(name))


def news(slug: str, date: datetime = NOON) -> News:
    """Make a piece of news."""
    return News(**_common("nouvelle", slug), title=Text.of(slug.capitalize()), date=date)


NUMERO = Numero(
    **_common("numero", "2020-05"), title=Text.of("Un numéro"), volume=1, number=1, date=NOON
)
ARTICLE = Article(
    **_common("article", "premier"),
    title=Text.of("Un article"),
    date=NOON,
    numero=NUMERO,
    rubrique=RUBRIQUE,
    authors=(author("Une personne"),),
)


def library(*items: object) -> Library:
    """Make a library of these items, with a single rubrique."""
    return Library(
        moment=NOON, facts=FACTS, rubriques=(RUBRIQUE,), newsletter_types=(), items=tuple(items)
    )


def edition(slug: str, date: datetime | None = NOON) -> Newsletter:
    """Make an edition of an infolettre."""
    return Newsletter(
        **_common("infolettre", slug),
        title=Text.of(f"La lettre {slug}"),
        date=date,
        preheader=Text.of("Une phrase."),
        newsletter_type=MONTHLY,
        audience="membres",
    )
