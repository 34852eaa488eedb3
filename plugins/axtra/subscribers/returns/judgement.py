"""Judging received mail: what a bounce, a complaint or a request to leave proves, and about whom.

Source: RFC 3464 (delivery status), RFC 5965 (complaints).
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import datetime
from email.message import Message

from axtra.subscribers.returns import bounce_reports, leave_requests, received_mail
from axtra.subscribers.returns.bounce_reports import ADDRESS_CLASS, BounceFinding, Nature
from axtra.subscribers.returns.received_mail import header, text_of
from axtra.subscribers.signed_tokens import Keys, Stamp

__all__ = ["ADDRESS_CLASS", "MailToRead", "Nature", "Verdict", "judge"]

_ENVELOPES = (
    "to", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-failed-recipients",
)  # fmt: skip
_RETURNED = ("return-path", "original-mail-from", "x-envelope-from", "errors-to", "sender")
_LINK = re.compile(r"/([a-z2-7]{26}\.[a-z0-9-]+\.[A-Za-z0-9_-]{43})(?![A-Za-z0-9_-])")
_COMPLAINTS = frozenset({"abuse", "fraud", "opt-out", "opt-out-list", "miscategorized", "other"})
_LONGEST_SHOWN = 120  # characters of a subject or a sender


@dataclass(frozen=True, slots=True)
class MailToRead:
    """A mail that a person should read, and whether it asks to leave."""

    sender: str
    subject: str
    moment: datetime | None
    asks_to_leave: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a message proves, and about whom.

    `person` is None without a code of ours; `liste` is the list that a request to leave names;
    `words` are the server's; `letter` is set when a person should read the message.
    """

    nature: Nature
    person: str | None = None
    edition: str = ""
    liste: str = ""
    status: str = ""
    words: str = ""
    letter: MailToRead | None = None


def judge(data: bytes, keys: Keys) -> Verdict:
    """Judge a message; no form of message raises an exception.

    Args:
        data: its bytes, with its headers.
        keys: the keys that signed the envelope senders and the links.
    """
    message = received_mail.parse(data)
    parts = list(received_mail.parts(message))
    stamp = _stamp(message, parts, keys)
    finding = _finding(message, parts)
    if finding and finding.nature is Nature.COMPLAINT and not stamp:
        whose = _linked(parts, keys)
        return Verdict(finding.nature, whose[0] if whose else None, status=_fingerprint(data))
    if finding:
        person, edition = (stamp.person, stamp.edition) if stamp else (None, "")
        return Verdict(finding.nature, person, edition, status=finding.status, words=finding.words)
    return replace(
        answered := _answered(message, data, keys),
        person=answered.person or (stamp.person if stamp else None),
        edition=stamp.edition if stamp and not answered.person else "",
    )


def _finding(message: Message, parts: list[Message]) -> BounceFinding | None:
    """Return what a complaint or a bounce proves; None for any other message."""
    kind = _complaint(parts)
    if kind is not None:
        return BounceFinding(Nature.COMPLAINT if kind in _COMPLAINTS else Nature.NOTHING)
    return bounce_reports.read_report(message) or bounce_reports.read_words(message)


def _answered(message: Message, data: bytes, keys: Keys) -> Verdict:
    """Judge a message that a person or an automatic program wrote."""
    automatic = received_mail.is_automatic(message)
    if link := leave_requests.request(message, keys, automatic=automatic):
        return Verdict(Nature.LEAVE, link[0], liste=link[1], status=_fingerprint(data))
    if automatic and not leave_requests.tells_a_departure(message):
        return Verdict(Nature.NOTHING)
    name, address = received_mail.sender(message)
    letter = MailToRead(
        _shown(f"{name} <{address}>" if name else address),
        _shown(header(message, "subject")),
        received_mail.sent(message),
        not automatic and leave_requests.looks_like_a_request(message),
    )
    return Verdict(Nature.TO_READ, letter=letter)


def _shown(text: str) -> str:
    """Return a stranger's words without what acts on a terminal or reverses the text."""
    clean = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return clean if len(clean) <= _LONGEST_SHOWN else f"{clean[:_LONGEST_SHOWN]}…"


def _fingerprint(data: bytes) -> str:
    """Return what tells this message from others, where no edition does."""
    return hashlib.sha256(data).hexdigest()[:16]


def _stamp(message: Message, parts: list[Message], keys: Keys) -> Stamp | None:
    """Return whose mail came back, by where the bounce was sent, else by the returned headers."""
    for name in _ENVELOPES:
        if stamp := keys.read_envelope(header(message, name)):
            return stamp
    for part in parts:
        for name in _RETURNED:
            if stamp := keys.read_envelope(header(part, name)):
                return stamp
        if part.get_content_type() == "text/rfc822-headers":
            for line in text_of(part).splitlines():
                known = line.partition(":")[0].strip().lower() in _RETURNED
                if known and (stamp := keys.read_envelope(line)):
                    return stamp
    return None


def _linked(parts: list[Message], keys: Keys) -> tuple[str, str] | None:
    """Return whom a complaint is about, by the link to leave in the mail that it returns."""
    for part in parts:
        given = header(part, "list-unsubscribe")
        if part.get_content_type() == "text/rfc822-headers":
            given = text_of(part)
        for match in _LINK.finditer(given.replace(" ", "")):
            if link := keys.read_link(match[1]):
                return link
    return None


def _complaint(parts: list[Message]) -> str | None:
    for part in parts:
        if part.get_content_type() == "message/feedback-report":
            for field in bounce_reports.fields(part):
                if kind := header(field, "feedback-type"):
                    return kind.lower()
            return "other"
        if header(part, "x-hmxmroriginalrecipient"):  # the complaints of Outlook.com are no reports
            return "abuse"
    return None
