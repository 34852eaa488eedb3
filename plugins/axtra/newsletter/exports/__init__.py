"""A letter for another program: a mail file, or files that a mailing service imports."""

from axtra.newsletter.exports.package import campaign, message, package
from infolettre.exports.services import SERVICES, PlaceholderError, Service

__all__ = [
    "SERVICES",
    "PlaceholderError",
    "Service",
    "campaign",
    "message",
    "package",
]
