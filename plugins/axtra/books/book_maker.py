"""Makes the books of numéros, and the PDF of each article.

A book is kept while its words, pictures, theme and tools stay.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, partial
from importlib.metadata import version
from importlib.resources import files

from filelock import FileLock
from lxml.html import tostring

from axtra.books import epub, page_breaks, parts, pdf
from axtra.books.book_theme import FOLDER, BookTheme
from axtra.books.layout_facts import KeptFacts
from axtra.books.page_breaks import PageBreak
from axtra.books.parts import Part
from axtra.books.resources import BookResources
from axtra.content.model import Article, Library, Numero
from axtra.pictures import covers
from axtra.pictures.drawings import DrawingFile
from infolettre.core.cache import Store

_TOOLS = ("weasyprint", "pydyf", "pyphen", "ebooklib", "lxml", "pillow", "resvg-py", "fonttools")


@dataclass(frozen=True)
class BookMaker:
    """Makes the books of a build, or returns those that are kept."""

    library: Library
    theme: BookTheme
    store: Store
    drawings: Mapping[str, DrawingFile]  # by address
    paged: bool = False  # the EPUB has the page list of the PDF, which is made first

    def pdf(self, numero: Numero) -> bytes:
        """Return a numéro as a tagged PDF.

        Raises:
            PangoError: Pango is missing on this machine.
        """
        pieces = parts.read(numero, self.library, self.theme, medium="pdf")
        return self._kept(numero, "pdf", pieces, partial(self._bound, numero, pieces))

    def _bound(self, numero: Numero, pieces: tuple[Part, ...], resources: BookResources) -> bytes:
        """Make a PDF; where its pages begin is kept under the name of its bytes."""
        apart = Store(self.store.folder, self._made_with)
        kept = KeptFacts(apart, f"{numero.slug}.mise-en-page")
        data, breaks = pdf.make(numero, pieces, resources, kept)
        self.store.put(_breaks_key(data), page_breaks.dump(breaks))
        return data

    def _breaks(self, numero: Numero) -> tuple[PageBreak, ...]:
        """Return where the pages of a numéro begin, if it has pages."""
        if not self.paged:
            return ()
        kept = self.store.get(_breaks_key(self.pdf(numero)))
        return page_breaks.load(kept) if kept else ()

    def article_pdf(self, article: Article) -> bytes:
        """Return an article as a tagged PDF of its own.

        Raises:
            PangoError: Pango is missing on this machine.
        """
        piece = parts.read_article(article, self.library, self.theme)
        return self._kept(article, "pdf", (piece,), partial(pdf.make_article, article, piece))

    def printers_pdf(self, numero: Numero) -> bytes:
        """Return a numéro as a printer asks for it: 3 mm to cut at each edge, crop marks.

        Raises:
            PangoError: Pango is missing on this machine.
        """
        pieces = parts.read(numero, self.library, self.theme, medium="pdf")
        data, _ = pdf.make(numero, pieces, self._resources(), printing=True)
        return data

    def epub(self, numero: Numero) -> bytes:
        """Return a numéro as an EPUB."""
        pieces = parts.read(numero, self.library, self.theme, medium="epub")
        breaks = self._breaks(numero)
        make = partial(epub.make, numero, pieces, breaks=breaks)
        return self._kept(numero, "epub", pieces, make, repr(breaks))

    def _resources(self) -> BookResources:
        return BookResources(self.theme, self.library, self.drawings)

    def _kept(
        self,
        item: Numero | Article,
        medium: str,
        pieces: tuple[Part, ...],
        make: Callable[[BookResources], bytes],
        added: str = "",
    ) -> bytes:
        """Return a book from the store, else make it and keep it."""
        resources = self._resources()
        key = f"{item.slug}-{self._key(item, pieces, resources, added)}.{medium}"
        data = self.store.get(key)
        if data is None:
            self.store.folder.mkdir(parents=True, exist_ok=True)
            # The page of the numéro, which shows the sizes of its books, may be made at once.
            with FileLock(self.store.folder / f"{key}.lock"):
                data = self.store.get(key)
                if data is None:
                    data = make(resources)
                    self.store.put(key, data)
        return data

    def _key(
        self,
        item: Numero | Article,
        pieces: tuple[Part, ...],
        resources: BookResources,
        added: str,
    ) -> str:
        """Return a hash of everything that a book is made from."""
        digest = hashlib.sha256(self._made_with + added.encode())
        numero = item if isinstance(item, Numero) else item.numero
        said = (item.title, item.summary, item.label, item.date, item.updated, item.language)
        issue = (numero.label, numero.date)
        digest.update(
            repr((said, issue, item.subjects, self.library.facts, self.theme.siteurl)).encode()
        )
        if isinstance(item, Numero):
            library, image = self.library, item.image
            cover = covers.svg(item, library.featured(item), library.facts, self.theme.tokens)
            shown = (image.digest, image.focus, image.duotone) if image else ()
            digest.update(f"{cover} {shown}".encode())
        for piece in pieces:
            digest.update(f"{piece.name} {piece.title} {piece.language}".encode())
            digest.update(tostring(piece.root, encoding="utf-8"))
            for url in parts.pictures(piece):
                digest.update(resources.source(url))
        return digest.hexdigest()[:24]

    @cached_property
    def _made_with(self) -> bytes:
        """Return a hash of what all books are made from: tools, colours, fonts, code, theme."""
        digest = hashlib.sha256(_tools())
        digest.update(repr(sorted(self.theme.tokens.colours["clair"].items())).encode())
        for face in self.theme.faces:
            digest.update(face.data)
        code = [file for file in files("axtra.books").iterdir() if file.name.endswith(".py")]
        theme = [file for file in (self.theme.folder / FOLDER).rglob("*") if file.is_file()]
        for source in (*sorted(code, key=lambda file: file.name), *sorted(theme)):
            digest.update(source.name.encode() + source.read_bytes())
        return digest.digest()


@cache
def _tools() -> bytes:
    """Return the versions of the tools; reading them takes 40 ms, and each book asks for them."""
    return repr([(tool, version(tool)) for tool in _TOOLS]).encode()


def _breaks_key(data: bytes) -> str:
    return f"{hashlib.sha256(data).hexdigest()[:24]}.pages"
