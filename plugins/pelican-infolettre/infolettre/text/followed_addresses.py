"""Addresses that follow who opens them: parameters, and services that only redirect."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode
from contextlib import suppress
from urllib.parse import parse_qsl, unquote, urlsplit

# Parameters that say who follows a link, or from where; none changes what the page shows.
FOLLOWING = re.compile(
    r"utm_\w+|(?:fb|g|d|tt|tw|y|scc)clid|msclkid|gbraid|wbraid|gad_source|gclsrc"
    r"|mc_[ce]id|_hs\w+|hsCtaTracking|mkt_tok|igshid|igsh|vero_id|oly_(?:anon|enc)_id|_openstat"
    r"|li_fat_id|trk_?(?:contact|msg|module|sid)?|ml_subscriber(?:_hash)?|ck_subscriber_id|s_cid"
    r"|__s|rb_clickid|mtm_\w+|pk_(?:campaign|kwd|source|medium|content)|piwik_\w+|sfmc_\w+|_ga|_gl"
    r"|wickedid|elqTrack\w*|ref_src|ref_url|xtor|at_(?:medium|campaign|custom\d)|cmpid"
    r"|srsltid|s_kwcid|__twitter_\w+"
)
# Hosts that serve nothing but redirections: those of senders, then those that protect an inbox.
_TRACKERS = re.compile(
    r"(^|\.)(?:sendgrid\.net|sendibm\d\.com|sendibt\d\.com|mjt\.lu|mailgun\.org|hubspotlinks\.com"
    r"|rs6\.net|cmail\d+\.com|mandrillapp\.com|awstrack\.me|acemln\w\.com|mlsend\.com|ofsys\.com"
    r"|klclick\d?\.com|convertkit-mail\d?\.com|doubleclick\.net|google-analytics\.com"
    r"|safelinks\.protection\.(?:outlook\.com|office365\.us)|urldefense\.(?:com|us|proofpoint\.com)"
    r"|mimecastprotect\.com|cudasvc\.com|secure-web\.cisco\.com|emailprotection\.link"
    r"|protect2?\.fireeye\.com|clicktime\.(?:symantec|cloud\.postoffice)\.\w+|trustifi\.com"
    r"|urlsand\.\w+\.com|slack-redir\.net|out\.reddit\.com|t\.umblr\.com)$"
    r"|^(?:protect-|url\.)[\w.-]*mimecast\.com$"
)
# Pages of other hosts that only redirect.
_BOUNCE = re.compile(
    r"//(?:www\.)?google\.\w+(?:\.\w+)?/url\?|//lm?\.(?:facebook|instagram)\.com/"
    r"|linkedin\.com/redir|youtube\.com/redirect\?|bing\.com/ck/a\?|duckduckgo\.com/l/\?"
    r"|list-manage\d?\.com/track/|createsend\d?\.com/t/\w-[lr]-|substack\.com/redirect/"
    r"|cyberimpact\.com/(?:click|track)|/track/click|/ls/click\?|//(?:clicks?|trk|track)\.[^/]+/\S*[\w-]{16}",
    re.IGNORECASE,
)

# The parameters in which those that say where they lead say it, most telling first.
_ENDS = ("url", "u", "q", "uddg", "a", "z", "target", "dest", "to")
_URLDEFENSE_3 = re.compile(r"/v3/__(.+?)__;([\w-]*)")
_RUN = re.compile(r"\*(?:\*([A-Za-z0-9_-]))?")
_DEEP = 5  # services one in another


def redirects(address: str, host: str) -> bool:
    """Tell whether an address leads to a service that only redirects; `host` is its host."""
    return bool(_TRACKERS.search(host.casefold()) or _BOUNCE.search(address))


def cleaned(address: str) -> str:
    """Return where an address leads, without what follows readers; as it was where unknown."""
    for _ in range(_DEEP):
        end = _end(address)
        if end is None:
            break
        address = end
    before, mark, fragment = address.partition("#")
    path, asked, query = before.partition("?")
    kept = [part for part in query.split("&") if not _follows(part)]
    if len(kept) == query.count("&") + 1:
        return address
    return path + (f"?{'&'.join(kept)}" if asked and kept else "") + mark + fragment


def follows(address: str) -> list[str]:
    """List the parameters of an address that follow readers."""
    query = address.partition("#")[0].partition("?")[2]
    return [part.partition("=")[0] for part in query.split("&") if _follows(part)]


def _follows(part: str) -> bool:
    return bool(FOLLOWING.fullmatch(unquote(part.partition("=")[0])))


def _end(address: str) -> str | None:
    """Return the address that a service redirects to, when it says so."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return None
    if not redirects(address, host):
        return None
    if held := _URLDEFENSE_3.match(parts.path + (f"?{parts.query}" if parts.query else "")):
        return _web(_urldefense_3(held[1], held[2]))
    given = dict(parse_qsl(parts.query))
    for name in _ENDS:
        if name in given:
            value = given[name]
            if parts.path.startswith("/v2/") and "urldefense" in host:
                value = unquote(value.replace("-", "%").replace("_", "/"))
            if end := _web(value):
                return end
    return None


def _urldefense_3(held: str, coded: str) -> str:
    """Put the signs back that version 3 keeps apart: one for each star, several for two."""
    with suppress(ValueError, UnicodeDecodeError):
        signs = list(urlsafe_b64decode(coded + "=" * (-len(coded) % 4)).decode())
        runs = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

        def back(star: re.Match[str]) -> str:
            count = runs.index(star[1]) + 2 if star[1] else 1
            taken, signs[:count] = signs[:count], []
            return "".join(taken)

        return re.sub(r"^(https?:/)(?=[^/])", r"\1/", _RUN.sub(back, held))
    return ""


def _web(address: str) -> str | None:
    return address if re.match(r"https?://\w", address) else None
