"""Published content that no edition has shown."""

from __future__ import annotations

from axtra.content.audiences import ANY_MAIL
from axtra.content.letter_choices import addresses
from axtra.content.model import Event, Item, Library, Newsletter, Status, walk


def forgotten(library: Library) -> tuple[Item, ...]:
    """List the published items that no edition shows, links to or lists in a sommaire.

    Editions in preparation count; events that are over are left out.
    """
    shown: set[str] = set()
    for letter in library.items:
        if isinstance(letter, Newsletter):
            shown.update(addresses(letter.content))
            for node in walk(letter.body_for(ANY_MAIL)):
                shown.update(item.url for item in node.listed)
    today = library.moment.date()
    return tuple(
        item
        for item in library.items
        if item.kind.section
        and item.status is Status.PUBLISHED
        and item.url not in shown
        and not (isinstance(item, Event) and item.last_day < today)
    )
