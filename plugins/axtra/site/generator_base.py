"""What the generators of the site share."""

from __future__ import annotations

from jinja2 import pass_context
from pelican.generators import Generator

from axtra.content.model import Library
from axtra.design.tokens import Tokens
from axtra.site.build.jobs import Table

# Macros and blocks do not see the context of the page that uses them.
_GLOBALS = (
    "library", "facts", "asset", "art", "affiche", "preloads", "SITEURL", "SITENAME",
    "decrire", "citer", "etiquettes", "livres",
)  # fmt: skip


class AxeGenerator(Generator):  # type: ignore[misc]
    """What the generators of the site share."""

    @property
    def library(self) -> Library:
        """Give the content."""
        return self.settings["AXTRA_LIBRARY"]  # type: ignore[no-any-return]

    @property
    def table(self) -> Table:
        """Give the table of jobs."""
        return self.settings["AXTRA_TABLE"]  # type: ignore[no-any-return]

    @property
    def siteurl(self) -> str:
        """Give the production address, without a final slash."""
        return str(self.settings["SITEURL"])

    @property
    def tokens(self) -> Tokens:
        """Give the tokens of the theme."""
        return self.context["tokens"]  # type: ignore[no-any-return]

    def teach(self) -> None:
        """Teach this generator's templates what every page uses.

        A filter that reads a setting takes the context: without it, Jinja would work out what it
        gives of a constant when it compiles, and compiled templates are kept.
        """
        self.env.globals.update({name: self.context[name] for name in _GLOBALS})
        self.env.filters["absolu"] = pass_context(lambda _, url: f"{self.siteurl}{url}")
