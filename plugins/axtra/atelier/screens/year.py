"""The year in figures: a year chosen, what is known of it, and the draft of its publication."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from axtra.atelier.app import Atelier, for_role, form_of, see
from axtra.atelier.roles import Act
from axtra.atelier.screens.texts import address as text_address
from axtra.content.model import Library
from axtra.measures import counting_year, months, year_words
from axtra.measures.year import Period, Year
from axtra.sending.frozen_editions import BOOK
from axtra.sending.ledger import Ledger
from axtra.subscribers import Register
from axtra.subscribers.database import SUBSCRIBERS, is_kept
from infolettre.core.diagnostics import Diagnostic, errors
from infolettre.core.refusals import Refusal

HERE, ADDRESS = "Publication", "/publication/annee"
_YEARS = range(1990, 2200)


def routes(atelier: Atelier) -> list[Route]:
    """Return the address of the screen."""

    async def year(request: Request) -> Response:
        if request.method == "POST":
            fields = await form_of(request)
            return await run_in_threadpool(_write, atelier, request, fields)
        return await run_in_threadpool(show, atelier, request)

    return [Route(ADDRESS, for_role(Act.PUBLISH, year), methods=["GET", "POST"])]


def _chosen(atelier: Atelier, typed: str) -> int:
    """Return the year that was asked for, else the last one that is over."""
    last = atelier.clock().year - 1
    return int(typed) if typed.isdecimal() and int(typed) in _YEARS else last


def _count(atelier: Atelier, name: int) -> tuple[Year, Library, list[Diagnostic]]:
    with ExitStack() as stack:
        ledger = register = None
        if is_kept(atelier.data, SUBSCRIBERS):
            register = stack.enter_context(Register.open(atelier.data))
        if is_kept(atelier.data, BOOK):
            ledger = stack.enter_context(Ledger.open(atelier.data))
        return counting_year.count_year(
            atelier.root,
            name,
            Period.of_year(name),
            atelier.clock(),
            ledger=ledger,
            register=register,
        )


def show(
    atelier: Atelier,
    request: Request,
    refusal: Refusal | None = None,
    told: Sequence[str] = (),
) -> Response:
    """Show a year; `told` says what was just counted of its readership."""
    name = _chosen(atelier, request.query_params.get("annee", ""))
    year, library, problems = _count(atelier, name)
    draft = counting_year.draft_name(year)
    known = (atelier.root / draft).is_file()
    dated = {item.when.year for item in library.items if item.when is not None and item.shown}
    return atelier.screen(
        request,
        "annee",
        HERE,
        422 if refusal else 200,
        annee=name,
        titre=year_words.title_of(year),
        sections=list(year_words.sections(year, library)),
        annees=sorted(dated | {name}, reverse=True),
        mois=[month.name for month in months.read_all(atelier.root)],
        lectorat=year.readership is not None,
        constats=errors(problems),
        brouillon=text_address(draft) if known else "",
        dits=told,
        refus=refusal,
    )


def _write(atelier: Atelier, request: Request, fields: Mapping[str, str]) -> Response:
    """Write the draft of the publication of a year, and open it."""
    name = _chosen(atelier, fields.get("annee", ""))
    year, library, problems = _count(atelier, name)
    if found := errors(problems):
        return show(atelier, request, Refusal(f"{found[0].file} : {found[0].problem}"))
    try:
        draft = counting_year.write_draft(atelier.root, year, library, atelier.clock().date())
    except Refusal as refusal:
        return show(atelier, request, refusal)
    atelier.history.record(draft, "Année en chiffres")
    atelier.newsroom.catch_up()
    return see(text_address(draft))
