"""What a body may weigh, so that the time to convert it grows no quicker than it does.

Python-Markdown tries most signs of a paragraph against all that follows them, and each abbreviation
against the whole text.
"""

from __future__ import annotations

import re

from markdown_it.token import Token

from axtra.content.blocks.containers import blocks_of
from axtra.content.blocks.source import Typed
from infolettre.core.diagnostics import Notes, thousands

MOST_SIGNS = 500  # in one paragraph
MOST_CHARACTERS = 500_000
MOST_ABBREVIATIONS = 200
MOST_FENCES = 1000
MOST_OPEN_TAGS = 200
MOST_BLOCKS = 500
_SIGN = re.compile(r"[\[<{`*_~@\\$^=+]|://|&[#\w]")
_SIGN_OF_HTML = re.compile(r"[\[{`*_~@\\$^+]")
_ABBREVIATION = re.compile(r"^ {0,3}\*\[", re.MULTILINE)
_FENCE = re.compile(r"^[ >]*(?:```|~~~)", re.MULTILINE)
_BLOCK = re.compile(r"^ {0,3}/{3,} *[\w-]", re.MULTILINE)
_CUT_TAG = re.compile(r"<[a-zA-Z!/?][^<>]*(?=<|\Z)")
_OPENING = re.compile(r"<(?!br\b|hr\b|img\b|wbr\b)[a-zA-Z][\w-]*(?=[\s>])", re.IGNORECASE)
_CLOSING = re.compile(r"</[a-zA-Z]|/>")


def inspect_limits(source: Typed, notes: Notes) -> bool:
    """Tell whether a body may be converted, and note why it may not."""
    body = source.body
    before, signs = len(notes.found), len(_SIGN.findall(body))
    if signs <= MOST_OPEN_TAGS and len(body) <= MOST_CHARACTERS and body.count("///") < MOST_BLOCKS:
        return True  # like almost every body, which needs no other search
    if len(body) > MOST_CHARACTERS:
        _refuse(notes, source.first_line, f"ce texte a {thousands(len(body))} caractères")
    open_tags = len(_OPENING.findall(body)) - len(_CLOSING.findall(body))
    for number, most, what in (
        (len(_ABBREVIATION.findall(body)), MOST_ABBREVIATIONS, "abréviations"),
        (len(_FENCE.findall(body)), MOST_FENCES, "lignes qui ouvrent ou ferment du code"),
        (len(_BLOCK.findall(body)), MOST_BLOCKS, "blocs"),
        (max(open_tags, len(_CUT_TAG.findall(body))), MOST_OPEN_TAGS, "balises HTML ouvertes"),
    ):
        if number > most:
            _refuse(notes, source.first_line, f"ce texte a {thousands(number)} {what}")
    if len(notes.found) == before and signs > MOST_SIGNS:
        for token in blocks_of(body):
            if (own := _most_signs(token)) > MOST_SIGNS:
                line = source.first_line + (token.map or [0])[0]
                _refuse(notes, line, f"ce paragraphe a {thousands(own)} signes de Markdown")
    return len(notes.found) == before


def _most_signs(token: Token) -> int:
    """Count the signs of a block, which ends at an empty line at the latest."""
    match token.type:
        case "inline":
            return len(_SIGN.findall(token.content))
        case "code_block":  # a note or a definition, maybe
            return max(len(_SIGN.findall(text)) for text in token.content.split("\n\n"))
        case "html_block":
            return max(len(_SIGN_OF_HTML.findall(text)) for text in token.content.split("\n\n"))
    return 0


def _refuse(notes: Notes, line: int, problem: str) -> None:
    notes.error(
        "texte-trop-lourd",
        line,
        f"{problem} : c’est trop pour le lire",
        "Coupez-le en plusieurs parties.",
    )
