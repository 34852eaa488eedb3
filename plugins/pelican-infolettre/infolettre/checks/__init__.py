"""The rules that every mail must follow, and how an editor learns of a breach.

A mail comes as values, whichever program rendered it. Each rule is a function whose docstring is
its sentence in French; `check` runs them all.
"""

from infolettre.checks.checked_mail import HOST, CheckedMail
from infolettre.checks.checking import MAIL_RULES, check
from infolettre.checks.mail_files import SUFFIXES, parse, read
from infolettre.checks.own_edition import OwnEdition
from infolettre.checks.rule import MailRule

__all__ = [
    "HOST",
    "MAIL_RULES",
    "SUFFIXES",
    "CheckedMail",
    "MailRule",
    "OwnEdition",
    "check",
    "parse",
    "read",
]
