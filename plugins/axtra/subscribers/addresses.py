"""The two forms of an address: the form to write to, and the form to compare."""

from __future__ import annotations

import email_validator

from axtra.core.refusals import WrongUsage


class AddressError(WrongUsage):
    """The address cannot receive mail; the message never quotes it."""


def normalized(typed: str) -> str:
    """Return the form of an address to write to, with its domain in lower case and in ASCII.

    Args:
        typed: what a person or a file gave; surrounding spaces are ignored.

    Raises:
        AddressError: the address cannot receive mail.
    """
    text = typed.strip()
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


def folded(address: str) -> str:
    """Return the form to compare: two addresses of the same person have the same folded form."""
    return address.strip().casefold()
