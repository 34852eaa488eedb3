"""A journal that an attack cannot fill."""

from __future__ import annotations

from axtra.door.sparing_journal import SparingJournal


def test_a_line_that_repeats_is_written_once_a_minute() -> None:
    said: list[str] = []
    now = [0.0]
    journal = SparingJournal(said.append, lambda: now[0])
    for _ in range(1_000):
        journal("trop\n")
        journal("autre\n")
    assert said == ["trop\n", "autre\n"]
    now[0] = 60.0
    journal("trop\n")
    journal("trop\n")
    assert said[2:] == ["trop (et 999 fois depuis)\n"]


def test_a_journal_remembers_few_lines() -> None:
    said: list[str] = []
    journal = SparingJournal(said.append, lambda: 0.0)
    for number in range(1_000):
        journal(f"{number}\n")
    assert len(said) == 1_000
    assert len(journal._said) <= 100
