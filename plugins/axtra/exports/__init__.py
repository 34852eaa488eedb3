"""A letter for another program: a mail file, or what a mailing service imports."""

from axtra.exports.package import HTML, LISTMONK, PUBLIC_FORMS, campaign, message, package
from axtra.exports.services import SERVICES, PlaceholderError, Service

__all__ = [
    "HTML",
    "LISTMONK",
    "PUBLIC_FORMS",
    "SERVICES",
    "PlaceholderError",
    "Service",
    "campaign",
    "message",
    "package",
]
