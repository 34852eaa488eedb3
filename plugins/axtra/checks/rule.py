"""What a rule of mails is: an id, a sentence, a severity, a remedy, and a function that checks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from axtra.checks.checked_mail import CheckedMail
from axtra.checks.view import View
from axtra.core.diagnostics import Diagnostic, Severity

ERROR, WARNING = Severity.ERROR, Severity.WARNING


class Finding(NamedTuple):
    """A breach: the problem, and some words or an address by which to find its line."""

    problem: str
    needle: str = ""


MailFinder = Callable[[CheckedMail], Iterator[Finding]]
ViewFinder = Callable[[View], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class MailRule:
    """A rule; `id` is its anchor in the guide, `sentence` states it in French."""

    id: str
    sentence: str
    remedy: str
    severity: Severity
    find: MailFinder

    def check(self, mail: CheckedMail) -> Iterator[Diagnostic]:
        """Yield each breach of the rule once."""
        for finding in dict.fromkeys(self.find(mail)):
            file, line = mail.locate(finding.needle)
            yield Diagnostic(
                file, line, self.id, finding.problem, self.remedy, severity=self.severity
            )


def mail_rule(
    rule_id: str, remedy: str, *, severity: Severity = ERROR
) -> Callable[[MailFinder], MailRule]:
    """Declare a rule on the whole mail; the function's docstring is its sentence."""

    def make(find: MailFinder) -> MailRule:
        return MailRule(rule_id, find.__doc__ or "", remedy, severity, find)

    return make


def view_rule(
    rule_id: str, remedy: str, *, severity: Severity = ERROR
) -> Callable[[ViewFinder], MailRule]:
    """Declare a rule on the HTML; the function is called with each of the two views."""

    def make(find: ViewFinder) -> MailRule:
        return MailRule(rule_id, find.__doc__ or "", remedy, severity, _both(find))

    return make


def _both(find: ViewFinder) -> MailFinder:
    def find_in_both(mail: CheckedMail) -> Iterator[Finding]:
        findings = dict.fromkeys(find(mail.normal))
        yield from findings
        for finding in find(mail.outlook):
            if finding not in findings:
                yield Finding(f"{finding.problem} (dans Outlook pour Windows)", finding.needle)

    return find_in_both


def words(listed: str) -> tuple[str, ...]:
    """Split a string of words."""
    return tuple(listed.split())


def excerpt(text: str, length: int = 60) -> str:
    """Return the beginning of a text, to quote it."""
    folded = " ".join(text.split())
    return folded if len(folded) <= length else f"{folded[: length - 1].rstrip()}…"
