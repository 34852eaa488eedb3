"""The infolettre: from an edition of the library to the HTML, the text and the pictures of a mail.

Nothing else in the project knows MJML or premailer.
"""

from axtra.newsletter.elements import MjmlError
from axtra.newsletter.look import Look
from axtra.newsletter.mail import Mail, public, public_links, render
from axtra.personal import Personal, PersonalLinkError, personalise

__all__ = [
    "Look",
    "Mail",
    "MjmlError",
    "Personal",
    "PersonalLinkError",
    "personalise",
    "public",
    "public_links",
    "render",
]
