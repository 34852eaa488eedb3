"""What a refusal is about: an address, a mailbox, a reader's wish, our message, or us.

The words of a refusal decide before its code: servers answer « 5.1.1 » to a sender whom they
do not trust as well as to an address that they do not know. `wording` reads the words of servers,
of returned mail as well; the rules here tell apart what it calls ours, since a quota is never a
reason to give a reader up, while a message that is too big for a reader's mailbox is.

Sources: RFC 5321 (4.2), RFC 3463 and the IANA registry of enhanced status codes; Microsoft, « NDR
codes in Exchange Online »; Google, « SMTP errors and codes »; Orange, « codes OFR »; Amazon SES,
« Troubleshooting sending »; the manuals of Postfix and Exim.
"""

from __future__ import annotations

import re
from enum import StrEnum

from axtra.subscribers.returns.bounce_reports import ADDRESS_CLASS
from axtra.subscribers.returns.refusal_wording import NOBODY, Matter, Said, matters, plain, said


class About(StrEnum):
    """What a refusal is about."""

    GONE = "adresse-inexistante"
    REVIEW = "a-revoir"  # perhaps gone: nothing proves it
    FULL = "boite-pleine"
    LATER = "plus-tard"  # permanent by its code, passing by its words
    PERSON = "ferme-a-nos-courriels"  # a closed group, a reader's own filter
    MESSAGE = "message"  # its size, its content
    SENDER = "expediteur"  # our quota, our address, our server
    POLICY = "politique"  # refused, without saying because of whom


# Words too common to be looked for in a whole letter, which decide in an answer of one line.
_SIZE = re.compile(
    r"length (?:\w+ ){0,3}exceed|exceeds? (?:\w+ ){0,3}(?:size|length)|\btoo (?:big|large|long)\b"
)
_SENDER = re.compile(
    # our quota or our pace
    r"quotaexceeded|(?:monthly|recipient) (?:quota|limit|rate)\b"
    r"|(?:message|sending|submission|daily|hourly|monthly|recipient) (?:\w+ ){1,3}"
    r"(?:quota|limit|rate)\b"
    r"|(?:message|sending|submission|daily|hourly) rate\b"
    r"|sending too (?:fast|many|much)|too many (?:invalid|unknown)|too much mail"
    r"|reached your \w+|\bib60\d"
    # our server or our domain
    r"|\barc\b|reject[ -]?list|\blisted in\b|blocked using|\bs31[45]0\b|ofr[_ ]?[05]\d\d"
    r"|(?:your|sending|client|source) (?:ip|host|server|network|address|domain)\b"
    r"|reverse lookup|\bhelo\b|\behlo\b"
    r"|(?:from|message|messages|mail) \[?\d{1,3}(?:\.\d{1,3}){3}"
    # who we are
    r"|\bsenders?\b (?:\w+ ){0,3}(?:not|block|fail)"
    r"|\bsenders?\b (?:\w+ ){1,3}(?:verif|reject|denied|refus|invalid|unknown)"
    r"|(?:verif\w+|reject\w*|invalid|unknown|bad|refused) (?:\w+ ){0,2}senders?\b"
    r"|not (?:allowed|authori[sz]ed|permitted) to use|send as"
    r"|relay(?:ing)? (?:\w+ )?(?:prohibited|is)|not to relay"
    r"|authenti\w+ (?:is )?(?:failed|needed)|not authenticated|must authenticate"
    r"|account (?:\w+ ){0,3}(?:blocked|restricted) from sending|expediteur"
)
_CONTENT = re.compile(r"malware|phish|unsolicited|content (?:\w+ )?(?:denied|block)")
_SAID = {
    **dict.fromkeys(NOBODY, About.GONE),
    Said.FULL: About.FULL,
    Said.LATER: About.LATER,
    Said.OURS: About.POLICY,
}
_CODES: tuple[tuple[About, str], ...] = (
    (About.FULL, r"5\.2\.2|5\.3\.1"),
    (About.MESSAGE, r"5\.2\.3|5\.3\.4|5\.6\.\d+"),
    (About.SENDER, r"5\.1\.[78]|5\.1\.90|5\.7\.(?:2[0-7]|60|7\d\d)"),
    (About.PERSON, r"5\.7\.(?:2|1[23]\d)"),  # lists and groups of Exchange Online
    (About.POLICY, r"5\.7\.\d+"),
    (About.REVIEW, r"5\.[12]\.\d+"),
)
_NOT_THE_ADDRESS = r"5\.7\.\d+|5\.1\.[78]"  # codes that outweigh words about an address
_CLOSED_FOR_NOW = "5.2.1"  # an account that may open again, as in returned mail
_LONGEST = 2_000  # characters of an answer worth reading
_ADDRESS = re.compile(r"\S*@\S*")
_STATUS = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.])")


def about(text: str, status: str = "") -> About | None:
    """Return what a permanent refusal is about, by its words, then by its code.

    Args:
        text: what the server said.
        status: the enhanced status that counts; by default none.

    Returns:
        What it is about, or None when neither tells.
    """
    words = plain(_STATUS.sub(" ", _ADDRESS.sub(" ", text[:_LONGEST])))
    known, complaints = said(words), matters(words)
    if known is Said.CLOSED:
        return About.PERSON
    if Matter.PACE in complaints:
        return About.LATER
    if Matter.SIZE in complaints or _SIZE.search(words):
        return About.MESSAGE
    if Matter.SENDER in complaints or _SENDER.search(words):
        return About.SENDER
    if Matter.CONTENT in complaints or _CONTENT.search(words):
        return About.MESSAGE
    if known in NOBODY and re.fullmatch(_NOT_THE_ADDRESS, status):
        return About.REVIEW
    if known is Said.DISABLED and status == _CLOSED_FOR_NOW:
        return About.REVIEW
    if known:
        return _SAID[known]
    if status in ADDRESS_CLASS - {_CLOSED_FOR_NOW}:
        return About.GONE
    return next((kind for kind, codes in _CODES if re.fullmatch(codes, status)), None)
