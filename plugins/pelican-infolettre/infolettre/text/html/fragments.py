"""Fragments of sanitised prose as trees, to be rewritten and printed.

The tags of such prose are known and closed. The tree keeps them as they are, and is printed as
what XML and HTML both accept, as mrml asks.
"""

from __future__ import annotations

from html import escape
from typing import TypeAlias

from infolettre.text.html.elements import VOID, Element
from infolettre.text.html.tokeniser import EndTag, StartTag, tokenise

Child: TypeAlias = Element | str


def parse(html: str) -> Element:
    """Read a fragment; its top-level nodes are the children of an element without name."""
    stack = [Element("")]
    for token in tokenise(html):
        match token:
            case str():
                stack[-1].children.append(token)
            case StartTag(tag, attributes, closed):
                element = Element(tag, {name: value or "" for name, value in attributes})
                stack[-1].children.append(element)
                if not closed and tag not in VOID:
                    stack.append(element)
            case EndTag(tag) if any(element.tag == tag for element in stack[1:]):
                while stack.pop().tag != tag:
                    pass
    return stack[0]


def serialise(child: Child) -> str:
    """Print a node as XML that is also HTML: every tag closed, every attribute quoted."""
    if isinstance(child, str):
        return escape(child, quote=False)
    inner = "".join(map(serialise, child.children))
    if not child.tag:
        return inner
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in child.attributes.items())
    if child.tag in VOID:
        return f"<{child.tag}{attributes} />"
    return f"<{child.tag}{attributes}>{inner}</{child.tag}>"
