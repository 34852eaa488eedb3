"""Numbers as Quebec writes them: « 1 234,5 », « 45 % », « 12 $ », « −3 »."""

from __future__ import annotations

import re
from dataclasses import dataclass

NBSP = "\u00a0"
_SPACES = "\u0020\u00a0\u2009\u202f"
_QUANTITY = re.compile(
    rf"(?P<sign>[-−–+]?)[{_SPACES}]*(?P<before>\$[{_SPACES}]*)?"
    rf"(?P<whole>\d{{1,3}}(?:[{_SPACES}]\d{{3}})+|\d{{1,15}})(?:(?P<point>[,.])(?P<part>\d{{1,6}}))?"
    rf"[{_SPACES}]*(?P<unit>[^\d{_SPACES}.,;:][^\d.,;:]{{0,30}})?"
)
_SIGN = re.compile(r"[^\W\d_]{0,3}[^\w\s]?|[^\W\d_]{1,3}", re.UNICODE)
_THOUSAND = 1000
_LONG = 4  # digits from which thousands are apart


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number, with how it is written without its unit, and its unit as typed."""

    value: float
    digits: str
    unit: str = ""

    @property
    def sign(self) -> str:
        """Return the unit if it is a sign (« % », « $ », « km »), which stays by the number."""
        return self.unit if is_sign(self.unit) else ""

    @property
    def plain(self) -> str:
        """Return the number as a spreadsheet in French reads it: « -1234,5 »."""
        return self.digits.replace(NBSP, "").replace("−", "-")


def is_sign(unit: str) -> bool:
    """Tell whether a unit is a sign rather than a word."""
    return bool(unit) and bool(_SIGN.fullmatch(unit))


def shown(quantity: Quantity, sign: str) -> str:
    """Write a number with the sign of its series."""
    return f"{quantity.digits}{NBSP}{sign}" if sign else quantity.digits


def quantity(text: str) -> Quantity | None:
    """Read a number with its unit, if it has one; None when it is no number.

    A point is read as a comma, unless three digits follow it: it may then part thousands.
    """
    found = _QUANTITY.fullmatch(text.strip())
    if found is None or (found["point"] == "." and len(found["part"]) == 3):  # noqa: PLR2004
        return None
    if found["before"] and found["unit"]:
        return None
    whole = re.sub(rf"[{_SPACES}]", "", found["whole"])
    part = found["part"] or ""
    value = float(f"{whole}.{part or 0}")
    if found["sign"] and found["sign"] != "+":
        value = -value
    digits = f"{int(whole):,}".replace(",", NBSP) if len(whole) > _LONG - 1 else whole
    minus = "−" if value < 0 else ""
    unit = "$" if found["before"] else (found["unit"] or "").strip()
    return Quantity(value, f"{minus}{digits}{f',{part}' if part else ''}", unit)
