"""Values that say where something is: postal codes, coordinates, addresses of mail."""

from __future__ import annotations

import re
from collections.abc import Iterator

from axtra.content.schema import Key, Type
from axtra.core.diagnostics import Notes

# Source: Canada Post, « Addressing guidelines »: no D, F, I, O, Q, U; W and Z never come first.
_POSTAL = re.compile(r"([ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z])(\d[ABCEGHJ-NPRSTV-Z]\d)")
_POINT = re.compile(r"(-?\d{1,3}(?:[.,]\d+)?)\s*(?:[;, ]|,\s)\s*(-?\d{1,3}(?:[.,]\d+)?)")
_EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\".]{2,}")
_NORTH, _EAST = 90.0, 180.0  # degrees


def read(text: str, line: int, key: Key, notes: Notes) -> str | None:
    """Return such a value as the model writes it; None when it is none, which is noted.

    A postal code is « G9A 1A1 », a point « 46.34300,-72.54300 »: a latitude, then a longitude.
    """
    match key.type:
        case Type.POSTAL_CODE:
            found, wanted = _POSTAL.fullmatch(_squeezed(text)), "un code postal canadien"
            value = f"{found[1]} {found[2]}" if found else None
        case Type.POINT:
            value, wanted = _point(text), "une latitude puis une longitude, en degrés"
        case _:
            found, wanted = _EMAIL.fullmatch(text), "une adresse de courriel"
            value = text if found else None
    if value is None:
        notes.error(
            "valeur-invalide",
            line,
            f"« {key.name} » attend {wanted}, pas « {text} »",
            f"Par exemple :  {key.name}: {key.example}",
        )
    return value


def meant(text: str, key: Key) -> Iterator[str]:
    """Yield what can have been meant by a value that cannot be read, surest first."""
    if key.type is Type.POSTAL_CODE:  # the letter O for a zero, the letter I for a one
        code = list(_squeezed(text))
        for at in (1, 3, 5):
            if at < len(code):
                code[at] = {"O": "0", "I": "1", "L": "1"}.get(code[at], code[at])
        yield f"{''.join(code[:3])} {''.join(code[3:])}"
    elif key.type is Type.POINT and (found := _POINT.fullmatch(text)):
        yield f"{found[2]}, {found[1]}"


def _squeezed(text: str) -> str:
    return re.sub(r"[\s-]", "", text).upper()


def _point(text: str) -> str | None:
    found = _POINT.fullmatch(text)
    if found is None:
        return None
    latitude, longitude = (float(part.replace(",", ".")) for part in found.groups())
    sound = abs(latitude) <= _NORTH and abs(longitude) <= _EAST
    return f"{latitude:.5f},{longitude:.5f}" if sound else None
