"""The Pelican plugin: its settings, its signals and its writer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from jinja2 import Template
from pelican import Pelican, signals
from pelican.generators import Generator
from pelican.writers import Writer

from axtra.content import template_filters
from axtra.core.dates import ZONE
from axtra.core.diagnostics import errors
from axtra.core.refusals import DiagnosedRefusal
from axtra.core.template_cache import Compiled
from axtra.pictures import photographs
from axtra.site import content_review, fingerprint
from axtra.site.assets import AssetGenerator, BookGenerator, SearchGenerator
from axtra.site.build import publish, text_job
from axtra.site.build_context import KEY, BuildContext, context_in
from axtra.site.failures import stopping_pelican
from axtra.site.generators import (
    FeedGenerator,
    HostGenerator,
    MailGenerator,
    PageGenerator,
    RedirectGenerator,
)
from axtra.site.settings import SiteSettings

# Pelican's own generators find nothing to do: every kind of content goes through the library, and
# every file through the table of jobs.
_STOCK_OFF: Mapping[str, Any] = MappingProxyType(
    {
        "ARTICLE_PATHS": [],
        "PAGE_PATHS": [],
        "STATIC_PATHS": [],
        "THEME_STATIC_PATHS": [],
        "DIRECT_TEMPLATES": [],
        "FEED_ALL_ATOM": None,
        "CATEGORY_FEED_ATOM": None,
        "TRANSLATION_FEED_ATOM": None,
        "AUTHOR_FEED_ATOM": None,
        "AUTHOR_FEED_RSS": None,
    }
)
_FILTERS: Mapping[str, Any] = MappingProxyType(
    {
        **template_filters.FILTERS,
        "sources": photographs.sources,
        "repli": photographs.fallback,
    }
)


def prepare(pelican: Pelican) -> None:
    """Read the content, unless `axtra` has done so, and give templates what they use."""
    settings = pelican.settings
    settings.update(_STOCK_OFF)
    if KEY not in settings:
        settings[KEY] = _context(SiteSettings.of(settings))
    kept = Compiled(Path(settings["CACHE_PATH"]) / "gabarits/site")
    settings["JINJA_ENVIRONMENT"] = {
        **settings["JINJA_ENVIRONMENT"],
        **template_filters.STRICT,
        "bytecode_cache": kept,
    }
    settings["JINJA_FILTERS"] = {**_FILTERS, **settings["JINJA_FILTERS"]}


def _context(settings: SiteSettings) -> BuildContext:
    """Read the content for the `pelican` command."""
    with stopping_pelican(settings.folders.root):
        library, problems = content_review.read(settings, moment=datetime.now(ZONE))
        if errors(problems):
            raise DiagnosedRefusal(problems)
    return BuildContext(settings=settings, library=library, publishes=True)


def add_generators(_: Pelican) -> list[type[Generator]]:
    """Return the generators of the site, in the order of their work."""
    return [
        AssetGenerator,
        BookGenerator,
        SearchGenerator,
        PageGenerator,
        FeedGenerator,
        MailGenerator,
        RedirectGenerator,
        HostGenerator,
    ]


def use_writer(_: Pelican) -> type[Writer]:
    """Return the writer that gathers jobs."""
    return JobWriter


def finish(pelican: Pelican) -> None:
    """Publish the table for the `pelican` command; `axtra` publishes it on its own."""
    build = context_in(pelican.settings)
    if build.publishes:
        with stopping_pelican(build.settings.folders.root):
            if errors(build.table.problems):
                raise DiagnosedRefusal(build.table.problems)
            change = publish(build.table, build.settings.output)
            if errors(change.problems):
                raise DiagnosedRefusal([*change.problems])


def register() -> None:
    """Connect to Pelican; the receivers are module functions, since signals hold them weakly."""
    signals.initialized.connect(prepare)
    signals.get_generators.connect(add_generators)
    signals.get_writer.connect(use_writer)
    signals.finalized.connect(finish)


class JobWriter(Writer):  # type: ignore[misc]
    """A writer that writes nothing: it adds to the table the job that renders a page."""

    def write_file(  # noqa: D102 - Pelican's signature
        self,
        name: str,
        template: Template,
        context: Mapping[str, Any],
        relative_urls: bool = False,  # noqa: FBT001, FBT002
        paginated: Mapping[str, Any] | None = None,
        template_name: str | None = None,
        override_output: bool = False,  # noqa: FBT001, FBT002
        url: str | None = None,
        **variables: Any,  # noqa: ANN401
    ) -> None:
        del relative_urls, paginated, template_name, override_output
        local = {"path": url, **variables}
        context_in(self.settings).table.add(
            name,
            text_job(lambda: fingerprint.add(template.render(context, **local))),
            reads=(template.name, local),
        )
