"""All of the content, read from its files into one `Library`, with every problem found on the way.

Reading has three steps, since content refers to content: files to documents, documents to items
(whose relations point one way), then the bodies, whose links and cards may lead anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from axtra import dates, documents, facts, frontmatter, images, pages, redirects, sent
from axtra.blocks import Document
from axtra.bodies import Bodies
from axtra.cards import find_rubrique
from axtra.choices import in_order
from axtra.diagnostics import Diagnostic, Notes, did_you_mean, errors, ordered
from axtra.documents import Request
from axtra.frontmatter import Field, Source
from axtra.links import Addresses
from axtra.mail_rules import MAIL_RULES
from axtra.model import (
    CLASSES,
    Article,
    Author,
    Call,
    Correction,
    Event,
    Exemption,
    Image,
    Item,
    Library,
    Newsletter,
    Numero,
    Page,
    Status,
    Subject,
    Text,
    sort_key,
)
from axtra.schema import KINDS, Kind, Type
from axtra.shelf import Shelf

_IGNORED = re.compile(r"(^|/)(\.|~\$|Thumbs\.db$|desktop\.ini$|_LISEZ)|~$")
_ASSETS = ("images/", "documents/")
_FACTS = frozenset({"site.toml", "rubriques.toml", "infolettres.toml", redirects.FILE, "mots.txt"})


@dataclass(frozen=True, slots=True)
class Folders:
    """Where the content is: the project's root and two folders, relative to it."""

    root: Path
    content: str = "content"
    newsletters: str = "newsletters"

    def name(self, path: Path) -> str:
        """Name a file as messages do: relative to the root, with forward slashes."""
        return path.relative_to(self.root).as_posix()


@dataclass(frozen=True, slots=True)
class _Read:
    """A text that was read: `said` is what is wrong with it beside its own file's reading."""

    entry: _Entry
    item: Item
    said: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class _Entry:
    """A file on its way to become an item."""

    kind: Kind
    slug: str
    numero: str  # folder of the numéro, or ""
    source: Source
    document: Document
    notes: Notes
    alone: int  # how many of the notes come from the file alone
    lines: Mapping[str, Text]

    def field(self, attribute: str) -> Any:  # noqa: ANN401 - the schema knows
        """Give the value of a key, or None."""
        found = self.source.fields.get(attribute)
        return found.value if found else None

    def line(self, attribute: str) -> int:
        """Give the line of a key."""
        return self.source.line(attribute)


def load(
    folders: Folders, *, moment: datetime, preview: bool = False, shelf: Shelf | None = None
) -> tuple[Library, list[Diagnostic]]:
    """Read everything, and list every problem; the arguments are those of a `Reading`."""
    reading = Reading(folders, moment=moment, preview=preview, shelf=shelf)
    return reading.library, reading.found


