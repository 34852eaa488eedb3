"""`axtra annee`: the year in figures, in the terminal, as JSON, or as a draft publication."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date, datetime
from typing import TYPE_CHECKING

from axtra.cli import data_access, printer
from axtra.cli.arguments import Parser
from axtra.cli.newsletters import YEARS
from axtra.cli.project import DONE, add_format, moment, now, root
from axtra.core.diagnostics import errors
from axtra.core.refusals import DiagnosedRefusal, WrongUsage

if TYPE_CHECKING:
    from axtra.measures.year import Period


def add_command(add: Callable[[str, Callable[[argparse.Namespace], int], str], Parser]) -> None:
    """Plug the command into the parser of `axtra`."""
    parser = add("annee", _count, "l’année en chiffres : textes, infolettres, lectorat")
    parser.add_argument("annee", metavar="AAAA", type=_year, help="par exemple 2019")
    parser.add_argument("--du", type=moment, metavar="AAAA-MM-JJ", help="premier jour")
    parser.add_argument("--au", type=moment, metavar="AAAA-MM-JJ", help="dernier jour")
    parser.add_argument(
        "--brouillon", action="store_true", help="écrire aussi le brouillon d’une publication"
    )
    parser.add_argument("--date", type=moment, metavar="AAAA-MM-JJ", help="comme à cette date")
    add_format(parser)


def _year(text: str) -> int:
    if not (text.isdecimal() and int(text) in YEARS):
        raise argparse.ArgumentTypeError(f"« {text} » n’est pas une année")
    return int(text)


def _period(year: int, first: datetime | None, last: datetime | None) -> Period:
    from axtra.measures.year import Period  # noqa: PLC0415 - help must not pay it

    whole = Period.of_year(year)
    period = Period(first.date() if first else whole.first, last.date() if last else whole.last)
    if period.first > period.last:
        raise WrongUsage(
            f"le premier jour ({period.first}) vient après le dernier ({period.last}).",
            "Écrivez dans --du le plus ancien des deux.",
        )
    return period


def _count(options: argparse.Namespace) -> int:
    from axtra.measures import year_words  # noqa: PLC0415
    from axtra.measures.counting_year import count_year, write_draft  # noqa: PLC0415
    from axtra.measures.year import as_json  # noqa: PLC0415
    from axtra.sending.frozen_editions import BOOK  # noqa: PLC0415
    from axtra.subscribers.database import SUBSCRIBERS, is_kept  # noqa: PLC0415

    present = options.date or now()
    period = _period(options.annee, options.du, options.au)
    with ExitStack() as stack:
        folder = data_access.folder()
        ledger = register = None
        if is_kept(folder, SUBSCRIBERS):
            register = stack.enter_context(data_access.open_register(reading=True))
        if is_kept(folder, BOOK):
            ledger = stack.enter_context(data_access.open_ledger(reading=True))
        year, library, problems = count_year(
            root(), options.annee, period, present, ledger=ledger, register=register
        )
    if errors(problems):
        raise DiagnosedRefusal(problems)
    if options.format == "json":
        printer.tell_json(as_json(year))
    else:
        printer.tell(year_words.as_text(year, library))
    if options.brouillon:
        name = write_draft(root(), year, library, _day(present))
        printer.notice(f"{name} : un brouillon à relire.")
    return DONE


def _day(present: datetime) -> date:
    return present.date()
