"""Consent: what was agreed to, when, how it is proved, and when it ends.

Source: Loi canadienne anti-pourriel (L.C. 2010, ch. 23), articles 6 (a message needs consent),
10(1) (express), 10(9), (10) and (13) (implied), 13 (who sends must prove it).
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

RELATIONSHIP_MONTHS = 24  # art. 10(10)a) to d), 10(13): business and non-business relationships
INQUIRY_MONTHS = 6  # art. 10(10)e): an inquiry or an application


class Basis(StrEnum):
    """The legal basis of a consent; the values are those of a CSV file."""

    EXPRESS = "expres"
    IMPLIED = "tacite"
    INQUIRY = "tacite-demande"

    @property
    def months(self) -> int | None:
        """Return how many months it lasts, or None: an express consent lasts until withdrawn."""
        match self:
            case Basis.EXPRESS:
                return None
            case Basis.IMPLIED:
                return RELATIONSHIP_MONTHS
            case Basis.INQUIRY:
                return INQUIRY_MONTHS


@dataclass(frozen=True, slots=True)
class Consent:
    """A consent; `proof` says where its evidence is: a file and a line, or a form and a day."""

    basis: Basis
    given: datetime
    source: str
    proof: str

    @property
    def expires(self) -> datetime | None:
        """Return the first moment at which it no longer holds, or None when it does not expire."""
        months = self.basis.months
        return None if months is None else later(self.given, months)


def later(moment: datetime, months: int) -> datetime:
    """Return a moment some months later; the 31st becomes the last day of a shorter month."""
    index = moment.year * 12 + moment.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return moment.replace(
        year=year, month=month, day=min(moment.day, calendar.monthrange(year, month)[1])
    )
