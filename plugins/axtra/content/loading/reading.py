"""All of the content, read from its files into one `Library`, with every problem found on the way.

Reading has three steps, since content refers to content: files to documents, documents to items
(whose relations point one way), then the bodies, whose links and cards may lead anywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from axtra.content import documents, pages, redirects, site_facts
from axtra.content.bodies import Bodies
from axtra.content.documents import Request
from axtra.content.letter_choices import in_order
from axtra.content.links import Addresses
from axtra.content.loading import folder_walk
from axtra.content.loading.item_reading import Maker, PendingItem, stand_in
from axtra.content.loading.media import Assets
from axtra.content.loading.places import Folders
from axtra.content.model import Article, Event, Item, Library, Newsletter, Numero, sort_key
from axtra.content.schema import KINDS, Kind
from axtra.content.text_cache import TextCache
from axtra.core.diagnostics import Diagnostic, Notes, did_you_mean, errors, ordered
from axtra.core.pasted_commands import command, quoted


@dataclass(frozen=True, slots=True)
class _Read:
    """A text that was read: `said` is what is wrong with it beside its own file's reading."""

    entry: PendingItem
    item: Item
    said: tuple[Diagnostic, ...]


def load(
    folders: Folders, *, moment: datetime, preview: bool = False, cache: TextCache | None = None
) -> tuple[Library, list[Diagnostic]]:
    """Read everything, and list every problem; the arguments are those of a `Reading`."""
    reading = Reading(folders, moment=moment, preview=preview, cache=cache)
    return reading.library, reading.found


