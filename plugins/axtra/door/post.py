"""The one mail that the door sends: « confirmez votre abonnement »."""

from __future__ import annotations

import email.policy
import email.utils
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from pathlib import Path
from typing import Protocol

from axtra.model import Facts
from axtra.sending import settings
from axtra.sending.settings import Server, SettingsError
from axtra.sending.wire import Connection, LostError, StopError, UnreachableError


class PostError(Exception):
    """The mail did not leave; nothing in the message is about a person."""


class Post(Protocol):
    """What sends one mail."""

    def send(self, message: EmailMessage) -> None:
        """Send a mail, or raise PostError."""


@dataclass(frozen=True, slots=True)
class Relay:
    """The server that sends the infolettres sends this mail too."""

    server: Server

    @classmethod
    def of(cls, environment: Mapping[str, str], folder: Path) -> Relay | None:
        """Read the settings; None when they name no server.

        Raises:
            PostError: they cannot be used.
        """
        try:
            server = settings.read(environment, folder).server
        except SettingsError as error:
            raise PostError(str(error)) from None
        return cls(server) if server else None

    def send(self, message: EmailMessage) -> None:
        """Send a mail; certificate and name are checked.

        Raises:
            PostError: the server refuses or does not answer.
        """
        sender, recipient = (_address(message[name]) for name in ("From", "To"))
        data = message.as_bytes(policy=email.policy.SMTP)
        try:
            connection = Connection.open(self.server, sender.rpartition("@")[2])
            try:
                reply = connection.deliver(sender, recipient, data)
            finally:
                connection.quit()
        except (StopError, UnreachableError) as error:
            raise PostError(str(error)) from None
        except LostError:
            raise PostError("le serveur d’envoi ne répond plus") from None
        if not reply.accepted:  # its text may quote the recipient: only its code goes on
            raise PostError(f"le serveur d’envoi refuse ({reply.code})")


def _address(header: str) -> str:
    return email.utils.parseaddr(header)[1]


def confirmation(facts: Facts, address: str, text: str, moment: datetime) -> EmailMessage:
    """Write the mail that asks for a confirmation.

    Source: RFC 3834 (`Auto-Submitted` keeps answering machines quiet).
    """
    message = EmailMessage()
    message["From"] = _from(facts)
    message["To"] = address
    message["Subject"] = f"Confirmez votre abonnement à l’infolettre d’{facts.name}"
    message["Date"] = format_datetime(moment)
    message["Message-ID"] = make_msgid(domain=facts.email.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text, charset="utf-8", cte="quoted-printable")
    return message


def _from(facts: Facts) -> str:
    from email.headerregistry import Address  # noqa: PLC0415

    return str(Address(facts.name, addr_spec=facts.email))
