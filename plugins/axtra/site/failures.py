"""What stops a build: faults of its content, its theme or its disk, each said to an editor."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from jinja2 import TemplateError, TemplateSyntaxError

from axtra.design.image_files import ImageError
from infolettre.core.diagnostics import Diagnostic
from infolettre.core.refusals import DiagnosedRefusal, Refusal
from infolettre.core.regular_files import IrregularError


@contextmanager
def refusing_failures(root: Path) -> Iterator[None]:
    """Turn what stops a build into refusals, whose file is relative to the project's folder."""
    try:
        yield
    except ImageError as error:
        raise _image_refusal(error, root) from error
    except IrregularError as error:
        raise _irregular_refusal(error, root) from error
    except TemplateError as error:
        raise _template_refusal(error, root) from error


def as_diagnostics(refusal: Refusal) -> list[Diagnostic]:
    """Return a refusal as problems of files, to be listed with those of the content."""
    if isinstance(refusal, DiagnosedRefusal):
        return refusal.diagnostics
    return [as_diagnostic(refusal)]


def as_diagnostic(refusal: Refusal) -> Diagnostic:
    """Return a refusal as a problem of a file, to be listed with those of the content."""
    file, _, line = refusal.place.rpartition(":")
    if not line.isdecimal():
        file, line = refusal.place, ""
    return Diagnostic(
        file, int(line) if line else None, refusal.rule, refusal.problem, refusal.remedy
    )


def _image_refusal(error: ImageError, root: Path) -> Refusal:
    """Name a picture whose header is sound and whose pixels cannot be read, where it is shown."""
    found = re.match("« ([^»]+) »", error.problem)
    name = unicodedata.normalize("NFC", found[1]) if found else "content/images"
    return Refusal(
        f"une image ne se lit pas jusqu’au bout : {error.problem}",
        "Enregistrez-la de nouveau en JPEG ou en PNG, puis remplacez le fichier.",
        rule="image-illisible",
        place=_use(name, root) or "content/images",
    )


def _use(name: str, root: Path) -> str:
    """Return the first line of the texts that names a file, as « file:line », if there is one."""
    for path in sorted((*root.glob("content/**/*.md"), *root.glob("newsletters/**/*.md"))):
        text = unicodedata.normalize("NFC", path.read_text("utf-8", errors="replace"))
        for number, line in enumerate(text.splitlines(), 1):
            if name in line or quote(name) in line:
                return f"{path.relative_to(root).as_posix()}:{number}"
    return ""


def _irregular_refusal(error: IrregularError, root: Path) -> Refusal:
    """Name a file that was replaced by something else after it was read."""
    return Refusal(
        "ce fichier a été remplacé par un lien, ou par autre chose, pendant la construction",
        "Remettez le fichier lui-même à sa place, puis recommencez.",
        rule="fichier-special",
        place=str(error.filename).removeprefix(f"{root.resolve()}/"),
    )


def _template_refusal(error: TemplateError, root: Path) -> Refusal:
    """Place a mistake of the theme in its template."""
    file, line = "theme/templates", None
    if isinstance(error, TemplateSyntaxError):
        file, line = error.filename or file, error.lineno
    else:
        frame = error.__traceback__
        while frame is not None:
            if frame.tb_frame.f_code.co_filename.endswith((".html", ".mjml", ".txt")):
                file, line = frame.tb_frame.f_code.co_filename, frame.tb_lineno
            frame = frame.tb_next
    name = re.sub(rf"^{re.escape(str(root))}/", "", file)
    return Refusal(
        f"ce gabarit du thème ne se lit pas : {error}",
        "Annulez la dernière modification du thème, ou corrigez cette ligne.",
        rule="gabarit-fautif",
        place=f"{name}:{line}" if line else name,
    )
