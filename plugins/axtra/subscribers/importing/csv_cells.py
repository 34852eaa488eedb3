"""Cutting a CSV file into cells, whatever wrote it: encoding, separator, line of each row."""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from infolettre.core.diagnostics import Notes

_FRONT = 10  # first lines, by which the separator is known
# What French writes beyond ASCII; a wrong encoding mostly produces other characters.
_FRENCH = frozenset("àâäçéèêëîïôöùûüÿñœæÀÂÄÇÉÈÊËÎÏÔÖÙÛÜÑŒÆ«»’‘“”–—…€°•·\u00a0\u202f")
_OTHERS = {"mac_roman": "d’un ancien Mac", "cp850": "de DOS"}
_UTF8_TWICE = re.compile(r"[ÂÃÅâ][\u0080-\u00bf\u0152-\u0192\u02c6\u02dc\u2010-\u2122€]")


Row = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class Table:
    """What a file or a sheet holds.

    `blank` is how many rows are empty; `counted` is the day 0 of a workbook, where a
    number may be a day; None: it is not. `marks` says which lines are struck out or hidden.
    """

    rows: list[Row]
    blank: int
    counted: date | None = None
    marks: Mapping[int, str] = field(default_factory=dict)


def table(data: bytes, notes: Notes, known: Callable[[str], bool]) -> Table:
    """Return the rows of a file, each with the number of the line it starts on.

    Args:
        data: the file, in UTF-8 with or without its mark, UTF-16 with its mark, Windows-1252, or
            the encoding of an old Mac or of DOS when no other is possible.
        notes: receives what is wrong.
        known: returns whether a title is known.
    """
    text = _decode(data, notes)
    return Table([], 0) if text is None else _cut(text, notes, known)


def words(text: str) -> str:
    """Return the words of a title or of a value, without accents, capitals and punctuation."""
    bare = unicodedata.normalize("NFKD", text.replace("œ", "oe"))
    letters = "".join(sign for sign in bare if not unicodedata.combining(sign))
    return " ".join(re.findall(r"[a-z0-9]+", letters.casefold()))


def is_damaged(text: str) -> bool:
    """Return whether accents were lost or encoded twice before the file was made."""
    return "\ufffd" in text or bool(_UTF8_TWICE.search(text))


def _decode(data: bytes, notes: Notes) -> str | None:
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            text = None
        if encoding == "cp1252" and (text is None or _strangers(text)):
            text = _older(data, text, notes)
        if text is not None and "\0" not in text:
            return text
    notes.error(
        "csv-illisible",
        None,
        "ce n’est pas un fichier CSV",
        "Dans Excel : Enregistrer sous, « CSV UTF-8 (délimité par des virgules) ».",
    )
    return None


def _older(data: bytes, text: str | None, notes: Notes) -> str | None:
    """Return the text in the only older encoding that makes French of it, or the given text."""
    texts = {name: data.decode(name) for name in _OTHERS}
    good = [name for name, other in texts.items() if not _strangers(other)]
    if len(good) > 1:
        notes.error(
            "csv-encodage",
            None,
            "on ne sait pas dans quel encodage sont les accents de ce fichier",
            "Dans Excel : Enregistrer sous, « CSV UTF-8 (délimité par des virgules) ».",
        )
        return ""
    if good:
        notes.warning(
            "csv-encodage",
            None,
            f"les accents de ce fichier sont ceux {_OTHERS[good[0]]} : ils ont été lus ainsi",
            "Vérifiez-en quelques-uns; s’ils sont faux, exportez la liste de nouveau en UTF-8.",
        )
        return texts[good[0]]
    return text


def _strangers(text: str) -> int:
    """Count the characters that no French text has, such as a capital within a word."""
    return sum(
        sign > "\x7f"
        and (
            sign not in _FRENCH
            or (sign.isupper() and before.isalpha() and (before.islower() or after.islower()))
        )
        for before, sign, after in zip(f" {text}", text, f"{text[1:]} ", strict=False)
    )


def _cut(text: str, notes: Notes, known: Callable[[str], bool]) -> Table:
    lines = text.splitlines(keepends=True)
    offset = 0
    separator = ""
    if lines and (stated := re.fullmatch(r'"?sep=(.)"?\s*', lines[0], re.IGNORECASE)):
        separator, offset = stated[1], 1
    first = [line for line in lines[offset : offset + _FRONT] if line.strip()]
    separator = separator or max(
        ";,\t",
        key=lambda sign: max(
            ((sum(map(known, line.split(sign))), line.count(sign)) for line in first),
            default=(0, 0),
        ),
    )
    reader = csv.reader(
        io.StringIO("".join(lines[offset:]), newline=""), delimiter=separator, strict=True
    )
    cut: list[Row] = []
    start, blank = offset + 1, 0
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                cut.append((start, row))
            else:
                blank += 1
            start = offset + reader.line_num + 1
    except csv.Error:
        notes.error(
            "csv-guillemet",
            start,
            "un guillemet droit s’ouvre ici et ne se ferme pas comme il faut",
            'Un champ entre guillemets se ferme par un guillemet; à l’intérieur, doublez-le : "".',
        )
    return Table(cut, blank)
