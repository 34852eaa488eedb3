"""Accueil: what waits, the first thing first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from axtra.atelier.account_book import BOOK as ACCOUNTS
from axtra.atelier.app import Atelier, for_role, form_of
from axtra.atelier.letter_calendar import next_letter
from axtra.atelier.mailroom import Mailroom
from axtra.atelier.newsroom import State, TextEntry
from axtra.atelier.people_books import is_empty
from axtra.atelier.proposals import ProposedText
from axtra.atelier.roles import Act, Person
from axtra.atelier.scheduled import ScheduledPublication
from axtra.atelier.screens import editions, newsletters
from axtra.atelier.screens.proposal import address as proposal_address
from axtra.atelier.screens.publication import schedule_of
from axtra.atelier.screens.texts import address
from axtra.core.pasted_commands import command
from axtra.sending.frozen_editions import BOOK as LEDGER
from axtra.subscribers import backup
from axtra.subscribers.database import SUBSCRIBERS, is_kept
from infolettre.core import dates
from infolettre.core.diagnostics import Diagnostic, count, errors
from infolettre.core.numbers import in_letters
from infolettre.core.refusals import Refusal

HERE = "Accueil"
PUBLICATION = "/publication#programmees"
_SHOWN = 6  # things that wait
_COMING = 5
_NEVER_SAVED = "n’ont jamais été sauvegardés"
_SAVED_FOR = timedelta(days=7)
_FIXED = frozenset({"page", "auteur"})  # texts that a new project has


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something to do: a title, what it lacks, and where to do it."""

    title: str
    state: str
    words: str
    act: str
    address: str


def routes(atelier: Atelier) -> list[Route]:
    """Return the address of the first screen."""

    async def home(request: Request) -> Response:
        return await run_in_threadpool(_home, atelier, request)

    async def save(request: Request) -> Response:
        await form_of(request)
        return await run_in_threadpool(_save, atelier, request)

    return [
        Route("/", home, methods=["GET"]),
        Route("/sauvegarde", for_role(Act.SUBSCRIBERS, save), methods=["POST"]),
    ]


def _save(atelier: Atelier, request: Request) -> Response:
    """Save a backup beside the data folder, and say where it is."""
    mailroom, now = _mailroom(atelier), atelier.clock()
    target = backup.free_name(_target(atelier.data, now))
    try:
        with mailroom.books() as books:
            made = backup.save(atelier.data, target, (books.register, books.ledger), now)
    except Refusal as refusal:
        return atelier.refusal(request, refusal, HERE, "/")
    return _home(atelier, request, saved=made.folder)


def _target(data: Path, now: datetime) -> Path:
    return data.resolve().parent / f"sauvegarde-axe-{now:%Y-%m-%d}"


def _home(atelier: Atelier, request: Request, saved: Path | None = None) -> Response:
    atelier.newsroom.catch_up()
    texts = atelier.newsroom.texts()
    scheduled = _scheduled(atelier)
    chosen = {name: text.version.data for known in scheduled for name, text in known.texts.items()}
    proposed, comments = atelier.proposals.all(atelier.person), _comments(atelier)
    waiting = sorted(
        (rank, n, made)
        for n, text in enumerate(texts)
        if not (text.version and chosen.get(text.name) == text.version.data)
        if (
            ranked := _proposed(text, proposed.get(text.name, ()), atelier.person)
            or _of(text, comments.get(text.name, 0))
        )
        for rank, made in [ranked]
    )
    todo = [made for _, _, made in waiting]
    today = atelier.clock().date()
    coming = [
        (text.day, _announced(text), _place(text))
        for text in texts
        if text.day and (text.state is State.SCHEDULED or (_is_letter(text) and text.day >= today))
    ]
    coming += [(known.moment.date(), _publication(known), PUBLICATION) for known in scheduled]
    coming.sort()
    here = {text.name for text in texts}
    person = atelier.person
    whole = person.may(Act.READ_OTHERS)
    sendings = _unsettled(atelier)
    elsewhere = [problem for problem in atelier.newsroom.problems if problem.file not in here]
    return atelier.screen(
        request,
        "accueil",
        HERE,
        jour=dates.weekday(atelier.clock()).capitalize(),
        premier=todo[0] if todo else None,
        ensuite=todo[1:_SHOWN],
        reste=max(0, len(todo) - _SHOWN),
        vient=[(dates.day(day), title, place) for day, title, place in coming[:_COMING]],
        ailleurs=elsewhere if whole else [],
        vide=all(text.kind.name in _FIXED for text in texts),
        exemples=person.may(Act.SETTINGS) and bool(atelier.newsroom.library.facts.demonstration),
        sans_abonnes=person.may(Act.SUBSCRIBERS) and is_empty(atelier),
        phrase=_sentence(todo, elsewhere if whole else [], sendings),
        empechees=[known for known in scheduled if known.failure],
        sauvegarde=_unsaved(atelier.data, atelier.clock()) if whole else None,
        sauvegardee=saved,
        depot=atelier.origin.trouble if whole else None,
        prochaine=_next_letter(atelier),
        publie=_published(atelier),
        envois=sendings,
    )


def _next_letter(atelier: Atelier) -> newsletters.Day | None:
    """Return the next infolettre, for those who compose it."""
    if not atelier.person.may(Act.COMPOSE):
        return None
    entry = next_letter(atelier.newsroom, atelier.clock())
    return newsletters.day_of(entry) if entry else None


