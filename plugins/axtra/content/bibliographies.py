"""The block « references »: a bibliography in BibTeX or CSL-JSON, formatted in our own style."""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Iterable
from functools import cache
from html import escape, unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import nh3
from markupsafe import Markup

from axtra.content.block_reader import BlockReader, own_file
from axtra.content.blocks import Fragment, RawBlock
from axtra.content.card_blocks import text_of
from axtra.content.model import References, html_text, sort_key
from infolettre.core.diagnostics import NBSP
from infolettre.text import typography

STYLE = Path(__file__).with_name("references.csl")
RULE = "references-illisibles"
_CODE = re.compile(r"\s*<pre[^>]*><code[^>]*>(.*)</code></pre>\s*", re.DOTALL)
_ADDRESS = re.compile(r"https?://[^\s<]+[^\s<.,;)]")
_EXAMPLE = (
    "Entre deux lignes ~~~ :  @book{cle, author = {Roy, Ève}, title = {Titre}, year = {2019}}"
)
_TAGS = {"em", "sub", "sup"}
_HARD_HYPHEN = "\u2011"  # which citeproc puts between pages, and our fonts have not


class _UnreadableError(ValueError):
    """A bibliography cannot be read; `line` counts from 0, from its first line."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(problem)
        self.line = line


def read(raw: RawBlock, reader: BlockReader) -> References | None:
    """Resolve a bibliography; None when it cannot be read, which is noted."""
    typed = _typed(raw, reader)
    if typed is None:
        return None
    text, line, file = typed
    try:
        entries = formatted(_items(text))
    except _UnreadableError as error:
        where = f" (ligne {error.line + 1} de « {raw.argument} »)" if raw.argument else ""
        at = raw.line if raw.argument else line + error.line
        problem = f"cette bibliographie ne se lit pas : {error}{where}"
        reader.notes.error(RULE, at, problem, _EXAMPLE)
        return None
    title = reader.text(raw, "titre") or text_of("Références")
    return References(title, tuple(_linked(entry, raw, reader) for entry in entries), file)


def _typed(raw: RawBlock, reader: BlockReader) -> tuple[str, int, str | None] | None:
    """Find the text of a bibliography, its first line, and the address of its file."""
    html = "".join(part.html for part in raw.children if isinstance(part, Fragment))
    if raw.argument and html:
        reader.notes.error(
            "bloc-de-trop",
            raw.line,
            "ces références sont à la fois dans un fichier et dans le bloc",
            "Gardez l’un ou l’autre.",
        )
        return None
    if raw.argument:
        href = own_file(raw.argument, raw.line, (".bib", ".json"), reader, rule=RULE)
        if href is None:
            return None
        data = reader.file_bytes(unquote(href.removeprefix("/")))
        return data.decode("utf-8-sig", "replace"), raw.line, href
    code = _CODE.fullmatch(html)
    if code is None:
        problem = "une bibliographie est entre deux lignes ~~~, ou dans un fichier"
        reader.notes.error(RULE, raw.line, problem, _EXAMPLE)
        return None
    first = max([raw.line, *(value.line for value in raw.options.values())]) + 1
    body = reader.source.body.split("\n")[first - reader.source.body_line :]
    blank = next((at for at, line in enumerate(body) if line.strip()), 0)
    return unescape(code[1]), first + blank + 1, None


def _items(text: str) -> list[dict[str, Any]]:
    """Read CSL-JSON or BibTeX as CSL-JSON."""
    from axtra.content import bibtex  # noqa: PLC0415 - few texts have a bibliography

    if text.lstrip()[:1] in {"[", "{"}:
        return [*_checked(_json(text))]
    try:
        found = bibtex.references(text)
    except bibtex.BibtexError as error:
        raise _UnreadableError(error.line, str(error)) from error
    if not found:
        raise _UnreadableError(0, "aucune référence n’y commence par « @ »")
    return [*_checked(found)]


def _json(text: str) -> list[Any]:
    try:
        found = json.loads(text)
    except ValueError as error:
        line = getattr(error, "lineno", 1) - 1
        raise _UnreadableError(line, "ce n’est pas du JSON") from error
    except RecursionError as error:
        raise _UnreadableError(0, "elle est trop imbriquée") from error
    return found if isinstance(found, list) else [found]


def _checked(found: Iterable[Any]) -> Iterable[dict[str, Any]]:
    known: set[str] = set()
    for rank, item in enumerate(found, 1):
        if not isinstance(item, dict) or not item.get("title"):
            raise _UnreadableError(0, f"la référence {rank} n’a pas de titre (« title »)")
        key = str(item.get("id") or f"reference-{rank}").lower()
        if key in known:
            raise _UnreadableError(0, f"deux références ont la clé « {item.get('id')} »")
        known.add(key)
        yield {"type": "document", **item, "id": key}


def formatted(items: list[dict[str, Any]]) -> list[str]:
    """Return the entries as HTML, by author, in French typography."""
    from citeproc import (  # noqa: PLC0415 - as above
        Citation,
        CitationItem,
        CitationStylesBibliography,
        formatter,
    )
    from citeproc.source.json import CiteProcJSON  # noqa: PLC0415 - as above

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of fields that our style does not print
            source = CiteProcJSON(items)
            bibliography = CitationStylesBibliography(_style(), source, formatter.html)
            for item in items:
                bibliography.register(Citation([CitationItem(item["id"])]))
            entries = [str(entry) for entry in bibliography.bibliography()]
    except Exception as error:  # the library raises what it meets in an odd entry
        raise _UnreadableError(0, "une référence a une date ou un nom mal formé") from error
    entries = [_in_french(entry) for entry in entries]
    return sorted(entries, key=lambda entry: sort_key(html_text(entry)))


@cache
def _style() -> Any:  # noqa: ANN401 - the library publishes no types
    from citeproc import CitationStylesStyle  # noqa: PLC0415 - few texts have a bibliography

    return CitationStylesStyle(str(STYLE), locale="fr-CA", validate=False)


# An author who is no person ends with no point of their own: « AXTRA. (2019) ».
_BEFORE_YEAR = re.compile(r"\A([^<(]*[^.\s<(])(?= \((?:\d{4}|s\. d\.)\))")


def _in_french(entry: str) -> str:
    entry = _BEFORE_YEAR.sub(r"\1.", entry).replace("(s. d.)", f"(s.{NBSP}d.)")
    entry = entry.replace(_HARD_HYPHEN, "-").replace("<i>", "<em>").replace("</i>", "</em>")
    # A style may ask for tags, and an entry may hold some: these alone, without attributes.
    entry = nh3.clean(entry, tags=_TAGS, attributes={})
    return typography.correct_html(re.sub(r"\.(</em>)?\.", r".\1", entry))


def _linked(entry: str, raw: RawBlock, reader: BlockReader) -> Markup:
    """Make links of the addresses of an entry."""

    def link(found: re.Match[str]) -> str:
        href = reader.addresses.resolve(unescape(found[0]), reader.item, raw.line, reader.notes)
        return f'<a href="{escape(href)}">{found[0]}</a>' if href else found[0]

    return Markup(_ADDRESS.sub(link, entry))  # noqa: S704 - the formatter escapes
