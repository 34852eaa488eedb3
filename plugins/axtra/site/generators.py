"""The pages, the feeds, the mails, the redirects, and the headers that a host must send."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from functools import partial

from jinja2 import Environment
from markupsafe import Markup
from pelican.writers import Writer

from axtra.content import chart_tables, pages, redirects
from axtra.content.model import (
    Article,
    Body,
    DataFigure,
    Event,
    Item,
    Newsletter,
    Node,
    Prose,
    walk,
)
from axtra.newsletter import MailTheme
from axtra.pictures import data_figures
from axtra.site import (
    citations,
    content_review,
    feeds,
    hosting,
    letters,
    open_directory,
    reading_aids,
    republishing,
    site_signs,
    structured_data,
)
from axtra.site.build import Job, Made, SetJob
from axtra.site.site_generator import SiteGenerator

# A table that is wider than the screen scrolls by itself, with the keyboard too (WCAG 2.1.1).
_TABLE = re.compile(r"<table.*?</table>", re.DOTALL)
_SCROLLED = r'<div class="deroule" role="group" aria-label="Tableau" tabindex="0">\g<0></div>'


class PageGenerator(SiteGenerator):
    """Every page of the table of pages."""

    def add_names(self) -> None:
        """Return the templates a filter that renders bodies, and their macros what pages use."""
        body, node = _body_filters(self.env)
        facts, siteurl = self.library.facts, self.siteurl
        self.context.update(
            render_body=body,
            decrire=structured_data.Describer(
                self.library, siteurl, lambda item: self.context["affiche"](item).url
            ),
            citer=partial(citations.cite, facts=facts, siteurl=siteurl),
            etiquettes=partial(citations.tags, facts=facts, siteurl=siteurl),
            openurl=partial(citations.openurl, facts=facts, siteurl=siteurl),
            reprise=lambda article: republishing.html(article, facts, siteurl, body),
        )
        self.env.filters.update(
            corps=body, trace=data_figures.on_page, annote=self._annotated(node)
        )
        self.add_template_globals()

    def add_jobs(self, _writer: Writer) -> None:
        """Add every page, the sitemap and robots.txt."""
        listed: list[tuple[str, datetime | None]] = []
        for page in pages.pages(self.library):
            template = self.get_template(page.template)
            self.add_page(page.url, template, **page.variables)
            item = page.variables.get("item")
            if page.url.endswith("/") and not page.url.endswith(f"/{pages.REPUBLISH}"):
                known = isinstance(item, Item) and (item.modified or item.date)
                listed.append((page.url, item.updated if item and known else None))
        listed.sort()
        self.table.add("/sitemap.xml", lambda: feeds.sitemap(listed, self.siteurl), reads=(listed,))
        self.table.add("/robots.txt", lambda: feeds.robots(self.siteurl), reads=())
        for item in self.library.items:
            if item.shown:
                self._add_tables(item)
        for url, make in site_signs.FILES:
            job = partial(make, self.library, self.siteurl, self.tokens)
            self.table.add(url, job, reads=(site_signs.FORMAT,))
        self._add_directory()
        for article in self.library.articles:
            for suffix, write in citations.FILES:
                url = f"{article.url.rstrip('/')}{suffix}"
                self.table.add(url, self._reference(article, write), reads=(article,))

    def _annotated(self, node: Callable[[Node], Markup]) -> Callable[[Item], Markup]:
        """Return a filter that renders the body of an item with its notes and its terms beside."""

        def annotated(item: Item) -> Markup:
            explained = isinstance(item, Article) and item.language.startswith("fr")
            terms = self.library.glossary if explained else ()
            return reading_aids.annotated(item.body, node, terms)

        return annotated

    def _add_tables(self, item: Item) -> None:
        """Add the table of each chart that the page of an item shows, as a CSV file."""
        for node in walk(item.body):
            if isinstance(node, DataFigure):
                self.table.add(node.csv_url, partial(chart_tables.csv, node), reads=(node,))

    def _add_directory(self) -> None:
        """Add the open data of the directory, when there is one."""
        directory, siteurl = self.library.directory, self.siteurl
        if not directory.centres:
            return
        self.table.add_set(
            open_directory.LISTS,
            lambda: Made(open_directory.lists(directory, siteurl)),
            reads=(directory,),
        )
        job = partial(open_directory.near, directory, self.library.territory)
        self.table.add(open_directory.NEAR, job, reads=(directory, self.library.territory))
        cards = {open_directory.vcard_address(centre): centre for centre in directory.centres}
        self.table.add_set(
            tuple(cards),
            lambda: Made(
                {url: partial(open_directory.vcard, known, siteurl) for url, known in cards.items()}
            ),
            reads=(directory,),
        )

    def _reference(self, article: Article, write: citations.Writer) -> Job:
        return lambda: write(article, self.library.facts, self.siteurl)


class FeedGenerator(SiteGenerator):
    """Every feed, and the calendar file of each event."""

    def add_jobs(self, _writer: Writer) -> None:
        """Add them to the table."""
        for feed in pages.feeds(self.library):
            self.table.add(feed.url, self._feed(feed, feeds.atom), reads=(feed,))
            if feed.page == "/":
                job = self._feed(feed, feeds.json_feed)
                self.table.add(pages.JSON_FEED, job, reads=(feed,))
        for event in self.library.events:
            url = f"{event.url.rstrip('/')}.ics"
            self.table.add(url, self._calendar(event), reads=(event,))
        events = self.library.events
        self.table.add(pages.AGENDA, self._calendar(*events), reads=events)

    def _feed(self, feed: pages.Feed, write: feeds.Writer) -> Job:
        body = self.context["render_body"]
        return lambda: write(feed, self.library.facts, self.siteurl, body)

    def _calendar(self, *events: Event) -> Job:
        name = f"{self.library.facts.name}, événements"
        return lambda: feeds.calendar(events, self.siteurl, name if len(events) > 1 else "")


class MailGenerator(SiteGenerator):
    """Each edition as the mail that readers get: HTML, text and its images, in public form."""

    def add_jobs(self, _writer: Writer) -> None:
        """Add a job for each mail to the table: it is rendered, then checked.

        The names of its pictures are known once the job is done.
        """
        theme = letters.open_mail_theme(self.site, self.tokens)
        for newsletter in self.library.newsletters:
            paths = [f"{newsletter.url}courriel.html", f"{newsletter.url}courriel.txt"]
            self.table.add_set(paths, self._mail(newsletter, theme), reads=(newsletter,))

    def _mail(self, newsletter: Newsletter, theme: MailTheme) -> SetJob:
        def make() -> Made:
            mails = letters.render_public([newsletter], self.library, theme)
            mail = mails[newsletter]
            found = letters.check(mails, self.site.folders, self.siteurl)
            files = {
                **letters.images_for_lists(newsletter, self.library, theme),
                **mail.images,
                f"{newsletter.url}courriel.html": mail.html.encode,
                f"{newsletter.url}courriel.txt": mail.text.encode,
            }
            return Made(files, tuple(found))

        return make


class RedirectGenerator(SiteGenerator):
    """What answers at each address that has moved."""

    def add_jobs(self, _writer: Writer) -> None:
        """Add a page that leads on, or the same file at both addresses."""
        moved, where = self.library.redirects, self.site.folders.content
        hiding = list(redirects.hiding(moved, content_review.addresses_of(self.table), where))
        self.table.refuse(hiding)
        self.table.add_check(
            lambda files: redirects.astray(moved, content_review.addresses_of(files), where)
        )
        if hiding:
            return
        self.add_template_globals()
        template = self.get_template("redirection")
        for redirect in moved:
            if redirect.copied:
                self.table.copy(redirect.place, redirect.target)
            else:
                self.add_page(redirect.place, template, redirect=redirect)


class HostGenerator(SiteGenerator):
    """What a host must send with each file; it comes last, when the table names them all."""

    def add_jobs(self, _writer: Writer) -> None:
        """Add the rules to the table, and a check that nothing that readers hold is lost."""
        where = self.site.folders
        self.table.add_check(lambda files: content_review.lost_addresses(where, files))
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


def _body_filters(env: Environment) -> tuple[Callable[[Body], Markup], Callable[[Node], Markup]]:
    """Return what renders a body as the site shows it, and what renders a node of it."""

    def corps(body: Body) -> Markup:
        """Render a body as the site shows it; each block has its template."""
        return Markup("\n").join(map(rendered, body))

    def rendered(node: Node) -> Markup:
        if isinstance(node, Prose):
            return Markup(_TABLE.sub(_SCROLLED, str(node.html)))  # noqa: S704 - sanitised when read
        template = env.get_template(f"blocs/{node.name}.html")
        return Markup(template.render(bloc=node))  # noqa: S704 - escaped by the template

    return corps, rendered
