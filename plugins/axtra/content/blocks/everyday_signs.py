"""Signs that everybody types in a paragraph and that Python-Markdown alone would show as they are.

Struck text (`~~`), a break at a backslash, and addresses without anything around them.
"""

from __future__ import annotations

import re
import string
from xml.etree import ElementTree as ET

from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import (
    InlineProcessor,
    SimpleTagInlineProcessor,
    SubstituteTagInlineProcessor,
)
from markdown.util import HTML_PLACEHOLDER_RE, INLINE_PLACEHOLDER_RE, AtomicString

_WEB = r"(?<![\w@/.:=-])(?:https?://|www\.(?=[\w-]+\.))[^\s<>\x02\x03«»“”\"]+"
_MAIL = r"(?<![\w@/.:+%=-])[\w.+%-]+@[\w-]+(?:\.[\w-]+)+"
_CLOSERS = {")": "(", "]": "["}
_LINK_TAG = re.compile(r"<(/?)a\b", re.IGNORECASE)


class EverydaySigns(Extension):
    """Adds these signs to what a paragraph may hold."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - as in the stock class
        """Register them before emphasis; code, links and tags come first."""
        md.ESCAPED_CHARS = [*string.punctuation]  # as in CommonMark: a backslash before any of them
        add = md.inlinePatterns.register
        add(SubstituteTagInlineProcessor(r"\\\n", "br"), "backslash_break", 181)
        add(_Address(_WEB, md), "bare_address", 85)
        add(_Address(_MAIL, md), "bare_mail", 84)
        add(SimpleTagInlineProcessor(r"(~~)(?=[^\s~])(.+?)(?<=[^\s~])~~", "del"), "struck", 61)


class _Address(InlineProcessor):
    """Links an address to itself, but for the marks of the sentence that end it."""

    ANCESTOR_EXCLUDES = ("a",)

    def handleMatch(  # type: ignore[override]  # noqa: N802 - as in the stock class
        self, m: re.Match[str], data: str
    ) -> tuple[ET.Element | None, int | None, int | None]:
        text = _trimmed(m[0])
        if self._in_typed_link(data[: m.start()]):
            return None, None, None
        element = ET.Element("a")
        scheme = "" if "://" in text else "mailto:" if "@" in text else "https://"
        element.set("href", self.unescape(scheme + text))
        element.text = AtomicString(text)
        return element, m.start(), m.start() + len(text)

    def _in_typed_link(self, before: str) -> bool:
        """Tell whether the text stands in a link that was typed as HTML."""
        raw = self.md.htmlStash.rawHtmlBlocks
        stashed = self.md.treeprocessors["inline"].stashed_nodes  # type: ignore[attr-defined]
        for place in reversed([*INLINE_PLACEHOLDER_RE.finditer(before)]):
            held = HTML_PLACEHOLDER_RE.match(str(stashed[place[1]]))
            if held and (tag := _LINK_TAG.match(str(raw[int(held[1])]))):
                return not tag[1]
        return False


def _trimmed(text: str) -> str:
    while text[-1] in "?!.,:;*_~'’…" or (
        text[-1] in _CLOSERS and text.count(text[-1]) > text.count(_CLOSERS[text[-1]])
    ):
        text = text[:-1]
    return text
