"""A letter composed by choosing texts: a card put in its body, taken out of it, or moved.

Only the lines of the cards concerned change; prose, options and the order of the rest stay.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from axtra.content.blocks.source import Opening, Typed, scan
from axtra.content.card_blocks import named_item
from axtra.content.model import Article, Choice, Item, Library
from axtra.content.schema import CARD_KINDS, KINDS
from axtra.newsletter.editions import fixing
from infolettre.core.diagnostics import Notes

_LIST = "articles"
_HEADING = re.compile(r" {0,3}## +(.*?)[ #]*")
_NAMED = re.compile(r"(\s*contenus\s*:\s*)(.*?)\s*", re.IGNORECASE)
_ENTRY = re.compile(r"(\s*- +)[\"']?(.*?)[\"']?\s*")
_FLOW = re.compile(r"\[(.*)\]")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a letter shows the card of a text; lines are counted from 0 in its body.

    `block` has the lines of its block; `line` is that of its name in a list, None when the block
    shows that card alone; `genre` is that of the list, "" without one.
    """

    item: Item
    block: range
    line: int | None
    genre: str


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a letter under one heading; `title` is "" before the first."""

    title: str
    lines: range
    places: tuple[Place, ...]

    @property
    def items(self) -> list[Item]:
        """Return the texts that it carries, in order."""
        return [place.item for place in self.places]


class ComposedBody:
    """The body of a letter, of which each change makes another.

    Args:
        text: the body, its lines ended by line feeds.
        library: where its texts are found.
        content: the name of the content folder, which paths omit.
        choices: what its blocks choose by rule; their lines are counted from 1 in this text.
    """

    def __init__(
        self, text: str, library: Library, content: str, choices: Iterable[Choice] = ()
    ) -> None:
        self.text, self._library, self._content = text, library, content
        self._choices = tuple(choices)
        self.lines = text.split("\n")
        self._by_source = {item.source: item for item in library.items}
        self.sections = self._read()

    @property
    def carried(self) -> dict[str, Item]:
        """Map the files of the texts whose cards it shows to those texts, in order."""
        return {item.source: item for section in self.sections for item in section.items}

    # --- reading ---------------------------------------------------------------------------------

    def _read(self) -> list[Section]:
        typed = Typed(self.text, 0)
        openings = list(scan(typed, Notes("")))
        blocks = [range(opening.line, (opening.end or opening.line) + 1) for opening in openings]
        heads = [
            (number, found[1])
            for number, line, code in typed.lines
            if not code and (found := _HEADING.fullmatch(line))
            if not any(number in block for block in blocks)
        ]
        starts = [(0, ""), *heads] if not heads or heads[0][0] else heads
        ends = [start for start, _ in starts[1:]] + [len(self.lines)]
        places = [place for opening in openings for place in self._places(opening)]
        return [
            Section(
                title,
                range(start, end),
                tuple(place for place in places if start <= place.block.start < end),
            )
            for (start, title), end in zip(starts, ends, strict=True)
        ]

    def _places(self, opening: Opening) -> list[Place]:
        block = range(opening.line, opening.end + 1)
        if not opening.end:
            return []
        if opening.name in CARD_KINDS:
            item = self._found(opening.argument, opening.name)
            return [Place(item, block, None, "")] if item else []
        if opening.name != _LIST:
            return []
        genre = _option(opening, "genre") or "article"
        for choice in self._choices:
            if choice.line == opening.line + 1:
                return [Place(item, block, None, genre) for item in choice.items]
        return [
            Place(item, block, line, genre)
            for line, name in _entries(self.lines, opening.option_lines)
            if (item := self._found(name, "", genre))
        ]

    def _found(self, reference: str, block: str, genre: str = "") -> Item | None:
        kinds = (genre,) if genre else CARD_KINDS[block]
        return named_item(reference, kinds, self._content, self._by_source, self._library.items)

    def place_of(self, source: str) -> tuple[int, Place] | None:
        """Find the section and the place of a text; None when its card is not there."""
        return next(
            (
                (rank, place)
                for rank, section in enumerate(self.sections)
                for place in section.places
                if place.item.source == source
            ),
            None,
        )

    # --- changes ---------------------------------------------------------------------------------

    def fixed(self) -> ComposedBody:
        """Return the body with what its rules choose today written in it."""
        data = fixing.freeze(self.text.encode(), self._choices, self._content)
        return self._with(data.decode())

    def with_choice(self, removed: Collection[str], added: Sequence[Item]) -> ComposedBody:
        """Return the body without some texts, by their files, and with some others.

        What rules chose is fixed first: a choice that a person makes changes no other.
        """
        here = self.carried
        removed = [source for source in removed if source in here]
        added = [item for item in added if item.source not in here]
        body = self.fixed() if removed or added else self
        for source in removed:
            body = body.without(source)
        for item in added:
            body = body.added(item)
        return body

    def moved(self, source: str, step: int) -> ComposedBody:
        """Return the body with a text before the one above it, or after the one below.

        The first of a section goes to the end of the section above, the last to the start of the
        section below; at an end of the letter, nothing changes.
        """
        flat = [item.source for section in self.sections for item in section.items]
        if source not in flat:
            return self
        to = flat.index(source) + step
        if not 0 <= to < len(flat):
            return self
        here, there = self.place_of(source), self.place_of(flat[to])
        crosses = here is None or there is None or here[0] != there[0]
        return self.put(source, flat[to], after=(step > 0) is not crosses)

    def put(self, source: str, beside: str, *, after: bool) -> ComposedBody:
        """Return the body with a text just before or after another."""
        body = self.fixed()
        found = body.place_of(source)
        if found is None or body.place_of(beside) is None or source == beside:
            return self
        body = body.without(source)
        _, place = body.place_of(beside) or (0, None)
        return body.inserted(found[1].item, place, after=after) if place else self

    def _with(self, text: str) -> ComposedBody:
        return ComposedBody(text, self._library, self._content)

    def spliced(self, lines: range, new: Sequence[str]) -> ComposedBody:
        """Return the body with other lines in the place of some."""
        kept = [*self.lines]
        kept[lines.start : lines.stop] = new
        return self._with("\n".join(kept))

    def without(self, source: str) -> ComposedBody:
        """Return the body without the card of a text, nor the heading of which it was all."""
        found = self.place_of(source)
        if found is None:
            return self
        rank, place = found
        beside = [other for other in self.sections[rank].places if other.block == place.block]
        if place.line is not None and len(beside) > 1:
            return self.spliced(range(place.line, place.line + 1), self._less(place, source))
        body = self.without_lines(place.block)
        left = body.sections[rank] if rank < len(body.sections) else None
        if left and left.title and not left.places:
            body = body.without_empty(rank, place.item)
        return body

    def _less(self, place: Place, source: str) -> list[str]:
        """Return what is left of the line of a list that names a text."""
        assert place.line is not None  # noqa: S101 - asked of a list
        line = self.lines[place.line]
        named = _NAMED.fullmatch(line)
        if not named:
            return []
        flow = _FLOW.fullmatch(named[2])
        names = [name.strip() for name in (flow[1] if flow else named[2]).split(",")]
        kept = [
            name
            for name in names
            if (item := self._found(name.strip("\"'"), "", place.genre)) is None
            or item.source != source
        ]
        return [f"{named[1]}[{', '.join(kept)}]"]

    def without_lines(self, lines: range) -> ComposedBody:
        """Return the body without some lines, nor one of the blank lines around them."""
        start, stop = lines.start, lines.stop
        if stop < len(self.lines) and not self.lines[stop].strip():
            stop += 1
        elif start and not self.lines[start - 1].strip():
            start -= 1
        return self.spliced(range(start, stop), [])

    def without_empty(self, rank: int, item: Item) -> ComposedBody:
        """Return the body without a section of which nothing is left but its heading.

        A button to the text that was taken out says nothing any more.
        """
        section = self.sections[rank]
        rest = ComposedBody(self.text, self._library, self._content)
        for opening in scan(Typed(self.text, 0), Notes("")):
            path = item.source.removeprefix(f"{self._content}/")
            to_it = opening.name == "bouton" and _option(opening, "lien") == path
            if to_it and opening.line in section.lines and opening.end:
                rest = rest.without_lines(range(opening.line, opening.end + 1))
                break
        section = rest.sections[rank]
        if any(rest.lines[at].strip() for at in section.lines[1:]):
            return rest
        return rest.spliced(section.lines, [])

    def added(self, item: Item) -> ComposedBody:
        """Return the body with a text after those of its kind, else in a section of its own."""
        same = [
            place
            for section in self.sections
            for place in section.places
            if place.item.kind is item.kind and (not place.genre or self._suits(place, item))
        ]
        if same:
            return self.inserted(item, same[-1], after=True)
        filled = [section for section in self.sections if section.places]
        at = filled[-1].lines.stop if filled else len(self.lines)
        while at and not self.lines[at - 1].strip():
            at -= 1
        block = [f"## {item.kind.section}", "", *self._block(item)]
        lead = [""] if at else []
        return self.spliced(range(at, at), [*lead, *block])

    def _suits(self, place: Place, item: Item) -> bool:
        """Return whether the rule that a list keeps, though it is fixed, allows a text."""
        for opening in scan(Typed(self.text, 0), Notes("")):
            if opening.line == place.block.start:
                rubrique = _option(opening, "rubrique")
                mine = item.rubrique if isinstance(item, Article) else None
                known = {mine.slug, mine.name.plain.casefold()} if mine else set()
                return not _option(opening, "sujet") and (
                    not rubrique or rubrique.casefold() in known
                )
        return False

    def inserted(self, item: Item, place: Place, *, after: bool) -> ComposedBody:
        """Return the body with a text beside another: in its list, or in a block of its own."""
        path = item.source.removeprefix(f"{self._content}/")
        if place.line is not None and place.genre == item.kind.name:
            line = self.lines[place.line]
            if entry := _ENTRY.fullmatch(line):
                at = place.line + after
                return self.spliced(range(at, at), [f"{entry[1]}{path}"])
            return self.spliced(range(place.line, place.line + 1), [self._more(place, path, after)])
        at = place.block.stop if after else place.block.start
        lines = ["", *self._block(item)] if after else [*self._block(item), ""]
        return self.spliced(range(at, at), lines)

    def _more(self, place: Place, path: str, after: bool) -> str:  # noqa: FBT001 - a side
        assert place.line is not None  # noqa: S101 - asked of a list
        named = _NAMED.fullmatch(self.lines[place.line])
        assert named  # noqa: S101 - a list is written on one line or on several
        flow = _FLOW.fullmatch(named[2])
        names = [name.strip() for name in (flow[1] if flow else named[2]).split(",")]
        found = [self._found(name.strip("\"'"), "", place.genre) for name in names]
        names.insert(found.index(place.item) + after, path)
        return f"{named[1]}[{', '.join(names)}]"

    def _block(self, item: Item) -> list[str]:
        block = KINDS[item.kind.name].card_block
        return [f"/// {block} | {item.source.removeprefix(f'{self._content}/')}", "///"]


def _entries(lines: Sequence[str], options: range) -> list[tuple[int, str]]:
    """List the names in the option « contenus » of a list, each with its line."""
    for at in options:
        named = _NAMED.fullmatch(lines[at])
        if named is None:
            continue
        if typed := named[2]:
            flow = _FLOW.fullmatch(typed)
            names = (flow[1] if flow else typed).split(",")
            return [(at, name.strip(" \"'")) for name in names if name.strip()]
        found: list[tuple[int, str]] = []
        for line in range(at + 1, options.stop):
            entry = _ENTRY.fullmatch(lines[line])
            if entry is None:
                break
            found.append((line, entry[2]))
        return found
    return []


def _option(opening: Opening, name: str) -> str:
    value = opening.options.get(name)
    return str(value.raw).strip() if value is not None else ""
