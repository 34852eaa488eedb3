"""The hour at which an edition is to leave, as a person types it."""

from __future__ import annotations

import pytest

from axtra.cli.main import _parser
from infolettre.core.refusals import WrongUsage


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("2026-12-02 09:00", "2026-12-02T09:00:00-05:00"),
        ("2026-12-02T09:00", "2026-12-02T09:00:00-05:00"),
        ("2026-12-02 9 h 30", "2026-12-02T09:30:00-05:00"),
        ("2026-11-01 01:30", "2026-11-01T01:30:00-04:00"),  # the first of the two
        ("2027-03-14 03:00", "2027-03-14T03:00:00-04:00"),
    ],
)
def test_an_hour_is_that_of_quebec(typed: str, read: str) -> None:
    options = _parser().parse_args(["envoi", "programmer", "2026-12-02", typed])
    assert options.heure.isoformat() == read


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("2026-12-02", "n’a pas d’heure"),
        ("demain", "n’existe pas"),
        ("2027-03-14 02:30", "n’existe pas"),
        ("2026-13-45 09:00", "n’existe pas"),
        ("9999-12-31 23:00", "n’existe pas"),
        ("", "n’existe pas"),
    ],
)
def test_an_hour_that_does_not_exist_is_refused(typed: str, problem: str) -> None:
    with pytest.raises(WrongUsage, match=problem):
        _parser().parse_args(["envoi", "programmer", "2026-12-02", typed])
