"""What the words of mail servers say, whatever the code that goes with them.

Codes are often wrong: « 5.1.1 » comes with « mailbox full » or with « too many recipients this
hour », and « no such user » without any code. A word about us, about the moment or about a full
mailbox therefore weighs more than a word about the address.

Source: the manuals of Exchange Online, Gmail, Yahoo, Orange, Postfix, Exim, Sendmail and qmail.
"""

from __future__ import annotations

import re
import unicodedata
from enum import Enum, auto


class Said(Enum):
    """Whom or what a server's words are about."""

    NOWHERE = auto()  # no such domain, or one that takes no mail
    GONE = auto()  # nobody at that address, in so many words
    UNKNOWN = auto()  # the label « user unknown », which a reader's own filter also answers
    DISABLED = auto()  # an account that is closed, and may open again
    FULL = auto()  # the mailbox has no room
    LATER = auto()  # the moment, or the way there
    CLOSED = auto()  # this person's address takes mail from chosen senders only
    OURS = auto()  # our reputation, our quota, our letter, our address


NOBODY = frozenset({Said.NOWHERE, Said.GONE, Said.UNKNOWN, Said.DISABLED})


class Matter(Enum):
    """What a server complains of, where it matters for a message that is being sent."""

    PACE = auto()  # this reader gets too much mail at once, from everyone
    SIZE = auto()  # our message is too big
    CONTENT = auto()  # what our message holds
    SENDER = auto()  # our quota, our pace, our server, our domain, our address


_ADDRESS = re.compile(r"<?[^\s<>()\[\]\"',;:@]{1,64}@[^\s<>()\[\]\"',;:@]{1,255}>?")
_HOST = re.compile(r"\bhost \S+ (?:\[\S+\] )?sa(?:id|ys):")

