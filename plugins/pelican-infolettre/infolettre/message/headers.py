"""Header fields: ASCII, folded where all software unfolds them alike.

Python's own policies encode a long `List-Unsubscribe` (one-click unsubscription is then lost) and
lose spaces in long French subjects. Here, headers for software are written as they are; subjects
and names are encoded words that end where no software loses a space.

Source: RFC 5322, 2.2.3 (folding); RFC 2047 (encoded words); RFC 2369 and 8058 (lists).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from infolettre.core.refusals import Refusal
from infolettre.message import encoded_words
from infolettre.words import _, say

LONGEST = 998  # characters in a line, without its CRLF
COLUMNS = 76
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_QUOTABLE = re.compile(r'["\\]')
_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_DOMAIN = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+"
_ADDRESS = re.compile(rf"{_LOCAL}@{_DOMAIN}", re.ASCII)
_URI = re.compile(r"(?:https://|mailto:)[!#$%&'()*+./0-9:;=?@A-Z_a-z~\[\]-]+", re.ASCII)
_ENDS_LINE = frozenset("\u2028\u2029")


class HeaderError(Refusal):
    """A header cannot hold a value; the problem never quotes an address."""


def is_address(value: str) -> bool:
    """Tell whether a header can hold an address: a single ASCII address that cannot end it."""
    return _ADDRESS.fullmatch(value) is not None


def address(value: str) -> str:
    """Return an address once checked: a single ASCII address that cannot end the header.

    Raises:
        HeaderError: it is not an address.
    """
    if not is_address(value):
        raise HeaderError(_("une adresse de courriel n’a pas la forme nom@domaine"))
    return value


def mailbox(field: str, name: str, value: str) -> bytes:
    """Write a header that holds a name and an address.

    Raises:
        HeaderError: the address is invalid, or the name holds a control character.
    """
    return _named(field, name, f"<{address(value)}>") if name else _line(field, address(value))


def _named(field: str, name: str, spec: str) -> bytes:
    """Write a header field; it is never folded right after the colon."""
    phrase = _phrase(field, clean(name))
    last = f"{field}: {phrase}".rpartition("\n")[2]
    glue = " " if len(last) + len(spec) < COLUMNS else "\r\n "
    return _line(field, f"{phrase}{glue}{spec}")


def _phrase(field: str, name: str) -> str:
    start = len(field) + 2
    if _is_ascii(name) and start + len(name) <= COLUMNS:
        quoted = _QUOTABLE.sub(r"\\\g<0>", name)
        return name if _ATOMS.fullmatch(name) else f'"{quoted}"'
    return encoded_words.phrase(name, start)


def list_id(name: str, identity: str) -> bytes:
    """Write the header that names a list.

    Raises:
        HeaderError: the identity is not a domain name, or the name holds a control character.
    """
    if not re.fullmatch(_DOMAIN, identity, re.ASCII):
        raise HeaderError(_("l’identité d’une liste n’a pas la forme liste.domaine"))
    return _named("List-Id", name, f"<{identity}>")


def text(field: str, value: str) -> bytes:
    """Write a header for people, such as a subject.

    Raises:
        HeaderError: it holds a control character.
    """
    clean(value)
    plain = _is_ascii(value) and len(field) + 2 + len(value) <= COLUMNS and value == value.strip()
    encoded = "\r\n ".join(encoded_words.encode(value, len(field) + 2))
    return _line(field, value if plain else encoded)


def machine(field: str, value: str) -> bytes:
    """Write a header for software, as it is.

    Raises:
        HeaderError: it is not printable ASCII, or is too long for a line.
    """
    if not value or not _is_ascii(value) or len(field) + 2 + len(value) > LONGEST:
        raise HeaderError(say("l’en-tête {} ne peut pas être écrit", field))
    return _line(field, value)


def addresses(field: str, uris: Sequence[str]) -> bytes:
    """Write a header of addresses in angle brackets; it folds only after a comma.

    Raises:
        HeaderError: an address is neither `https:` nor `mailto:`.
    """
    for uri in uris:
        if not _URI.fullmatch(uri) or len(field) + len(uri) + 5 > LONGEST:
            raise HeaderError(say("l’en-tête {} attend des adresses https: ou mailto:", field))
    return _line(field, ",\r\n ".join(f"<{uri}>" for uri in uris))


def clean(value: str) -> str:
    """Refuse a value that would end a header or mislead its reader.

    Raises:
        HeaderError: a control character, a line end, or half of a character.
    """
    for sign in value:
        if unicodedata.category(sign) in {"Cc", "Cs"} or sign in _ENDS_LINE:
            raise HeaderError(
                say("un en-tête ne peut pas contenir le caractère {}", f"U+{ord(sign):04X}")
            )
    return value


def _is_ascii(value: str) -> bool:
    """Tell whether a value can be written as it is: printable ASCII without encoded words."""
    return value.isascii() and value.isprintable() and "=?" not in value


def _line(field: str, value: str) -> bytes:
    return f"{field}: {value}\r\n".encode("ascii")
