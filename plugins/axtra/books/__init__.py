"""A numéro as a book: a tagged PDF for paper and screens, an EPUB for e-readers."""

from axtra.books.epub import epub
from axtra.books.look import Look
from axtra.books.pdf import PressError, pdf

__all__ = ["Look", "PressError", "epub", "pdf"]
