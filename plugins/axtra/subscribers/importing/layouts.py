"""How a list is laid out: which lines are titles, where the people begin, what columns hold.

People put the name of their list above the titles, titles on two lines, and totals below: nothing
of that is a person.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from axtra.subscribers.importing import (
    columns,
    csv_cells,
    date_columns,
    departures,
    workbooks,
)
from axtra.subscribers.importing.columns import FULL_NAME, NOTHING, STATUS
from axtra.subscribers.importing.csv_cells import Row, Table, words
from infolettre.core.diagnostics import Notes

_FRONT = 10  # first lines, among which the titles are looked for
_TOTAL = re.compile(r"(?:grand |sous )?(?:total|totaux)\b|nombre (?:de|d|total)\b|somme\b")
_LETTERS = 26
_NARROW = 2  # columns of a list in which one cell may be all that is known of a person
_WHOLE = re.compile(r"^[^,@\d]+,[^,@\d]+$")  # « Roy, Zoé »
_WHO = re.compile(r"\b(?:noms?|membres?|contacts?|personnes?)\b")
_OTHER_DAY = re.compile(
    r"naissance|anniversaire|birth|paie|paye|cotis|modif|mise a jour|\bmaj\b|dernier|prochain"
    r"|renouvel|envoi|visite|appel|reunion"
)
_AGREED = re.compile(r"consent|accord|adhesion|inscri|abonne|optin|opt in|\bdate\b|depuis")


@dataclass(frozen=True, slots=True)
class Layout:
    """A list, laid out.

    Attributes:
        rows: the titles, then the people, as `columns.places` takes them.
        keys: what names each column: the words of its title, or those of its letter in Excel.
        apart: lines that are no person: titles, totals, the names of groups.
        places: where each thing is; several columns may hold addresses.
        blank: how many lines are empty.
        counted: the day 0 of a workbook, where a number may be a day.
    """

    rows: list[Row]
    keys: tuple[str, ...]
    apart: tuple[int, ...]
    places: dict[str, list[int]]
    blank: int
    counted: date | None


def tables(data: bytes, notes: Notes) -> dict[str, Table]:
    """Return the tables of a file by the names of their sheets; "" names that of a CSV file."""
    if workbooks.is_workbook(data):
        found = {
            name: Table(sheet.rows, sheet.rows[-1][0] - len(sheet.rows), sheet.first, sheet.marks)
            for name, sheet in workbooks.sheets(data, notes).items()
        }
    else:
        found = {"": csv_cells.table(data, notes, columns.is_known)}
    if not any(table.rows for table in found.values()) and not notes.found:
        remedy = "Exportez la liste de nouveau, avec ses titres."
        notes.error("csv-vide", None, "le fichier est vide", remedy)
    return {name: table for name, table in found.items() if table.rows}


def likeliest(found: Mapping[str, Table]) -> str:
    """Return the name of the table that has the most addresses."""
    return max(found, key=lambda name: sum(_has_address(cells) for _, cells in found[name].rows))


def lay_out(table: Table, roles: Mapping[str, str]) -> Layout:
    """Find the titles and the people of a table.

    Args:
        table: it has a row at least.
        roles: what the person who imports says of columns: a member of `columns.ROLES` by key.
    """
    rows = table.rows
    width = max(len(cells) for _, cells in rows)
    main, above, people = _split(rows)
    titles = _titles(main, above, width)
    line = above[-1][0] if above else rows[0][0]
    places = columns.places([(line, titles), *people])
    keys = _keys([title or _letter(at) for at, title in enumerate(titles)])
    _assign(places, keys, roles)
    _name_whole(places, people)
    mails = places.get("adresse", [])
    apart = {row[0] for row in people if _is_apart(row[1], mails, width)}
    shown = [
        title or (_letter(at) if any(cells[at : at + 1] > [""] for _, cells in people) else "")
        for at, title in enumerate(titles)
    ]
    return Layout(
        [(line, shown), *(row for row in people if row[0] not in apart)],
        keys,
        (*(number for number, _ in above), *sorted(apart)),
        places,
        table.blank,
        table.counted,
    )


def guesses(layout: Layout) -> dict[str, str]:
    """Return what each column seems to hold, by its key, for a person to agree or not."""
    (_, titles), *people = layout.rows
    roles = {layout.keys[at]: role for role, places in layout.places.items() for at in places}
    for at, key in enumerate(layout.keys):
        cells = [cell for _, row in people for cell in row[at : at + 1] if cell.strip()]
        if key in roles or not cells:
            continue
        title = words(titles[at])
        if "adresse" not in roles.values() and _most(cells, lambda cell: "@" in cell):
            roles[key] = "adresse"
        elif "date" not in roles.values() and (
            _AGREED.search(title)
            and not _OTHER_DAY.search(title)
            and not departures.tells_departure(title)
            and _most(cells, partial(date_columns.is_date, counted=layout.counted))
        ):
            roles[key] = "date"
        elif not {"nom", "prenom", FULL_NAME} & {*roles.values()} and (
            _WHO.search(title) or _most(cells, _WHOLE.search)
        ):
            roles[key] = FULL_NAME
    return roles


def _split(rows: list[Row]) -> tuple[Sequence[str], list[Row], list[Row]]:
    """Return the main line of titles, all lines down to the last of titles, and the people."""
    front = rows[:_FRONT]
    known = [sum(map(columns.is_known, cells)) for _, cells in front]
    if any(known):
        at = known.index(max(known))
    else:
        before = next((at for at, row in enumerate(front) if _has_address(row[1])), len(front))
        if before == 0:
            return [], [], rows  # no titles at all
        full = [sum(map(bool, map(str.strip, cells))) for _, cells in front[:before]]
        at = full.index(max(full))
    below = at + 1
    while below < len(front) and known[below] and not _has_address(front[below][1]):
        below += 1
    return rows[at][1], rows[:below], rows[below:]


def _assign(places: dict[str, list[int]], keys: Sequence[str], roles: Mapping[str, str]) -> None:
    for at, key in enumerate(keys):
        if key in roles:
            for indexes in places.values():
                indexes[:] = [index for index in indexes if index != at]
            if roles[key] not in {NOTHING, STATUS}:
                places.setdefault(roles[key], []).append(at)
    for name in [name for name, indexes in places.items() if not indexes]:
        del places[name]


def _name_whole(places: dict[str, list[int]], people: Sequence[Row]) -> None:
    """See that a column of last names holds « Roy, Zoé »."""
    if "nom" not in places or {"prenom", FULL_NAME} & places.keys():
        return
    cells = ["".join(row[at : at + 1]) for at in places["nom"] for _, row in people]
    if _most([cell for cell in cells if cell.strip()], _WHOLE.search):
        places[FULL_NAME] = places.pop("nom")


def _most(cells: Sequence[str], test: Callable[[str], object]) -> bool:
    return 2 * sum(map(bool, map(test, cells))) > len(cells)


def _has_address(cells: Sequence[str]) -> bool:
    return any("@" in cell for cell in cells)


def _titles(main: Sequence[str], above: Sequence[Row], width: int) -> list[str]:
    """Join titles that stand on several lines; the main line wins, unless another is known."""
    others = [cells for _, cells in above[-3:] if cells is not main]
    others = [cells for cells in others if sum(map(bool, map(str.strip, cells))) > 1]

    def title(at: int) -> str:
        texts = [cells[at].strip() for cells in (main, *others) if at < len(cells)]
        return next(filter(columns.is_known, texts), next(filter(None, texts), ""))

    return list(map(title, range(width)))


def _is_apart(cells: Sequence[str], mails: Sequence[int], width: int) -> bool:
    """Return whether a line is a total, titles again, or the name of a group: no person."""
    if _has_address(cells):
        return False
    if sum(map(columns.is_known, cells)) > 1:
        return True
    full = [cell for cell in cells if cell.strip()]
    alone = len(full) == 1 and width > _NARROW
    if alone and not any("".join(cells[at : at + 1]).strip() for at in mails):
        return True
    return any(_TOTAL.match(words(cell)) for cell in full)


def _letter(at: int) -> str:
    first, second = divmod(at, _LETTERS)
    letters = (chr(ord("A") + first - 1) if first else "") + chr(ord("A") + second)
    return f"Colonne {letters}"


def _keys(titles: Sequence[str]) -> tuple[str, ...]:
    keys: list[str] = []
    for title in titles:
        key = words(title) or title
        number = 2
        while key in keys:
            key, number = f"{words(title) or title} {number}", number + 1
        keys.append(key)
    return tuple(keys)
