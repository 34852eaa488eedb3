"""What a rule of mails is: a sentence, an id, a weight, a remedy, and what finds its breaches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from axtra.checks.checked_mail import CheckedMail
from axtra.checks.view import View
from axtra.core.diagnostics import Diagnostic, Severity

ERROR, WARNING = Severity.ERROR, Severity.WARNING


class Finding(NamedTuple):
    """A breach: what is wrong and why, and some words or an address that stand there."""

    problem: str
    needle: str = ""


MailFinder = Callable[[CheckedMail], Iterator[Finding]]
ViewFinder = Callable[[View], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class MailRule:
    """A rule; `id` is its id in the guide, `sentence` what it asks, in French."""

    id: str
    sentence: str
    remedy: str
    severity: Severity
    find: MailFinder

    def check(self, mail: CheckedMail) -> Iterator[Diagnostic]:
        """Say what breaks the rule, each thing once."""
        for finding in dict.fromkeys(self.find(mail)):
            file, line = mail.place(finding.needle)
            yield Diagnostic(
                file, line, self.id, finding.problem, self.remedy, severity=self.severity
            )


def mail_rule(
    rule_id: str, remedy: str, *, severity: Severity = ERROR
) -> Callable[[MailFinder], MailRule]:
    """Make a rule of a function that reads the whole mail; its docstring is the rule."""

    def make(find: MailFinder) -> MailRule:
        return MailRule(rule_id, find.__doc__ or "", remedy, severity, find)

    return make


def view_rule(
    rule_id: str, remedy: str, *, severity: Severity = ERROR
) -> Callable[[ViewFinder], MailRule]:
    """Make a rule of a function that reads the HTML; it is asked about both views."""

    def make(find: ViewFinder) -> MailRule:
        return MailRule(rule_id, find.__doc__ or "", remedy, severity, _both(find))

    return make


def _both(find: ViewFinder) -> MailFinder:
    def found(mail: CheckedMail) -> Iterator[Finding]:
        seen = dict.fromkeys(find(mail.normal))
        yield from seen
        for finding in find(mail.outlook):
            if finding not in seen:
                yield Finding(f"{finding.problem} (dans Outlook pour Windows)", finding.needle)

    return found


def words(listed: str) -> tuple[str, ...]:
    """List words written in one string."""
    return tuple(listed.split())


def excerpt(text: str, length: int = 60) -> str:
    """Quote the beginning of a text."""
    folded = " ".join(text.split())
    return folded if len(folded) <= length else f"{folded[: length - 1].rstrip()}…"
