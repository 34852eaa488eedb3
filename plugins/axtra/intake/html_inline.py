"""The inline part of HTML as Markdown: emphasis, links, calls of notes, text.

What Markdown would take for a sign of its own is escaped: a text reads as it was typed.
"""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from axtra.content.frontmatter import without_invisible
from infolettre.text.followed_addresses import cleaned
from infolettre.text.languages import is_english

CELL = "\ue009"  # stands for a tab that a person typed: HTML would take it for a space
IGNORED = frozenset(
    {"script", "style", "head", "title", "meta", "link", "template", "noscript", "select"}
)
MEDIA = frozenset({"iframe", "video", "audio", "embed", "object"})  # what shows another file
BREAK = "\\\n"
_SPECIAL = re.compile(r"([\\`*_\[\]])")
_CODED = {"<": "&lt;", "{": "&#123;"}  # what an escape does not save
# What is an error wherever a page shows it, save in code.
_CODE = re.compile(r"(\[\^[^\]\s]+\]|\]\[[^\]]+\]|~{3,}|`{3,})")
_ENTITY = re.compile(r"&(?=#?\w+;)")
_OUTER = " \t\n\u00a0\ue009"
_WITH_OUTER = re.compile(rf"((?:\\\n|[{_OUTER}])*)(.*?)((?:\\\n|[{_OUTER}])*)", re.DOTALL)
_SIGNS = {"b": "**", "strong": "**", "em": "*", "i": "*", "cite": "*", "dfn": "*", "var": "*"}
_TAGS = {"s": "s", "del": "s", "strike": "s", "sup": "sup", "sub": "sub", "kbd": "kbd"}
_WEIGHTS = {"**": "font-weight:normal", "*": "font-style:normal"}


def line(node: Any) -> str:  # noqa: ANN401 - lxml has no types
    """Return an element as one line of Markdown."""
    return tidy(inline(node)).replace(BREAK, " ").replace(CELL, " ")


def inline(node: Any) -> str:  # noqa: ANN401
    """Return an element as inline Markdown; lines that a person broke end with a backslash."""
    tag = node.tag if isinstance(node.tag, str) else ""
    if not tag or tag in IGNORED or tag == "img":
        return ""
    if tag in MEDIA and (
        node.get("src") or node.get("data")
    ):  # what it holds is shown in its stead
        return ""
    if tag == "br":
        return BREAK
    if tag == "input" and node.get("type") == "checkbox":
        return "☒ " if node.get("checked") is not None else "☐ "
    if tag == "code":
        return _around(node.text_content().replace("`", "’"), "`")
    inner = _children(node)
    if tag == "a":
        return _link(node, inner)
    if tag in {"sup", "sub"} and inner.strip().startswith("[^"):
        return inner
    if tag in _TAGS:
        return _around(inner, f"<{_TAGS[tag]}>", f"</{_TAGS[tag]}>")
    style = (node.get("style") or "").replace(" ", "").lower()
    sign = _SIGNS.get(tag)
    if sign and _WEIGHTS[sign] not in style:
        return _around(inner, sign)
    if tag == "span" and re.search(r"font-weight:(?:bold|[6-9]00)", style):
        inner = _around(inner, "**")
    if tag == "span" and "font-style:italic" in style:
        inner = _around(inner, "*")
    if node.get("class") == "anglais":
        return in_english(inner)
    return inner


def _children(node: Any) -> str:  # noqa: ANN401
    pieces = [escaped(node.text or "")]
    for child in node:
        piece = inline(child)
        if piece.startswith("*") and pieces[-1].endswith("*"):  # signs that touch would not be read
            piece = re.sub(r"^\*\*([^*]+)\*\*$", r"<strong>\1</strong>", piece)
            piece = re.sub(r"^\*([^*]+)\*$", r"<em>\1</em>", piece)
        pieces.append(piece)
        if child.tail:
            pieces.append(escaped(child.tail))
    return "".join(pieces)


def in_english(text: str) -> str:
    """Return a passage that says that it is in English."""
    return _around(text, '<span lang="en">', "</span>")


def says_language(text: str) -> str:
    """Return a paragraph, which says that it is in English when it is."""
    held = text.startswith('<span lang="en">')
    return in_english(text) if not held and is_english(plain(text)) else text


