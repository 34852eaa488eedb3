"""Where the menus of the site lead."""

from __future__ import annotations

from collections.abc import Mapping

from axtra.content.links import Addresses
from axtra.content.model import Facts, Item, Status
from infolettre.core.diagnostics import Notes, did_you_mean


def inspect(
    file: str, facts: Facts, known: Mapping[str, Item | None], addresses: Addresses
) -> Notes:
    """Return what is wrong with the entries of the menus.

    Args:
        file: where they are declared.
        facts: those of the site.
        known: what is at each address of the site; None for a page that no text makes.
        addresses: tells an address of the site itself from another.
    """
    notes = Notes(file)
    for label, address in (*facts.menu, *facts.footer):
        path = address if address.startswith("/") else addresses.own(address)
        path = path and path.partition("#")[0]
        end = known.get(path) if path else None
        if path is not None and path not in known:
            notes.error(
                "lien-brise",
                None,
                f"l’entrée « {label} » mène à {address}, qui n’existe pas",
                did_you_mean(address, known),
            )
        elif end is not None and end.status is not Status.PUBLISHED:
            notes.error(
                "lien-vers-brouillon",
                None,
                f"l’entrée « {label} » mène à {address}, qui n’est pas encore paru",
                f"Publiez d’abord {end.source}, ou enlevez cette entrée.",
            )
    return notes
