"""A Word file, opened with care: its text as HTML, and all that the conversion would hide.

The file comes from outside: it may be a bomb, hold macros, or name files of this machine. Nothing
of it is written to disk here, and nothing that it links to is read.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import mammoth
from lxml import etree

from axtra.core.refusals import Refusal

MOST = 300_000_000  # bytes of all that the archive holds
_MOST_XML = 40_000_000  # bytes of one of its XML files
_MOST_FILES = 5_000
_DEEPEST = 200  # elements in one another
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_NAMES = {
    "w": _W,
    "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
}
_DOCUMENT = "word/document.xml"
_READ = re.compile(r"word/(document|footnotes|endnotes|comments|header\d*|footer\d*)\.xml")
_OTHERS = (
    (
        b"\xd0\xcf\x11\xe0",
        "un ancien fichier Word (.doc), ou un fichier protégé par un mot de passe",
    ),
    (b"%PDF", "un PDF"),
    (b"{\\rtf", "un fichier RTF"),
)
# French Word stores the names of its styles in English; other programs, in their own language.
_STYLES = """
p[style-name='Title'] => p.titre:fresh
p[style-name='Titre'] => p.titre:fresh
p[style-name='Subtitle'] => p.sous-titre:fresh
p[style-name='Sous-titre'] => p.sous-titre:fresh
p[style-name='Quote'] => blockquote > p:fresh
p[style-name='Citation'] => blockquote > p:fresh
p[style-name='Intense Quote'] => blockquote > p:fresh
p[style-name='Citation intense'] => blockquote > p:fresh
p[style-name='caption'] => p.legende:fresh
p[style-name='Caption'] => p.legende:fresh
p[style-name='Légende'] => p.legende:fresh
p[style-name='Author'] => p.auteur:fresh
p[style-name='Auteur'] => p.auteur:fresh
strike => s
small-caps =>
all-caps =>
"""
# The levels of a list that somebody made with styles, not with the button.
_LISTS = "".join(
    f"p[style-name='List {name}{level}'] => {'ul|ol > li > ' * depth}{tag} > li:fresh\n"
    for name, tag in (("Bullet", "ul"), ("Number", "ol"))
    for depth, level in enumerate(("", " 2", " 3"))
)
_HEADINGS = "".join(
    f"p[style-name='{name} {level}'] => h{level}:fresh\n"
    for name in ("heading", "Heading", "Titre", "Intertitre")
    for level in range(1, 7)
)
_WORD = re.compile(r"[^\W_]+(?:[’'][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Comment:
    """A remark that somebody left in a Word file."""

    author: str
    text: str


@dataclass(frozen=True, slots=True)
class Picture:
    """An image that a Word file holds; `alternative` is what its author wrote of it, or ""."""

    data: bytes
    type: str
    alternative: str


@dataclass(frozen=True, slots=True)
class WordFile:
    """A Word file, read.

    Attributes:
        html: its text; the image of rank N is at the address `image:N`.
        pictures: the images that it holds.
        comments: the remarks in its margin.
        inserted: how many tracked insertions were accepted.
        deleted: the passages whose tracked deletion was accepted.
        boxes: how many text boxes it has.
        merged: how many cells of tables are merged.
        linked: the addresses of images that it only links to.
        macros: whether it holds programs.
        passages: all of its words, by place (« texte », « en-tête », « note », « commentaire »).
    """

    html: str
    pictures: tuple[Picture, ...]
    comments: tuple[Comment, ...]
    inserted: int
    deleted: tuple[str, ...]
    boxes: int
    merged: int
    linked: tuple[str, ...]
    macros: bool
    passages: tuple[tuple[str, str], ...]


def read(data: bytes, name: str) -> WordFile:
    """Read a Word file.

    Args:
        data: its bytes.
        name: its name, for messages.

    Raises:
        Refusal: it is not a Word file, or is not safe to read.
    """
    archive = _opened(data, name)
    parts = dict(_parts(archive, name))
    document = parts.get(_DOCUMENT)
    if document is None:
        raise _not_word(name)
    passages = tuple(_passages(parts))
    inserted = len(document.findall(".//w:ins", _NAMES)) + len(
        document.findall(".//w:moveTo", _NAMES)
    )
    deleted = tuple(
        text for node in _all(document, "w:del") if (text := _text(node, "w:delText").strip())
    )
    merged = len(document.findall(".//w:gridSpan", _NAMES)) + len(
        document.findall(".//w:vMerge", _NAMES)
    )
    boxes = _place_boxes(document)
    pictures: list[Picture] = []

    def keep(image: Any) -> dict[str, str]:  # noqa: ANN401 - mammoth has no types
        try:
            with image.open() as opened:
                held = opened.read()
        except (OSError, KeyError, ValueError):
            return {"src": ""}  # a link to a file elsewhere, which is said apart
        pictures.append(Picture(held, image.content_type or "", image.alt_text or ""))
        return {"src": f"image:{len(pictures) - 1}"}

    try:
        result = mammoth.convert_to_html(
            io.BytesIO(_rewritten(archive, parts)),
            style_map=_STYLES + _HEADINGS + _LISTS,
            convert_image=mammoth.images.img_element(keep),
            include_embedded_style_map=False,
        )
    except (KeyError, ValueError, RecursionError, zipfile.BadZipFile, etree.LxmlError) as error:
        raise Refusal(
            f"« {name} » est abîmé : Word lui-même le réparerait.",
            "Ouvrez-le dans Word, enregistrez-le de nouveau en .docx et envoyez cette copie.",
        ) from error
    return WordFile(
        html=result.value,
        pictures=tuple(pictures),
        comments=tuple(_comments(parts)),
        inserted=inserted,
        deleted=deleted,
        boxes=boxes,
        merged=merged,
        linked=tuple(_linked(archive)),
        macros=any("vbaProject" in entry for entry in archive.namelist()),
        passages=passages,
    )


def words(text: str) -> list[str]:
    """Return the words of a text, in order."""
    return _WORD.findall(text)


# --- opening -------------------------------------------------------------------------------------


def _opened(data: bytes, name: str) -> zipfile.ZipFile:
    for start, what in _OTHERS:
        if data.startswith(start):
            raise _not_word(name, what)
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise _not_word(name) from error
    kinds = {entry.filename for entry in entries}
    if "mimetype" in kinds:
        raise _not_word(name, "un fichier de LibreOffice (.odt)")
    if any(entry.startswith("Index/") for entry in kinds):
        raise _not_word(name, "un fichier de Pages")
    sizes = [entry.file_size for entry in entries]
    heavy = any(e.filename.endswith(".xml") and e.file_size > _MOST_XML for e in entries)
    if len(entries) > _MOST_FILES or sum(sizes) > MOST or heavy:
        raise Refusal(
            f"« {name} » contient trop pour être ouvert sans risque.",
            "Ôtez-en les images les plus lourdes, enregistrez-le et envoyez cette copie.",
        )
    return archive


def _not_word(name: str, what: str = "") -> Refusal:
    said = f" : c’est {what}" if what else ""
    return Refusal(
        f"« {name} » n’est pas un fichier Word (.docx){said}.",
        "Ouvrez-le dans le logiciel qui l’a fait, puis « Enregistrer sous », au format .docx.",
    )


def _parts(archive: zipfile.ZipFile, name: str) -> Iterator[tuple[str, Any]]:
    parser_options = {"resolve_entities": False, "no_network": True, "load_dtd": False}
    for entry in archive.namelist():
        if not _READ.fullmatch(entry):
            continue
        try:
            data = archive.read(entry)
            if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
                raise _not_word(name)
            tree = etree.fromstring(data, etree.XMLParser(**parser_options))
        except (etree.XMLSyntaxError, zipfile.BadZipFile, OSError, RuntimeError) as error:
            raise _not_word(name) from error
        if _depth(tree) > _DEEPEST:
            raise Refusal(
                f"« {name} » a des tableaux les uns dans les autres sans fin.",
                "Collez son texte dans un document neuf, et envoyez celui-ci.",
            )
        yield entry, tree


def _depth(tree: Any) -> int:  # noqa: ANN401
    deepest = depth = 0
    for event, _ in etree.iterwalk(tree, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    return deepest


def _rewritten(archive: zipfile.ZipFile, parts: dict[str, Any]) -> bytes:
    """Return the archive with the document as it was changed here."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as target:
        for entry in dict.fromkeys(archive.namelist()):
            if entry.endswith("/"):
                continue
            data = archive.read(entry)
            if entry == _DOCUMENT:
                data = etree.tostring(parts[entry], xml_declaration=True, encoding="UTF-8")
            target.writestr(entry, data)
    return made.getvalue()