def _published(atelier: Atelier) -> tuple[datetime, str] | None:
    """Return when the site was last published, as far as is known here, and by whom."""
    shown = atelier.publisher.shown() if atelier.person.may(Act.PUBLISH) else None
    return (datetime.fromisoformat(shown.when), shown.who) if shown else None


def _unsettled(atelier: Atelier) -> list[tuple[str, str, str]]:
    """List the sendings that wait for somebody: a name, what is said of it, and its report."""
    if not atelier.person.may(Act.SEND):
        return []
    return [
        (name, words, editions.address(name, "bilan"))
        for name, words in editions.unsettled(_mailroom(atelier))
    ]


def _mailroom(atelier: Atelier) -> Mailroom:
    return Mailroom(atelier.root, atelier.data, atelier.publisher.environment, atelier.clock)


def _unsaved(data: Path, now: datetime) -> tuple[str, str] | None:
    """Say for how long no backup was made, and the command that makes one; None when it is well.

    Args:
        data: the data folder; nothing is to be kept before it has a register, a ledger or accounts.
        now: the present.
    """
    if not any(is_kept(data, book) for book in (SUBSCRIBERS, LEDGER, ACCOUNTS)):
        return None
    last = backup.last_saved(data)
    if last is not None and now - last <= _SAVED_FOR:
        return None
    said = f"n’ont pas été sauvegardés depuis le {dates.day(last)}" if last else _NEVER_SAVED
    return said, command("abonnes sauvegarder", str(_target(data, now)))


def _scheduled(atelier: Atelier) -> list[ScheduledPublication]:
    """List the publications to come, for those who publish."""
    if not atelier.person.may(Act.PUBLISH):
        return []
    try:
        return schedule_of(atelier).coming()
    except Refusal:
        return []  # the screen of publications says it


def _publication(known: ScheduledPublication) -> str:
    hour = dates.hour(known.moment)
    what = known.titles if len(known.texts) == 1 else count(len(known.texts), "texte")
    return f"À {hour}, publication de {what}" if known.texts else f"À {hour}, publication du site"


def _is_letter(text: TextEntry) -> bool:
    return text.kind.name == "infolettre"


def _place(text: TextEntry) -> str:
    """Return the screen of a text: a letter that reads has its own."""
    if _is_letter(text) and text.item is not None:
        return editions.address(text.item.slug)
    return address(text.name)


def _announced(text: TextEntry) -> str:
    return f"Infolettre : {text.title}" if _is_letter(text) else text.title


def _comments(atelier: Atelier) -> Mapping[str, int]:
    """Map each text of which this person reads the comments to how many wait."""
    counts, person = atelier.reviews.counts(), atelier.person
    mine = counts.keys() if person.may(Act.READ_OTHERS) else atelier.own.of(person).keys()
    return {name: count for name, count in counts.items() if name in mine}


def _proposed(
    text: TextEntry, proposals: Iterable[ProposedText], person: Person
) -> tuple[int, Waiting] | None:
    """Return what somebody waits for from a person, or sends back to them; ranked as `_of` does."""
    for proposal in proposals:
        mine, kind = proposal.address == person.address, text.kind.label
        if mine and proposal.returned_by:
            said = f"{kind}, {proposal.returned_by} renvoie votre proposition"
            return 0, Waiting(text.title, "à revoir", said, "Reprendre", address(text.name))
        if not mine and proposal.waits and person.may(Act.ACCEPT):
            said = f"{kind}, {proposal.name} propose de publier"
            place = proposal_address(proposal)
            return 0, Waiting(text.title, "à relire", said, "Relire la proposition", place)
    return None


def _of(text: TextEntry, comments: int) -> tuple[int, Waiting] | None:
    """Return what a text waits for, and how soon it should be looked at: 0 is first."""
    wrong = errors(text.problems)
    place = _place(text)
    kind = text.kind.label
    if text.state is State.FAULTY:
        said = wrong[0].problem if wrong else "il ne se lit pas"
        return 0, Waiting(text.title, "en erreur", f"{kind} : {said}", "Corriger", place)
    if comments:
        said = f"{kind}, {count(comments, 'commentaire')} de relecture"
        return 1, Waiting(text.title, "commenté", said, "Lire", f"{place}#relectures")
    if text.version is not None:
        who = text.version.person
        return 1, Waiting(
            text.title, "en attente", f"{kind}, enregistré par {who}", "Relire", place
        )
    if text.state is State.DRAFT:
        left = len(text.lacks)
        lacks = f"il reste {count(left, 'point')} à régler" if left else "prêt à publier"
        return 2, Waiting(text.title, "brouillon", f"{kind}, {lacks}", "Continuer", place)
    return None


def _sentence(
    todo: list[Waiting], elsewhere: list[Diagnostic], sendings: list[tuple[str, str, str]]
) -> str:
    """Say in a sentence how things stand."""
    if sendings and not todo and not errors(elsewhere):
        return "Un envoi attend une décision."
    if not todo and not errors(elsewhere):
        return "Rien n’attend."
    if not todo:
        return "Les réglages du site ont une erreur."
    if len(todo) == 1:
        return "Un texte vous attend."
    return f"{in_letters(len(todo)).capitalize()} textes vous attendent."
