"""Binds numéros, each once: a book whose words, pictures, theme and tools are the same is kept."""

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
from axtra.books.book_theme import FOLDER, Look
from axtra.books.parts import Part
from axtra.books.resources import Shelf
from axtra.content.model import Library, Numero
from axtra.core.cache import Store
from axtra.pictures.drawings import Sheet

_TOOLS = ("weasyprint", "pydyf", "pyphen", "ebooklib", "lxml", "pillow", "resvg-py", "fonttools")
_Bind: TypeAlias = Callable[[Numero, tuple[Part, ...], Shelf], bytes]


@dataclass(frozen=True, slots=True)
class Bindery:
    """Makes the books of a build."""

    library: Library
    look: Look
    store: Store
    sheets: Mapping[str, Sheet]  # by address

    def pdf(self, numero: Numero) -> bytes:
        """Set a numéro as a tagged PDF.

        Raises:
            PressError: Pango is missing on this machine.
        """
        return self._bound(numero, "pdf", pdf.set_book)

    def epub(self, numero: Numero) -> bytes:
        """Bind a numéro as an EPUB."""
        return self._bound(numero, "epub", epub.bind)

    def _bound(self, numero: Numero, medium: str, bind: _Bind) -> bytes:
        shelf = Shelf(self.look, self.library, self.sheets)
        pieces = parts.read(numero, self.library, self.look, medium=medium)
        key = f"{numero.slug}-{self._key(numero, pieces, shelf)}.{medium}"
        data = self.store.get(key)
        if data is None:
            self.store.folder.mkdir(parents=True, exist_ok=True)
            # The page of the numéro, which says what its books weigh, may be made at the same time.
            with FileLock(self.store.folder / f"{key}.lock"):
                data = self.store.get(key)
                if data is None:
                    data = bind(numero, pieces, shelf)
                    self.store.put(key, data)
        return data

    def _key(self, numero: Numero, pieces: tuple[Part, ...], shelf: Shelf) -> str:
        """Name everything that a book is made from."""
        seal = hashlib.sha256(repr([(tool, version(tool)) for tool in _TOOLS]).encode())
        said = (numero.title, numero.summary, numero.label, numero.date, numero.updated)
        seal.update(repr((said, numero.subjects, self.library.facts, self.look.siteurl)).encode())
        seal.update(repr(sorted(self.look.tokens.colours["clair"].items())).encode())
        for face in self.look.faces:
            seal.update(face.data)
        code = [one for one in files("axtra.books").iterdir() if one.name.endswith(".py")]
        theme = [one for one in (self.look.theme / FOLDER).rglob("*") if one.is_file()]
        for source in (*sorted(code, key=lambda one: one.name), *sorted(theme)):
            seal.update(source.name.encode() + source.read_bytes())
        for piece in pieces:
            seal.update(f"{piece.name} {piece.title} {piece.language}".encode())
            seal.update(tostring(piece.root, encoding="utf-8"))
            for url in parts.pictures(piece):
                seal.update(shelf.read(url).data)
        return seal.hexdigest()[:24]