class Reading:
    """One reading of the content: its library and every problem found.

    Args:
        folders: where the content is.
        moment: the moment, with a time zone, on which the site is built.
        preview: show drafts and scheduled items too.
        shelf: what is kept of the texts read before.
    """

    library: Library

    def __init__(
        self,
        folders: Folders,
        *,
        moment: datetime,
        preview: bool = False,
        shelf: Shelf | None = None,
    ) -> None:
        self.folders = folders
        self.moment = moment
        self.preview = preview
        self.content = folders.root / folders.content
        self.notes: list[Notes] = []
        self.assets: set[str] = set()
        self.natures: dict[str, images.Nature | str] = {}
        self.photographs: dict[str, Image] = {}
        self.authors: dict[str, Author] = {}
        self.subjects: dict[str, Subject] = {}
        self.numeros: dict[str, Numero] = {}
        self._texts: dict[str, _Read] = {}
        self._run(shelf or Shelf())

    @property
    def found(self) -> list[Diagnostic]:
        """List every problem, by place."""
        return ordered([*self._said, *(one for notes in self.notes for one in notes.found)])

    def _run(self, shelf: Shelf) -> None:
        """Read the facts, the files, then tie everything together."""
        given, self.rubriques, self.types, found = facts.read(self.content, self.folders.content)
        moved, lost = redirects.read(self.content, self.folders.content)
        self._said = [*found, *lost]
        entries = list(self._entries(shelf))
        items = [(entry, self._item(entry)) for entry in self._by_dependency(entries)]
        built = [(entry, item) for entry, item in items if item is not None]
        self.library = library = Library(
            moment=self.moment,
            facts=given,
            rubriques=self.rubriques,
            newsletter_types=self.types,
            items=tuple(sorted((item for _, item in built), key=_display_order)),
            assets=frozenset(self.assets),
            photographs=self.photographs,  # bodies add theirs
            redirects=moved,
        )
        self._inspect_collisions(library, built)
        self._attach_bodies(library, built, [entry for entry, item in items if item is None])

    def retake(self, path: Path) -> bool:
        """Take in the change of a text when nothing but its body has changed.

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
        place = _place(name, self.folders)
        assert place is not None  # noqa: S101 - it had one
        new = documents.read([Request(name, path.read_bytes(), place[0].name, place[1])])[0]
        if new.source is None or (new.slug, new.source.fields, new.document.ids) != (
            entry.slug,
            entry.source.fields,
            entry.document.ids,
        ):
            return False
        shown, before = set(self.photographs), entry.notes.found
        entry.notes.found = [*new.found, *known.said]
        body = self.bodies.resolve(new.document.parts, item, new.source, entry.notes)
        if set(self.photographs) != shown:
            entry.notes.found = before
            return False
        if not errors(entry.notes.found):
            for attribute, value in (
                ("body", body),
                ("headings", new.document.headings),
                ("words", new.document.words),
            ):
                object.__setattr__(item, attribute, value)
        return True

    # --- files --------------------------------------------------------------------------------

    def _entries(self, shelf: Shelf) -> Iterator[_Entry]:
        places: list[tuple[Kind, str]] = []
        requests: list[Request] = []
        for path in self._files():
            name = self.folders.name(path)
            if path.suffix != ".md":
                self._take_asset(path, name)
                continue
            place = _place(name, self.folders)
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
            requests.append(Request(name, path.read_bytes(), kind.name, slug))
        for (kind, numero), one, entry in zip(
            places, requests, shelf.read(requests, documents.read), strict=True
        ):
            notes = Notes(one.name, list(entry.found))
            self.notes.append(notes)
            if entry.source is not None:
                yield _Entry(
                    kind,
                    entry.slug,
                    numero,
                    entry.source,
                    entry.document,
                    notes,
                    len(entry.found),
                    entry.lines,
                )

    def _files(self) -> Iterator[Path]:
        for folder in (self.content, self.folders.root / self.folders.newsletters):
            for path in sorted(folder.rglob("*")):
                if path.is_file() and not _IGNORED.search(path.relative_to(folder).as_posix()):
                    yield path

    def _take_asset(self, path: Path, name: str) -> None:
        relative = name.removeprefix(f"{self.folders.content}/")
        if relative.startswith(_ASSETS) and relative != name:
            self.assets.add(relative)
            self._inspect_asset(path, name)
        elif name != sent.FILE and (relative not in _FACTS or relative == name):
            picture = path.suffix.lower() in {".jpg", ".jpeg", ".png", ".gif", ".svg", ".webp"}
            hint = "content/images/" if picture else "content/documents/"
            remedy = f"Rangez-le sous {hint}, ou retirez-le du dossier."
            if path.suffix.lower() in {".markdown", ".mkd", ".txt", ".docx", ".odt"}:
                remedy = "Un texte est un fichier dont le nom se termine par .md."
            notes = Notes(name)
            notes.warning("fichier-ignore", None, "ce fichier ne sera pas publié", remedy)
            self.notes.append(notes)

    def _inspect_asset(self, path: Path, name: str) -> None:
        """Refuse a file that could act in the reader’s browser as a page of ours."""
        why = images.activity(path)
        if why:
            notes = Notes(name)
            notes.error(
                "fichier-actif",
                None,
                f"ce fichier pourrait agir dans le navigateur des lecteurs : {why}",
                "Enregistrez l’image de nouveau en JPEG ou en PNG, le document en PDF.",
            )
            self.notes.append(notes)

    @staticmethod
    def _by_dependency(entries: Iterable[_Entry]) -> list[_Entry]:
        """Order so that an item comes after those it refers to."""
        rank = {"auteur": 0, "numero": 1}
        return sorted(entries, key=lambda entry: rank.get(entry.kind.name, 2))

    # --- items --------------------------------------------------------------------------------

    def _item(self, entry: _Entry) -> Item | None:
        """Build the item of an entry; None when a problem already noted prevents it."""
        kind, cls = entry.kind, CLASSES[entry.kind.name]
        values = {name: self._value(entry, name) for name in entry.source.fields}
        values = {
            name: value
            for name, value in values.items()
            if value is not None and "." not in name and name not in {"status", "slug"}
        }
        values["image"] = self._image(entry)
        extra = self._relations(entry, values)
        required = {"title", *(key.attribute for key in kind.keys if key.required)}
        if extra is None or any(values.get(n) is None and n not in extra for n in required):
            return None
        values.update(extra)
        status = self._status(entry, values)
        item = cls(
            kind=kind,
            slug=entry.numero if kind.name == "numero" else entry.slug,
            source=entry.source.path,
            url=kind.url.format(slug=entry.slug, numero=entry.numero),
            status=status,
            shown=status is Status.PUBLISHED or self.preview,
            headings=entry.document.headings,
            words=entry.document.words,
            **values,
        )
        self._inspect_item(item, entry)
        if isinstance(item, Author):
            self.authors[entry.slug] = item
        if isinstance(item, Numero):
            self.numeros[entry.numero] = item
        return item

    def _value(self, entry: _Entry, attribute: str) -> Any:  # noqa: ANN401
        """Convert a field to what the model holds; references become objects."""
        key = next(key for key in entry.kind.keys if key.attribute == attribute)
        found = entry.source.fields[attribute]
        match key.type:
            case Type.LINE:
                return entry.lines[attribute]
            case Type.LINES:
                return tuple(Text.of(str(one.value)) for one in frontmatter.texts(found.value))
            case Type.NAMES:
                return tuple(_stem(str(one.value)) for one in frontmatter.texts(found.value))
            case Type.WORDS:
                return tuple(self._subject(str(o.value)) for o in frontmatter.texts(found.value))
            case Type.AUTHORS:
                return tuple(self._authors(entry, frontmatter.texts(found.value)))
            case Type.RUBRIQUE:
                return find_rubrique(str(found.value), self.rubriques, found.line, entry.notes)
            case Type.TYPE:
                return self._newsletter_type(str(found.value), found.line, entry.notes)
            case Type.CALL:
                given = _texts_of(_mapping(found.value))
                return Call(given["text"], _day(given.get("deadline"))) if given else None
            case Type.CORRECTIONS:
                return tuple(
                    Correction(one["date"].date(), Text.of(one["text"]))
                    for one in map(_mapping, _sequence(found.value))
                )
            case Type.EXCEPTIONS:
                return tuple(self._exceptions(entry, found))
            case Type.FILE:
                return self._file(str(found.value), found.line, entry)
        return found.value

    def _exceptions(self, entry: _Entry, found: Field) -> Iterator[Exemption]:
        """Read which warnings a letter silences; those whose day is past count no more."""
        for one in map(_mapping, _sequence(found.value)):
            rule, until = str(one["rule"]), one["until"].date()
            if rule not in MAIL_RULES:
                entry.notes.error(
                    "exception-inconnue",
                    found.line,
                    f"« {rule} » n’est pas une règle des courriels",
                    did_you_mean(rule, MAIL_RULES),
                )
            elif until < self.moment.date():
                entry.notes.warning(
                    "exception-echue",
                    found.line,
                    f"l’exception à « {rule} » ne vaut plus depuis le {dates.day(one['until'])}",
                    "Corrigez ce qu’elle taisait et enlevez-la, ou redonnez-lui un jour.",
                )
            else:
                yield Exemption(rule, str(one["reason"]), until)

    def _subject(self, word: str) -> Subject:
        slug = frontmatter.slugify(word)
        return self.subjects.setdefault(slug, Subject(slug, Text.of(word)))

    def _authors(self, entry: _Entry, names: Iterator[Field]) -> Iterator[Author]:
        by_name = {author.title.plain.casefold(): author for author in self.authors.values()}
        for name in names:
            typed = Text.of(str(name.value)).plain
            author = self.authors.get(_stem(str(name.value))) or by_name.get(typed.casefold())
            if author is None:
                entry.notes.error(
                    "auteur-inconnu",
                    name.line,
                    f"« {name.value} » n’a pas de fiche dans content/auteurs/",
                    _near(str(name.value), self.authors)
                    or f"Créez-la :  axtra nouveau auteur « {name.value} »",
                )
            else:
                yield author

    def _newsletter_type(self, slug: str, line: int, notes: Notes) -> Any:  # noqa: ANN401
        known = {one.slug: one for one in self.types}
        if slug not in known:
            problem = f"« {slug} » n’est pas un type d’infolettre"
            notes.error("type-inconnu", line, problem, did_you_mean(slug, known))
        return known.get(slug)

    def _image(self, entry: _Entry) -> Image | None:
        path, alt = entry.field("image"), entry.field("image.alt")
        key = next((key.name for key in entry.kind.keys if key.attribute == "image"), "image")
        if path is None:
            if alt is not None:
                entry.notes.error(
                    "image-absente",
                    entry.line("image.alt"),
                    f"« alt » décrit une image, mais il n’y a pas de « {key} »",
                    f"Ajoutez « {key}: images/… », ou effacez « alt ».",
                )
            return None
        line = entry.line("image")
        if alt is None:
            entry.notes.error(
                "alt-manquant",
                line,
                f"l’image « {path} » n’a pas de texte de remplacement",
                'Ajoutez :  alt: Ce que montre l’image   (ou  alt: ""  si elle décore)',
            )
        return self.image(
            str(path),
            line,
            entry.notes,
            alt=str(alt or ""),
            credit=entry.field("image.credit"),
            licence=entry.field("image.licence"),
        )

    def image(
        self,
        path: str,
        line: int | None,
        notes: Notes,
        *,
        alt: str = "",
        credit: str | None = None,
        licence: str | None = None,
    ) -> Image | None:
        """Find an image of the content folder and measure it."""
        name = re.sub(r"[{|](static|attach|filename)[}|]", "", path).lstrip("/")
        name = name.removeprefix(f"{self.folders.content}/")
        if re.match(r"https?:", path):
            notes.error(
                "image-externe",
                line,
                "cette image est sur un autre site : elle peut disparaître ou suivre les lecteurs",
                "Enregistrez-la sous content/images/ (avec le droit de le faire), puis nommez-la.",
            )
            return None
        if name not in self.assets:
            same = next((one for one in self.assets if one.casefold() == name.casefold()), None)
            notes.error(
                "image-absente",
                line,
                f"l’image « {path} » n’existe pas",
                f"Attention aux majuscules :  {same}"
                if same
                else _near(name, self.assets) or "Rangez-la sous content/images/.",
            )
            return None
        nature = self._examine(name, line, notes)
        if nature is None:
            return None
        image = Image(
            path=name,
            url=f"/{name}",
            alt=Text.of(alt).plain,
            width=nature.width,
            height=nature.height,
            digest=nature.digest,
            moving=nature.moving,
            opaque=nature.opaque,
            credit=Text.of(credit) if credit else None,
            licence=Text.of(licence) if licence else None,
        )
        if not image.drawn:
            self.photographs.setdefault(name, image)
        return image

    def _examine(self, name: str, line: int | None, notes: Notes) -> images.Nature | None:
        if name not in self.natures:
            try:
                self.natures[name] = images.examine(self.content / name)
            except images.ImageError as error:
                self.natures[name] = str(error)
        nature = self.natures[name]
        if isinstance(nature, images.Nature):
            return nature
        notes.error(
            "image-illisible",
            line,
            f"l’image « {name} » ne se lit pas : {nature}",
            "Enregistrez-la de nouveau en JPEG ou en PNG, large d’au plus 4\u00a0000 pixels.",
        )
        return None

    def _file(self, path: str, line: int, entry: _Entry) -> str | None:
        name = path.lstrip("/").removeprefix(f"{self.folders.content}/")
        if name in self.assets:
            return f"/{name}"
        entry.notes.error(
            "fichier-introuvable",
            line,
            f"le fichier « {path} » n’existe pas",
            _near(name, self.assets) or "Rangez-le sous content/documents/.",
        )
        return None

    def _relations(self, entry: _Entry, values: Mapping[str, Any]) -> dict[str, Any] | None:
        """Give what an item knows from its place; None when it has no place."""
        if entry.kind.name == "publication":
            size = (self.content / values["file"][1:]).stat().st_size if values.get("file") else 0
            return {"file_size": size}
        if entry.kind.name == "evenement" and "start" in values:
            start, end = values["start"], values.get("end")
            return {"all_day": _midnight(start) and (end is None or _midnight(end))}
        if entry.kind.name != "article":
            return {}
        numero = self.numeros.get(entry.numero)
        if numero is None:
            entry.notes.error(
                "numero-absent",
                None,
                f"le dossier « {entry.numero} » de cet article n’a pas de numéro valable",
                f"Créez ou corrigez content/magazine/{entry.numero}/numero.md.",
            )
            return None
        return {"numero": numero, "date": values.get("date") or numero.date}

    def _status(self, entry: _Entry, values: Mapping[str, Any]) -> Status:
        numero = values.get("numero")
        drafted = entry.field("status") == "brouillon"
        parent = numero.status if isinstance(numero, Numero) else Status.PUBLISHED
        if drafted or parent is Status.DRAFT:
            return Status.DRAFT
        moments = [values.get("date"), values.get("embargo")]
        if parent is Status.SCHEDULED or any(m and m > self.moment for m in moments):
            return Status.SCHEDULED
        return Status.PUBLISHED

    def _inspect_item(self, item: Item, entry: _Entry) -> None:
        notes = entry.notes
        if isinstance(item, Event) and item.end and item.end < item.start:
            notes.error(
                "fin-avant-debut",
                entry.line("end"),
                "l’événement finit avant de commencer",
                "Vérifiez « debut » et « fin ».",
            )
        if isinstance(item, Newsletter) and item.date:
            stem = re.match(r"\d{4}-\d{2}-\d{2}", item.slug)
            if stem and stem[0] != f"{item.date:%Y-%m-%d}":
                notes.warning(
                    "date-et-nom",
                    entry.line("date"),
                    f"la date ({item.date:%Y-%m-%d}) n’est pas celle du nom du fichier",
                    "Corrigez la date, ou renommez le fichier.",
                )

    # --- relations that need everything ---------------------------------------------------------

    def _inspect_collisions(self, library: Library, built: list[tuple[_Entry, Item]]) -> None:
        taken: dict[str, str] = {}
        fixed = [page for page in pages.pages(replace(library, items=())) if page.url != "/"]
        for page in fixed:
            taken[page.url] = "une page que le site fait lui-même"
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
                self._inspect_numero(item, entry, [other for _, other in built])

    @staticmethod
    def _inspect_numero(numero: Numero, entry: _Entry, items: list[Item]) -> None:
        own = {i.slug for i in items if isinstance(i, Article) and i.numero is numero}
        for slug in numero.featured:
            if slug not in own:
                entry.notes.error(
                    "article-inconnu",
                    entry.line("featured"),
                    f"« {slug} » n’est pas un article de ce numéro",
                    did_you_mean(slug, own),
                )
        if not own:
            entry.notes.warning(
                "numero-vide",
                None,
                "ce numéro n’a pas encore d’article",
                f"Créez-en un :  axtra nouveau article « Titre » --numero {numero.slug}",
            )

    def _attach_bodies(
        self, library: Library, built: list[tuple[_Entry, Item]], failed: list[_Entry]
    ) -> None:
        items = {item.source: item for _, item in built}
        known: dict[str, Item | None] = {page.url: None for page in pages.pages(library)}
        known |= {feed.url: None for feed in pages.feeds(library)} | {pages.JSON_FEED: None}
        known |= {"/sitemap.xml": None}
        known |= {item.url: item for _, item in built}
        addresses = Addresses(
            content=self.folders.content,
            items=items,
            anchors={e.source.path: e.document.ids for e in (*(e for e, _ in built), *failed)},
            pages=known,
            assets=frozenset(self.assets),
        )
        self._inspect_menus(library, known)
        self.bodies = bodies = Bodies(library, addresses, self.image)
        letters = in_order(one for _, one in built if isinstance(one, Newsletter))
        order: dict[Item, int] = {letter: rank for rank, letter in enumerate(letters)}
        for entry, item in sorted(built, key=lambda pair: order.get(pair[1], -1)):
            said = tuple(entry.notes.found[entry.alone :])
            self._texts[item.source] = _Read(entry, item, said)
            body = bodies.resolve(entry.document.parts, item, entry.source, entry.notes)
            # Cards make of the bodies a graph: an item is completed once all items exist.
            object.__setattr__(item, "body", body)
            if isinstance(item, Event) and item.registration:
                line = entry.line("registration")
                href = addresses.resolve(item.registration, item, line, entry.notes)
                object.__setattr__(item, "registration", href)

        for entry in failed:  # judged all the same: one run says everything
            bodies.resolve(entry.document.parts, _stand_in(entry), entry.source, entry.notes)

    def _inspect_menus(self, library: Library, known: Mapping[str, Item | None]) -> None:
        notes = Notes(f"{self.folders.content}/site.toml")
        self.notes.append(notes)
        for label, address in (*library.facts.menu, *library.facts.footer):
            if address.startswith("/") and address not in known:
                notes.error(
                    "lien-brise",
                    None,
                    f"l’entrée « {label} » mène à {address}, qui n’existe pas",
                    did_you_mean(address, known),
                )


def _stand_in(entry: _Entry) -> Item:
    """Stand for an item that its header does not allow to build."""
    return Page(
        kind=entry.kind,
        slug=entry.slug,
        source=entry.source.path,
        url=entry.kind.url.format(slug=entry.slug, numero=entry.numero),
        status=Status.PUBLISHED,
        title=Text.of(entry.slug),
    )


def _place(name: str, folders: Folders) -> tuple[Kind, str, str] | None:
    """Tell the kind, the slug and the numéro of a file from where it is."""
    for kind in KINDS.values():
        found = _pattern(kind, folders).fullmatch(name)
        if found:
            parts = found.groupdict()
            return kind, parts.get("slug") or "numero", parts.get("numero") or ""
    return None


def _pattern(kind: Kind, folders: Folders) -> re.Pattern[str]:
    top, _, rest = kind.pattern.partition("/")
    folder = folders.content if top == "content" else folders.newsletters
    pattern = re.escape(f"{folder}/{rest}")
    return re.compile(
        pattern.replace(re.escape("**/"), "(?:[^/]+/)*")
        .replace(re.escape("{slug}"), "(?P<slug>[^/]+)")
        .replace(re.escape("{numero}"), "(?P<numero>[^/]+)")
    )


def _texts_of(given: Mapping[str, Any]) -> dict[str, Any]:
    whole = "text" in given
    return {n: Text.of(v) if n == "text" else v for n, v in given.items()} if whole else {}


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _sequence(value: object) -> Iterable[object]:
    return value if isinstance(value, tuple) else ()


def _day(moment: datetime | None) -> Any:  # noqa: ANN401
    return moment.date() if moment else None


def _midnight(moment: datetime) -> bool:
    return (moment.hour, moment.minute) == (0, 0)


def _stem(name: str) -> str:
    return name.rpartition("/")[2].removesuffix(".md")


def _near(word: str, known: Iterable[str]) -> str | None:
    hint = did_you_mean(word, known)
    return hint if hint.startswith("Vouliez") else None


def _display_order(item: Item) -> tuple[Any, ...]:
    """Order items as they are shown: by kind, then newest first, or by name."""
    rank = list(KINDS).index(item.kind.name)
    if isinstance(item, Article):
        numero = item.numero
        when = -(numero.date.timestamp() if numero.date else 0)
        return (rank, when, numero.slug, item.order or 9999, item.slug)
    moment = item.start if isinstance(item, Event) else item.date
    if moment is None or item.kind.name in {"auteur", "page"}:
        return (rank, 0.0, "", 0, sort_key(item.title.plain))
    return (rank, -moment.timestamp(), "", 0, item.slug)
