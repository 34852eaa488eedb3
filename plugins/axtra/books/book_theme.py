"""How books look: the templates and sheets of `theme/livre/`, the tokens, the fonts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from axtra.content import template_filters
from axtra.content.model import Body, Prose, plain_text
from axtra.design import fonts
from axtra.design.fonts import Face
from axtra.design.tokens import Tokens

FOLDER = "livre"
_COLOUR = re.compile(r"var\(--couleur-([a-z-]+)\)")
# What `content` names « web » and « courriel » is not for a book.
_ELSEWHERE = frozenset({"web", "courriel"})


@dataclass(frozen=True, slots=True)
class Look:
    """Everything that the books of a build share; `siteurl` has no slash at its end."""

    theme: Path
    tokens: Tokens
    siteurl: str
    content: Path
    faces: tuple[Face, ...]
    templates: Environment

    @classmethod
    def load(cls, theme: Path, tokens: Tokens, siteurl: str, content: Path, *, cache: Path) -> Look:
        """Open the templates of a theme.

        Args:
            theme: its folder.
            tokens: its colours.
            siteurl: where the site is published.
            content: the content folder, whose images the books show.
            cache: the folder where fonts are kept.
        """
        loader = FileSystemLoader(theme / FOLDER)
        templates = Environment(loader=loader, **template_filters.STRICT)  # noqa: S701 - it escapes
        templates.filters.update(template_filters.FILTERS)
        templates.filters["adresse"] = spelled
        templates.filters["dit"] = plain_text

        def corps(body: Body) -> Markup:
            """Render a body in the look of books; each block has its template."""
            return Markup("\n").join(_nodes(body, templates))

        templates.filters["corps"] = corps
        base = siteurl.rstrip("/")
        return cls(theme, tokens, base, content, fonts.faces(cache), templates)

    def sheet(self, name: str) -> str:
        """Print a sheet of the theme with the colours in their places, which e-readers need."""
        text = (self.theme / FOLDER / name).read_text("utf-8")
        return _COLOUR.sub(lambda found: self.tokens.colours["clair"][found[1]], text)

    def address(self, url: str) -> str:
        """Make a root-relative address absolute."""
        return f"{self.siteurl}{url}" if url.startswith("/") else url


def spelled(url: str) -> str:
    """Spell an address as a person would copy it from paper."""
    return re.sub(r"^(https?://|mailto:)", "", url).rstrip("/")


def _nodes(body: Body, templates: Environment) -> Iterable[Markup]:
    for node in body:
        if isinstance(node, Prose):
            yield node.html
        elif node.name not in _ELSEWHERE:
            template = templates.get_template(f"blocs/{node.name}.html")
            yield Markup(template.render(bloc=node))  # noqa: S704 - escaped by the template
