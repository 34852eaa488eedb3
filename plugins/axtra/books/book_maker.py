"""Makes the books of numéros; a book is kept while its words, pictures, theme and tools stay."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from importlib.resources import files
from typing import TypeAlias

from filelock import FileLock
from lxml.html import tostring

from axtra.books import epub, parts, pdf
from axtra.books.book_theme import FOLDER, BookTheme
from axtra.books.parts import Part
from axtra.books.resources import BookResources
from axtra.content.model import Library, Numero
from axtra.core.cache import Store
from axtra.pictures import covers
from axtra.pictures.drawings import DrawingFile

_TOOLS = ("weasyprint", "pydyf", "pyphen", "ebooklib", "lxml", "pillow", "resvg-py", "fonttools")
_Make: TypeAlias = Callable[[Numero, tuple[Part, ...], BookResources], bytes]


@dataclass(frozen=True, slots=True)
class BookMaker:
    """Makes the books of a build, or returns those that are kept."""

    library: Library
    theme: BookTheme
    store: Store
    drawings: Mapping[str, DrawingFile]  # by address

    def pdf(self, numero: Numero) -> bytes:
        """Return a numéro as a tagged PDF.

        Raises:
            PangoError: Pango is missing on this machine.
        """
        return self._made(numero, "pdf", pdf.make)

    def epub(self, numero: Numero) -> bytes:
        """Return a numéro as an EPUB."""
        return self._made(numero, "epub", epub.make)

    def _made(self, numero: Numero, medium: str, make: _Make) -> bytes:
        resources = BookResources(self.theme, self.library, self.drawings)
        pieces = parts.read(numero, self.library, self.theme, medium=medium)
        key = f"{numero.slug}-{self._key(numero, pieces, resources)}.{medium}"
        data = self.store.get(key)
        if data is None:
            self.store.folder.mkdir(parents=True, exist_ok=True)
            # The page of the numéro, which shows the sizes of its books, may be made at once.
            with FileLock(self.store.folder / f"{key}.lock"):
                data = self.store.get(key)
                if data is None:
                    data = make(numero, pieces, resources)
                    self.store.put(key, data)
        return data

    def _key(self, numero: Numero, pieces: tuple[Part, ...], resources: BookResources) -> str:
        """Return a hash of everything that a book is made from."""
        digest = hashlib.sha256(repr([(tool, version(tool)) for tool in _TOOLS]).encode())
        said = (numero.title, numero.summary, numero.label, numero.date, numero.updated)
        digest.update(
            repr((said, numero.subjects, self.library.facts, self.theme.siteurl)).encode()
        )
        library, tokens = self.library, self.theme.tokens
        cover = covers.svg(numero, library.featured(numero), library.facts, tokens)
        image = numero.image
        shown = (image.digest, image.focus, image.duotone) if image else ()
        digest.update(f"{cover} {shown}".encode())
        digest.update(repr(sorted(self.theme.tokens.colours["clair"].items())).encode())
        for face in self.theme.faces:
            digest.update(face.data)
        code = [file for file in files("axtra.books").iterdir() if file.name.endswith(".py")]
        theme = [file for file in (self.theme.folder / FOLDER).rglob("*") if file.is_file()]
        for source in (*sorted(code, key=lambda file: file.name), *sorted(theme)):
            digest.update(source.name.encode() + source.read_bytes())
        for piece in pieces:
            digest.update(f"{piece.name} {piece.title} {piece.language}".encode())
            digest.update(tostring(piece.root, encoding="utf-8"))
            for url in parts.pictures(piece):
                digest.update(resources.read(url).data)
        return digest.hexdigest()[:24]
