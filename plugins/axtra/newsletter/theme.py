"""The theme of letters: the templates of `theme/courriel/` and the design tokens."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from axtra.content import template_filters
from axtra.newsletter.mail_pictures import MailPictures
from infolettre.core.cache import Store
from infolettre.design.tokens import Tokens
from infolettre.letter.rendering import LetterTheme

FOLDER = "courriel"
TEMPLATE = "infolettre"


@dataclass(frozen=True, slots=True)
class MailTheme:
    """What all the letters of a build share; `siteurl` has no slash at its end."""

    siteurl: str
    pictures: MailPictures
    letters: LetterTheme

    @classmethod
    def load(
        cls,
        theme: Path,
        tokens: Tokens,
        siteurl: str,
        content: Path,
        cache: Path | None = None,
    ) -> MailTheme:
        """Open the templates of a theme, which extend those of any letter.

        Args:
            theme: its folder.
            tokens: its colours and sizes.
            siteurl: where the site is published.
            content: the content folder, whose images the letters show.
            cache: the folder for compiled templates and scaled photographs.
        """
        letters = LetterTheme.load(
            tokens.mail,
            (theme / FOLDER,),
            template=TEMPLATE,
            home=f"theme/{FOLDER}/",
            filters=template_filters.FILTERS,
            cache=cache / "gabarits" if cache else None,
        )
        pictures = MailPictures(content, tokens, Store(cache / "courriel") if cache else None)
        return cls(siteurl.rstrip("/"), pictures, letters)
