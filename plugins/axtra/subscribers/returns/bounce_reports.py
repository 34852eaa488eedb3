"""What a bounce proves, by its delivery report or by the mail server's own words.

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
from axtra.subscribers.returns.refusal_wording import NOBODY, Said, plain, said

# Statuses by which an address does not exist or takes no mail at all. « Permanent » alone does not
# say so: most permanent failures are about the sender or the moment.
ADDRESS_CLASS = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1", "5.4.4"})
# Codes of Exchange for a group or a mailbox that takes mail from chosen senders only.
_CLOSED = frozenset({"5.7.12", "5.7.124", *(f"5.7.{n}" for n in range(129, 137))})
# Codes that outweigh any words about the address: room, size, our own address, our rights.
_NOT_THE_ADDRESS = ("5.2.2", "5.2.3", "5.3.1", "5.3.4", "5.1.7", "5.1.8", "5.6.", "5.7.")
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_CODE = re.compile(r"(?<![\d.])([45]\.[0-7]\.\d{1,3})(?![\d.])")
_REPLY = re.compile(r"(?:\b[45]\d\d[ :-]{1,2}#?|\(#)([45]\.\d{1,3}\.\d{1,3})(?![\d.])")
# Where in the dialogue a server refused: a person at RCPT, a message once it was sent.
_AT_RCPT = re.compile(
    r"in reply to rcpt|after rcpt|(?:our|to) rcpt to|>>> rcpt to|\[rcpt_to\]|smtp:rcpt"
    r"|does not like recipient"
)
_AT_DATA = re.compile(
    r"end of data|in reply to data|after data|>>> (?:data|\.)|failed after i sent the message"
)
_ANSWERED = re.compile(r"\b5\d\d[ :#-]")
_YAHOO_CLOSED = re.compile(r"\(554\.30\)")
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
_FIRST = 8_000  # characters of a letter that are read for what the mail server says


class Nature(StrEnum):
    """What a message proves; the values are those of the register."""

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
    """Return what the delivery reports of a message prove, or None without a report."""
    reports = list(_reports(message))
    if not reports and _is_daemon(message):  # a server may forward the bounce of another
        reports = [
            part for part in received_mail.parts(message) if part.get_content_type() == _REPORT
        ]
    groups = [field for part in reports for field in fields(part)]
    actions = [header(field, "action").lower() for field in groups]
    if not any(action.startswith(_ACTIONS) for action in actions):
        return None
    failed = [
        _group(field, message)
        for field, action in zip(groups, actions, strict=True)
        if action.startswith("fail")  # « failed » in the standard, « failure » in the wild
    ]
    return _combined(failed) if failed else BounceFinding(Nature.NOTHING)


def _group(field: Message, message: Message) -> BounceFinding:
    """Return what a report proves about one recipient."""
    words = header(field, "diagnostic-code").partition(";")[2].strip()
    words = words or header(field, "diagnostic-code")
    codes = _STATUS.findall(header(field, "status")) + _REPLY.findall(words)
    told = _told(message)
    if not words and not _precise(codes):  # an empty report: the letter may say more
        words = told
    return _proven(weigh(codes, words), codes, told, report=True)


def _combined(findings: list[BounceFinding]) -> BounceFinding:
    """Return what a report proves: a doubt about one recipient outweighs the others."""
    for nature in (Nature.POLICY, Nature.SOFT, Nature.CLOSED, Nature.REVIEW):
        for finding in findings:
            if finding.nature is nature:
                return finding
    return findings[0]


def read_words(message: Message) -> BounceFinding | None:
    """Return what a bounce without a report proves, or None when the message is not a bounce."""
    subject = plain(header(message, "subject"))
    daemon = _is_daemon(message)
    told = _told(message)
    small = plain(told)
    titled = bool(_FAILED_SUBJECT.match(subject))
    if not (titled or (daemon and _FAILED.search(f"{subject} {small}")) or _scanned(message)):
        return None
    if _STILL_TRYING.search(subject) or (not titled and _STILL_TRYING.search(small)):
        return BounceFinding(Nature.NOTHING)
    codes = _CODE.findall(told)
    finding = _proven(weigh(codes, told), codes, told)
    finding = replace(finding, words=_answer(told))
    if finding.nature is Nature.GONE and not (daemon or titled):
        return replace(finding, nature=Nature.REVIEW)
    return finding


def _proven(
    finding: BounceFinding, codes: list[str], told: str, *, report: bool = False
) -> BounceFinding:
    """Return what a bounce proves, once its words about a dead address have been weighed.

    A status of the address, or a refusal at RCPT, proves it; so do words that say it in full. The
    label « user unknown » is also what a reader's own filter answers to a message that it has
    seen, and an account that is closed may open again: a person decides. A report is believed
    where it quotes the server's answer.

    Args:
        finding: what the codes and the words prove together.
        codes: the statuses of the bounce.
        told: what its letter says.
        report: whether the words are those of a delivery report.
    """
    if finding.nature is not Nature.GONE:
        return finding
    kind, small = said(finding.words[:_FIRST]), plain(f"{told}\n{finding.words}")
    at_rcpt = bool(_AT_RCPT.search(small))
    quoted = bool(_ANSWERED.search(finding.words))
    system = any(code.startswith(("5.2.", "5.3.")) for code in _CODE.findall(finding.words))
    proven = {
        Said.NOWHERE: True,
        Said.GONE: at_rcpt or quoted or not report,
        Said.UNKNOWN: at_rcpt or (report and quoted and not system and not _AT_DATA.search(small)),
        Said.DISABLED: bool(_YAHOO_CLOSED.search(small)),
    }
    if not ADDRESS_CLASS.isdisjoint(set(codes) - {"5.2.1"}) or (kind and proven.get(kind)):
        return finding
    return replace(finding, nature=Nature.REVIEW)


def _is_daemon(message: Message) -> bool:
    """Return whether a mail server wrote the message."""
    name, address = received_mail.sender(message)
    return bool(_DAEMON.match(address.lower()) or _DAEMON_NAME.search(plain(name)))


def weigh(codes: list[str], words: str) -> BounceFinding:
    """Return what statuses and words prove together; 5.0.0 says nothing and is ignored."""
    precise = _precise(codes)
    status = next(iter(precise or codes), "")
    kind = said(words[:_FIRST])
    policy = [code for code in precise if code.startswith(("5.7.", "4.7."))]
    if kind is Said.CLOSED or _CLOSED & set(precise):
        return BounceFinding(Nature.CLOSED, (policy or [status])[0], words)
    if kind is Said.OURS or (policy and kind not in NOBODY):
        return BounceFinding(Nature.POLICY, (policy or [status])[0], words)
    if kind in (Said.FULL, Said.LATER):
        return BounceFinding(Nature.SOFT, status, words)
    if kind in NOBODY:
        doubtful = any(code.startswith(("4.", *_NOT_THE_ADDRESS)) for code in precise)
        full = any(code in ("5.2.2", "4.2.2") for code in precise)
        nature = Nature.SOFT if full else Nature.REVIEW if doubtful else Nature.GONE
        return BounceFinding(nature, status, words)
    gone = bool(precise) and all(code in ADDRESS_CLASS for code in precise)
    return BounceFinding(Nature.GONE if gone else Nature.SOFT, status, words)


def _precise(codes: list[str]) -> list[str]:
    return [code for code in codes if not code.endswith("5.0.0")]


def _reports(part: Message) -> Iterator[Message]:
    """Yield the reports of this bounce, not those of a bounce that it returns."""
    if part.get_content_type() == _REPORT:
        yield part
    elif part.is_multipart() and part.get_content_maintype() != "message":
        for child in part.get_payload():
            if isinstance(child, Message):
                yield from _reports(child)


def fields(part: Message) -> list[Message]:
    """Return the groups of fields of a report, which the parser made messages or left as text."""
    payload = part.get_payload()
    if isinstance(payload, list):
        return [group for group in payload if isinstance(group, Message)]
    blocks = re.split(r"\r?\n[ \t]*\r?\n", text_of(part))
    return [received_mail.parse(block.lstrip().encode("utf-8", "replace")) for block in blocks]


def _told(message: Message) -> str:
    """Return what a bounce without a report says, before the mail that it returns."""
    kept: list[str] = []
    for line in received_mail.reading(message)[:_FIRST].splitlines():
        if kept and _RETURNED_BEGINS.match(plain(line)):
            break
        kept.append(line)
    return "\n".join(kept)


def _answer(told: str) -> str:
    """Return the line that holds the server's own answer, or nothing."""
    lines = told.splitlines()
    return next((line for line in lines if _ANSWER.search(line)), "") or next(
        filter(said, lines), ""
    )


def _scanned(message: Message) -> bool:
    """Return whether flufl.bounce recognises a bounce; it raises on some inputs."""
    try:
        return bool(scan_message(message))
    except Exception:  # noqa: BLE001 - whatever it raises on a stranger's mail proves nothing
        return False
