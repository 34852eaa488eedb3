"""The tags that a body may hold, and what keeps only these."""

from __future__ import annotations

import nh3

from axtra.content.blocks.markdown_engine import PLACEHOLDER

LINE = "data-axtra-ligne"  # carries the rank and the line of a tag while a problem is placed
# Tags that Markdown makes around what was typed, so that their first mark stands inside of them.
FLOW_TAGS = frozenset(
    {
        "p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd", "blockquote",
        "pre", "table", "thead", "tbody", "tr", "th", "td",
    }
)  # fmt: skip
TABULAR_TAGS = frozenset({"table", "thead", "tbody", "tfoot", "tr", "ul", "ol", "dl"})
_TAGS = {
    *FLOW_TAGS,
    *("hr", "tfoot", "caption", "div", "figure", "figcaption", "details", "summary"),
    "a", "abbr", "b", "bdi", "bdo", "br", "cite", "code", "del", "dfn", "em", "i", "img",
    "ins", "kbd", "mark", "q", "s", "samp", "small", "span", "strong", "sub", "sup", "time",
    "u", "var", "wbr", PLACEHOLDER,
}  # fmt: skip
_ATTRIBUTES: dict[str, set[str]] = {
    "*": {"id", "class", "lang", "dir", "title"},
    "a": {"href", "hreflang", "rel"},
    "abbr": {"title"},
    "blockquote": {"cite"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start", "reversed", "type"},
    "td": {"colspan", "rowspan", "align"},
    "th": {"colspan", "rowspan", "scope", "align"},
    "time": {"datetime"},
    "li": {"value"},
    PLACEHOLDER: {"data-cle"},
}


def _cleaner(*everywhere: str) -> nh3.Cleaner:
    """Make what keeps the allowed tags, and some more attributes of all of them."""
    return nh3.Cleaner(
        tags=_TAGS,
        attributes={**_ATTRIBUTES, "*": {*_ATTRIBUTES["*"], *everywhere}},
        url_schemes={"https", "http", "mailto", "tel", "sms"},
        link_rel=None,
        clean_content_tags={"script", "style", "template", "iframe", "object", "svg", "math"},
    )


CLEANER = _cleaner()
CLEANER_OF_PLACES = _cleaner(LINE)
