"""The table of all the rules, and the function that runs them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from axtra.checks.checked_mail import CheckedMail
from axtra.checks.rule import MailRule
from axtra.checks.rules import (
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
from axtra.core.diagnostics import Diagnostic, ordered

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


def check(mail: CheckedMail) -> list[Diagnostic]:
    """List the problems of a mail, in the order of its source."""
    rules = [message_bytes.parts_are_two] if mail.text_alone else MAIL_RULES.values()
    return ordered(problem for rule in rules for problem in rule.check(mail))
