"""SMTP, phase by phase: what was certainly not sent is told from what may have been.

Nothing else in the project knows smtplib. Its own `sendmail` hides in which phase a connection
was lost, which is what matters here; its own reading waits for ever and keeps all.

A server may be out of step, and answer what it was not asked: each answer must be one of those that
its question allows, nothing may have come before a question, and after the end of a message a last
question (RSET) shows that the answer was to that end. Anything else closes the connection.
"""

from __future__ import annotations

import base64
import re
import select
import smtplib
import ssl
import time
from contextlib import suppress

from axtra.sending.replies import Phase, Reply
from axtra.sending.settings import Server
from infolettre.core.refusals import Refusal

_GO_ON, _WELCOME, _DONE, _CLOSING = 354, 235, 250, 421
_AFTER_DOT = 300.0  # seconds; RFC 5321, 4.5.3.2.6 asks for ten minutes, silence is safe here
_REFUSED_AT_ONCE = 500
# What each question may be answered by, besides a refusal. Source: RFC 5321, 4.3.2.
_YES = {
    Phase.MAIL: {_DONE},
    Phase.RCPT: {_DONE, 251, 252},
    Phase.OFFER: {_GO_ON},
    Phase.DATA: {_DONE},
}
_UNKNOWN_COMMAND = frozenset({500, 502})  # never an answer to a message
_LONGEST_LINE, _LONGEST_REPLY = 8_192, 65_536  # bytes
_QUIET = 0.2  # seconds in which a second answer to a message that was refused would come


class StopError(Refusal):
    """Nothing more can be sent with these settings; nobody was written to."""


class UnreachableError(Refusal):
    """The server does not answer, or asks to come back; nobody was written to."""


class LostError(Refusal):
    """The connection was lost, or closed on a server out of step, with a message on its way.

    `sent` tells whether the server may have the message; `said`, in French, what happened.
    """

    def __init__(self, phase: Phase, said: str, *, sent: bool = False) -> None:
        super().__init__(f"{said}.", "Recommencez; si cela dure, voyez le serveur.")
        self.phase, self.said, self.sent = phase, said, sent


class _OutOfStepError(smtplib.SMTPException):
    """The server answered what it was not asked; the message quotes it, in French."""


class _Client(smtplib.SMTP):
    """A client that reads by itself: so many bytes and seconds for an answer, and no more."""

    _read = b""

    def getreply(self) -> tuple[int, bytes]:
        """Read an answer; each of its lines must have the same code."""
        assert self.sock is not None  # noqa: S101 - whoever asks is connected
        patience = self.sock.gettimeout()
        end = time.monotonic() + (patience or _AFTER_DOT)
        try:
            return self._reply(end)
        except BaseException:
            self.close()
            raise
        finally:
            if self.sock is not None:
                self.sock.settimeout(patience)

    def _reply(self, end: float) -> tuple[int, bytes]:
        said: list[bytes] = []
        code, size = b"", 0
        while True:
            line = self._line(end)
            size += len(line)
            if size > _LONGEST_REPLY:
                raise _OutOfStepError("réponse sans fin")
            same = code in {b"", line[:3]}
            code = line[:3]
            well = re.match(rb"[2-5]\d\d(?:[ -]|$)", line)
            if not (well and same):
                raise _OutOfStepError(f"réponse qui n’en est pas une : {_quoted(line)}")
            said.append(line[4:].strip())
            if line[3:4] != b"-":
                return int(code), b"\n".join(said)

    def _line(self, end: float) -> bytes:
        while b"\n" not in self._read:
            if len(self._read) > _LONGEST_LINE:
                raise _OutOfStepError("réponse sans fin")
            left = end - time.monotonic()
            if left <= 0:
                raise TimeoutError
            assert self.sock is not None  # noqa: S101
            self.sock.settimeout(left)
            more = self.sock.recv(4_096)
            if not more:
                raise smtplib.SMTPServerDisconnected
            self._read += more
        line, _, self._read = self._read.partition(b"\n")
        return line.removesuffix(b"\r")

    def quiet(self, patience: float = 0) -> None:
        """Make sure that, within some seconds, the server says nothing that it was not asked.

        Raises:
            _OutOfStepError: it does.
            SMTPServerDisconnected: it closed the connection.
            OSError: the connection is lost.
        """
        sock = self.sock
        if sock is None:
            raise smtplib.SMTPServerDisconnected
        held = sock.pending() if isinstance(sock, ssl.SSLSocket) else 0
        poll = select.poll()
        poll.register(sock, select.POLLIN)
        if not self._read and (held or poll.poll(patience * 1_000)):
            before = sock.gettimeout()
            sock.settimeout(0)
            # Under TLS, what came may be for TLS alone.
            with suppress(BlockingIOError, ssl.SSLWantReadError):
                self._read = sock.recv(4_096)
                if not self._read:
                    raise smtplib.SMTPServerDisconnected
            sock.settimeout(before)
        if self._read:
            raise _OutOfStepError(f"réponse à rien : {_quoted(self._read)}")


