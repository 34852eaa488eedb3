"""The pages that close a numéro: as many as its sheets of four pages leave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace

from axtra.books import openers
from axtra.books.book_theme import BookTheme
from axtra.books.parts import Part, tree
from axtra.pictures import drawings

NAMES = ("voix", "appel", "notes", "ours", "dos")
_SHORT = 230  # characters of a quotation that a page may show alone


@dataclass(frozen=True, slots=True)
class Voice:
    """A quotation of a text, and who says it."""

    words: str
    who: str


def closing(parts: Sequence[Part], count: int, theme: BookTheme) -> Iterator[Part]:
    """Yield the parts that close a numéro in so many pages, from one to four.

    The last page is the back cover. It holds the colophon when it is the only one; what a third
    and a fourth page hold is what the numéro has: its call for texts, a quotation, lines for notes,
    on two pages where it has nothing else.
    """
    known = {part.name: part for part in parts if part.name in NAMES}
    ours = known["ours"]
    if count == 1:
        ours.root.classes.update({"pleine-page", "au-dos"})
        ours.root.insert(0, openers.ground(ours.root))
        yield ours
        return
    voice = _voice(parts, theme)
    offered = [known.get("appel"), voice, known["notes"]]
    added = [part for part in offered if part][: count - 2]
    if len(added) < count - 2:
        added.append(_again(known["notes"]))
    if any(part.name == "appel" for part in added):
        for again in ours.root.find_class("appel"):
            again.drop_tree()
    yield from sorted(added, key=lambda part: NAMES.index(part.name.rstrip("+")))
    yield from (ours, known["dos"])


def _again(part: Part) -> Part:
    """Return a second page like another: the two face each other."""
    root = deepcopy(part.root)
    root.set("id", f"{part.name}+")
    return replace(part, name=f"{part.name}+", root=root)


def _voice(parts: Sequence[Part], theme: BookTheme) -> Part | None:
    """Return the page of the first quotation that is short enough."""
    for part in parts:
        for quotation in part.root.find_class("citation") if part.article else ():
            words = " ".join(quotation.find("blockquote").text_content().split())
            if len(words) > _SHORT or not part.article:
                continue
            caption = quotation.find("figcaption")
            who = "" if caption is None else " ".join(caption.text_content().split())
            variables: Mapping[str, object] = {
                "voix": Voice(words, who),
                "titre": part.article.title,
                "url": f"#{part.name}",
                "fond": drawings.palette(part.article, theme.tokens).ink,
            }
            root = tree(theme, "parties/voix.html", variables)
            return replace(part, name="voix", role="", url=None, root=root, article=None)
    return None
