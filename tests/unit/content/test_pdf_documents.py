"""What a PDF lacks for everyone to read it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from axtra.content import pdf_documents
from axtra.content.pdf_documents import REMEDIES, PdfFault

WORDS = b"BT /F1 12 Tf (Bonjour) Tj ET"


def made(path: Path, content: bytes = WORDS, **root: object) -> Path:
    """Write a PDF of a page; `root` adds to its catalogue, « title » to its information."""
    with pikepdf.new() as document:
        page = document.add_blank_page()
        page.Contents = document.make_stream(content)
        if title := root.pop("title", None):
            document.docinfo["/Title"] = str(title)
        for name, value in root.items():
            document.Root[f"/{name}"] = value
        document.save(path)
    return path


GOOD: Mapping[str, object] = {
    "title": "Un rapport",
    "Lang": "fr-CA",
    "MarkInfo": pikepdf.Dictionary(Marked=True),
    "StructTreeRoot": pikepdf.Dictionary(Type=pikepdf.Name.StructTreeRoot),
}


def test_a_pdf_that_lacks_nothing_has_no_fault(tmp_path: Path) -> None:
    assert pdf_documents.faults(made(tmp_path / "a.pdf", **GOOD), tmp_path) == ()


@pytest.mark.parametrize(
    ("left_out", "fault"),
    [
        ("title", PdfFault.UNTITLED),
        ("Lang", PdfFault.NO_LANGUAGE),
        ("StructTreeRoot", PdfFault.UNTAGGED),
        ("MarkInfo", PdfFault.UNTAGGED),
    ],
)
def test_what_is_missing_is_found(tmp_path: Path, left_out: str, fault: PdfFault) -> None:
    rest = {name: value for name, value in GOOD.items() if name != left_out}
    assert pdf_documents.faults(made(tmp_path / "a.pdf", **rest), tmp_path) == (fault,)


def test_pictures_of_pages_are_not_text(tmp_path: Path) -> None:
    Image.new("RGB", (30, 40)).save(tmp_path / "a.pdf")
    assert PdfFault.PICTURES in pdf_documents.faults(tmp_path / "a.pdf", tmp_path)


def test_what_does_not_open_has_that_fault_alone(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.4\n%%EOF\n")
    with pikepdf.open(made(tmp_path / "b.pdf", **GOOD)) as document:
        document.save(tmp_path / "c.pdf", encryption=pikepdf.Encryption(owner="a", user="b"))
    for name in ("a.pdf", "c.pdf"):
        assert pdf_documents.faults(tmp_path / name, tmp_path) == (PdfFault.CLOSED,)


def test_each_fault_has_its_remedy() -> None:
    assert REMEDIES.keys() == set(PdfFault)
