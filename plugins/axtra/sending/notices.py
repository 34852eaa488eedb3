"""Short mails in plain text, outside any edition: one person, one message, no list."""

from __future__ import annotations

from datetime import datetime
from email.utils import format_datetime, make_msgid

from axtra.content.model import Facts
from axtra.sending.freezing import dkim_seal
from axtra.sending.settings import Settings
from axtra.sending.wire import Connection, LostError
from infolettre.core.refusals import Refusal
from infolettre.message import headers, quoted_printable


def compose(facts: Facts, address: str, subject: str, text: str, moment: datetime) -> bytes:
    """Return a mail from the publisher to an address.

    Source: RFC 3834 (`Auto-Submitted` keeps answering machines quiet).
    """
    return b"".join(
        [
            headers.mailbox("From", facts.name, facts.email),
            headers.mailbox("To", "", address),
            headers.text("Subject", subject),
            headers.machine("Date", format_datetime(moment)),
            headers.machine("Message-ID", make_msgid(domain=facts.email.rpartition("@")[2])),
            headers.machine("Auto-Submitted", "auto-generated"),
            headers.machine("Content-Language", "fr-CA"),
            headers.machine("MIME-Version", "1.0"),
            headers.machine("Content-Type", "text/plain; charset=utf-8"),
            headers.machine("Content-Transfer-Encoding", "quoted-printable"),
            b"\r\n",
            quoted_printable.encode(text),
        ]
    )


def tell_publisher(
    settings: Settings, facts: Facts, subject: str, text: str, moment: datetime
) -> None:
    """Write to the publisher's own address, through the server of the letters.

    Raises:
        SettingsError: there is no server, or no key to sign with.
        Refusal: the server refuses, or does not answer.
    """
    domain = facts.email.rpartition("@")[2]
    data = compose(facts, facts.email, subject, text, moment)
    if seal := dkim_seal(settings, domain):
        data = seal.sign(data)
    connection = Connection.open(settings.required(), domain)
    try:
        reply = connection.deliver(facts.email, facts.email, data)
    except LostError:
        raise Refusal("le serveur d’envoi ne répond plus.") from None
    finally:
        connection.quit()
    if not reply.accepted:
        raise Refusal(f"le serveur d’envoi refuse ({reply.code} {reply.status}).")
