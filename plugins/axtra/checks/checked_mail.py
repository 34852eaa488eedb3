"""A mail to check: its parts, and its HTML as Outlook and as other software read it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import accumulate

from axtra.checks.mail_elements import MailElement, fold
from axtra.checks.source_places import Place, SourceFile, SourcePlaces
from axtra.checks.view import View
from axtra.text import typography
from axtra.text.html.conditional_comments import seen_by_others, seen_by_outlook

HOST = "www.axtra.ca"


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
        raw: the whole message as it would be sent, when there is one.
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

    @cached_property
    def normal(self) -> View:
        """Return the mail as all software but Outlook for Windows reads it."""
        return View("", seen_by_others(self.html), self.host, self.preheader or "")

    @cached_property
    def outlook(self) -> View:
        """Return the mail as Outlook for Windows reads it."""
        return View("Outlook", seen_by_outlook(self.html), self.host, self.preheader or "")

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
        """Return where the texts of the mail were typed."""
        files = ((self.file, self.source), *self.beside.items())
        return SourcePlaces(tuple(SourceFile.of(*file) for file in files if file[1]), self.texts)

    @cached_property
    def _passages(self) -> dict[int, int]:
        """Return the rank, in `texts`, of the passage of each element that has one."""
        return {passage.element.index: at for at, passage in enumerate(self.normal.passages, 2)}

    def place_of(self, near: MailElement | int) -> Place | None:
        """Return where an element, or what is at an offset of `joined_texts`, was typed."""
        if isinstance(near, int):
            text = bisect_right(self._text_starts, near) - 1
            return self.places.at(text, near - self._text_starts[text])
        around = next((up for up in near.lineage if up.index in self._passages), None)
        if around is None:
            for at, passage in enumerate(self.normal.passages, 2):
                if near in passage.element.lineage:
                    return self.places.at(at, 0)
            before = [passage for passage in self._passages if passage <= near.index]
            last = before[-1] if before else -1
            images = [one["alt"] for one in self.normal.images if last < one.index <= near.index]
            start = self._passages[last] if before else 1
            return self.places.after(start, images if near.tag == "img" else [])
        words = "".join(_read_before(around, near))
        return self.places.at(self._passages[around.index], len(fold(words).lstrip(" ")))


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
