"""The message that leaves: from the two parts of a letter to bytes, then to each reader's own."""

from axtra.message.dkim_signing import Seal, SealError
from axtra.message.headers import HeaderError
from axtra.message.relay_headers import headers_for
from axtra.message.template import Head, Reader, Template, compose, identify

__all__ = [
    "Head",
    "HeaderError",
    "Reader",
    "Seal",
    "SealError",
    "Template",
    "compose",
    "headers_for",
    "identify",
]
