"""The one mail that the door sends: « confirmez votre abonnement »."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from axtra.model import Facts

ADDRESS, PASSWORD = "AXTRA_SMTP_URL", "AXTRA_SMTP_MOT_DE_PASSE"
_PATIENCE = 15  # seconds
_PORTS = {"starttls": 587, "tls": 465, "aucun": 25}


class PostError(Exception):
    """The mail did not leave; nothing in the message is about a person."""


class Post(Protocol):
    """What sends one mail."""

    def send(self, message: EmailMessage) -> None:
        """Send a mail, or raise PostError."""


@dataclass(frozen=True, slots=True)
class Relay:
    """An SMTP server, from `smtp://user@host:587?tls=starttls|tls|aucun`."""

    host: str
    port: int
    tls: str
    user: str
    password: str = field(repr=False)

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Relay | None:
        """Read the settings; None when there are none.

        Raises:
            PostError: the address is not one.
        """
        given = environment.get(ADDRESS, "").strip()
        if not given:
            return None
        wrong = PostError(
            f"{ADDRESS} ne se lit pas.\n"
            "    → Écrivez :  smtp://nom@serveur:587?tls=starttls   (ou tls, ou aucun)"
        )
        try:
            parts = urlsplit(given)
            port = parts.port
        except ValueError:
            raise wrong from None
        tls = parse_qs(parts.query).get("tls", ["starttls"])[0]
        if parts.scheme != "smtp" or not parts.hostname or tls not in _PORTS:
            raise wrong
        user = unquote(parts.username or "")
        return cls(parts.hostname, port or _PORTS[tls], tls, user, environment.get(PASSWORD, ""))

    def send(self, message: EmailMessage) -> None:
        """Send a mail; certificate and name are checked.

        Raises:
            PostError: the server refuses or does not answer.
        """
        try:
            with self._connected() as client:
                if self.user:
                    client.login(self.user, self.password)
                client.send_message(message)
        except (smtplib.SMTPException, OSError) as error:
            # The exception may quote the recipient or the account: only its kind goes on.
            raise PostError(f"le serveur d’envoi refuse ({type(error).__name__})") from None

    def _connected(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self.tls == "tls":
            return smtplib.SMTP_SSL(self.host, self.port, timeout=_PATIENCE, context=context)
        client = smtplib.SMTP(self.host, self.port, timeout=_PATIENCE)
        try:
            if self.tls == "starttls":
                client.starttls(context=context)
        except BaseException:
            client.close()
            raise
        return client


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
