"""What a refusal says, and of whom: an address, a mailbox, one reader's wish, our message, or us.

The words beside a code decide before the code does: servers answer « 5.1.1 » to a sender whom they
do not trust as well as to an address that they do not know. `wording` reads the words of servers,
of returned mail as well; the rules here tell apart what it calls ours, since a quota is never a
reason to give a reader up, while a message that is too big for one of them is.

Sources: RFC 5321 (4.2), RFC 3463 and the IANA registry of enhanced status codes; Microsoft, « NDR
codes in Exchange Online »; Google, « SMTP errors and codes »; Orange, « codes OFR »; Amazon SES,
« Troubleshooting sending »; the manuals of Postfix and Exim.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from axtra.subscribers.returns.bounce_reports import ADDRESS_CLASS
from axtra.subscribers.returns.refusal_wording import Said, plain, said


class About(StrEnum):
    """What a refusal is about."""

    GONE = "adresse-inexistante"
    REVIEW = "a-revoir"  # perhaps gone: nothing proves it
    FULL = "boite-pleine"
    LATER = "plus-tard"  # permanent by its code, passing by its words
    PERSON = "ferme-a-nos-courriels"  # a closed group, a reader's own filter
    MESSAGE = "message"  # its size, its content
    SENDER = "expediteur"  # our quota, our address, our server
    POLICY = "politique"  # refused, without a word that tells of whom


@dataclass(frozen=True, slots=True)
class WordingRule:
    """Words that tell what a refusal is about; `meaning` says who writes them, and when."""

    about: About
    words: re.Pattern[str]
    meaning: str


def _rule(about: About, words: str, meaning: str) -> WordingRule:
    return WordingRule(about, re.compile(words), meaning)


# The first that matches decides. Words are matched in lower case, without accents nor addresses.
RULES = (
    _rule(
        About.LATER,
        r"receiving mail (?:at a rate|too quickly)|receivingrate",
        "Gmail, to anyone who writes to a reader who gets too much at once",
    ),
    _rule(
        About.MESSAGE,
        r"(?:size|length) (?:\w+ ){0,3}exceed|exceeds? (?:\w+ ){0,3}(?:size|length)"
        r"|message (?:\w+ ){0,3}too|too (?:big|large|long)|trop volumineux",
        "what we wrote: its size",
    ),
    _rule(
        About.SENDER,
        r"quotaexceeded|submissionquota"
        r"|(?:message|sending|submission|daily|hourly|monthly|recipient) "
        r"(?:\w+ ){0,3}(?:quota|limit|rate)\b"
        r"|rate of sending|rate[ -]?limit|sending too (?:fast|many|much)|throttl"
        r"|too many (?:recipients|messages|emails|mails|connections|invalid|unknown|errors)"
        r"|too much mail|reached your \w+|\bib60\d",
        "our quota or our pace: Exchange Online, Amazon SES, Gmail, Infomaniak and hosting relays",
    ),
    _rule(
        About.SENDER,
        r"\bspf\b|\bdkim\b|\bdmarc\b|\barc\b|spamhaus|spamcop|sorbs|barracuda|\brbl\b|dnsbl"
        r"|(?:block|black|deny|reject)[ -]?list|liste noire|\blisted (?:at|by|in|on)\b"
        r"|blocked using|reputation|\bs31[45]0\b|ofr[_ ]?[05]\d\d"
        r"|(?:your|sending|client|source) (?:ip|host|server|network|address|domain)\b"
        r"|\bptr\b|rdns|reverse (?:dns|lookup)|\bhelo\b|\behlo\b"
        r"|(?:from|message|messages|mail) \[?\d{1,3}(?:\.\d{1,3}){3}",
        "our server or our domain is not trusted: block lists, SPF, DKIM, DMARC, Microsoft, Orange",
    ),
    _rule(
        About.SENDER,
        r"\bsenders?\b (?:\w+ ){0,3}(?:verif|reject|denied|refus|invalid|unknown|not|block|fail)"
        r"|(?:verif\w+|reject\w*|invalid|unknown|bad|refused) (?:\w+ ){0,2}senders?\b"
        r"|not (?:allowed|authori[sz]ed|permitted) to (?:send|relay|use)|send as"
        r"|relay(?:ing)? (?:\w+ )?(?:denied|prohibited|not|is)|(?:unable|not) to relay"
        r"|authenti\w+ (?:is )?(?:required|failed|needed)|not authenticated|must authenticate"
        r"|account (?:\w+ ){0,3}(?:blocked|restricted) from sending|expediteur",
        "who we are: sender verification (Exim), relays that ask for a password or know us not",
    ),
    _rule(
        About.MESSAGE,
        r"\bspam\b|virus|malware|phish|unsolicited|content (?:\w+ )?(?:reject|denied|block|filter)",
        "what we wrote: its content",
    ),
)
_SAID = {
    Said.GONE: About.GONE,
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
_NOT_THE_ADDRESS = r"5\.7\.\d+|5\.1\.[78]"  # codes that words about an address do not outweigh
_LONGEST = 2_000  # characters of an answer worth reading
_ADDRESS = re.compile(r"\S*@\S*")
_STATUS = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.])")


def about(text: str, status: str = "") -> About | None:
    """Judge a permanent refusal by its words, then by its code.

    Args:
        text: what the server said.
        status: the enhanced status that counts; by default none.

    Returns:
        What it is about, or None when neither tells.
    """
    words = plain(_STATUS.sub(" ", _ADDRESS.sub(" ", text[:_LONGEST])))
    known = said(words)
    if known is Said.CLOSED:
        return About.PERSON
    for rule in RULES:
        if rule.words.search(words):
            return rule.about
    if known is Said.GONE and re.fullmatch(_NOT_THE_ADDRESS, status):
        return About.REVIEW
    if known:
        return _SAID[known]
    if status in ADDRESS_CLASS:
        return About.GONE
    return next((kind for kind, codes in _CODES if re.fullmatch(codes, status)), None)
