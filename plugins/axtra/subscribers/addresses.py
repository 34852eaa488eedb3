"""Addresses: one form to write to, one form to compare."""

from __future__ import annotations

import email_validator

from axtra.core.refusals import WrongUsage


class AddressError(WrongUsage):
    """The address cannot be written to; the message says why in French and never quotes it."""


def normalized(typed: str) -> str:
    """Give an address as it is written to: its domain in lower case and in ASCII.

    Args:
        typed: what a person or a file gave; spaces around it do not count.

    Raises:
        AddressError: nobody can receive there.
    """
    text = typed.strip()
    if not text:
        raise AddressError("l’adresse est vide")
    if text.count("@") != 1:
        raise AddressError("une adresse a exactement un « @ »")
    if not text.partition("@")[0].isascii():
        raise AddressError("la partie avant « @ » a un accent ou un signe que le courriel refuse")
    try:
        # Whether the domain exists is for the confirmation mail to find out; « .test » is a
        # domain like another, so that trials can write to it.
        found = email_validator.validate_email(
            text,
            allow_smtputf8=False,
            check_deliverability=False,
            globally_deliverable=False,
            strict=True,
            test_environment=True,
        )
    except email_validator.EmailNotValidError:
        # The library's message may quote the address: it goes no further.
        raise AddressError("ce n’est pas une adresse de courriel") from None
    address = found.ascii_email
    if address is None or "." not in address.partition("@")[2]:
        raise AddressError("le domaine, après « @ », n’est pas complet")
    return address


def folded(address: str) -> str:
    """Give the form under which two addresses are the same person's."""
    return address.strip().casefold()
