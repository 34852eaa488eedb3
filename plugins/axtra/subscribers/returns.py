"""What comes back: bounces, complaints, requests to leave; each read for what it proves.

Source: RFC 3464 (delivery status), RFC 3463 (status codes), RFC 5965 (complaints).
"""

from __future__ import annotations

import email.policy
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser
from enum import StrEnum

from flufl.bounce import scan_message

from axtra.subscribers.signed_tokens import Keys, Stamp

# Statuses that say of an address that it does not exist or takes no mail at all. « Permanent »
# alone says nothing of the sort: most permanent failures are about the sender or the moment.
ADDRESS_CLASS = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1", "5.4.4"})
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_REPLY = re.compile(r"(?:\b[45]\d\d[ -]|\(#)([45]\.\d{1,3}\.\d{1,3})(?![\d.])")
_ENVELOPES = (
    "to", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-failed-recipients",
)  # fmt: skip
_RETURNED = ("return-path", "original-mail-from", "x-envelope-from", "errors-to", "sender")
_SUBJECT = re.compile(r"d[ée]sabonnement\s+([A-Za-z0-9_.-]{60,})", re.IGNORECASE)
_LINK = re.compile(r"/([a-z2-7]{26}\.[a-z0-9-]+\.[A-Za-z0-9_-]{43})(?![A-Za-z0-9_-])")
_COMPLAINTS = frozenset({"abuse", "fraud", "opt-out", "opt-out-list", "miscategorized", "other"})
_ACTIONS = ("fail", "delayed", "delivered", "relayed", "expanded")
_LONGEST = 200_000  # characters of a text worth searching


