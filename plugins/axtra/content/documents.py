"""One Markdown file, read by itself: header, body and problems, whatever the other files hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from operator import itemgetter
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from axtra.content import frontmatter
from axtra.content.blocks import Document
from axtra.content.frontmatter import Field, Source
from axtra.content.model import Text
from axtra.content.schema import KINDS, Kind, Type
from infolettre.core import dates, processes, program
from infolettre.core.dates import WEEKDAYS
from infolettre.core.diagnostics import Diagnostic, Notes, Repair
from infolettre.text import first_names
from infolettre.text.written_dates import wrong_weekdays

if TYPE_CHECKING:
    from axtra.content.blocks.conversion import Converter

_SHARE = 25  # files given at a time to a process that is no copy of this one
# Bold, code, struck text, links and images: Markdown that a line of a header does not read.
_SIGNS = re.compile(r"\*\*[^*]+\*\*|__[^_]+__|`[^`]+`|~~[^~]+~~|!?\[[^\]]*\]\([^)]*\)")
TO_DO = re.compile(r"à compléter", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Request:
    """A file to read: its name relative to the root, its bytes, its kind and its slug."""

    name: str
    data: bytes
    kind: str
    slug: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A file, read; without `source`, it cannot be. `lines`: its texts of one line, corrected."""

    slug: str
    source: Source | None
    document: Document
    found: tuple[Diagnostic, ...]
    lines: Mapping[str, Text] = field(default_factory=dict)


def read(requests: list[Request]) -> list[Entry]:
    """Read files, in order; many at a time, on every core."""
    if not program.can_copy() and processes.workers(len(requests)) > 1:
        import multiprocessing  # noqa: PLC0415 - only where no copy can be made
        from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415

        shares = [requests[at : at + _SHARE] for at in range(0, len(requests), _SHARE)]
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(processes.workers(len(requests)), mp_context=context) as pool:
            return [entry for share in pool.map(_read_share, shares) for entry in share]
    converter = _converter()
    made = processes.share(len(requests), lambda at: (at, _entry(requests[at], converter)))
    return [entry for _, entry in sorted(made, key=itemgetter(0))]


def _read_share(requests: list[Request]) -> list[Entry]:
    converter = _converter()
    return [_entry(request, converter) for request in requests]


def _converter() -> Converter:
    from axtra.content.blocks.conversion import Converter  # noqa: PLC0415 - most builds convert nothing

    return Converter()


def _entry(request: Request, converter: Converter) -> Entry:
    kind, slug, notes = KINDS[request.kind], request.slug, Notes(request.name)
    source = frontmatter.read(request.data, kind, notes)
    _inspect_file_name(request, notes)
    if source is None:
        return Entry(slug, None, Document(), tuple(notes.found))
    own = source.fields.get("language")
    language = str(own.value) if own else "fr-CA"
    document = converter.convert(
        source.body,
        first_line=source.body_line,
        language=language,
        notes=notes,
        personal=kind.name == "infolettre",
    )
    _inspect_to_dos(source, notes)
    if language.startswith("fr") and kind.name != "infolettre":  # its rules judge the whole mail
        _inspect_weekdays(source, notes)
    _inspect_names(source, notes)
    _inspect_signs(source, kind, notes)
    own = source.fields.get("slug")
    slug = str(own.value) if own else slug
    return Entry(slug, source, document, tuple(notes.found), _lines(source, kind, language))


def _inspect_file_name(request: Request, notes: Notes) -> None:
    """Refuse a name that makes no good address: of the file, or of the folder of a numéro."""
    path = PurePosixPath(request.name)
    folder = request.kind == "numero"
    named, what, end = (
        (path.parent.name, "Renommez le dossier", "")
        if folder
        else (path.name, "Renommez-le", ".md")
    )
    stem = named.removesuffix(".md")
    slug = frontmatter.slugify(stem)
    if slug != stem:
        notes.error(
            "nom-de-fichier",
            None,
            f"« {named} » deviendrait une adresse, et n’en fait pas une bonne",
            f"{what} :  {slug}{end}"
            if slug
            else f"{what} avec des lettres ou des chiffres, par exemple :  {request.kind}-1{end}",
            Repair(name=str(path.with_name(f"{slug}{end}"))) if slug and not folder else None,
        )


def _lines(source: Source, kind: Kind, language: str) -> dict[str, Text]:
    return {
        key.attribute: Text.with_italics(
            str(source.fields[key.attribute].value), language=key.language or language
        )
        for key in kind.keys
        if key.type is Type.LINE and key.attribute in source.fields
    }


def _inspect_signs(source: Source, kind: Kind, notes: Notes) -> None:
    for key in kind.keys:
        if key.type is Type.LINE and key.attribute in source.fields:
            field = source.fields[key.attribute]
            for found in _SIGNS.finditer(str(field.value)):
                notes.warning(
                    "signe-inconnu",
                    field.line,
                    f"« {found[0]} » paraîtrait tel quel",
                    "Dans l’en-tête, seul l’italique se lit :  *mot*",
                )


def _texts(source: Source) -> Iterator[tuple[str, int]]:
    """Walk the values of a header, each with its line."""
    for whole in source.fields.values():
        for part in whole.value if isinstance(whole.value, tuple) else (whole,):
            if isinstance(part, Field):
                yield str(part.value), part.line
            else:
                yield " ".join(map(str, part.values())), part["line"]


def _inspect_to_dos(source: Source, notes: Notes) -> None:
    typed = [*_texts(source), (source.body, source.body_line)]
    lines = (
        line + text.count("\n", 0, found.start())
        for text, line in typed
        for found in TO_DO.finditer(text)
    )
    for line in lines:
        notes.warning(
            "a-completer",
            line,
            "il reste « à compléter » ici",
            "Complétez avant de publier : la publication le refuse.",
        )


def _inspect_weekdays(source: Source, notes: Notes) -> None:
    """Compare the days of the week with their dates; an event says its own in its header."""
    times = [source.fields[name].value for name in ("start", "end") if name in source.fields]
    own = tuple(date(time.year, time.month, time.day) for time in times if isinstance(time, date))
    for text, line in [*_texts(source), (source.body, source.body_line)]:
        for found, day in wrong_weekdays(text, own):
            place = line + text.count("\n", 0, found.start())
            said = " ".join(found[0].split())
            problem = f"« {said} » : ce jour-là est un {WEEKDAYS[day.weekday()]}"
            remedy = f"Corrigez le jour ou la date :  {dates.weekday(day)}"
            if day in own:
                notes.error("jour-faux", place, problem, remedy)
            else:
                notes.warning("jour-faux", place, problem, remedy)


def _inspect_names(source: Source, notes: Notes) -> None:
    for text, line in _texts(source):
        for _ in range(first_names.attempts(text)):
            notes.error(
                "prenom-hors-place",
                line,
                "un prénom ne se met que dans les phrases d’une infolettre",
                "Écrivez cette ligne pour tout le monde.",
            )
