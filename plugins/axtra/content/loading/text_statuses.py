"""What each text is to its readers, from its place and its own lines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from axtra.content.frontmatter import Source
from axtra.content.model import Item, Page, Status, Text
from axtra.content.schema import Kind
from infolettre.core import dates

# From what readers see to what they will not see without a person's hand.
BY_WAIT = (Status.PUBLISHED, Status.SCHEDULED, Status.DRAFT)


@dataclass(frozen=True, slots=True)
class TextFile:
    """A file of a text, readable or not: what its place and its own lines say."""

    kind: Kind
    slug: str
    numero: str  # folder of the numéro, or ""
    name: str  # relative to the project's root
    own: Status  # as if nothing else waited

    def stand_in(self, status: Status) -> Item:
        """Stand for an item that its header does not allow to build."""
        return Page(
            kind=self.kind,
            slug=self.slug,
            source=self.name,
            url=self.kind.url.format(slug=self.slug, numero=self.numero),
            status=status,
            title=Text.of(self.slug),
            shown=False,
        )


def own_status(source: Source, declared: Status, moment: datetime) -> Status:
    """Return the status of a text that was read; `declared`: what its mistakes leave to read."""
    fields = source.fields
    if "status" in fields and fields["status"].value == "brouillon":
        return Status.DRAFT
    days = [fields[name].value for name in ("date", "embargo") if name in fields]
    waits = any(isinstance(day, datetime) and not dates.has_come(day, moment) for day in days)
    return _later(declared, Status.SCHEDULED if waits else Status.PUBLISHED)


def statuses_of(texts: Iterable[TextFile]) -> dict[str, Status]:
    """Return the status of each text, by its file: an article waits for its numéro too."""
    texts = list(texts)
    numeros = {text.numero: text.own for text in texts if text.kind.name == "numero"}
    return {
        text.name: _later(text.own, numeros.get(text.numero, Status.PUBLISHED)) for text in texts
    }


def _later(*statuses: Status) -> Status:
    """Return the status that keeps a text from readers the longest."""
    return max(statuses, key=BY_WAIT.index)
