"""What a bounce proves: a report of delivery, or a mail server's own words.

Source: RFC 3464 (delivery status), RFC 3463 (status codes).
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from email.message import Message
from enum import StrEnum

from flufl.bounce import scan_message

from axtra.subscribers.returns import received_mail
from axtra.subscribers.returns.received_mail import header, text_of
from axtra.subscribers.returns.refusal_wording import Said, plain, said

# Statuses that say of an address that it does not exist or takes no mail at all. « Permanent »
# alone says nothing of the sort: most permanent failures are about the sender or the moment.
ADDRESS_CLASS = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1", "5.4.4"})
# The codes by which Exchange says that a group or a mailbox takes mail from chosen senders only.
_CLOSED = frozenset({"5.7.12", "5.7.124", *(f"5.7.{n}" for n in range(129, 137))})
# Codes that no word about the address outweighs: room, size, our own address, our rights.
_NOT_THE_ADDRESS = ("5.2.2", "5.2.3", "5.3.1", "5.3.4", "5.1.7", "5.1.8", "5.6.", "5.7.")
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_CODE = re.compile(r"(?<![\d.])([45]\.[0-7]\.\d{1,3})(?![\d.])")
_REPLY = re.compile(r"(?:\b[45]\d\d[ :-]{1,2}#?|\(#)([45]\.\d{1,3}\.\d{1,3})(?![\d.])")
_REPORT = "message/delivery-status"
_ACTIONS = ("fail", "delayed", "delivered", "relayed", "expanded")
_DAEMON = re.compile(
    r"(?:mailer[-_ ]?daemon|post_?master|mail[-_]?daemon|mdaemon|microsoftexchange\w*)"
    r"(?:@|$)|^$"
)
_DAEMON_NAME = re.compile(r"mail(?:er)? (?:delivery|daemon)|system administrator|postmaster")
_FAILED_SUBJECT = re.compile(
    r"(?:undeliver|(?:mail )?delivery (?:status|fail|has failed|notification)|failure notice"
    r"|returned mail|mail (?:delivery )?(?:failed|failure|could not)|delivery failure|non remis"
    r"|non distribue|echec de (?:la )?(?:remise|distribution|livraison)|impossible de remettre"
    r"|notification d'etat de remise|courriel non livre|message non livre|unzustellbar)"
)
_FAILED = re.compile(
    r"undeliver|not .{0,20}deliver|fail|could ?n[o']t|unable to|error|did not|rejected|refused"
    r"|non (?:remis|livre|distribue)|pas (?:pu etre|ete) (?:remis|livre|distribue)|echec|echoue"
    r"|impossible|introuvable|\b5\d\d\b"
)
_STILL_TRYING = re.compile(
    r"delayed|\bdelay\b|still (?:being )?(?:retried|trying)|(?:will|to) (?:keep|continue) (?:on )?"
    r"(?:trying|to try)|warning message only|retarde|remise differee"
)
_RETURNED_BEGINS = re.compile(
    r"^\W{2,}.*\b(?:copy|original|returned|copie|d'origine)\b"
    r"|^.{0,40}\b(?:original message|copy of (?:the|your)|(?:message|original) (?:headers?|text)"
    r"|message d'origine|copie du message|en-tetes).{0,40}(?:follows?|below|ci-dessous|:)\W*$"
    r"|^(?:received|return-path|message-id) ?:"
)
_ANSWER = re.compile(r"\b[45]\d\d[ :#-]|(?<![\d.])[45]\.[0-7]\.\d")
logging.getLogger("flufl.bounce").addHandler(logging.NullHandler())  # it logs what it raises
_FIRST = 8_000  # characters in which a mail server says what it has to say


class Nature(StrEnum):
    """What a message proves; the values are what the register keeps."""

    GONE = "adresse-inexistante"
    REVIEW = "a-revoir"
    SOFT = "passager"
    POLICY = "refus-de-politique"
    CLOSED = "ferme-a-nos-courriels"
    COMPLAINT = "plainte"
    LEAVE = "desabonnement"
    NOTHING = "sans-objet"
    TO_READ = "a-lire"


@dataclass(frozen=True, slots=True)
class BounceFinding:
    """What a bounce proves; `words` are those of the server."""

    nature: Nature
    status: str = ""
    words: str = ""


def read_report(message: Message) -> BounceFinding | None:
    """Judge the reports of delivery that a message carries, or None when it carries none."""
    found = list(_reports(message))
    if not found and _is_daemon(message):  # a server may hand on the bounce of another
        found = [
            part for part in received_mail.parts(message) if part.get_content_type() == _REPORT
        ]
    groups = [field for part in found for field in fields(part)]
    actions = [header(field, "action").lower() for field in groups]
    if not any(action.startswith(_ACTIONS) for action in actions):
        return None
    failed = [
        _group(field, message)
        for field, action in zip(groups, actions, strict=True)
        if action.startswith("fail")  # « failed » in the standard, « failure » in the wild
    ]
    return _all(failed) if failed else BounceFinding(Nature.NOTHING)


def _group(field: Message, message: Message) -> BounceFinding:
    """Judge what a report says of one recipient."""
    words = header(field, "diagnostic-code").partition(";")[2].strip()
    words = words or header(field, "diagnostic-code")
    codes = _STATUS.findall(header(field, "status")) + _REPLY.findall(words)
    if not words and not _precise(codes):  # the report is empty: the letter may say more
        words = _told(message)
    return weigh(codes, words)


def _all(found: list[BounceFinding]) -> BounceFinding:
    """Judge several recipients together: all must be gone for one to be."""
    for nature in (Nature.POLICY, Nature.SOFT, Nature.CLOSED, Nature.REVIEW):
        for one in found:
            if one.nature is nature:
                return one
    return found[0]


def read_words(message: Message) -> BounceFinding | None:
    """Judge a bounce that is only words, or None when the message is none."""
    subject = plain(header(message, "subject"))
    daemon = _is_daemon(message)
    told = _told(message)
    small = plain(told)
    titled = bool(_FAILED_SUBJECT.match(subject))
    if not (titled or (daemon and _FAILED.search(f"{subject} {small}")) or _scanned(message)):
        return None
    if _STILL_TRYING.search(subject) or (not titled and _STILL_TRYING.search(small)):
        return BounceFinding(Nature.NOTHING)
    found = weigh(_CODE.findall(told), told)
    found = replace(found, words=_answer(told))
    if found.nature is Nature.GONE and not (daemon or titled):
        return BounceFinding(Nature.REVIEW, found.status, found.words)
    return found


def _is_daemon(message: Message) -> bool:
    """Tell whether a mail server wrote."""
    name, address = received_mail.sender(message)
    return bool(_DAEMON.match(address.lower()) or _DAEMON_NAME.search(plain(name)))


def weigh(codes: list[str], words: str) -> BounceFinding:
    """Decide from all the statuses given and the words; 5.0.0 says nothing and does not count."""
    precise = _precise(codes)
    status = next(iter(precise or codes), "")
    kind = said(words[:_FIRST])
    policy = [code for code in precise if code.startswith(("5.7.", "4.7."))]
    if kind is Said.CLOSED or _CLOSED & set(precise):
        return BounceFinding(Nature.CLOSED, (policy or [status])[0], words)
    if kind is Said.OURS or (policy and kind is not Said.GONE):
        return BounceFinding(Nature.POLICY, (policy or [status])[0], words)
    if kind in (Said.FULL, Said.LATER):
        return BounceFinding(Nature.SOFT, status, words)
    if kind is Said.GONE:
        doubtful = any(one.startswith(("4.", *_NOT_THE_ADDRESS)) for one in precise)
        full = any(one in ("5.2.2", "4.2.2") for one in precise)
        nature = Nature.SOFT if full else Nature.REVIEW if doubtful else Nature.GONE
        return BounceFinding(nature, status, words)
    gone = bool(precise) and all(code in ADDRESS_CLASS for code in precise)
    return BounceFinding(Nature.GONE if gone else Nature.SOFT, status, words)


def _precise(codes: list[str]) -> list[str]:
    return [code for code in codes if not code.endswith("5.0.0")]


def _reports(part: Message) -> Iterator[Message]:
    """Find the reports of this very bounce, not those of a bounce that it returns."""
    if part.get_content_type() == _REPORT:
        yield part
    elif part.is_multipart() and part.get_content_maintype() != "message":
        for one in part.get_payload():
            if isinstance(one, Message):
                yield from _reports(one)


def fields(part: Message) -> list[Message]:
    """Give the groups of fields of a report: the parser made each a message, or left them text."""
    payload = part.get_payload()
    if isinstance(payload, list):
        return [one for one in payload if isinstance(one, Message)]
    blocks = re.split(r"\r?\n[ \t]*\r?\n", text_of(part))
    return [received_mail.parse(one.lstrip().encode("utf-8", "replace")) for one in blocks]


def _told(message: Message) -> str:
    """Give what an informal bounce says, before the mail that it returns."""
    kept: list[str] = []
    for line in received_mail.reading(message)[:_FIRST].splitlines():
        if kept and _RETURNED_BEGINS.match(plain(line)):
            break
        kept.append(line)
    return "\n".join(kept)


def _answer(told: str) -> str:
    """Give the line in which a server's own answer stands, or nothing."""
    lines = told.splitlines()
    return next((one for one in lines if _ANSWER.search(one)), "") or next(filter(said, lines), "")


def _scanned(message: Message) -> bool:
    """Ask flufl.bounce whether an informal message is a bounce; it raises on some inputs."""
    try:
        return bool(scan_message(message))
    except Exception:  # noqa: BLE001 - whatever a stranger's mail makes it raise, it is no proof
        return False
