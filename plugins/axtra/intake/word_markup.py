"""The XML of a Word file made simple: what conversion would hide is moved, or told.

Each function changes a part of the file (its text, its notes) in place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from infolettre.text.languages import is_english

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
MATH = "http://schemas.openxmlformats.org/officeDocument/2006/math"
NAMES = {
    "w": W,
    "m": MATH,
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "c": "http://schemas.openxmlformats.org/drawingml/2006/chart",
    "dgm": "http://schemas.openxmlformats.org/drawingml/2006/diagram",
    "o": "urn:schemas-microsoft-com:office:office",
    "v": "urn:schemas-microsoft-com:vml",
    "cx": "http://schemas.microsoft.com/office/drawing/2014/chartex",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "wp15": "http://schemas.microsoft.com/office/word/2012/wordprocessingDrawing",
}
ENGLISH = "AxePassageAnglais"  # the style of a run in English, for the conversion
# Elements that only hold others, and that the conversion would skip with all they hold.
_WRAPPERS = ("fldSimple", "dir", "bdo", "customXml", "smartTag", "ruby", "rubyBase", "rt")
_OBJECTS = (
    ("c:chart", "Un graphique"),
    ("dgm:relIds", "Un dessin SmartArt"),
    ("o:OLEObject", "Un objet d’un autre logiciel"),
    ("w:altChunk", "Un autre document, inséré dans celui-ci"),
)


@dataclass(slots=True)
class Seen:
    """What was seen in a Word file beside its text.

    Attributes:
        revisions: how many tracked changes were accepted.
        deleted: the passages whose tracked deletion was accepted.
        hidden: the passages that Word does not show.
        boxes: how many text boxes it has.
        merged: how many cells of tables are merged.
        equations: how many equations were written as text.
        objects: what it holds that is neither text nor image, by name.
        links: the addresses of links that lead nowhere from here.
    """

    revisions: int = 0
    deleted: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    boxes: int = 0
    merged: int = 0
    equations: int = 0
    objects: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)


def simplify(tree: Any, seen: Seen) -> None:  # noqa: ANN401 - lxml has no types
    """Make a part of a Word file simple."""
    seen.objects += ["Un graphique" for _ in every(tree, "cx:chart")]
    _choose(tree, seen)
    _accept_revisions(tree, seen)
    for name in _WRAPPERS:
        for node in every(tree, f"w:{name}"):
            _replace(node, list(node))
    for name, what in _OBJECTS:
        seen.objects += [what for _ in every(tree, name)]
    for video in every(tree, "wp15:webVideoPr"):
        found = re.search(r"""\bsrc=["']?([^"'\s>]+)""", video.get("embeddedHtml") or "")
        seen.objects.append(f"Une vidéo en ligne{f' : {found[1]}' if found else ''}")
    seen.merged += len(every(tree, "w:gridSpan"))
    for name in ("w:hMerge", "w:vMerge"):
        seen.merged += sum(node.get(_w("val")) == "restart" for node in every(tree, name))
    _write_word_art(tree)
    _drop_hidden(tree, seen)
    _write_equations(tree, seen)
    _place_boxes(tree, seen)
    _join_drop_caps(tree)
    for node in every(tree, "w:br"):
        if node.get(_w("type")) in {"page", "column"}:  # it parts paragraphs, as an empty line does
            node.attrib.pop(_w("type"))
            node.addnext(etree.Element(_w("br")))
    for old, new in (("cr", "br"), ("ptab", "tab")):
        for node in every(tree, f"w:{old}"):
            node.tag = _w(new)
    _mark_english(tree)


def every(tree: Any, name: str) -> list[Any]:  # noqa: ANN401
    """List the elements of a name."""
    return list(tree.iterfind(f".//{name}", NAMES))


def said_of_pictures(tree: Any) -> Iterator[str]:  # noqa: ANN401
    """Yield what a file says of its images, and what its drawings of letters say."""
    for name, attributes in (
        ("wp:docPr", ("descr", "title")),
        ("v:shape", ("alt", "title")),
        ("v:imagedata", ("title", f"{{{NAMES['o']}}}title")),
        ("v:textpath", ("string",)),
    ):
        for node in every(tree, name):
            yield from filter(None, map(node.get, attributes))


def text_of(node: Any, name: str = "w:t") -> str:  # noqa: ANN401
    """Return the text of the elements of a name, joined."""
    return "".join(found.text or "" for found in node.iterfind(f".//{name}", NAMES))


def own_text(paragraph: Any) -> str:  # noqa: ANN401
    """Return the text of a paragraph, without that of the boxes that it holds."""
    return "".join(
        {"t": node.text or "", "noBreakHyphen": "-"}.get(_local(node), " ")
        for node in paragraph.iter(_w("t"), _w("tab"), _w("br"), _w("noBreakHyphen"), _w("sym"))
        if next(node.iterancestors(_w("p"), _w("pPr"))) is paragraph
    )


def _w(name: str) -> str:
    return f"{{{W}}}{name}"


def _local(node: Any) -> str:  # noqa: ANN401
    return str(etree.QName(node).localname)


def _replace(node: Any, others: Sequence[Any]) -> None:  # noqa: ANN401
    for other in others:
        node.addprevious(other)
    node.getparent().remove(node)


def _choose(tree: Any, seen: Seen) -> None:  # noqa: ANN401
    """Keep, of the forms of the same thing for several programs, the one with more text."""
    for node in reversed(every(tree, "mc:AlternateContent")):  # the innermost first
        ways = [*node.iterfind("mc:Fallback", NAMES), *node.iterfind("mc:Choice", NAMES)]
        best = max(ways, key=_weight, default=None)
        kept = text_of(best) if best is not None else ""
        seen.hidden += [said for way in ways if (said := text_of(way).strip()) not in kept]
        _replace(node, [] if best is None else list(best))


def _weight(way: Any) -> tuple[int, int]:  # noqa: ANN401
    pictures = len(every(way, "a:blip")) + len(every(way, "v:imagedata"))
    return len(text_of(way)), pictures or len(way)


def _accept_revisions(tree: Any, seen: Seen) -> None:  # noqa: ANN401
    for name in ("w:ins", "w:moveTo", "w:rPrChange", "w:pPrChange", "w:cellIns", "w:cellDel"):
        seen.revisions += len(every(tree, name))
    for node in every(tree, "w:del"):
        seen.revisions += 1
        if said := text_of(node, "w:delText").strip():
            seen.deleted.append(said)
    for node in every(tree, "w:moveFrom"):
        node.getparent().remove(node)


def _write_word_art(tree: Any) -> None:  # noqa: ANN401
    """Write as text what a drawing of letters says."""
    for drawn in every(tree, "v:textpath"):
        run = next(drawn.iterancestors(_w("r")), None)
        if run is not None and drawn.get("string"):
            etree.SubElement(run, _w("t")).text = drawn.get("string")
            drawn.set("string", "")


def _drop_hidden(tree: Any, seen: Seen) -> None:  # noqa: ANN401
    """Take out the text that Word does not show: whoever wrote it thought it was not there."""
    passages: list[str] = []
    before = None
    for mark in every(tree, "w:vanish"):
        run = next(mark.iterancestors(_w("r")), None)
        if run is None or (mark.get(_w("val")) or "1") in {"0", "false", "off"}:
            continue
        said = text_of(run)
        if said and passages and run.getprevious() is before and before is not None:
            passages[-1] += said
        elif said:
            passages.append(said)
        for text in every(run, "w:t"):
            text.text = ""
        before = run
    seen.hidden += [" ".join(said.split()) for said in passages if said.strip()]


def _write_equations(tree: Any, seen: Seen) -> None:  # noqa: ANN401
    for node in [*every(tree, "m:oMathPara"), *every(tree, "m:oMath")]:
        if (
            node.getparent() is None
            or next(node.iterancestors(f"{{{MATH}}}oMathPara"), None) is not None
        ):
            continue
        runs = []
        for said, place in _equation(node, ""):
            run = etree.Element(_w("r"))
            if place:
                properties = etree.SubElement(run, _w("rPr"))
                etree.SubElement(properties, _w("vertAlign")).set(_w("val"), place)
            etree.SubElement(run, _w("t")).text = said
            runs.append(run)
        inside = _local(node.getparent()) == "p"
        paragraph = etree.Element(_w("p"))
        paragraph.extend(runs)
        _replace(node, runs if inside else [paragraph])
        seen.equations += 1


def _equation(node: Any, place: str) -> Iterator[tuple[str, str]]:  # noqa: ANN401
    """Yield the text of an equation, with whether it stands above or below the line."""
    name = _local(node)
    if name == "t":
        yield node.text or "", place
        return
    if name == "den":
        yield "/", place
    if name == "deg":
        yield "√", place
    long = name in {"num", "den"} and len(text_of(node, "m:t")) > 1
    if long:
        yield "(", place
    if name == "rad" and not node.findtext("m:deg//m:t", "", NAMES):
        yield "√", place
    if name == "nary":
        sign = node.find("m:naryPr/m:chr", NAMES)
        yield (sign.get(f"{{{MATH}}}val") if sign is not None else "∫") or "", place
    for child in node:
        if _local(child) != "deg" or text_of(child, "m:t"):
            yield from _equation(child, {"sup": "superscript", "sub": "subscript"}.get(name, place))
    if long:
        yield ")", place


def _place_boxes(tree: Any, seen: Seen) -> None:  # noqa: ANN401
    """Put each text box after its paragraph, as a table of one cell."""
    boxes = [
        box
        for box in every(tree, "w:txbxContent")
        if next(box.iterancestors(_w("txbxContent")), None) is None
    ]
    for box in reversed(boxes):
        paragraph = next(box.iterancestors(_w("p")), None)
        box.getparent().remove(box)
        if paragraph is None:
            continue
        table = etree.Element(_w("tbl"))
        cell = etree.SubElement(etree.SubElement(table, _w("tr")), _w("tc"))
        cell.extend(list(box))
        paragraph.addnext(table)
    seen.boxes += len(boxes)


def _join_drop_caps(tree: Any) -> None:  # noqa: ANN401
    """Put a large first letter, which Word frames apart, at the start of its paragraph."""
    for frame in every(tree, "w:framePr"):
        letter = next(frame.iterancestors(_w("p")), None)
        following = letter.getnext() if letter is not None else None
        dropped = frame.get(_w("dropCap")) not in {None, "none"}
        if dropped and letter is not None and following is not None and following.tag == _w("p"):
            properties = following.find("w:pPr", NAMES)
            at = 0 if properties is None else 1
            following[at:at] = [node for node in letter if node.tag != _w("pPr")]
            letter.getparent().remove(letter)


def _mark_english(tree: Any) -> None:  # noqa: ANN401
    """Mark with a style the passages in English of a paragraph in another language.

    Word's own mark is often wrong; the words must be English too.
    """
    for paragraph in every(tree, "w:p"):
        if is_english(own_text(paragraph)):
            continue  # the whole paragraph is: its text says so
        passage: list[Any] = []
        for run in [*paragraph.iterchildren(_w("r")), None]:
            lang = None if run is None else run.find("w:rPr/w:lang", NAMES)
            if lang is not None and (lang.get(_w("val")) or "").startswith("en"):
                passage.append(run)
                continue
            if is_english("".join(map(text_of, passage))):
                for held in passage:
                    properties = held.find("w:rPr", NAMES)
                    if properties.find("w:rStyle", NAMES) is None:
                        properties.insert(0, etree.Element(_w("rStyle"), {_w("val"): ENGLISH}))
            passage = []
