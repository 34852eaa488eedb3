"""The message that is sent: a template made from the two parts of a letter, then filled."""

from infolettre.message.dkim_signing import Seal, SealError
from infolettre.message.headers import HeaderError, is_address
from infolettre.message.mailbox_providers import lends_mailboxes
from infolettre.message.relay_headers import headers_for
from infolettre.message.template import Head, ReaderValues, Template, compose, identify

__all__ = [
    "Head",
    "HeaderError",
    "ReaderValues",
    "Seal",
    "SealError",
    "Template",
    "compose",
    "headers_for",
    "identify",
    "is_address",
    "lends_mailboxes",
]
