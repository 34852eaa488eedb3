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
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


def seen_by_outlook(html: str) -> str:
    """Return the HTML that Outlook for Windows lays out, without any comment."""
    return COMMENT.sub("", _FOR_OUTLOOK.sub(r"\1", _FOR_OTHERS.sub("", html)))


def seen_by_others(html: str) -> str:
    """Return the HTML that software without conditional comments lays out, without any comment."""
    return COMMENT.sub("", _FOR_OTHERS.sub(r"\1", html))


def only_for_outlook(html: str) -> Iterator[re.Match[str]]:
    """Yield each part for Outlook alone: group 1 is its content, the match ends after it."""
    return _FOR_OUTLOOK.finditer(html)


def unconditional(html: str) -> Iterator[str]:
    """Yield what each comment that is not a condition says."""
    opened = html.replace("<!-->", "")  # the end of « <!--[if !mso]><!--> »
    return (match[1] for match in _UNCONDITIONAL.finditer(opened))
