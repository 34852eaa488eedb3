"""A message made from a letter of the project, and its decoding by Python's own parsers."""

from __future__ import annotations

import email
import email.policy
import quopri
from datetime import datetime
from email.message import EmailMessage

from axtra.newsletter import render
from infolettre.core import dates
from infolettre.message import Head, ReaderValues, Template, compose
from support import sample_letters as samples

ONLINE = "https://www.axtra.ca/infolettres/2019-03-27/?a=1&b=2"
HEAD = Head(
    sender="AXTRA",
    address="infolettre@axtra.ca",
    reply_to="bonjour@axtra.ca",
    subject="Un numéro d’essai",
    moment=datetime(2026, 7, 2, 9, 30, tzinfo=dates.ZONE),
    language="fr-CA",
    list_name="Infolettre bimensuelle",
    list_id="membres.infolettres.axtra.ca",
)
READER = ReaderValues(
    address="camille@exemple.test",
    message_id="<essai@axtra.ca>",
    unsubscribe=f"https://abonnement.axtra.ca/desabonnement/{'a2' * 13}.membres.{'B-_' * 14}B",
    by_mail=f"mailto:bonjour@axtra.ca?subject=desabonnement%20{'a2' * 13}.membres.{'C' * 43}",
    first_name="Françoise-Hélène",
)


def read(data: bytes) -> EmailMessage:
    message = email.message_from_bytes(data, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    assert not [part.defects for part in message.walk() if part.defects]
    return message


def part_of(data: bytes, kind: str) -> str:
    part = read(data).get_body((kind,))
    assert part is not None
    payload = part.get_payload()
    assert isinstance(payload, str)
    return quopri.decodestring(payload.encode("ascii")).decode().replace("\r\n", "\n")


def letter() -> Template:
    """Make the template of a letter of the project."""
    edition = samples.edition(samples.ROOT, "2019-03-27")
    mail = render(edition, samples.read(samples.ROOT), samples.mail_theme(samples.ROOT))
    return compose(HEAD, mail.html, mail.text, online=ONLINE)
