"""The tokens of HTML: each tag, text and comment as it is written, mistakes included."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import NamedTuple, TypeAlias


class StartTag(NamedTuple):
    """A tag that opens an element; `closed` when it is written `<name … />`; `line` from 1."""

    name: str
    attributes: list[tuple[str, str | None]]
    closed: bool
    line: int


class EndTag(NamedTuple):
    """A tag that closes an element; `line` from 1."""

    name: str
    line: int


class Comment(NamedTuple):
    """A comment, conditional or not."""

    text: str


class BrokenDeclaration(NamedTuple):
    """A « <![ » that cannot be read; nothing after it is."""


Token: TypeAlias = StartTag | EndTag | Comment | BrokenDeclaration | str


def tokenise(html: str) -> list[Token]:
    """List the tokens of any HTML; character references in texts are decoded."""
    reader = _Tokeniser()
    try:
        reader.feed(html)
        reader.close()
    except AssertionError:  # how the library refuses some « <![ »
        reader.tokens.append(BrokenDeclaration())
    return reader.tokens


class _Tokeniser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tokens: list[Token] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tokens.append(StartTag(tag, attrs, closed=False, line=self.getpos()[0]))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tokens.append(StartTag(tag, attrs, closed=True, line=self.getpos()[0]))

    def handle_endtag(self, tag: str) -> None:
        self.tokens.append(EndTag(tag, self.getpos()[0]))

    def handle_data(self, data: str) -> None:
        self.tokens.append(data)

    def handle_comment(self, data: str) -> None:
        self.tokens.append(Comment(data))
