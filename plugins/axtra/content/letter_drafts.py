"""A first draft of an infolettre, from the content that is there: an editor finishes it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

from axtra.content.frontmatter import slugify
from axtra.content.letter_choices import ListRule, Memory, in_order
from axtra.content.model import (
    CLASSES,
    Event,
    Library,
    Newsletter,
    NewsletterType,
    Numero,
    Status,
    Text,
)
from axtra.content.schema import KINDS
from axtra.core import dates

TO_DO = "à compléter"
PREHEADER = range(40, 131)  # characters
QUARIERA = "quariera"
_SECTIONS = (
    ("article", "Dans le magazine"),
    ("nouvelle", "Dans les nouvelles"),
    ("communique", "Communiqués"),
    ("publication", "À lire"),
    ("evenement", "À votre agenda"),
)


@dataclass(frozen=True, slots=True)
class Draft:
    """What a new edition starts from; `slug` is the name of its file."""

    slug: str
    day: date
    subject: str
    preheader: str
    newsletter_type: NewsletterType | None
    audience: str | None
    body: str


def latest(library: Library, day: date, since: date | None = None) -> Draft:
    """Draft the letter of what no edition has carried.

    Args:
        library: the content.
        day: when the letter goes out.
        since: the first day of what it tells; else that of the last letter of the same type.
    """
    types = library.newsletter_types
    reader = _Reader(library, day, types[0] if types else None)
    body = [_greeting("une phrase qui dit pourquoi lire cette infolettre")]
    for genre, title in _SECTIONS:
        body += reader.section(genre, title, since)
    return reader.draft(TO_DO, "", body)


def launch(library: Library, day: date, numero: Numero) -> Draft:
    """Draft the letter that announces a numéro, with its sommaire."""
    types = library.newsletter_types
    appeared = numero.date.date() if numero.date else day
    reader = _Reader(library, max(day, appeared), types[0] if types else None)
    of = "d’" if dates.MONTHS[appeared.month - 1][0] in "ao" else "de "
    name = f"le numéro {of}{dates.month(appeared)}"
    body = [_greeting("pourquoi ce numéro, en deux phrases")]
    if numero.summary:
        body.append(numero.summary.plain)
    fresh = [one for one in library.featured(numero) if one.url not in reader.taken]
    if fresh:
        body += ["## À lire d’abord", f"/// article | {reader.path(fresh[0].source)}\n///"]
    body.append(f"/// bouton | Lire {name}\n    lien: {reader.path(numero.source)}\n///")
    body += ["## Tout le sommaire", f"/// sommaire | {numero.slug}\n///"]
    if numero.call:
        body += ["## Le prochain numéro s’écrit avec vous", numero.call.text.plain]
    summary = numero.summary.plain if numero.summary else ""
    return reader.draft(f"{library.facts.magazine} : {name} est paru", summary, body)


def conference(library: Library, day: date, newsletter_type: NewsletterType) -> Draft:
    """Draft the letter of the annual conference."""
    reader = _Reader(library, day, newsletter_type)
    body = [_greeting("ce qu’il y a de nouveau au colloque")]
    events = [one for one in library.items if isinstance(one, Event) and QUARIERA in one.slug]
    if events:
        ahead = [one for one in reversed(events) if one.last_day >= day]
        event = (ahead or events)[0]
        body += ["## Le colloque", f"/// evenement | {reader.path(event.source)}\n///"]
        body.append(
            f"/// bouton | Voir la page de {event.title.plain}\n"
            f"    lien: {reader.path(event.source)}\n///"
        )
    body += reader.section("nouvelle", "Dans les nouvelles", None, subject=QUARIERA)
    return reader.draft(TO_DO, "", body, end=f"-{QUARIERA}")


class _Reader:
    """The letter in the making, as the one that chooses contents."""

    def __init__(self, library: Library, day: date, newsletter_type: NewsletterType | None) -> None:
        self.library = library
        self.day = day
        self.newsletter_type = newsletter_type
        letters = [one for one in library.items if isinstance(one, Newsletter)]
        memory = Memory()
        for letter in in_order(letters):
            if letter.date and letter.date.date() < day:
                memory.remember(letter, letter.content)
        same = [one for one in letters if one.newsletter_type is newsletter_type]
        self.audience = same[0].audience if same else None
        self.letter = Newsletter(
            kind=KINDS["infolettre"],
            slug=f"{day:%Y-%m-%d}",
            source="",
            url="",
            status=Status.DRAFT,
            title=Text.of(TO_DO),
            preheader=Text.of(TO_DO),
            newsletter_type=newsletter_type or NewsletterType("", Text.of(""), Text.of("")),
            date=datetime.combine(day, time.max, dates.ZONE),
            audience=self.audience,
        )
        self.taken = memory.taken(self.letter)
        self.last = memory.last(self.letter)

    def path(self, source: str) -> str:
        """Name a file as editors do: without the content folder."""
        return source.partition("/")[2]

    def section(
        self, genre: str, title: str, since: date | None, subject: str = ""
    ) -> Iterator[str]:
        """Write a block « articles » that chooses something, under its heading; else nothing."""
        cls = CLASSES[genre]
        subjects = {one.slug: one for item in self.library.items for one in item.subjects}
        about = subjects.get(slugify(subject))
        if subject and about is None:
            return
        last = self.last.date.date() if self.last and self.last.date else None
        tries = (
            [("derniere", last), ("", None)] if since is None else [(f"{since:%Y-%m-%d}", since)]
        )
        for word, start in tries:
            chosen = ListRule(cls, subject=about, since=start).choose(
                self.letter, self.library, self.taken
            )
            if chosen:
                options = [f"    genre: {genre}"] if genre != "article" else []
                options += [f"    sujet: {about.name.plain}"] if about else []
                options += [f"    depuis: {word}"] if word else []
                self.taken |= {item.url for item in chosen}
                yield f"## {title}"
                yield "\n".join(["/// articles", *options, "///"])
                return

    def draft(self, subject: str, preheader: str, body: list[str], end: str = "") -> Draft:
        """Close the draft."""
        known = preheader if len(preheader) in PREHEADER else ""
        return Draft(
            slug=f"{self.day:%Y-%m-%d}{end}",
            day=self.day,
            subject=subject,
            preheader=known,
            newsletter_type=self.newsletter_type,
            audience=self.audience,
            body="\n\n".join(body) + "\n",
        )


def _greeting(what: str) -> str:
    return f"Bonjour {{prenom}},\n\nÀ compléter : {what}."
