"""The two forms of an address: the form to write to, and the form to compare."""

from __future__ import annotations

import re
import unicodedata

import email_validator

from infolettre.core.refusals import WrongUsage

# What shows nothing and is no format character: joiners, fillers, selectors of a variant.
_BLANK = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0]")
_WRAPPED = re.compile(
    r"(?:[^<>]*<)?\s*(?:mailto:)?\s*([^<>\s]+@[^<>\s]+?)\s*>?[;,]?", re.IGNORECASE
)
_DOTLESS = frozenset({"gmail.com", "googlemail.com"})  # whose dots tell nobody apart


class AddressError(WrongUsage):
    """The address cannot receive mail; the message never quotes it."""


def normalized(typed: str) -> str:
    """Return the form of an address to write to, with its domain in lower case and in ASCII.

    Args:
        typed: what a person or a file gave; surrounding spaces and characters that show nothing
            are ignored: a copied address often brings some along.

    Raises:
        AddressError: the address cannot receive mail.
    """
    text = visible(typed).strip()
    if not text:
        raise AddressError("l’adresse est vide")
    if text.count("@") != 1:
        raise AddressError("une adresse a exactement un « @ »")
    if not text.partition("@")[0].isascii():
        raise AddressError("la partie avant « @ » a un accent ou un signe que le courriel refuse")
    try:
        # The confirmation mail shows whether the domain exists. « .test » counts as a domain so
        # that trials can use it.
        validated = email_validator.validate_email(
            text,
            allow_smtputf8=False,
            check_deliverability=False,
            globally_deliverable=False,
            strict=True,
            test_environment=True,
        )
    except email_validator.EmailNotValidError:
        # The library's message may quote the address, so it is dropped.
        raise AddressError("ce n’est pas une adresse de courriel") from None
    address = validated.ascii_email
    if address is None or "." not in address.partition("@")[2]:
        raise AddressError("le domaine, après « @ », n’est pas complet")
    return address


def unwrapped(typed: str) -> str:
    """Return the address of « mailto:… » or of « Name <…> »; any other text stays as it is."""
    wrapped = _WRAPPED.fullmatch(typed.strip())
    return wrapped[1].partition("?")[0] if wrapped else typed


def visible(typed: str) -> str:
    """Return a text without the characters that show nothing."""
    return _BLANK.sub("", "".join(sign for sign in typed if unicodedata.category(sign) != "Cf"))


def mailbox(address: str) -> str:
    """Return the mailbox behind an address, as far as its form tells: no tag, no dots at Gmail.

    It counts what one person may be sent; two people may share it, so it is never written to.
    """
    local, _, domain = folded(address).rpartition("@")
    local = local.partition("+")[0] or local
    if domain in _DOTLESS:
        return f"{local.replace('.', '')}@gmail.com"
    return f"{local}@{domain}"


def folded(address: str) -> str:
    """Return the form to compare: two addresses of the same person have the same folded form."""
    return address.strip().casefold()
