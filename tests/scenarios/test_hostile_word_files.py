"""Word files made to harm: each is refused in words, or read without what it hides."""

from __future__ import annotations

import io
import os
import resource
import struct
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from axtra.intake import word_file
from infolettre.core.refusals import Refusal
from support.small_sites import ROOT
from support.word_files import WRITTEN, changed, picture, word

DOCUMENT = "word/document.xml"
BOMB = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'


def base() -> bytes:
    return word(WRITTEN["images"], "Titre")


def within(entry: str, old: bytes, new: bytes) -> bytes:
    """Return a Word file of which a part holds other bytes."""
    return changed(base(), {entry: lambda data: data.replace(old, new, 1)})


def lying(data: bytes) -> bytes:
    """Return an archive that says that its document has one byte."""
    made = bytearray(data)
    at = made.rfind(DOCUMENT.encode()) - 46  # its entry in the directory at the end
    made[at + 24 : at + 28] = struct.pack("<I", 1)
    return bytes(made)


def overlapping(data: bytes) -> bytes:
    """Return an archive two entries of which are the same bytes."""
    made = bytearray(data)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        offset = archive.getinfo(DOCUMENT).header_offset
    at = made.rfind(b"word/styles.xml") - 46
    made[at + 42 : at + 46] = struct.pack("<I", offset)
    return bytes(made)


def nested() -> bytes:
    """Return a Word file that holds an archive that holds one, with a great deal in it."""
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", 8) as archive:
        archive.writestr("zeros", b"\0" * 30_000_000)
    return changed(base(), {"word/embeddings/bombe.zip": inner.getvalue()})


REFUSED: dict[str, Callable[[], bytes]] = {
    "an entity in the text": lambda: changed(base(), {DOCUMENT: BOMB}),
    "an entity in the styles": lambda: changed(base(), {"word/styles.xml": BOMB}),
    "an entity in UTF-16": lambda: changed(
        base(),
        {"word/numbering.xml": BOMB.decode().replace('<?xml version="1.0"?>', "").encode("utf-16")},
    ),
    "an entity from elsewhere": lambda: within(
        DOCUMENT, b"<w:document", b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><w:document'
    ),
    "a ladder": lambda: changed(base(), {DOCUMENT: b"<a>" * 5_000 + b"</a>" * 5_000}),
    "two million elements": lambda: changed(
        base(), {DOCUMENT: b"<a>" + b"<b/>" * 2_000_000 + b"</a>"}
    ),
    "a large text": lambda: changed(base(), {DOCUMENT: b"<a>" + b" " * 41_000_000 + b"</a>"}),
    "a large image": lambda: changed(base(), {"word/media/image1.jpg": b"\0" * 70_000_000}),
    "many files": lambda: changed(base(), {f"x/{n}": b"" for n in range(6_000)}),
    "lying sizes": lambda: lying(base()),
    "overlapping entries": lambda: overlapping(base()),
    "half a file": lambda: base()[: len(base()) // 2],
    "no document": lambda: changed(base(), {DOCUMENT: b"<html/>"}),
    "an odt": lambda: changed(base(), {"mimetype": b"application/vnd.oasis.opendocument.text"}),
    "a link of Google Docs": lambda: b'{"url": "https://docs.google.com/document/d/x"}',
    "an image": picture,
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_file_is_refused(name: str) -> None:
    with pytest.raises(Refusal) as refused:
        word_file.read(REFUSED[name](), "envoi.docx")
    assert "envoi.docx" in str(refused.value)


READ: dict[str, Callable[[], bytes]] = {
    "an archive in an archive": nested,
    "names that climb": lambda: changed(
        base(), {"../../etc/x": b"x", "/abs": b"x", "word/media/../../y.png": b"x"}
    ),
    "an image that is none": lambda: changed(base(), {"word/media/image1.jpg": b"pas une image"}),
    "a macro": lambda: changed(base(), {"word/vbaProject.bin": b"x"}),
}


@pytest.mark.parametrize("name", READ)
def test_what_a_file_hides_is_not_read(name: str) -> None:
    read = word_file.read(READ[name](), "envoi.docx")
    assert "Suite." in read.html
    assert read.macros == (name == "a macro")


def test_memory_is_bounded() -> None:
    """The peak of this process, after all of the above, in kilobytes."""
    for name in ("two million elements", "a large text", "a large image"):
        with pytest.raises(Refusal):
            word_file.read(REFUSED[name](), "envoi.docx")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 1_500_000


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_a_damaged_file_never_ends_in_a_fault(data: st.DataObject) -> None:
    held = bytearray(BASE)
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(held) - 1))
        held[at] = data.draw(st.integers(0, 255))
    try:
        word_file.read(bytes(held), "envoi.docx")
    except Refusal:
        return


BASE = word(WRITTEN["breaks"], "Titre")


@pytest.mark.lourd
@pytest.mark.skipif(
    not (ROOT / ".venv/documents-word/pret").exists() and not os.environ.get("CI"),
    reason="« make outils » downloads them",
)
def test_the_files_of_python_docx_are_read() -> None:
    paths = sorted((ROOT / ".venv/documents-word").rglob("*.docx"))
    assert len(paths) >= 40
    for path in paths:
        assert word_file.read(path.read_bytes(), path.name).html is not None


@pytest.mark.eprouve
def test_three_hundred_pages() -> None:
    def long(document: object) -> None:
        for number in range(9_000):
            document.add_paragraph(f"Paragraphe {number}. " + "Un texte long. " * 20)  # type: ignore[attr-defined]

    assert word_file.read(word(long), "envoi.docx").html.count("<p>") == 9_000
