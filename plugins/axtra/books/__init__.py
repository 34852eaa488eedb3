"""A numéro as a book: a tagged PDF for paper and screens, an EPUB for e-readers."""

from axtra.books.binding import Bindery
from axtra.books.look import Look
from axtra.books.pdf import PressError, has_press

__all__ = ["Bindery", "Look", "PressError", "has_press"]
