"""Everything a mail must be, told to an editor.

A mail comes as values, whoever rendered it; each rule is one function with its sentence in
French. `check` runs them all.
"""

from axtra.checks.checked_mail import HOST, CheckedMail
from axtra.checks.checking import MAIL_RULES, check
from axtra.checks.mail_files import SUFFIXES, parse, read
from axtra.checks.rule import MailRule

__all__ = ["HOST", "MAIL_RULES", "SUFFIXES", "CheckedMail", "MailRule", "check", "parse", "read"]
