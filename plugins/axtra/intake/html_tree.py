"""The tree of HTML of other programs: no word left out, and what no text of ours holds named."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from lxml import etree
from lxml import html as lxml_html

from axtra.intake.html_inline import MEDIA

_DEEPEST = 100  # elements within one another: what is deeper is read with what holds it
# Where the address of what is shown stands; a page that waits before it loads has another in `src`.
_SOURCES = ("data-src", "data-lazy-src", "data-original", "data-litespeed-src", "src", "data")
_OF_TABLES = frozenset(
    {"thead", "tbody", "tfoot", "tr", "td", "th", "colgroup", "col", etree.Comment}
)
# What no text of ours holds: its tag, and how it is called.
_LEFT: Mapping[str, str] = MappingProxyType(
    {
        "form": "un formulaire",
        "script": "un programme",
        "canvas": "un dessin fait par un programme",
        "map": "une image à zones",
    }
)


def tree_of(html: str) -> Any:  # noqa: ANN401
    """Return the tree of some HTML, in a `<div>`, no word left out, and not too deep to be read."""
    parser = lxml_html.HTMLParser(huge_tree=True)
    tree = lxml_html.fromstring(f"<div>{html}</div>", parser=parser)
    if any(error.type_name == "ERR_RESOURCE_LIMIT" for error in parser.error_log):
        words = re.sub(r"<[^>]*>", " ", html)  # it gives up, and leaves words out
        return lxml_html.fromstring(f"<div>{words}</div>")
    depths = {tree: 0}
    for element in tree.iterdescendants("*"):
        depths[element] = depths[element.getparent()] + 1
    for element in [element for element, depth in depths.items() if depth > _DEEPEST]:
        if len(element):
            element.drop_tag()
    _house(tree)
    return tree


def _house(tree: Any) -> None:  # noqa: ANN401
    """Make entries of the texts of lists, and put what no cell holds before its table."""
    for node in tree.iter("ul", "ol"):
        for words in _loose(node):
            words.tag = "li"
    for node in list(tree.iter("table", "thead", "tbody", "tfoot", "tr")):
        for table in node.xpath("ancestor-or-self::table[1]"):
            for stray in [*_loose(node), *node]:
                if stray.tag not in _OF_TABLES:
                    table.addprevious(stray)


def _loose(node: Any) -> list[Any]:  # noqa: ANN401
    """Make a paragraph of each text that stands directly in an element; return them."""
    made = []
    for before in [None, *node]:
        text = node.text if before is None else before.tail
        if text and text.strip():
            words = lxml_html.Element("p")
            words.text = text
            if before is None:
                node.text = None
                node.insert(0, words)
            else:
                before.tail = None
                before.addnext(words)
            made.append(words)
    return made


def left_behind(tree: Any) -> Iterator[str]:  # noqa: ANN401
    """Yield what no block can hold, with its address where it has one."""
    for node in tree.iter(*_LEFT, *MEDIA, "img"):
        address = source(node) or node.get("action") or ""
        if node.tag in _LEFT:
            if node.tag != "script" or address:
                yield f"{_LEFT[node.tag]}{f' ({address})' if address else ''}"
        elif not address and node.find(".//*") is None:
            yield "une image sans adresse" if node.tag == "img" else "un cadre sans adresse"


def source(node: Any) -> str:  # noqa: ANN401
    """Return the address of what an element shows, or "" when it has none."""
    found = [node.get(name) or "" for name in _SOURCES]
    found += node.xpath(".//source/@src | .//param[@name='movie']/@value | .//embed/@src")
    found += (node.get("srcset") or node.get("data-srcset") or "").split()[:1]
    given = [address.strip() for address in found]
    elsewhere = (address for address in given if not address.startswith(("data:", "about:")))
    return next(filter(None, elsewhere), next(filter(None, given), ""))


def join_runs(tree: Any) -> None:  # noqa: ANN401
    """Make one run of those that follow each other: a word processor cuts them anywhere."""
    for node in list(tree.iter("strong", "b", "em", "i", "s", "sup", "sub")):
        following = node.getnext()
        while (
            following is not None
            and following.tag == node.tag
            and not (node.tail or "").strip(" \u00a0")
            and node.getparent() is not None
        ):
            between = (node.tail or "") + (following.text or "")
            if len(node):
                node[-1].tail = (node[-1].tail or "") + between
            else:
                node.text = (node.text or "") + between
            node.extend(list(following))
            node.tail = following.tail
            following.tail = None
            following.getparent().remove(following)
            following = node.getnext()
