"""The links that are not the same for two readers: written as sentinels, replaced at the end.

Premailer rewrites merge tags, so a sentinel is a plain address on a host that cannot exist.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from html import escape

_HOST = "https://personnel.invalid/"


class Personal(StrEnum):
    """A link that each reader gets their own of; the value is what stands in its place."""

    UNSUBSCRIBE = f"{_HOST}desabonnement"
    ONLINE = f"{_HOST}en-ligne"


class PersonalLinkError(ValueError):
    """A personal link that nothing has replaced: the mail cannot leave."""


def personalise(text: str, values: Mapping[Personal, str], *, html: bool = False) -> str:
    """Put real addresses in place of the sentinels.

    Args:
        text: the HTML or the text part of a mail.
        values: an address for each personal link.
        html: escape the addresses for HTML attributes.

    Raises:
        PersonalLinkError: a sentinel is left.
    """
    for link, address in values.items():
        text = text.replace(link, escape(address) if html else address)
    if _HOST in text:
        left = text[text.index(_HOST) :].partition('"')[0].split(">")[0].split()[0]
        message = f"no address was given for {left}"
        raise PersonalLinkError(message)
    return text