# --- what the conversion would hide --------------------------------------------------------------


def _place_boxes(document: Any) -> int:  # noqa: ANN401
    """Put each text box after its paragraph, as a table of one cell; return how many there are.

    Word writes a box twice, for itself and for older programs: the first is left out.
    """
    for choice in _all(document, "mc:Choice"):
        if choice.find(".//w:txbxContent", _NAMES) is not None:
            choice.getparent().remove(choice)
    boxes = [box for box in _all(document, "w:txbxContent") if not _inside(box, "txbxContent")]
    for box in boxes:
        paragraph = next(box.iterancestors(f"{{{_W}}}p"), None)
        box.getparent().remove(box)
        if paragraph is None:
            continue
        table = etree.SubElement(paragraph.getparent(), f"{{{_W}}}tbl")
        cell = etree.SubElement(etree.SubElement(table, f"{{{_W}}}tr"), f"{{{_W}}}tc")
        cell.extend(list(box))
        paragraph.addnext(table)
    return len(boxes)


def _inside(node: Any, name: str) -> bool:  # noqa: ANN401
    return next(node.iterancestors(f"{{{_W}}}{name}"), None) is not None


def _comments(parts: dict[str, Any]) -> Iterator[Comment]:
    tree = parts.get("word/comments.xml")
    for node in [] if tree is None else _all(tree, "w:comment"):
        author = node.get(f"{{{_W}}}author") or "quelqu’un"
        paragraphs = (_text(paragraph, "w:t") for paragraph in _all(node, "w:p"))
        yield Comment(author, " ".join(" ".join(paragraphs).split()))


