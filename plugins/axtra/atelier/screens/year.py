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
from axtra.atelier.set_aside import fingerprint
from axtra.content.model import Library
from axtra.measures import counting_year, months, own_figures, year_words
from axtra.measures.year import Period, Year
from axtra.sending.frozen_editions import BOOK
from axtra.sending.ledger import Ledger
from axtra.subscribers import Register
from axtra.subscribers.database import SUBSCRIBERS, is_kept
from infolettre.core.diagnostics import Diagnostic, errors
from infolettre.core.refusals import Refusal
from infolettre.core.whole_files import write_whole

HERE, ADDRESS = "Publication", "/publication/annee"
_YEARS = range(1990, 2200)


def routes(atelier: Atelier) -> list[Route]:
    """Return the address of the screen."""

    async def year(request: Request) -> Response:
        if request.method == "POST":
            fields = await form_of(request)
            act = _keep if fields.get("acte") == "chiffres" else _write
            return await run_in_threadpool(act, atelier, request, fields)
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
    year: int | None = None,
) -> Response:
    """Show a year; `told` says what was just counted of its readership."""
    name = year or _chosen(atelier, request.query_params.get("annee", ""))
    counted, library, problems = _count(atelier, name)
    draft = counting_year.draft_name(counted)
    known = (atelier.root / draft).is_file()
    dated = {item.when.year for item in library.items if item.when is not None and item.shown}
    return atelier.screen(
        request,
        "annee",
        HERE,
        422 if refusal else 200,
        annee=name,
        titre=year_words.title_of(counted),
        sections=list(year_words.sections(counted, library)),
        annees=sorted(dated | {name}, reverse=True),
        mois=[month.name for month in months.read_all(atelier.root)],
        lectorat=counted.readership is not None,
        constats=errors(problems),
        brouillon=text_address(draft) if known else "",
        dits=told,
        propres=own_figures.read(atelier.root / "content", "content", name)[0],
        base=fingerprint(_own(atelier, name)),
        refus=refusal,
    )


def _own(atelier: Atelier, name: int) -> bytes:
    path = atelier.root / own_figures.PATH.format(name)
    return path.read_bytes() if path.is_file() else b""


def _keep(atelier: Atelier, request: Request, fields: Mapping[str, str]) -> Response:
    """Keep the figures that only people know."""
    name = _chosen(atelier, fields.get("annee", ""))
    data = _own(atelier, name)
    if fields.get("base") != fingerprint(data):
        moved = Refusal("ces chiffres ont changé entre-temps.", "Relisez-les, puis recommencez.")
        return show(atelier, request, moved, year=name)
    known = own_figures.read(atelier.root / "content", "content", name)[0]
    numbers = {
        (figure.group, figure.label): fields[f"chiffre {rank}"].strip()
        for rank, figure in enumerate(known)
        if f"chiffre {rank}" in fields
    }
    typed = [" ".join(fields.get(key, "").split()) for key in ("groupe", "quoi", "nombre")]
    try:
        made = own_figures.with_numbers(
            data, numbers, own_figures.OwnFigure(*typed) if any(typed) else None
        )
    except Refusal as refusal:
        return show(atelier, request, refusal, year=name)
    if made != data:
        file = own_figures.PATH.format(name)
        (atelier.root / file).parent.mkdir(parents=True, exist_ok=True)
        write_whole(atelier.root / file, made)
        atelier.desk.record(file, "Année en chiffres")
        atelier.newsroom.catch_up()
    return see(f"{ADDRESS}?annee={name}#savoir")


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
