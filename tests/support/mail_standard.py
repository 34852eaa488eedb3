"""The mail standard: a function per rule, which yields each fault it finds.

The rules read a mail as most software does (`normal`) and as Word-based Outlook does (`mso`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import urlsplit

from lxml import html as lxml_html

from infolettre.design.tokens import contrast
from infolettre.text.link_texts import VAGUE_LINK_TEXTS

SIZE_GOAL = 80 * 1024  # bytes
PREHEADER = range(40, 131)  # characters
SUBJECT = range(10, 79)  # characters
TEXT_CONTRAST = 4.5
COLUMNS = 72
SHARED_WORDS = 0.85

_MSO = re.compile(r"<!--\[if (?:mso|lte mso|gte mso)[^\]]*\]>(.*?)<!\[endif\]-->", re.DOTALL)
_NOT_MSO = re.compile(r"<!--\[if !mso[^\]]*\]><!-->(.*?)<!--<!\[endif\]-->", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_FORBIDDEN = frozenset(
    [
        "script",
        "form",
        "input",
        "button",
        "select",
        "textarea",
        "iframe",
        "object",
        "embed",
        "svg",
        "video",
        "audio",
        "canvas",
        "link",
        "base",
        "picture",
        "source",
        "map",
        "area",
        "applet",
        "frame",
        "frameset",
        "math",
    ]
)
_JUNK = re.compile(
    r"\\u\{|var\(|\{\{|\{%|undefined|None|\bnan\b|[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\ufeff\ufffd]"
    r"|Ã[\x80-\xbf©¨ª®´]|â€|Â[\xa0-\xbf]"
)
_ORPHAN = re.compile(r"[ \n]»|«[ \n]|[ \n][?!;:](?:[ \n]|$)")
_URL = re.compile(r"https?://[^\s<>\"]+")
_WORD = re.compile(r"[^\W_]+(?:[’'-][^\W_]+)*")


@dataclass(frozen=True)
class View:
    """A mail as a family of software reads it."""

    name: str
    html: str
    root: lxml_html.HtmlElement

    @classmethod
    def normal(cls, html: str) -> View:
        """Read a mail as software that ignores conditional comments."""
        plain = _COMMENT.sub("", _NOT_MSO.sub(r"\1", html))
        return cls("normal", plain, lxml_html.document_fromstring(plain))

    @classmethod
    def mso(cls, html: str) -> View:
        """Read a mail as Word does: with what only Word sees, without what Word skips."""
        word = _COMMENT.sub("", _MSO.sub(r"\1", _NOT_MSO.sub("", html)))
        return cls("mso", word, lxml_html.document_fromstring(word))

    @property
    def text(self) -> str:
        """Return the text that is read."""
        return " ".join(self.root.find("body").itertext())


Rule = Callable[[View], Iterator[str]]


def declares_language_and_title(view: View) -> Iterator[str]:
    """A doctype, a charset, lang and dir on html and on the children of body, a title."""
    if not view.html.startswith("<!DOCTYPE html>"):
        yield f"starts with {view.html[:20]!r}"
    if not re.search(r"<meta [^>]*charset=utf-8", view.html, re.IGNORECASE):
        yield "no utf-8 declared"
    body = view.root.find("body")
    for element in (view.root, *body):
        if element.get("lang") != "fr-CA" or element.get("dir") != "ltr":
            yield f"<{element.tag}> without lang and dir"
    if not (view.root.findtext("head/title") or "").strip():
        yield "empty title"


def tables_say_what_they_are(view: View) -> Iterator[str]:
    """A layout table is a presentation; a data table has header cells with a scope."""
    for table in view.root.iter("table"):
        headers = [th for th in table.iter("th") if next(th.iterancestors("table")) is table]
        if headers and table.get("role"):
            yield "a data table with a role"
        if headers and any(not th.get("scope") for th in headers):
            yield "a header cell without scope"
        if not headers and table.get("role") != "presentation":
            yield f"a layout table without role: {_excerpt(table)}"


def headings_are_in_order(view: View) -> Iterator[str]:
    """A single h1, no empty heading, no skipped level."""
    headings = [e for e in view.root.iter() if re.fullmatch(r"h[1-6]", str(e.tag))]
    levels = [int(heading.tag[1]) for heading in headings]
    if levels.count(1) != 1 or levels[:1] != [1]:
        yield f"levels {levels}"
    for above, below in pairwise(levels):
        if below > above + 1:
            yield f"h{above} then h{below}"
    yield from (f"empty {e.tag}" for e in headings if not e.text_content().strip())


def images_are_whole(view: View) -> Iterator[str]:
    """An alt (never empty in a link), a width in pixels, a raster file of ours over https."""
    for image in view.root.iter("img"):
        src = image.get("src", "")
        if image.get("alt") is None:
            yield f"no alt: {src}"
        link = next(image.iterancestors("a"), None)
        if link is not None and not image.get("alt") and not link.text_content().strip():
            yield f"empty alt in a link: {src}"
        if not re.fullmatch(r"[1-9]\d*", image.get("width", "")):
            yield f"width={image.get('width')!r}: {src}"
        if not re.fullmatch(r"https://www\.axtra\.ca/images/[\w./%-]+\.(png|jpg|gif)", src):
            yield f"not ours, or no raster: {src}"


def links_say_where_they_go(view: View) -> Iterator[str]:
    """A full https or mailto address, a text that names the destination, underlined in prose."""
    for link in view.root.iter("a"):
        href, text = link.get("href", ""), _words(link)
        if urlsplit(href).scheme not in {"https", "mailto"}:
            yield f"address {href!r}"
        if not text or text.casefold().strip(" .…") in VAGUE_LINK_TEXTS:
            yield f"text {text!r} to {href}"
        style = link.get("style", "")
        button = "bouton" in (link.getparent().get("class") or "")
        if not button and not link.findall("img") and "underline" not in style:
            yield f"not underlined: {text}"


def holds_nothing_foreign(view: View) -> Iterator[str]:
    """No script, form, frame, handler, font, external sheet or picture, data or cid address."""
    for element in view.root.iter():
        if element.tag in _FORBIDDEN:
            yield f"<{element.tag}>"
        for name, value in element.attrib.items():
            if name.startswith("on") or name == "background":
                yield f"{name}={value!r}"
            if name == "src" and urlsplit(value).hostname != "www.axtra.ca":
                yield f"src {value}"
            if re.match(r"\s*(data|cid|javascript):", value, re.IGNORECASE):
                yield f"{name}={value[:40]!r}"
    for word in ("url(", "@import", "@font-face", "http://fonts", "behavior:", "expression("):
        if word in view.html:
            yield word


def text_is_clean(view: View) -> Iterator[str]:
    """No trace of templates, of Rust escapes or of bad decoding; no control character; NFC."""
    yield from (repr(match[0]) for match in _JUNK.finditer(view.html))
    if not unicodedata.is_normalized("NFC", view.html):
        yield "not in form C"


def no_mark_is_orphan(view: View) -> Iterator[str]:
    """A punctuation mark never starts a line: a no-break space or a letter precedes it."""
    for piece in view.root.find("body").itertext():
        yield from (piece[max(0, f.start() - 20) : f.end() + 10] for f in _ORPHAN.finditer(piece))


def preheader_is_hidden(view: View) -> Iterator[str]:
    """The preheader: the first words of the body, 40 to 130 characters, dark, always hidden."""
    first = view.root.find("body")[0][0]
    style = first.get("style", "").replace(" ", "")
    for declaration in ("display:none", "max-height:0", "overflow:hidden", "mso-hide:all"):
        if declaration not in style:
            yield f"no {declaration}"
    colour = re.search(r"(?:^|;)color:(#[0-9A-Fa-f]{6})", style)
    if not colour or contrast(colour[1], "#FFFFFF") < TEXT_CONTRAST:
        yield "not dark"
    words = first.text_content()
    shown = re.sub("[\u034f\u200c\u00a0]+$", "", words)
    if len(shown) not in PREHEADER:
        yield f"{len(shown)} characters"
    if len(words) < PREHEADER.stop:
        yield "not padded"


def adapts_to_dark(view: View) -> Iterator[str]:
    """Both colour schemes are declared, and dark colours apply to tables and cells."""
    metas = {meta.get("name"): meta.get("content") for meta in view.root.iter("meta")}
    for name in ("color-scheme", "supported-color-schemes"):
        if metas.get(name) != "light dark":
            yield f"no meta {name}"
    dark = re.search(r"@media \(prefers-color-scheme:dark\)\{(.*?)\n\}", view.html, re.DOTALL)
    if not dark or not re.search(r"table[^{]*td[^{]*\{background-color:#\w+ !important", dark[1]):
        yield "no dark colour on tables and cells"
    elif any("!important" not in rule for rule in re.findall(r"\{([^}]*)\}", dark[1])):
        yield "a dark rule that inline styles beat"


def keeps_contrast(view: View) -> Iterator[str]:
    """Each text, alts included, has a contrast of 4.5 to 1 with its background."""
    for element in view.root.find("body").iter():
        pieces = [element.text, element.get("alt"), *(child.tail for child in element)]
        if not any(piece and piece.strip() for piece in pieces) or element.tag == "style":
            continue
        colour, ground = _inherited(element, "color"), _inherited(element, "background-color")
        if not colour or not ground:
            yield f"no colour known: {_excerpt(element)}"
        elif contrast(colour, ground) < TEXT_CONTRAST:
            yield f"{colour} on {ground}: {_excerpt(element)}"


def stands_without_sheet(view: View) -> Iterator[str]:
    """Widths are on tables, cells and images; no float, opacity, position or shadow."""
    for element in view.root.iter():
        style = element.get("style") or ""
        if re.search(r"(^|;)\s*(float|opacity|position|box-shadow)\s*:", style):
            yield f"{style}: {_excerpt(element)}"
        if element.tag == "div" and re.search(r"(^|;)\s*width\s*:\s*\d+px", style):
            yield f"a width in px on a div: {_excerpt(element)}"


def word_finds_widths(view: View) -> Iterator[str]:
    """Word ignores max-width, so the letter is in a table of 600 pixels."""
    if view.name == "mso":
        widths = [table.get("width") for table in view.root.iter("table")]
        if "600" not in widths:
            yield f"no table of 600 px: {widths}"


def fits_in_an_inbox(view: View) -> Iterator[str]:
    """80 KiB of UTF-8 at most."""
    size = len(view.html.encode())
    if size > SIZE_GOAL:
        yield f"{size} bytes"


RULES: tuple[Rule, ...] = (
    declares_language_and_title,
    tables_say_what_they_are,
    headings_are_in_order,
    images_are_whole,
    links_say_where_they_go,
    holds_nothing_foreign,
    text_is_clean,
    no_mark_is_orphan,
    preheader_is_hidden,
    adapts_to_dark,
    keeps_contrast,
    stands_without_sheet,
    word_finds_widths,
    fits_in_an_inbox,
)


def faults(html: str) -> list[str]:
    """List the faults that the rules find, in both views."""
    return [
        f"{rule.__name__} ({view.name}): {fault}"
        for view in (View.normal(html), View.mso(html))
        for rule in RULES
        for fault in rule(view)
    ]


def text_faults(text: str, html: str) -> Iterator[str]:
    """The same links, nearly the same words, 72 columns, no-break spaces kept, no signature."""
    view = View.normal(html)
    hrefs = {link.get("href") for link in view.root.iter("a")}
    spelled = {url.rstrip(".,;") for url in _URL.findall(text)}
    mailboxes = {f"mailto:{mailbox}" for mailbox in re.findall(r"\S+@[\w.]+\w", text)}
    yield from (f"no link to {href}" for href in sorted(hrefs - spelled - mailboxes))
    yield from (f"a link missing from the HTML: {url}" for url in sorted(spelled - hrefs))
    for line in text.split("\n"):
        if len(line) > COLUMNS and not re.fullmatch(r"\s*(?:\[\d+\] |- )?<?\S+>?[.,;)]*", line):
            yield f"{len(line)} columns: {line}"
        if line != line.rstrip() or line == "--":
            yield f"line {line!r}"
        yield from (f"orphan: {line}" for _ in re.finditer(r"^\s*[»?!;:]|«$", line))
    words, known = _WORD.findall(view.text.casefold()), set(_WORD.findall(text.casefold()))
    shared = sum(word in known for word in words) / len(words)
    if shared < SHARED_WORDS:
        yield f"{shared:.0%} of the words"
    yield from (f"junk {match[0]!r}" for match in _JUNK.finditer(text.replace("\n", " ")))
    if not unicodedata.is_normalized("NFC", text):
        yield "not in form C"


def subject_faults(subject: str, preheader: str) -> Iterator[str]:
    """A subject of 10 to 78 characters, not in capitals, « numéro » in full; a good preheader."""
    if len(subject) not in SUBJECT:
        yield f"subject of {len(subject)} characters"
    if subject.isupper():
        yield "a subject in capitals"
    if re.search(r"\b(no|n°|nº)\s*\d", subject, re.IGNORECASE):
        yield "« no 5 »"
    if len(preheader) not in PREHEADER:
        yield f"preheader of {len(preheader)} characters"
    for line in (subject, preheader):
        yield from (f"orphan in {line!r}" for _ in _ORPHAN.finditer(line))
        yield from (f"junk in {line!r}" for _ in _JUNK.finditer(line))


def _inherited(element: lxml_html.HtmlElement, name: str) -> str | None:
    pattern = re.compile(rf"(?:^|;)\s*{name}\s*:\s*(#[0-9A-Fa-f]{{3,6}})")
    for ancestor in (element, *element.iterancestors()):
        if match := pattern.search(ancestor.get("style") or ""):
            return re.sub(r"^#(.)(.)(.)$", r"#\1\1\2\2\3\3", match[1])
        if name == "background-color" and ancestor.get("bgcolor"):
            return str(ancestor.get("bgcolor"))
    return None


def _words(element: lxml_html.HtmlElement) -> str:
    alts = [image.get("alt") or "" for image in element.iter("img")]
    return " ".join([*element.text_content().split(), *alts]).strip()


def _excerpt(element: lxml_html.HtmlElement) -> str:
    return f"<{element.tag} {dict(element.attrib)}> {element.text_content().strip()[:40]}"
