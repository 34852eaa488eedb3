"""Everything a book may show, by its address on the site; nothing else is ever read."""

from __future__ import annotations

import hashlib
import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import unquote

from axtra.books.book_theme import FONTS, BookTheme
from axtra.content.model import Library
from axtra.design import fonts, illustration, image_files
from axtra.design.illustration import Format
from axtra.pictures.drawings import DrawingFile
from infolettre.core import regular_files

# How the address of a drawing ends; a book has it square too, so that no word of it is cut.
LANDSCAPE, SQUARE = "-paysage.svg", "-carre.svg"
# The name of the magazine on paper and on ink, with the colours of its letters and of its axis.
_LOGOS = {
    "/livre/axe.svg": ("marine", "accent"),
    "/livre/axe-blanc.svg": ("sur-marine", "x-marine"),
}
_TYPES = {".svg": "image/svg+xml", ".woff2": "font/woff2", ".ttf": "font/ttf"}
_WIDTH = 600  # px at which a picture is shown; its file is twice as wide, 175 px an inch on paper


class MissingResourceError(LookupError):
    """A book refers to what is neither content, nor theme, nor drawing."""


# A drawing with words names the fonts of screens; a book has its own, and no others.
_FAMILY = re.compile(rb"""font-family=("[^"]*"|'[^']*')|font-family:([^;"}<]*)""")


def _book_font(match: re.Match[bytes]) -> bytes:
    serif = re.search(rb"Georgia|Times|(?<!-)\bserif", match[0])
    name = b"AXE Serif" if serif else b"AXE Sans"
    return b'font-family="%b"' % name if match[1] else b"font-family:%b" % name


@dataclass(frozen=True, slots=True)
class Resource:
    """A file that a book shows; `extension` starts with a dot."""

    data: bytes
    extension: str

    @property
    def media_type(self) -> str:
        """Return the media type of the file."""
        known = _TYPES.get(self.extension) or mimetypes.guess_type(f"x{self.extension}")[0]
        return known or "application/octet-stream"


@dataclass(frozen=True, slots=True)
class BookResources:
    """The pictures of the content folder, the drawings and the fonts."""

    theme: BookTheme
    library: Library
    drawings: Mapping[str, DrawingFile]  # by address
    _rasters: dict[str, Resource] = field(default_factory=dict)

    def read(self, url: str) -> Resource:
        """Return the file of a root-relative address.

        Raises:
            MissingResourceError: the address leads elsewhere.
            ImageError: a photograph cannot be read whole.
        """
        name = unquote(url)
        if drawing := self.drawings.get(name.replace(SQUARE, LANDSCAPE)):
            if name.endswith(SQUARE):
                drawing = replace(drawing, form=Format.SQUARE)
            return Resource(drawing.svg(self.theme.tokens).encode(), ".svg")
        if inks := _LOGOS.get(url):
            letters, axis = (self.theme.tokens.colours["clair"][ink] for ink in inks)
            logo = illustration.wordmark(letters=letters, axis=axis, name=self.library.facts.sign)
            return Resource(logo.svg().encode(), ".svg")
        for face in self.theme.faces:
            if url == f"{FONTS}{face.name}":
                return Resource(fonts.uncompressed(face.data), ".ttf")
        file, palette = self._asset(url)
        if file:
            return self._picture(file, palette)
        raise MissingResourceError(url)

    def source(self, url: str) -> bytes:
        """Return what tells the file of a root-relative address from any other.

        That of a photograph is what it is made from: to encode it takes longer than the rest of
        what the key of a kept book is made from.

        Raises:
            MissingResourceError: the address leads elsewhere.
        """
        file, palette = self._asset(url)
        if not file or Path(file).suffix.lower() == ".svg":
            return self.read(url).data
        colours, palettes = self.theme.tokens.colours["clair"], self.theme.tokens.palettes
        inks = palettes[palette].inks if palette in palettes else None
        made_with = f"{file} {colours['papier']} {inks} {_WIDTH} {image_files.TOOLS}".encode()
        content = self.theme.content
        return made_with + hashlib.sha256(regular_files.read(content / file, content)).digest()

    def _asset(self, url: str) -> tuple[str, str]:
        """Return the file of the content folder at an address, or nothing, and its palette."""
        path, _, palette = url.partition("?encres=")
        return self.library.assets.get(unquote(path.removeprefix("/")), ""), palette

    def _picture(self, file: str, palette: str) -> Resource:
        """Return a drawing as it is, or a photograph in a common format, no larger than shown.

        `palette` names the inks in which it is printed, if any.
        """
        content = self.theme.content
        path = Path(content, file)
        if path.suffix.lower() == ".svg":
            return Resource(_FAMILY.sub(_book_font, regular_files.read(path, content)), ".svg")
        key, palettes = f"{file}?{palette}", self.theme.tokens.palettes
        if key not in self._rasters:
            paper = self.theme.tokens.colours["clair"]["papier"]
            raster = image_files.for_mail(
                path,
                width=_WIDTH,
                paper=paper,
                within=content,
                inks=palettes[palette].inks if palette in palettes else None,
            )
            self._rasters[key] = Resource(raster.data, raster.extension)
        return self._rasters[key]
