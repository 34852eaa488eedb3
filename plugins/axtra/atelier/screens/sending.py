"""Envoyer: four screens, from a finished letter to one that leaves.

Each act is that of `dispatch`, and so is each refusal; the ledger alone says which screen is next.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from axtra.atelier import approving
from axtra.atelier.app import Atelier, for_role, form_of, person_at, require, see
from axtra.atelier.mailroom import Mailroom, Notices
from axtra.atelier.newsroom import State, TextEntry
from axtra.atelier.roles import Act
from axtra.atelier.screens.editions import (
    HERE,
    address,
    found,
    lasting,
    letter_of,
    said_at,
    slug_of,
)
from axtra.atelier.screens.sending_steps import TITLES, Standing, Step, standing_of
from axtra.content.model import Newsletter
from axtra.newsletter import editions
from axtra.sending import conditions, dispatch
from axtra.sending.conditions import UnmetConditions
from axtra.sending.dispatch import Confirmation
from axtra.sending.dispatch.scheduling import LATE
from axtra.sending.ledger_records import FrozenEdition, ScheduledDeparture
from axtra.subscribers import normalized
from infolettre.core import dates
from infolettre.core.refusals import Refusal, WrongUsage
from infolettre.core.whole_files import write_whole
from infolettre.message import lends_mailboxes

ACT, LATER, SCHEDULED = "acte", "plus-tard", "programmer"
SEEN = "gelee"  # what the screen of an approval shows
_MORNING = 9  # hours


_ACTS: Mapping[str, Act] = {
    Step.FREEZE: Act.COMPOSE,
    Step.TEST: Act.COMPOSE,
    Step.APPROVE: Act.APPROVE,
    Step.CONFIRM: Act.SEND,
    SCHEDULED: Act.SEND,
    "annuler": Act.SEND,
}


def routes(atelier: Atelier, mailroom: Mailroom) -> list[Route]:
    """Return the address of the four screens."""

    async def sending(request: Request) -> Response:
        slug = request.path_params["slug"]
        if request.method == "POST":
            fields = await form_of(request)
            return await run_in_threadpool(_act, atelier, mailroom, request, slug, fields)
        return await run_in_threadpool(_show, atelier, mailroom, request, slug)

    return [
        Route(
            "/infolettres/{slug}/envoyer",
            for_role(Act.COMPOSE, sending),
            methods=["GET", "POST"],
        )
    ]


# --- what is shown -------------------------------------------------------------------------------


def _show(
    atelier: Atelier,
    mailroom: Mailroom,
    request: Request,
    slug: str,
    refusal: Refusal | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    entry = found(atelier, slug)
    try:
        with mailroom.books(reading=True) as books:
            standing = standing_of(mailroom, books, slug)
    except Refusal as closed:
        return atelier.refusal(request, closed, HERE, address(slug))
    where, typed = standing.departure, typed or {}
    if where.begun and refusal is None:
        return see(address(slug, "bilan"))
    letter, frozen, person = letter_of(entry), where.frozen, person_at(request)
    asked = typed.get(ACT, "").replace(SCHEDULED, Step.CONFIRM) or request.query_params.get(
        "etape", ""
    )
    step = Step(asked) if asked in [*Step] and standing.allows(Step(asked)) else standing.due
    return atelier.screen(
        request,
        "envoyer",
        HERE,
        422 if refusal else 200,
        titre=letter.title.plain if letter else slug,
        avant=letter.preheader.plain if letter else "",
        expediteur=atelier.newsroom.library.facts.name,
        lieu=address(slug),
        adresse=address(slug, "envoyer"),
        etape=step,
        titre_etape=TITLES[step],
        etapes=[
            (
                each,
                TITLES[each],
                standing.told(each),
                standing.is_done(each),
                standing.allows(each),
            )
            for each in Step
        ],
        gelee=frozen,
        vue=_mark(frozen) if frozen else "",
        refusee=approving.refusal(atelier, person, frozen, entry.name)
        if frozen and step is Step.APPROVE
        else None,
        ou=where,
        passee=_overdue(where.scheduled, atelier.clock()),
        quand=said_at(where.scheduled.moment) if where.scheduled else "",
        sorte=standing,
        personne=person,
        liste=typed.get("liste") or _list_of(letter, standing),
        essai=typed.get("adresse") or person.address or atelier.newsroom.library.facts.email,
        par=typed.get("par") or person.name,
        nombre=typed.get("nombre", ""),
        heure=typed.get("heure") or _hour(letter, atelier.clock()),
        programme=typed.get("quand") == LATER or typed.get(ACT) == SCHEDULED,
        duree=lasting(frozen.recipients / standing.per_minute * 60)
        if frozen and standing.per_minute
        else "",
        dits=_notices(letter, frozen, atelier),
        refus=refusal,
        oubliee=isinstance(refusal, UnmetConditions) and refusal.forgotten,
        fait=request.query_params.get("fait", ""),
    )


def _overdue(departure: ScheduledDeparture | None, now: datetime) -> str:
    """Say whether the moment of a departure is over; « manquee » when it never leaves by itself."""
    if departure is None or not dates.has_come(departure.moment, now):
        return ""
    over = dates.has_come(departure.moment.astimezone(UTC) + LATE, now)
    return "manquee" if over else "passee"


def _list_of(letter: Newsletter | None, standing: Standing) -> str:
    named = letter.audience if letter else None
    if named in standing.lists:
        return named or ""
    return next(iter(standing.lists), "") if len(standing.lists) == 1 else ""


def _hour(letter: Newsletter | None, now: datetime) -> str:
    """Return when a letter would leave by itself: on its day, at nine when it names no hour."""
    due = letter.date.astimezone(dates.ZONE) if letter and letter.date else now
    if not (due.hour or due.minute):
        due = due.replace(hour=_MORNING)
    if dates.has_come(due, now):
        return f"{now + timedelta(hours=1):%Y-%m-%dT%H:00}"
    return f"{due:%Y-%m-%dT%H:%M}"


def _notices(
    letter: Newsletter | None, frozen: FrozenEdition | None, atelier: Atelier
) -> list[str]:
    """Say what does not keep a letter from being frozen, and is better known before it leaves."""
    notices, facts = Notices(), atelier.newsroom.library.facts
    for unmet in conditions.facts(facts):
        notices.tell(f"{unmet.reason}.", unmet.remedy)
    if frozen and lends_mailboxes(frozen.terms.domain):
        notices.sender_is_lent(frozen.terms.domain)
    now = atelier.clock()
    if frozen and letter and letter.date and now < letter.date <= now + conditions.EARLY:
        notices.page_is_to_come(letter.slug, letter.date)
    return notices.words


# --- acts ----------------------------------------------------------------------------------------


def _act(
    atelier: Atelier, mailroom: Mailroom, request: Request, slug: str, fields: dict[str, str]
) -> Response:
    act = fields.get(ACT, "")
    require(request, _ACTS.get(act, Act.SEND))
    entry, done = found(atelier, slug), act
    try:
        match act:
            case Step.FREEZE:
                done = _freeze(atelier, mailroom, request, entry, slug, fields)
            case Step.TEST:
                _test(mailroom, slug, fields)
            case Step.APPROVE:
                _approve(atelier, mailroom, request, entry, fields)
            case Step.CONFIRM if fields.get("quand") != LATER:
                _leave(mailroom, slug, fields)
                return see(address(slug, "bilan"))
            case Step.CONFIRM | "programmer":
                _schedule(mailroom, slug, fields)
                done = SCHEDULED
            case "annuler":
                with mailroom.books() as books:
                    dispatch.unschedule(books.ledger, slug)
            case "deja-partie":
                with mailroom.books() as books:
                    dispatch.presume_gone(books.ledger, slug, mailroom.clock())
                return see(address(slug, "bilan"))
            case "jamais-partie":
                with mailroom.books() as books:
                    books.ledger.vouch(slug, mailroom.clock())
    except Refusal as refusal:
        return _show(atelier, mailroom, request, slug, refusal, fields)
    return see(f"{address(slug, 'envoyer')}?fait={done}")


def _freeze(
    atelier: Atelier,
    mailroom: Mailroom,
    request: Request,
    entry: TextEntry,
    slug: str,
    fields: Mapping[str, str],
) -> str:
    """Accept what waits of a letter, write in its file what its rules choose, and freeze it."""
    if entry.state is State.DRAFT or entry.version is not None:
        atelier.desk.publish(entry)
    letter = letter_of(found(atelier, slug))
    if letter is not None and letter.choices:
        path = atelier.root / letter.source
        before = path.read_bytes()
        fixed = editions.freeze(before, letter.choices, atelier.newsroom.folders.content)
        write_whole(path, fixed)
        atelier.history.record(letter.source, "Figée", before)
    with mailroom.books() as books:
        done = dispatch.freeze(
            mailroom.content,
            books.ledger,
            books.register,
            mailroom.settings(),
            slug,
            fields.get("liste", ""),
            mailroom.clock(),
            person_at(request).address,
        )
    return "deprogrammee" if done.unscheduled else Step.FREEZE


def _test(mailroom: Mailroom, slug: str, fields: Mapping[str, str]) -> None:
    typed = [word for word in re.split(r"[\s,;]+", fields.get("adresse", "")) if word]
    addresses = [normalized(word) for word in typed or [""]]
    with mailroom.books() as books:
        for to in addresses:
            dispatch.test(
                books.ledger, books.register, mailroom.settings(), slug, to, mailroom.clock()
            )


def _approve(
    atelier: Atelier,
    mailroom: Mailroom,
    request: Request,
    entry: TextEntry,
    fields: Mapping[str, str],
) -> None:
    """Note who approves what they were shown; where there are accounts, nothing typed says who."""
    person, slug = person_at(request), slug_of(entry)
    who = f"{person.name} ({person.address})" if person.address else fields.get("par", "")
    who = " ".join(who.split())
    if not who:
        raise WrongUsage("il manque le nom de la personne qui approuve.", "Écrivez-le.")
    with mailroom.books() as books:
        frozen = dispatch.frozen_edition(books.ledger, slug)
        if fields.get(SEEN) != _mark(frozen):
            raise Refusal(
                f"« {slug} » a été gelée de nouveau depuis que cette page est ouverte.",
                "Relisez l’essai de la nouvelle version avant de l’approuver.",
            )
        if refused := approving.refusal(atelier, person, frozen, entry.name):
            raise refused
        dispatch.approve(
            books.ledger,
            slug,
            who,
            mailroom.clock(),
            person.address,
            accounts=mailroom.has_accounts,
        )


def _mark(frozen: FrozenEdition) -> str:
    """Return what tells what is frozen, and for whom, from what was frozen before or after."""
    return f"{frozen.hash[:16]} {frozen.recipients} {frozen.moment.isoformat()}"


def _typed(fields: Mapping[str, str]) -> Confirmation:
    return Confirmation.typed(fields.get("liste", ""), fields.get("nombre", ""))


def _schedule(mailroom: Mailroom, slug: str, fields: Mapping[str, str]) -> None:
    typed = fields.get("heure", "").strip()
    try:
        at = datetime.fromisoformat(typed).replace(tzinfo=dates.ZONE)
    except ValueError:
        raise WrongUsage(
            f"« {typed} » n’est pas une heure.", "Écrivez-la comme « 2026-12-02 09:00 »."
        ) from None
    with mailroom.books() as books:
        context = mailroom.context(books, Notices())
        dispatch.schedule(context, mailroom.settings(), slug, at, _typed(fields))


def _leave(mailroom: Mailroom, slug: str, fields: Mapping[str, str]) -> None:
    """Check everything, and let a process of its own send."""
    settings, typed = mailroom.settings(), _typed(fields)
    with mailroom.books() as books:
        context = mailroom.context(books, Notices())
        try:
            dispatch.let_leave(context, settings, slug, typed)
        except UnmetConditions as error:
            if mailroom.is_published or not any(unmet.by_building for unmet in error.unmet):
                raise
            mailroom.content.build()
            dispatch.let_leave(context, settings, slug, typed)
    mailroom.start(slug)
