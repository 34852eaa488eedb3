"""Received mail as a reader sees it: decoded headers, texts, and the sender's own words.

Source: RFC 2047 (encoded headers), RFC 3834 (automatic answers), RFC 8098 (receipts).
"""

from __future__ import annotations

import codecs
import email.policy
import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.parser import BytesHeaderParser, BytesParser
from email.utils import parseaddr, parsedate_to_datetime

from axtra.subscribers.returns.refusal_wording import plain
from infolettre.core.dates import ZONE

LONGEST = 200_000  # characters of a text worth searching
_LONGEST_HEADER = 10_000
_LONGEST_LINE = 300  # characters in which a quotation is announced

_SUBJECT_OF_MACHINES = re.compile(
    r"(?:automatic reply|reponse automatique|auto(?:matic|-|)? ?(?:reply|response)|autoreply"
    r"|out of (?:the )?office|(?:absence|absente?) (?:du|de mon) bureau|message d'absence"
    r"|abwesenheit|lue?|non lue?|read|not read|remise?|delivered|relaye|relayed"
    r"|accuse de (?:lecture|reception)|return receipt|read receipt)\b *:?"
)
_MACHINE_HEADERS = ("x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply-from")
_QUOTE_BEGINS = re.compile(
    r"^\W*(?:(?:begin )?forwarded message|message (?:transfere|d'origine|initial|original)"
    r"|original message|debut du message (?:transfere|reexpedie)|message reexpedie).*"
    r"|^_{10,}$|^(?:le|on) .{4,120}(?:a ecrit|wrote) ?:?$"
    r"|^\**(?:de|from|expediteur|envoye par) ?:\** .*@.*"
    r"|^.{0,120}<[^<>]*@[^<>]*> ?(?:a ecrit|wrote) ?:$"
)
_SILENT = re.compile(r"<(/?)(style|script|head|blockquote)\b[^<>]{0,500}>", re.IGNORECASE)
_QUOTING = re.compile(
    r"<(?:div|table)[^<>]{0,500}"
    r"(?:gmail_quote|moz-cite|divrplyfwdmsg|appendonsend|yahoo_quoted)",
    re.IGNORECASE,
)
_LINE_END = re.compile(r"<(?:br|/p|/div|/tr|/h\d|/li)\b[^<>]{0,500}>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")


def parse(data: bytes) -> Message:
    """Return a parsed message; no form of message raises an exception."""
    try:
        return BytesParser(policy=email.policy.compat32).parsebytes(data)
    except RecursionError:  # parts in parts, a thousand deep
        return BytesHeaderParser(policy=email.policy.compat32).parsebytes(data)


def parts(message: Message) -> Iterator[Message]:
    """Yield a message and its parts; a broken structure yields what can be read."""
    for part in message.walk():
        if isinstance(part, Message):
            yield part


def header(part: Message, name: str) -> str:
    """Return the values of a header, decoded, on one line."""
    values = [_decoded(value) for value in part.get_all(name, [])]
    return " ".join(" ".join(values).split())


def _decoded(value: object) -> str:
    """Decode a header; compat32 returns bytes outside ASCII as surrogates, or in a Header."""
    text = str(value) if isinstance(value, str) else "".join(_chunks(value))
    text = text[:_LONGEST_HEADER]
    raw = text.encode("utf-8", "surrogateescape")
    text = _bytes(raw, "utf-8")
    if "=?" not in text:
        return text
    try:
        chunks = decode_header(re.sub(r"\r?\n(?=[ \t])", "", text))
    except (HeaderParseError, ValueError):
        return text
    return "".join(
        _bytes(chunk, charset or "utf-8") if isinstance(chunk, bytes) else chunk
        for chunk, charset in chunks
    )


def _chunks(value: object) -> Iterator[str]:
    for chunk, _ in getattr(value, "_chunks", [(str(value), "")]):
        yield chunk


def _bytes(data: bytes, charset: str) -> str:
    """Decode bytes whose charset may be misspelt, unknown or wrong."""
    try:
        codecs.lookup(charset)
        return data.decode(charset)
    except (LookupError, UnicodeError, ValueError):
        return data.decode("utf-8" if _is_utf8(data) else "cp1252", "replace")


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def text_of(part: Message) -> str:
    """Return the text of a part, in its own charset."""
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    return _bytes(payload[:LONGEST], str(part.get_param("charset") or "utf-8"))


def reading(message: Message, *, quoted: bool = True) -> str:
    """Return what a reader sees first: the plain text, else the HTML without its tags.

    Attachments and attached messages are left out, and so are the quotations of an HTML answer
    unless `quoted`.
    """
    plains, pages = [], []
    for part in _shown(message):
        kind = part.get_content_type()
        if kind == "text/plain":
            plains.append(text_of(part))
        elif kind == "text/html":
            pages.append(_without_tags(text_of(part), quoted=quoted))
    written = "\n".join(plains)
    return written if written.strip() else "\n".join(pages)


def _shown(part: Message) -> Iterator[Message]:
    if part.get_content_maintype() == "message" or "attachment" in header(
        part, "content-disposition"
    ):
        return
    payload = part.get_payload()
    if isinstance(payload, list):
        for child in payload:
            if isinstance(child, Message):
                yield from _shown(child)
    else:
        yield part


def _without_tags(page: str, *, quoted: bool) -> str:
    if not quoted and (match := _QUOTING.search(page)):
        page = page[: match.start()]
    kept, depth, place = [], 0, 0
    for tag in _SILENT.finditer(page):
        if quoted and tag[2].lower() == "blockquote":
            continue
        if not depth:
            kept.append(page[place : tag.start()])
        depth = max(0, depth - 1) if tag[1] else depth + 1
        place = tag.end()
    if not depth:
        kept.append(page[place:])
    return html.unescape(_TAG.sub(" ", _LINE_END.sub("\n", " ".join(kept))))


def own_words(message: Message) -> str:
    """Return what the person typed, without what they answer to or forward."""
    kept = []
    for line in reading(message, quoted=False).splitlines():
        if line.lstrip().startswith((">", "|")):
            continue
        if _QUOTE_BEGINS.match(plain(line[:_LONGEST_LINE])):
            break
        kept.append(line)
    return "\n".join(kept)


def is_automatic(message: Message) -> bool:
    """Return whether the message is an automatic answer: an absence, a receipt."""
    if header(message, "x-apple-unsubscribe"):  # Apple Mail writes it when a person asks to leave
        return False
    sent = header(message, "auto-submitted").lower()
    if sent and not sent.startswith("no"):
        return True
    if any(header(message, name) for name in _MACHINE_HEADERS):
        return True
    if header(message, "precedence").lower() in {"auto_reply", "auto-reply"}:
        return True
    if any(
        part.get_content_type() == "message/disposition-notification" for part in parts(message)
    ):
        return True
    return bool(_SUBJECT_OF_MACHINES.match(plain(header(message, "subject"))))


def sender(message: Message) -> tuple[str, str]:
    """Return the name and the address of the sender; either may be empty."""
    return parseaddr(header(message, "from")[:_LONGEST_LINE])


def sent(message: Message) -> datetime | None:
    """Return when the message says it was sent, in Quebec's time, or None."""
    try:
        moment = parsedate_to_datetime(header(message, "date"))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(ZONE)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
