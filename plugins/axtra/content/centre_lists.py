"""The block that lists centres: of a region, with a speciality, for a public."""

from __future__ import annotations

from collections.abc import Iterable

from axtra.content.block_reader import BlockReader
from axtra.content.blocks import RawBlock
from axtra.content.frontmatter import slugify
from axtra.content.letter_choices import available
from axtra.content.model import Cards, Category, Centre, Text
from axtra.content.region_names import find_region
from infolettre.core.diagnostics import did_you_mean

_DEFAULT = 6


def read(raw: RawBlock, reader: BlockReader) -> Cards | None:
    """Resolve the block; None when it lists nothing, which is noted."""
    before = len(reader.notes.found)
    centres = [
        item for item in available(Centre, reader.item, reader.library) if isinstance(item, Centre)
    ]
    if typed := reader.option(raw, "region"):
        region = find_region(typed, reader.line(raw, "region"), reader.notes)
        centres = [centre for centre in centres if centre.region is region]
    for name, attribute in (("specialite", "specialities"), ("public", "publics")):
        if typed := reader.option(raw, name):
            words = {word for centre in reader.library.items for word in _words(centre, attribute)}
            wanted = slugify(typed)
            if wanted not in {word.slug for word in words}:
                reader.notes.error(
                    "sujet-inconnu",
                    reader.line(raw, name),
                    f"aucun centre n’a « {typed} » parmi ses {name}s",
                    did_you_mean(typed, (word.name.plain for word in words)),
                )
            centres = [
                centre
                for centre in centres
                if wanted in {word.slug for word in _words(centre, attribute)}
            ]
    if len(reader.notes.found) > before:
        return None
    if not centres:
        reader.notes.warning(
            "centres-absents",
            raw.line,
            "aucun centre ne répond à cette règle : rien ne paraîtra ici",
            "Changez la région, la spécialité ou le public, ou enlevez le bloc.",
        )
        return None
    most = int(reader.option(raw, "nombre") or _DEFAULT)
    title = Text.with_italics(raw.argument) if raw.argument else None
    return Cards(title, tuple(centres[:most]), reader.option(raw, "forme") == "bref", raw.name)


def _words(item: object, attribute: str) -> Iterable[Category]:
    return getattr(item, attribute, ())
