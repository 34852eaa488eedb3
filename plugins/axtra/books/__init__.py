"""A numéro as a book: a tagged PDF for paper and screens, an EPUB for e-readers.

What binds them, `binding`, takes a while to load: only who makes one imports it.
"""

from axtra.books.pango import PressError, has_press

__all__ = ["PressError", "has_press"]
