"""How often a visitor may ask, and what is kept of them."""

from __future__ import annotations

from axtra.door.limits import Limits


def test_limits_forget_visitors_within_the_hour() -> None:
    now = [0.0]
    limits = Limits(lambda: now[0], each=2, total=3)
    assert [limits.allow("a"), limits.allow("a"), limits.allow("a")] == [True, True, False]
    assert [limits.allow("b"), limits.allow("c")] == [True, False]
    now[0] = 3600.0
    assert limits.allow("c")
    assert len(limits._seen) == 2


def test_the_address_of_a_visitor_is_not_kept() -> None:
    limits = Limits(lambda: 0.0)
    assert limits.allow("192.0.2.7")
    assert "192.0.2.7" not in repr(limits)
