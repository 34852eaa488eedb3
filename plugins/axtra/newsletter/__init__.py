"""The infolettre: from an edition of the library to a mail, with its HTML, text and pictures.

Nothing else in the project knows MJML or premailer.
"""

from axtra.newsletter.mjml_elements import MjmlError
from axtra.newsletter.rendering import Mail, public, public_links, render
from axtra.newsletter.theme import MailTheme
from axtra.text.personal_values import Personal, PersonalLinkError, personalise

__all__ = [
    "Mail",
    "MailTheme",
    "MjmlError",
    "Personal",
    "PersonalLinkError",
    "personalise",
    "public",
    "public_links",
    "render",
]
