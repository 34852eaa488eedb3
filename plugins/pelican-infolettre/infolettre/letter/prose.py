"""The prose of the library for mail software: known tags, few attributes, absolute links."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

from markupsafe import Markup

from infolettre.core.diagnostics import NBSP
from infolettre.text.html.elements import Element
from infolettre.text.html.fragments import Child, parse, serialise

Address: TypeAlias = Callable[[str], str | None]

# The attributes that a mail keeps; the others are only for the site.
_ATTRIBUTES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "abbr": ("title",),
        "li": ("value",),
        "ol": ("start", "reversed", "type"),
        "td": ("colspan", "rowspan"),
        "th": ("colspan", "rowspan", "scope"),
    }
)
_EVERYWHERE = ("lang", "dir")
# In a mail, these are replaced by their contents.
_UNWRAPPED = frozenset({"div", "figure", "details", "span", "thead", "tbody", "tfoot", "wbr"})
_RENAMED: Mapping[str, str] = MappingProxyType({"figcaption": "p", "summary": "p", "h1": "h2"})
_HEADINGS: Mapping[str, str] = MappingProxyType(
    {"h2": "h2", "h3": "h3", "h4": "h3", "h5": "h3", "h6": "h3"}
)
_ALIGNED: Mapping[str, str] = MappingProxyType({"droite": "right", "centre": "center"})


@dataclass(frozen=True, slots=True)
class ProseWriter:
    """Rewrites prose.

    `address` makes an address absolute, or returns None when it leads nowhere in a mail (an anchor
    of the page); `picture` returns the element to show for an image.
    """

    address: Address
    picture: Callable[[Element], Element]

    def write(self, html: str) -> Markup:
        """Rewrite a fragment."""
        return Markup(serialise(self._rewritten(read(html))))  # noqa: S704 - serialise escapes

    def write_quote(self, html: str) -> Markup:
        """Rewrite a fragment between guillemets."""
        return Markup(serialise(self._rewritten(quoted(read(html)))))  # noqa: S704 - as above

    def _rewritten(self, element: Element) -> Element:
        children: list[Child] = []
        for child in element.children:
            children.extend([child] if isinstance(child, str) else self._element(child))
        return Element(element.tag, element.attributes, children)

    def _element(self, element: Element) -> list[Child]:
        inner = self._rewritten(element).children
        if "footnote" in element.classes:
            return [Element("div", {"class": "notes"}, [c for c in inner if not _is_rule(c)])]
        if element.tag in _UNWRAPPED and not (element["lang"] or element["dir"]):
            return inner
        if element.tag == "a":
            href = self.address(element["href"])
            return [Element("a", {"href": href}, inner)] if href else inner
        if element.tag == "img":
            return [self.picture(element)]
        tag = _RENAMED.get(element.tag, element.tag)
        return [Element(tag, _attributes(element, tag), inner)]


def _attributes(element: Element, tag: str) -> dict[str, str]:
    kept = {
        name: element.attributes[name]
        for name in (*_ATTRIBUTES.get(tag, ()), *_EVERYWHERE)
        if name in element.attributes
    }
    if tag in _HEADINGS:
        kept["class"] = _HEADINGS[tag]
    if tag == "table":
        kept |= {"class": "donnees", "width": "100%", "cellpadding": "0", "cellspacing": "0"}
    if tag in {"td", "th"}:
        kept["align"] = next((_ALIGNED[c] for c in element.classes if c in _ALIGNED), "left")
    return kept


def _is_rule(child: Child) -> bool:
    return isinstance(child, Element) and child.tag == "hr"


def read(html: str) -> Element:
    """Parse prose, without the links from a note back to its reference."""
    root = parse(html)
    for element in [root, *root.find("p", "li")]:
        links = [link for link in element.elements if "footnote-backref" in link.classes]
        if links:
            kept = [child for child in element.children if child not in links]
            last = kept[-1] if kept else None
            element.children = [*kept[:-1], last.rstrip()] if isinstance(last, str) else kept
    return root


def quoted(root: Element) -> Element:
    """Put guillemets around a fragment, within its first and last paragraphs."""
    paragraphs = list(root.find("p")) or [root]
    paragraphs[0].children.insert(0, f"«{NBSP}")
    paragraphs[-1].children.append(f"{NBSP}»")
    return root
