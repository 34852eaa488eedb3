"""What a rule of mails is: an id, a sentence, a severity, a remedy, and a function that checks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import NamedTuple

from infolettre.checks.checked_mail import CheckedMail
from infolettre.checks.mail_elements import MailElement
from infolettre.checks.source_places import Place, nearest
from infolettre.checks.view import View
from infolettre.core.diagnostics import Diagnostic, Severity
from infolettre.words import N_, _, say

ERROR, WARNING = Severity.ERROR, Severity.WARNING
# The remedy where no words of an edition are the cause.
NOT_THE_TEXT = N_("C’est la mise en page, non le texte : montrez-le à qui s’occupe du thème.")


class Finding(NamedTuple):
    """A breach.

    Attributes:
        problem: what is wrong.
        needle: some words or an address by which to find its line.
        near: the element in which it stands, or its offset in the joined texts of the mail.
        line: the line of the HTML, from 1, when no element is near.
    """

    problem: str
    needle: str = ""
    near: MailElement | int | None = None
    line: int | None = None

    @property
    def html_line(self) -> int | None:
        """Return the line of the HTML on which it stands, when that is known."""
        return self.near.line if isinstance(self.near, MailElement) else self.line

    @property
    def is_of_element(self) -> bool:
        """Tell whether the element as a whole is at fault, and not an address or words in it."""
        near = self.near
        if not isinstance(near, MailElement):
            return self.line is not None
        return self.needle in {"", near.text, near.own_text, f"<{near.tag}"}


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
        """Yield each breach of the rule, at its line; those without a line are counted."""
        for problem, times in self.counted(mail):
            several = problem.line is None and times > 1
            said = say("{} ({} fois)", problem.problem, times) if several else problem.problem
            yield replace(problem, problem=said)

    def counted(self, mail: CheckedMail) -> Iterator[tuple[Diagnostic, int]]:
        """Yield each breach of the rule at its place, and how many times it is found there."""
        placed: dict[tuple[str, str], Counter[Place]] = {}
        for finding in self.find(mail):
            seen = placed.setdefault(finding[:2], Counter())
            seen[_place(mail, finding, seen)] += 1
        for (problem, _needle), places in placed.items():
            for place, times in places.items():
                told = Diagnostic(
                    place.file,
                    place.line,
                    self.id,
                    _(problem),
                    _(self.remedy),
                    severity=self.severity,
                )
                yield told, times


def _place(mail: CheckedMail, finding: Finding, seen: Counter[Place]) -> Place:
    """Find where a breach was typed; what repeats a place already seen is the same mistake."""
    nowhere, hint = Place(mail.file, None), None
    if mail.is_page and finding.html_line:
        nowhere = hint = Place(mail.file, finding.html_line)
        if finding.is_of_element:
            return hint
    places = mail.places.having(finding.needle, mail.host) if finding.needle else []
    near = finding.near
    if near is None and finding.needle:
        near = _nth(mail.joined_texts, finding.needle, seen.total())
    if near is not None and hint is None:
        hint = mail.place_of(near)
    if isinstance(near, int) and hint is not None:
        return hint
    close = nearest(places, hint) if hint else places
    if not places or (hint is not None and not close):
        return hint or (places[0] if places else nowhere)
    return next((place for place in close if place not in seen), close[-1])


def _nth(text: str, words: str, rank: int) -> int | None:
    """Return the offset of whole words in a text, from rank 0; None where there are fewer."""
    before = r"(?<!\w)" if words[0].isalnum() else ""
    after = r"(?!\w)" if words[-1].isalnum() else ""
    places = re.finditer(before + re.escape(words) + after, text)
    place = next(islice(places, rank, None), None)
    return place.start() if place else None


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
        findings = [*find(mail.normal)]
        yield from findings
        both = Counter(finding[:2] for finding in findings)
        for finding in find(mail.outlook):
            if both[finding[:2]]:
                both[finding[:2]] -= 1
            else:
                problem = say("{} (dans Outlook pour Windows)", _(finding.problem))
                yield Finding(problem, finding.needle, line=finding.html_line)

    return find_in_both


def about(problem: str, element: MailElement) -> Finding:
    """Return a breach in an element, which its text quotes."""
    return Finding(problem, element.text, element)


def merged(*passes: Iterator[Finding]) -> Iterator[Finding]:
    """Yield what several readings of the same words find, each mistake as often as one of them."""
    told: Counter[tuple[str, str]] = Counter()
    for findings in passes:
        here: Counter[tuple[str, str]] = Counter()
        for finding in findings:
            here[finding[:2]] += 1
            if here[finding[:2]] > told[finding[:2]]:
                yield finding
        told |= here


def words(listed: str) -> tuple[str, ...]:
    """Split a string of words."""
    return tuple(listed.split())


def excerpt(text: str, length: int = 60) -> str:
    """Return the beginning of a text, to quote it."""
    folded = " ".join(text.split())
    return folded if len(folded) <= length else f"{folded[: length - 1].rstrip()}…"
