"""The styles of a mail: declarations, colours, lengths.

Mails repeat the same few styles, so each result is cached.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

IMPORTANT = re.compile(r"!\s*important\b", re.IGNORECASE)
_NAMED: Mapping[str, str] = MappingProxyType({
    "white": "#FFFFFF", "black": "#000000", "red": "#FF0000", "blue": "#0000FF",
    "green": "#008000", "yellow": "#FFFF00", "gray": "#808080", "grey": "#808080",
    "silver": "#C0C0C0", "lightgray": "#D3D3D3", "lightgrey": "#D3D3D3", "orange": "#FFA500",
    "navy": "#000080", "teal": "#008080", "maroon": "#800000", "purple": "#800080",
})  # fmt: skip


HIDING = frozenset(
    ("display", "visibility", "opacity", "max-height", "height", "overflow", "text-indent")
)


@lru_cache(maxsize=4096)
def declarations(style: str) -> Mapping[str, str]:
    """Parse the declarations of a style attribute; the last of the same name wins."""
    values: dict[str, str] = {}
    for declaration in style.split(";"):
        name, colon, value = declaration.partition(":")
        if colon:
            values[name.strip().lower()] = value.strip()
    return MappingProxyType(values)


@lru_cache(maxsize=4096)
def hides(style: str) -> bool:
    """Tell whether a style hides the element that has it."""
    return hidden_by(declarations(style))


def hidden_by(declared: Mapping[str, str]) -> bool:
    """Tell whether declarations hide the element that has them."""
    values = {name: bare(declared[name]) for name in HIDING & declared.keys()}
    flat = values.get("max-height", values.get("height", "")) in {"0", "0px"}
    return bool(values) and (
        values.get("display") == "none"
        or values.get("visibility") in {"hidden", "collapse"}
        or bool(re.fullmatch(r"0?\.?0+%?", values.get("opacity", "")))
        or (flat and values.get("overflow") == "hidden")
        or bool(re.match(r"-\d{3,}", values.get("text-indent", "")))
    )


@lru_cache(maxsize=4096)
def pixels(value: str) -> int | None:
    """Parse a whole number of pixels; None for any other value."""
    match = re.fullmatch(r"(\d+)px", value)
    return int(match[1]) if match else None


@lru_cache(maxsize=4096)
def bare(value: str) -> str:
    """Return a value without `!important`."""
    return IMPORTANT.sub("", value).strip()


@lru_cache(maxsize=4096)
def hexadecimal(value: str) -> str | None:
    """Return as #RRGGBB a colour that all software reads; None for any other value."""
    plain = bare(value)
    if not plain:
        return None
    if match := re.fullmatch(r"#([0-9A-Fa-f])([0-9A-Fa-f])([0-9A-Fa-f])", plain):
        return "#" + "".join(digit * 2 for digit in match.groups())
    if re.fullmatch(r"#[0-9A-Fa-f]{6}", plain):
        return plain
    if match := re.fullmatch(r"rgb\((\d{1,3}), ?(\d{1,3}), ?(\d{1,3})\)", plain):
        return "#" + "".join(f"{min(int(channel), 255):02X}" for channel in match.groups())
    return _NAMED.get(plain.lower())


@lru_cache(maxsize=4096)
def background_colour(background: str) -> str:
    """Return the colour in a value of `background`, as written, or nothing."""
    match = re.search(r"#[0-9A-Fa-f]{3,6}", background)
    return match[0] if match else ""
