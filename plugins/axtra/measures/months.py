"""`mesures/AAAA-MM.toml`: the readership of a month, in numbers that name nobody."""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeAlias

from axtra.content.schema import KINDS
from axtra.core import dates, regular_files
from axtra.core.refusals import Refusal
from axtra.core.whole_files import write_whole
from axtra.measures.visits import Count, Visits

FOLDER = "mesures"
FEW, LEAST = "moins de 5", 5
Number: TypeAlias = "int | str"

_NAME = re.compile(r"(\d{4}-\d\d)\.toml")
_HEAD = """\
# Lectorat {month}. « axtra mesures lire » écrit ce fichier, à partir des journaux d’accès de
# l’hôte; ni adresse ni ligne d’un journal n’est gardée. Un nombre plus petit que 5 est « {few} ».
#
# visites : une personne par jour, c’est-à-dire une adresse et un navigateur qui ont lu au moins une
#   page ou pris un fichier. Les robots déclarés n’y sont pas.
# visites-entre : d’au moins autant d’adresses à au plus autant d’arrivées (pages où l’on vient
#   d’ailleurs que du site). Plusieurs personnes derrière une adresse, un même navigateur : le vrai
#   nombre est entre les deux.
# pages-vues, [pages] : pages lues, rechargements compris; [genres] les ajoute par genre de texte.
# [telechargements] : PDF et EPUB pris; les morceaux d’un même fichier par une même personne, le
#   même jour, comptent pour un.
# [flux] : personnes abonnées à chaque flux, selon les services qui le lisent pour elles.
# [provenances] : arrivées depuis chaque autre site.
# robots : pages demandées par des robots, qui ne sont comptées nulle part ailleurs.
"""
_PATTERNS = tuple(
    (kind.name, re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(kind.url))))
    for kind in KINDS.values()
)


@dataclass(frozen=True, slots=True)
class Month:
    """The readership of a month; a number that is too small to be said is « moins de 5 »."""

    name: str  # YYYY-MM
    days: tuple[str, ...]
    visits: Number
    between: tuple[Number, Number]
    views: Number
    pages: Mapping[str, Number]
    kinds: Mapping[str, Number]
    downloads: Mapping[str, Number]
    feeds: Mapping[str, Number]
    origins: Mapping[str, Number]
    robots: Number


def write(root: Path, visits: Visits, months: Iterator[str]) -> list[str]:
    """Write the files of some months.

    Returns:
        The names of those that changed, relative to the project's root.

    Raises:
        OSError: one cannot be written.
    """
    changed = []
    for month in sorted(months):
        name = f"{FOLDER}/{month}.toml"
        text = _text(month, visits).encode()
        path = root / name
        if not path.is_file() or path.read_bytes() != text:
            path.parent.mkdir(exist_ok=True)
            write_whole(path, text)
            changed.append(name)
    return changed


def known_days(root: Path) -> dict[str, tuple[str, ...]]:
    """Map each month that has a file to the days that it counts."""
    return {month.name: month.days for month in read_all(root)}


def read_all(root: Path) -> list[Month]:
    """Read the files of every month, the oldest first.

    Raises:
        Refusal: one is not what this module writes.
    """
    folder = root / FOLDER
    names = sorted(path.name for path in folder.glob("*.toml")) if folder.is_dir() else []
    return [_read(folder / name, found[1]) for name in names if (found := _NAME.fullmatch(name))]


def _read(path: Path, name: str) -> Month:
    try:
        given = tomllib.loads(regular_files.read(path).decode())
        low, high = given["visites-entre"]
        pages, kinds, downloads, feeds, origins = (
            {str(key): _number(value) for key, value in given.get(table, {}).items()}
            for table in ("pages", "genres", "telechargements", "flux", "provenances")
        )
        return Month(
            name=name,
            days=tuple(given["jours"]),
            visits=_number(given["visites"]),
            between=(_number(low), _number(high)),
            views=_number(given["pages-vues"]),
            pages=pages,
            kinds=kinds,
            downloads=downloads,
            feeds=feeds,
            origins=origins,
            robots=_number(given.get("robots", 0)),
        )
    except (OSError, ValueError, KeyError, TypeError):
        raise Refusal(
            f"« {FOLDER}/{path.name} » ne se lit pas.",
            "Reprenez-le de l’historique : « axtra mesures lire » l’écrit, personne n’y touche.",
        ) from None


def _number(value: Any) -> Number:  # noqa: ANN401 - TOML holds anything
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if value != FEW:
        raise ValueError(value)
    return FEW


def said(number: int) -> Number:
    """Return a number, unless it is small enough to be about somebody."""
    return FEW if 0 < number < LEAST else number


def _text(month: str, visits: Visits) -> str:
    counts = visits.month(month)
    pages = _of(counts, Count.PAGE)
    kinds: Counter[str] = Counter()
    for path, number in pages.items():
        kinds[_kind(path)] += number
    number = counts[Count.VISITS.value, ""]
    low = min(counts[Count.ADDRESSES.value, ""], number)
    high = max(counts[Count.ENTRIES.value, ""], number)
    days = ", ".join(f'"{day}"' for day in visits.days(month))
    in_words = dates.month(date.fromisoformat(f"{month}-01"))
    before = "d’" if in_words[0] in "ao" else "de "
    tables = (
        ("pages", pages),
        ("genres", kinds),
        ("telechargements", _of(counts, Count.DOWNLOAD)),
        ("flux", visits.subscribers(month)),
        ("provenances", _of(counts, Count.ORIGIN)),
    )
    return "".join(
        [
            _HEAD.format(month=f"{before}{in_words}", few=FEW),
            f'\nmois = "{month}"\njours = [{days}]\n',
            f"visites = {_toml(number)}\n",
            f"visites-entre = [{_toml(low)}, {_toml(high)}]\n",
            f"pages-vues = {_toml(sum(pages.values()))}\n",
            f"robots = {_toml(counts[Count.ROBOTS.value, ''])}\n",
            *(
                f"\n[{name}]\n"
                + "".join(
                    f"{_quoted(key)} = {_toml(value)}\n"
                    for key, value in sorted(table.items(), key=lambda row: (-row[1], row[0]))
                )
                for name, table in tables
            ),
        ]
    )


def _of(counts: Counter[tuple[str, str]], sort: Count) -> dict[str, int]:
    return {name: number for (kept, name), number in counts.items() if kept == sort.value and name}


def _kind(path: str) -> str:
    """Return the kind of the text at an address; what is no text is « autres »."""
    return next((name for name, form in _PATTERNS if form.fullmatch(path)), "autres")


def _toml(number: int) -> str:
    value = said(number)
    return f'"{value}"' if isinstance(value, str) else str(value)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
