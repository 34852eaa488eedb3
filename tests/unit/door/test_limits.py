"""How often a visitor may ask, and what is kept of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from axtra.door import connections
from axtra.door.limits import Limits, SharedLimits, Verdict
from axtra.door.request_reading import MOST
from axtra.subscribers import Register

pytestmark = pytest.mark.bases

ROOT = Path(__file__).parents[3]

SERVED, TOO_MANY, FULL = Verdict.SERVED, Verdict.TOO_MANY, Verdict.FULL


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    with Register.open(tmp_path / "donnees") as register:
        yield register


def kept(register: Register) -> list[str]:
    return [row[0] for row in register.base.execute("SELECT who FROM visits")]


def test_limits_forget_visitors_within_the_hour(register: Register) -> None:
    now = [0.0]
    limits = SharedLimits(lambda: now[0], each=2, total=3)
    assert [limits.ask_of(register, "a") for _ in range(3)] == [SERVED, SERVED, TOO_MANY]
    assert [limits.ask_of(register, "b"), limits.ask_of(register, "c")] == [SERVED, FULL]
    now[0] = 3600.0
    assert limits.ask_of(register, "c") is SERVED
    assert len(kept(register)) == 3


def test_the_processes_of_a_service_count_together(register: Register, tmp_path: Path) -> None:
    limits = SharedLimits(lambda: 0.0, each=2)
    with Register.open(tmp_path / "donnees") as other:
        assert [limits.ask_of(base, "a") for base in (register, other, register)] == [
            SERVED, SERVED, TOO_MANY,
        ]  # fmt: skip


@pytest.mark.fichiers
def test_what_is_counted_in_memory_is_counted_alike() -> None:
    now = [0.0]
    limits = Limits(lambda: now[0], each=2, total=3)
    assert [limits.ask("a") for _ in range(3)] == [SERVED, SERVED, TOO_MANY]
    assert [limits.ask("b"), limits.ask("c")] == [SERVED, FULL]
    now[0] = 3600.0
    assert limits.ask("192.0.2.7") is SERVED
    assert "192.0.2" not in repr(limits)


def test_the_address_of_a_visitor_is_not_kept(register: Register) -> None:
    limits = SharedLimits(lambda: 0.0)
    assert limits.ask_of(register, "192.0.2.7") is SERVED
    assert "192.0.2" not in repr(kept(register))


@pytest.mark.parametrize(
    ("visitors", "served"),
    [
        (["192.0.2.7"] * 30, 10),
        (["192.0.2.7", "::ffff:192.0.2.7"] * 15, 10),
        ([f"2001:db8:0:1::{number:x}" for number in range(265)], 10),
        ([f"2001:db8:0:{number:x}::1" for number in range(265)], 40),
        ([f"2001:db8:{number:x}::1" for number in range(400)], 300),
        ([f"192.0.2.{number}" for number in range(250)], 40),
        ([f"203.{number}.113.9" for number in range(22) for _ in range(15)], 220),
        (["fe80::1%eth0"] * 30, 10),
        (["", "nowhere"] * 30, 20),
    ],
)
def test_neighbours_are_counted_together(
    register: Register, visitors: list[str], served: int
) -> None:
    limits = SharedLimits(lambda: 0.0)
    with register.together():
        assert [limits.ask_of(register, visitor) for visitor in visitors].count(SERVED) == served


def test_the_limits_that_people_read_are_those_of_the_code() -> None:
    limits = SharedLimits(lambda: 0.0)
    page = (ROOT / "docs/deploiement.md").read_text("utf-8")
    needed = connections.MOST + connections.BURST + connections._OTHERS
    for said in (
        f"| {limits.each} par heure |",
        f"| {limits.near} par heure |",
        f"| {limits.total} par heure |",
        f"| {MOST // 1_024} Kio, 40 champs, 20 secondes |",
        f"| {connections.MOST}, moins si le système ouvre moins de {needed} fichiers |",
        f"| {connections._HEAD:.0f} secondes, 16 Kio |",
    ):
        assert said in page
    refusal = (ROOT / "theme/service/erreur.html").read_text("utf-8")
    assert (limits.each, limits.near) == (10, 40)
    assert "Dix demandes au plus par heure" in refusal
    assert "quarante du même voisinage" in refusal
