"""The screens, one module each: `routes` returns the addresses that it answers."""

from __future__ import annotations

from types import ModuleType


def every() -> tuple[ModuleType, ...]:
    """Return the modules of the screens."""
    from axtra.atelier.screens import (  # noqa: PLC0415 - they import each other's addresses
        announcing,
        centre_lists,
        centres,
        frames,
        history,
        home,
        images,
        importing,
        journal,
        logs,
        newsletters,
        numeros,
        people,
        proposal,
        publication,
        reception,
        settings,
        subscribers,
        text,
        texts,
        welcome,
        year,
    )

    return (
        home,
        reception,
        texts,
        text,
        centres,
        centre_lists,
        history,
        proposal,
        numeros,
        newsletters,
        images,
        subscribers,
        importing,
        welcome,
        publication,
        announcing,
        year,
        logs,
        settings,
        journal,
        people,
        frames,
    )
