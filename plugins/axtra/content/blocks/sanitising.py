"""What HTML a body may hold: an allow-list; what it would lose is told, never lost in silence."""

from __future__ import annotations

import re
from collections import Counter
from html import unescape

import nh3

from axtra.content.blocks.markdown_engine import PLACEHOLDER
from axtra.content.blocks.source import Typed
from axtra.core.diagnostics import Notes
from axtra.text.html.tokens import BrokenDeclaration, Comment, StartTag, tokenise

_TAGS = re.compile(r"<[^>]+>")
_BLOCK_TAGS = frozenset(
    {
        "p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd", "blockquote",
        "pre", "hr", "table", "thead", "tbody", "tfoot", "tr", "th", "td", "caption", "div",
        "figure", "figcaption", "details", "summary",
    }
)  # fmt: skip
_INLINE_TAGS = frozenset(
    {
        "a", "abbr", "b", "bdi", "bdo", "br", "cite", "code", "del", "dfn", "em", "i", "img",
        "ins", "kbd", "mark", "q", "s", "samp", "small", "span", "strong", "sub", "sup", "time",
        "u", "var", "wbr",
    }
)  # fmt: skip
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
}
_CLEANER = nh3.Cleaner(
    tags={*_BLOCK_TAGS, *_INLINE_TAGS, PLACEHOLDER, "h1"},
    attributes={**_ATTRIBUTES, PLACEHOLDER: {"data-cle"}},
    url_schemes={"https", "http", "mailto", "tel", "sms"},
    link_rel=None,
    clean_content_tags={"script", "style", "template", "iframe", "object", "svg", "math"},
)


def sanitise(html: str, source: Typed, notes: Notes) -> str:
    """Keep what the allow-list holds; what would be lost is an error, never a silence."""
    clean = _CLEANER.clean(html)
    # The same tags, as they stand: nothing was lost. Else some may only be written otherwise.
    if html != clean and _TAGS.findall(html) != _TAGS.findall(clean):
        _report_losses(html, clean, source, notes)
    return (
        clean.replace("&nbsp;", "\u00a0")
        .replace(' align="right"', ' class="droite"')
        .replace(' align="center"', ' class="centre"')
        .replace(' align="left"', "")
        .replace("<th>", '<th scope="col">')
        .replace("<th class=", '<th scope="col" class=')
    )


def _inventory(html: str) -> Counter[tuple[str, str, str]]:
    """Count the tags of a fragment, their attributes, and the comments."""
    seen: Counter[tuple[str, str, str]] = Counter()
    for token in tokenise(html):
        match token:
            case StartTag(tag, attributes):
                seen[tag, "", ""] += 1
                seen.update((tag, name, value or "") for name, value in attributes)
            case Comment(text):
                seen["!--", "", text] += 1
            case BrokenDeclaration():
                seen["![", "", ""] += 1
    return seen


def _report_losses(html: str, clean: str, source: Typed, notes: Notes) -> None:
    lost = _inventory(html) - _inventory(clean)
    gone = {tag for tag, name, _ in lost if not name}
    for tag, name, value in sorted(lost):
        if name and tag in gone:
            continue  # the tag itself is reported
        if tag == PLACEHOLDER or name == "data-cle":
            line, what = source.search(PLACEHOLDER), f"<{PLACEHOLDER}>"
        elif tag == "!--":
            line, what = source.find("<!--"), "un commentaire HTML"
        elif not name:
            line, what = source.search(rf"<{re.escape(tag)}\b"), f"<{tag}>"
        elif name in {"href", "src", "cite"}:
            line = source.find(value, unescape(value)) or source.search(rf"\b{name}\b")
            if re.match(r"[a-z]:|file:", value, re.IGNORECASE):
                notes.error(
                    "lien-local",
                    line,
                    f"« {value} » mène à un fichier de votre ordinateur",
                    "Rangez le fichier sous content/, puis donnez son chemin à partir de là.",
                )
                continue
            notes.error(
                "lien-interdit",
                line,
                f"l’adresse « {value[:60]} » n’est pas permise",
                "Une adresse commence par https:, mailto: ou tel:, ou mène à un fichier du site.",
            )
            continue
        else:
            line, what = source.search(rf"\b{re.escape(name)}\b"), f"l’attribut « {name} »"
        notes.error(
            "html-interdit",
            line,
            f"{what} n’est pas permis dans un texte",
            "Effacez-le, ou écrivez la même chose en Markdown ou avec un bloc (///).",
        )
