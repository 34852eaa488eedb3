"""What the generators of the site share."""

from __future__ import annotations

from jinja2 import Template, pass_context
from pelican.generators import Generator
from pelican.writers import Writer

from axtra.content.model import Library
from axtra.site import fingerprint
from axtra.site.build import Table, text_job
from axtra.site.build_context import BuildContext, context_in
from axtra.site.settings import SiteSettings
from infolettre.design.tokens import Tokens

# Macros and blocks do not see the context of the page that uses them.
_GLOBALS = (
    "library", "facts", "asset", "art", "encre", "affiche", "preloads", "SITEURL", "SITENAME",
    "decrire", "citer", "etiquettes", "livres", "openurl", "pdf_de", "reprise",
)  # fmt: skip


class SiteGenerator(Generator):  # type: ignore[misc]
    """A generator of the site: it adds what templates use, then the jobs of its files."""

    def add_names(self) -> None:
        """Add to the context what templates use."""

    def add_jobs(self, writer: Writer) -> None:
        """Add the jobs of its files to the table."""

    def generate_context(self) -> None:
        """Do the first step when Pelican asks for it."""
        self.add_names()

    def generate_output(self, writer: Writer) -> None:
        """Do the second step when Pelican asks for it."""
        self.add_jobs(writer)

    def add_page(self, url: str, template: Template, **variables: object) -> None:
        """Add the job that renders a page to the table; `url` starts at the site's root."""
        texts = self.build.texts
        if self.build.guests is not None and texts is not None:
            variables = {**texts.variables(url), **variables}
        local = {"path": url, **variables}
        self.table.add(
            url,
            text_job(lambda: fingerprint.add(template.render(self.context, **local))),
            reads=(template.name, local),
        )

    @property
    def build(self) -> BuildContext:
        """Return the build that this generator is part of."""
        return context_in(self.settings)

    @property
    def site(self) -> SiteSettings:
        """Return the settings of the site."""
        return self.build.settings

    @property
    def library(self) -> Library:
        """Return the content."""
        return self.build.library

    @property
    def table(self) -> Table:
        """Return the table of jobs."""
        return self.build.table

    @property
    def siteurl(self) -> str:
        """Return the production address, without a final slash."""
        return self.site.siteurl

    @property
    def tokens(self) -> Tokens:
        """Return the tokens of the theme."""
        return self.context["tokens"]  # type: ignore[no-any-return]

    def add_template_globals(self) -> None:
        """Return the templates of this generator what every page uses.

        A filter that reads a setting takes the context; otherwise Jinja would compute its result
        for a constant at compilation, and compiled templates are kept.
        """
        self.env.globals.update({name: self.context[name] for name in _GLOBALS})
        self.env.filters["absolu"] = pass_context(lambda _, url: f"{self.siteurl}{url}")
