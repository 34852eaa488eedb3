"""How books look: the templates and sheets of `theme/livre/`, the tokens, the fonts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from axtra.content import template_filters
from axtra.content.audiences import BOOK
from axtra.content.model import Body, Prose, shown_to
from axtra.design import fonts
from axtra.design.fonts import Face
from axtra.pictures import data_figures
from infolettre.core.template_cache import Compiled
from infolettre.design.tokens import Tokens

FOLDER = "livre"
FONTS = "/theme/polices/"
_BLOCKS = "blocs.css"  # in every sheet: the blocks that look alike in PDF and EPUB
_COLOUR = re.compile(r"var\(--couleur-([a-z-]+)\)")


@dataclass(frozen=True, slots=True)
class BookTheme:
    """Everything that the books of a build share; `siteurl` has no slash at its end."""

    folder: Path
    tokens: Tokens
    siteurl: str
    content: Path
    faces: tuple[Face, ...]
    templates: Environment

    @classmethod
    def load(
        cls, folder: Path, tokens: Tokens, siteurl: str, content: Path, *, cache: Path
    ) -> BookTheme:
        """Open the templates of a theme.

        Args:
            folder: its folder.
            tokens: its colours.
            siteurl: where the site is published.
            content: the content folder, whose images the books show.
            cache: the folder where fonts are kept; compiled templates are kept beside it.
        """
        loader = FileSystemLoader(folder / FOLDER)
        kept = Compiled(cache.parent / "gabarits/livre")
        templates = Environment(loader=loader, bytecode_cache=kept, **template_filters.STRICT)  # noqa: S701 - it escapes
        templates.filters.update(template_filters.FILTERS)
        templates.filters["adresse"] = spelled
        templates.filters["trace"] = partial(data_figures.in_book, tokens=tokens)

        @pass_context
        def corps(context: Context, body: Body) -> Markup:
            """Render a body as books show it; each block has its template."""
            medium = str(context.get("medium", ""))
            return Markup("\n").join(_nodes(body, templates, medium))

        templates.filters["corps"] = corps
        base = siteurl.rstrip("/")
        return cls(folder, tokens, base, content, fonts.faces(cache), templates)

    def sheet(self, name: str) -> str:
        """Return a sheet of the theme with its colours written out, as e-readers need them."""
        sheets = (self.folder / FOLDER / part for part in (name, _BLOCKS))
        text = "".join(sheet.read_text("utf-8") for sheet in sheets)
        return _COLOUR.sub(lambda match: self.tokens.colours["clair"][match[1]], text)

    def font_faces(self) -> str:
        """Return the sheet that names the fonts of a PDF; `resources` reads them."""
        return "".join(
            f'@font-face {{ font-family: "{face.cut.family}"; '
            f"font-style: {'italic' if face.cut.italic else 'normal'}; font-weight: {weight}; "
            f'src: url("{FONTS}{face.name}") format("truetype") }}\n'
            for face in self.faces
            for weight in face.cut.weight.split(" ")
        )

    def address(self, url: str) -> str:
        """Make a root-relative address absolute."""
        return f"{self.siteurl}{url}" if url.startswith("/") else url


def spelled(url: str) -> str:
    """Return an address as a person would copy it from paper."""
    return re.sub(r"^(https?://|mailto:)", "", url).rstrip("/")


def _nodes(body: Body, templates: Environment, medium: str) -> Iterable[Markup]:
    for node in shown_to(BOOK, body):
        if isinstance(node, Prose):
            yield node.html
        else:
            template = templates.get_template(f"blocs/{node.name}.html")
            yield Markup(template.render(bloc=node, medium=medium))  # noqa: S704 - escaped by the template
