"""HTML as text for the rules: tags, code and other languages become placeholders."""

from __future__ import annotations

import html
import re
from typing import Final, NamedTuple

from infolettre.text.html.elements import VOID
from infolettre.text.typography.masking import MaskedText
from infolettre.text.typography.vocabulary import BREAK, LIMIT, TAG, WORD, words

_TOKEN: Final = re.compile(
    r"""
      <!--.*?(?:-->|\Z)
    | <(?P<raw>script|style|textarea)\b[^>]*>.*?(?:</(?P=raw)\s*>|\Z)
    | <su[bp]\b[^>]*>\s*(?:<a\b[^>]*>)?[^<]*\d[^<]*(?:</a>\s*)?</su[bp]>  # note marks, exponents
    | <(?P<end>/?)(?P<name>[a-z][^\s/>]*)
      (?P<attributes>[^"'<>]*(?:(?:"[^"]*"|'[^']*')[^"'<>]*)*)>
    | <[!?/a-z][^<>]*>
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_INLINE: Final = words(
    "a abbr acronym b bdi bdo big cite data del dfn em font i ins mark q s small span strike "
    "strong sub sup time u wbr"
)
_PROTECTED_INLINE: Final = words("code kbd math samp svg tt var")
_PROTECTED: Final = _PROTECTED_INLINE | {"pre"}
_HARD: Final = re.compile(
    r"""\bclass\s*=\s*(?:"[^"]*(?<![^\s"])notypo(?![^\s"])|'[^']*(?<![^\s'])notypo(?![^\s'])"""
    r"""|notypo(?![^\s>]))|\btranslate\s*=\s*["']?no\b""",
    re.IGNORECASE,
)
_LANGUAGE: Final = re.compile(r"""(?<![\w-])(?:xml:)?lang\s*=\s*["']?([\w-]*)""", re.IGNORECASE)


class _Element(NamedTuple):
    """An open element, and whether its text is French prose."""

    name: str
    prose: bool
    hard: bool  # protected even in a French element inside it


def _opened(name: str, attributes: str, parent: _Element) -> _Element:
    hard = parent.hard or name in _PROTECTED
    if not attributes:
        return _Element(name, prose=parent.prose and not hard, hard=hard)
    hard = hard or bool(_HARD.search(attributes))
    language = _LANGUAGE.search(attributes)
    if language is None:
        return _Element(name, prose=parent.prose and not hard, hard=hard)
    french = language[1].lower().partition("-")[0] == "fr"
    return _Element(name, prose=french and not hard, hard=hard)


def _placeholder(name: str) -> str:
    if name in _INLINE:
        return TAG
    if name in _PROTECTED_INLINE or name == "img":
        return WORD
    return BREAK if name == "br" else LIMIT


class HtmlReader:
    """Converts a fragment to masked text in a single pass over its tokens."""

    def __init__(self) -> None:
        self.masked = MaskedText()
        self._open = [_Element("", prose=True, hard=False)]
        self._protected: list[str] = []
        self._cover = LIMIT

    def read(self, fragment: str) -> MaskedText:
        """Return the masked text of a fragment."""
        end = 0
        for token in _TOKEN.finditer(fragment):
            if token.start() > end:
                self._text(fragment[end : token.start()])
            self._token(token)
            end = token.end()
        if end < len(fragment):
            self._text(fragment[end:])
        self._flush(LIMIT)
        return self.masked

    def _text(self, raw: str) -> None:
        if self._open[-1].prose:
            self.masked.write(html.unescape(raw), escape)
        else:
            self._protected.append(raw)

    def _token(self, token: re.Match[str]) -> None:
        raw, end, name, attributes = token.groups()
        if name is None:
            placeholder = LIMIT if raw == "textarea" else TAG
            self._place(placeholder, token[0])
        elif end:
            self._close(name.lower(), token[0])
        else:
            self._start(name.lower(), attributes, token[0])

    def _place(self, placeholder: str, content: str) -> None:
        if self._open[-1].prose:
            self.masked.hold(placeholder, content)
        else:
            self._protected.append(content)

    def _start(self, name: str, attributes: str, tag: str) -> None:
        outer = self._open[-1]
        if name in VOID or (attributes.endswith("/") and name not in _INLINE):
            self._place(_placeholder(name), tag)
            return
        element = _opened(name, attributes, outer)
        if outer.prose and not element.prose:
            inline = name in _INLINE or name in _PROTECTED_INLINE
            self._cover = WORD if inline else LIMIT
            self._protected.append(tag)
        elif not outer.prose and element.prose:
            self._protected.append(tag)
            self._flush(LIMIT)
            self._cover = LIMIT
        else:
            self._place(_placeholder(name), tag)
        self._open.append(element)

    def _close(self, name: str, tag: str) -> None:
        depth = len(self._open) - 1
        while depth and self._open[depth].name != name:
            depth -= 1
        if not depth:  # an end tag without its start
            self._place(_placeholder(name), tag)
            return
        inner = self._open[-1]
        del self._open[depth:]
        outer = self._open[-1]
        if not inner.prose and outer.prose:
            self._protected.append(tag)
            self._flush(self._cover)
        elif inner.prose and not outer.prose:
            self._protected.append(tag)
        else:
            placeholder = _placeholder(name) if outer.prose else LIMIT
            self._place(placeholder, tag)

    def _flush(self, placeholder: str) -> None:
        if self._protected:
            self.masked.hold(placeholder, "".join(self._protected))
            self._protected.clear()


def escape(text: str) -> str:
    """Escape only what HTML text requires."""
    return html.escape(text, quote=False)
