"""A Word file, opened with care: its text as HTML, and all that the conversion would hide.

The file comes from outside: it may be a bomb, hold macros, or name files of this machine. Nothing
of it is written to disk here, and nothing that it links to is read.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import mammoth
from lxml import etree

from axtra.content.frontmatter import without_invisible
from axtra.intake import safe_xml, word_relations
from axtra.intake.html_inline import CELL
from axtra.intake.word_markup import (
    NAMES,
    Seen,
    W,
    every,
    own_text,
    said_of_pictures,
    simplify,
    text_of,
)  # fmt: skip
from infolettre.core.refusals import Refusal

_MOST = 200_000_000  # bytes of all that is read of the archive
_MOST_XML = 16_000_000  # bytes of one of its XML files
_MOST_PICTURE = 60_000_000
_RELATIONS = re.compile(r"\.rels$|^\[Content_Types\]\.xml$")
_MOST_FILES = 5_000
_READ = re.compile(
    r"word/(document|footnotes|endnotes|comments|header|footer|charts/chart(?:Ex)?|diagrams/data)\d*\.xml"
)
_NEEDED = re.compile(r"(?:styles|numbering)\d*\.xml$|\.rels$|^\[Content_Types\]\.xml$")
_PICTURE = re.compile(
    r"/media/[^/]+$|\.(?:jpe?g|png|gif|bmp|tiff?|webp|hei[cf]|svg|[we]mf)$", re.IGNORECASE
)
_STRICT = (  # the names that « Strict Open XML » gives to what other files have
    (b"http://purl.oclc.org/ooxml/wordprocessingml/main", W.encode()),
    (b"http://purl.oclc.org/ooxml/officeDocument/math", NAMES["m"].encode()),
    (b"http://purl.oclc.org/ooxml/officeDocument/relationships", NAMES["r"].encode()),
    (
        b"http://purl.oclc.org/ooxml/drawingml/",
        b"http://schemas.openxmlformats.org/drawingml/2006/",
    ),
)
_DAMAGE = (
    AttributeError, EOFError, KeyError, IndexError, NotImplementedError, OSError, RuntimeError,
    TypeError, ValueError, zipfile.BadZipFile, zlib.error, etree.LxmlError,
)  # fmt: skip
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
strike => s
small-caps =>
all-caps =>
r.AxePassageAnglais => span.anglais
"""
_NAMED = "".join(
    f"p[style-name='{name}'] => {path}:fresh\n"
    for path, names in (
        ("p.titre", ("Title", "Titre", "Titre principal", "Titre général")),
        ("p.sous-titre", ("Subtitle", "Sous-titre")),
        (
            "blockquote > p",
            ("Quote", "Citation", "Intense Quote", "Citation intense", "Quotations", "Block Text"),
        ),
        ("p.legende", ("caption", "Caption", "Légende", "Figure", "Illustration", "Drawing")),
        ("p.auteur", ("Author", "Auteur", "Autrice", "Signature")),
    )
    for name in names
)
# The levels of a list that somebody made with styles, not with the button.
_LISTS = "".join(
    f"p[style-name='List {name}{level}'] => {'ul|ol > li > ' * depth}{tag} > li:fresh\n"
    for name, tag in (("Bullet", "ul"), ("Number", "ol"))
    for depth, level in enumerate(("", " 2", " 3"))
) + "".join(
    f"p:{kind}ered-list({level}) => {'ul|ol > li > ' * (level - 1)}{tag} > li:fresh\n"
    for kind, tag in (("unord", "ul"), ("ord", "ol"))
    for level in range(6, 10)
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
        html: its text; the image of rank N is at the address `image:N`, a tab is `CELL`.
        pictures: the images that it holds.
        comments: the remarks in its margin.
        seen: what was seen beside the text.
        linked: the addresses of images that it only links to.
        apart: how many images stand in the heads and feet of its pages.
        signs: the signs of unknown fonts, by font.
        macros: whether it holds programs.
        creator: who made it, as the file says, or "".
        passages: all of its words, by place (« texte », « en-tête », « note », « commentaire »).
    """

    html: str
    pictures: tuple[Picture, ...]
    comments: tuple[Comment, ...]
    seen: Seen
    linked: tuple[str, ...]
    apart: int
    signs: tuple[str, ...]
    macros: bool
    creator: str
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
    held = dict(_files(archive, name))
    parts = {entry: tree for entry, tree in held.items() if not isinstance(tree, bytes)}
    document = next((tree for entry, tree in parts.items() if "/document" in entry), None)
    if document is None or document.tag != f"{{{W}}}document":
        raise _not_word(name)
    comments = tuple(_comments(parts))
    seen = Seen()
    for entry, tree in parts.items():
        if _place(entry) in {"texte", "note"}:
            simplify(tree, seen)
    word_relations.mend(held, parts, seen)
    passages = tuple(_passages(parts))
    pictures: list[Picture] = []

    def keep(image: Any) -> dict[str, str]:  # noqa: ANN401 - mammoth has no types
        try:
            with image.open() as opened:
                data = opened.read()
        except _DAMAGE:
            return {"src": ""}  # a link to a file elsewhere, which is said apart
        said = without_invisible(image.alt_text or "")
        pictures.append(Picture(data, image.content_type or "", said))
        return {"src": f"image:{len(pictures) - 1}"}

    try:
        result = mammoth.convert_to_html(
            io.BytesIO(_rewritten(held)),
            style_map=_STYLES + _NAMED + _HEADINGS + _LISTS,
            convert_image=mammoth.images.img_element(keep),
            include_embedded_style_map=False,
        )
    except (*_DAMAGE, RecursionError) as error:
        raise _damaged(name) from error
    return WordFile(
        html=_readable(result.value),
        pictures=tuple(pictures),
        comments=comments,
        seen=seen,
        linked=tuple(dict.fromkeys(word_relations.linked(held))),
        apart=sum(
            len(every(tree, "a:blip")) + len(every(tree, "v:imagedata"))
            for entry, tree in parts.items()
            if "page" in _place(entry)
        ),
        signs=tuple(
            found[1]
            for message in result.messages
            if (found := re.search(r"ignored: char \w+ in font (.+)", message.message))
        ),
        macros=any("vbaProject" in entry for entry in archive.namelist()),
        creator=_creator(archive),
        passages=passages,
    )


def _readable(html: str) -> str:
    """Return a text that our files may hold: a sign that nobody sees or reads is none."""
    clean = without_invisible(html).replace("\ufffd", " (à compléter : un signe illisible) ")
    return clean.replace(CELL, " ").replace("\t", CELL)


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
    if len(entries) > _MOST_FILES:
        raise _too_much(name)
    return archive


def _too_much(name: str) -> Refusal:
    return Refusal(
        f"« {name} » contient trop pour être ouvert sans risque.",
        "Collez son texte dans un document neuf, sans les images les plus lourdes, et envoyez-le.",
    )


def _damaged(name: str) -> Refusal:
    return Refusal(
        f"« {name} » est abîmé : Word lui-même le réparerait.",
        "Ouvrez-le dans Word, enregistrez-le de nouveau en .docx et envoyez cette copie.",
    )


def _not_word(name: str, what: str = "") -> Refusal:
    said = f" : c’est {what}" if what else ""
    return Refusal(
        f"« {name} » n’est pas un fichier Word (.docx){said}.",
        "Ouvrez-le dans le logiciel qui l’a fait, puis « Enregistrer sous », au format .docx.",
    )


def _files(archive: zipfile.ZipFile, name: str) -> Iterator[tuple[str, Any]]:
    """Yield what is needed of the archive: the trees of what is read here, the bytes of the rest.

    What the file announces of its sizes bounds what is unpacked: zipfile reads no more.
    """
    left = _MOST
    for entry in dict.fromkeys(archive.namelist()):
        inside = entry.lower().endswith((".xml", ".rels"))
        wanted = (
            (_READ.fullmatch(entry) or _NEEDED.search(entry)) if inside else _PICTURE.search(entry)
        )
        if not wanted:
            continue
        size = archive.getinfo(entry).file_size
        left -= size
        if left < 0 or size > (_MOST_XML if inside else _MOST_PICTURE):
            raise _too_much(name)
        try:
            data = archive.read(entry)
            for strict, usual in _STRICT if inside else ():
                data = data.replace(strict, usual)
            tree = safe_xml.parse(data) if inside else None
        except safe_xml.EndlessXmlError as error:
            raise _too_much(name) from error
        except safe_xml.MalformedXmlError as error:
            raise _not_word(name) from error
        except _DAMAGE as error:
            if inside:
                raise _damaged(name) from error
            continue  # an image that is damaged: the conversion says that it does not read
        if tree is not None and "styles" in entry:
            _bare(tree)
        yield entry, data if tree is None or _RELATIONS.search(entry) else tree


def _bare(styles: Any) -> None:  # noqa: ANN401
    """Leave only names and lists in the styles: their looks are long to read and of no use."""
    for name in ("docDefaults", "latentStyles", "rPr", "tblPr", "tblStylePr", "trPr", "tcPr"):
        for node in every(styles, f"w:{name}"):
            node.getparent().remove(node)


def _rewritten(held: dict[str, Any]) -> bytes:
    """Return an archive with the trees as they were changed here."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
        for entry, data in held.items():
            is_tree = not isinstance(data, bytes)
            target.writestr(entry, etree.tostring(data, encoding="UTF-8") if is_tree else data)
    return made.getvalue()


def _creator(archive: zipfile.ZipFile) -> str:
    """Return who the file says made it."""
    try:
        if archive.getinfo("docProps/core.xml").file_size > 100_000:  # noqa: PLR2004
            return ""
        tree = safe_xml.parse(archive.read("docProps/core.xml"))
    except _DAMAGE:
        return ""
    return " ".join((tree.findtext("{http://purl.org/dc/elements/1.1/}creator") or "").split())


# --- what the conversion would hide --------------------------------------------------------------


def _comments(parts: dict[str, Any]) -> Iterator[Comment]:
    for entry, tree in parts.items():
        for node in every(tree, "w:comment") if _place(entry) == "commentaire" else ():
            author = node.get(f"{{{W}}}author") or "quelqu’un"
            said = " ".join(" ".join(map(text_of, every(node, "w:p"))).split())
            yield Comment(without_invisible(author), without_invisible(said))


_PLACES = {
    "document": "texte",
    "footnotes": "note",
    "endnotes": "note",
    "comments": "commentaire",
    "header": "en-tête de page",
    "footer": "pied de page",
    "charts/chart": "graphique",
    "charts/chartEx": "graphique",
    "diagrams/data": "dessin SmartArt",
}


def _place(entry: str) -> str:
    found = _READ.fullmatch(entry)
    return _PLACES[found[1]] if found else ""


def _passages(parts: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield every paragraph of the file with its place, deleted words aside."""
    for entry, tree in parts.items():
        place = _place(entry)
        drawn = [text_of(node, "a:t") for node in every(tree, "a:p")]
        drawn += [
            node.text or "" for name in ("c:v", "cx:v", "cx:pt") for node in every(tree, name)
        ]
        for text in [*map(own_text, every(tree, "w:p")), " ".join(drawn)]:
            if text.strip():
                yield place, without_invisible(text)
        for text in said_of_pictures(tree):
            yield "image", without_invisible(text)