_WHO = r"(?:user|mailbox|account|recipient|address|utilisateur|adresse|destinataire|compte|boite)"
_IS_NOT = (
    r"(?:does ?n[o']t exist|does not exist|not exist|n'existe (?:pas|plus)|introuvable"
    r"|(?:isn't|wasn't|couldn't be|not be) (?:found|known)|pas (?:pu etre |ete )?trouvee?\b"
    r"|not recogni[sz]ed|unavailable \(s20)"
)
_LABEL = r"(?:unknown|inconnue?\b|inexistante?\b|not (?:found|known)|invalide?\b)"
# The first row that matches decides: what happens to the reader's mailbox, then what is closed to
# us, then what we did, before what the address is. A matter divides a kind where sending needs it.
_TABLE: tuple[tuple[Said, Matter | None, tuple[str, ...]], ...] = (
    (Said.LATER, Matter.PACE, (r"receiving mail (?:at a rate|too quickly)|receivingrate",)),
    (
        Said.LATER,
        None,
        (r"(?:recipient|mailbox|user|account|address).{0,40}(?:temporar|locked)",),
    ),
    (
        Said.CLOSED,
        None,
        (
            r"sendernotauthenticatedfor",
            r"resolver\.rst\.(?:notauthorized|authreq)",
            r"not authenticated .{0,40}(?:group|recipient|mailbox)",
            r"delivery restriction",
            r"unauthenticated senders not allowed",
            r"members?[- ]only|non[- ]?member|only members|reserve(?:e|es)? aux membres",
            r"(?:due to|because of) (?:the )?recipient preferences?",
            r"permission to (?:post|send|write)",
            r"(?:allowed|authori[sz]ed|permitted) to (?:send|post|write) .{0,20}(?:group|list)\b",
            r"pas autorise.{0,40}(?:groupe|destinataire|liste)",
            r"recipient .{0,30}only accepts",
        ),
    ),
    (
        Said.OURS,
        Matter.SENDER,
        (
            # our quota or our pace: Exchange Online, Amazon SES, Gmail, Infomaniak, hosting relays
            r"too many (?:recipients|messages|mails|emails|connections|errors)",
            r"(?:daily|hourly|sending|submission|message|sender)s? (?:rate )?(?:limit|quota)",
            r"(?:quota|limite) d'(?:envoi|expedition)|envois? refuse",
            r"trop de (?:destinataires|messages|courriels|connexions)",
            r"vous (?:avez|etes) (?:depasse|atteint|bloque)",
            r"votre (?:adresse ip|ip|domaine|compte|serveur|quota|reputation)",
            r"(?:sending|send) from\b|your (?:account|domain|plan|quota|subscription)",
            r"sandbox|allowed list|null sender|bounce messages? not",
            r"submissionquota|rate (?:of sending|limit)|throttl",
            # our server or our domain is not trusted
            r"\bspamhaus|spamcop|\bsorbs\b|uceprotect|barracuda",
            r"block(?:ed)?[ -]?list|black[ -]?list|deny[ -]?list|\b(?:rb|dnsb)l\b|liste noire",
            r"listed (?:at|by|on)\b|reputation|\bspf\b|\bdkim\b|\bdmarc\b",
            r"\bptr\b|\brdns\b|reverse dns",
            # who we are: sender verification, relays that ask for a password or do not know us
            r"sender (?:address )?(?:is )?(?:rejected|denied|verif|refused|invalid|unknown)",
            r"authentication (?:is )?required|not (?:allowed|authori[sz]ed|permitted) to send",
            r"relay(?:ing)? (?:access )?(?:is )?denied|unable to relay",
            r"relay(?:ing)? (?:is )?not (?:permitted|allowed)|not (?:permitted|allowed) to relay",
        ),
    ),
    (
        Said.OURS,
        Matter.CONTENT,
        (r"\b(?:un)?spam(?:my)?\b|\bvirus\b|content (?:was |is |has been )?(?:rejected|filtered)",),
    ),
    (
        Said.OURS,
        None,
        (
            r"reached .{0,40}limit|limit .{0,30}(?:reached|exceeded)|exceeded .{0,40}limit",
            r"frequency limited|\bblocked\b|ip source bloquee|sender id\b|purported",
            r"sender (?:address )?(?:is )?policy|sender domain|domain of sender|mail from\b",
            r"envelope sender|return[- ]path address",
            r"unauthenticated|client host rejected|mismatches client|invalid ip",
            r"\bbanned\b|rcpthosts|\bpolicy\b|politique (?:de securite|anti)",
            r"(?:message|mail) (?:was |is |has been )?(?:rejected|filtered)",
            r"mail rejete|mail refuse|service refuse",
        ),
    ),
    (
        Said.FULL,
        None,
        (
            r"(?:mailbox|mail box|inbox|account|folder|boite|box).{0,60}\b(?:full|pleine?)\b",
            r"over ?-?quota|quota (?:is |has been )?(?:exceed|depass)|exceed\w* .{0,40}quota",
            r"quota.{0,40}(?:atteint|depasse)|out of (?:storage|space)|mailfull",
            r"insufficient (?:disk|storage|system storage)|not enough (?:disk|storage)? ?space",
            r"(?:storage|size|space) (?:limit|quota) .{0,30}(?:exceed|reach)",
            r"mailbox (?:size )?(?:limit|exceed)|boite .{0,60}(?:saturee|comble)",
            r"(?:disk|disque) (?:is )?(?:full|plein)",
        ),
    ),
    (
        Said.LATER,
        Matter.SIZE,
        (
            r"(?:message|headers?|size).{0,30}too (?:large|big|long)|trop volumineux",
            r"size.{0,30}exceed",
        ),
    ),
    (
        Said.LATER,
        None,
        (
            (
                r"(?:lookup|query|verification|directory|ldap|dns)\b.{0,20}"
                r"(?:fail(?!ure: host \S+ not)|error|progress)"
            ),
            r"(?:internal|database|directory|ldap|configuration) (?:server )?error",
            r"maintenance|migration|upgrad|mise a (?:jour|niveau)",
            r"\b(?:en|hors) (?:panne|service)\b",
            r"(?:tls|encryption) (?:is )?required",
            r"temporar|temporaire|try (?:again )?later|try again\b|reessayer|plus tard",
            r"timed? ?-?out|delai depasse|expired\b|delayed|deferred|gr[ae]y-?list",
            r"malformed|unexpected name server|server failure|servfail|no route|unreachable",
            r"connection (?:was )?(?:refused|reset|lost|dropped)|too many hops|\bloop",
            r"(?:message|headers?).{0,30}exceed",
            r"service (?:currently )?unavailable|system error|config error|busy",
            r"(?:account|compte|mailbox|boite).{0,40}(?:bloque|suspend|frozen|on hold)",
        ),
    ),
    (
        Said.NOWHERE,
        None,
        (
            r"domaine?(?: name)?.{0,40}(?:does(?:n't| not) exist|not found|n'existe|introuvable)",
            r"unknown (?:host|domain)|(?:host|domain) unknown|nxdomain|null ?mx|no smtp service",
            r"\bno such (?:domain|host)|host \S+ not found|point to non-existent hosts",
            r"(?:host|domain|server) (?:does not|doesn't|never) accepts? (?:any )?mail",
            r"\b(?:521|556)\b .{0,120}not accept",
        ),
    ),
    (
        Said.DISABLED,
        None,
        (
            rf"(?:{_WHO}|email)[^.:;]{{0,40}}\b(?:disabled|inactive|deactivated|discontinued)\b",
            rf"(?:{_WHO}|email)[^.:;]{{0,40}}\b(?:closed|terminated|desactivee?)\b|inactive email",
            r"disabled (?:recipient|user|account)",
        ),
    ),
    (
        Said.GONE,
        None,
        (
            rf"{_WHO}s?\b[^.:;]{{0,60}}?{_IS_NOT}",
            rf"\b(?:no such|non-?exist[ea]nt) (?:local )?{_WHO}|no such (?:person|name|alias)",
            r"\bno (?:such )?(?:user|mailbox|account|recipient)\b.{0,30}(?:here|by that name|$)",
            r"<>\W{1,3}(?:est |is )?(?:introuvable|n'a pas ete trouvee?|(?:wasn't|was not) found)",
            r"nosuchuser|recipnotfound|recipientnotfound",
            r"(?:not|isn't) a (?:valid|known) (?:user|mailbox|recipient|address|account)",
            r"not (?:our customer|listed in (?:the )?(?:domino|public name))",
            r"no longer (?:on (?:the |this )?server|valid|available|in use|active|exists?|accepts)",
            r"invalid final delivery userid|delivery error: dd .{0,40}have an?\b",
            r"recipient address rejected: access denied|ofr_?416|lpn\w*_416",
        ),
    ),
    (
        Said.UNKNOWN,
        None,
        (
            rf"{_WHO}s?\b[^.:;]{{0,60}}?{_LABEL}",
            rf"\b(?:unknown|invalid|illegal) (?:local )?{_WHO}|user ?unknown",
            r"\bunknown (?:person|name|local[- ]part|alias)",
            r"(?:does not|doesn't) have an? .{0,30}account",  # Yahoo, of closed accounts too
            r"bad destination|undeliverable address|unroute?able address",
        ),
    ),
)
_PATTERNS = tuple((kind, matter, re.compile("|".join(words))) for kind, matter, words in _TABLE)


def plain(text: str) -> str:
    """Return words in lower case, without accents, on one line, to be searched."""
    bare = unicodedata.normalize("NFKD", text.replace("’", "'").lower())
    return " ".join("".join(c for c in bare if not unicodedata.combining(c)).split())


def said(text: str) -> Said | None:
    """Return what a server speaks of, or None when its words are not known."""
    words = _without_names(text)
    return next((kind for kind, _, pattern in _PATTERNS if pattern.search(words)), None)


def matters(text: str) -> frozenset[Matter]:
    """Return all that a server complains of."""
    words = _without_names(text)
    return frozenset(matter for _, matter, pattern in _PATTERNS if matter and pattern.search(words))


def _without_names(text: str) -> str:
    """Return plain words without addresses and hosts, whose names say nothing."""
    return _HOST.sub(" ", _ADDRESS.sub("<>", plain(text)))
