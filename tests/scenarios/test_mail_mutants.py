"""Mistakes planted in the mails of the project are told, and nothing is where there is none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache

import pytest

from axtra import site
from axtra.newsletter.exports import message
from infolettre import checks
from infolettre.core import dates
from support.mail_faults import HOST
from support.mail_mutants import MISTAKES, Mistake, mutants
from support.sample_letters import ROOT, editions

NOW = datetime(2026, 6, 1, 9, tzinfo=dates.ZONE)
LETTERS = [slug for root, slug in editions() if root == ROOT]
TOLD = 0.95


@cache
def known() -> site.KnownLetters:
    letters = site.KnownLetters.open(ROOT, moment=NOW)
    assert letters is not None
    return letters


def exported(slug: str) -> bytes:
    edition = site.edition(ROOT, slug, None, moment=NOW)
    return message(edition.letter, "membres", edition.mail, edition.facts, edition.links)


def rules_of(raw: bytes) -> list[str]:
    mail = known().compared(checks.parse(raw, "lettre.eml", host=HOST))
    return [diagnostic.rule for diagnostic in checks.check(mail)]


@pytest.mark.parametrize("slug", LETTERS)
def test_the_mail_of_each_edition_has_no_mistake(slug: str) -> None:
    assert rules_of(exported(slug)) == []


def silent(slug: str, mistakes: Sequence[Mistake]) -> tuple[list[str], int]:
    """Plant mistakes in the mail of an edition; return those not told, and how many there were."""
    planted = list(mutants(exported(slug), mistakes))
    return [f"{name} ({slug})" for name, made in planted if not rules_of(made)], len(planted)


def test_planted_mistakes_are_reported() -> None:
    few = MISTAKES[::6]
    found = [silent(slug, few[turn :: len(LETTERS)]) for turn, slug in enumerate(LETTERS)]
    assert sum(planted for _, planted in found) > 0.9 * len(few)
    assert [name for names, _ in found for name in names] == []


@pytest.mark.eprouve
def test_every_mistake_planted_in_every_mail_is_reported() -> None:
    found = [silent(slug, MISTAKES) for slug in LETTERS]
    planted = sum(count for _, count in found)
    missed = [name for names, _ in found for name in names]
    assert planted > 1500
    assert len(missed) <= (1 - TOLD) * planted, missed
