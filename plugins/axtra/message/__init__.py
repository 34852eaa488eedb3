"""The message that is sent: a template made from the two parts of a letter, then filled."""

from axtra.message.dkim_signing import Seal, SealError
from axtra.message.headers import HeaderError
from axtra.message.mailbox_providers import lends_mailboxes
from axtra.message.relay_headers import headers_for
from axtra.message.template import Head, ReaderValues, Template, compose, identify

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
    "lends_mailboxes",
]
