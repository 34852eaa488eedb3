"""Which tag may stand in which: browsers guess, e-readers refuse the whole book."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from lxml import html as reader
from lxml.html import HtmlElement

from axtra.content.blocks.line_places import Places
from axtra.content.blocks.tags import LINE, PLACEHOLDER
from infolettre.core.diagnostics import Notes
from infolettre.text.html.tokeniser import StartTag, tokenise

_ROWS = frozenset({"thead", "tbody", "tfoot", "tr"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
# What holds nothing but these, and words neither.
_CHILDREN: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "ul": frozenset({"li"}),
        "ol": frozenset({"li"}),
        "dl": frozenset({"dt", "dd", "div"}),
        "table": _ROWS | {"caption"},
        "thead": frozenset({"tr"}),
        "tbody": frozenset({"tr"}),
        "tfoot": frozenset({"tr"}),
        "tr": frozenset({"td", "th"}),
    }
)
# What stands in nothing but these.
_PARENTS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "li": frozenset({"ul", "ol"}),
        "dt": frozenset({"dl", "div"}),
        "dd": frozenset({"dl", "div"}),
        "figcaption": frozenset({"figure"}),
        "summary": frozenset({"details"}),
        "caption": frozenset({"table"}),
        **dict.fromkeys(_ROWS - {"tr"}, frozenset({"table"})),
        "tr": _ROWS - {"tr"} | {"table"},
        "td": frozenset({"tr"}),
        "th": frozenset({"tr"}),
    }
)
_FLOW = _HEADINGS | {
    "p", "div", "ul", "ol", "dl", "table", "blockquote", "figure", "details", "pre", "hr",
}  # fmt: skip
_FLOW_HOLDERS = frozenset(
    {"div", "blockquote", "li", "dd", "td", "th", "figure", "figcaption", "details", "caption"}
)
_AS_THEIR_PARENT = frozenset({"a", "ins", "del"})
# Elements within one another; lxml, which makes the books, loses the words of the 253rd.
_MOST_DEEP = 100
TOO_DEEP = "ce passage a trop de parties les unes dans les autres"
FLATTEN = "Écrivez-le plus simplement, ou coupez-le en plusieurs parties."


def inspect_nesting(html: str, places: Places, notes: Notes) -> None:
    """Note each tag that may not stand where it stands, and the first one that stands too deep."""
    typed = "<" in places.source.body or "<dl" in html
    if not typed and html.count("</") <= _MOST_DEEP:
        return  # Markdown puts its own tags where they may stand, but for those of definitions
    ranks: Counter[str] = Counter()
    root = reader.fragment_fromstring(html, create_parent="body")
    depths = {root: 0}
    for element in root.iterdescendants():
        tag = str(element.tag)
        ranks[tag] += 1
        depths[element] = depth = depths[element.getparent()] + 1
        if depth > _MOST_DEEP:
            notes.error("texte-illisible", _line(places, tag, ranks[tag]), TOO_DEEP, FLATTEN)
            return
        if problem := _problem(element, tag):
            notes.error(
                "html-interdit",
                _line(places, tag, ranks[tag]),
                problem,
                "Écrivez la même chose en Markdown, ou corrigez les balises.",
            )


def _line(places: Places, tag: str, rank: int) -> int | None:
    """Return the line of a tag, the rank of which counts from 1."""
    opened = [
        token
        for token in tokenise(places.clean)
        if isinstance(token, StartTag) and token.name == tag
    ]
    _, _, line = (dict(opened[rank - 1].attributes).get(LINE) or "").partition("-")
    return int(line) if line else None


def _problem(element: HtmlElement, tag: str) -> str:
    parent = element.getparent()
    if tag in _PARENTS and parent.tag not in _PARENTS[tag]:
        return f"<{tag}> n’est pas permis hors de <{max(_PARENTS[tag])}>"
    if parent.tag in _CHILDREN and tag not in _CHILDREN[parent.tag] and tag != PLACEHOLDER:
        return f"<{tag}> n’est pas permis dans <{parent.tag}>"
    if tag in _FLOW and (holder := _holder(parent)):
        return f"<{tag}> n’est pas permis dans <{holder}>"
    if tag in {"dfn", "a"} and next(element.iterancestors(tag), None) is not None:
        return f"<{tag}> n’est pas permis dans <{tag}>"
    if tag == "table" and next(element.iterancestors("caption"), None) is not None:
        return "<table> n’est pas permis dans <caption>"
    if tag == "bdo" and not element.get("dir"):
        return "<bdo> demande l’attribut « dir »"
    return next(_inside(element, tag), "")


def _holder(parent: HtmlElement) -> str:
    """Return the tag that holds no paragraph and stands around an element, if there is one."""
    while parent.tag in _AS_THEIR_PARENT:
        parent = parent.getparent()
    return "" if parent.tag in {*_FLOW_HOLDERS, *_CHILDREN, "body", PLACEHOLDER} else parent.tag


def _inside(element: HtmlElement, tag: str) -> Iterator[str]:
    """Yield what is wrong with what a tag holds."""
    inner = [str(child.tag) for child in element]
    words = [element.text, *(child.tail for child in element)]
    if tag in _CHILDREN and any(text and text.strip() for text in words):
        yield f"un texte n’est pas permis directement dans <{tag}>"
    match tag:
        case "details":
            if inner[:1] != ["summary"] or (element.text or "").strip():
                yield "<details> commence par <summary>"
            elif inner.count("summary") > 1:
                yield "<details> n’a qu’un <summary>"
        case "figure" if "figcaption" in inner:
            if inner.count("figcaption") > 1:
                yield "<figure> n’a qu’un <figcaption>"
            elif inner[0] != "figcaption" and inner[-1] != "figcaption":
                yield "<figcaption> commence ou termine <figure>"
        case "table":
            for only, at in (("caption", 0), ("thead", "caption" in inner), ("tfoot", -1)):
                if inner.count(only) > 1 or (only in inner and inner[at] != only):
                    yield f"<{only}> n’est pas à sa place dans <table>"
        case "dl":
            names = "".join("t" if name == "dt" else "d" for name in inner if name != "div")
            if names and (names[0] != "t" or names[-1] != "d"):
                yield "dans <dl>, chaque <dt> est suivi de son <dd>"
