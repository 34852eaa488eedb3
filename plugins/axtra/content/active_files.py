"""What a published file could do in a browser, beside being shown."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree as ET

_ACTIVE = frozenset({
    ".htm", ".html", ".xhtml", ".xht", ".shtml", ".xml", ".xsl", ".xslt", ".js", ".mjs", ".cjs",
    ".wasm", ".css", ".php", ".swf", ".jar", ".exe", ".bat", ".cmd", ".com", ".scr", ".vbs", ".hta",
})  # fmt: skip
_ACTIVE_TAGS = frozenset(
    {"script", "foreignobject", "iframe", "object", "embed", "handler", "audio", "video"}
)


def of(path: Path) -> str:
    """Say, in French, what a published file could do in a browser; empty when it only shows.

    A bitmap or a PDF cannot act as a page of the site; an HTML file or a script can, and so can
    an SVG opened by itself.
    """
    extension = path.suffix.lower()
    if extension in _ACTIVE:
        return f"un fichier « {extension} » est un programme ou une page"
    if extension != ".svg":
        return ""
    try:
        data = path.read_bytes()
        if found := re.search(rb"<\?xml-stylesheet|<!ENTITY", data):
            return f"« {found[0].decode()} »"
        nodes = ET.iterparse(BytesIO(data))  # noqa: S314 - it has no entity
        return next(filter(None, (_act(node) for _, node in nodes)), "")
    except (ET.ParseError, OSError):
        return ""  # it cannot be shown either, which is said where it is used


def _act(node: ET.Element) -> str:
    name = node.tag.rpartition("}")[2].lower()
    if name in _ACTIVE_TAGS:
        return f"balise « {name} »"
    for key, value in node.attrib.items():
        attribute = key.rpartition("}")[2].lower()
        address = re.sub(r"[\s\x00-\x1f]", "", value).lower()
        if attribute.startswith("on"):
            return f"attribut « {attribute} »"
        elsewhere = attribute == "href" and not address.startswith(("#", "data:image/"))
        if elsewhere or "javascript:" in address or _fetches(value):
            return f"adresse « {value.strip()[:40]} »"
    return "feuille de style qui en appelle une autre" if _fetches(node.text or "") else ""


def _fetches(style: str) -> bool:
    """Tell whether a style asks for another file; a fragment of the same one is not another."""
    return bool(
        re.search(r"@import|url\(\s*[\"']?\s*(?!#|data:image/)[^\s\"')]", style, re.IGNORECASE)
    )
