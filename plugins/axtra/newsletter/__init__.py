"""The infolettre: from an edition of the library to a mail, with its HTML, text and pictures.

Nothing else in the project knows MJML or premailer. `editions` is the series of letters, `exports`
writes one for another program, `simulator` shows one as various software would.
"""

from axtra.newsletter.rendering import Mail, public, public_links, render
from axtra.newsletter.theme import MailTheme
from infolettre.letter.mjml_elements import MjmlError

__all__ = [
    "Mail",
    "MailTheme",
    "MjmlError",
    "public",
    "public_links",
    "render",
]
