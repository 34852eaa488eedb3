"""BibTeX as CSL-JSON: what a bibliography of the library world says, ready to be formatted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from citeproc.source.bibtex.latex import parse_latex

_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "article": "article-journal",
        "book": "book",
        "booklet": "book",
        "conference": "paper-conference",
        "inbook": "chapter",
        "incollection": "chapter",
        "inproceedings": "paper-conference",
        "manual": "report",
        "mastersthesis": "thesis",
        "misc": "document",
        "online": "webpage",
        "phdthesis": "thesis",
        "proceedings": "book",
        "report": "report",
        "techreport": "report",
        "thesis": "thesis",
        "unpublished": "manuscript",
        "www": "webpage",
    }
)
_FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "address": "publisher-place",
        "booktitle": "container-title",
        "doi": "DOI",
        "edition": "edition",
        "howpublished": "medium",
        "institution": "publisher",
        "isbn": "ISBN",
        "journal": "container-title",
        "journaltitle": "container-title",
        "location": "publisher-place",
        "note": "note",
        "number": "issue",
        "organization": "publisher",
        "pages": "page",
        "publisher": "publisher",
        "school": "publisher",
        "series": "collection-title",
        "title": "title",
        "type": "genre",
        "url": "URL",
        "volume": "volume",
    }
)
_AS_TYPED = frozenset({"url", "doi", "isbn"})
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ENTRY = re.compile(r"@\s*(\w+)\s*([{(])")
_KEY = re.compile(r"\s*([^\s,{}()=]+)\s*(,|(?=[})]))")
_NAME = re.compile(r"[\s,]*([\w-]+)\s*=\s*")
_BARE = re.compile(r"[\w.+-]+")
_COMMAND = re.compile(r"\\[a-zA-Z]+\s*(?=\{)")
_AND = re.compile(r"\s+and\s+", re.IGNORECASE)


class BibtexError(ValueError):
    """A bibliography cannot be read; `line` counts from 0, from its first line."""

    def __init__(self, text: str, at: int, problem: str) -> None:
        super().__init__(problem)
        self.line = text.count("\n", 0, at)


def references(text: str) -> list[dict[str, Any]]:
    """Return the entries of a bibliography as CSL-JSON.

    Raises:
        BibtexError: it cannot be read.
    """
    found, at = list[dict[str, Any]](), 0
    variables: dict[str, str] = {name: str(month) for month, name in enumerate(_MONTHS, 1)}
    while entry := _ENTRY.search(text, at):
        kind = entry[1].lower()
        closing = "}" if entry[2] == "{" else ")"
        if kind in {"comment", "preamble"}:
            _, at = _braced(text, entry.end() - 1, closing)
        elif kind == "string":
            fields, at = _fields(text, entry.end(), closing, variables)
            variables |= fields
        else:
            key = _KEY.match(text, entry.end())
            if key is None:
                raise BibtexError(text, entry.start(), "il manque la clé de cette référence")
            fields, at = _fields(text, key.end(), closing, variables)
            found.append(_reference(key[1], kind, fields))
    return found


def _fields(
    text: str, at: int, closing: str, variables: Mapping[str, str]
) -> tuple[dict[str, str], int]:
    """Read the fields of an entry; return them with where it ends."""
    fields: dict[str, str] = {}
    while True:
        end = re.compile(r"[\s,]*").match(text, at)
        at = end.end() if end else at
        if text[at : at + 1] == closing:
            return fields, at + 1
        name = _NAME.match(text, at)
        if name is None:
            raise BibtexError(text, min(at, len(text) - 1), "il manque une accolade ou un « = »")
        value, at = _value(text, name.end(), variables)
        fields[name[1].lower()] = value


def _value(text: str, at: int, variables: Mapping[str, str]) -> tuple[str, int]:
    """Read a value, its pieces joined by « # »."""
    parts = list[str]()
    while True:
        sign = text[at : at + 1]
        if sign == "{":
            part, at = _braced(text, at, "}")
        elif sign == '"':
            part, at = _quoted(text, at)
        elif bare := _BARE.match(text, at):
            part, at = variables.get(bare[0].lower(), bare[0]), bare.end()
        else:
            raise BibtexError(text, min(at, len(text) - 1), "il manque une valeur")
        parts.append(part)
        joined = re.compile(r"\s*#\s*").match(text, at)
        if joined is None:
            return "".join(parts), at
        at = joined.end()


def _braced(text: str, start: int, closing: str) -> tuple[str, int]:
    depth = 0
    for at in range(start, len(text)):
        if text[at] == "{" or at == start:
            depth += 1
        elif text[at] == "}" or (depth == 1 and text[at] == closing):
            depth -= 1
        if not depth:
            return text[start + 1 : at], at + 1
    raise BibtexError(text, start, "une accolade ouverte n’est pas fermée")


def _quoted(text: str, start: int) -> tuple[str, int]:
    depth = 0
    for at in range(start + 1, len(text)):
        depth += (text[at] == "{") - (text[at] == "}")
        if text[at] == '"' and not depth:
            return text[start + 1 : at], at + 1
    raise BibtexError(text, start, "un guillemet ouvert n’est pas fermé")


def _reference(key: str, kind: str, fields: Mapping[str, str]) -> dict[str, Any]:
    made: dict[str, Any] = {"id": key, "type": _TYPES.get(kind, "document")}
    for name, value in fields.items():
        if csl := _FIELDS.get(name):
            made[csl] = value.strip() if name in _AS_TYPED else plain(value)
    if pages := made.get("page"):
        made["page"] = re.sub(r"\s*[-–—]+\s*", "-", pages)
    for name in ("author", "editor"):
        if name in fields:
            made[name] = [*_people(fields[name])]
    year = re.match(
        r"\s*(\d{4})(?:-(\d\d))?(?:-(\d\d))?", fields.get("date", fields.get("year", ""))
    )
    if year:
        made["issued"] = {"date-parts": [[int(part) for part in year.groups() if part]]}
    if (seen := re.match(r"(\d{4})-(\d\d)-(\d\d)", fields.get("urldate", ""))) is not None:
        made["accessed"] = {"date-parts": [[int(part) for part in seen.groups()]]}
    return made


def _people(names: str) -> Iterator[dict[str, str]]:
    """Yield each name; what is between braces is that of a body, not of a person."""
    for name in _outside_braces(names):
        family, comma, given = name.partition(",")
        if name.startswith("{") and name.endswith("}"):
            yield {"literal": plain(name)}
        elif comma:
            yield {"family": plain(family), "given": plain(given)}
        elif " " in name:
            first, _, last = name.rpartition(" ")
            yield {"family": plain(last), "given": plain(first)}
        else:
            yield {"literal": plain(name)}


def _outside_braces(names: str) -> Iterator[str]:
    start = at = 0
    for word in _AND.finditer(names):
        if names[at : word.start()].count("{") == names[at : word.start()].count("}"):
            yield names[start : word.start()].strip()
            start = at = word.end()
    yield names[start:].strip()


def plain(value: str) -> str:
    r"""Return a value without its LaTeX: « Qu{\'e}bec » is « Québec »."""
    text = " ".join(value.split())
    if "\\" in text:
        try:
            return str(parse_latex(text, {}))
        except (KeyError, ValueError, TypeError, IndexError, AttributeError):
            text = _COMMAND.sub("", text)
    return text.replace("{", "").replace("}", "").replace("\\", "").replace("--", "–")
