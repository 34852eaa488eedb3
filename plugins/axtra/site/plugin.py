"""The Pelican plugin: its signals, its generators and its writer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, Template, TemplateRuntimeError, pass_context
from markupsafe import Markup
from pelican import Pelican, signals
from pelican.generators import Generator
from pelican.writers import Writer

from axtra import (
    books,
    citing,
    diagnostics,
    drawings,
    fonts,
    looks,
    pages,
    photographs,
    posters,
    redirects,
    search,
    sheets,
    structured,
)
from axtra.compiled import Compiled
from axtra.dates import ZONE
from axtra.images import hashed_name
from axtra.model import Article, Body, Event, Item, Library, Newsletter, Numero, Prose
from axtra.newsletter import Look
from axtra.site import feeds, gate, hosting, letters, output
from axtra.site.output import Table
from axtra.store import Store
from axtra.tokens import Tokens

if TYPE_CHECKING:
    from axtra.books.binding import Bindery

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


# Macros and blocks do not see the context of the page that uses them.
_GLOBALS = (
    "library", "facts", "asset", "art", "affiche", "preloads", "SITEURL", "SITENAME",
    "decrire", "citer", "etiquettes", "livres",
)  # fmt: skip
# A table that is wider than the screen scrolls by itself, with the keyboard too (WCAG 2.1.1).
_TABLE = re.compile(r"<table.*?</table>", re.DOTALL)
_SCROLLED = r'<div class="deroule" role="group" aria-label="Tableau" tabindex="0">\g<0></div>'


def prepare(pelican: Pelican) -> None:
    """Read the content, unless `build` has, and give templates what they use."""
    settings = pelican.settings
    settings.update(_STOCK_OFF)
    settings.setdefault("AXTRA_TABLE", Table())
    settings.setdefault("AXTRA_FOUND", [])
    if "AXTRA_LIBRARY" not in settings:
        moment = datetime.now(ZONE)
        settings["AXTRA_LIBRARY"], found = gate.read(settings, moment=moment)
        if diagnostics.errors(found):
            raise SystemExit(diagnostics.as_text(found))
    kept = Compiled(Path(settings["CACHE_PATH"]) / "gabarits/site")
    settings["JINJA_ENVIRONMENT"] = {
        **settings["JINJA_ENVIRONMENT"],
        **looks.STRICT,
        "bytecode_cache": kept,
    }
    settings["JINJA_FILTERS"] = {**looks.FILTERS, **settings["JINJA_FILTERS"]}


def add_generators(_: Pelican) -> list[type[Generator]]:
    """Give Pelican the generators of the site, in the order of their work."""
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
    """Give Pelican the writer that gathers jobs."""
    return JobWriter


def finish(pelican: Pelican) -> None:
    """Publish the table when Pelican runs by itself; `build` publishes it on its own."""
    if pelican.settings.get("AXTRA_DEFERRED"):
        return
    found = pelican.settings["AXTRA_FOUND"]
    if diagnostics.errors(found):
        raise SystemExit(diagnostics.as_text(found))
    try:
        change = output.publish(pelican.settings["AXTRA_TABLE"], Path(pelican.output_path))
    except output.OutputError as error:
        raise SystemExit(str(error.diagnostic)) from error
    if diagnostics.errors(change.found):
        raise SystemExit(diagnostics.as_text(change.found))


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
        self.settings["AXTRA_TABLE"].add(
            name,
            output.text_job(lambda: template.render(context, **local)),
            reads=(template.name, local),
        )


class _AxeGenerator(Generator):  # type: ignore[misc]
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


class AssetGenerator(_AxeGenerator):
    """Styles, fonts, the files of the content folder, the drawings; and their addresses."""

    def generate_context(self) -> None:
        """Name every asset, so that templates can print addresses that hold a hash."""
        theme = Path(self.theme)
        tokens = Tokens.load(theme / "tokens.toml")
        faces = fonts.faces(Path(self.settings["CACHE_PATH"]) / "polices")
        letters = {face.name: _hashed(face) for face in faces}
        names = dict(letters)
        self._files = {letters[face.name]: face.data for face in faces}
        self._files["/theme/polices/LICENCE.txt"] = fonts.licence().encode()
        head = fonts.css(faces, lambda face: letters[face.name]) + tokens.css()
        static = {f"css/{name}": data for name, data in sheets.sheets(theme, head).items()}
        static |= {
            f"recherche/{path.name}": path.read_bytes()
            for path in (theme / "static/recherche").iterdir()
        }
        for name, data in static.items():
            place = Path(name)
            names[name] = f"/theme/{place.parent}/{hashed_name(place.stem, data, place.suffix)}"
            self._files[names[name]] = data
        self.context.update(
            library=self.library,
            facts=self.library.facts,
            tokens=tokens,
            asset=partial(_asset, names),
            art=drawings.address,
            affiche=self._affiche,
            preloads=tuple(letters[face.name] for face in faces if face.cut.preload),
        )

    def generate_output(self, _writer: Writer) -> None:
        """Add every asset to the table."""
        for url, data in self._files.items():
            self.table.add(url, _constant(data), reads=(data,))
        darkroom = self._darkroom()
        for name in sorted(self.library.assets):
            self.table.add(name, partial(darkroom.original, name), reads=(Path(self.path, name),))
        for copy in self._copies:
            self.table.add(copy.url, partial(darkroom.develop, copy), reads=(copy,))
        self.table.add("/favicon.svg", lambda: drawings.favicon(self.tokens).encode(), reads=())
        for sheet in drawings.sheets(self.library.items):
            self.table.add(sheet.url, self._drawing(sheet), reads=(sheet,))
        for poster in posters.posters(self.library):
            job = partial(self._studio.paint, poster)
            self.table.add(self._studio.address(poster), job, reads=(poster,))

    @cached_property
    def _copies(self) -> tuple[photographs.Copy, ...]:
        shown = self.library.photographs.values()
        made = {one.url: one for image in shown for one in photographs.copies(image)}
        return tuple(made[url] for url in sorted(made))

    @cached_property
    def _studio(self) -> posters.Studio:
        store = Store(Path(self.settings["CACHE_PATH"]) / "affiches")
        return posters.Studio(self.tokens, Path(self.path), store)

    def _affiche(self, item: Item | None = None) -> posters.Shown:
        """Give what social networks show of a page: its poster, or its photograph."""
        return self._studio.shown(item, self.library.facts)

    def _darkroom(self) -> photographs.Darkroom:
        return photographs.Darkroom(
            Path(self.path),
            Path(self.settings["CACHE_PATH"]) / "photographies",
            self.tokens.colours["clair"]["papier"],
            self._copies,
        )

    def _drawing(self, sheet: drawings.Sheet) -> output.Job:
        return lambda: sheet.svg(self.tokens).encode()


class SearchGenerator(_AxeGenerator):
    """The index of the search page, where this machine can make one."""

    def generate_context(self) -> None:
        """Let the search page ask where the index is."""
        self.context["index"] = lambda: search.FOLDER if search.FILES[0] in self.table else ""

    def generate_output(self, _writer: Writer) -> None:
        """Add the job of the whole index to the table; Pagefind makes none of nothing."""
        tool = search.binary()
        if tool and any(item.shown for item in self.library.items):
            store = Store(Path(self.settings["CACHE_PATH"]) / "recherche")
            self.table.add_set(
                search.FILES, partial(self._index, tool, store), reads=(search.VERSION,)
            )

    def _index(self, tool: Path, store: Store) -> output.Made:
        files = search.index(search.documents(self.library), tool, store)
        return output.Made({url: _constant(data) for url, data in files.items()})


class PageGenerator(_AxeGenerator):
    """Every page of the table of pages."""

    def generate_context(self) -> None:
        """Teach the templates to render bodies, and their macros what pages know."""
        body = _body_filter(self.env)
        facts, siteurl = self.library.facts, self.siteurl
        self.context.update(
            render_body=body,
            decrire=structured.Describer(
                self.library, siteurl, lambda item: self.context["affiche"](item).url
            ),
            citer=partial(citing.cite, facts=facts, siteurl=siteurl),
            etiquettes=partial(citing.tags, facts=facts, siteurl=siteurl),
        )
        self.env.filters["corps"] = body
        self.teach()

    def generate_output(self, writer: Writer) -> None:
        """Add every page, the sitemap and robots.txt."""
        listed: list[tuple[str, datetime | None]] = []
        for page in pages.pages(self.library):
            template = self.get_template(page.template)
            writer.write_file(page.url, template, self.context, url=page.url, **page.variables)
            item = page.variables.get("item")
            if page.url.endswith("/"):
                listed.append((page.url, item.updated if isinstance(item, Item) else None))
        listed.sort()
        self.table.add("/sitemap.xml", lambda: feeds.sitemap(listed, self.siteurl), reads=(listed,))
        self.table.add("/robots.txt", lambda: feeds.robots(self.siteurl), reads=())
        for article in self.library.articles:
            for suffix, write in citing.FILES:
                url = f"{article.url.rstrip('/')}{suffix}"
                self.table.add(url, self._reference(article, write), reads=(article,))

    def _reference(self, article: Article, write: citing.Writer) -> output.Job:
        return lambda: write(article, self.library.facts, self.siteurl)


class BookGenerator(_AxeGenerator):
    """Each numéro as a PDF, where this machine can set one, and as an EPUB."""

    def generate_context(self) -> None:
        """Let pages say which books there are."""
        self.context["livres"] = self._books

    def _books(self, numero: Numero) -> tuple[tuple[str, str, int | None], ...]:
        """List the books of a numéro that this build makes, as (format, address, bytes).

        The preview, where a page may not wait for its books, does not weigh them.
        """
        preview = self.settings.get("AXTRA_PREVIEW")
        stem = f"{numero.url}axe-magazine-{numero.slug}"
        return tuple(
            (name, stem + suffix, None if preview else len(bind(numero)))
            for name, suffix, bind in (("PDF", ".pdf", self._pdf), ("EPUB", ".epub", self._epub))
            if stem + suffix in self.table
        )

    def generate_output(self, _writer: Writer) -> None:
        """Add them to the table."""
        # Listed before any job works: a book would read every item to find its own drawings.
        self._sheets = {sheet.url: sheet for sheet in drawings.sheets(self.library.items)}
        pressed = books.has_press()
        for numero in self.library.numeros:
            stem = f"{numero.url}axe-magazine-{numero.slug}"
            if pressed:
                self.table.add(f"{stem}.pdf", partial(self._pdf, numero), reads=(numero,))
            self.table.add(f"{stem}.epub", partial(self._epub, numero), reads=(numero,))

    def _pdf(self, numero: Numero) -> bytes:
        return self.bindery.pdf(numero)

    def _epub(self, numero: Numero) -> bytes:
        return self.bindery.epub(numero)

    @cached_property
    def bindery(self) -> Bindery:
        """Open what binds books, which takes a while to load."""
        from axtra.books.binding import Bindery  # noqa: PLC0415
        from axtra.books.look import Look  # noqa: PLC0415

        cache = Path(self.settings["CACHE_PATH"])
        look = Look.load(
            Path(self.theme), self.tokens, self.siteurl, Path(self.path), cache=cache / "polices"
        )
        return Bindery(self.library, look, Store(cache / "livres"), self._sheets)


class FeedGenerator(_AxeGenerator):
    """Every feed, and the calendar file of each event."""

    def generate_output(self, _writer: Writer) -> None:
        """Add them to the table."""
        for feed in pages.feeds(self.library):
            self.table.add(feed.url, self._feed(feed, feeds.atom), reads=(feed,))
            if feed.page == "/":
                job = self._feed(feed, feeds.json_feed)
                self.table.add(pages.JSON_FEED, job, reads=(feed,))
        for event in self.library.events:
            url = f"{event.url.rstrip('/')}.ics"
            self.table.add(url, self._calendar(event), reads=(event,))

    def _feed(self, feed: pages.Feed, write: feeds.Writer) -> output.Job:
        body = self.context["render_body"]
        return lambda: write(feed, self.library.facts, self.siteurl, body)

    def _calendar(self, event: Event) -> output.Job:
        return lambda: feeds.calendar(event, self.siteurl)


class MailGenerator(_AxeGenerator):
    """Each edition as the mail that readers get: HTML, text and its images, in public form."""

    def generate_output(self, _writer: Writer) -> None:
        """Add one job a mail to the table: rendered, then held to the rules.

        Its pictures are named when it is done.
        """
        look = letters.look(self.settings, self.tokens)
        where = gate.folders(self.settings)
        for newsletter in self.library.newsletters:
            paths = [f"{newsletter.url}courriel.html", f"{newsletter.url}courriel.txt"]
            sources = letters.sources(newsletter, where)
            self.table.add_set(paths, self._mail(newsletter, look), reads=(newsletter, sources))

    def _mail(self, newsletter: Newsletter, look: Look) -> output.SetJob:
        def make() -> output.Made:
            mails = letters.compose([newsletter], self.library, look)
            mail = mails[newsletter]
            found = letters.inspect(mails, gate.folders(self.settings), self.siteurl)
            files = {
                **mail.images,
                f"{newsletter.url}courriel.html": mail.html.encode,
                f"{newsletter.url}courriel.txt": mail.text.encode,
            }
            return output.Made(files, tuple(found))

        return make


class RedirectGenerator(_AxeGenerator):
    """What answers at each address that has moved."""

    def generate_output(self, writer: Writer) -> None:
        """Add a page that leads on, or the same file at both addresses."""
        moved, where = self.library.redirects, gate.folders(self.settings).content
        hiding = list(redirects.hiding(moved, gate.addresses(self.table), where))
        self.settings["AXTRA_FOUND"].extend(hiding)
        self.table.judge(lambda files: redirects.astray(moved, gate.addresses(files), where))
        if hiding:
            return
        self.teach()
        template = self.get_template("redirection")
        for one in moved:
            if one.copied:
                self.table.copy(one.place, one.target)
            else:
                writer.write_file(one.place, template, self.context, url=one.place, redirect=one)


class HostGenerator(_AxeGenerator):
    """What a host must send with each file; it comes last, when the table names them all."""

    def generate_output(self, _writer: Writer) -> None:
        """Add the rules to the table, and have it judged: nothing that readers hold may be lost."""
        where = gate.folders(self.settings)
        self.table.judge(lambda files: gate.lost(where, files))
        moved = self.library.redirects
        service, paths = self.library.facts.service, tuple(self.table)
        self.table.add(
            hosting.HEADERS_FILE, lambda: hosting.headers_file(paths, service), reads=(paths,)
        )
        self.table.add(
            hosting.NGINX_FILE, lambda: hosting.nginx_file(service, moved), reads=(moved,)
        )
        self.table.add(
            hosting.REDIRECTS_FILE, lambda: hosting.redirects_file(moved), reads=(moved,)
        )


def _asset(names: Mapping[str, str], name: str) -> str:
    """Give the address of a file of the theme.

    Raises:
        TemplateRuntimeError: the theme has none of that name.
    """
    if name not in names:
        raise TemplateRuntimeError(f"« {name} » n’est pas dans theme/static")
    return names[name]


def _constant(data: bytes) -> output.Job:
    return lambda: data


def _hashed(face: fonts.Face) -> str:
    stem, _, extension = face.name.rpartition(".")
    return f"/theme/polices/{hashed_name(stem, face.data, f'.{extension}')}"


def _body_filter(env: Environment) -> Any:  # noqa: ANN401 - a Jinja filter
    def corps(body: Body) -> Markup:
        """Render a body in the site's look; each block has its template."""
        return Markup("\n").join(
            Markup(_TABLE.sub(_SCROLLED, str(node.html)))  # noqa: S704 - sanitised when read
            if isinstance(node, Prose)
            else Markup(env.get_template(f"blocs/{node.name}.html").render(bloc=node))  # noqa: S704
            for node in body
        )

    return corps
