"""What a body shows as CommonMark reads it, and as this program does, in a form to compare.

The reference is markdown-it-py with the tables and the struck text of GitHub. Left out of the form:
paragraphs, since a loose list differs from a tight one by them alone; links that only repeat their
own address, which GitHub makes too; and in which order bold and italics hold each other.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from urllib.parse import unquote

from markdown_it import MarkdownIt

from axtra.content.blocks import Fragment, Part
from axtra.content.blocks.conversion import Converter
from infolettre.core.diagnostics import Diagnostic, Notes

_BLOCKS = frozenset(
    {"ul", "ol", "li", "table", "tr", "td", "th", "pre", "blockquote", "hr"}
    | {f"h{level}" for level in range(1, 7)}
)
_INLINE = frozenset({"code", "em", "strong", "del"})
_NAMES = {"s": "del", "b": "strong", "i": "em"}
_OWN_LINK = re.compile(r"⟦([^⟧]*)⟧([^⟦⟧]*)⟦/⟧")
# Rules that say nothing of how a text is read.
_OF_OTHER_THINGS = frozenset(
    {"alt-manquant", "crochets-sans-lien", "lien-autre-adresse", "lien-vague", "lien-vide"}
    | {"niveau-saute", "titre-vide"}
)
_CONVERTER = Converter()
_REFERENCE = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


class _Reader(HTMLParser):
    """Lists the blocks of some HTML and the texts in them, their inline tags as signs."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[str] = []
        self._text: list[str] = []
        self._code = False

    def end(self) -> None:
        """End a text."""
        text = " ".join("".join(self._text).split())
        self._text = []
        for _ in range(2):
            text = text.replace("⟨strong⟩⟨em⟩", "⟨em⟩⟨strong⟩")
            text = text.replace("⟨/em⟩⟨/strong⟩", "⟨/strong⟩⟨/em⟩")
        text = _OWN_LINK.sub(
            lambda link: link[2] if link[1].endswith(link[2]) else unquote(link[0]), text
        )
        self.shown += [text] if text else []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        tag, given = _NAMES.get(tag, tag), dict(attrs)
        if tag in _BLOCKS:
            self.end()
            self.shown.append(f"<{tag}>")
            self._code = tag == "pre"
        elif tag in {"p", "div"}:
            self.end()
        elif tag == "br":
            self._text.append(" ")
        elif tag == "a":
            self._text.append(f"⟦{given.get('href')}⟧")
        elif tag == "img":
            self.end()
            self.shown.append(f"⟪{given.get('src')}|{given.get('alt')}⟫")
        elif tag in _INLINE and not self._code:
            self._text.append(f"⟨{tag}⟩")

    def handle_endtag(self, tag: str) -> None:
        tag = _NAMES.get(tag, tag)
        if tag in _BLOCKS and tag != "hr":
            self.end()
            self.shown.append(f"</{tag}>")
            self._code = False
        elif tag in {"p", "div"}:
            self.end()
        elif tag == "a":
            self._text.append("⟦/⟧")
        elif tag in _INLINE and not self._code:
            self._text.append(f"⟨/{tag}⟩")

    def handle_data(self, data: str) -> None:
        self._text.append(data.replace("☐", "[ ]").replace("☑", "[x]"))


def shape(html: str) -> list[str]:
    """List what some HTML shows."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.end()
    return reader.shown


def reference(body: str) -> list[str]:
    """List what a body shows as CommonMark reads it."""
    return shape(_REFERENCE.render(body))


def ours(body: str) -> tuple[list[str], list[Diagnostic]]:
    """List what a body shows, and what is told of it; its typography is left as typed."""
    notes = Notes("essai.md")
    document = _CONVERTER.convert(body, first_line=1, language="en", notes=notes)
    return shape("\n".join(_html(document.parts))), notes.found


def _html(parts: tuple[Part, ...]) -> list[str]:
    return [
        part.html if isinstance(part, Fragment) else "\n".join(_html(part.children))
        for part in parts
    ]


def differs_in_silence(body: str) -> bool:
    """Tell whether a body shows something else than to CommonMark, and nothing is told of it."""
    shown, told = ours(body)
    return {error.rule for error in told} <= _OF_OTHER_THINGS and shown != reference(body)
