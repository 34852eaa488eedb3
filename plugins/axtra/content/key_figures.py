"""The block « chiffres »: each line of a list begins with its number."""

from __future__ import annotations

import re

from markupsafe import Markup

from axtra.content.block_reader import BlockReader
from axtra.content.blocks import RawBlock, inner_html
from axtra.content.card_blocks import text_of
from axtra.content.model import KeyFigure, KeyFigures, Text, html_text

_FIGURE_ITEM = re.compile(
    r"\s*<li>\s*(?:<p>)?<strong>(.*?)</strong>(.*?)(?:</p>)?\s*</li>\s*", re.DOTALL
)
# What a number may not hold: it is printed as it is typed, on the site and in mails.
_NO_NUMBER = re.compile(r"<(?!/|(?:em|i|b|strong|sup|sub|small|span|abbr)\b)(\w+)")


def read(raw: RawBlock, reader: BlockReader) -> KeyFigures | None:
    """Resolve key figures; None when a line is no figure, which is noted."""
    html = inner_html(raw.children)
    rows = re.fullmatch(r"\s*<[uo]l>(.*)</[uo]l>\s*", html, re.DOTALL)
    found = _FIGURE_ITEM.findall(rows[1]) if rows else []
    if not found or _FIGURE_ITEM.sub("", rows[1] if rows else "").strip():
        reader.notes.error(
            "chiffres-invalides",
            raw.line,
            "chaque ligne d’un bloc « chiffres » commence par un nombre en gras",
            "Par exemple :  - **336** participants",
        )
        return None
    for number, _ in found:
        if held := _NO_NUMBER.search(number):
            reader.notes.error(
                "chiffres-invalides",
                raw.line,
                f"un nombre d’un bloc « chiffres » contient <{held[1]}>",
                "N’y mettez qu’un nombre; un lien ou une image va dans la suite de la ligne.",
            )
            return None
    figures = tuple(
        KeyFigure(
            Text(html_text(number), Markup(number)),  # noqa: S704 - sanitised when read
            reader.caption(label.strip(), raw.line),
        )
        for number, label in found
    )
    return KeyFigures(text_of(raw.argument), figures)
