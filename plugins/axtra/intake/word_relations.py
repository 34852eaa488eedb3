"""What the parts of a Word file name in one another, and elsewhere.

A name that leads to nothing would end the conversion of a file that Word itself opens.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from axtra.intake import safe_xml
from axtra.intake.html_inline import leads
from axtra.intake.word_markup import NAMES, Seen, W, every

_R = f"{{{NAMES['r']}}}"
_SHOWING = (("a:blip", "embed"), ("v:imagedata", "id"))


def mend(held: Mapping[str, Any], parts: Mapping[str, Any], seen: Seen) -> None:
    """Take out the calls of notes, the links and the images that lead to nothing.

    Args:
        held: what was read of the file, by the names of its parts.
        parts: those of them that are trees; they are changed.
        seen: where what is taken out is told.
    """
    _drop_lost_calls(parts)
    for entry, tree in parts.items():
        targets = _targets(held, entry)
        for link in every(tree, "w:hyperlink"):
            name = link.get(f"{_R}id")
            if name is not None and not leads(targets.get(name, "")):
                del link.attrib[f"{_R}id"]
                seen.links += [targets[name]] if targets.get(name) else []
        for kind, attribute in _SHOWING:
            for image in every(tree, kind):
                name = image.get(_R + attribute)
                if name is not None and name not in targets:
                    image.getparent().remove(image)
                    seen.objects.append("Une image que le fichier nomme et ne contient pas")


def linked(held: Mapping[str, Any]) -> Iterator[str]:
    """Yield the addresses of the images that a file links to and does not hold."""
    for entry, data in held.items():
        if entry.endswith(".rels"):
            for relation in safe_xml.parse(data):
                external = relation.get("TargetMode") == "External"
                if external and (relation.get("Type") or "").endswith("/image"):
                    yield relation.get("Target") or ""


def _targets(held: Mapping[str, Any], entry: str) -> dict[str, str]:
    """Return what a part names, by the ids that it gives them."""
    folder, _, name = entry.rpartition("/")
    data = held.get(f"{folder}/_rels/{name}.rels")
    relations = safe_xml.parse(data) if data else ()
    return {relation.get("Id") or "": relation.get("Target") or "" for relation in relations}


def _drop_lost_calls(parts: Mapping[str, Any]) -> None:
    for name in ("footnote", "endnote"):
        notes = {
            note.get(f"{{{W}}}id")
            for entry, tree in parts.items()
            for note in (every(tree, f"w:{name}") if f"/{name}s" in entry else ())
        }
        for tree in parts.values():
            for call in every(tree, f"w:{name}Reference"):
                if call.get(f"{{{W}}}id") not in notes:
                    call.getparent().remove(call)
