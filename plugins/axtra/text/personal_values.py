"""What is not the same for two readers: written as sentinels, replaced at the end.

Premailer rewrites merge tags, so a personal link is a plain address on a host that cannot exist,
and a first name a word of small letters. Sentinels are ASCII, in HTML as in text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from html import escape

from axtra.text import first_names

_HOST = "https://personnel.invalid/"
LINK = re.compile(rf"{re.escape(_HOST)}[a-z-]*")


class Personal(StrEnum):
    """A link that each reader gets their own of; the value is what stands in its place."""

    UNSUBSCRIBE = f"{_HOST}desabonnement"
    ONLINE = f"{_HOST}en-ligne"


class PersonalLinkError(ValueError):
    """A personal link that nothing has replaced: the mail cannot leave."""


def personalise(
    text: str, values: Mapping[Personal, str], *, first_name: str = "", html: bool = False
) -> str:
    """Put real addresses and a first name in place of the sentinels.

    Nothing that is put is read again: a value that looks like a sentinel stays what it is.

    Args:
        text: the HTML or the text part of a mail.
        values: an address for each personal link.
        first_name: the reader's; without one, or with what is no name, the default is read.
        html: escape what is put for HTML.

    Raises:
        PersonalLinkError: a link has no address.
    """
    links = {str(link): escape(address) if html else address for link, address in values.items()}

    def put(match: re.Match[str]) -> str:
        if match[0] not in links:
            raise PersonalLinkError(f"no address was given for {match[0]}")
        return links[match[0]]

    return LINK.sub(put, first_names.fill(text, first_name, html=html))
