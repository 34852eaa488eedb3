"""Letters as people write them: Pelican's own header, Markdown, and blocks that name articles."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote

from markdown import Markdown
from pelican.utils import get_date, slugify

from infolettre import words
from infolettre.core.diagnostics import Notes, did_you_mean
from infolettre.letter.cards import Card
from infolettre.letter.renderers import Cards, Prose
from infolettre.pelican_site import articles
from infolettre.pelican_site.settings import LetterSettings
from infolettre.text import languages, typography

KEYS = ("title", "subject", "date", "slug", "summary", "lang", "status")
BLOCKS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"article": (), "articles": ("count", "category", "tag", "author", "since")}
)
_HEADER = re.compile(r"([A-Za-z][\w-]*)\s*:\s*(.*)")
_OPENING = re.compile(r" {0,3}/{3,}\s*([\w-]+)\s*(?:\|\s*(.*?))?\s*$")
_CLOSING = re.compile(r" {0,3}/{3,}\s*$")
_LINK = re.compile(
    r"""(?P<at>\b(?:href|src)=["'])[{|](?P<what>filename|static|attach)[}|](?P<path>[^"'#]*)"""
)
_IMAGE = re.compile(r"<img [^>]*>")
_SOURCE = re.compile(r'\bsrc="([^"]*)"')
_ATTRIBUTE = re.compile(r"""(\b(?:href|src)=["'])/(?!/)""")


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


@dataclass(frozen=True, slots=True)
class SiteContent:
    """What letters may name: `by_path` maps the files of the content to Pelican's objects."""

    by_path: Mapping[str, Any]
    articles: tuple[Any, ...]
    markdown: Mapping[str, Any]


def files(folders: Iterable[Path]) -> list[Path]:
    """List the files of the letters, by name."""
    return sorted(path for folder in folders if folder.is_dir() for path in folder.rglob("*.md"))


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
    reader = _BodyReader(settings, content, notes, header.get("lang") or settings.language)
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
    correct = reader.corrected
    return LetterFile(
        file=name,
        source=text,
        slug=header.get("slug") or slugify(path.stem, settings_substitutions()),
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


def _line(words_of_it: str, lines: list[str], first: int) -> int:
    """Return the number of the first of some lines that holds some words."""
    return next((at for at, text in enumerate(lines, first) if words_of_it in text), first)


class _BodyReader:
    """Reads the body of a letter."""

    def __init__(
        self, settings: LetterSettings, content: SiteContent, notes: Notes, language: str
    ) -> None:
        self._settings, self._content, self._notes = settings, content, notes
        self._named_articles: set[str] = set()
        self._french = language.lower().startswith("fr")
        configured = content.markdown
        # Pelican's own reader fills this list in, where it has read a file.
        extensions = configured.get("extensions") or configured.get("extension_configs", ())
        self._markdown = Markdown(**{**configured, "extensions": [*extensions]})

    def corrected(self, text: str) -> str:
        """Return a line with the typography of its language."""
        return typography.correct_text(text) if self._french else text

    def nodes(self, lines: list[str], first: int) -> Iterator[Prose | Cards]:
        """Yield the nodes of a body whose first line has a number."""
        prose: list[str] = []
        at = 0
        while at < len(lines):
            opened = _OPENING.match(lines[at])
            if not opened:
                prose.append(lines[at])
                at += 1
                continue
            yield from self._prose(prose, first + at - len(prose))
            prose, start = [], at
            at += 1
            while at < len(lines) and not _CLOSING.match(lines[at]):
                at += 1
            if at == len(lines):
                self._notes.error(
                    "bloc-ouvert",
                    first + start,
                    words.say("le bloc « {} » n’est jamais fermé", opened[1]),
                    words._("Ajoutez, seule sur une ligne :  ///"),
                )
                return
            yield from self._block(opened[1], opened[2] or "", lines[start + 1 : at], first + start)
            at += 1
        yield from self._prose(prose, first + at - len(prose))

    def _prose(self, lines: list[str], first: int) -> Iterator[Prose]:
        text = "\n".join(lines).strip("\n")
        if text.strip():
            html = self._markdown.reset().convert(text)
            if self._french:
                html = typography.correct_html(html)
            html = _ATTRIBUTE.sub(
                rf"\g<1>{self._settings.siteurl}/", self._linked(html, lines, first)
            )
            yield Prose(_IMAGE.sub(self._sized, html))

    def _linked(self, html: str, lines: list[str], first: int) -> str:
        """Make whole addresses of Pelican's links; note those that lead nowhere."""

        def link(found: re.Match[str]) -> str:
            path = unquote(found["path"])
            url = path
            if found["what"] == "filename":
                line = next(
                    (at for at, text in enumerate(lines, first) if found["path"] in text), first
                )
                named = self._public(path, path, line)
                url = named.url if named else path
            return f"{found['at']}{self._settings.siteurl}/{url.lstrip('/')}"

        return _LINK.sub(link, html)

    def _sized(self, image: re.Match[str]) -> str:
        """Return an image of the content with its width, which mail software needs."""
        address = _SOURCE.search(image[0])
        home = f"{self._settings.siteurl}/"
        if " width=" in image[0] or not address or not address[1].startswith(home):
            return image[0]
        width = articles.width_of(self._settings.content / unquote(address[1].removeprefix(home)))
        return image[0].replace("<img ", f'<img width="{width}" ', 1) if width else image[0]

    def _public(self, path: str, typed: str, number: int) -> Any:  # noqa: ANN401
        """Return what a path names, if anyone may read it; note why not."""
        known = self._content.by_path
        named = known.get(posixpath.normpath(path.lstrip("/")))
        if named is None:
            self._notes.error(
                "carte-inconnue",
                number,
                words.say("« {} » ne mène à aucun article", typed),
                did_you_mean(path.lstrip("/"), known),
            )
        elif getattr(named, "status", "published") not in {"published", "hidden"}:
            self._notes.error(
                "carte-inachevee",
                number,
                words.say("« {} » n’est pas publié", typed),
                words._("Publiez-le d’abord, ou enlevez ce passage."),
            )
            return None
        return named

    def _block(self, name: str, argument: str, lines: list[str], number: int) -> Iterator[Cards]:
        if name not in BLOCKS:
            self._notes.error(
                "bloc-inconnu",
                number,
                words.say("« {} » n’est pas un bloc d’une lettre", name),
                did_you_mean(name, BLOCKS),
            )
            return
        read: Callable[[str, list[str], int], Cards | None]
        read = self._article if name == "article" else self._articles
        cards = read(argument, lines, number)
        if cards is not None:
            yield cards

    def _article(self, argument: str, _lines: list[str], number: int) -> Cards | None:
        path = re.sub(r"^[{|]filename[}|]", "", argument)
        named = self._public(path, argument, number)
        return Cards((self._card(named),)) if named else None

    def _articles(self, argument: str, lines: list[str], number: int) -> Cards | None:
        options: dict[str, str] = {}
        for offset, line in enumerate(lines, 1):
            found = _HEADER.match(line.strip())
            if found and found[1].lower() in BLOCKS["articles"]:
                options[found[1].lower()] = found[2].strip()
            elif line.strip():
                self._notes.error(
                    "option-inconnue",
                    number + offset,
                    words.say("« {} » n’est pas une option du bloc « articles »", line.strip()),
                    words.say("Choix possibles : {}.", ", ".join(BLOCKS["articles"])),
                )
        try:
            shown = self._named_articles
            left = (article for article in self._content.articles if article.url not in shown)
            found_articles = articles.chosen(left, options)
        except ValueError as error:
            self._notes.error(
                "option-invalide",
                number,
                words.say("une option ne se lit pas : {}", error),
                words._("Écrivez par exemple :  count: 5  ou  since: 2026-01-31"),
            )
            return None
        if not found_articles:
            self._notes.error(
                "cartes-absentes",
                number,
                words._("ce bloc ne trouve aucun article"),
                words._("Changez ses options."),
            )
            return None
        return Cards(tuple(map(self._card, found_articles)), self.corrected(argument))

    def _card(self, article: Any) -> Card:  # noqa: ANN401 - the same
        self._named_articles.add(article.url)
        card = articles.card(article, self._settings.siteurl, self._settings.content)
        if not self._french:
            return card
        if not languages.is_french(f"{card.title} {articles.plain(article.content)}"):
            return replace(card, language="en")  # or another: what matters is that it is not French
        title, summary = self.corrected(str(card.title)), self.corrected(str(card.summary))
        return replace(card, title=title, summary=summary)
