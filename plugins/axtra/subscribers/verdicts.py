"""What a refusal says, and of whom: an address, a mailbox, one reader's wish, our message, or us.

The words beside a code decide before the code does: servers answer « 5.1.1 » to a sender whom they
do not trust as well as to an address that they do not know. A refusal of our own doing must never
be taken for one that is about a person; in doubt, a rule that spares the person comes first.

Shared by whatever reads a server's answer, while sending or in returned mail.

Sources: RFC 5321 (4.2), RFC 3463 and the IANA registry of enhanced status codes; « Postfix
SMTP »: docs of recipient and relay restrictions; Microsoft, « NDR codes in Exchange Online »;
Google, « SMTP errors and codes »; Yahoo, « SMTP error codes »; Orange, « codes OFR »; Amazon SES,
« Troubleshooting sending »; Exim, « Default sender verification ».
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


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
class Rule:
    """Words that tell what a refusal is about; `meaning` says who writes them, and when."""

    about: About
    words: re.Pattern[str]
    meaning: str


def _rule(about: About, words: str, meaning: str) -> Rule:
    return Rule(about, re.compile(words), meaning)


# The first that matches decides. Words are matched in lower case, without addresses.
RULES = (
    _rule(
        About.LATER,
        r"receiving mail at a rate|receivingrate",
        "Gmail, to anyone who writes to a reader who gets too much at once",
    ),
    _rule(
        About.PERSON,
        r"resolver\.rst\.|notauthenticatedfor|delivery restriction|recipient preferences"
        r"|refused by (?:the )?recipient"
        r"|(?:closed|restricted|private|moderated) (?:group|list)|members?[ -]only"
        r"|to (?:this|the) (?:group|list|distribution)",
        "Exchange and lists: a group that takes no mail from outside; a reader's own filter",
    ),
    _rule(
        About.MESSAGE,
        r"(?:size|length) (?:\w+ ){0,3}exceed|exceeds? (?:\w+ ){0,3}(?:size|length)"
        r"|message (?:\w+ ){0,3}too|too (?:big|large|long)",
        "what we wrote: its size",
    ),
    _rule(
        About.SENDER,
        r"quotaexceeded(?:exception)?|submissionquota"
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
        r"|(?:block|black|deny|reject)[ -]?list|\blisted (?:at|by|in|on)\b|blocked using"
        r"|reputation|\bs31[45]0\b|ofr[_ ]?[05]\d\d"
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
        r"|account (?:\w+ ){0,3}(?:blocked|restricted) from sending|expéditeur",
        "who we are: sender verification (Exim), relays that ask for a password or know us not",
    ),
    _rule(
        About.MESSAGE,
        r"\bspam\b|virus|malware|phish|unsolicited|content (?:\w+ )?(?:reject|denied|block|filter)",
        "what we wrote: its content",
    ),
    _rule(
        About.LATER,
        r"temporar|try (?:\w+ )?(?:again|later)|grey ?list|gray ?list|timed? ?out"
        r"|(?:malformed|unexpected) (?:\w+ ){0,3}(?:name server|dns)"
        r"|(?:server|system) (?:is )?busy",
        "a moment's trouble under a permanent code: a mailbox on hold, a name server, grey lists",
    ),
    _rule(
        About.FULL,
        r"(?:mail ?box|inbox|account|user|storage|disk|recipient)\S* (?:\w+ ){0,5}"
        r"(?:full|quota|exceed\w*)|over ?quota|quota (?:\w+ )?(?:exceeded|full)"
        r"|bo[iî]te (?:\w+ ){0,4}pleine|quota dépassé"
        r"|insufficient (?:\w+ )?(?:storage|space)|out of storage",
        "a mailbox without room left, whatever the code",
    ),
    _rule(
        About.GONE,
        r"(?:user|recipient|mailbox|address|account|utilisateur|destinataire|adresse)s? "
        r"(?:\w+ ){0,2}(?:unknown|inconnue?)\b|recipnotfound|n[’']existe pas"
        r"|(?:unknown|inexistent|non-?existent|invalid|bad|no such) (?:\w+ ){0,2}"
        r"(?:user|recipient|mail ?box|address|account|person|alias)"
        r"|(?:no|not a) (?:valid )?(?:mail ?box|user|recipient) (?:here|by|with|at)\b"
        r"|unrouteable address",
        "most servers, of an address that they do not have (Postfix, Exim, Exchange, Gmail)",
    ),
    _rule(
        About.GONE,
        r"(?:user|recipient|mail ?box|address|account|e-?mail)\S* (?:\S+ ){0,4}?"
        r"(?:(?:does(?: not|n[’']?t)|do not) exist|not found|disabled|deactivated|inactive|closed"
        r"|deleted|no longer|not (?:active|valid|available here))"
        r"|does(?: not|n[’']?t) have an? \S+ account",
        "addresses that ended: Yahoo, Gmail (« does not exist »), disabled mailboxes",
    ),
    _rule(
        About.GONE,
        r"recipient address rejected: access denied|ofr[_ ]?4(?:16|17)|destinataire invalide",
        "Exchange Online of a recipient that is in no directory; Orange of an unknown one",
    ),
    _rule(
        About.REVIEW,
        r"(?:mail ?box|account|user|recipient) (?:is )?(?:un|not )available",
        "RFC 5321 itself gives these words three meanings; Outlook.com of an unknown address",
    ),
)  # fmt: skip

# Of an address that does not exist or takes no mail at all; « permanent » alone says nothing of
# the sort: most permanent failures are about the sender or the moment.
GONE_CODES = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.1.351", "5.2.1", "5.4.4"})
_CODES: tuple[tuple[About, str], ...] = (
    (About.FULL, r"5\.2\.2|5\.3\.1"),
    (About.MESSAGE, r"5\.2\.3|5\.3\.4|5\.6\.\d+"),
    (About.SENDER, r"5\.1\.[78]|5\.1\.90|5\.7\.(?:2[0-7]|60|7\d\d)"),
    (About.PERSON, r"5\.7\.(?:2|1[23]\d)"),  # lists and groups of Exchange Online
    (About.POLICY, r"5\.7\.\d+"),
    (About.REVIEW, r"5\.[12]\.\d+"),
)
_ADDRESS = re.compile(r"\S*@\S*")
_LONGEST = 2_000  # characters of an answer worth reading
_STATUS = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.])")


def about(text: str, status: str = "") -> About | None:
    """Judge a permanent refusal by its words, then by its code.

    Args:
        text: what the server said.
        status: the enhanced status that counts; by default none.

    Returns:
        What it is about, or None when neither tells.
    """
    words = " ".join(_STATUS.sub(" ", _ADDRESS.sub(" ", text[:_LONGEST].lower())).split())
    for rule in RULES:
        if rule.words.search(words):
            return rule.about
    if status in GONE_CODES:
        return About.GONE
    for kind, codes in _CODES:
        if re.fullmatch(codes, status):
            return kind
    return None
