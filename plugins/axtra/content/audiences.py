"""Who reads a block: the visitors of the site, the readers of a book, those of a mail.

Whatever is made from a body (page, description, feed, mail, index, count of words) asks here.
"""

from __future__ import annotations

from dataclasses import dataclass

WEB, MAIL = "web", "courriel"  # the blocks of one medium, by their names


@dataclass(frozen=True, slots=True)
class Reader:
    """Readers who read the same.

    Attributes:
        medium: where they read; that of a block which is for one medium is the block's name.
        audience: the list they are on, if the mail is for one.
        any_list: they stand for the readers of every list.
    """

    medium: str
    audience: str | None = None
    any_list: bool = False

    def reads(self, block: str, audience: str | None = None) -> bool:
        """Tell whether they read a block, by its name and by the list that alone reads it."""
        if block not in {WEB, MAIL}:
            return True
        return block == self.medium and (self.any_list or audience in {None, self.audience})


SITE = Reader(WEB)
BOOK = Reader("livre")
ANY_MAIL = Reader(MAIL, any_list=True)


def mail_to(audience: str | None) -> Reader:
    """Return the readers of a mail: a list, or anyone where there is none."""
    return Reader(MAIL, audience)
