"""Where returned mail lies: a Maildir, an mbox or an IMAP folder; read once, nothing deleted."""

from __future__ import annotations

import base64
import contextlib
import imaplib
import mailbox
import re
import ssl
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

_IMAPS = 993
_PATIENCE = 30  # seconds for a server to answer


class MailboxError(Exception):
    """The mailbox cannot be read; the message, in French, holds no secret."""


def messages(source: str, password: str) -> Iterator[bytes]:
    """Give each message not read before; it is marked as read once the next one is asked for.

    Args:
        source: the path of a Maildir or of an mbox, or `imaps://person@host/FOLDER`.
        password: the one of the IMAP account.

    Raises:
        MailboxError: there is no mailbox there, or the server refuses.
    """
    if "://" in source:
        yield from _imap(source, password)
        return
    path = Path(source)
    if (path / "new").is_dir() and (path / "cur").is_dir():
        yield from _maildir(path)
    elif path.is_file():
        yield from _mbox(path)
    else:
        raise MailboxError(
            "cette boîte aux lettres n’existe pas.\n"
            "    → Donnez le dossier d’un Maildir, un fichier mbox, ou imaps://nom@serveur/INBOX"
        )


def _maildir(path: Path) -> Iterator[bytes]:
    box = mailbox.Maildir(path, create=False)
    for key in sorted(box.keys()):
        message = box.get_message(key)
        if "S" in message.get_flags():
            continue
        yield box.get_bytes(key)
        message.set_subdir("cur")
        message.add_flag("S")
        with contextlib.suppress(KeyError):  # another program moved it meanwhile
            box[key] = message


def _mbox(path: Path) -> Iterator[bytes]:
    """Read an mbox; it is left as it is, since noting a return twice changes nothing."""
    box = mailbox.mbox(path, create=False)
    try:
        for key in box.keys():  # noqa: SIM118 - a mailbox iterates over its messages
            yield box.get_bytes(key)
    finally:
        box.close()


def _imap(source: str, password: str) -> Iterator[bytes]:
    host, port, person, folder = _place(source)
    try:
        client = imaplib.IMAP4_SSL(
            host, port, ssl_context=ssl.create_default_context(), timeout=_PATIENCE
        )
        with client:
            _enter(client, person, password)
            yield from unseen(client, folder)
    except (imaplib.IMAP4.error, OSError) as error:
        raise MailboxError(
            f"le serveur « {host} » refuse, ou ne répond pas.\n"
            "    → Vérifiez le nom, le dossier et AXTRA_IMAP_MOT_DE_PASSE."
        ) from error


def _place(source: str) -> tuple[str, int, str, str]:
    """Read `imaps://person@host:port/FOLDER`."""
    wrong = MailboxError("écrivez l’adresse ainsi :  imaps://nom@serveur/INBOX")
    try:
        address = urlsplit(source)
        port = address.port or _IMAPS
    except ValueError:
        raise wrong from None
    if address.scheme != "imaps" or not address.hostname or not address.username:
        raise wrong
    person, folder = unquote(address.username), unquote(address.path.strip("/")) or "INBOX"
    if not f"{person}{folder}".isprintable():
        raise wrong
    return address.hostname, port, person, folder


def _enter(client: imaplib.IMAP4, person: str, password: str) -> None:
    """Log in; the old command takes ASCII only."""
    if f"{person}{password}".isascii():
        client.login(person, password)
    else:
        client.authenticate("PLAIN", lambda _: f"\0{person}\0{password}".encode())


def _named(folder: str) -> str:
    """Write the name of a folder as IMAP does: quoted, in its own form of UTF-7.

    Source: RFC 3501, 5.1.3.
    """

    def shift(found: re.Match[str]) -> str:
        if found[0] == "&":
            return "&-"
        coded = base64.b64encode(found[0].encode("utf-16-be")).decode().rstrip("=")
        return f"&{coded.replace('/', ',')}-"

    written = re.sub(r"&|[^\x20-\x7e]+", shift, folder)
    return '"' + written.replace("\\", "\\\\").replace('"', '\\"') + '"'


def unseen(client: imaplib.IMAP4, folder: str) -> Iterator[bytes]:
    """Give the unread messages of an IMAP folder, and mark each once it was dealt with."""
    status, _ = client.select(_named(folder))
    if status != "OK":
        raise MailboxError(f"le dossier « {folder} » n’existe pas sur le serveur.")
    _, found = client.uid("SEARCH", "UNSEEN")
    for number in (found[0] or b"").split():
        _, answer = client.uid("FETCH", number.decode(), "(BODY.PEEK[])")
        for part in answer:
            if isinstance(part, tuple):
                yield part[1]
        client.uid("STORE", number.decode(), "+FLAGS", r"(\Seen)")
