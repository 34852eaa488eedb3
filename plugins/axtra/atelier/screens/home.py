"""Accueil: what waits, the first thing first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from axtra.atelier.app import Atelier
from axtra.atelier.newsroom import State, TextEntry
from axtra.atelier.scheduled import ScheduledPublication
from axtra.atelier.screens.publication import schedule_of
from axtra.atelier.screens.subscribers import BOOK
from axtra.atelier.screens.texts import address
from axtra.core import dates
from axtra.core.diagnostics import Diagnostic, count, errors
from axtra.core.numbers import in_letters
from axtra.core.pasted_commands import command
from axtra.core.refusals import Refusal
from axtra.sending.frozen_editions import BOOK as LEDGER
from axtra.subscribers import backup

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

    return [Route("/", home, methods=["GET"])]


def _home(atelier: Atelier, request: Request) -> Response:
    atelier.newsroom.catch_up()
    texts = atelier.newsroom.texts()
    scheduled = _scheduled(atelier)
    chosen = {name: text.version.data for known in scheduled for name, text in known.texts.items()}
    waiting = sorted(
        (rank, n, made)
        for n, text in enumerate(texts)
        if not (text.version and chosen.get(text.name) == text.version.data)
        if (ranked := _of(text))
        for rank, made in [ranked]
    )
    todo = [made for _, _, made in waiting]
    today = atelier.clock().date()
    coming = [
        (text.day, _announced(text), address(text.name))
        for text in texts
        if text.day and (text.state is State.SCHEDULED or (_is_letter(text) and text.day >= today))
    ]
    coming += [(known.moment.date(), _publication(known), PUBLICATION) for known in scheduled]
    coming.sort()
    here = {text.name for text in texts}
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
        ailleurs=elsewhere,
        vide=all(text.kind.name in _FIXED for text in texts),
        exemples=bool(atelier.newsroom.library.facts.demonstration),
        sans_abonnes=not (atelier.data / BOOK).exists(),
        phrase=_sentence(todo, elsewhere),
        empechees=[known for known in scheduled if known.failure],
        sauvegarde=_unsaved(atelier.data, atelier.clock()),
    )


def _unsaved(data: Path, now: datetime) -> tuple[str, str] | None:
    """Say for how long no backup was made, and the command that makes one; None when it is well.

    Args:
        data: the data folder; nothing is to be kept before it has a register or a ledger.
        now: the present.
    """
    if not any((data / book).is_file() for book in (BOOK, LEDGER.name)):
        return None
    last = backup.last_saved(data)
    if last is not None and now - last <= _SAVED_FOR:
        return None
    said = f"n’ont pas été sauvegardés depuis le {dates.day(last)}" if last else _NEVER_SAVED
    target = f"{data.resolve().parent / 'sauvegarde-axe'}-{now:%Y-%m-%d}"
    return said, command("abonnes sauvegarder", target)


def _scheduled(atelier: Atelier) -> list[ScheduledPublication]:
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


def _announced(text: TextEntry) -> str:
    return f"Infolettre : {text.title}" if _is_letter(text) else text.title


def _of(text: TextEntry) -> tuple[int, Waiting] | None:
    """Return what a text waits for, and how soon it should be looked at: 0 is first."""
    wrong = errors(text.problems)
    place = address(text.name)
    kind = text.kind.label
    if text.state is State.FAULTY:
        said = wrong[0].problem if wrong else "il ne se lit pas"
        return 0, Waiting(text.title, "en erreur", f"{kind} : {said}", "Corriger", place)
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


def _sentence(todo: list[Waiting], elsewhere: list[Diagnostic]) -> str:
    """Say in a sentence how things stand."""
    if not todo and not errors(elsewhere):
        return "Rien n’attend."
    if not todo:
        return "Les réglages du site ont une erreur."
    if len(todo) == 1:
        return "Un texte vous attend."
    return f"{in_letters(len(todo)).capitalize()} textes vous attendent."
