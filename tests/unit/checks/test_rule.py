"""A breach is told once at each of its places, whatever readings of the mail show it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from infolettre import checks
from infolettre.checks import CheckedMail
from infolettre.checks.rule import Finding, MailRule, mail_rule, merged
from support.mail_faults import good


def _rule(*findings: Finding) -> MailRule:
    @mail_rule("essai", "Corrigez.")
    def find(_mail: CheckedMail) -> Iterator[Finding]:
        """Un essai."""
        return iter(findings)

    return find


def test_what_several_readings_find_is_reported_as_often_as_one_of_them() -> None:
    html, text = [Finding("a"), Finding("a"), Finding("b")], [Finding("a"), Finding("c")]
    told = [finding.problem for finding in merged(iter(html), iter(text))]
    assert told == ["a", "a", "b", "c"]


def test_breaches_without_a_place_are_counted() -> None:
    found = _rule(Finding("un tableau"), Finding("un tableau"), Finding("un lien")).check(good())
    assert [(problem.line, problem.problem) for problem in found] == [
        (None, "un tableau (2 fois)"),
        (None, "un lien"),
    ]


def test_each_breach_takes_the_next_place_of_its_words() -> None:
    mail = replace(good(), source="mot\n\nun mot et un mot\n", html="<p>rien</p>")
    found = [*_rule(*[Finding("« mot »", "mot")] * 4).check(mail)]
    assert [problem.line for problem in found] == [1, 3, 3], "three were typed"


def test_a_breach_that_both_views_show_is_one() -> None:
    link = '<p><a href="http://essai.example/">Le programme</a></p>'
    html = good().html.replace("<p>Bonjour,</p>", f"\n{link}\n\n{link}\n")
    first = html[: html.index(link)].count("\n") + 1
    told = checks.check(replace(good(), html=html, source=html))
    lines = [problem.line for problem in told if problem.rule == "lien-http"]
    assert lines == [first, first + 2]
