"""The templates and files of the screens: `theme/atelier/`, in the site's design."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import rcssmin
from jinja2 import Environment, FileSystemLoader

from axtra.atelier import places, remedies
from axtra.content import template_filters
from axtra.design import fonts
from infolettre.core.template_cache import Compiled
from infolettre.design.tokens import Tokens

LOOK = "/apparence/"  # where styles, fonts and scripts are
_EDITOR = Path(__file__).parent / "editor" / "dist" / "editeur.js"  # made by `make atelier`
_KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Templates:
    """What screens are shown with.

    Attributes:
        files: maps paths to a media type and bytes.
        editor: the path of the text editor; "" when it was not made, and texts are plain fields.
    """

    files: Mapping[str, tuple[str, bytes]]
    environment: Environment
    editor: str

    @classmethod
    def load(cls, theme: Path, cache: Path) -> Templates:
        """Read templates, styles, scripts and fonts.

        Args:
            theme: its folder.
            cache: where the fonts made for the site are kept; compiled templates are beside it.

        Raises:
            TokenError: the token file cannot be used.
        """
        faces = fonts.faces(cache)
        files = {f"{LOOK}{face.name}": ("font/woff2", face.data) for face in faces}
        head = fonts.css(faces, lambda face: f"{LOOK}{face.name}")
        head += Tokens.load(theme / "tokens.toml").css()
        for path in sorted((theme / "atelier").glob("*.*")):
            if kind := _KINDS.get(path.suffix):
                text = path.read_text("utf-8")
                if path.suffix == ".css":
                    text = str(rcssmin.cssmin(head + text))
                files[f"{LOOK}{path.name}"] = (kind, text.encode())
        editor = ""
        if _EDITOR.is_file():
            data = _EDITOR.read_bytes()
            editor = f"{LOOK}editeur-{hashlib.sha256(data).hexdigest()[:16]}.js"
            files[editor] = ("text/javascript", data)
        loader = FileSystemLoader([theme / "atelier", theme / "templates"])
        kept = Compiled(cache.parent / "gabarits/atelier")
        environment = Environment(loader=loader, bytecode_cache=kept, **template_filters.STRICT)  # noqa: S701 - it escapes
        environment.filters.update(template_filters.FILTERS)
        environment.filters["remedes"] = remedies.lines
        environment.filters["lieu"] = places.of
        environment.filters["phrase"] = _sentence
        environment.filters["en_zone"] = _in_area
        environment.globals.update(apparence=LOOK)
        return cls(files, environment, editor)

    def page(self, name: str, **variables: object) -> str:
        """Return a screen."""
        return self.environment.get_template(f"{name}.html").render(variables)


def _sentence(words: object) -> str:
    """Return words as a sentence begins, without a path, held where a line must not break."""
    text = remedies.held(places.said(str(words)))
    return text[:1].upper() + text[1:]


def _in_area(text: str) -> str:
    """Return what a `textarea` holds to show a text: a browser drops the line end that opens it.

    It is not there otherwise: what reads pages more plainly than a browser would take it for text.
    """
    return f"\n{text}" if text.startswith(("\n", "\r")) else text
