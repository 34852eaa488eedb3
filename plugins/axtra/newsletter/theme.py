"""The theme of letters: the templates of `theme/courriel/` and the design tokens."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from jinja2 import ChoiceLoader, Environment, FileSystemLoader
from markupsafe import Markup

import infolettre
from axtra.content import template_filters
from axtra.newsletter.mail_pictures import MailPictures
from infolettre.core.cache import Store
from infolettre.core.template_cache import Compiled
from infolettre.design.tokens import Tokens
from infolettre.letter import plain_text

FOLDER = "courriel"
TEMPLATES = Path(infolettre.__file__).parent / "templates"  # the styles of any letter


@dataclass(frozen=True, slots=True)
class MailTheme:
    """What all the letters of a build share; made once, since templates are compiled.

    `siteurl` has no slash at its end; `column` is the width of the text, in px.
    """

    siteurl: str
    pictures: MailPictures
    column: int
    html: Environment
    text: Environment

    @classmethod
    def load(
        cls,
        theme: Path,
        tokens: Tokens,
        siteurl: str,
        content: Path,
        cache: Path | None = None,
    ) -> MailTheme:
        """Open the templates of a theme.

        Args:
            theme: its folder.
            tokens: its colours and sizes.
            siteurl: where the site is published.
            content: the content folder, whose images the letters show.
            cache: the folder for compiled templates and scaled photographs.
        """
        loader = ChoiceLoader([FileSystemLoader(theme / FOLDER), FileSystemLoader(TEMPLATES)])
        kept = [
            Compiled(cache / "gabarits" / form) if cache else None for form in ("html", "texte")
        ]
        html = Environment(loader=loader, bytecode_cache=kept[0], **template_filters.STRICT)  # noqa: S701 - it escapes
        text = Environment(  # noqa: S701 - plain text has nothing to escape
            loader=loader,
            bytecode_cache=kept[1],
            **{**template_filters.STRICT, "autoescape": False},
        )
        for environment in (html, text):
            environment.filters.update(template_filters.FILTERS)
        # A token holds neither a double quote nor a tag, and a style sheet takes no entity.
        html.globals["jeton"] = {name: Markup(value) for name, value in tokens.mail.items()}  # noqa: S704
        html.filters["separes"] = _separated
        text.filters.update(plie=plain_text.wrap, souligne=plain_text.underline, separes=_joined)
        width, gutter = (int(tokens.mail[name][:-2]) for name in ("largeur", "gouttiere"))
        pictures = MailPictures(content, tokens, Store(cache / "courriel") if cache else None)
        return cls(siteurl.rstrip("/"), pictures, width - 2 * gutter, html, text)


def _separated(parts: Iterable[object], by: str = " · ") -> Markup:
    return Markup.escape(by).join(map(Markup.escape, parts))


def _joined(parts: Iterable[object], by: str = " · ") -> str:
    return by.join(map(str, parts))
