"""The kinds of files that a site publishes, each told by what it holds, not by its name alone."""

from __future__ import annotations

import codecs
import re
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO, NamedTuple, TypeAlias

from infolettre.core import regular_files

HEAD = 4096  # bytes; what tells a kind is in them
Check: TypeAlias = Callable[[BinaryIO], bool]

_PRIVATE_NAME = re.compile(
    r"\.sqlite3?\b|^cles?-(signature|empreintes?)\b(?!-)|^envoi\.toml|^id_(rsa|ed25519)"
    r"|\.(pem|p12|pfx|kdbx)$|^\.env\b",
    re.IGNORECASE,
)
_PRIVATE = re.compile(
    rb"SQLite format 3\0|-----BEGIN [A-Z ]*PRIVATE KEY"
    rb"|(?:\xef\xbb\xbf)?\"?adresse\"?[;,\t]\"?prenom\"?[;,\t]\"?nom\b"
)
# A server may run what has one of these anywhere in its name: « affiche.php.jpg ».
_RUN = re.compile(
    r"\.(php\d?|phtml|phar|cgi|pl|py|rb|asp|aspx|jspx?|sh|shtml|x?html?|js)(?=\.)", re.IGNORECASE
)
_FRAME = re.compile(rb"ID3|\xff[\xe2-\xe7\xf2-\xff]")
_MARKUP = re.compile(r"\s*(<[!?/a-z]|#!)", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
_MACROS = re.compile(r"vbaProject|vbaData|activeX/|^(Basic|Scripts)/", re.IGNORECASE)


class RefusedFormat(NamedTuple):
    """Why a file is not published, and what to do, in French."""

    problem: str
    remedy: str


def is_private(name: str, head: bytes) -> bool:
    """Tell whether a file is a register, a key, or a list of people as we export them."""
    return bool(_PRIVATE_NAME.search(name) or _PRIVATE.match(head))


def refusal(path: Path, within: Path | None = None) -> RefusedFormat | None:
    """Say why a file may not be published, if it may not; `within` is that of `regular.opened`.

    Raises:
        OSError: it cannot be read, or is no regular file.
    """
    extension = path.suffix.lower()
    if extension in _OTHER_PICTURES:
        return RefusedFormat(
            f"une image « {extension} » ne se publie pas : peu de navigateurs la montrent",
            "Enregistrez-la en JPEG (une photographie) ou en PNG (un dessin).",
        )
    if found := _RUN.search(path.name):
        return RefusedFormat(
            f"un serveur peut prendre « {path.name} » pour un programme",
            f"Ôtez « {found[0]} » de son nom.",
        )
    if extension not in KINDS:
        what = f"un fichier « {extension} »" if extension else "un fichier sans extension"
        return RefusedFormat(
            f"{what} ne se publie pas",
            "Enregistrez un texte en PDF, un tableau en .xlsx ou .csv, une image en JPEG ou PNG. "
            f"Tout ce qui se publie :  {' '.join(KINDS)}",
        )
    with regular_files.opened(path, within) as file:
        if KINDS[extension](file):
            return None
        if real := _picture(file):
            return RefusedFormat(
                f"cette image n’est pas en « {extension} », mais en « {real} »",
                f"Nommez-la « {path.stem}{real} », ici et dans les textes qui la montrent.",
            )
    if extension in _PICTURES:
        return RefusedFormat(
            f"ce fichier n’est pas une image « {extension} »",
            "Remplacez-le par l’image elle-même, en JPEG ou en PNG.",
        )
    return RefusedFormat(
        f"ce fichier n’est pas ce que son nom dit, « {extension} », ou contient des macros",
        f"Ouvrez-le dans son logiciel, puis enregistrez-le de nouveau en « {extension} ».",
    )


def _picture(file: BinaryIO) -> str:
    """Return the extension of the picture that a file holds, or nothing."""
    for extension in _PICTURES:
        file.seek(0)
        if KINDS[extension](file):
            return extension
    return ""


def _begins(*marks: bytes, at: int = 0) -> Check:
    return lambda file: file.read(HEAD)[at:].startswith(marks)


def _boxes(*brands: bytes) -> Check:
    """Know a file made of boxes (MP4, AVIF) by one of its brands."""

    def check(file: BinaryIO) -> bool:
        head = file.read(HEAD)
        box = head[8 : int.from_bytes(head[:4], "big")]
        return head[4:8] == b"ftyp" and any(brand in box for brand in brands)

    return check


def _sound(file: BinaryIO) -> bool:
    """Know an MP3 by its tag or by the sync of its first frame (ISO 11172-3)."""
    head = file.read(HEAD)
    return bool(_FRAME.match(head))


def _webp(file: BinaryIO) -> bool:
    head = file.read(HEAD)
    return head[:4] == b"RIFF" and head[8:12] == b"WEBP"


def _text(first: str = "") -> Check:
    """Know words from a program, a page, or bytes; `first` is what they begin with."""
    beginning = re.compile(first, re.IGNORECASE)

    def check(file: BinaryIO) -> bool:
        data = file.read()
        wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        for encoding in ("utf-16",) if wide else ("utf-8-sig", "cp1252"):
            try:
                text = data.decode(encoding)
            except UnicodeDecodeError:
                continue
            plain = not _CONTROL.search(text) and not _MARKUP.match(text)
            return plain and bool(beginning.match(text))
        return False

    return check


def _office(part: str) -> Check:
    """Know a document of Microsoft Office by its main part."""
    return lambda file: part in (names := _members(file)) and "[Content_Types].xml" in names


def _stated(*kinds: str) -> Check:
    """Know a document that states its kind in its first member: OpenDocument, EPUB."""

    def check(file: BinaryIO) -> bool:
        head = file.read(HEAD)
        return bool(_members(file)) and any(
            head[30:].startswith(f"mimetype{kind}".encode()) for kind in kinds
        )

    return check


def _members(file: BinaryIO) -> frozenset[str]:
    """Name what an archive holds; nothing when it is none, or holds macros."""
    try:
        with zipfile.ZipFile(file) as archive:
            names = frozenset(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return frozenset()
    return frozenset() if any(map(_MACROS.search, names)) else names


_OPEN = "application/vnd.oasis.opendocument."
KINDS: Mapping[str, Check] = MappingProxyType(
    {
        ".pdf": _begins(b"%PDF-"),
        ".docx": _office("word/document.xml"),
        ".xlsx": _office("xl/workbook.xml"),
        ".pptx": _office("ppt/presentation.xml"),
        ".odt": _stated(f"{_OPEN}text"),
        ".ods": _stated(f"{_OPEN}spreadsheet"),
        ".odp": _stated(f"{_OPEN}presentation"),
        ".epub": _stated("application/epub+zip"),
        ".bib": _text(r"(?s).{0,4096}?@\s*\w+\s*[{(]"),
        ".csv": _text(),
        ".json": _text(r"\s*[\[{]"),
        ".txt": _text(),
        ".ics": _text("BEGIN:VCALENDAR"),
        ".vtt": _text("WEBVTT"),
        ".srt": _text(r"\s*\d+\s*\n\s*\d+:\d+:\d+[,.]\d+\s*-->"),
        ".mp3": _sound,
        ".m4a": _boxes(b"M4A ", b"mp4", b"isom"),
        ".mp4": _boxes(b"mp4", b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"avc1", b"M4V "),
        ".webm": _begins(b"\x1a\x45\xdf\xa3"),
        ".ogg": _begins(b"OggS"),
        ".jpg": _begins(b"\xff\xd8\xff"),
        ".jpeg": _begins(b"\xff\xd8\xff"),
        ".png": _begins(b"\x89PNG\r\n\x1a\n"),
        ".gif": _begins(b"GIF87a", b"GIF89a"),
        ".webp": _webp,
        ".avif": _boxes(b"avif", b"avis"),
        ".svg": lambda _: True,  # `activity` reads it whole
    }
)
_PICTURES = (".jpg", ".png", ".gif", ".webp", ".avif")
_OTHER_PICTURES = frozenset(
    {".tif", ".tiff", ".bmp", ".heic", ".heif", ".jfif", ".apng", ".ico", ".psd", ".jp2", ".jxl"}
)
