"""A first draft of an infolettre, from the content that is there: an editor finishes it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import chain, count

from axtra.content.frontmatter import slugify
from axtra.content.letter_choices import EarlierLetters, ListRule, in_order
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
from axtra.content.schema import KINDS, LISTED_KINDS
from infolettre.core import dates

TO_DO = "à compléter"
PREHEADER = range(40, 131)  # characters
_LONGEST_SUBJECT = 78  # characters


@dataclass(frozen=True, slots=True)
class Draft:
    """What a new edition starts from; `slug` is the name of its file.

    `rectified` names the edition that it rectifies.
    """

    slug: str
    day: date
    subject: str
    preheader: str
    newsletter_type: NewsletterType | None
    audience: str | None
    body: str
    rectified: str = ""


def latest(
    library: Library, day: date, newsletter_type: NewsletterType | None, since: date | None = None
) -> Draft:
    """Draft a letter from what no edition has carried.

    A type with a subject is drafted from what has this keyword, its event first.

    Args:
        library: the content.
        day: when the letter goes out.
        newsletter_type: its type.
        since: the first day of what it tells; else that of the last letter of the same type.
    """
    maker = _DraftMaker(library, day, newsletter_type)
    body = [_greeting("une phrase qui dit pourquoi lire cette infolettre"), *maker.event()]
    for genre in LISTED_KINDS:
        body += maker.section(genre, since)
    return maker.draft(TO_DO, "", body)


def launch(
    library: Library, day: date, newsletter_type: NewsletterType | None, numero: Numero
) -> Draft:
    """Draft the letter that announces a numéro, with its sommaire."""
    appeared = numero.date.date() if numero.date else day
    maker = _DraftMaker(library, max(day, appeared), newsletter_type)
    of = "d’" if dates.MONTHS[appeared.month - 1][0] in "ao" else "de "
    name = f"le numéro {of}{dates.month(appeared)}"
    body = [_greeting("pourquoi ce numéro, en deux phrases")]
    if numero.summary:
        body.append(numero.summary.plain)
    fresh = [article for article in library.featured(numero) if article.url not in maker.taken]
    if fresh:
        body += ["## À lire d’abord", f"/// article | {maker.path(fresh[0].source)}\n///"]
    body.append(f"/// bouton | Lire {name}\n    lien: {maker.path(numero.source)}\n///")
    body += ["## Tout le sommaire", f"/// sommaire | {numero.slug}\n///"]
    if numero.call:
        body += ["## Le prochain numéro s’écrit avec vous", numero.call.text.plain]
    summary = numero.summary.plain if numero.summary else ""
    return maker.draft(f"{library.facts.magazine} : {name} est paru", summary, body)


def rectifying(day: date, letter: Newsletter, taken: Collection[str]) -> Draft:
    """Draft the letter that rectifies another for those who received it.

    Args:
        day: when the letter goes out.
        letter: the one that was inexact.
        taken: the names of editions that are there.
    """
    appeared = dates.day(letter.date) if letter.date else letter.slug
    stem = f"{day:%Y-%m-%d}-rectificatif"
    subject = f"Rectificatif : {letter.title.plain}"
    if len(subject) > _LONGEST_SUBJECT:
        subject = f"Rectificatif : notre infolettre du {appeared}"
    names = chain([stem], (f"{stem}-{rank}" for rank in count(2)))
    body = [
        _greeting("ce qui était inexact, et ce qui est juste"),
        "Veuillez nous en excuser.",
    ]
    return Draft(
        slug=next(name for name in names if name not in taken),
        day=day,
        subject=subject,
        preheader=f"Une correction à notre infolettre du {appeared}.",
        newsletter_type=letter.newsletter_type,
        audience=letter.audience,
        body="\n\n".join(body) + "\n",
        rectified=letter.slug,
    )


class _DraftMaker:
    """Chooses the content of a letter that does not exist yet."""

    def __init__(self, library: Library, day: date, newsletter_type: NewsletterType | None) -> None:
        self.library = library
        self.day = day
        self.newsletter_type = newsletter_type
        letters = [item for item in library.items if isinstance(item, Newsletter)]
        earlier = EarlierLetters()
        for letter in in_order(letters):
            if letter.date and letter.date.date() < day:
                earlier.remember(letter, letter.content)
        same = [letter for letter in letters if letter.newsletter_type is newsletter_type]
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
        self.taken = earlier.taken(self.letter)
        self.last = earlier.last(self.letter)
        declared = newsletter_type.subject if newsletter_type else ""
        keyword = slugify(declared or (newsletter_type.slug if newsletter_type else ""))
        subjects = {subject.slug: subject for item in library.items for subject in item.subjects}
        self.subject = subjects.get(keyword)
        self.events = [
            item
            for item in library.items
            if isinstance(item, Event)
            and keyword
            and (self.subject in item.subjects or keyword in item.slug)
        ]
        self.about_all = not (declared or self.subject or self.events)

    def path(self, source: str) -> str:
        """Name a file as editors do: without the content folder."""
        return source.partition("/")[2]

    def event(self) -> list[str]:
        """Write the card of the next event about the keyword, else of the last; else nothing."""
        if not self.events:
            return []
        ahead = [event for event in reversed(self.events) if event.last_day >= self.day]
        event = (ahead or self.events)[0]
        self.taken.add(event.url)
        path = self.path(event.source)
        return [
            "## Le rendez-vous",
            f"/// evenement | {path}\n///",
            f"/// bouton | Voir la page de {event.title.plain}\n    lien: {path}\n///",
        ]

    def section(self, genre: str, since: date | None) -> Iterator[str]:
        """Write a block « articles » that chooses something, under its heading; else nothing."""
        cls, about = CLASSES[genre], self.subject
        if about is None and not self.about_all:
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
                yield f"## {KINDS[genre].section}"
                yield "\n".join(["/// articles", *options, "///"])
                return

    def draft(self, subject: str, preheader: str, body: list[str]) -> Draft:
        """Return the draft; only the first type has editions named for their day alone."""
        known = preheader if len(preheader) in PREHEADER else ""
        first = self.newsletter_type in self.library.newsletter_types[:1]
        end = f"-{self.newsletter_type.slug}" if self.newsletter_type and not first else ""
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
