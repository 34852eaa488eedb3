"""The dates of a column: read only when their order is certain."""

from __future__ import annotations

import pytest

from axtra.subscribers.importing.date_columns import Order, is_unclear, order, read


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["05/06/2021", "28/02/2019"], Order.DAY_FIRST),
        (["05/06/2021", "02/28/2019"], Order.MONTH_FIRST),
        (["28/02/2019", "02/28/2019"], None),
        (["05/06/2021"], None),
        (["2021-05-06", "bientôt"], None),
        ([], None),
    ],
)
def test_a_number_above_twelve_gives_the_order(texts: list[str], expected: Order | None) -> None:
    assert order(texts) is expected


@pytest.mark.parametrize(
    ("text", "unclear"),
    [("05/06/2021", True), ("05/05/2021", False), ("5/05/2021", False), ("2021-05-06", False)],
)
def test_a_date_is_unclear_when_it_would_be_another_date(text: str, *, unclear: bool) -> None:
    assert is_unclear(text) is unclear


@pytest.mark.parametrize(
    ("text", "known", "day"),
    [
        ("05/06/2021", Order.DAY_FIRST, "2021-06-05"),
        ("05/06/2021", Order.MONTH_FIRST, "2021-05-06"),
        ("05/06/2021", None, None),
        ("31/04/2021", Order.DAY_FIRST, None),
        ("2 brumaire 2021", None, None),
        ("2 févr. 2021", None, "2021-02-02"),
        ("March 3rd, 2021", None, "2021-03-03"),
    ],
)
def test_a_date_is_read_in_the_order_of_its_column(
    text: str, known: Order | None, day: str | None
) -> None:
    date = read(text, known)
    assert (f"{date:%Y-%m-%d}" if date else None) == day
