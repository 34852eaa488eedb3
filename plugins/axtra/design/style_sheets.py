"""The style sheets of a theme as browsers get them: joined, with short names, minified."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from pathlib import Path
from string import ascii_letters

import rcssmin

FIRST = "axe.css"  # in every page
FOCUS = "cadrage.css"  # in the pages that crop a picture around a point
_IMPORT = re.compile(r'@import "([^"]+)";')
_SEAM = "/**/"
_SHORT = len("var(--x)")
_PROPERTY = re.compile(r"(?<![\w-])--[a-z][a-z0-9-]*")
_DECLARED = re.compile(rf"({_PROPERTY.pattern}):([^;{{}}]*);?")
_USED = re.compile(rf"var\(({_PROPERTY.pattern})\)")


def sheets(theme: Path, head: str) -> Mapping[str, bytes]:
    """Return every sheet of a theme, by name.

    Custom properties have long names only in the sources. A property that never changes is
    replaced by its value where that is shorter; the others get short names, common to all sheets.

    Args:
        theme: its folder.
        head: the CSS before the first sheet: fonts and tokens.
    """
    folder = theme / "static/css"
    texts = {path.name: _whole(path) for path in sorted(folder.glob("*.css"))}
    texts[FIRST] = head + texts[FIRST]
    # All in a single text, so that the declarations of a sheet apply to the others.
    whole = _SEAM.join(str(rcssmin.cssmin(text)) for text in texts.values())
    whole = _shortened(_settled(whole, set(_PROPERTY.findall(head))))
    made = {name: text.encode() for name, text in zip(texts, whole.split(_SEAM), strict=True)}
    return {**made, FOCUS: _focus().encode()}


def quoted(text: str) -> str:
    """Return a text as a string of CSS."""
    plain = "".join(sign if sign.isalnum() or sign == " " else f"\\{ord(sign):x} " for sign in text)
    return f'"{plain}"'


def _focus() -> str:
    """Return the sheet that places cropped pictures; classes, since pages have no inline style.

    `cadre-5-3` keeps the point at half of the width and three tenths of the height.
    """
    return "".join(
        f".cadre-{x}-{y}{{object-position:{x * 10}% {y * 10}%}}"
        for x, y in product(range(11), repeat=2)
    )


def _whole(path: Path) -> str:
    """Return a sheet with the parts that it imports."""
    return _IMPORT.sub(lambda match: _whole(path.parent / match[1]), path.read_text("utf-8"))


def _settled(css: str, constants: Iterable[str]) -> str:
    """Replace the properties declared once by their value, if it is short or stands once."""
    declared = _DECLARED.findall(css)
    times = Counter(name for name, _ in declared)
    uses = Counter(_USED.findall(css))
    values = {
        name: value
        for name, value in declared
        if name in constants
        and times[name] == 1
        and (len(value) <= _SHORT or (uses[name] == 1 and "var(" not in value))
    }
    css = _DECLARED.sub(lambda match: "" if match[1] in values else match[0], css)
    return _USED.sub(lambda match: values.get(match[1], match[0]), css)


def _shortened(css: str) -> str:
    """Rename the properties; the most used get the shortest names."""
    counted = Counter(_PROPERTY.findall(css))
    ranked = sorted(counted, key=lambda name: (-counted[name], name))
    short = dict(zip(ranked, _names(), strict=False))
    return _PROPERTY.sub(lambda match: short[match[0]], css)


def _names() -> Iterator[str]:
    for length in (1, 2):
        for letters in product(ascii_letters, repeat=length):
            yield f"--{''.join(letters)}"
