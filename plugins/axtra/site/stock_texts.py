"""Our texts as Pelican's own articles and pages, for other plugins and for templates that ask.

Pelican's generators read them where they would read files, so that everything around them is
Pelican's: the signals, the statuses, the order, the categories, the tags, the dates.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from functools import cache, partial
from html import escape
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pelican.contents import Article, Author, Category, Content, Page, Tag
from pelican.generators import ArticlesGenerator, PagesGenerator
from pelican.urlwrappers import URLWrapper
from pelican.utils import SafeDatetime

from axtra.content import model
from axtra.content.model import Body, Item, Library, Status
from axtra.site.build import note_unknown
from pelican import signals

# Where these stand in our site, for what Pelican makes of their slugs.
ADDRESSES: Mapping[str, str] = MappingProxyType(
    {
        "AUTHOR_URL": "auteurs/{slug}/",
        "AUTHOR_SAVE_AS": "auteurs/{slug}/index.html",
        "CATEGORY_URL": "{slug}/",
        "CATEGORY_SAVE_AS": "{slug}/index.html",
        "TAG_URL": "sujets/{slug}/",
        "TAG_SAVE_AS": "sujets/{slug}/index.html",
    }
)
_STATUSES: Mapping[Status, str] = MappingProxyType(
    {Status.PUBLISHED: "published", Status.DRAFT: "draft", Status.SCHEDULED: "draft"}
)
_ARTICLES = (model.Article, model.News, model.Release, model.Publication, model.Event)
_PAGES = (model.Page, model.Numero, model.Dossier, model.Newsletter)
_ARTICLE_NAMES = ("articles", "drafts", "hidden_articles", "dates", "tags", "categories", "authors")
_PAGE_NAMES = ("pages", "hidden_pages", "draft_pages")

RenderBody = Callable[[Body], str]


@dataclass(slots=True)
class StockTexts:
    """What Pelican's two generators are given to read.

    Attributes:
        library: the content.
        root: the folder of the project.
        render_body: returns what renders a body as the site shows it.
        generators: those two, once Pelican has made them.
    """

    library: Library
    root: Path
    render_body: Callable[[], RenderBody]
    generators: list[ArticlesGenerator | PagesGenerator] = field(default_factory=list)
    _made: dict[str, Content] = field(default_factory=dict)  # by the address of the item
    _words: dict[str, tuple[str, str]] = field(default_factory=dict)  # the body and the summary

    def offer(self, context: dict[str, Any]) -> None:
        """Put in a context the lists that Pelican's templates name, made if they are asked for."""
        for generator in self.generators:
            listed = cache(partial(self._lists, generator, context))
            names = _ARTICLE_NAMES if isinstance(generator, ArticlesGenerator) else _PAGE_NAMES
            for name in names:
                context[name] = Asked(partial(_one_of, listed, name))

    def _lists(
        self, generator: ArticlesGenerator | PagesGenerator, context: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """Let a generator read our texts; return the context that it fills."""
        asked = copy(generator)
        self.serve(asked)
        asked.context = {**context, "generated_content": {}}
        for name in ("tags", "categories", "authors"):  # filled once already, with nothing
            setattr(asked, name, defaultdict(list))
        asked.generate_context()
        return asked.context  # type: ignore[no-any-return]

    def items(self, cls: type[Content]) -> Iterator[Item]:
        """Return the items that are articles of Pelican's, or its pages."""
        kinds = _ARTICLES if cls is Article else _PAGES
        return (item for item in self.library.items if item.shown and isinstance(item, kinds))

    def serve(self, generator: ArticlesGenerator | PagesGenerator) -> None:
        """Make a generator read our texts in the place of files, and write none of them."""
        articles = isinstance(generator, ArticlesGenerator)
        items = {
            os.path.relpath(self.root / item.source, generator.path): item
            for item in self.items(Article if articles else Page)
        }
        generator.get_files = lambda *_, **__: list(items)
        generator.readers.read_file = partial(self._read, items)
        generator.generate_output = _write_nothing

    def _read(
        self,
        items: Mapping[str, Item],
        *,
        path: str,
        content_class: type[Content],
        context: dict[str, Any],
        preread_signal: Any,  # noqa: ANN401 - Pelican publishes no types
        preread_sender: ArticlesGenerator | PagesGenerator,
        context_signal: Any,  # noqa: ANN401 - the same
        context_sender: object,
        **_: object,
    ) -> Content:
        """Return the object of a text, with the signals of a reader."""
        item, settings = items[path], preread_sender.settings
        preread_signal.send(preread_sender)
        metadata = _metadata(item, settings, with_category=content_class is Article)
        context_signal.send(context_sender, metadata=metadata)
        body, summary = str(self.render_body()(item.body)), metadata["summary"]
        made = content_class(
            content=body,
            metadata=metadata,
            settings=settings,
            source_path=str(self.root / item.source),
            context=context,
        )
        self._made[item.url] = made
        self._words[item.url] = (body, summary)
        return made

    def variables(self, url: str) -> dict[str, Content]:
        """Return the object of a page under the name that Pelican's templates give it."""
        made = self._made.get(url)
        return {} if made is None else {type(made).__name__.lower(): made}

    def announce_pages(self) -> None:
        """Send the signal that comes before each page is written."""
        for generator in self.generators:
            if isinstance(generator, ArticlesGenerator):
                for article in generator.articles:
                    signals.article_generator_write_article.send(generator, content=article)
            else:
                for page in generator.pages:
                    signals.page_generator_write_page.send(generator, content=page)

    def announce_end(self, writer: object) -> None:
        """Send the signals that come once every page is written."""
        for generator in self.generators:
            kind = "article" if isinstance(generator, ArticlesGenerator) else "page"
            getattr(signals, f"{kind}_writer_finalized").send(generator, writer=writer)

    def rewritten(self) -> Iterator[str]:
        """Yield the files of the texts whose body or summary a plugin changed."""
        for url, made in self._made.items():
            body, summary = self._words[url]
            now = made.metadata.get("summary"), getattr(made, "_summary", summary)
            if made._content != body or any(words != summary for words in now):  # noqa: SLF001
                yield Path(made.source_path).relative_to(self.root).as_posix()


def _metadata(item: Item, settings: Mapping[str, Any], *, with_category: bool) -> dict[str, Any]:
    """Return what Pelican would have read in the header of a text."""
    url = item.url.removeprefix("/")
    found: dict[str, Any] = {
        "title": item.title.plain,
        "slug": item.slug,
        "url": url,
        "save_as": f"{url}index.html",
        "status": _STATUSES[item.status],
        "summary": f"<p>{escape(item.lead, quote=False)}</p>",
        "lang": item.language.partition("-")[0],
        "template": item.kind.name,
        "reader": "axtra",
    }
    if moment := item.date or item.updated:
        found["date"] = SafeDatetime.fromtimestamp(moment.timestamp(), moment.tzinfo)
    if item.modified:
        found["modified"] = SafeDatetime.fromtimestamp(
            item.modified.timestamp(), item.modified.tzinfo
        )
    if with_category:
        place = item.rubrique.url if isinstance(item, model.Article) else item.kind.listing
        found["category"] = _named(Category, item.label, (place or "").strip("/"), settings)
    found["tags"] = [
        _named(Tag, subject.name.plain, subject.slug, settings) for subject in item.subjects
    ]
    if authors := getattr(item, "authors", ()):
        found["authors"] = [
            _named(Author, author.title.plain, author.slug, settings) for author in authors
        ]
    if isinstance(item, model.Article) and item.dossier:
        found["series"] = item.dossier.title.plain
    if item.image:
        found["image"] = item.image.url
    return found


def _named(cls: type[URLWrapper], name: str, slug: str, settings: Mapping[str, Any]) -> URLWrapper:
    made = cls(name, settings)
    made.slug = slug
    return made


def _write_nothing(_writer: object) -> None:
    """Stand for what writes the pages of a stock generator, which ours write."""


def _one_of(listed: Callable[[], Mapping[str, Any]], name: str) -> Sequence[Any]:
    return listed()[name]  # type: ignore[no-any-return]


class Asked(Sequence[Any]):
    """A list of Pelican's context that is made when a template asks for it.

    What reads it reads every text: its job is done at each build.
    """

    def __init__(self, make: Callable[[], Sequence[Any]]) -> None:
        self._make = make

    def _made(self) -> Sequence[Any]:
        note_unknown()
        return self._make()

    def __len__(self) -> int:
        return len(self._made())

    def __getitem__(self, at: Any) -> Any:  # noqa: ANN401 - an item or a slice
        return self._made()[at]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._made())