class Nature(StrEnum):
    """What a message proves; the values are what the register keeps."""

    GONE = "adresse-inexistante"
    SOFT = "passager"
    POLICY = "refus-de-politique"
    COMPLAINT = "plainte"
    LEAVE = "desabonnement"
    NOTHING = "sans-objet"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one message says, and about whom.

    `person` is None when no code of ours was found; `liste` is given by a request to leave.
    """

    nature: Nature
    person: str | None = None
    edition: str = ""
    liste: str = ""
    status: str = ""


def judge(data: bytes, keys: Keys) -> Verdict:
    """Read one message; whatever its form, it is never an exception.

    Args:
        data: its bytes, with its headers.
        keys: those that signed the envelope senders and the links.
    """
    message = BytesParser(policy=email.policy.compat32).parsebytes(data)
    parts = list(_parts(message))
    link = _asked(message, keys)
    if link:
        return Verdict(Nature.LEAVE, link[0], liste=link[1], status=_print(data))
    stamp = _stamp(message, parts, keys)
    nature, status = _nature(message, parts)
    if stamp:
        return Verdict(nature, stamp.person, stamp.edition, status=status)
    whose = _linked(parts, keys) if nature is Nature.COMPLAINT else None
    status = _print(data) if whose else status
    return Verdict(nature, whose[0] if whose else None, status=status)


def _print(data: bytes) -> str:
    """Tell one message from another where no edition does."""
    return hashlib.sha256(data).hexdigest()[:16]


def _parts(message: Message) -> Iterator[Message]:
    """Walk the message and what it carries; broken structures yield what they can."""
    for part in message.walk():
        if isinstance(part, Message):
            yield part


def _header(part: Message, name: str) -> str:
    """Join the values of a header; compat32 keeps odd bytes as surrogates."""
    values = [str(value) for value in part.get_all(name, [])]
    return " ".join(" ".join(values).encode("ascii", "replace").decode().split())


def _asked(message: Message, keys: Keys) -> tuple[str, str] | None:
    """Find a request to leave: the subject that our `mailto:` link wrote."""
    found = _SUBJECT.search(_header(message, "subject"))
    return keys.read_link(found[1]) if found else None


def _stamp(message: Message, parts: list[Message], keys: Keys) -> Stamp | None:
    """Find whose mail came back: where the bounce was sent, else the returned headers."""
    for name in _ENVELOPES:
        if stamp := keys.read_envelope(_header(message, name)):
            return stamp
    for part in parts:
        for name in _RETURNED:
            if stamp := keys.read_envelope(_header(part, name)):
                return stamp
        if part.get_content_type() == "text/rfc822-headers":
            for line in _text(part).splitlines():
                known = line.partition(":")[0].strip().lower() in _RETURNED
                if known and (stamp := keys.read_envelope(line)):
                    return stamp
    return None


def _linked(parts: list[Message], keys: Keys) -> tuple[str, str] | None:
    """Find whose mail a complaint is about, by the link to leave that the mail carried."""
    for part in parts:
        given = _header(part, "list-unsubscribe")
        if part.get_content_type() == "text/rfc822-headers":
            given = _text(part)
        for found in _LINK.finditer(given.replace(" ", "")):
            if link := keys.read_link(found[1]):
                return link
    return None


def _nature(message: Message, parts: list[Message]) -> tuple[Nature, str]:
    kind = _complaint(parts)
    if kind is not None:
        return (Nature.COMPLAINT if kind in _COMPLAINTS else Nature.NOTHING), ""
    failed, codes = _delivery(parts)
    if failed is None:
        known = _scanned(message)
        if known is None:
            return Nature.NOTHING, ""
        codes = _told(message)
    elif not failed:
        return Nature.NOTHING, ""
    return _weigh(codes)


def _weigh(codes: list[str]) -> tuple[Nature, str]:
    """Decide from all the statuses given; those that say nothing (5.0.0) do not count."""
    precise = [code for code in codes if not code.endswith(".0.0")]
    policy = [code for code in precise if code.startswith(("5.7.", "4.7."))]
    if policy:
        return Nature.POLICY, policy[0]
    if precise and all(code in ADDRESS_CLASS for code in precise):
        return Nature.GONE, precise[0]
    return Nature.SOFT, next(iter(precise or codes), "")


def _complaint(parts: list[Message]) -> str | None:
    for part in parts:
        if part.get_content_type() == "message/feedback-report":
            for field in _fields(part):
                if kind := _header(field, "feedback-type"):
                    return kind.lower()
            return "other"
    return None


def _delivery(parts: list[Message]) -> tuple[bool | None, list[str]]:
    """Read delivery statuses.

    Returns:
        Whether a delivery failed (None when no report says), and the codes of failures.
    """
    failed: bool | None = None
    codes: list[str] = []
    for part in parts:
        if part.get_content_type() != "message/delivery-status":
            continue
        for field in _fields(part):
            action = _header(field, "action").lower()
            if action.startswith(_ACTIONS):
                failed = bool(failed)
            if action.startswith("fail"):  # « failed » in the standard, « failure » in the wild
                failed = True
                codes += _STATUS.findall(_header(field, "status"))
                codes += _REPLY.findall(_header(field, "diagnostic-code"))
    return failed, codes


def _fields(part: Message) -> list[Message]:
    """Give the groups of fields of a report: the parser made each a message, or left them text."""
    payload = part.get_payload()
    if isinstance(payload, list):
        return [one for one in payload if isinstance(one, Message)]
    parser = BytesParser(policy=email.policy.compat32)
    blocks = re.split(r"\r?\n[ \t]*\r?\n", _text(part))
    return [parser.parsebytes(one.lstrip().encode("utf-8", "replace")) for one in blocks]


def _scanned(message: Message) -> bool | None:
    """Ask flufl.bounce whether an informal message is a bounce; it raises on some inputs."""
    try:
        return True if scan_message(message) else None
    except Exception:  # noqa: BLE001 - whatever a stranger's mail makes it raise, it is no proof
        return None


def _told(message: Message) -> list[str]:
    """Find the codes that an informal bounce tells, before the mail that it returns."""
    for part in _parts(message):
        if part.get_content_type() == "text/plain":
            words = re.split(r"\n-{2,}.*(?:copy|original|returned|copie)", _text(part))[0]
            return _REPLY.findall(words)
    return []


def _text(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    return payload[:_LONGEST].decode("utf-8", "replace")
