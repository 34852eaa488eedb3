"""What stands beside a text on its page: each note by what calls it, the words of the glossary.

Feeds, mails and books keep notes at the end.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from html import escape

from markupsafe import Markup

from axtra.content.model import Body, Node, Prose, Term, html_text
from infolettre.text.html.elements import Element
from infolettre.text.html.fragments import Child, parse, serialise

_CALL = re.compile(r'href="#(fn:[^"]+)"')
# Where a term is not explained: it is a title, a link, or code.
_CLOSED = frozenset({"a", "abbr", "button", "code", "pre", "sup", *(f"h{n}" for n in range(1, 7))})
_ALIKE = str.maketrans({"\u00a0": " ", "’": "'"})

Render = Callable[[Node], Markup]


def annotated(body: Body, render: Render, glossary: Iterable[Term] = ()) -> Markup:
    """Render a body with each note after the paragraph that calls it, and its terms explained.

    Args:
        body: what the page shows.
        render: renders one node.
        glossary: the terms to explain, each where it first stands.
    """
    return _Page(render, glossary).body(body)


@dataclass(slots=True)
class _Page:
    """The body of one page, while it is rendered."""

    render: Render
    glossary: Iterable[Term]
    notes: dict[str, str] = field(default_factory=dict)  # by id, until they are called

    def body(self, body: Body) -> Markup:
        roots: list[Element | None] = []
        for node in body:
            held = isinstance(node, Prose) and ("footnote" in node.html or self.glossary)
            roots.append(parse(str(self.render(node))) if held else None)
        for root in roots:
            if root is not None:
                self._take_notes(root)
        if self.glossary:
            self._explain([root for root in roots if root is not None])
        pieces = [
            piece
            for node, root in zip(body, roots, strict=True)
            for piece in (self._whole(node) if root is None else self._prose(root))
        ]
        return Markup("\n").join(map(Markup, _beside(pieces)))

    # --- notes ------------------------------------------------------------------------------

    def _take_notes(self, root: Element) -> None:
        for gathered in [child for child in root.elements if "footnote" in child.classes]:
            items = (item for item in gathered.find("li") if item["id"].startswith("fn:"))
            for number, item in enumerate(items, 1):
                self.notes[item["id"]] = _note(item, number)

    def _whole(self, node: Node) -> Iterator[_Piece]:
        """Yield a node; a block may take the margin for itself."""
        html = str(self.render(node))
        yield _Piece(html, self._called(html), _high(html) if isinstance(node, Prose) else None)

    def _prose(self, root: Element) -> Iterator[_Piece]:
        """Yield each block of some prose, with the notes that it calls."""
        for child in root.children:
            html = serialise(child)
            if isinstance(child, str):
                yield _Piece(html, (), 0)
            elif "footnote" in child.classes:
                yield _Piece(self._left(child), (), None)
            else:
                yield _Piece(html, self._called(html), _high(html))

    def _called(self, html: str) -> tuple[str, ...]:
        names = _CALL.findall(html)
        return tuple(self.notes.pop(name) for name in names if name in self.notes)

    def _left(self, gathered: Element) -> str:
        """Return the notes that nothing calls, where they were; nothing when there are none."""
        left = [item for item in gathered.find("li") if item["id"] in self.notes]
        for holder in gathered.find("ol"):
            holder.children = [item for item in holder.children if item in left]
        return serialise(gathered) if left else ""

    # --- glossary ---------------------------------------------------------------------------

    def _explain(self, roots: list[Element]) -> None:
        forms = {_plain(form).lower(): term for term in self.glossary for form in term.forms}
        words = "|".join(
            re.escape(form) for form in sorted(forms, key=lambda form: (-len(form), form))
        )
        search = re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)
        told: set[str] = set()
        for root in roots:
            _Explaining(search, forms, told).within(root)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A block of a page, the notes that it calls, and about how many px high it is.

    The height is None for what may take the margin.
    """

    html: str
    notes: tuple[str, ...]
    high: float | None


def _beside(pieces: list[_Piece]) -> Iterator[str]:
    """Yield pieces, those with notes with a margin; it is « libre » where texts leave room.

    Such a margin takes no height of its own: a long note beside a short paragraph leaves no white.
    """
    for rank, piece in enumerate(pieces):
        if not piece.html.strip():
            continue
        if not piece.notes:
            yield piece.html
            continue
        room = piece.high or 0.0
        for other in pieces[rank + 1 :]:
            if other.notes or other.high is None:
                break
            room += other.high
        needed = sum(_high(note, _NOTE) for note in piece.notes)
        free = " libre" if needed <= room else ""
        notes = "".join(piece.notes)
        yield f'<div class="riche annote{free}">{piece.html}<div class="marge">{notes}</div></div>'


# Signs in a line, px between two lines, px around: a little less than the sheet gives to a text,
# a little more than it gives to a note.
_TEXT, _NOTE = (72, 28, 10), (32, 24, 30)


def _high(html: str, measure: tuple[int, int, int] = _TEXT) -> float:
    signs, leading, around = measure
    return -(-len(html_text(html)) // signs) * leading + around


def _note(item: Element, number: int) -> str:
    """Return a note as it stands in the margin, with the number that calls it."""
    backs = [link for link in item.find("a") if "footnote-backref" in link.classes]
    href = backs[0]["href"] if backs else "#"
    for holder in (item, *item.find("p", "li", "div")):
        holder.children = [child for child in holder.children if child not in backs]
    inner = "".join(map(serialise, item.children)).replace("\u00a0</p>", "</p>").strip()
    return (
        f'<aside role="note" id="{escape(item["id"])}"><a class="appel" href="{escape(href)}"'
        f' aria-label="Note {number}, retourner au texte">{number}</a> {inner}</aside>'
    )


@dataclass(slots=True)
class _Explaining:
    """Puts after a term, where it first stands, a definition that its button opens."""

    search: re.Pattern[str]
    forms: dict[str, Term]
    told: set[str]

    def within(self, element: Element) -> None:
        """Explain the terms of the texts of an element."""
        children: list[Child] = []
        for child in element.children:
            if isinstance(child, str):
                children.extend(self._text(child))
                continue
            if child.tag not in _CLOSED and "footnote" not in child.classes:
                self.within(child)
            children.append(child)
        element.children = children

    def _text(self, text: str) -> Iterator[Child]:
        at = 0
        for found in self.search.finditer(_plain(text)):
            term = self.forms.get(found[0].lower())
            if term is None or term.slug in self.told:
                continue
            self.told.add(term.slug)
            yield text[at : found.start()]
            yield from _opened(text[found.start() : found.end()], term)
            at = found.end()
        yield text[at:]


def _opened(words: str, term: Term) -> Iterator[Child]:
    name = f"axe_terme-{term.slug}"
    yield Element("button", {"type": "button", "class": "terme", "popovertarget": name}, [words])
    attributes = {"class": "riche definition", "id": name, "popover": "auto"}
    more = Element("a", {"href": term.url}, ["Glossaire"])
    said: list[Child] = [
        Element("b", {}, [f"{term.name.plain}."]), f" {term.definition.plain} ", more,
    ]  # fmt: skip
    yield Element("span", attributes, said)


def _plain(text: str) -> str:
    """Return a text of the same length, in which spaces and apostrophes are all alike."""
    return text.translate(_ALIKE)
