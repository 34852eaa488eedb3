"""A letter as a mail: its templates, then its parts in HTML and in text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from infolettre import words
from infolettre.letter import plain_text
from infolettre.letter.cards import Shown
from infolettre.letter.plain_text import PlainWriter
from infolettre.letter.prose import ProseWriter
from infolettre.text.html.elements import Element
from infolettre.text.personal_values import Personal

TEMPLATES = Path(__file__).parents[1] / "templates"
SEEN = 140  # characters that an inbox shows after the subject, at most
PAD = "\u034f\u200c\u00a0"  # takes space, shows nothing
_HEADING = re.compile(r"<(/?)h([1-6])\b")
_STRICT: Mapping[str, Any] = {
    "undefined": StrictUndefined,
    "trim_blocks": True,
    "lstrip_blocks": True,
}


@dataclass(frozen=True, slots=True)
class Prose:
    """Paragraphs, as HTML."""

    html: str


@dataclass(frozen=True, slots=True)
class Cards:
    """Articles shown one under another, under a title if there is one."""

    cards: tuple[Shown, ...]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends a letter; `address` is a mailbox, `place` a postal address, line by line."""

    name: str
    address: str
    place: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A letter to render; `online` is the address of its page, `siteurl` has no final slash."""

    subject: str
    title: str
    preheader: str
    moment: datetime | None
    language: str
    siteurl: str
    online: str
    sender: Sender
    body: tuple[Prose | Cards, ...]


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a mail, whose personal links are sentinels; HTML is made of `mjml`."""

    mjml: str
    html: str
    text: str


@dataclass(frozen=True, slots=True)
class LetterTheme:
    """The templates of letters.

    Attributes:
        tokens: underscored names to what an MJML attribute takes.
        folders: where templates are, the first to have one before the others.
    """

    tokens: Mapping[str, str]
    folders: Sequence[Path] = field(default=(TEMPLATES,))

    def render(self, letter: Letter) -> Parts:
        """Render a letter, in its language.

        Raises:
            MjmlError: a template printed what mail software cannot read.
        """
        from infolettre.letter.mjml import compose  # noqa: PLC0415 - premailer is slow to load

        words.speak(letter.language)
        mjml = level(unicodedata.normalize("NFC", self._html(letter)))
        text = unicodedata.normalize("NFC", plain_text.tidy(self._text(letter)))
        return Parts(mjml, compose(mjml, "courriel.mjml"), text)

    def _html(self, letter: Letter) -> str:
        environment = self._environment(escapes=True)
        environment.globals["jeton"] = {
            name: Markup(value)  # noqa: S704 - checked: neither a quote nor a tag
            for name, value in self.tokens.items()
        }
        width = int(self.tokens["largeur"][:-2]) - 2 * int(self.tokens["gouttiere"][:-2])
        prose = ProseWriter(_reachable(letter.siteurl), _picture)
        return environment.get_template("courriel.mjml").render(
            lettre=letter,
            prose=prose.write,
            largeur_colonne=width,
            rembourrage=PAD * max(0, SEEN - len(letter.preheader)),
            couleurs=(),
        )

    def _text(self, letter: Letter) -> str:
        environment = self._environment(escapes=False)
        environment.filters.update(plie=plain_text.wrap, souligne=plain_text.underline)
        writer = PlainWriter(_reachable(letter.siteurl))
        return environment.get_template("courriel.txt").render(
            lettre=letter, prose=writer.write, lien=plain_text.link
        )

    def _environment(self, *, escapes: bool) -> Environment:
        loader = FileSystemLoader(self.folders)
        # Plain text has nothing to escape.
        environment = Environment(loader=loader, autoescape=escapes, **_STRICT)  # noqa: S701
        environment.globals.update(_=words._, say=words.say, jour=words.weekday, personnel=Personal)
        environment.tests["prose"] = lambda node: isinstance(node, Prose)
        return environment


def level(html: str) -> str:
    """Renumber headings so that none skips a level; classes keep their appearance."""
    last = 0

    def renumber(tag: re.Match[str]) -> str:
        nonlocal last
        if not tag[1]:
            last = min(int(tag[2]), last + 1)
        return f"<{tag[1]}h{last}"

    return _HEADING.sub(renumber, html)


def _reachable(siteurl: str) -> Any:  # noqa: ANN401 - a function of addresses
    def reachable(address: str) -> str | None:
        if not address or address.startswith("#"):
            return None
        return siteurl + address if address.startswith("/") else address

    return reachable


def _picture(element: Element) -> Element:
    """Return an image of the prose as mail software shows it."""
    kept = {name: element[name] for name in ("src", "alt", "width") if element[name]}
    return Element("img", {"class": "image", "alt": "", **kept})
