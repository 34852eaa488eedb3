"""Infolettres: the calendar of a year, and how a letter begins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from axtra.atelier.app import Atelier, for_role, form_of, see
from axtra.atelier.letter_calendar import LetterCalendar
from axtra.atelier.mailroom import Mailroom
from axtra.atelier.roles import Act
from axtra.atelier.screens import composing, report, sending
from axtra.atelier.screens.editions import HERE, LETTERS, Departure, address, departure
from axtra.atelier.screens.texts import address as text_address
from axtra.content import skeletons
from axtra.content.letter_drafts import TO_DO
from axtra.content.schema import KINDS
from axtra.newsletter.editions import CalendarEntry, EditionState, following
from infolettre.core.refusals import Refusal, WrongUsage


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the calendar: its letter, where to open it, and where that letter is."""

    entry: CalendarEntry
    address: str
    words: str
    report: str  # the address of its report, "" before it leaves

    @property
    def title(self) -> str:
        """Return the subject of the letter, else its type."""
        letter = self.entry.letter
        if letter is None:
            return self.entry.newsletter_type.name.plain
        return "Sans objet encore" if letter.title.plain == TO_DO else letter.title.plain

    @property
    def lacks(self) -> list[str]:
        """List what it lacks, but for what « Figer et geler » does."""
        return [each for each in self.entry.lacks if "statut: brouillon" not in each]


def routes(atelier: Atelier) -> list[Route]:
    """Return the addresses of the letters: the calendar, each letter, its sending, its report."""
    mailroom = Mailroom(atelier.root, atelier.data, atelier.publisher.environment, atelier.clock)
    calendar = LetterCalendar(atelier)

    async def listing(request: Request) -> Response:
        if request.method == "POST":
            fields = await form_of(request)
            return await run_in_threadpool(_begin, atelier, mailroom, calendar, request, fields)
        return await run_in_threadpool(_listing, atelier, mailroom, calendar, request)

    return [
        Route(LETTERS, for_role(Act.COMPOSE, listing), methods=["GET", "POST"]),
        *sending.routes(atelier, mailroom),
        *report.routes(atelier, mailroom),
        *composing.routes(atelier, mailroom),
    ]


def _listing(
    atelier: Atelier,
    mailroom: Mailroom,
    calendar: LetterCalendar,
    request: Request,
    refusal: Refusal | None = None,
) -> Response:
    atelier.newsroom.catch_up()
    today = atelier.clock().date()
    typed = request.query_params.get("annee", "")
    year = int(typed) if typed.isdecimal() and len(typed) == len("2026") else today.year
    every = calendar.entries(None)
    entries = calendar.entries(year)
    where = _departures(mailroom, [entry.slug for entry in entries if entry.slug])
    days = [day_of(entry, where.get(entry.slug)) for entry in entries]
    years = sorted({entry.day.year for entry in every} | {today.year, year}, reverse=True)
    return atelier.screen(
        request,
        "infolettres",
        HERE,
        422 if refusal else 200,
        a_venir=[day for day in days if day.entry.day >= today],
        passees=[day for day in reversed(days) if day.entry.day < today],
        suivante=following(entries),
        etats=EditionState,
        annee=year,
        annees=years,
        aujourd_hui=today,
        phrase=_sentence(following(calendar.entries(today.year))),
        types=atelier.newsroom.library.newsletter_types,
        refus=refusal,
    )


def day_of(entry: CalendarEntry, where: Departure | None = None) -> Day:
    """Return a day of the calendar as screens show it."""
    place = ""
    if entry.letter:
        place = address(entry.slug)
    elif entry.file:
        place = text_address(entry.file)
    words = where.words if where else ""
    begun = where is not None and where.begun
    return Day(entry, place, words, address(entry.slug, "bilan") if begun else "")


def _departures(mailroom: Mailroom, slugs: list[str]) -> Mapping[str, Departure]:
    """Map the names of editions to where each is; nothing when the ledger cannot be read."""
    if not mailroom.has_ledger:
        return {}
    try:
        with mailroom.books(reading=True) as books:
            return {slug: departure(mailroom, books.ledger, slug) for slug in slugs}
    except Refusal:
        return {}


def _sentence(next_one: CalendarEntry | None) -> str:
    """Say in a sentence which letter comes next."""
    if next_one is None:
        return "Aucune infolettre n’attend."
    if next_one.state is EditionState.READY:
        return "La prochaine infolettre est prête."
    if next_one.letter is None and not next_one.file:
        return "La prochaine infolettre est à commencer."
    return "La prochaine infolettre est en chantier."


def _begin(
    atelier: Atelier,
    mailroom: Mailroom,
    calendar: LetterCalendar,
    request: Request,
    fields: dict[str, str],
) -> Response:
    typed = fields.get("jour", "").strip()
    try:
        path = skeletons.create(
            atelier.newsroom.folders,
            KINDS["infolettre"],
            title=None,
            numero=None,
            day=_typed_day(typed) if typed else atelier.clock().date(),
            newsletter_type=fields.get("type") or None,
        )
    except Refusal as refusal:
        return _listing(atelier, mailroom, calendar, request, refusal)
    return see(address(path.stem))


def _typed_day(typed: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise WrongUsage(
            f"« {typed} » n’est pas un jour.", "Écrivez-le comme « 2026-12-02 »."
        ) from None