def _around(text: str, start: str, end: str | None = None) -> str:
    """Put signs around a text, its outer spaces and breaks outside of them."""
    found = re.fullmatch(
        r"((?:\\\n|[ \t\n\u00a0\ue009])*)(.*?)((?:\\\n|[ \t\n\u00a0\ue009])*)", text, re.DOTALL
    )
    if not found or not found[2]:
        return text
    inner = found[2]
    if len(start) <= 2 and BREAK in inner:  # noqa: PLR2004 - emphasis ends with its line
        inner = BREAK.join(_around(part, start, end) for part in inner.split(BREAK))
        return found[1] + inner + found[3]
    return f"{found[1]}{start}{inner}{end or start}{found[3]}"


def _link(node: Any, inner: str) -> str:  # noqa: ANN401
    address = (node.get("href") or "").strip()
    note = re.fullmatch(r"#((?:footnote|endnote)-\d+)", address)
    if note:
        return f"[^{note_mark(note[1])}]"
    if not (leads(address) or leads_among_us(address)) or not inner.strip(_OUTER):
        return inner  # a place in the Word file itself
    clean = re.sub(r"[\s<>()\\\"`{|}^]", lambda found: f"%{ord(found[0]):02X}", cleaned(address))
    if plain(inner) in {clean, address}:
        return f"<{clean}>"
    return _around(inner.replace(BREAK, " "), "[", f"]({clean})")


def leads(address: str) -> bool:
    """Return whether an address leads somewhere from anybody's machine."""
    try:
        parts = urlsplit(address.strip())
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    if parts.scheme in {"http", "https"}:
        return "." in host.strip(".")
    return re.match(r"(?:mailto|tel):.", address.strip(), re.IGNORECASE) is not None


def leads_among_us(address: str) -> bool:
    """Return whether an address is that of a file of our content."""
    return re.match(r"[\w./-]+\.md(?:#|$)|(?:images|documents)/", address) is not None


def note_mark(name: str) -> str:
    """Return the mark of a note, from its id."""
    return name.replace("footnote-", "").replace("endnote-", "fin-")


def plain(markdown: str) -> str:
    """Return a line of Markdown without its signs."""
    text = re.sub(r"(?<!\\)!?\[((?:[^\]\\]|\\.)*)\]\([^)]*\)", r"\1", markdown)
    text = re.sub(r"(?<![\\`])\[\^[^\]]+\]", "", text)
    text = re.sub(r"<((?:https?|mailto):[^>]*)>", r"\1", text)
    text = re.sub(r"</?[a-z]+[^>]*>", "", text.replace("<br>", " ")).replace(BREAK, " ")
    text = re.sub(r"(?<!\\)[*_`]+", "", text)
    text = re.sub(r"\\([\\`*_{}\[\]<>#+.)|!/-])", r"\1", text).replace(CELL, " ")
    return unescape(text).strip(_OUTER)


def escaped(text: str) -> str:
    """Return a text of which Markdown reads no sign."""
    text = without_invisible(re.sub(r"[ \t\r\n\f]+", " ", text))
    pieces = _CODE.split(text)
    pieces[::2] = map(_unsigned, map(_unfollowed, pieces[::2]))
    pieces[1::2] = (f"```` {code} ````" if "`" in code else f"`{code}`" for code in pieces[1::2])
    return "".join(pieces)


def _unfollowed(text: str) -> str:
    """Return a text whose addresses, typed as text, lead where they lead at last."""
    return re.sub(r"https?://[^\s<>()«»\"]+", lambda found: cleaned(found[0]), text)


def _unsigned(text: str) -> str:
    text = _SPECIAL.sub(r"\\\1", _ENTITY.sub("&amp;", text))
    for sign, code in _CODED.items():
        text = text.replace(sign, code)
    return re.sub(r"(?<!/)/(?=//)", r"\\/", text)


def tidy(text: str) -> str:
    """Return a paragraph without the spaces and marks that a word processor leaves."""
    text = re.sub(r"[ \t\ue009]*\\\n[ \t\ue009]*", lambda _: BREAK, text).strip(_OUTER)
    text = re.sub(r"^(?:\\\n)+|(?:\\\n)+$", "", text)
    text = re.sub(r"!(?=\[)", r"\\!", text)
    return re.sub(r" {2,}", " ", text)
