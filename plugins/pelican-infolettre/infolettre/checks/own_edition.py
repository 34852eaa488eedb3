"""What a project says of one of its letters, to be compared with its mail."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from functools import cached_property

from infolettre.checks.view import Passage, View
from infolettre.text import first_names


@dataclass(frozen=True)
class OwnEdition:
    """An edition as the project writes it now.

    Attributes:
        name: its name.
        subject: its subject.
        preheader: its preheader.
        online: the address of its page.
        day: its date; None for a draft without one.
        sender: the address of who sends it.
        list_name: what it calls its list.
        views: its HTML as all software but Outlook for Windows reads it, for each reader that
            the mail may be for; first names are still sentinels.
        images: the addresses of its images, from the root of the site.
    """

    name: str
    subject: str
    preheader: str
    online: str
    day: date | None
    sender: str
    list_name: str
    views: tuple[View, ...]
    images: frozenset[str]

    def closest(self, passages: Sequence[Passage]) -> Comparison:
        """Compare the passages of a mail with those of the reader that it is most like."""
        compared = [Comparison(passages, view) for view in self.views]
        return max(compared, key=lambda comparison: comparison.ratio)


@dataclass(frozen=True)
class Comparison:
    """The passages of a mail, and the view of an edition that they should come from."""

    passages: Sequence[Passage]
    view: View

    @property
    def ratio(self) -> float:
        """Return how alike they are, from 0 to 1."""
        return self._matcher.ratio()

    @cached_property
    def _theirs(self) -> list[str]:
        return [first_names.fill(passage.text).strip() for passage in self.view.passages]

    @cached_property
    def _mine(self) -> list[str]:
        """List the texts of the mail; what a first name completes is read without it."""
        said = {*self._theirs}
        named = [
            (re.compile(_named(passage.text)), own)
            for passage, own in zip(self.view.passages, self._theirs, strict=True)
            if first_names.held(passage.text)
        ]
        return [
            text
            if (text := passage.text.strip()) in said
            else next((own for pattern, own in named if pattern.fullmatch(text)), text)
            for passage in self.passages
        ]

    @cached_property
    def _matcher(self) -> SequenceMatcher[str]:
        return SequenceMatcher(None, self._theirs, self._mine, autojunk=False)

    def differences(self) -> Iterator[tuple[str, Passage | str]]:
        """Yield what differs: « ajout », « place » or « perte », with the passage or its text."""
        changes = [change for change in self._matcher.get_opcodes() if change[0] != "equal"]
        lost = [text for _, start, end, _, _ in changes for text in self._theirs[start:end]]
        for _, _, _, start, end in changes:
            for text, passage in zip(self._mine[start:end], self.passages[start:end], strict=True):
                if text in lost:
                    lost.remove(text)
                    yield "place", passage
                else:
                    yield "ajout", passage
        yield from (("perte", text) for text in lost)


def _named(text: str) -> str:
    """Return the pattern of a text whose sentinels any first name may take the place of."""
    pieces, at = [], 0
    for match in first_names.SENTINEL.finditer(text):
        place = first_names.NamePlace.of(match[0])
        before, default = (place.before, place.default) if place else ("", "")
        pieces.append(re.escape(text[at : match.start()]))
        pieces.append(rf"(?:{re.escape(default)}|{re.escape(before)}[^\W\d_][^,;:!?]{{0,39}})")
        at = match.end()
    return "".join([*pieces, re.escape(text[at:])])
