"""What Outlook for Windows sees of a mail, and what all other software sees.

Outlook for Windows lays mails out with Word, which alone reads conditional comments:

    <!--[if mso]> for Outlook <![endif]-->
    <!--[if !mso]><!--> for all others <!--<![endif]-->
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_FOR_OUTLOOK = re.compile(r"<!--\[if (?!!)[^\]]*\]>(.*?)<!\[endif\]-->", re.DOTALL)
_FOR_OTHERS = re.compile(
    r"<!--\[if !mso[^\]]*\]>\s*(?:<!-->|-->)(.*?)<!--\s*<!\[endif\]-->", re.DOTALL
)
_UNCONDITIONAL = re.compile(r"<!--(?!\[if|<!\[endif)(.*?)-->", re.DOTALL)
_BOTH = 2  # characters: one on each side
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


def seen_by_outlook(html: str) -> str:
    """Return the HTML that Outlook for Windows lays out, without any comment."""
    return COMMENT.sub(_lines, _FOR_OUTLOOK.sub(_inside, _FOR_OTHERS.sub(_lines, html)))


def seen_by_others(html: str) -> str:
    """Return the HTML that software without conditional comments lays out, without any comment."""
    return COMMENT.sub(_lines, _FOR_OTHERS.sub(_inside, html))


def _lines(removed: re.Match[str]) -> str:
    """Return the line breaks of what is removed: the rest keeps its line numbers.

    Inside a word, they would be read as a space: there are none.
    """
    around = (
        removed.string[removed.start() - 1 : removed.start()] + removed.string[removed.end() :][:1]
    )
    inside_word = len(around) == _BOTH and not re.search(r"[<>\s]", around)
    return "" if inside_word else "\n" * removed[0].count("\n")


def _inside(condition: re.Match[str]) -> str:
    """Return what is inside a condition, on its lines."""
    whole, inner = condition[0], condition[1]
    before = whole[: condition.start(1) - condition.start()].count("\n")
    after = whole.count("\n") - inner.count("\n") - before
    return "\n" * before + inner + "\n" * after


def only_for_outlook(html: str) -> Iterator[re.Match[str]]:
    """Yield each part for Outlook alone: group 1 is its content, the match ends after it."""
    return _FOR_OUTLOOK.finditer(html)


def unconditional(html: str) -> Iterator[str]:
    """Yield what each comment that is not a condition says."""
    opened = html.replace("<!-->", "")  # the end of « <!--[if !mso]><!--> »
    return (match[1] for match in _UNCONDITIONAL.finditer(opened))
