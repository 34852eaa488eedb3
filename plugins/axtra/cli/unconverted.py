"""Errors of rooms that do not raise refusals yet, as refusals."""

from __future__ import annotations

from axtra.core.refusals import Refusal

_ARROW = "\n    → "


def errors() -> tuple[type[Exception], ...]:
    """Return the types of these errors; a command that succeeds does not import them."""
    from axtra.content.skeletons import RefusedError  # noqa: PLC0415

    return (RefusedError,)


def refusal_of(error: Exception) -> Refusal:
    """Return one of these errors as a refusal."""
    return Refusal(*split_remedy(str(error)))


def split_remedy(text: str) -> tuple[str, str]:
    """Split a problem from its remedies, a line each."""
    problem, _, remedies = text.partition(_ARROW)
    return problem, remedies.replace(_ARROW, "\n")
