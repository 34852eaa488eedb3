"""All of the content, read from its files into one `Library`, with every problem found on the way.

Reading has three steps, since content refers to content: files to documents, documents to items
(whose relations point one way), then the bodies, whose links and cards may lead anywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from axtra.content import documents, glossary, motifs, pages, redirects, site_facts, territory
from axtra.content.bodies import Bodies
from axtra.content.documents import Request
from axtra.content.letter_choices import in_order
from axtra.content.links import Addresses
from axtra.content.loading import folder_walk, menus
from axtra.content.loading.declared_status import declared_status
from axtra.content.loading.display_order import display_order
from axtra.content.loading.item_reading import Maker, PendingItem
from axtra.content.loading.media import FACTS, Assets
from axtra.content.loading.places import Folders
from axtra.content.loading.private_files import UNFINISHED, private_files
from axtra.content.loading.text_statuses import BY_WAIT, TextFile, own_status, statuses_of
from axtra.content.model import (
    Item,
    Library,
    Newsletter,
    Numero,
    Status,
)
from axtra.content.schema import Kind
from axtra.content.sent_letters import FILE as SENT
from axtra.content.text_cache import TextCache
from axtra.core.pasted_commands import command, quoted
from infolettre.core.diagnostics import Diagnostic, Notes, did_you_mean, errors, ordered

# The keys that hold a link: the fields of a header, and those of what is resolved.
_LINKS = {
    "registration_link": "registration", "audio_link": "audio", "transcript_link": "transcript",
    "website_link": "website",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReadText:
    """A text that was read: `alone` is what its file alone says of it, `said` what others do."""

    entry: PendingItem
    item: Item
    alone: tuple[Diagnostic, ...]
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
        only: in a preview, the files of those to show; None shows them all.
        cache: the texts that were converted before.
    """

    library: Library

    def __init__(
        self,
        folders: Folders,
        *,
        moment: datetime,
        preview: bool = False,
        only: frozenset[str] | None = None,
        cache: TextCache | None = None,
    ) -> None:
        self.folders = folders
        self.moment = moment
        self.preview = preview
        self._only = only
        self.notes: list[Notes] = []
        self.assets = Assets(folders)
        self.texts: dict[str, ReadText] = {}  # by file, in a preview
        self._files: list[TextFile] = []
        self._statuses: dict[str, Status] = {}
        self._run(cache or TextCache())

    @property
    def found(self) -> list[Diagnostic]:
        """List every problem, by place; those of an unfinished text say that it is one."""
        unfinished = self.unfinished()
        said = [note for notes in (*self.notes, *self.assets.notes) for note in notes.found]
        marked = (replace(note, unfinished=unfinished.get(note.file, "")) for note in said)
        return ordered([*self._said, *marked])

    @property
    def public(self) -> frozenset[str]:
        """Name the files that readers see something of, and those that hold facts of the site.

        A text that does not read is not among them: nobody knows what it was to be.
        """
        items = self.library.items
        shown = {item.source for item in items if item.status is Status.PUBLISHED}
        used = (name for name, users in self.assets.users.items() if users & shown)
        content = self.folders.content
        files = {f"{content}/{self.assets.names[name]}" for name in used}
        return frozenset(shown | files | {f"{content}/{name}" for name in FACTS} | {SENT})

    def unfinished(self) -> dict[str, str]:
        """Map the file of each text that is not published as read to what it is, in French."""
        waiting = dict.fromkeys(self.folders.instead, "en attente")
        return waiting | {
            name: status.unfinished for name, status in self._statuses.items() if status.unfinished
        }

    def _shows(self, name: str) -> bool:
        """Return whether the text of a file is shown although it is not published."""
        return self.preview and (self._only is None or name in self._only)

    def _run(self, cache: TextCache) -> None:
        """Read the facts, the files, then tie everything together."""
        content, name = self.folders.root / self.folders.content, self.folders.content
        given, rubriques, types, found = site_facts.read(content, name)
        moved, lost = redirects.read(content, name)
        terms, unread = glossary.read(content, name)
        ground, unmapped = territory.read(content, name)
        self._said = [*found, *lost, *unread, *unmapped]
        entries = list(self._entries(cache))
        self._statuses.update(statuses_of(self._files))
        self.assets.hidden = frozenset(name for name in self.unfinished() if not self._shows(name))
        maker = Maker(
            self.moment,
            shows=self._shows,
            rubriques=rubriques,
            types=types,
            assets=self.assets,
            statuses=self._statuses,
            treatment=given.treatment,
            ground=ground,
            retyped=self.preview,
        )
        items = [(entry, maker.make(entry)) for entry in self._by_dependency(entries)]
        empty = Library(
            moment=self.moment,
            facts=given,
            rubriques=rubriques,
            newsletter_types=types,
            items=(),
            assets=self.assets.names,
            photographs=self.assets.photographs,  # bodies add theirs
            redirects=moved,
            glossary=terms,
            territory=ground,
        )
        built = [(entry, item) for entry, item in items if item is not None]
        built = list(self._without_twins(empty, built))
        self.library = library = replace(
            empty,
            items=tuple(sorted((item for _, item in built), key=partial(display_order, rubriques))),
        )
        self._inspect_numeros(built)
        kept = {item.source for _, item in built}
        failed = [entry for entry, _ in items if entry.source.path not in kept]
        self._attach_bodies(library, built, failed)
        self._leave_out_files()

    def _leave_out_files(self) -> None:
        """Keep out of the site documents, and files with a mistake, that unfinished texts name."""
        items = self.library.items
        public = {item.source for item in items if item.status is Status.PUBLISHED}
        named, shows = self.assets.users, self._shows
        out = private_files(self.folders, named, self._statuses, public, shows)
        for name in self.assets.faulty():
            users = {self._statuses.get(user) for user in self.assets.users.get(name, ())}
            if users and users <= UNFINISHED:
                out.add(name)
                status = Status.DRAFT if Status.DRAFT in users else Status.SCHEDULED
                for refused in self.assets.refused.get(name, ()):
                    self._statuses[refused.file] = status
        if out:
            kept = {name: file for name, file in self.assets.names.items() if name not in out}
            self.library = replace(self.library, assets=kept)

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
                self._statuses[name] = declared_status(self.folders.read(path), self.moment)
                continue
            kind, slug, numero = place
            places.append((kind, numero))
            requests.append(Request(name, self.folders.read(path), kind.name, slug))
        for (kind, numero), request, entry in zip(
            places, requests, cache.read(requests, documents.read), strict=True
        ):
            notes = Notes(request.name, list(entry.found))
            self.notes.append(notes)
            status = _own_status(entry, request.data, self.moment)
            self._files.append(TextFile(kind, entry.slug, numero, request.name, status))
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

    def _by_dependency(self, entries: Iterable[PendingItem]) -> list[PendingItem]:
        """Order so that an item comes after those it refers to, and an unfinished one last.

        What is published names subjects and takes addresses before what is not, and what is to
        come before drafts.
        """

        def rank(entry: PendingItem) -> tuple[bool, int, bool]:
            wait = BY_WAIT.index(self._statuses[entry.source.path])
            name = entry.kind.name
            return (name not in {"auteur", "dossier"}, wait, name != "numero")

        return sorted(entries, key=rank)

    def _without_twins(
        self, empty: Library, built: list[tuple[PendingItem, Item]]
    ) -> Iterator[tuple[PendingItem, Item]]:
        """Note whose address is taken; an unfinished text does without it until it is renamed."""
        taken = {
            page.url: "une page que le site fait lui-même"
            for page in pages.pages(empty)
            if page.url != "/"
        }

        def rank(pair: tuple[PendingItem, Item]) -> tuple[int, float]:
            item = pair[1]
            return (BY_WAIT.index(item.status), item.date.timestamp() if item.date else 0.0)

        for entry, item in sorted(built, key=rank):  # the last to come is the one to rename
            if item.url in taken:
                entry.notes.error(
                    "adresse-en-double",
                    None,
                    f"l’adresse {item.url} est déjà prise par {taken[item.url]}",
                    "Renommez un des deux fichiers.",
                )
                if item.status is not Status.PUBLISHED:
                    continue
            taken.setdefault(item.url, item.source)
            yield entry, item

    def _inspect_numeros(self, built: list[tuple[PendingItem, Item]]) -> None:
        slugs: dict[str, set[str]] = {}
        for text in self._files:
            if text.kind.name == "article":
                slugs.setdefault(text.numero, set()).add(text.slug)
        for entry, item in built:
            if isinstance(item, Numero):
                self._inspect_numero(item, entry, slugs.get(item.slug, set()))

    @staticmethod
    def _inspect_numero(numero: Numero, entry: PendingItem, own: set[str]) -> None:
        named = [("featured", slug) for slug in numero.featured]
        named += [("quoted", numero.quoted), ("counted", numero.counted)]
        for attribute, slug in named:
            if slug and slug not in own:
                entry.notes.error(
                    "article-inconnu",
                    entry.line(attribute),
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
        missing = {
            text.name: text.stand_in(self._statuses[text.name])
            for text in self._files
            if text.name not in items
        }
        known: dict[str, Item | None] = {item.url: item for item in missing.values()}
        known |= {page.url: None for page in pages.pages(library)}
        known |= {feed.url: None for feed in pages.feeds(library)} | {pages.JSON_FEED: None}
        known |= dict.fromkeys(("/sitemap.xml", "/robots.txt", "/favicon.svg", pages.AGENDA))
        known |= {item.url: item for _, item in built}
        addresses = Addresses(
            content=self.folders.content,
            items=items | missing,
            anchors={e.source.path: e.document.ids for e in (*(e for e, _ in built), *failed)},
            pages=known,
            assets=frozenset(self.assets.names),
            use=self.assets.use,
            siteurl=(self.folders.siteurl or library.facts.website).rstrip("/"),
            others=(library.facts.service,) if library.facts.service else (),
            moved={redirect.old: redirect.new for redirect in library.redirects},
            books=library.facts.books,
        )
        file = f"{self.folders.content}/site.toml"
        self.notes.append(menus.inspect(file, library.facts, known, addresses))
        self.bodies = bodies = Bodies(library, addresses, self.assets.image, self.assets.data)
        letters = in_order(item for _, item in built if isinstance(item, Newsletter))
        order: dict[Item, int] = {letter: rank for rank, letter in enumerate(letters)}
        for entry, item in sorted(built, key=lambda pair: order.get(pair[1], -1)):
            if self.preview:  # a build has no use for what it has read, which is half of it all
                found = tuple(entry.notes.found)
                alone, said = found[: entry.alone], found[entry.alone :]
                self.texts[item.source] = ReadText(entry, item, alone, said)
            resolved = item.resolved
            resolved.content = bodies.resolve(entry.document.parts, item, entry.source, entry.notes)
            resolved.headings = entry.document.headings
            resolved.words = entry.document.words
            for attribute, name in _LINKS.items():
                if typed := entry.field(attribute):
                    line = entry.line(attribute)
                    address = addresses.resolve(str(typed), item, line, entry.notes)
                    setattr(resolved, name, address)
            resolved.translation_of = self._referred(entry, item, "translation_link")
            resolved.reply_to = self._referred(entry, item, "reply_link")
        motifs.choose(library)
        for entry in failed:  # judged all the same: one run says everything
            item = missing[entry.source.path]
            bodies.resolve(entry.document.parts, item, entry.source, entry.notes)

    def _referred(self, entry: PendingItem, item: Item, attribute: str) -> Item | None:
        """Find the text that a key names: by its file, or by a file beside this one."""
        typed = entry.field(attribute)
        if typed is None:
            return None
        name = str(typed).lstrip("/").removesuffix(".md")
        beside = item.source.rpartition("/")[0]
        others = {other.source: other for other in self.library.items if other is not item}
        for folder in (f"{self.folders.content}/", "", f"{beside}/"):
            if found := others.get(f"{folder}{name}.md"):
                return found
        prefix = f"{self.folders.content}/"
        entry.notes.error(
            "texte-inconnu",
            entry.line(attribute),
            f"« {typed} » n’est pas un texte du site",
            did_you_mean(str(typed), (source.removeprefix(prefix) for source in others)),
        )
        return None


def status_alone(folders: Folders, name: str, data: bytes, moment: datetime) -> Status:
    """Return the status that a text would have with other bytes, whatever other texts wait for.

    Raises:
        ValueError: no text has its place there.
    """
    place = folders.place(name)
    if place is None:
        raise ValueError(name)
    [entry] = documents.read([Request(name, data, place[0].name, place[1])])
    return _own_status(entry, data, moment)


def _own_status(entry: documents.Entry, data: bytes, moment: datetime) -> Status:
    status = declared_status(data, moment) if errors(entry.found) else Status.PUBLISHED
    return own_status(entry.source, status, moment) if entry.source is not None else status
