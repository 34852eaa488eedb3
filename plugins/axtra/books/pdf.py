"""The PDF of a numéro, composed as a magazine, and that of an article."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from lxml.html import tostring
from markupsafe import Markup

from axtra.books import baseline, closing, composition, openers, pdf_trees
from axtra.books.composition import Length, Opener, Spot, Start
from axtra.books.layout_facts import KeptFacts, LayoutFacts
from axtra.books.page_breaks import PageBreak
from axtra.books.pango import PangoError
from axtra.books.parts import Part, pictures
from axtra.books.pdf_structure import Finishing, Tab
from axtra.books.resources import BookResources
from axtra.content.model import Article, Numero
from axtra.text import typography

_UNSAFE = re.compile(r'["\\\x00-\x1f]')  # in a string of a sheet
_FULL_WIDTH = 850  # px of a photograph for a page 612 pt wide: 100 to the inch
# Where a text may begin that does not hold under another: a picture may be too high.
_ELSEWHERE = (
    Start(Opener.HEAD, under=False),
    Start(Opener.HALF, under=False),
    Start(Opener.FULL, under=False),
)

if TYPE_CHECKING:
    from axtra.books.pdf_rendering import Compositor, Layout


def make(
    numero: Numero,
    parts: tuple[Part, ...],
    resources: BookResources,
    kept: KeptFacts | None = None,
    *,
    printing: bool = False,
) -> tuple[bytes, tuple[PageBreak, ...]]:
    """Return a numéro as a PDF, and where its pages begin; the same content gives the same bytes.

    The trees of the parts are rewritten on the way.

    Args:
        numero: the numéro.
        parts: its parts.
        resources: what it may show.
        kept: what is known of its last layouts.
        printing: add what a printer asks for: 3 mm to cut at each edge, and crop marks.

    Raises:
        PangoError: Pango is missing on this machine.
    """
    kept = kept or KeptFacts()
    layout = _composed(numero, Press(numero, resources, kept, printing=printing), parts)
    kept.save()
    contents = layout.places["sommaire"]
    finishing = Finishing(
        contents=range(contents.first_page, contents.last_page + 1),
        tabs=tuple(_tabs(layout, parts, resources)),
    )
    return layout.pdf(finishing), tuple(layout.page_breaks())


def make_article(article: Article, part: Part, resources: BookResources) -> bytes:
    """Return an article as a PDF of its own; its tree is rewritten on the way.

    Raises:
        PangoError: Pango is missing on this machine.
    """
    pdf_trees.prepare([part], resources.theme)
    press = Press(article, resources, KeptFacts())
    for opener in (Opener.HEAD, Opener.HALF):
        opened = replace(part, root=deepcopy(part.root))
        openers.open_text(opened.root, Start(opener, under=False))
        press.boxes = press.lay_out([opened], measuring=True).boxes
        layout = press.lay_out([opened])
        place = layout.places[part.name]
        if not place.torn and (layout.pages == 1 or place.end >= composition.THIRD):
            break
    return layout.pdf(Finishing(folios=False))


def _tabs(layout: Layout, parts: Sequence[Part], resources: BookResources) -> Iterator[Tab]:
    """Yield the tabs of the pages of texts: a page has those of all its rubriques."""
    steps = [rubrique.slug for rubrique in resources.library.rubriques]
    colours = resources.theme.tokens.colours["clair"]
    seen = set[tuple[int, str]]()
    for part in parts:
        place = layout.places.get(part.name)
        if not part.article or not place:
            continue
        rubrique = part.article.rubrique
        for page in range(place.first_page, place.last_page + 1):
            if (page, rubrique.slug) not in seen:
                seen.add((page, rubrique.slug))
                yield Tab(page, steps.index(rubrique.slug), colours[rubrique.colour])


def document(
    item: Numero | Article,
    parts: Sequence[Part],
    resources: BookResources,
    boxes: Mapping[str, baseline.Box] | None = None,
) -> str:
    """Return the HTML of the PDF of parts that are ready.

    Args:
        item: the numéro, or the article.
        parts: the parts, whose openers are set.
        resources: what the book may show.
        boxes: the boxes to bring back to the baseline, once they are measured.
    """
    facts, theme = resources.library.facts, resources.theme
    articles = [part.article for part in parts if part.article]
    title = item.title.plain
    if isinstance(item, Numero):
        title = f"{facts.magazine}, {item.label_within} – {title}"
    for part in parts:
        baseline.snap(part.root, boxes or {})
    return theme.templates.get_template("pdf.html").render(
        item=item,
        title=title,
        authors=sorted({author.title.plain for article in articles for author in article.authors}),
        parts=[Markup(_corrected(part)) for part in parts],  # noqa: S704 - sanitised when read
    )


def _corrected(part: Part) -> str:
    text = str(tostring(part.root, encoding="unicode"))
    if not part.language.startswith("fr") or part.role == "cover":
        return text  # the cover is one on the web, in the PDF and in the mail
    return typography.correct_html(text, profile="qc-fine")


def _escaped(found: re.Match[str]) -> str:
    return f"\\{ord(found[0]):x} "


def fills_a_page(article: Article) -> bool:
    """Tell whether the picture of an article is fine enough for a page of its own."""
    image = article.image
    return image is None or image.drawn or image.width >= _FULL_WIDTH


def _composed(numero: Numero, press: Press, parts: tuple[Part, ...]) -> Layout:
    """Lay out a numéro: measure its texts, place each after the other, then set the whole.

    Placing a text lays it out alone under a box as high as what precedes it, so that what is
    decided for the next is decided from what is, and the whole is laid out once.
    """
    resources = press.resources
    pdf_trees.prepare(parts, resources.theme)
    # Every text on a page of its own, in one column as long as it must be.
    plain = tuple(Start(Opener.HALF, under=False) for part in parts if part.article)
    openings = [
        replace(part, root=root, article=None)
        for part in parts
        if part.article
        for root in openers.openings(part.root, part.name)
    ]
    # The contents have no box to measure, and would be balanced on a page without end.
    boxed = [part for part in _ready(parts, plain, 2, resources) if baseline.marks(part.root)]
    measured = press.measure([*boxed, *openings])
    press.boxes = measured.boxes
    texts = [part for part in parts if part.article]
    front = [part for part in parts if not part.article and part.name not in closing.NAMES]
    lengths = [measured.lengths[part.name] for part in texts]
    featured = resources.library.featured(numero)
    articles = [part.article for part in texts if part.article]
    wanted = [each in featured and fills_a_page(each) for each in articles]
    opening = press.facts(front)
    press.folios |= opening.folios
    spot = opening.places[front[-1].name].spot
    if front[-1].name != "editorial":  # no text begins under the contents
        spot = replace(spot, filled=0.0)
    starts, notes = list[Start](), opening.notes.get(spot.page, ())
    above = front[-1]
    for at, part in enumerate(texts):
        [planned, *_] = composition.decide(lengths[at:], wanted[at:], spot)
        start, alone = press.first_that_holds(
            [planned, *_ELSEWHERE], part, spot, above, notes, closes=at == len(texts) - 1
        )
        place = alone.places[part.name]
        starts.append(start)
        skipped = spot.page - start.under
        press.folios |= {name: skipped + number for name, number in alone.folios.items()}
        end = place.spot
        above, notes = part, alone.notes.get(end.page, ())
        spot = replace(end, page=skipped + end.page)
    after = composition.closing_pages(spot.page)
    return press.lay_out(_ready(parts, starts, after, resources))


@dataclass
class Press:
    """Lays out parts, with what is known of them: boxes of the baseline, folios, pictures."""

    item: Numero | Article
    resources: BookResources
    kept: KeptFacts
    printing: bool = False
    boxes: Mapping[str, baseline.Box] = field(default_factory=dict)
    folios: dict[str, int] = field(default_factory=dict)
    _pictures: dict[str, bytes] = field(default_factory=dict)

    @cached_property
    def _compositor(self) -> Compositor:
        try:
            from axtra.books import pdf_rendering  # noqa: PLC0415 - it loads Pango
        except OSError as error:
            raise PangoError from error
        return pdf_rendering.Compositor(self.resources)

    def lay_out(self, parts: Sequence[Part], *, measuring: bool = False) -> Layout:
        """Lay out copies of parts.

        Args:
            parts: the parts.
            measuring: set the text in one column as long as it must be.

        Raises:
            PangoError: Pango is missing on this machine.
        """
        html = self._document(parts)
        return self._compositor.lay_out(html, self._pages(measuring=measuring))

    def facts(self, parts: Sequence[Part]) -> LayoutFacts:
        """Return the facts of the layout of parts, which is not made when they are known."""
        key = self._key(parts, self._pages(measuring=False))
        found = self.kept.get(key)
        if found is None:
            found = self.lay_out(parts).facts
            self.kept.put(key, found)
        return found

    def measure(self, parts: Sequence[Part]) -> LayoutFacts:
        """Return the boxes and the lengths of parts; one layout measures those that changed."""
        pages = self._pages(measuring=True)
        keys = [self._key([part], pages) for part in parts]
        found = [self.kept.get(key) for key in keys]
        changed = [part for part, known in zip(parts, found, strict=True) if known is None]
        measured = self.lay_out(changed, measuring=True).facts if changed else LayoutFacts()
        boxes, lengths = dict[str, baseline.Box](), dict[str, Length]()
        for key, part, known in zip(keys, parts, found, strict=True):
            facts = known or _own(measured, part)
            self.kept.put(key, facts)
            boxes |= facts.boxes
            lengths |= facts.lengths
        # A box that two parts have is in neither, whichever of them was laid out again.
        times = Counter(mark for part in parts for mark in baseline.marks(part.root))
        once = {mark: box for mark, box in boxes.items() if times[mark] == 1}
        return LayoutFacts(boxes=once, lengths=lengths)

    def _document(self, parts: Sequence[Part]) -> str:
        copies = [replace(part, root=deepcopy(part.root)) for part in parts]
        for part in copies:
            pdf_trees.show_folios(part.root, self.folios)
        return document(self.item, copies, self.resources, self.boxes)

    def _key(self, parts: Sequence[Part], pages: str) -> str:
        """Return a hash of what a layout is made from, beside what all books are made from."""
        if self.kept.store is None:
            return ""
        digest = hashlib.sha256(f"{pages}{self._document(parts)}".encode())
        for part in parts:
            for url in pictures(part):
                if url not in self._pictures:
                    data = self.resources.read(url).data
                    self._pictures[url] = hashlib.sha256(data).digest()
                digest.update(self._pictures[url])
        return digest.hexdigest()

    def _pages(self, *, measuring: bool) -> str:
        """Return the sheet of the pages of a document."""
        numero = self.item if isinstance(self.item, Numero) else self.item.numero
        foot = f"{self.resources.library.facts.magazine} · {numero.label}"
        return self.resources.theme.templates.get_template("pages.css").render(
            pied=Markup(_UNSAFE.sub(_escaped, foot)),  # noqa: S704 - escaped for a sheet
            measuring=measuring,
            printing=self.printing,
        )

    def first_that_holds(
        self,
        offered: Sequence[Start],
        part: Part,
        spot: Spot,
        above: Part,
        notes: Collection[str],
        *,
        closes: bool,
    ) -> tuple[Start, LayoutFacts]:
        """Lay out a text with the first opener under which it holds, else with the last.

        The text that closes a numéro must also fill a third of its last page.
        """
        whole: list[tuple[Start, LayoutFacts]] = []
        # A text that ends is made of smaller lines: the next one comes back to the baseline.
        air = composition.GAP + -spot.filled % baseline.LINE
        for start in (replace(start, air=air) for start in offered):
            if whole and not start.under and 0 < spot.filled < composition.THIRD:
                continue  # the page before would be left nearly empty
            alone = self.facts(_under(part, start, spot, above, notes))
            place = alone.places[part.name]
            if place.torn or (start.under and place.first_page > 1):
                continue
            whole.append((start, alone))
            if not closes or place.end >= composition.THIRD:
                return whole[-1]
        return whole[0] if whole else (start, alone)


def _own(facts: LayoutFacts, part: Part) -> LayoutFacts:
    """Return what was measured of a part among others."""
    boxes = baseline.marks(part.root)
    name = part.root.get(baseline.PART)
    return LayoutFacts(
        boxes={mark: box for mark, box in facts.boxes.items() if mark in boxes},
        lengths={known: length for known, length in facts.lengths.items() if known == name},
    )


def _under(
    part: Part, start: Start, spot: Spot, above: Part, notes: Collection[str]
) -> tuple[Part, ...]:
    """Return a text with its opener, under an empty box that stands for the end of another.

    Args:
        part: the text.
        start: how it begins.
        spot: where the other ends.
        above: the other.
        notes: the names of its notes at the foot of that page.
    """
    copied = replace(part, root=deepcopy(part.root))
    openers.open_text(copied.root, start)
    if not start.under:
        return (copied,)
    box = part.root.makeelement("div", {"style": f"height: {spot.filled}pt"})
    for note in above.root.find_class("note"):
        if note.get(baseline.NOTE) in notes:
            again = deepcopy(note)
            again.tail = None
            box.append(again)
    return (replace(part, root=box, article=None), copied)


def _ready(
    parts: Sequence[Part], starts: Sequence[Start], after: int, resources: BookResources
) -> list[Part]:
    """Copy the parts, each text with its opener, and close them with so many pages."""
    copies = [replace(part, root=deepcopy(part.root)) for part in parts]
    remaining = iter(starts)
    for part in copies:
        if part.article:
            openers.open_text(part.root, next(remaining))
    kept = [part for part in copies if part.name not in closing.NAMES]
    return [*kept, *closing.closing(copies, after, resources.theme)]
