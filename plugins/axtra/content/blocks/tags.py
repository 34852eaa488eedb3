"""The tags that a body may hold, and what keeps only these."""

from __future__ import annotations

import re

import nh3

LINE = "data-axtra-ligne"  # carries the rank and the line of a tag while a problem is placed
PLACEHOLDER = "axtra-bloc"  # the tag that stands for a block until it is resolved
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

_WHOLE, _LANGUAGE = r"-?\d{1,9}", r"[a-z]{2,8}(-[a-z0-9]{1,8})*"
_DAY, _HOUR = r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?"
# The values that HTML knows; browsers would ignore others, and e-readers refuse the whole book.
_VALUES: dict[str, re.Pattern[str]] = {
    name: re.compile(values, re.IGNORECASE)
    for name, values in {
        "id": r"[^\s\x00-\x1f]+",
        "dir": "ltr|rtl|auto",
        "lang": _LANGUAGE,
        "hreflang": _LANGUAGE,
        "start": _WHOLE,
        "value": _WHOLE,
        "reversed": "(reversed)?",
        "type": "[1ai]",
        "width": r"\d{1,5}",
        "height": r"\d{1,5}",
        "colspan": r"[1-9]\d{0,2}",
        "rowspan": r"[1-9]\d{0,4}",
        "scope": "row|col|rowgroup|colgroup",
        "align": "left|center|right",
        "datetime": rf"{_DAY}([T ]{_HOUR}(Z|[+-]\d\d:?\d\d)?)?|{_HOUR}|\d{{4}}(-(0[1-9]|1[0-2]))?"
        r"|\d{4}-W\d\d|P(\d+D)?(T(\d+H)?(\d+M)?(\d+S)?)?",
    }.items()
}


def has_value(name: str, value: str) -> bool:
    """Tell whether an attribute may have a value."""
    return name not in _VALUES or bool(_VALUES[name].fullmatch(value))


def _cleaner(*everywhere: str) -> nh3.Cleaner:
    """Make what keeps the allowed tags, and some more attributes of all of them."""
    return nh3.Cleaner(
        tags=_TAGS,
        attributes={**_ATTRIBUTES, "*": {*_ATTRIBUTES["*"], *everywhere}},
        attribute_filter=lambda _, name, value: value if has_value(name, value) else None,
        url_schemes={"https", "http", "mailto", "tel", "sms"},
        link_rel=None,
        clean_content_tags={"script", "style", "template", "iframe", "object", "svg", "math"},
    )


CLEANER = _cleaner()
CLEANER_OF_PLACES = _cleaner(LINE)
