"""Everything a book may show, by its address on the site; nothing else is ever read."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from axtra.books.book_theme import Look
from axtra.content.model import Library
from axtra.design import illustration, image_files
from axtra.pictures import drawings

FONTS = "/theme/polices/"
LOGO = "/livre/axe.svg"
_TYPES = {".svg": "image/svg+xml", ".woff2": "font/woff2"}
_WIDTH = 600  # px at which a picture is shown; its file is twice as wide, 175 px an inch on paper


class AbsentError(LookupError):
    """A book asks for what is neither content, nor theme, nor drawing."""


# A drawing with words names the fonts of screens; a book has its own, and no others.
_FAMILY = re.compile(rb"""font-family=("[^"]*"|'[^']*')|font-family:([^;"}<]*)""")


def _ours(found: re.Match[bytes]) -> bytes:
    serif = re.search(rb"Georgia|Times|(?<!-)\bserif", found[0])
    name = b"AXE Serif" if serif else b"AXE Sans"
    return b'font-family="%b"' % name if found[1] else b"font-family:%b" % name


@dataclass(frozen=True, slots=True)
class Piece:
    """A file that a book shows; `extension` with its dot."""

    data: bytes
    extension: str

    @property
    def media_type(self) -> str:
        """Name its kind."""
        known = _TYPES.get(self.extension) or mimetypes.guess_type(f"x{self.extension}")[0]
        return known or "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Shelf:
    """The pictures of the content folder, the drawings and the fonts."""

    look: Look
    library: Library
    sheets: Mapping[str, drawings.Sheet]  # by address
    _rasters: dict[str, Piece] = field(default_factory=dict)

    def read(self, url: str) -> Piece:
        """Give the file behind a root-relative address.

        Raises:
            AbsentError: The address leads elsewhere.
            ImageError: A photograph cannot be read whole.
        """
        if sheet := self.sheets.get(url):
            return Piece(sheet.svg(self.look.tokens).encode(), ".svg")
        if url == LOGO:
            colours = self.look.tokens.colours["clair"]
            logo = illustration.wordmark(letters=colours["marine"], axis=colours["accent"])
            return Piece(logo.svg().encode(), ".svg")
        for face in self.look.faces:
            if url == f"{FONTS}{face.name}":
                return Piece(face.data, ".woff2")
        if url.removeprefix("/") in self.library.assets:
            return self._picture(url)
        raise AbsentError(url)

    def _picture(self, url: str) -> Piece:
        """Read a drawing as it is, a photograph as e-readers know it and no larger than shown."""
        path = Path(self.look.content, url.removeprefix("/"))
        if PurePosixPath(url).suffix.lower() == ".svg":
            return Piece(_FAMILY.sub(_ours, path.read_bytes()), ".svg")
        if url not in self._rasters:
            paper = self.look.tokens.colours["clair"]["papier"]
            raster = image_files.for_mail(path, width=_WIDTH, paper=paper)
            self._rasters[url] = Piece(raster.data, raster.extension)
        return self._rasters[url]
