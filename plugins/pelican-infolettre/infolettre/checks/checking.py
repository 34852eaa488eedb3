"""The table of all the rules, and the function that runs them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from infolettre.checks.checked_mail import CheckedMail
from infolettre.checks.rule import MailRule
from infolettre.checks.rules import (
    clean,
    colours,
    dark,
    destinations,
    edition,
    foreign,
    images,
    language,
    law,
    leftovers,
    legibility,
    mail_links,
    message_bytes,
    moments,
    nesting,
    outlook,
    plain,
    structure,
    subject,
    support,
)
from infolettre.core.diagnostics import Diagnostic, ordered

_MODULES = (
    structure, legibility, nesting, outlook, support, colours, dark, images, mail_links,
    destinations, foreign, leftovers, clean, language, moments, subject, plain, law, message_bytes,
    edition,
)  # fmt: skip
MAIL_RULES: Mapping[str, MailRule] = MappingProxyType({
    rule.id: rule
    for module in _MODULES
    for rule in vars(module).values()
    if isinstance(rule, MailRule)
})  # fmt: skip

# What only a message of two parts can obey.
_OF_PARTS = frozenset(
    ["mime-encodage", "mime-langue", "mime-objet-perdu", "lien-en-ligne", "loi-raison"]
)
_OF_TEXT = frozenset(
    rule.id
    for module in (destinations, leftovers, clean, language, moments, subject, law, message_bytes)
    for rule in vars(module).values()
    if isinstance(rule, MailRule) and not rule.id.startswith("preentete-")
) - _OF_PARTS  # fmt: skip


def check(mail: CheckedMail) -> list[Diagnostic]:
    """List the problems of a mail, in the order of its source."""
    mail, rules = readable(mail, MAIL_RULES.values())
    return ordered(problem for rule in rules for problem in rule.check(mail))


def readable(
    mail: CheckedMail, rules: Iterable[MailRule]
) -> tuple[CheckedMail, Iterable[MailRule]]:
    """Return a mail and the rules that hold for it: those of text, for a message of text alone."""
    if not mail.text_alone:
        return mail, rules
    return mail.as_page, [rule for rule in rules if rule.id in _OF_TEXT]
