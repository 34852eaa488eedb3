"""Letters as people write them: Pelican's own header, Markdown, and blocks that name articles."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pelican.utils import get_date, slugify

from infolettre import words
from infolettre.core.diagnostics import Notes
from infolettre.letter.renderers import Cards, Prose
from infolettre.pelican_site.bodies import BodyReader, SiteContent, line_of
from infolettre.pelican_site.settings import LetterSettings

KEYS = ("title", "subject", "date", "slug", "summary", "lang", "status")
_HEADER = re.compile(r"([A-Za-z][\w-]*)\s*:\s*(.*)")
_FILE = re.compile(r"[{|](?:static|attach)[}|]([^\s\"'#)<>]+)")
_SUFFIXES = frozenset({".md", ".markdown", ".mkd", ".mdown"})  # those of Pelican
_SLUG = re.compile(r"\w[\w.~-]*")


@dataclass(frozen=True, slots=True)
class LetterFile:
    """A letter as it was read; `file` is relative to the site's folder, `source` its text."""

    file: str
    source: str
    slug: str
    title: str
    subject: str
    preheader: str
    moment: datetime | None
    language: str
    is_draft: bool
    body: tuple[Prose | Cards, ...]


def files(folders: Iterable[Path]) -> list[Path]:
    """List the files of the letters, by name."""
    found = (path for folder in folders if folder.is_dir() for path in folder.rglob("*"))
    return sorted(path for path in found if path.suffix.lower() in _SUFFIXES and path.is_file())


def linked_files(path: Path) -> set[str]:
    """Return the files of the content that a letter links to, relative to it."""
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return set()  # said when it is read
    return {posixpath.normpath(named.lstrip("/")) for named in _FILE.findall(text)}


def read(
    path: Path, name: str, settings: LetterSettings, content: SiteContent
) -> tuple[LetterFile | None, Notes]:
    """Read a letter and note its problems; None when its header cannot be used."""
    notes = Notes(name)
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        notes.error(
            "lettre-illisible",
            None,
            words._("ce fichier ne se lit pas"),
            words._("Enregistrez-le en UTF-8."),
        )
        return None, notes
    header, lines, first = _header(text, notes)
    reader = BodyReader(settings, content, notes, header.get("lang") or settings.language)
    body = tuple(reader.nodes(lines, first))
    title = header.get("title") or header.get("subject", "")
    if not title:
        notes.error(
            "titre-absent",
            1,
            words._("cette lettre n’a pas de titre"),
            words._("Ajoutez au début du fichier :  Title: …"),
        )
        return None, notes
    moment = _moment(header, notes)
    slug = header.get("slug") or slugify(path.stem, settings_substitutions())
    if not _SLUG.fullmatch(slug):
        notes.error(
            "adresse-invalide",
            line_of("slug", [line.lower() for line in text.splitlines()], 1),
            words.say("« {} » ne peut pas être l’adresse d’une lettre", slug),
            words._("Écrivez-la en lettres, chiffres et traits d’union :  Slug: janvier-2026"),
        )
    correct = reader.corrected
    return LetterFile(
        file=name,
        source=text,
        slug=slug,
        title=correct(title),
        subject=correct(header.get("subject") or title),
        preheader=correct(header.get("summary", "")),
        moment=moment,
        language=header.get("lang") or settings.language,
        is_draft=header.get("status", "").lower() == "draft",
        body=body,
    ), notes


def settings_substitutions() -> list[tuple[str, str]]:
    """Return the substitutions by which Pelican makes a slug of a name."""
    return [(r"[^\w\s-]", ""), (r"(?u)\A\s*", ""), (r"(?u)\s*\Z", ""), (r"[-\s]+", "-")]


def _moment(header: Mapping[str, str], notes: Notes) -> datetime | None:
    if not header.get("date"):
        notes.error(
            "date-absente",
            1,
            words._("cette lettre n’a pas de date"),
            words._("Ajoutez au début du fichier :  Date: 2026-01-31"),
        )
        return None
    try:
        return get_date(header["date"])  # type: ignore[no-any-return]
    except ValueError:
        notes.error(
            "date-invalide",
            None,
            words.say("« {} » n’est pas une date", header["date"]),
            words._("Écrivez-la ainsi :  Date: 2026-01-31"),
        )
        return None


def _header(text: str, notes: Notes) -> tuple[dict[str, str], list[str], int]:
    """Return the header, the lines of the body, and the number of the first of these."""
    lines, header, last = text.splitlines(), dict[str, str](), ""
    at = 1 if lines and lines[0].strip() == "---" else 0
    while at < len(lines) and lines[at].strip() not in {"", "---", "..."}:
        found = _HEADER.match(lines[at])
        if found:
            last = found[1].lower()
            if last not in KEYS:
                notes.warning(
                    "cle-inconnue",
                    at + 1,
                    words.say("« {} » n’est pas une clé d’une lettre", found[1]),
                    words.say("Choix possibles : {}.", ", ".join(map(str.capitalize, KEYS))),
                )
            header[last] = found[2].strip().strip("\"'")
        elif last and lines[at][:1] in " \t":
            header[last] += f" {lines[at].strip()}"
        else:
            break
        at += 1
    if at < len(lines) and lines[at].strip() in {"---", "..."}:
        at += 1
    return header, lines[at:], at + 1
