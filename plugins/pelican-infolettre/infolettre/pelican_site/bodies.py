"""The body of a letter: Markdown, and blocks that name articles."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote

from markdown import Markdown
from pelican.urlwrappers import Author, Category, Tag

from infolettre import words
from infolettre.core.diagnostics import Notes, did_you_mean
from infolettre.letter.cards import THUMBNAIL_WIDTH, Card, Form
from infolettre.letter.renderers import Cards, Prose
from infolettre.pelican_site import articles
from infolettre.pelican_site.settings import LetterSettings
from infolettre.text import languages, typography

BLOCKS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"article": (), "articles": ("count", "category", "tag", "author", "since")}
)
_OPENING = re.compile(r" {0,3}/{3,}\s*([\w-]+)\s*(?:\|\s*(.*?))?\s*$")
_CLOSING = re.compile(r" {0,3}/{3,}\s*$")
_LINK = re.compile(
    r"""(?P<at>\b(?:href|src)=["'])[{|](?P<what>filename|static|attach|index|category|tag|author)"""
    r"""[}|](?P<path>[^"'#]*)"""
)
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_IMAGE = re.compile(r"<img [^>]*>")
_SOURCE = re.compile(r'\bsrc="([^"]*)"')
_ATTRIBUTE = re.compile(r"""(\b(?:href|src)=["'])/(?!/)""")
# Pages of Pelican that list articles, by the word that links to them.
_PAGES: Mapping[str, Any] = MappingProxyType(
    {"index": None, "category": Category, "tag": Tag, "author": Author}
)
_OPTION = re.compile(r"([A-Za-z][\w-]*)\s*:\s*(.*)")


@dataclass(frozen=True, slots=True)
class SiteContent:
    """What letters may name: `by_path` maps the files of the content to Pelican's objects."""

    by_path: Mapping[str, Any]
    articles: tuple[Any, ...]
    markdown: Mapping[str, Any]
    settings: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


def line_of(words_of_it: str, lines: list[str], first: int) -> int:
    """Return the number of the first of some lines that holds some words."""
    return next((at for at, text in enumerate(lines, first) if words_of_it in text), first)


class BodyReader:
    """Reads the body of a letter."""

    def __init__(
        self, settings: LetterSettings, content: SiteContent, notes: Notes, language: str
    ) -> None:
        self._settings, self._content, self._notes = settings, content, notes
        self._named_articles: set[str] = set()
        self._led = False  # whether a card has shown its picture at the width of the column
        self._now: tuple[list[str], int] = [], 1  # the prose that is read, and its first line
        self._language, self._french = language, language.lower().startswith("fr")
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
        at, fence = 0, ""
        while at < len(lines):
            marks = _FENCE.match(lines[at])
            if marks and (not fence or lines[at].strip().startswith(fence)):
                fence = "" if fence else marks[1]
            opened = None if fence else _OPENING.match(lines[at])
            if not fence and _CLOSING.match(lines[at]):
                self._notes.error(
                    "bloc-ferme",
                    first + at,
                    words._("ce « /// » ne ferme aucun bloc"),
                    words._("Enlevez-le, ou ouvrez le bloc :  /// article | {filename}/…"),
                )
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
            self._now = lines, first
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
            if found["what"] in _PAGES:
                url = self._page(found["what"], path)
            if found["what"] == "filename":
                named = self._public(path, path, line_of(found["path"], lines, first))
                url = named.url if named else path
            return f"{found['at']}{self._settings.siteurl}/{url.lstrip('/')}"

        return _LINK.sub(link, html)

    def _page(self, what: str, name: str) -> str:
        """Return the address of a page that lists articles."""
        settings = self._content.settings
        return str(
            settings["INDEX_SAVE_AS"] if what == "index" else _PAGES[what](name, settings).url
        )

    def _sized(self, image: re.Match[str]) -> str:
        """Return an image of the content with its width, which mail software needs."""
        address = _SOURCE.search(image[0])
        home = f"{self._settings.siteurl}/"
        if " width=" in image[0] or not address or not address[1].startswith(home):
            return image[0]
        file = unquote(address[1].removeprefix(home))
        if not (self._settings.content / file).is_file():
            self._notes.error(
                "image-absente",
                line_of(file, *self._now),
                words.say("l’image « {} » n’est pas dans le contenu du site", file),
                words._("Mettez-y le fichier, ou corrigez son chemin, qui part de PATH."),
            )
        width = articles.width_of(self._settings.content / file)
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

    def _article(self, argument: str, lines: list[str], number: int) -> Cards | None:
        for offset, line in enumerate(lines, 1):
            if line.strip():
                self._notes.error(
                    "bloc-rempli",
                    number + offset,
                    words._("le bloc « article » ne contient rien"),
                    words._("Fermez-le avant cette ligne :  ///"),
                )
        path = re.sub(r"^[{|]filename[}|]", "", argument)
        named = self._public(path, argument, number)
        return Cards((self._card(named),)) if named else None

    def _articles(self, argument: str, lines: list[str], number: int) -> Cards | None:
        options: dict[str, str] = {}
        for offset, line in enumerate(lines, 1):
            found = _OPTION.match(line.strip())
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

    def _laid_out(self, card: Card) -> Card:
        """Return a card whose picture takes the column, if it is the first, or else a corner."""
        picture = card.image
        if picture is None:
            return card
        if not self._led:
            self._led = True
            return replace(card, form=Form.LEAD, image=replace(picture, alt=str(card.title)))
        width = min(THUMBNAIL_WIDTH, picture.width)
        return replace(card, form=Form.THUMBNAIL, image=replace(picture, width=width))

    def _card(self, article: Any) -> Card:  # noqa: ANN401 - the same
        self._named_articles.add(article.url)
        card = self._laid_out(
            articles.card(article, self._settings.siteurl, self._settings.content)
        )
        spoken = str(getattr(article, "lang", "") or self._language)
        if spoken[:2].lower() != self._language[:2].lower():
            return replace(card, language=spoken)
        if not self._french:
            return card
        if not languages.is_french(f"{card.title} {articles.plain(article.content)}"):
            return replace(card, language="en")  # or another: what matters is that it is not French
        title, summary = self.corrected(str(card.title)), self.corrected(str(card.summary))
        return replace(card, title=title, summary=summary)
