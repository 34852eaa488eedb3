"""A letter as a mail: its templates, then its parts in HTML and in text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import (
    BytecodeCache,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
)
from markupsafe import Markup

from infolettre import words
from infolettre.core.template_cache import Compiled
from infolettre.letter import plain_text
from infolettre.letter.renderers import HtmlRenderer, Letter, Own, TextRenderer, nothing
from infolettre.text.personal_values import Personal

TEMPLATES = Path(__file__).parents[1] / "templates"
STOCK = "!infolettre"  # before the name of a template of ours that one of the same name extends
_HEADING = re.compile(r"<(/?)h([1-6])\b")
_STRICT: Mapping[str, Any] = {
    "undefined": StrictUndefined,
    "trim_blocks": True,
    "lstrip_blocks": True,
}


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a mail, whose personal links are sentinels; HTML is made of `mjml`."""

    mjml: str
    html: str
    text: str


@dataclass(frozen=True, slots=True)
class LetterTheme:
    """How letters look; made once for all of them, since templates are compiled.

    Attributes:
        html: the templates of the HTML, `.mjml`.
        text: those of the text, `.txt`.
        column: the width of the text, in px.
        template: the name of the template of a whole letter.
        home: what stands before the name of a template in messages.
    """

    html: Environment
    text: Environment
    column: int
    template: str = "courriel"
    home: str = ""

    @classmethod
    def load(
        cls,
        tokens: Mapping[str, str],
        folders: Sequence[Path] = (),
        *,
        template: str = "courriel",
        home: str = "",
        filters: Mapping[str, Callable[..., Any]] | None = None,
        cache: Path | None = None,
    ) -> LetterTheme:
        """Open the templates of letters: those of a house, then ours.

        Args:
            tokens: underscored names to what an MJML attribute takes.
            folders: where the house has templates of its own, which may extend ours.
            template: the name of the template of a whole letter.
            home: what stands before the name of a template in messages.
            filters: those of the house.
            cache: a folder for compiled templates.
        """
        ours = FileSystemLoader(TEMPLATES)
        loader = ChoiceLoader([FileSystemLoader(folders), PrefixLoader({STOCK: ours}), ours])
        kept = [Compiled(cache / form) if cache else None for form in ("html", "texte")]
        html, text = (
            _environment(loader, kept_form, escapes=escapes, filters=filters or {})
            for kept_form, escapes in zip(kept, (True, False), strict=True)
        )
        # A token holds neither a double quote nor a tag, and a style sheet takes no entity.
        html.globals["jeton"] = {name: Markup(value) for name, value in tokens.items()}  # noqa: S704
        html.filters["separes"] = _separated
        text.filters.update(plie=plain_text.wrap, souligne=plain_text.underline, separes=_joined)
        width, gutter = (int(tokens[name][:-2]) for name in ("largeur", "gouttiere"))
        return cls(html, text, width - 2 * gutter, template, home)

    def render(self, letter: Letter, html: Own = nothing, text: Own = nothing) -> Parts:
        """Render a letter, in its language.

        Args:
            letter: what it says.
            html: what the house adds to the variables of the templates of the HTML.
            text: the same for the text.

        Raises:
            MjmlError: a template printed what mail software cannot read.
        """
        from infolettre.letter.mjml import compose  # noqa: PLC0415 - premailer is slow to load

        words.speak(letter.language)
        page = HtmlRenderer(self.html, letter, html, self.home, self.column)
        plain = TextRenderer(self.text, letter, text, self.home)
        mjml = level(unicodedata.normalize("NFC", page.render(self.template)))
        told = unicodedata.normalize("NFC", plain_text.tidy(plain.render(self.template)))
        return Parts(mjml, compose(mjml, f"{self.home}{self.template}.mjml"), told)


def _environment(
    loader: ChoiceLoader,
    cache: BytecodeCache | None,
    *,
    escapes: bool,
    filters: Mapping[str, Callable[..., Any]],
) -> Environment:
    environment = Environment(
        loader=loader,
        bytecode_cache=cache,
        autoescape=escapes,  # noqa: S701 - plain text has nothing to escape
        **_STRICT,
    )
    environment.filters.update(filters)
    environment.globals.update(_=words._, say=words.say, jour=words.weekday, personnel=Personal)
    return environment


def level(html: str) -> str:
    """Renumber headings so that none skips a level; classes keep their appearance."""
    last = 0

    def renumber(tag: re.Match[str]) -> str:
        nonlocal last
        if not tag[1]:
            last = min(int(tag[2]), last + 1)
        return f"<{tag[1]}h{last}"

    return _HEADING.sub(renumber, html)


def _separated(parts: Iterable[object], by: str = " · ") -> Markup:
    return Markup.escape(by).join(map(Markup.escape, parts))


def _joined(parts: Iterable[object], by: str = " · ") -> str:
    return by.join(map(str, parts))
