"""What WeasyPrint leaves out of the structure of a PDF: notes, the contents, the page labels."""

from __future__ import annotations

from typing import Any


def finish(document: Any, pdf: Any) -> None:  # noqa: ANN401, ARG001 - WeasyPrint has no types
    """Complete the structure of a PDF before it is written."""
