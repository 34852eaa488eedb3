"""The files that pages ask for: styles, fonts, images, the index of the search, books."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import TemplateRuntimeError
from pelican.writers import Writer

from axtra import books
from axtra.content.model import Article, Item, Numero
from axtra.core.cache import Store
from axtra.design import fonts, style_sheets
from axtra.design.image_files import hashed_name
from axtra.design.tokens import Tokens
from axtra.pictures import drawings, photographs, posters
from axtra.site import search_index
from axtra.site.build import Job, Made
from axtra.site.site_generator import SiteGenerator

if TYPE_CHECKING:
    from axtra.books.book_maker import BookMaker


SCRIPTS = ("recherche", "trouver")  # the folders of the theme that hold scripts


class AssetGenerator(SiteGenerator):
    """Styles, fonts, the files of the content folder, the drawings; and their addresses."""

    def add_names(self) -> None:
        """Name every asset, so that templates can print its address, which holds a hash."""
        theme = Path(self.theme)
        tokens = Tokens.load(theme / "tokens.toml")
        faces = fonts.faces(self.site.cache / "polices")
        letters = {face.name: _hashed(face) for face in faces}
        names = dict(letters)
        self._files = {letters[face.name]: face.data for face in faces}
        self._files["/theme/polices/LICENCE.txt"] = fonts.licence().encode()
        head = fonts.css(faces, lambda face: letters[face.name]) + tokens.css()
        head += f":root{{--magazine:{style_sheets.quoted(self.library.facts.magazine)}}}"
        static = {f"css/{name}": data for name, data in style_sheets.sheets(theme, head).items()}
        static |= {
            f"{folder}/{path.name}": path.read_bytes()
            for folder in SCRIPTS
            for path in (theme / "static" / folder).iterdir()
        }
        for name, data in static.items():
            place = Path(name)
            names[name] = f"/theme/{place.parent}/{hashed_name(place.stem, data, place.suffix)}"
            self._files[names[name]] = data
        self.context.update(
            library=self.library,
            facts=self.library.facts,
            tokens=tokens,
            asset=partial(_asset, names),
            art=drawings.address,
            encre=partial(drawings.ink_name, tokens=tokens),
            affiche=self._affiche,
            preloads=tuple(letters[face.name] for face in faces if face.cut.preload),
        )

    def add_jobs(self, _writer: Writer) -> None:
        """Add every asset to the table."""
        for url, data in self._files.items():
            self.table.add(url, _constant(data), reads=(data,))
        maker = self._photograph_maker()
        for name, file in sorted(self.library.assets.items()):
            self.table.add(name, partial(maker.original, file), reads=(Path(self.path, file),))
        for copy in self._copies:
            self.table.add(copy.url, partial(maker.make, copy), reads=(copy,))
        icon = drawings.favicon(self.tokens, self.library.facts.sign).encode()
        self.table.add("/favicon.svg", _constant(icon), reads=(icon,))
        for drawing in drawings.drawing_files(self.library.items):
            self.table.add(drawing.url, self._drawing(drawing), reads=(drawing,))
        for poster in posters.posters(self.library):
            job = partial(self._poster_maker.paint, poster)
            self.table.add(self._poster_maker.address(poster), job, reads=(poster,))

    @cached_property
    def _copies(self) -> tuple[photographs.Copy, ...]:
        shown = self.library.photographs.values()
        made = {copy.url: copy for image in shown for copy in photographs.copies(image)}
        return tuple(made[url] for url in sorted(made))

    @cached_property
    def _poster_maker(self) -> posters.PosterMaker:
        store = Store(self.site.cache / "affiches")
        return posters.PosterMaker(self.tokens, Path(self.path), store, self.library.facts.sign)

    def _affiche(self, item: Item | None = None) -> posters.Shown:
        """Return what social networks show of a page: its poster, or its photograph."""
        shown = self._poster_maker.shown(item, self.library.facts)
        if item and self.build.preview and self.table.task_of(shown.url) is None:
            # Its title has changed since the table was filled.
            job = partial(self._poster_maker.paint, posters.of_item(item))
            self.table.add(shown.url, job)
        return shown

    def _photograph_maker(self) -> photographs.PhotographMaker:
        return photographs.PhotographMaker(
            Path(self.path),
            self.site.cache / "photographies",
            self.tokens.colours["clair"]["papier"],
            self._copies,
            self.tokens.palettes,
        )

    def _drawing(self, file: drawings.DrawingFile) -> Job:
        return lambda: file.svg(self.tokens).encode()


class SearchGenerator(SiteGenerator):
    """The index of the search page."""

    def add_names(self) -> None:
        """Let the search page ask where the index is."""
        self.context["index"] = search_index.ENTRY

    def add_jobs(self, _writer: Writer) -> None:
        """Add the job of the whole index to the table."""
        self.table.add_set((search_index.ENTRY,), self._index, reads=(search_index.FORMAT,))

    def _index(self) -> Made:
        files = search_index.index(self.library)
        return Made({url: _constant(data) for url, data in files.items()})


class BookGenerator(SiteGenerator):
    """Each numéro as an EPUB and, where this machine can, PDFs of it and of its articles."""

    def add_names(self) -> None:
        """Let pages say which books there are."""
        self.context["livres"] = self._books
        self.context["pdf_de"] = self._pdf_of

    def _pdf_of(self, article: Article) -> str:
        """Return the address of the PDF of an article; nothing where this build makes none."""
        address = _pdf_address(article)
        return address if address in self.table else ""

    def _books(self, numero: Numero) -> tuple[tuple[str, str, int | None], ...]:
        """List the books of a numéro that this build makes, as (format, address, bytes).

        The preview, where a page may not wait for its books, does not weigh them.
        """
        stem = f"{numero.url}{self.library.facts.book_name(numero.slug)}"
        return tuple(
            (name, stem + suffix, None if self.build.preview else len(make(numero)))
            for name, suffix, make in (("PDF", ".pdf", self._pdf), ("EPUB", ".epub", self._epub))
            if stem + suffix in self.table
        )

    def add_jobs(self, _writer: Writer) -> None:
        """Add the books to the table."""
        # Listed before any job starts: a book would read every item to find its own drawings.
        self._drawings = {file.url: file for file in drawings.drawing_files(self.library.items)}
        has_pango = books.has_pango()
        for numero in self.library.numeros:
            stem = f"{numero.url}{self.library.facts.book_name(numero.slug)}"
            if has_pango:
                self.table.add(f"{stem}.pdf", partial(self._pdf, numero), reads=(numero,))
            self.table.add(f"{stem}.epub", partial(self._epub, numero), reads=(numero,))
        for article in self.library.articles if has_pango else ():
            job = partial(self._article_pdf, article)
            self.table.add(_pdf_address(article), job, reads=(article,))

    def _pdf(self, numero: Numero) -> bytes:
        return self.book_maker.pdf(numero)

    def _article_pdf(self, article: Article) -> bytes:
        return self.book_maker.article_pdf(article)

    def _epub(self, numero: Numero) -> bytes:
        return self.book_maker.epub(numero)

    @cached_property
    def book_maker(self) -> BookMaker:
        """Return what makes books, which takes a while to load."""
        from axtra.books.book_maker import BookMaker  # noqa: PLC0415
        from axtra.books.book_theme import BookTheme  # noqa: PLC0415

        cache = self.site.cache
        theme = BookTheme.load(
            Path(self.theme), self.tokens, self.siteurl, Path(self.path), cache=cache / "polices"
        )
        return BookMaker(
            self.library, theme, Store(cache / "livres"), self._drawings, paged=books.has_pango()
        )


def _pdf_address(article: Article) -> str:
    return f"{article.url.rstrip('/')}.pdf"


def _asset(names: Mapping[str, str], name: str) -> str:
    """Return the address of a file of the theme.

    Raises:
        TemplateRuntimeError: the theme has none of that name.
    """
    if name not in names:
        raise TemplateRuntimeError(f"« {name} » n’est pas dans theme/static")
    return names[name]


def _constant(data: bytes) -> Job:
    return lambda: data


def _hashed(face: fonts.Face) -> str:
    stem, _, extension = face.name.rpartition(".")
    return f"/theme/polices/{hashed_name(stem, face.data, f'.{extension}')}"
