"""The Pelican plugin: its settings, its signals and its generators."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pelican.generators import ArticlesGenerator, Generator, PagesGenerator

from axtra.content import template_filters
from axtra.pictures import photographs
from axtra.site import pelican_command
from axtra.site.assets import AssetGenerator, BookGenerator, SearchGenerator
from axtra.site.build_context import KEY, context_in
from axtra.site.generators import (
    FeedGenerator,
    HostGenerator,
    MailGenerator,
    PageGenerator,
    RedirectGenerator,
)
from axtra.site.guests import GuestGenerator
from axtra.site.site_generator import SiteGenerator
from axtra.site.stock_texts import ADDRESSES, RenderBody, StockTexts
from infolettre.core.refusals import Refusal
from infolettre.core.template_cache import Compiled
from pelican import Pelican, signals

# Pelican's own generators find nothing to do: every kind of content goes through the library, and
# every file through the table of jobs.
_STOCK_OFF: Mapping[str, Any] = MappingProxyType(
    {
        "ARTICLE_PATHS": [],
        "PAGE_PATHS": [],
        "STATIC_PATHS": [],
        "THEME_STATIC_PATHS": [],
        "DIRECT_TEMPLATES": [],
        "ARTICLE_TRANSLATION_ID": None,
        "PAGE_TRANSLATION_ID": None,
        "FEED_ALL_ATOM": None,
        "CATEGORY_FEED_ATOM": None,
        "TRANSLATION_FEED_ATOM": None,
        "AUTHOR_FEED_ATOM": None,
        "AUTHOR_FEED_RSS": None,
        **ADDRESSES,
    }
)
_GENERATORS: tuple[type[SiteGenerator], ...] = (
    AssetGenerator,
    BookGenerator,
    SearchGenerator,
    PageGenerator,
    FeedGenerator,
    MailGenerator,
    RedirectGenerator,
    HostGenerator,
)
_FILTERS: Mapping[str, Any] = MappingProxyType(
    {
        **template_filters.FILTERS,
        "sources": photographs.sources,
        "repli": photographs.fallback,
    }
)


def prepare(pelican: Pelican) -> None:
    """Add what templates use; build as `axtra` does where `pelican` itself was called.

    The content is read when Pelican runs, not before: « pelican --listen » or « --print-settings »
    needs none of it, and « --autoreload » runs many times.
    """
    settings = pelican.settings
    settings.update(_STOCK_OFF)
    kept = Compiled(Path(settings["CACHE_PATH"]) / "gabarits/site")
    settings["JINJA_ENVIRONMENT"] = {
        **settings["JINJA_ENVIRONMENT"],
        **template_filters.STRICT,
        "bytecode_cache": kept,
        "auto_reload": False,  # a build reads its theme once
    }
    settings["JINJA_FILTERS"] = {**_FILTERS, **settings["JINJA_FILTERS"]}
    if KEY not in settings:
        # Pelican has no signal before a run, and no way for a plugin to end one.
        pelican.run = partial(pelican_command.run, pelican)


def add_generators(_: Pelican) -> list[type[Generator]]:
    """Return the generators of the site, in the order of their work."""
    return [*_GENERATORS, GuestGenerator]


def serve(generator: ArticlesGenerator | PagesGenerator) -> None:
    """Make a generator of Pelican read our texts, if other plugins may ask for them at once."""
    build = context_in(generator.settings)
    if build.texts is None:
        render = cache(partial(_body_renderer, generator))
        build.texts = StockTexts(build.library, build.settings.folders.root, render)
    if any(type(other) is type(generator) for other in build.texts.generators):
        raise Refusal("il construit un autre site pendant que celui-ci se construit")
    build.texts.generators.append(generator)
    if build.guests is not None:
        build.texts.serve(generator)


def _body_renderer(generator: Generator) -> RenderBody:
    """Return what renders a body as the site shows it, before our generators have begun."""
    context = dict(generator.context)
    for cls in _GENERATORS:
        cls(
            context=context,
            settings=generator.settings,
            path=generator.path,
            theme=generator.theme,
            output_path=generator.output_path,
        ).add_names()
    return context["render_body"]  # type: ignore[no-any-return]


def register() -> None:
    """Connect to Pelican; the receivers are module functions, since signals hold them weakly."""
    signals.initialized.connect(prepare)
    signals.get_generators.connect(add_generators)
    signals.article_generator_init.connect(serve)
    signals.page_generator_init.connect(serve)
