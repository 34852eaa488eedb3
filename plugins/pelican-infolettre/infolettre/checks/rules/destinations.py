"""Where the links of a mail lead: a page that everybody can open, without a detour."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from functools import lru_cache

from infolettre.checks import header_fields
from infolettre.checks.checked_mail import CheckedMail
from infolettre.checks.link_addresses import Address, addresses, is_ours, looks_like_ours, split
from infolettre.checks.mail_elements import MailElement
from infolettre.checks.rule import WARNING, Finding, mail_rule, view_rule, words
from infolettre.checks.view import View
from infolettre.text.followed_addresses import cleaned, redirects
from infolettre.words import say

_SHORTENERS = frozenset(
    words(
        "bit.ly tinyurl.com t.co goo.gl ow.ly buff.ly is.gd rebrand.ly lnkd.in cutt.ly shorturl.at"
        " rb.gy t.ly tiny.cc fb.me dlvr.it"
    )
)
_PRIVATE = re.compile(
    r"(^|\.)(localhost|local|lan|internal|test|invalid|ngrok-free\.app|ngrok\.io|trycloudflare\.com)$"
    r"|^deploy-preview-\d+--"
)
_EXAMPLE = re.compile(
    r"^(?:www\.)?(?:exemple\.(?:com|ca|org)|(?:votresite|monsite)\.\w+)$"
    r"|(?:^|\.)example\.(?:com|org|net|ca)$"
)
# In front of a domain; « test » may be the name of the domain itself, which is open to all.
_TRIAL = re.compile(
    r"(?:^|[.-])(?:staging|stage|preprod|preview|recette|dev|test|beta|sandbox)"
    r"(?:[.-][\w-]*)*\.[\w-]+\.\w+$|-git-[\w-]+\.vercel\.app$|--[\w-]+\.netlify\.app$"
)
_NAMED_SO = re.compile(r"(?:^|\.)(?:beta\.gouv\.fr|preview\.redd\.it)$")
_MAILBOX = re.compile(
    r"^https?://(?:outlook\.(?:office|office365|live|cloud\.microsoft)(?:\.com)?/(?:mail|owa)/"
    r"(?!calendar/|bookings)|mail\.google\.com/mail/|mail\.yahoo\.com/[db]/|webmail\.)"
)
# Pages where their authors write.
_WORKSHOP = re.compile(r"/wp-admin/(?!admin-ajax)|/wp-login\.php|[?&]preview=true\b"
                       r"|\.admin\.mailchimp\.com/")  # fmt: skip
_WRITTEN_THERE = re.compile(r"/edit(?:[/?#]|$)|[?&]preview=|\.md(?:[?#]|$)|\.docx?(?:[?#]|$)"
                            r"|//[\w-]+\.sharepoint\.com/|/:[a-z]:/[rsg]/")  # fmt: skip
_IN_TEXT = re.compile(r"(?:https?://|(?<=[\w.+-])@)([\w-]+(?:\.[\w-]+)+)")
_EMPTY_PAGE = re.compile(r"/(?:todo|tbd|lien|url|slug|a-completer)/?", re.IGNORECASE)
_EMPTY_PLACE = re.compile(
    r"(?:^|[/=])(?:\[[^\]/=&]*\]|x{4,}|(?:lien|url|adresse)-?(?:ici|a-completer))(?=$|[/?&#.])",
    re.IGNORECASE,
)
_PERHAPS_EMPTY = re.compile(r"[/=]xxx(?=$|[/?&#])", re.IGNORECASE)


@view_rule("lien-prive", "Mettez l’adresse publique de la page.")
def links_are_public(view: View) -> Iterator[Finding]:
    """Aucun lien ne mène à un ordinateur privé ni à un site d’essai."""
    for link, parts in addresses(view):
        if not parts.web:
            continue
        href = link["href"].strip()
        if _EXAMPLE.search(parts.host):
            yield Finding(
                say("l’adresse « {} » n’est qu’un exemple", link["href"]), link["href"], link
            )
        ours = is_ours(parts.host, view.host)
        trial = ours and _doubtful_host(parts)
        if trial or _private(parts.host) or _MAILBOX.search(href) or _WORKSHOP.search(href):
            yield Finding(
                say("le lien « {} » ne s’ouvre que chez nous", link["href"]), link["href"], link
            )
        empty = ours and _is_empty_page(parts)
        if empty or _EMPTY_PLACE.search(f"{parts.path}?{parts.query}"):
            yield Finding(say("l’adresse « {} » est à compléter", link["href"]), link["href"], link)


@view_rule(
    "lien-a-verifier",
    "Ouvrez le lien dans une fenêtre privée : si la page s’affiche, laissez-le.",
    severity=WARNING,
)
def links_open_for_everybody(view: View) -> Iterator[Finding]:
    """Un lien qui a l’air d’un essai ou d’un document de travail s’ouvre pour tout le monde."""
    for link, parts in addresses(view):
        if parts.web and _is_doubtful(link["href"], parts, view.host):
            problem = say("le lien « {} » s’ouvre-t-il pour tout le monde?", link["href"])
            yield Finding(problem, link["href"], link)


@view_rule("lien-raccourci", "Mettez l’adresse de la page elle-même.")
def links_are_not_shortened(view: View) -> Iterator[Finding]:
    """Aucun lien n’est raccourci : on ne voit pas où il mène."""
    for link, parts in addresses(view):
        map_of_google = parts.host == "goo.gl" and parts.path.startswith("/maps/")
        if parts.host.removeprefix("www.") in _SHORTENERS and not map_of_google:
            yield Finding(say("le lien « {} » est raccourci", link["href"]), link["href"], link)


@view_rule("lien-traceur", "Mettez l’adresse de la page elle-même.")
def links_are_direct(view: View) -> Iterator[Finding]:
    """Aucun lien ne passe par un service qui suit les gens."""
    for link, parts in addresses(view):
        if parts.web and redirects(link["href"], parts.host):
            end = cleaned(link["href"])
            whole = say("; il finit à {}", end) if end != link["href"] else ""
            problem = say("le lien passe par « {} », qui suit les clics{}", parts.host, whole)
            yield Finding(problem, link["href"], link)


@mail_rule("domaine-voisin", "Vérifiez l’adresse : le nôtre s’écrit autrement.", severity=WARNING)
def neighbours_are_not_ours(mail: CheckedMail) -> Iterator[Finding]:
    """Aucune adresse ne mène à un domaine qu’on prendrait pour le nôtre."""
    named: list[tuple[str, str, MailElement | None]] = []
    for link, parts in addresses(mail.normal):
        mailboxes = parts.path.split(",") if parts.scheme == "mailto" else []
        hosts = [parts.host, *(mailbox.rpartition("@")[2] for mailbox in mailboxes)]
        named += [(host, link["href"], link) for host in hosts]
    for image in mail.normal.images:
        source = split(image["src"])
        named.append((source.host if source else "", image["src"], image))
    others = [*header_fields.domains(mail.raw or b""), *_IN_TEXT.findall(mail.text or "")]
    named += [(host, host, None) for host in dict.fromkeys(others)]
    told: set[str] = set()
    for host, needle, element in named:
        if looks_like_ours(host.casefold(), mail.host) and needle not in told:
            told.add(needle)
            yield Finding(
                say("« {} » ressemble à notre domaine sans l’être", host), needle, element
            )


@lru_cache(maxsize=4096)
def _private(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return bool(_PRIVATE.search(host))


@lru_cache(maxsize=4096)
def _is_doubtful(href: str, parts: Address, site: str) -> bool:
    theirs = not is_ours(parts.host, site)
    address = f"{parts.path}?{parts.query}"
    return bool(
        (theirs and (_doubtful_host(parts) or _is_empty_page(parts)))
        or _WRITTEN_THERE.search(href)
        or _PERHAPS_EMPTY.search(address)
    )


def _doubtful_host(parts: Address) -> bool:
    """Tell whether a host, or its port, has the look of a trial."""
    if parts.port not in {None, 80, 443}:
        return True
    return bool(_TRIAL.search(parts.host)) and not _NAMED_SO.search(parts.host)


def _is_empty_page(parts: Address) -> bool:
    """Tell whether an address ends with the name of what should be there."""
    return bool(_EMPTY_PAGE.fullmatch(parts.path)) and not parts.query
