"""Reading returned mail from a Maildir, an mbox or an IMAP folder; nothing is ever deleted.

A message that was dealt with is marked as read; a message for a person stays unread.
"""

from __future__ import annotations

import base64
import contextlib
import imaplib
import mailbox
import re
import ssl
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urlsplit

from infolettre.core.refusals import Refusal

_IMAPS = 993
_PATIENCE = 30  # seconds for a server to answer


class MailboxError(Refusal):
    """The mailbox cannot be read; the message holds no password."""


def read(source: str, password: str, take: Callable[[bytes], bool]) -> None:
    """Pass each unread message to `take`, and mark it as read once it was dealt with.

    Args:
        source: the path of a Maildir or of an mbox, or `imaps://person@host/FOLDER`.
        password: the password of the IMAP account.
        take: returns whether the message was dealt with; otherwise it stays unread.

    Raises:
        MailboxError: the mailbox does not exist, or the server refuses.
    """
    if "://" in source:
        _imap(source, password, take)
        return
    path = Path(source)
    if (path / "new").is_dir() and (path / "cur").is_dir():
        _maildir(path, take)
    elif path.is_file():
        _mbox(path, take)
    else:
        raise MailboxError(
            "cette boîte aux lettres n’existe pas.",
            "Donnez le dossier d’un Maildir, un fichier mbox, ou imaps://nom@serveur/INBOX",
        )


def _maildir(path: Path, take: Callable[[bytes], bool]) -> None:
    box = mailbox.Maildir(path, create=False)
    for key in sorted(box.keys()):
        with contextlib.suppress(KeyError):  # another program moved it meanwhile
            message = box.get_message(key)
            if "S" in message.get_flags() or not take(box.get_bytes(key)):
                continue
            message.set_subdir("cur")
            message.add_flag("S")
            box[key] = message


def _mbox(path: Path, take: Callable[[bytes], bool]) -> None:
    """Read an mbox, and leave it unchanged: reading a bounce twice changes nothing."""
    box = mailbox.mbox(path, create=False)
    try:
        for key in box.keys():  # noqa: SIM118 - a mailbox iterates over its messages
            take(box.get_bytes(key))
    finally:
        box.close()


def _imap(source: str, password: str, take: Callable[[bytes], bool]) -> None:
    host, port, person, folder = _place(source)
    try:
        client = imaplib.IMAP4_SSL(
            host, port, ssl_context=ssl.create_default_context(), timeout=_PATIENCE
        )
        with client:
            _enter(client, person, password)
            unseen(client, folder, take)
    except (imaplib.IMAP4.error, OSError) as error:
        raise MailboxError(
            f"le serveur « {host} » refuse, ou ne répond pas.",
            "Vérifiez le nom, le dossier et AXTRA_IMAP_MOT_DE_PASSE.",
        ) from error


def _place(source: str) -> tuple[str, int, str, str]:
    """Read `imaps://person@host:port/FOLDER`."""
    wrong = MailboxError(
        "cette adresse de boîte aux lettres ne se lit pas.", "Écrivez :  imaps://nom@serveur/INBOX"
    )
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
    """Log in; the LOGIN command takes only ASCII."""
    if f"{person}{password}".isascii():
        client.login(person, password)
    else:
        client.authenticate("PLAIN", lambda _: f"\0{person}\0{password}".encode())


def _named(folder: str) -> str:
    """Return the name of a folder as IMAP writes it: quoted, in a modified UTF-7.

    Source: RFC 3501, 5.1.3.
    """

    def shift(match: re.Match[str]) -> str:
        if match[0] == "&":
            return "&-"
        coded = base64.b64encode(match[0].encode("utf-16-be")).decode().rstrip("=")
        return f"&{coded.replace('/', ',')}-"

    written = re.sub(r"&|[^\x20-\x7e]+", shift, folder)
    return '"' + written.replace("\\", "\\\\").replace('"', '\\"') + '"'


def unseen(client: imaplib.IMAP4, folder: str, take: Callable[[bytes], bool]) -> None:
    """Pass the unread messages of an IMAP folder to `take`, and mark those that were dealt with.

    Raises:
        MailboxError: the folder does not exist.
    """
    status, _ = client.select(_named(folder))
    if status != "OK":
        raise MailboxError(
            f"le dossier « {folder} » n’existe pas sur le serveur.",
            "Nommez-le comme le montre le courriel en ligne, par exemple :  INBOX",
        )
    _, numbers = client.uid("SEARCH", "UNSEEN")
    for number in (numbers[0] or b"").split():
        _, answer = client.uid("FETCH", number.decode(), "(BODY.PEEK[])")
        dealt_with = [take(part[1]) for part in answer if isinstance(part, tuple)]
        if all(dealt_with):
            client.uid("STORE", number.decode(), "+FLAGS", r"(\Seen)")
