"""SMTP, phase by phase: what was certainly not sent is told from what may have been.

Nothing else in the project knows smtplib. Its own `sendmail` hides in which phase a connection
was lost, which is the one thing that matters here.
"""

from __future__ import annotations

import base64
import smtplib
import ssl
from contextlib import suppress

from axtra.sending.replies import Phase, Reply
from axtra.sending.settings import Server

_GO_ON, _WELCOME = 354, 235
_AFTER_DOT = 300.0  # seconds; RFC 5321, 4.5.3.2.6 asks for ten minutes, silence is safe here
_REFUSED_AT_ONCE = 500


class StopError(Exception):
    """Nothing more can be sent with these settings; nobody was written to. French."""


class UnreachableError(Exception):
    """The server does not answer, or asks to come back; nobody was written to. French."""


class LostError(Exception):
    """The connection was lost while a message was on its way."""

    def __init__(self, phase: Phase) -> None:
        super().__init__(phase.value)
        self.phase = phase


class Connection:
    """An open connection, ready for a first message."""

    def __init__(self, client: smtplib.SMTP, patience: float) -> None:
        self._client = client
        self._patience = patience

    @classmethod
    def open(cls, server: Server, name: str) -> Connection:
        """Connect, secure and authenticate.

        Args:
            server: the server; its certificate and its name are checked.
            name: how this machine presents itself.

        Raises:
            StopError: the certificate, the name or the password is wrong.
            UnreachableError: the server may answer later.
        """
        try:
            return cls(_opened(server, name), server.patience)
        except ssl.SSLError as error:
            raise StopError(_untrusted(error)) from None
        except smtplib.SMTPNotSupportedError:
            raise StopError(
                f"« {server.host} » n’offre pas ce que les réglages demandent (chiffrement ou mot "
                "de passe).\n    → Vérifiez « tls » dans AXTRA_SMTP_URL."
            ) from None
        except smtplib.SMTPAuthenticationError as error:
            raise StopError(
                f"« {server.host} » refuse le nom ou le mot de passe ({error.smtp_code})."
            ) from None
        except smtplib.SMTPResponseException as error:
            wrong = f"« {server.host} » refuse la connexion ({error.smtp_code})."
            if error.smtp_code >= _REFUSED_AT_ONCE:
                raise StopError(wrong) from None
            raise UnreachableError(wrong) from None
        except (smtplib.SMTPException, OSError, UnicodeError) as error:
            raise UnreachableError(
                f"« {server.host}:{server.port} » ne répond pas ({type(error).__name__})."
            ) from None

    def deliver(self, sender: str, recipient: str, data: bytes) -> Reply:
        """Send one message.

        Args:
            sender: the envelope sender.
            recipient: the envelope recipient.
            data: the message, its lines ended by CRLF.

        Returns:
            The answer that decides: the first that refuses, or the last.

        Raises:
            LostError: no answer came; the message may be there when the phase is `DATA`.
        """
        phase = Phase.MAIL
        try:
            reply = self._ask(phase, f"MAIL FROM:<{sender}>")
            if reply.code // 100 != 2:  # noqa: PLR2004
                return self._leave(reply)
            phase = Phase.RCPT
            reply = self._ask(phase, f"RCPT TO:<{recipient}>")
            if reply.code // 100 != 2:  # noqa: PLR2004
                return self._leave(reply)
            phase = Phase.DATA
            reply = self._ask(phase, "DATA")
            if reply.code != _GO_ON:
                return self._leave(reply)
            return self._content(data)
        except (smtplib.SMTPException, OSError):
            self.close()
            raise LostError(phase) from None

    def _content(self, data: bytes) -> Reply:
        # The first byte begins a line too; a message starts with a header, never with a dot.
        self._client.send(data.replace(b"\r\n.", b"\r\n.."))
        if self._client.sock is not None:
            self._client.sock.settimeout(max(self._patience, _AFTER_DOT))
        self._client.send(b".\r\n" if data.endswith(b"\r\n") else b"\r\n.\r\n")
        reply = self._reply(Phase.DATA)
        if self._client.sock is not None:
            self._client.sock.settimeout(self._patience)
        if reply.closing:
            self.close()
        return reply

    def _ask(self, phase: Phase, command: str) -> Reply:
        self._client.putcmd(command)
        return self._reply(phase)

    def _reply(self, phase: Phase) -> Reply:
        code, text = self._client.getreply()
        if not 200 <= code < 600:  # noqa: PLR2004 - not a reply at all
            raise smtplib.SMTPServerDisconnected
        return Reply(phase, code, text.decode("utf-8", "replace"))

    def _leave(self, reply: Reply) -> Reply:
        """Forget the message that was refused; what happens to the connection changes nothing."""
        if reply.closing:
            self.close()
            return reply
        try:
            self._client.rset()
        except (smtplib.SMTPException, OSError):
            self.close()
        return reply

    @property
    def alive(self) -> bool:
        """Tell whether it can still be used."""
        return self._client.sock is not None

    def quit(self) -> None:
        """Say goodbye."""
        with suppress(smtplib.SMTPException, OSError):
            self._client.quit()
        self.close()

    def close(self) -> None:
        """Let the socket go."""
        with suppress(OSError):
            self._client.close()


def _opened(server: Server, name: str) -> smtplib.SMTP:
    context = ssl.create_default_context()
    client = (
        smtplib.SMTP_SSL(server.host, server.port, name, timeout=server.patience, context=context)
        if server.tls == "tls"
        else smtplib.SMTP(server.host, server.port, name, timeout=server.patience)
    )
    try:
        if server.tls == "starttls":
            client.starttls(context=context)
        client.ehlo_or_helo_if_needed()
        if server.user:
            _authenticate(client, server)
    except BaseException:
        client.close()
        raise
    return client


def _authenticate(client: smtplib.SMTP, server: Server) -> None:
    """Give the name and the password; smtplib alone knows but ASCII.

    Source: RFC 4616 (PLAIN is in UTF-8).
    """
    if f"{server.user}{server.password}".isascii():
        client.login(server.user, server.password)
        return
    client.ehlo_or_helo_if_needed()
    if "PLAIN" not in client.esmtp_features.get("auth", "").upper().split():
        raise smtplib.SMTPNotSupportedError
    said = f"\0{server.user}\0{server.password}".encode()
    code, text = client.docmd("AUTH", f"PLAIN {base64.b64encode(said).decode()}")
    if code != _WELCOME:
        raise smtplib.SMTPAuthenticationError(code, text)


def _untrusted(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        if "ostname" in error.verify_message or "IP address" in error.verify_message:
            return "le certificat du serveur n’est pas à son nom; rien n’a été envoyé."
        return "le certificat du serveur n’est pas digne de confiance; rien n’a été envoyé."
    return "le serveur et cette machine ne s’entendent pas sur le chiffrement."
