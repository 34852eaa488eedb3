"""A text read again alone, in a preview, while the rest of the content stays as it was read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from axtra.content import documents, motifs
from axtra.content.documents import Request
from axtra.content.frontmatter import Source
from axtra.content.letter_choices import Carried
from axtra.content.loading.display_order import display_order
from axtra.content.model import Body, Item, Newsletter, sort_key
from infolettre.core.diagnostics import errors

if TYPE_CHECKING:
    from axtra.content.loading.reading import Reading, ReadText


def retake(reading: Reading, path: Path) -> bool:
    """Take in, in a preview, the change of a text that no other text can see.

    Its body may change, and the words of its header. What others read of it (the rest of its
    header, the anchors that they link to, which photographs are shown) must be what it was. The
    letters that come after a letter are judged again when it carries something else.

    Returns:
        False when all must be read again.
    """
    name = reading.folders.name(path)
    known = reading.texts.get(name)
    if known is None or not path.is_file():
        return False
    entry, item = known.entry, known.item
    place = reading.folders.place(name)
    assert place is not None  # noqa: S101 - it had one
    data = reading.folders.read(path)
    [new] = documents.read([Request(name, data, place[0].name, place[1])])
    if new.source is None or new.slug != entry.slug:
        return False
    words = _changed(entry.source, new.source)
    if not words <= {name for name in new.lines.keys() & entry.lines.keys() if "." not in name}:
        return False
    if "title" in words and _is_said(reading, item):
        return False
    addresses = reading.bodies.addresses
    if new.document.ids != entry.document.ids and addresses.aimed[name] - {name}:
        return False
    addresses.anchors[name] = new.document.ids
    entry = replace(entry, source=new.source, document=new.document, lines=new.lines)
    shown, before = set(reading.assets.photographs), entry.notes.found
    after = reading.bodies.earlier.rewind(item) if isinstance(item, Newsletter) else []
    known = replace(known, entry=entry, alone=new.found)
    body = _resolved(reading, known)
    if set(reading.assets.photographs) != shown:
        entry.notes.found = before
        return False
    _show(reading, known, body)
    if after:
        _judge_again(reading, *after)
    return True


def _changed(before: Source, after: Source) -> set[str]:
    """Name the attributes that a header does not give as it did."""
    old, new = before.fields, after.fields
    return {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}


def _is_said(reading: Reading, item: Item) -> bool:
    """Tell whether the title of an item places it among others, or others quote it."""
    if display_order(reading.library.rubriques, item)[-1] == sort_key(item.title.plain):
        return True
    title = f"« {item.title.plain} »"
    said = (note for notes in reading.notes if notes.file != item.source for note in notes.found)
    return any(title in note.problem for note in said)


def _resolved(reading: Reading, text: ReadText) -> Body:
    """Resolve the body of a text, with what is wrong with the text in place of what was."""
    entry = text.entry
    entry.notes.found = [*text.alone, *text.said]
    return reading.bodies.resolve(entry.document.parts, text.item, entry.source, entry.notes)


def _show(reading: Reading, text: ReadText, body: Body) -> None:
    """Show a text as it was read, unless it has an error that stops a build."""
    entry, item = text.entry, text.item
    reading.texts[item.source] = text
    if errors(entry.notes.found) and item.source not in reading.unfinished():
        return
    drawn = motifs.told(item)
    item.resolved.content = body
    item.resolved.headings = entry.document.headings
    item.resolved.words = entry.document.words
    for attribute, line in entry.lines.items():
        if "." not in attribute:
            getattr(item, attribute).text = line
    if motifs.told(item) != drawn:
        motifs.choose(reading.library)


def _judge_again(reading: Reading, before: Carried, *after: Carried) -> None:
    """Judge the letters that come after one, if it no longer carries what it did."""
    earlier = reading.bodies.earlier
    if before in earlier.letters:
        earlier.letters.extend(after)
        return
    for letter, _ in after:
        text = reading.texts[letter.source]
        _show(reading, text, _resolved(reading, text))
