"""Correct and review the typography of Quebec French, in plain text and in HTML.

One engine serves both forms. The source is cut into tokens; whatever is not French prose (a tag,
code, a URL, another language) becomes a placeholder of one character; a short ordered list of
rules runs once over the whole string; the placeholders are then put back untouched. Rules may
therefore look across an inline tag, and can never look across a block.

Source: the authority of each rule stands beside it.
    OQLF n     Vitrine linguistique, vitrinelinguistique.oqlf.gouv.qc.ca/n
    BT-INS     Bureau de la traduction, N. Ouimet, « L'espace insécable », 2007
    BT-GR n    Bureau de la traduction, Guide du rédacteur, section n
    CLDR       Unicode CLDR, locale fr-CA
"""

from __future__ import annotations

import re
from typing import Final

from infolettre.text.typography.corrections import SUPERSCRIPTS, apply, correct
from infolettre.text.typography.html_text import HtmlReader, escape
from infolettre.text.typography.masking import MaskedText
from infolettre.text.typography.review import Advice, lint, lint_text
from infolettre.text.typography.vocabulary import BREAK, LIMIT, PROFILES, SUP, SUP_END

__all__ = [
    "PROFILES",
    "Advice",
    "correct_html",
    "correct_line",
    "correct_text",
    "lint",
    "lint_text",
]

_LINES: Final = re.compile(r"\n[^\S\n]*\n\s*|\n")


def _check(profile: str) -> None:
    if profile not in PROFILES:
        known = ", ".join(PROFILES)
        message = f"unknown typography profile {profile!r}; known profiles: {known}"
        raise ValueError(message)


def correct_text(text: str, *, profile: str = "qc") -> str:
    """Correct the typography of plain text, such as a title or a subject line.

    Args:
        text: Plain text; a line is read on its own, save for quotation marks that span two.
        profile: A key of `PROFILES`.

    Returns:
        Plain text: never a tag, so ordinals keep their letters on the line.

    Raises:
        ValueError: The profile is unknown.
    """
    _check(profile)
    masked = MaskedText()
    end = 0
    for match in _LINES.finditer(text):
        masked.write(text[end : match.start()], str)
        masked.hold(BREAK if match[0] == "\n" else LIMIT, match[0])
        end = match.end()
    masked.write(text[end:], str)
    return masked.restore(correct(masked.text(), profile))


def correct_html(fragment: str, *, profile: str = "qc") -> str:
    """Correct the typography of an HTML fragment.

    Attributes, comments, code, other languages, `class="notypo"` and `translate="no"` come back
    byte for byte. Correcting twice changes nothing more.

    Args:
        fragment: HTML of a body, or a part of one, taken as French where no `lang` says otherwise.
        profile: A key of `PROFILES`.

    Returns:
        The same tags in the same order, with `<sup>` added to ordinals and abbreviations; text is
        escaped no more than it must be.

    Raises:
        ValueError: The profile is unknown.
    """
    _check(profile)
    masked = HtmlReader().read(fragment)
    return masked.restore(_html(correct(masked.text(), profile, raised=True)))


def correct_line(line: str) -> tuple[str, str]:
    """Correct a line of plain text: what `correct_text` and `correct_html` make of it, at once."""
    if "\n" in line:  # it is not a line
        return correct_text(line), correct_html(escape(line))
    masked = MaskedText()
    masked.write(line, str)
    text = correct(masked.text(), "qc")
    return masked.restore(text), masked.restore(_html(apply(SUPERSCRIPTS, text)), escape)


def _html(text: str) -> str:
    return escape(text).replace(SUP, "<sup>").replace(SUP_END, "</sup>")
