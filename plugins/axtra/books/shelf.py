"""Everything a book may show, by its address on the site; nothing else is ever read."""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass, field
from pathlib import Path

from axtra import drawings, illustration
from axtra.books.look import Look
from axtra.model import Library

FONTS = "/theme/polices/"
LOGO = "/livre/axe.svg"
_TYPES = {".svg": "image/svg+xml", ".woff2": "font/woff2", ".webp": "image/webp"}


class AbsentError(LookupError):
    """A book asks for what is neither content, nor theme, nor drawing."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """The pictures of the content folder, the drawings and the fonts."""

    look: Look
    library: Library
    _sheets: dict[str, drawings.Sheet] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._sheets.update({sheet.url: sheet for sheet in drawings.sheets(self.library)})

    def read(self, url: str) -> bytes:
        """Give the bytes behind a root-relative address.

        Raises:
            AbsentError: The address leads elsewhere.
        """
        if sheet := self._sheets.get(url):
            return sheet.svg(self.look.tokens).encode()
        if url == LOGO:
            colours = self.look.tokens.colours["clair"]
            logo = illustration.wordmark(letters=colours["marine"], axis=colours["accent"])
            return logo.svg().encode()
        for face in self.look.faces:
            if url == f"{FONTS}{face.name}":
                return face.data
        if url.removeprefix("/") in self.library.assets:
            return Path(self.look.content, url.removeprefix("/")).read_bytes()
        raise AbsentError(url)


def media_type(url: str) -> str:
    """Name the kind of a file by the end of its name."""
    suffix = Path(url).suffix.lower()
    return _TYPES.get(suffix) or mimetypes.guess_type(url)[0] or "application/octet-stream"
