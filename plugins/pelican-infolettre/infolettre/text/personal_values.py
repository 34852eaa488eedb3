"""Values that differ between readers: sentinels first, replaced at the end.

Premailer rewrites merge tags, so the sentinel of a personal link is a plain address on a host that
cannot exist, and that of a first name a lower-case word. Sentinels are ASCII, in HTML and in text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from html import escape

from infolettre.text import first_names

_HOST = "https://personnel.invalid/"
LINK = re.compile(rf"{re.escape(_HOST)}[a-z-]*")


class Personal(StrEnum):
    """A link that differs for each reader; the value is its sentinel."""

    UNSUBSCRIBE = f"{_HOST}desabonnement"
    ONLINE = f"{_HOST}en-ligne"


class PersonalLinkError(ValueError):
    """A personal link was not replaced, so the mail cannot be sent."""


def personalise(
    text: str, values: Mapping[Personal, str], *, first_name: str = "", html: bool = False
) -> str:
    """Replace the sentinels with real addresses and a first name.

    Replacements are not read again: a value that looks like a sentinel is left as it is.

    Args:
        text: the HTML or the text part of a mail.
        values: an address for each personal link.
        first_name: the reader's; when empty, or not a name, the default is shown.
        html: whether to escape replacements for HTML.

    Raises:
        PersonalLinkError: a link has no address.
    """
    links = {str(link): escape(address) if html else address for link, address in values.items()}

    def put(match: re.Match[str]) -> str:
        if match[0] not in links:
            raise PersonalLinkError(f"no address was given for {match[0]}")
        return links[match[0]]

    return LINK.sub(put, first_names.fill(text, first_name, html=html))
