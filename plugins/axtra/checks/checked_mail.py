"""A mail to check, as values: its parts, and its HTML as two families of software read it."""

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
_SPACES = re.compile(r"\s+")
_CURLY = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"'})


@dataclass(frozen=True)
class CheckedMail:
    """A mail to check.

    Attributes:
        file: what diagnostics name: the edition, or the mail itself.
        html: the HTML part.
        text: the text part; None when there is none to look at.
        subject: None when it is not known.
        preheader: None when it is to be read in the HTML.
        source: what `file` holds, in which lines are found.
        beside: other files that its words come from, by name.
        host: the only host that images may come from.
        day: the day it was sent or will be; None when it is not known.
        raw: the whole message as it would leave, when it exists.
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
        """Read it as software that knows no conditional comment."""
        return View("", seen_by_others(self.html), self.host, self.preheader or "")

    @cached_property
    def outlook(self) -> View:
        """Read it as Word-based Outlook: what it alone sees is shown, what it skips is gone."""
        return View("Outlook", seen_by_outlook(self.html), self.host, self.preheader or "")

    @cached_property
    def announced(self) -> str:
        """Give the preheader: the one given, or the first hidden words of the HTML."""
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
        """List each text that readers see: the inbox line, the body, what is said of images."""
        alts = (image["alt"] for image in self.normal.images)
        return (self.subject or "", self.announced, *self.prose, *alts)

    @cached_property
    def told(self) -> str:
        """Join these texts, a line each."""
        return "\n".join(self.texts)

    @cached_property
    def folded(self) -> str:
        """Give the same without capitals, as a pattern that ignores them reads it."""
        return folded(self.told)

    @cached_property
    def seen(self) -> str:
        """Join all that readers see, the text part too."""
        inbox = (self.subject or "", self.announced)
        alts = (image["alt"] for image in self.normal.images)
        return "\n".join([self.normal.words, self.text or "", *inbox, *alts])

    @cached_property
    def advice(self) -> tuple[typography.Advice, ...]:
        """List what the typography of the project says of each text, the inbox line included."""
        texts = (self.subject or "", self.announced, *self.prose)
        return tuple(advice for text in texts for advice in typography.lint(text))

    @cached_property
    def _lines(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        files = ((self.file, self.source), *self.beside.items())
        return tuple((name, tuple(map(plain, text.splitlines()))) for name, text in files)

    def place(self, needle: str) -> tuple[str, int | None]:
        """Find the file and the line of some words or of an address; at worst, the mail itself."""
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
    """Take capitals away, as a pattern that ignores them does: « İ » and « ı » are « i »."""
    return text.replace("İ", "i").replace("ı", "i").casefold()


def plain(text: str) -> str:
    """Reduce text to what an editor typed: spaces and quotation marks of any kind are equal."""
    bare = re.sub(r"[«»\"]", '"', text.translate(_CURLY))
    return _SPACES.sub(" ", bare.replace("\u034f", "").replace("\u200c", "")).strip().casefold()