class _SecureClient(_Client, smtplib.SMTP_SSL):
    """The same, under TLS from the first byte."""


class Connection:
    """An open connection, ready for a first message."""

    def __init__(self, client: _Client, patience: float) -> None:
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
                "de passe).",
                "Vérifiez « tls » dans AXTRA_SMTP_URL.",
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
        except _OutOfStepError as error:
            raise UnreachableError(
                f"« {server.host}:{server.port} » ne parle pas SMTP comme il se doit ({error})."
            ) from None
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
            LostError: no answer that can be believed came; it tells whether the message may be
                there.
        """
        phase = Phase.MAIL
        try:
            for phase, command in (
                (Phase.MAIL, f"MAIL FROM:<{sender}>"),
                (Phase.RCPT, f"RCPT TO:<{recipient}>"),
                (Phase.OFFER, "DATA"),
            ):
                self._client.quiet()
                self._client.putcmd(command)
                reply = self._reply(phase)
                if reply.code not in _YES[phase]:
                    self._leave(reply)
                    return reply
            self._client.quiet()
            phase = Phase.DATA
            # The first byte begins a line too; a message starts with a header, never with a dot.
            # What fails here fails before the final dot is out: the server cannot have it all.
            self._client.send(data.replace(b"\r\n.", b"\r\n..") + _dot(data))
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise LostError(phase, _told(error, phase)) from None
        try:
            return self._verdict()
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise LostError(Phase.DATA, _told(error, Phase.DATA), sent=True) from None

    def _verdict(self) -> Reply:
        """Read what the server made of a whole message, and hold it to it.

        An answer that came too early, to nothing, is followed by the true answer: the next
        question would get it, and would leave its own answer over.
        """
        assert self._client.sock is not None  # noqa: S101 - it was just used
        self._client.sock.settimeout(max(self._patience, _AFTER_DOT))
        reply = self._reply(Phase.DATA)
        self._client.sock.settimeout(self._patience)
        try:
            self._hold(reply)
        except OSError as error:
            # « Accepted » may have come too early, and of a message that was never taken.
            if reply.accepted or isinstance(error, _OutOfStepError):
                raise
            self.close()
        return reply

    def _hold(self, reply: Reply) -> None:
        """Make sure that an answer was to the message, and the only one."""
        # What is refused is sent again: of that, wait for another answer.
        patience = 0 if reply.accepted else _QUIET
        if not reply.closing:
            self._client.quiet()
            self._client.putcmd("RSET")
            after, _ = self._client.getreply()
            if after == _CLOSING:
                raise smtplib.SMTPServerDisconnected
            if after not in {_DONE, *_UNKNOWN_COMMAND}:
                raise _OutOfStepError(f"deux réponses à un message : {reply.code}, puis {after}")
        self._client.quiet(patience)
        if reply.closing:
            self.close()

    def _reply(self, phase: Phase) -> Reply:
        code, text = self._client.getreply()
        if code < 400 and code not in _YES[phase]:  # noqa: PLR2004 - neither this yes, nor a no
            raise _OutOfStepError(f"réponse {code} inattendue")
        if code < 400 and re.match(rb"[45]\.\d+\.\d+\b", text):  # noqa: PLR2004
            raise _OutOfStepError(f"réponse {code} qui se contredit : {_quoted(text)}")
        return Reply(phase, code, text.decode("utf-8", "replace"))

    def _leave(self, reply: Reply) -> None:
        """Forget the message that was refused; what happens to the connection changes nothing."""
        if reply.closing:
            self.close()
            return
        try:
            self._client.quiet()
            code, _ = self._client.rset()
            self._client.quiet()
        except (smtplib.SMTPException, OSError):
            code = 0
        if code != _DONE:
            self.close()

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


def _dot(data: bytes) -> bytes:
    return b".\r\n" if data.endswith(b"\r\n") else b"\r\n.\r\n"


def _told(error: Exception, phase: Phase) -> str:
    if isinstance(error, _OutOfStepError):
        return f"serveur qui répond de travers pendant {phase.value} ({error})"
    return f"connexion perdue pendant {phase.value}"


def _quoted(said: bytes) -> str:
    """Return the start of what a server said, without what a terminal would obey."""
    text = said[:60].decode("ascii", "replace")
    return "« " + "".join(sign if sign.isprintable() else " " for sign in text).strip() + " »"


def _opened(server: Server, name: str) -> _Client:
    context = ssl.create_default_context()
    client = (
        _SecureClient(server.host, server.port, name, timeout=server.patience, context=context)
        if server.tls == "tls"
        else _Client(server.host, server.port, name, timeout=server.patience)
    )
    try:
        if server.tls == "starttls":
            client.starttls(context=context)
            client.quiet()  # what came before the keys did comes from anyone (CVE-2011-0411)
        client.ehlo_or_helo_if_needed()
        if server.user:
            _authenticate(client, server)
    except BaseException:
        client.close()
        raise
    return client


def _authenticate(client: smtplib.SMTP, server: Server) -> None:
    """Send the name and the password; smtplib itself knows ASCII only.

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
