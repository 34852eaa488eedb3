"""A numéro as a book: a tagged PDF for paper and screens, an EPUB for e-readers.

`book_maker`, which makes them, takes a while to load: only callers that make books import it.
"""

from axtra.books.pango import PangoError, has_pango

__all__ = ["PangoError", "has_pango"]
