"""What stops a build: faults of its content, its theme or its disk, each said to an editor."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jinja2 import TemplateError, TemplateSyntaxError

from axtra.core import diagnostics
from axtra.core.diagnostics import Diagnostic
from axtra.core.regular_files import IrregularError
from axtra.design.image_files import ImageError
from axtra.site.build import OutputError


class FaultyError(Exception):
    """The content has errors; `found` lists them."""

    def __init__(self, found: list[Diagnostic]) -> None:
        super().__init__("errors in the content")
        self.found = found


FAILURES = (OutputError, ImageError, TemplateError, IrregularError)


def problem(error: Exception, root: Path) -> Diagnostic:
    """Say to an editor one of `FAILURES`."""
    if isinstance(error, OutputError):
        return error.diagnostic
    if isinstance(error, ImageError):
        return _image_problem(error)
    if isinstance(error, IrregularError):
        return _irregular_problem(error, root)
    return _template_problem(error, root)


@contextmanager
def stopping_pelican(root: Path) -> Iterator[None]:
    """Stop the `pelican` command on a refusal, with what `axtra` would say of it.

    That command prints a traceback for each exception it catches (`pelican.main` logs it with
    `exc_info`), and a plugin has no other way to make it fail: SystemExit alone goes through, with
    its text on the standard error and an exit code of 1. It is raised nowhere else below `cli`.
    """
    try:
        yield
    except FaultyError as error:
        raise SystemExit(diagnostics.as_text(error.found)) from None
    except FAILURES as error:
        raise SystemExit(str(problem(error, root))) from None


def _image_problem(error: ImageError) -> Diagnostic:
    """Say which picture hides, behind a sound head, pixels that cannot be read."""
    return Diagnostic(
        "content/images",
        None,
        "image-illisible",
        f"une image ne se lit pas jusqu’au bout : {error}",
        "Enregistrez-la de nouveau en JPEG ou en PNG, puis remplacez le fichier.",
    )


def _irregular_problem(error: IrregularError, root: Path) -> Diagnostic:
    """Say which file became something else after it was read."""
    return Diagnostic(
        str(error.filename).removeprefix(f"{root.resolve()}/"),
        None,
        "fichier-special",
        "ce fichier a été remplacé par un lien, ou par autre chose, pendant la construction",
        "Remettez le fichier lui-même à sa place, puis recommencez.",
    )


def _template_problem(error: Exception, root: Path) -> Diagnostic:
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
    return Diagnostic(
        name,
        line,
        "gabarit-fautif",
        f"ce gabarit du thème ne se lit pas : {error}",
        "Annulez la dernière modification du thème, ou corrigez cette ligne.",
    )
