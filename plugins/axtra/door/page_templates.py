"""The pages of the door: the templates of `theme/service/`, in the site's design."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from axtra.content import template_filters
from axtra.content.model import Facts
from axtra.design import fonts, style_sheets
from infolettre.design.tokens import Tokens

STYLE, FONTS = "/style.css", "/polices/"


@dataclass(frozen=True, slots=True)
class Pages:
    """The templates and files that the door shows, read once when it starts.

    `base` is the door's public address, without a final slash; `files` maps paths to a media type
    and bytes.
    """

    base: str
    files: Mapping[str, tuple[str, bytes]]
    html: Environment
    text: Environment

    @classmethod
    def load(cls, theme: Path, cache: Path, facts: Facts, base: str) -> Pages:
        """Read templates, style sheets and fonts.

        Args:
            theme: its folder.
            cache: where the fonts made for the site are kept.
            facts: what the site says of its publisher.
            base: the door's public address.

        Raises:
            TokenError: the token file cannot be used.
        """
        root = urlsplit(base).path
        faces = fonts.faces(cache)
        letters = {f"{FONTS}{face.name}": ("font/woff2", face.data) for face in faces}
        head = fonts.css(faces, lambda face: f"{root}{FONTS}{face.name}")
        made = style_sheets.sheets(theme, head + Tokens.load(theme / "tokens.toml").css())
        style = made[style_sheets.FIRST] + made["abonnement.css"]
        loader = FileSystemLoader([theme / "service", theme / "templates"])
        html = Environment(loader=loader, **template_filters.STRICT)  # noqa: S701 - it escapes
        text = Environment(  # noqa: S701 - plain text has nothing to escape
            loader=loader, **{**template_filters.STRICT, "autoescape": False}
        )
        for environment in (html, text):
            environment.globals.update(facts=facts, root=root)
            environment.filters.update(template_filters.FILTERS)
        html.globals["lien_ecrire"] = Markup('<a href="mailto:{0}">{0}</a>').format(facts.email)
        return cls(base, {STYLE: ("text/css", style), **letters}, html, text)

    def page(self, name: str, **variables: object) -> str:
        """Return a page."""
        return self.html.get_template(f"{name}.html").render(variables)

    def mail(self, name: str, **variables: object) -> str:
        """Return the text of a mail."""
        return self.text.get_template(f"{name}.txt").render(variables)
