"""The trees of a PDF: notes at the foot of pages, addresses spelled once, columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lxml.html import HtmlElement

from axtra.books import baseline, columns, footnotes, table_widths
from axtra.books.book_theme import BookTheme, spelled
from axtra.books.parts import Part

TARGET = "data-vers"  # the anchor whose folio an element shows
_FOLIO = "data-folio"
_SPELLED = "epele"  # a link whose address stands beside it
_FEW, _BOUND = 4, 22  # spaces of a text, and letters of two words, to bind its last two
_LONG_NOTE = 1500  # characters; a third of a page
# Where a note at the foot cannot be called from.
_CLOSED = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "th", "td", "figcaption"})


def prepare(parts: Iterable[Part], theme: BookTheme) -> None:
    """Rewrite the trees of the parts of a PDF as its sheet expects them."""
    parts = tuple(parts)
    known = {part.url: part.name for part in parts if part.url}
    for part in parts:
        _rewrite(part, known, theme)
        table_widths.fit(part.root)
        _drop_initial(part)
        _end(part)
        for element in part.root.iter("p", "h1", "h2", "h3", "li", "dd", "figcaption", "span"):
            _bind(element)
        for text in part.root.find_class("corps")[:1]:
            # Who signs, at the end of the columns: it is never alone on the next page.
            text.extend(part.root.find_class("fin"))
            columns.space(text)
            columns.divide(text)
        baseline.mark(part.root, part.name)


def show_folios(root: HtmlElement, folios: Mapping[str, int]) -> None:
    """Write the folio of its target in each element that shows one; until it is known, two digits.

    A counter of the sheet would make every page that holds one again.
    """
    for element in root.iter():
        if (target := element.get(TARGET)) is not None:
            element.set(_FOLIO, str(folios.get(target, folios.get(target.partition("--")[0], 88))))


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
            target = f"{known[page]}--{anchor}" if anchor else known[page]
            link.set("href", f"#{target}")
            link.set(TARGET, target)
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


def _end(part: Part) -> None:
    """Set the oblique tick of the axis after the last words of an article."""
    for body in part.root.find_class("corps")[:1]:
        last = body[-1] if len(body) else None
        if part.role == "chapter" and last is not None and last.tag == "p":
            last.append(last.makeelement("span", {"class": "trait"}))


def _bind(element: HtmlElement) -> None:
    """Bind the last two words of a paragraph or of a title: its last line has more than one."""
    pieces = [piece for piece in element.iter() if piece is not element]
    if element.text_content().count(" ") < _FEW or any("note" in each.classes for each in pieces):
        return
    tail = element if not len(element) else None
    if tail is not None:
        tail.text = _bound(tail.text or "")
    elif element[-1].tail:
        element[-1].tail = _bound(element[-1].tail)
    elif "trait" in element[-1].classes and len(element) > 1:
        element[-2].tail = _bound(element[-2].tail or "")
    elif "trait" in element[-1].classes:
        element.text = _bound(element.text or "")


def _bound(text: str) -> str:
    head, space, last = text.rstrip().rpartition(" ")
    before = head.rpartition(" ")[2]
    if not space or len(last) + len(before) > _BOUND:
        return text
    return f"{head}\u00a0{last}"
