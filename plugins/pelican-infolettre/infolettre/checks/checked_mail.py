"""A mail to check: its parts, and its HTML as Outlook and as other software read it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from html import escape
from itertools import accumulate
from operator import itemgetter

from infolettre.checks.mail_elements import MailElement, fold
from infolettre.checks.own_edition import OwnEdition
from infolettre.checks.source_places import Piece, Place, SourceFile, SourcePlaces, words_of
from infolettre.checks.view import View
from infolettre.text import typography
from infolettre.text.html.conditional_comments import seen_by_others, seen_by_outlook

HOST = ""  # not known: images may come from anywhere
_HTML_PART = re.compile(rb"^content-type:\s*text/html", re.IGNORECASE | re.MULTILINE)
_WRITTEN = re.compile(r"(https?://[^\s<>\"]*[^\s<>\".,;:!?)])|[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


@dataclass(frozen=True)
class CheckedMail:
    """A mail to check.

    Attributes:
        file: the file that diagnostics name: the edition, or the mail itself.
        html: the HTML part.
        text: the text part; None when there is none to check.
        subject: None when unknown.
        preheader: None to read it from the HTML.
        source: the content of `file`, searched for the line of a problem.
        beside: other files that supply words of the mail, by name.
        host: the only host that images may come from.
        day: the day it was or will be sent; None when unknown.
        raw: the whole message as it would be sent, when there is one, without its stray lines.
        stray_lines: the lines among its headers that are no header.
        liste: the list that its headers name, without the domain; empty when they name none.
        edition: what the project says of it; None when that is not known.
        addresses: the paths that our site answers; None when they are not known.
    """

    file: str
    html: str
    text: str | None = None
    subject: str | None = None
    preheader: str | None = None
    source: str = ""
    beside: Mapping[str, str] = field(default_factory=dict)
    host: str = HOST
    day: date | None = None
    raw: bytes | None = field(default=None, repr=False)
    stray_lines: tuple[str, ...] = ()
    liste: str = ""
    edition: OwnEdition | None = field(default=None, repr=False)
    addresses: frozenset[str] | None = field(default=None, repr=False)

    @cached_property
    def normal(self) -> View:
        """Return the mail as all software but Outlook for Windows reads it."""
        return View("", seen_by_others(self.html), self.host, self.preheader or "")

    @cached_property
    def outlook(self) -> View:
        """Return the mail as Outlook for Windows reads it."""
        return View("Outlook", seen_by_outlook(self.html), self.host, self.preheader or "")

    @property
    def is_page(self) -> bool:
        """Tell whether its file is its HTML: lines of the one are lines of the other."""
        return self.source is self.html

    @property
    def text_alone(self) -> bool:
        """Tell whether the mail is a message of text, without HTML."""
        return bool(self.raw and self.text) and not _HTML_PART.search(self.raw or b"")

    @property
    def as_page(self) -> CheckedMail:
        """Return a mail of text alone with its text as a page, whose links the rules can follow."""
        return replace(self, html=page_of(self.text or ""))

    @cached_property
    def shown_preheader(self) -> str:
        """Return the preheader: the given value, or else the first hidden text of the HTML."""
        if self.preheader is not None:
            return self.preheader
        return next(
            (element.text for element in self.normal.body if element.hidden and element.text), ""
        )

    @cached_property
    def prose(self) -> tuple[str, ...]:
        """List the texts of the body."""
        return tuple(passage.text for passage in self.normal.passages)

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """List the texts that readers see: subject, preheader, body, alternative texts."""
        alts = (image["alt"] for image in self.normal.images)
        return (self.subject or "", self.shown_preheader, *self.prose, *alts)

    @cached_property
    def joined_texts(self) -> str:
        """Return `texts` joined, one per line."""
        return "\n".join(self.texts)

    @cached_property
    def folded_texts(self) -> str:
        """Return `joined_texts` without capitals, for patterns that ignore case."""
        return folded(self.joined_texts)

    @cached_property
    def readings(self) -> tuple[str, str]:
        """Return everything that readers see, as the HTML and as the text part say it."""
        inbox = (self.subject or "", self.shown_preheader)
        alts = (image["alt"] for image in self.normal.images)
        return "\n".join([self.normal.visible_text, *inbox, *alts]), self.text or ""

    @cached_property
    def advice(self) -> tuple[tuple[int, typography.Advice], ...]:
        """List the typographic advice on each text but the alts, with the offset of the text."""
        texts = (self.subject or "", self.shown_preheader, *self.prose)
        return tuple(
            (start, advice)
            for start, text in zip(self._text_starts, texts, strict=False)
            for advice in typography.lint(text)
        )

    @cached_property
    def _text_starts(self) -> list[int]:
        return [0, *accumulate(len(text) + 1 for text in self.texts)]

    @cached_property
    def places(self) -> SourcePlaces:
        """Return where what the mail says was typed."""
        files = ((self.file, self.source), *self.beside.items())
        pieces = [words_of(self.subject or ""), words_of(self.shown_preheader), *self._pieces[0]]
        return SourcePlaces(tuple(SourceFile.of(*file) for file in files if file[1]), pieces)

    @cached_property
    def _pieces(self) -> tuple[list[Piece], dict[int, tuple[int, int]]]:
        """List what is said by passages and images; place each, by index, in these pieces."""
        pieces, places = list[Piece](), dict[int, tuple[int, int]]()
        passages = {passage.element.index: passage.text for passage in self.normal.passages}
        for element in self.normal.body:
            if (text := passages.get(element.index)) is not None:
                places[element.index] = len(pieces) + 2, 0
                pieces.append(words_of(text))
            elif element.tag == "img":
                around = next((up for up in element.lineage if up.index in passages), None)
                if around is None:
                    places[element.index] = len(pieces) + 2, 0
                    pieces.append([(word, 0) for word, _ in words_of(element["alt"])])
                    continue
                piece, offset = places[around.index][0], _offset(around, element)
                places[element.index] = piece, offset
                alt = [(word, offset) for word, _ in words_of(element["alt"])]
                at = bisect_right(pieces[piece - 2], offset, key=itemgetter(1))
                pieces[piece - 2][at:at] = alt
        return pieces, places

    def place_of(self, near: MailElement | int) -> Place | None:
        """Return where an element, or what is at an offset of `joined_texts`, was typed."""
        places = self._pieces[1]
        if isinstance(near, int):
            text = bisect_right(self._text_starts, near) - 1
            if text < 2:  # noqa: PLR2004 - the subject and the preheader
                return self.places.at(text, near - self._text_starts[text])
            texts = [*(passage.element for passage in self.normal.passages), *self.normal.images]
            element, offset = texts[text - 2], near - self._text_starts[text]
            if element.tag != "img":
                return self.places.at(places[element.index][0], offset)
            near = element
        if near.tag == "img" and near.index in places:
            return self.places.image(*places[near.index], told=bool(words_of(near["alt"])))
        around = next((up for up in near.lineage if up.index in places), None)
        if around is not None:
            return self.places.at(places[around.index][0], _offset(around, near))
        inside = (text for text in self.normal.passages if near in text.element.lineage)
        first = next(inside, None)
        return self.places.at(places[first.element.index][0], 0) if first else None


def page_of(text: str) -> str:
    """Return a text as a page, without what only lays it out: rules, columns, names of images.

    A link is made of each address, with the line that announces it.
    """
    bare = re.sub(r"\[Image[ \u00a0]:[^\]]*\]|(?<=\S) {2,}(?=\S)", " ", text.replace("\r\n", "\n"))
    paragraphs = re.split(r"\n(?:[^\w\n]*\n)+", bare)
    return f"<html><body>{''.join(map(_paragraph, paragraphs))}</body></html>"


def _paragraph(text: str) -> str:
    lines, before = list[str](), ""
    for line in text.splitlines():
        found = _WRITTEN.search(line)
        if found is None:
            lines.append(escape(line))
        else:
            href = found[0] if found[1] else f"mailto:{found[0]}"
            alone = not line[: found.start()].strip(" <")
            label = f"{before} {line}" if alone and lines and before == lines[-1] else line
            if label is not line:
                lines.pop()
            lines.append(f'<a href="{escape(href)}">{escape(label)}</a>')
        before = line
    return f"<p>{'<br>'.join(lines)}</p>"


def _offset(around: MailElement, element: MailElement) -> int:
    """Return the offset of an element in the text of a passage."""
    return len(fold("".join(_read_before(around, element))).lstrip(" "))


def _read_before(around: MailElement, element: MailElement) -> Iterator[str]:
    """Yield what is read in an element before one of its descendants."""
    for child in around.children:
        if child is element:
            return
        if isinstance(child, str):
            yield child
        elif child in {*element.lineage}:
            yield from _read_before(child, element)
            return
        else:
            yield child.raw_text


def folded(text: str) -> str:
    """Fold the case as a pattern that ignores it does: « İ » and « ı » become « i »."""
    return text.replace("İ", "i").replace("ı", "i").casefold()
