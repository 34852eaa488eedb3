"""The PDF of a numéro: one document, notes at the foot of pages, addresses spelled once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lxml.html import HtmlElement, tostring
from markupsafe import Markup

from axtra.books import footnotes, table_widths
from axtra.books.book_theme import BookTheme, spelled
from axtra.books.pango import PangoError
from axtra.books.parts import Part
from axtra.books.resources import FONTS, BookResources
from axtra.content.model import Numero
from axtra.text import typography

_SPELLED = "epele"  # a link whose address stands beside it
_LONG_NOTE = 1500  # characters; a third of a page
_LONG_TERM = 60  # characters; a term beside several paragraphs
# Where a note at the foot cannot be called from.
_CLOSED = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "th", "td", "figcaption"})


def make(numero: Numero, parts: tuple[Part, ...], resources: BookResources) -> bytes:
    """Return a numéro as a PDF; the same content and theme give the same bytes.

    Raises:
        PangoError: Pango is missing on this machine.
    """
    try:
        from axtra.books import pdf_rendering  # noqa: PLC0415 - it loads Pango
    except OSError as error:
        raise PangoError from error
    return pdf_rendering.render(document(numero, parts, resources), resources)


def document(numero: Numero, parts: tuple[Part, ...], resources: BookResources) -> str:
    """Return the HTML of the PDF; the trees of the parts are rewritten on the way."""
    library, theme = resources.library, resources.theme
    articles = library.articles_in(numero)
    known = {part.url: part.name for part in parts if part.url}
    for part in parts:
        _rewrite(part, known, theme)
        table_widths.fit(part.root)
        _drop_initial(part)
    return theme.templates.get_template("pdf.html").render(
        numero=numero,
        facts=library.facts,
        authors=sorted({author.title.plain for article in articles for author in article.authors}),
        css=Markup(theme.sheet("pdf.css")),  # noqa: S704 - the theme's
        faces=[(face, f"{FONTS}{face.name}") for face in theme.faces],
        parts=[Markup(_corrected(part)) for part in parts],  # noqa: S704 - sanitised when read
    )


def _corrected(part: Part) -> str:
    text = str(tostring(part.root, encoding="unicode"))
    if not part.language.startswith("fr"):
        return text
    return typography.correct_html(text, profile="qc-fine")


def _rewrite(part: Part, known: Mapping[str, str], theme: BookTheme) -> None:
    """Make names unique, notes float, addresses whole."""
    for note in footnotes.take(part.root):
        _float(note)
    _point(part, known, theme)
    _hold_terms(part)
    calls = part.root.find_class("note")
    for number, call in enumerate(calls, 1):
        call.set("data-numero", str(number))
        if len(call.text_content()) > _LONG_NOTE:
            _move_to_end(call, part.root)
    numbers = {call.get("id"): call.get("data-numero") for call in calls}
    for again in part.root.find_class("rappel"):
        again.text = numbers[again.attrib.pop("data-note")]
    for element in part.root.iter():
        if element is not part.root and element.get("id"):
            element.set("id", f"{part.name}--{element.get('id')}")


def _hold_terms(part: Part) -> None:
    """Keep a term with what it means: the two stand side by side."""
    for listed in part.root.iter("dl"):
        group = None
        for element in list(listed):
            if element.tag == "dt" and len(element.text_content()) > _LONG_TERM:
                element.classes.add("longue")
            if element.tag == "dt" and (group is None or group[-1].tag == "dd"):
                group = listed.makeelement("div", {"class": "terme"})
                element.addprevious(group)
            if group is not None:
                group.append(element)


def _float(note: footnotes.Note) -> None:
    """Put a note at its first call; another call repeats its number."""
    first, *others = note.calls
    name = f"note-{first.get('id')}"
    for again in others:
        _empty(again, "rappel")
        again.attrib.pop("id", None)
        again.set("data-note", name)
    _empty(first, "note")
    first.tag = "span"
    first.set("id", name)
    for paragraph in note.body:
        paragraph.tag = "span"
        first.append(paragraph)


def _move_to_end(call: HtmlElement, root: HtmlElement) -> None:
    """Set a note after the text: the foot of a page is never continued on the next."""
    number = call.get("data-numero", "")
    note = call.makeelement("p", {"class": "note-longue"})
    note.text = f"{number}\u00a0\u00a0{call.text or ''}"
    note.extend(list(call))
    root.find_class("corps")[-1].append(note)
    call.text = number
    call.set("class", "appel-de-note")


def _empty(element: HtmlElement, name: str) -> None:
    for child in list(element):
        element.remove(child)
    element.text = None
    element.set("class", name)


def _point(part: Part, known: Mapping[str, str], theme: BookTheme) -> None:
    """Point links into the book, or to the site with each address once at the foot."""
    said: set[str] = set()
    for link in list(part.root.iter("a")):
        href = link.get("href", "")
        page, _, anchor = href.partition("#")
        if not page:
            link.set("href", f"#{part.name}--{anchor}" if anchor else f"#{part.name}")
        elif page in known:
            link.set("href", f"#{known[page]}--{anchor}" if anchor else f"#{known[page]}")
            link.classes.add("renvoi")
        else:
            link.set("href", theme.address(href))
            _spell(link, theme.address(href), said)


def _spell(link: HtmlElement, address: str, said: set[str]) -> None:
    spoken = spelled(address)
    if address in said or _SPELLED in link.classes or link.text_content().strip() == spoken:
        return
    said.add(address)
    above = list(link.iterancestors())
    note = link.makeelement("span", {"class": "note adresse", "translate": "no"})
    note.text = spoken
    if _inside(above):
        note.set("class", "adresse-dite")
        note.text = f" ({spoken})"
    note.tail, link.tail = link.tail, None
    link.addnext(note)


def _inside(above: Iterable[HtmlElement]) -> bool:
    return any(element.tag in _CLOSED or "note" in element.classes for element in above)


def _drop_initial(part: Part) -> None:
    """Set apart the first letter of a text, with the apostrophe that follows it."""
    for body in part.root.find_class("corps")[:1]:
        first = body[0] if len(body) else None
        if first is not None and first.tag == "p" and (first.text or "")[:1].isalpha():
            size = 2 if first.text[1:2] in {"’", "'"} else 1
            initial = first.makeelement("span", {"class": "initiale"})
            initial.text, initial.tail, first.text = first.text[:size], first.text[size:], None
            first.insert(0, initial)
