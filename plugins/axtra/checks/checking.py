"""All the rules, in one table."""

from __future__ import annotations

from axtra.checks.checked_mail import CheckedMail
from axtra.checks.rule import Rule
from axtra.checks.rules import (
    clean,
    colours,
    dark,
    foreign,
    images,
    language,
    law,
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
    structure, nesting, outlook, support, colours, dark, images, mail_links, foreign,
    clean, language, moments, subject, plain, law, message_bytes,
)  # fmt: skip
RULES: tuple[Rule, ...] = tuple(
    value for module in _MODULES for value in vars(module).values() if isinstance(value, Rule)
)


def check(mail: CheckedMail) -> list[Diagnostic]:
    """List everything that is wrong with a mail, in the order of its source."""
    return ordered(found for rule in RULES for found in rule.check(mail))