class Reading:
    """A reading of the content: its library and every problem found.

    Args:
        folders: where the content is.
        moment: the moment, with a time zone, on which the site is built.
        preview: show drafts and scheduled items too.
        cache: the texts that were converted before.
    """

    library: Library

    def __init__(
        self,
        folders: Folders,
        *,
        moment: datetime,
        preview: bool = False,
        cache: TextCache | None = None,
    ) -> None:
        self.folders = folders
        self.moment = moment
        self.preview = preview
        self.notes: list[Notes] = []
        self.assets = Assets(folders)
        self._texts: dict[str, _Read] = {}
        self._run(cache or TextCache())

    @property
    def found(self) -> list[Diagnostic]:
        """List every problem, by place."""
        return ordered(
            [
                *self._said,
                *(note for notes in (*self.notes, *self.assets.notes) for note in notes.found),
            ]
        )

    def _run(self, cache: TextCache) -> None:
        """Read the facts, the files, then tie everything together."""
        content, name = self.folders.root / self.folders.content, self.folders.content
        given, rubriques, types, found = site_facts.read(content, name)
        moved, lost = redirects.read(content, name)
        self._said = [*found, *lost]
        entries = list(self._entries(cache))
        maker = Maker(
            self.moment,
            preview=self.preview,
            rubriques=rubriques,
            types=types,
            assets=self.assets,
        )
        items = [(entry, maker.make(entry)) for entry in self._by_dependency(entries)]
        built = [(entry, item) for entry, item in items if item is not None]
        self.library = library = Library(
            moment=self.moment,
            facts=given,
            rubriques=rubriques,
            newsletter_types=types,
            items=tuple(sorted((item for _, item in built), key=_display_order)),
            assets=self.assets.names,
            photographs=self.assets.photographs,  # bodies add theirs
            redirects=moved,
        )
        self._inspect_collisions(library, built)
        self._attach_bodies(library, built, [entry for entry, item in items if item is None])

    def retake(self, path: Path) -> bool:
        """Take in, in a preview, the change of a text when nothing but its body has changed.

        What others read of it (its header, its anchors, which photographs are shown) must be what
        it was; a letter may choose by what other letters hold.

        Returns:
            False when all must be read again.
        """
        name = self.folders.name(path)
        known = self._texts.get(name)
        if known is None or isinstance(known.item, Newsletter) or not path.is_file():
            return False
        entry, item = known.entry, known.item
        place = self.folders.place(name)
        assert place is not None  # noqa: S101 - it had one
        new = documents.read([Request(name, self.folders.read(path), place[0].name, place[1])])[0]
        if new.source is None or (new.slug, new.source.fields, new.document.ids) != (
            entry.slug,
            entry.source.fields,
            entry.document.ids,
        ):
            return False
        shown, before = set(self.assets.photographs), entry.notes.found
        entry.notes.found = [*new.found, *known.said]
        body = self.bodies.resolve(new.document.parts, item, new.source, entry.notes)
        if set(self.assets.photographs) != shown:
            entry.notes.found = before
            return False
        if not errors(entry.notes.found):
            item.resolved.content = body
            item.resolved.headings = new.document.headings
            item.resolved.words = new.document.words
        return True

    def _entries(self, cache: TextCache) -> Iterator[PendingItem]:
        places: list[tuple[Kind, str]] = []
        requests: list[Request] = []
        paths, refused = folder_walk.look(self.folders)
        self.notes.extend(refused)
        for path in paths:
            name = self.folders.name(path)
            if path.suffix != ".md":
                self.assets.take(path, name)
                continue
            place = self.folders.place(name)
            if place is None:
                notes = Notes(name)
                self.notes.append(notes)
                notes.error(
                    "fichier-hors-place",
                    None,
                    "ce fichier n’est dans aucun des dossiers du site : il ne paraîtrait pas",
                    "Déplacez-le, par exemple dans content/nouvelles/2019/.",
                )
                continue
            kind, slug, numero = place
            places.append((kind, numero))
            requests.append(Request(name, self.folders.read(path), kind.name, slug))
        for (kind, numero), request, entry in zip(
            places, requests, cache.read(requests, documents.read), strict=True
        ):
            notes = Notes(request.name, list(entry.found))
            self.notes.append(notes)
            if entry.source is not None:
                yield PendingItem(
                    kind,
                    entry.slug,
                    numero,
                    entry.source,
                    entry.document,
                    notes,
                    len(entry.found),
                    entry.lines,
                )

    @staticmethod
    def _by_dependency(entries: Iterable[PendingItem]) -> list[PendingItem]:
        """Order so that an item comes after those it refers to."""
        rank = {"auteur": 0, "numero": 1}
        return sorted(entries, key=lambda entry: rank.get(entry.kind.name, 2))

    def _inspect_collisions(self, library: Library, built: list[tuple[PendingItem, Item]]) -> None:
        taken: dict[str, str] = {}
        fixed = [page for page in pages.pages(replace(library, items=())) if page.url != "/"]
        for page in fixed:
            taken[page.url] = "une page que le site fait lui-même"
        slugs: dict[Numero, set[str]] = {}
        for _, item in built:
            if isinstance(item, Article):
                slugs.setdefault(item.numero, set()).add(item.slug)
        for entry, item in built:
            if item.url in taken:
                entry.notes.error(
                    "adresse-en-double",
                    None,
                    f"l’adresse {item.url} est déjà prise par {taken[item.url]}",
                    "Renommez un des deux fichiers.",
                )
            taken.setdefault(item.url, item.source)
            if isinstance(item, Numero):
                self._inspect_numero(item, entry, slugs.get(item, set()))

    @staticmethod
    def _inspect_numero(numero: Numero, entry: PendingItem, own: set[str]) -> None:
        for slug in numero.featured:
            if slug not in own:
                entry.notes.error(
                    "article-inconnu",
                    entry.line("featured"),
                    f"« {slug} » n’est pas un article de ce numéro",
                    did_you_mean(slug, own),
                )
        if not own:
            new = command(f"nouveau article --numero {quoted(numero.slug)}", "Titre")
            problem = "ce numéro n’a pas encore d’article"
            entry.notes.warning("numero-vide", None, problem, f"Créez-en un :  {new}")

    def _attach_bodies(
        self, library: Library, built: list[tuple[PendingItem, Item]], failed: list[PendingItem]
    ) -> None:
        items = {item.source: item for _, item in built}
        known: dict[str, Item | None] = {page.url: None for page in pages.pages(library)}
        known |= {feed.url: None for feed in pages.feeds(library)} | {pages.JSON_FEED: None}
        known |= dict.fromkeys(("/sitemap.xml", "/robots.txt", "/favicon.svg"))
        known |= {item.url: item for _, item in built}
        addresses = Addresses(
            content=self.folders.content,
            items=items,
            anchors={e.source.path: e.document.ids for e in (*(e for e, _ in built), *failed)},
            pages=known,
            assets=frozenset(self.assets.names),
            siteurl=(self.folders.siteurl or library.facts.website).rstrip("/"),
            others=(library.facts.service,) if library.facts.service else (),
            moved={redirect.old: redirect.new for redirect in library.redirects},
        )
        self._inspect_menus(library, known, addresses)
        self.bodies = bodies = Bodies(library, addresses, self.assets.image)
        letters = in_order(item for _, item in built if isinstance(item, Newsletter))
        order: dict[Item, int] = {letter: rank for rank, letter in enumerate(letters)}
        for entry, item in sorted(built, key=lambda pair: order.get(pair[1], -1)):
            if self.preview:  # a build has no use for what it has read, which is half of it all
                said = tuple(entry.notes.found[entry.alone :])
                self._texts[item.source] = _Read(entry, item, said)
            resolved = item.resolved
            resolved.content = bodies.resolve(entry.document.parts, item, entry.source, entry.notes)
            resolved.headings = entry.document.headings
            resolved.words = entry.document.words
            if isinstance(item, Event) and item.registration_link:
                line = entry.line("registration_link")
                link = item.registration_link
                resolved.registration = addresses.resolve(link, item, line, entry.notes)

        for entry in failed:  # judged all the same: one run says everything
            bodies.resolve(entry.document.parts, stand_in(entry), entry.source, entry.notes)

    def _inspect_menus(
        self, library: Library, known: Mapping[str, Item | None], addresses: Addresses
    ) -> None:
        notes = Notes(f"{self.folders.content}/site.toml")
        self.notes.append(notes)
        for label, address in (*library.facts.menu, *library.facts.footer):
            path = address if address.startswith("/") else addresses.own(address)
            if path is not None and path.partition("#")[0] not in known:
                notes.error(
                    "lien-brise",
                    None,
                    f"l’entrée « {label} » mène à {address}, qui n’existe pas",
                    did_you_mean(address, known),
                )


def _display_order(item: Item) -> tuple[Any, ...]:
    """Order items as they are shown: by kind, then newest first, or by name."""
    rank = list(KINDS).index(item.kind.name)
    if isinstance(item, Article):
        numero = item.numero
        when = -(numero.date.timestamp() if numero.date else 0)
        return (rank, when, numero.slug, item.order or 9999, item.slug)
    if item.when is None or not item.kind.feed:
        return (rank, 0.0, "", 0, sort_key(item.title.plain))
    return (rank, -item.when.timestamp(), "", 0, item.slug)