def _linked(archive: zipfile.ZipFile) -> Iterator[str]:
    """Yield what images the file links to and does not hold."""
    for entry in archive.namelist():
        if entry.startswith("word/_rels/") and entry.endswith(".rels"):
            text = archive.read(entry).decode("utf-8", "replace")
            for relation in re.findall(r"<Relationship\b[^>]*>", text):
                target = re.search(r'Target="([^"]*)"', relation)
                if "/image" in relation and 'TargetMode="External"' in relation and target:
                    yield target[1]


_PLACES = {
    "document": "texte",
    "footnotes": "note",
    "endnotes": "note",
    "comments": "commentaire",
    "header": "en-tête de page",
    "footer": "pied de page",
}


def _passages(parts: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield every paragraph of the file with its place, deleted words aside."""
    for entry, tree in parts.items():
        found = _READ.fullmatch(entry)
        assert found  # noqa: S101 - `_parts` matched it
        place = _PLACES[found[1].rstrip("0123456789")]
        for paragraph in _all(tree, "w:p"):
            if next(paragraph.iterancestors(f"{{{_NAMES['mc']}}}Choice"), None) is not None:
                continue  # the same is said again for older programs
            text = _own_text(paragraph)
            if text.strip():
                yield place, text


def _own_text(paragraph: Any) -> str:  # noqa: ANN401
    """Return the text of a paragraph, without that of the boxes that it holds."""
    pieces = []
    for node in paragraph.iter(f"{{{_W}}}t", f"{{{_W}}}tab", f"{{{_W}}}br", f"{{{_NAMES['m']}}}t"):
        if next(node.iterancestors(f"{{{_W}}}p"), None) is not paragraph:
            continue
        pieces.append(node.text or "" if node.tag.endswith("}t") else " ")
    return "".join(pieces)


def _all(tree: Any, name: str) -> list[Any]:  # noqa: ANN401
    return list(tree.iterfind(f".//{name}", _NAMES))


def _text(node: Any, name: str) -> str:  # noqa: ANN401
    return "".join(found.text or "" for found in node.iterfind(f".//{name}", _NAMES))
