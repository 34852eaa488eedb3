"""A letter of a site as a mail: rendered, put in a message, held to the rules of mails."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import MappingProxyType, ModuleType

from infolettre import checks, words
from infolettre.checks.rules import edition, language, law, moments
from infolettre.core.diagnostics import Diagnostic, Severity, ordered
from infolettre.letter.renderers import Letter
from infolettre.message import Head, ReaderValues, compose, identify
from infolettre.pelican_site.letters import LetterFile
from infolettre.pelican_site.settings import LetterSettings
from infolettre.text.personal_values import Personal, personalise
from infolettre.words import N_

READER = "destinataire@exemple.test"


def _rules_of(*modules: ModuleType) -> frozenset[str]:
    return frozenset(
        rule.id
        for module in modules
        for rule in vars(module).values()
        if isinstance(rule, checks.MailRule)
    )


# Rules of French: its typography, its dates, the lengths that suit its words.
_FRENCH = _rules_of(language, moments) | {
    "objet-longueur", "objet-numero", "preentete-absent", "preentete-longueur",
}  # fmt: skip
_OF_LAW = _rules_of(law)
# The law is that of Canada, whose postal codes these know.
_OF_CANADA = frozenset({"loi-adresse", "loi-expediteur"})
_POSTAL_CODE = re.compile(r"\b[A-Z]\d[A-Z] ?\d[A-Z]\d\b", re.IGNORECASE)
# Rules that compare a mail with a project of its own.
_OF_EDITION = _rules_of(edition)
_OF_ADDRESS = frozenset({"lien-prive", "lien-exemple", "domaine-voisin"})
# What a house of its own asks of its letters, and not of others'.
_OF_A_HOUSE = frozenset(
    {"courriel-langue", "courriel-langue-corps", "image-hote", "langue-non-dite", "taille-but"}
)
# A mailbox is a way to leave too.
_OF_ONE_CLICK = frozenset({"mime-desabonnement", "mime-un-clic", "loi-desabonnement-simple"})
_HEADER = N_("Écrivez-le dans l’en-tête de la lettre :  {}: …")
_SETTING = N_("Complétez {} dans pelicanconf.py : le pied de la lettre s’en sert.")
# Remedies that name what a site of Pelican has, where those of the rules name files of ours.
_REMEDIES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "objet-absent": (_HEADER, "Subject"),
        "preentete-absent": (_HEADER, "Summary"),
        "loi-adresse": (_SETTING, "INFOLETTRE_ADDRESS"),
        "loi-expediteur": (_SETTING, "INFOLETTRE_ADDRESS"),
        "loi-joindre": (_SETTING, "INFOLETTRE_EMAIL"),
        "loi-raison": (_SETTING, "INFOLETTRE_REASON"),
        "loi-desabonnement": (_SETTING, "INFOLETTRE_UNSUBSCRIBE"),
        "loi-desabonnement-simple": (_SETTING, "INFOLETTRE_UNSUBSCRIBE"),
    }
)


@dataclass(frozen=True, slots=True)
class SiteMail:
    """A mail: `html` and `text` as anyone may read them, `message` as a file for mail software."""

    html: str
    text: str
    tagged_html: str
    tagged_text: str
    message: bytes


def as_letter(letter: LetterFile, settings: LetterSettings) -> Letter:
    """Return a letter with what its site says of it."""
    return Letter(
        subject=letter.subject,
        title=letter.title,
        preheader=letter.preheader,
        moment=letter.moment,
        language=letter.language,
        siteurl=settings.siteurl,
        sender=settings.sender,
        body=letter.body,
    )


def address(letter: LetterFile, settings: LetterSettings) -> str:
    """Return the address of the page of a letter."""
    return f"{settings.siteurl}/{settings.url.format(slug=letter.slug)}"


def render(letter: LetterFile, settings: LetterSettings) -> SiteMail:
    """Render a letter.

    Raises:
        MjmlError: a template printed what mail software cannot read.
        HeaderError: a value cannot stand in a header.
    """
    parts = settings.theme.render(as_letter(letter, settings))
    online = address(letter, settings)
    links = {Personal.ONLINE: online, Personal.UNSUBSCRIBE: settings.unsubscribe}
    moment = letter.moment or datetime(1970, 1, 1, tzinfo=UTC)
    domain = settings.sender.address.rpartition("@")[2]
    head = Head(
        sender=settings.sender.name,
        address=settings.sender.address,
        reply_to=settings.sender.address,
        subject=letter.subject,
        moment=moment if moment.tzinfo else moment.replace(tzinfo=UTC),
        language=letter.language,
        list_name=settings.sender.name,
        list_id=f"infolettre.{domain}",
        archive=settings.siteurl + "/",
    )
    template = compose(head, parts.html, parts.text, online=online)
    reader = ReaderValues(
        address=READER,
        message_id=identify(template.digest, READER, domain=domain),
        unsubscribe=settings.unsubscribe,
        by_mail=""
        if settings.unsubscribe.startswith("mailto:")
        else f"mailto:{settings.sender.address}?subject=unsubscribe",
    )
    return SiteMail(
        personalise(parts.html, links, html=True),
        personalise(parts.text, links),
        parts.html,
        parts.text,
        template.fill(reader),
    )


def check(letter: LetterFile, mail: SiteMail, settings: LetterSettings) -> list[Diagnostic]:
    """List the problems of the mail of a letter, at the lines of its file."""
    words.speak(settings.language)
    checked = checks.CheckedMail(
        letter.file,
        mail.html,
        text=mail.text,
        subject=letter.subject,
        preheader=letter.preheader,
        source=letter.source,
        host=settings.host,
        day=letter.moment.date() if letter.moment else None,
        raw=mail.message,
    )
    found: Iterable[Diagnostic] = (
        problem for rule in rules(letter.language, settings) for problem in rule.check(checked)
    )
    if not settings.leaves_by_the_web:
        found = (problem for problem in found if "List-Unsubscribe-Post" not in problem.problem)
    found = (
        replace(problem, remedy=words.say(*_REMEDIES[problem.rule]))
        if problem.rule in _REMEDIES
        else problem
        for problem in found
    )
    if letter.is_draft:
        found = (replace(problem, severity=Severity.WARNING) for problem in found)
    return ordered(found)


def rules(language_of_letter: str, settings: LetterSettings) -> list[checks.MailRule]:
    """List the rules that hold for a letter in a language."""
    left_out = _OF_EDITION | _OF_A_HOUSE
    if not language_of_letter.lower().startswith("fr"):
        left_out |= _FRENCH
    if not settings.sender.place:
        left_out |= _OF_LAW
    if not any(map(_POSTAL_CODE.search, settings.sender.place)):
        left_out |= _OF_CANADA
    if not settings.leaves_by_the_web:
        left_out |= _OF_ONE_CLICK
    if not settings.knows_its_address:
        left_out |= _OF_ADDRESS
    return [rule for rule in checks.MAIL_RULES.values() if rule.id not in left_out]
