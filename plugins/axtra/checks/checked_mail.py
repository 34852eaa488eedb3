"""A mail to check: its parts, and its HTML as Outlook and as other software read it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from axtra.checks.view import View
from axtra.text import typography
from axtra.text.html.conditional_comments import seen_by_others, seen_by_outlook

HOST = "www.axtra.ca"
_OTHER_PART = re.compile(rb"^content-type:(?!\s*text/plain)", re.IGNORECASE | re.MULTILINE)
_SPACES = re.compile(r"\s+")
_CURLY = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"'})


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

    @cached_property
    def normal(self) -> View:
        """Return the mail as all software but Outlook for Windows reads it."""
        return View("", seen_by_others(self.html), self.host, self.preheader or "")

    @cached_property
    def outlook(self) -> View:
        """Return the mail as Outlook for Windows reads it."""
        return View("Outlook", seen_by_outlook(self.html), self.host, self.preheader or "")

    @property
    def text_alone(self) -> bool:
        """Tell whether the mail is a message of text, without HTML."""
        other = _OTHER_PART.search(self.raw or b"")
        return bool(self.raw and self.text) and not (self.html or other)

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
        return tuple(dict.fromkeys(passage.text for passage in self.normal.passages))

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
    def visible_text(self) -> str:
        """Return everything that readers see, the text part included."""
        inbox = (self.subject or "", self.shown_preheader)
        alts = (image["alt"] for image in self.normal.images)
        return "\n".join([self.normal.visible_text, self.text or "", *inbox, *alts])

    @cached_property
    def advice(self) -> tuple[typography.Advice, ...]:
        """List the typographic advice on each text, subject and preheader included."""
        texts = (self.subject or "", self.shown_preheader, *self.prose)
        return tuple(advice for text in texts for advice in typography.lint(text))

    @cached_property
    def _lines(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        files = ((self.file, self.source), *self.beside.items())
        return tuple((name, tuple(map(plain, text.splitlines()))) for name, text in files)

    def locate(self, needle: str) -> tuple[str, int | None]:
        """Return the file and line of some words or of an address, or else the mail itself."""
        wanted = plain(needle)
        path = wanted.removeprefix(f"https://{self.host}")
        slug = path.strip("/").rpartition("/")[2]
        few = " ".join(wanted.split()[:4])
        for words in dict.fromkeys((wanted, path, slug, few)):
            if len(words) > 1:
                for name, lines in self._lines:
                    for number, line in enumerate(lines, 1):
                        if words in line:
                            return name, number
        return self.file, None


def folded(text: str) -> str:
    """Fold the case as a pattern that ignores it does: « İ » and « ı » become « i »."""
    return text.replace("İ", "i").replace("ı", "i").casefold()


def plain(text: str) -> str:
    """Reduce text to what an editor typed: all spaces, and all quotation marks, become alike."""
    bare = re.sub(r"[«»\"]", '"', text.translate(_CURLY))
    return _SPACES.sub(" ", bare.replace("\u034f", "").replace("\u200c", "")).strip().casefold()
