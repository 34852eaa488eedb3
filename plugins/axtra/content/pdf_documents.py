"""Whether everyone can read a PDF that is published as it is, and what to tick to mend it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from infolettre.core import regular_files

if TYPE_CHECKING:
    import pikepdf

_SHOWS_TEXT = frozenset({"Tj", "TJ", "'", '"'})
_PAGES = 5  # what a scanner made has no text on its first pages
_DEEP = 3  # forms within forms


class PdfFault(StrEnum):
    """What a PDF lacks; the value is what its page says of it."""

    CLOSED = "il ne s’ouvre pas"
    PICTURES = "il n’est fait que d’images de pages"
    UNTAGGED = "il n’est pas balisé"
    UNTITLED = "il n’a pas de titre"
    NO_LANGUAGE = "il ne dit pas sa langue"


REMEDIES: Mapping[PdfFault, str] = MappingProxyType(
    {
        PdfFault.CLOSED: "Enregistrez-le de nouveau, sans mot de passe.",
        PdfFault.PICTURES: (
            "Exportez-le du document d’origine; s’il n’en reste qu’une numérisation, faites-y "
            "reconnaître le texte (OCR)."
        ),
        PdfFault.UNTAGGED: (
            "Dans Word : Fichier, Enregistrer sous, PDF, Options, cochez « Balises de structure de "
            "document pour l’accessibilité » (jamais « Imprimer » en PDF)."
        ),
        PdfFault.UNTITLED: (
            "Dans Word : Fichier, Informations, Propriétés, remplissez « Titre », puis exportez en "
            "cochant « Propriétés du document »."
        ),
        PdfFault.NO_LANGUAGE: (
            "Dans Word : Révision, Langue, Définir la langue de vérification, Français (Canada), "
            "puis exportez avec les balises."
        ),
    }
)


def faults(path: Path, within: Path) -> tuple[PdfFault, ...]:
    """List what a PDF lacks for everyone to read it, the gravest first.

    Args:
        path: the file.
        within: as for `regular_files.read`.

    Raises:
        OSError: the file cannot be read.
    """
    return _faults(regular_files.read(path, within))


@lru_cache(maxsize=64)
def _faults(data: bytes) -> tuple[PdfFault, ...]:
    import pikepdf  # noqa: PLC0415 - only a publication with its own PDF needs it

    try:
        with pikepdf.open(BytesIO(data)) as document:
            return tuple(_listed(document))
    except (pikepdf.PdfError, pikepdf.PasswordError, ValueError, TypeError, AttributeError):
        return (PdfFault.CLOSED,)


def _listed(document: pikepdf.Pdf) -> Iterator[PdfFault]:
    root = document.Root
    pages = list(document.pages)
    if not pages:
        yield PdfFault.CLOSED
        return
    if not any(_has_text(page, page.get("/Resources"), 0) for page in pages[:_PAGES]):
        yield PdfFault.PICTURES
    marked = root.get("/MarkInfo")
    if "/StructTreeRoot" not in root or marked is None or not marked.get("/Marked", False):
        yield PdfFault.UNTAGGED
    with document.open_metadata() as metadata:
        title = metadata.get("dc:title") or document.docinfo.get("/Title", "")
    if not str(title).strip():
        yield PdfFault.UNTITLED
    if not str(root.get("/Lang", "")).strip():
        yield PdfFault.NO_LANGUAGE


def _has_text(page: Any, resources: Any, depth: int) -> bool:  # noqa: ANN401 - as pikepdf has them
    """Tell whether a page, or a form that it shows, shows text."""
    import pikepdf  # noqa: PLC0415 - as above

    for instruction in pikepdf.parse_content_stream(page):
        operator = str(instruction.operator)
        if operator in _SHOWS_TEXT:
            return True
        if operator == "Do" and resources is not None and depth < _DEEP:
            shown = resources.get("/XObject", {}).get(str(instruction.operands[0]))
            if shown is not None and shown.get("/Subtype") == "/Form":
                inner = shown.get("/Resources", resources)
                if _has_text(shown, inner, depth + 1):
                    return True
    return False
