"""A mail to check, as values: its parts, and its HTML as two families of software read it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from lxml import etree
from lxml import html as lxml_html

from axtra import typography
from axtra.checks import tags
from axtra.checks.tags import Reading

HOST = "www.axtra.ca"
_MSO = re.compile(r"<!--\[if (?!!)[^\]]*\]>(.*?)<!\[endif\]-->", re.DOTALL)
_NOT_MSO = re.compile(
    r"<!--\[if !mso[^\]]*\]>\s*(?:<!-->|-->)(.*?)<!--\s*<!\[endif\]-->", re.DOTALL
)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_SPACES = re.compile(r"\s+")
_CURLY = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"'})
PADDING = "\u034f\u200c\u200b\u00a0\u00ad\u2007\ufeff "
_PROSE = frozenset(
    [
        *["p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "td", "th", "dt", "dd", "div"],
        *["blockquote", "center", "caption", "body", "address", "section"],
    ]
)
_SILENT = frozenset(["style", "script", "code", "pre", "kbd", "title", "head", "xml", "noscript"])


@dataclass(frozen=True, eq=False)
class Element:
    """An element with what it declares: attributes, styles, its own and its whole text."""

    node: lxml_html.HtmlElement
    tag: str
    style: Mapping[str, str]
    parent: Element | None

    def __getitem__(self, name: str) -> str:
        """Give an attribute, or nothing."""
        return self.node.get(name) or ""

    def has(self, name: str) -> bool:
        """Tell whether an attribute is written, even empty."""
        return self.node.get(name) is not None

    @cached_property
    def text(self) -> str:
        """Give all the words inside, spaces folded."""
        return fold("".join(self.node.itertext())).strip(PADDING)

    @cached_property
    def own(self) -> str:
        """Give the words that stand in no other element."""
        pieces = [self.node.text, *(child.tail for child in self.node)]
        return " ".join(piece for piece in pieces if piece).strip(PADDING + "\n\t")

    @property
    def above(self) -> Iterator[Element]:
        """Give this element, then what holds it, outwards."""
        one: Element | None = self
        while one is not None:
            yield one
            one = one.parent

    def inherited(self, name: str) -> str:
        """Give the nearest declared value."""
        return next((one.style[name] for one in self.above if name in one.style), "")

    @cached_property
    def hidden(self) -> bool:
        """Tell whether readers see nothing of it."""
        said = self.style
        unseen = said.get("display") == "none" or said.get("visibility") == "hidden"
        flat = re.fullmatch(r"0(px)?", said.get("max-height", said.get("height", "")))
        unseen = unseen or bool(flat and said.get("overflow") == "hidden")
        unseen = unseen or bool(re.match(r"-\d{3,}", said.get("text-indent", "")))
        return unseen or self.has("hidden") or (self.parent is not None and self.parent.hidden)

    @cached_property
    def classes(self) -> frozenset[str]:
        """Give its classes."""
        return frozenset(self["class"].split())

    @cached_property
    def ground(self) -> str:
        """Give the colour of the ground that it declares itself, as written, or nothing."""
        shorthand = re.search(r"#[0-9A-Fa-f]{3,6}", self.style.get("background", ""))
        return self.style.get("background-color") or (
            shorthand[0] if shorthand else self["bgcolor"]
        )


@dataclass(frozen=True)
class Passage:
    """Some prose in French: a paragraph, a title, a cell."""

    text: str
    element: Element


@dataclass(frozen=True)
class View:
    """The HTML as some software reads it; `name` is empty for most of them."""

    name: str
    html: str
    host: str
    preheader: str

    @cached_property
    def elements(self) -> tuple[Element, ...]:
        """List the elements in the order of the document."""
        known: dict[lxml_html.HtmlElement, Element] = {}
        read: dict[str, Mapping[str, str]] = {}
        for node in _document(self.html).iter():
            if isinstance(node.tag, str):
                style = node.get("style") or ""
                if style not in read:
                    read[style] = declarations(style)
                known[node] = Element(node, node.tag, read[style], known.get(node.getparent()))
        return tuple(known.values())

    @cached_property
    def tags(self) -> Reading:
        """Follow its tags as they are written."""
        return tags.read(self.html)

    def all(self, *names: str) -> Iterator[Element]:
        """Give the elements of some names."""
        return (one for one in self.elements if one.tag in names)

    @cached_property
    def body(self) -> tuple[Element, ...]:
        """List what the body holds, itself first."""
        inside: set[int] = set()
        for one in self.elements:
            if one.tag == "body" or id(one.parent) in inside:
                inside.add(id(one))
        return tuple(one for one in self.elements if id(one) in inside)

    @cached_property
    def sheets(self) -> str:
        """Give every style sheet of the mail."""
        return "\n".join("".join(one.node.itertext()) for one in self.all("style"))

    @cached_property
    def passages(self) -> tuple[Passage, ...]:
        """List the visible prose in French, each piece once."""
        found = []
        for one in self.body:
            if one.tag in _PROSE and not _foreign(one) and not one.hidden:
                text = fold(_prose(one.node)).strip(" ")
                if text.strip(PADDING):
                    found.append(Passage(text, one))
        return tuple(found)

    @cached_property
    def links(self) -> tuple[Element, ...]:
        """List the links that have an address."""
        return tuple(one for one in self.all("a") if one["href"].strip())

    @cached_property
    def images(self) -> tuple[Element, ...]:
        """List the images."""
        return tuple(self.all("img"))

    @cached_property
    def words(self) -> str:
        """Give all the visible prose."""
        return "\n".join(one.text for one in self.passages)


@dataclass(frozen=True)
class CheckedMail:
    """A mail to check.

    Attributes:
        file: what diagnostics name: the edition, or the mail itself.
        html: the HTML part.
        text: the text part; None when there is none to look at.
        subject: None when it is not known.
        preheader: None when it is to be read in the HTML.
        source: what `file` holds, in which lines are found.
        beside: other files that its words come from, by name.
        host: the only host that images may come from.
        day: the day it was sent or will be; None when it is not known.
        raw: the whole message as it would leave, when it exists.
    """

    file: str
    html: str
    text: str | None = None
    subject: str | None = None
    preheader: str | None = None
    source: str = ""
    beside: Mapping[str, str] = field(default_factory=dict)
    host: str = HOST
    day: date | None = None
    raw: bytes | None = field(default=None, repr=False)

    @cached_property
    def normal(self) -> View:
        """Read it as software that knows no conditional comment."""
        plain = _COMMENT.sub("", _NOT_MSO.sub(r"\1", self.html))
        return View("", plain, self.host, self.preheader or "")

    @cached_property
    def outlook(self) -> View:
        """Read it as Word-based Outlook: what it alone sees is shown, what it skips is gone."""
        word = _COMMENT.sub("", _MSO.sub(r"\1", _NOT_MSO.sub("", self.html)))
        return View("Outlook", word, self.host, self.preheader or "")

    @cached_property
    def announced(self) -> str:
        """Give the preheader: the one given, or the first hidden words of the HTML."""
        if self.preheader is not None:
            return self.preheader
        return next((one.text for one in self.normal.body if one.hidden and one.text), "")

    @cached_property
    def prose(self) -> tuple[str, ...]:
        """List the texts of the body."""
        return tuple(dict.fromkeys(one.text for one in self.normal.passages))

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """List each text that readers see: the inbox line, the body, what is said of images."""
        alts = (one["alt"] for one in self.normal.images)
        return (self.subject or "", self.announced, *self.prose, *alts)

    @cached_property
    def seen(self) -> str:
        """Join all that readers see, the text part too."""
        inbox = (self.subject or "", self.announced)
        alts = (one["alt"] for one in self.normal.images)
        return "\n".join([self.normal.words, self.text or "", *inbox, *alts])

    @cached_property
    def advice(self) -> tuple[typography.Advice, ...]:
        """List what the typography of the project says of each text, the inbox line included."""
        texts = (self.subject or "", self.announced, *self.prose)
        return tuple(one for text in texts for one in typography.lint(text))

    @cached_property
    def _lines(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        files = ((self.file, self.source), *self.beside.items())
        return tuple((name, tuple(map(plain, text.splitlines()))) for name, text in files)

    def place(self, needle: str) -> tuple[str, int | None]:
        """Find the file and the line of some words or of an address; at worst, the mail itself."""
        wanted = plain(needle)
        path = wanted.removeprefix(f"https://{self.host}")
        slug = path.strip("/").rpartition("/")[2]
        few = " ".join(wanted.split()[:4])
        for one in dict.fromkeys((wanted, path, slug, few)):
            if len(one) > 1:
                for name, lines in self._lines:
                    for number, line in enumerate(lines, 1):
                        if one in line:
                            return name, number
        return self.file, None


def _document(html: str) -> lxml_html.HtmlElement:
    try:
        return lxml_html.document_fromstring(html)
    except (etree.ParserError, ValueError):  # nothing to read, or bytes that no page holds
        return lxml_html.document_fromstring("<html></html>")


def fold(text: str) -> str:
    """Fold ASCII white space, never a no-break space."""
    return re.sub(r"[ \t\r\n\f\v]+", " ", text)


def plain(text: str) -> str:
    """Reduce text to what an editor typed: spaces and quotation marks of any kind are equal."""
    bare = re.sub(r"[«»\"]", '"', text.translate(_CURLY))
    return _SPACES.sub(" ", bare.replace("\u034f", "").replace("\u200c", "")).strip().casefold()


def declarations(style: str) -> dict[str, str]:
    """Read the declarations of a style attribute; the last one of a name wins."""
    found: dict[str, str] = {}
    for one in style.split(";"):
        name, colon, value = one.partition(":")
        if colon:
            found[name.strip().lower()] = value.strip()
    return found


def _foreign(element: Element) -> bool:
    """Tell whether a text is in another language, or code."""
    for one in element.above:
        if one.tag in _SILENT:
            return True
        if one["lang"]:
            return not one["lang"].lower().startswith("fr")
    return False


def _prose(node: lxml_html.HtmlElement) -> str:
    """Give the words of a block without those of the blocks in it; a break is a space."""
    pieces = [node.text or ""]
    for child in node:
        tag = child.tag if isinstance(child.tag, str) else "#"
        if tag == "br":
            pieces.append(" ")
        elif tag not in _PROSE and tag not in {"ul", "ol", "dl", "table", "tbody", "tr", "hr", "#"}:
            language = child.get("lang") or "fr"
            inside = "\ufffc" if tag in _SILENT or not language.startswith("fr") else _prose(child)
            pieces.append(inside)
        pieces.append(child.tail or "")
    return "".join(pieces)
