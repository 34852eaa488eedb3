"""A mail that another organisation made: only what holds for every mail, one line per rule."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from email import message_from_bytes
from types import MappingProxyType
from urllib.parse import urlsplit

from infolettre.checks import header_fields
from infolettre.checks.checked_mail import CheckedMail
from infolettre.checks.checking import MAIL_RULES, readable
from infolettre.checks.link_addresses import split
from infolettre.checks.rule import MailRule
from infolettre.checks.rules import language, leftovers, moments
from infolettre.core.diagnostics import Diagnostic, Severity, ordered

_OWN = ""  # the remedy of the rule holds elsewhere
_FOOT = "Écrivez-le au pied du courriel."
_MAILER = "Corrigez-le dans le logiciel qui fait ou envoie le courriel."
# The rules that hold for every mail, with a remedy that supposes nothing of who made it.
_REMEDIES: Mapping[str, str] = MappingProxyType({
    "loi-desabonnement": "Mettez au pied du courriel un lien de désabonnement.",
    "loi-desabonnement-simple": _OWN,
    "loi-desabonnement-visible": _OWN,
    "loi-adresse": _FOOT,
    "loi-joindre": _FOOT,
    "loi-courriel-dans-lien": _OWN,
    "mime-parties": "Envoyez deux parties, le texte et le HTML : chacun lit celle qu’il peut.",
    "mime-decodage": _MAILER,
    "mime-lignes": _MAILER,
    "mime-entetes": _MAILER,
    "mime-entetes-ascii": _MAILER,
    "mime-date": _MAILER,
    "mime-desabonnement": _MAILER,
    "mime-un-clic": _MAILER,
    "mime-expediteur-gratuit": _OWN,
    "taille-limite": "Raccourcissez le courriel, ou menez à une page du Web.",
    "objet-absent": "Écrivez l’objet du courriel.",
    "lien-sans-adresse": _OWN,
    "lien-relatif": _OWN,
    "lien-mal-ecrit": _OWN,
    "lien-courriel": _OWN,
    "lien-telephone": _OWN,
    "lien-prive": _OWN,
    "lien-mot-de-passe": _OWN,
    "image-adresse": _OWN,
    "courriel-script": "Enlevez-le : aucun logiciel de courriel ne l’exécute.",
    "courriel-formulaire": "Menez plutôt à une page du Web par un lien.",
    "courriel-cadre": "Menez plutôt à une page du Web par un lien.",
    "courriel-renvoi": _OWN,
    "courriel-css-programme": _OWN,
    "reste-gabarit": _OWN,
    "reste-variable": "Cherchez ce qui a laissé passer une valeur vide.",
    "texte-a-completer": _OWN,
    "salutation-vide": _OWN,
    "encodage-casse": _OWN,
    "caractere-controle": _OWN,
    "entite-visible": _OWN,
    "image-alt": _OWN,
    "image-alt-lien": _OWN,
    "courriel-lien-vide": _OWN,
    "courriel-lien-vague": _OWN,
    "courriel-titre": "Donnez un titre à la page (<title>) : l’objet du courriel.",
    "courriel-fenetre": "Laissez agrandir : width=device-width, initial-scale=1.",
    "courriel-tableau-role": 'Ajoutez role="presentation" au tableau de mise en page.',
    "courriel-petit-texte": _OWN,
    "courriel-intertitre-vide": "Écrivez l’intertitre, ou enlevez-le.",
})  # fmt: skip
# What is a fault for us, and a habit elsewhere.
_ADVICE = frozenset({
    "courriel-lien-vague", "courriel-titre", "courriel-fenetre", "courriel-tableau-role",
    "courriel-petit-texte", "courriel-intertitre-vide", "mime-lignes", "lien-sans-adresse",
    "mime-parties",
})  # fmt: skip
_LAW = "la loi l’exige d’un message commercial"
_OUR_HEADERS = re.compile(r"Reply-To|List-")
_FRENCH = re.compile(r"\b(?:le|la|les|des|du|et|une|est|pour|vous|nous|dans|que|avec|sur)\b")
_ADDRESS = re.compile(
    r"\b[A-Z]{2}\.?,? \d{5}\b|\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b|\b\d{5} [A-ZÀ-Ý]"
    r"|\bP\.? ?O\.? Box|\bC\. ?P\. ?\d|\bcase postale\b"
    r"|\b\d+[\w-]*,? (?:rue|avenue|av\.|boul|chemin|place|route)\b"
    r"|\b\d+ (?:\w+ ){1,3}(?:St|Street|Ave|Avenue|Rd|Road|Blvd|Dr|Drive|Lane|Ct|Court)\b",
    re.IGNORECASE,
)
_EDITION = re.compile(r"/(?:infolettres|magazine)/\d{4}-\d{2}")


def check(mail: CheckedMail) -> list[Diagnostic]:
    """List what is wrong with a mail that another organisation made, one line per rule."""
    mail, rules = readable(mail, _rules(mail))
    if mail.text_alone and not _is_bulk(mail):  # what a person writes to another
        rules = [rule for rule in rules if not rule.id.startswith("loi-")]
    return ordered(summed for rule in rules for summed in _summed(mail, rule))


def is_ours(mail: CheckedMail) -> bool:
    """Tell whether anything in a mail comes from us: a header, a link, an image, an edition."""
    domain = mail.host.partition(":")[0].removeprefix("www.").casefold()
    links = [link["href"] for link in mail.normal.links]
    addresses = [*links, *(image["src"] for image in mail.normal.images)]
    hosts = [parts.host for parts in map(split, addresses) if parts]
    mailto = (link.partition("?")[0] for link in links if link.startswith("mailto:"))
    found = (
        *hosts,
        *(mailbox.rpartition("@")[2] for mailbox in mailto),
        *header_fields.domains(mail.raw or b""),
    )
    if not domain:
        return True
    return any(f".{host.casefold()}".endswith(f".{domain}") for host in found) or any(
        _EDITION.search(urlsplit(address).path) for address in addresses if split(address)
    )


def _rules(mail: CheckedMail) -> Iterable[MailRule]:
    """List the rules that hold for a mail; those of French, when it is in French."""
    french = [*vars(language).values(), *vars(moments).values()] if _is_french(mail) else []
    return [
        *(MAIL_RULES[name] for name in _REMEDIES),
        *(rule for rule in french if isinstance(rule, MailRule)),
    ]


def _is_french(mail: CheckedMail) -> bool:
    declared = next((root["lang"] for root in mail.normal.all("html")), "")
    words = (mail.normal.all_words or mail.text or "").casefold().split()
    found = len(_FRENCH.findall(" ".join(words)))
    return (not declared or declared.lower().startswith("fr")) and 10 * found > len(words)


def _summed(mail: CheckedMail, rule: MailRule) -> Iterator[Diagnostic]:
    """Yield what a rule finds as one problem, with a count."""
    found = [(problem, times) for problem, times in rule.counted(mail) if _holds(mail, problem)]
    if found:
        first, more = found[0][0], sum(times for _, times in found) - 1
        others = f" (et {more} {'autres' if more > 1 else 'autre'})" if more else ""
        yield replace(
            first,
            problem=first.problem.replace("la loi l’exige", _LAW) + others,
            remedy=_REMEDIES.get(rule.id) or rule.remedy,
            severity=_severity(mail, rule),
        )


def _holds(mail: CheckedMail, problem: Diagnostic) -> bool:
    if problem.rule == "mime-entetes":
        return not _OUR_HEADERS.search(problem.problem)
    if problem.rule.startswith("lien-") and leftovers.has_tag(problem.problem):
        return False  # the tag itself is told of
    if problem.rule == "loi-adresse":
        return not _ADDRESS.search(f"{mail.normal.all_words}\n{mail.text or ''}")
    return True


def _severity(mail: CheckedMail, rule: MailRule) -> Severity:
    """Return the severity of a rule; the law is for what is sent to a list, not for a receipt."""
    of_law = rule.id.startswith("loi-")
    known = rule.id in _REMEDIES and rule.id not in _ADVICE
    return rule.severity if known and (not of_law or _is_bulk(mail)) else Severity.WARNING


def _is_bulk(mail: CheckedMail) -> bool:
    message = message_from_bytes(mail.raw or b"")
    return any(name in message for name in ("List-Id", "List-Unsubscribe", "Precedence"))
