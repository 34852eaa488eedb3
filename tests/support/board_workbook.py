"""The list of members as the secretary of a board keeps it in Excel, and what is true of it."""

from __future__ import annotations

import io
import random
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font

_FIRST = ("Zoé", "Amélie", "Jean-François", "Marie", "Luc", "Noémie", "Étienne", "Hélène")
_LAST = ("Roy", "Tremblay", "Côté", "Gagnon", "Lévesque", "D’Amours", "Saint-Pierre")
_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
    "octobre", "novembre", "décembre",
)  # fmt: skip


@dataclass
class BoardList:
    """A workbook, and the lines of Excel by what is true of them.

    Shape: `good` maps addresses to their days; the others are sets of line numbers.
    """

    data: bytes = b""
    good: dict[str, date] = field(default_factory=dict)
    lines: dict[str, set[int]] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    last: int = 0


def board_list(  # noqa: PLR0915 - one list
    people: int, seed: int = 18, *, mac: bool = False
) -> BoardList:
    """Return a list of so many people, as such lists are.

    Titles on two lines under a merged heading, groups, empty lines, a total; « Nom, Prénom » with
    titles; dates as days, as numbers and in words; addresses in capitals, with spaces, as links,
    twice in a cell; people who left, by their state, by a note, or struck out. With `mac`, days are
    counted from 1904, as Excel for Macintosh did.
    """
    chance = random.Random(seed)  # noqa: S311 - the same list each time
    book = Workbook()
    epoch = date(1904, 1, 1) if mac else date(1899, 12, 30)
    book.epoch = datetime.combine(epoch, time())
    sheet: Any = book.active
    sheet.title = "Membres"
    made = BoardList()

    def put(cells: list[object], kind: str, *, struck: bool = False) -> None:
        made.last += 1
        made.lines.setdefault(kind, set()).add(made.last)
        for at, value in enumerate(cells, start=1):
            cell = sheet.cell(made.last, at, value)
            if struck and value not in {None, ""}:
                cell.font = Font(strike=True)

    put(["Association des gens de l’emploi : membres en règle"], "apart")
    sheet.merge_cells("A1:F1")
    put(["Personne", None, "Coordonnées", None, "Adhésion", None], "apart")
    sheet.merge_cells("A2:B2")
    sheet.merge_cells("C2:D2")
    put(
        ["Nom, prénom", "Ville", "Courriel", "Téléphone", "Date d’inscription", "Statut", "Notes"],
        "apart",
    )
    for number in range(people):
        if number % 400 == 100:
            put([], "blank")
            put([f"Région {number // 100}"], "apart")
        first, last = chance.choice(_FIRST), chance.choice(_LAST)
        day = date(2015, 1, 5) + timedelta(days=chance.randrange(1400))
        address = f"membre{number}@exemple.test"
        name = (
            f"{last}, {first}",
            f"{last}, Mme {first}",
            f"M. {last}, {first}",
            f"{last.upper()}, {first}",
        )[number % 4]
        when: object = (
            day,
            (day - epoch).days,
            f"{day.day}{'er' if day.day == 1 else ''} {_MONTHS[day.month - 1]} {day.year}",
        )[number % 3]
        typed = (
            address, f" {address.upper()} ", f"mailto:{address}", f"{first} {last} <{address}>",
            address, address, address,
        )[number % 7]  # fmt: skip
        cells = [name, "Laval", typed, f"450 555-{number:04d}", when, "Actif", None]
        case = number % 100
        if case == 11:
            cells[5] = "Parti"
        elif case == 22:
            cells[6] = "ne veut plus rien recevoir"
        elif case == 33:
            cells[2] = f"{address}; autre{number}@exemple.test"
        elif case == 44:
            cells[2] = f"membre{number}.exemple.test"
        elif case == 55:
            cells[2] = None
        elif case == 66:
            cells[4] = "au printemps"
        elif case == 77:
            cells[6] = "préfère le téléphone"
        if case in {11, 22, 88}:
            made.gone.add(address)
            put(cells, "left", struck=case == 88)
        elif case in {33, 44, 55, 66}:
            put(cells, "refused")
        else:
            made.good[address] = day
            put(cells, "good")
            if case == 99:
                put([name, "Laval", f"  {address.upper()}", None, when, "Actif", None], "repeated")
    put([], "blank")
    put(["Total", None, people], "apart")
    made.data = _saved(book)
    return made


def _saved(book: Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
