"""Texts of another system become ours: files, images, authors, redirections.

`wordpress` and `pelican` read what the other system holds as `OtherText`; here it is written.
Nothing is overwritten, and the same export makes the same files.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from lxml import html as lxml_html

from axtra.content import redirects
from axtra.content.editing import EditableText
from axtra.content.frontmatter import slugify
from axtra.content.loading import Folders
from axtra.content.model import Author, Library, Numero
from axtra.content.schema import KINDS, Kind
from axtra.design.image_files import ImageError
from axtra.intake.correspondence import Correspondence, Place
from axtra.intake.html_blocks import Block, Nature, blocks_of
from axtra.intake.html_inline import escaped, plain
from axtra.intake.html_tree import tree_of
from axtra.intake.markdown_writer import TO_DO, line_starts, quoted, written
from axtra.intake.reception import Written
from axtra.pictures.received import prepare
from infolettre.core.diagnostics import count

_RESIZED = re.compile(r"-\d+x\d+(?=\.\w+$)|-scaled(?=\.\w+$)")
_DOCUMENTS = (".pdf", ".docx", ".xlsx", ".pptx", ".odt", ".ods", ".epub", ".csv", ".mp3", ".mp4")
_FILE = re.compile(r"\.(?!md$|html?$|php$)\w{2,4}$")
_LONGEST = 80  # characters, of a name
_TAKEN = {  # what the site itself has at its root
    part
    for kind in KINDS.values()
    for address in (kind.url, kind.listing or "")
    if (part := address.strip("/").partition("/")[0]) and "{" not in part
} | {"sujets", "rubriques", "recherche", "accueil", "page"}


@dataclass(frozen=True, slots=True)
class OtherText:
    """A text of another system.

    Attributes:
        name: how the report names it.
        title: its title, plain.
        type: what the other system calls its sort: « post », « page ».
        html: its body.
        slug: the end of its address, or "".
        address: its whole old address, or "".
        file: the path of its file in the other system, by which others lead to it, or "".
        day: when it appeared, « 2019-03-27 » or « 2019-03-27 16:00 », or "".
        modified: when it was last changed, or "".
        draft: whether it is not to be seen.
        authors: who signs.
        categories: the names of its categories.
        subjects: its keywords.
        summary: its summary, plain.
        language: a code of two letters, or "".
        image: the address of its image, or "".
        alternative: what the image shows.
        notes: what its reader did not keep of it.
    """

    name: str
    title: str
    type: str
    html: str
    slug: str = ""
    address: str = ""
    file: str = ""
    day: str = ""
    modified: str = ""
    draft: bool = False
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    summary: str = ""
    language: str = ""
    image: str = ""
    alternative: str = ""
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class OtherSite:
    """What another system holds.

    Attributes:
        texts: in order.
        address: its own address, « https://ancien.example », or "".
        biographies: what it says of its authors, by name, as HTML.
        left: what is not read, a sentence each.
        find: returns the bytes of a file by its address, or None.
    """

    texts: Sequence[OtherText]
    address: str
    biographies: Mapping[str, str]
    left: list[str]
    find: Callable[[str], bytes | None]


@dataclass(slots=True)
class Import:
    """What an import makes; nothing is written yet.

    Attributes:
        files: the files to write, none of which exists.
        there: the names of those that exist, which are left as they are.
        report: what was made and what was not, a sentence each.
    """

    files: list[Written] = field(default_factory=list)
    there: list[str] = field(default_factory=list)
    report: list[str] = field(default_factory=list)


def bring(
    site: OtherSite, folders: Folders, library: Library, places: Correspondence, day: date
) -> Import:
    """Turn what another system holds into files; nothing is written.

    Args:
        site: what it holds.
        folders: where the content is.
        library: the content that is there.
        places: where each sort of text goes.
        day: the day of what has none.
    """
    return _Bringing(site, folders, library, places, day).made()


class _Bringing:
    """One import: names given, images kept, keywords chosen."""

    def __init__(
        self,
        site: OtherSite,
        folders: Folders,
        library: Library,
        places: Correspondence,
        day: date,
    ) -> None:
        self._site, self._folders, self._places, self._day = site, folders, places, day
        self._numeros = {item.slug for item in library.items if isinstance(item, Numero)}
        self._subjects = {s.slug: s.name.plain for item in library.items for s in item.subjects}
        self._authors = {
            item.title.plain.casefold(): item.slug
            for item in library.items
            if isinstance(item, Author)
        }
        self._import = Import()
        self._kept: dict[str, str] = {}  # names under content/, by old address
        self._names: set[str] = set()
        self._links: dict[str, str] = {}  # names under content/, by old path
        self._moved: dict[str, str] = {}  # new addresses, by old path
        self._lost: Counter[str] = Counter()

    def made(self) -> Import:
        placed = [found for text in self._site.texts if (found := self._placed(text))]
        for text, _, kind, name in placed:
            if text.draft:
                continue
            self._links |= {
                _path(old): name.partition("/")[2] for old in (text.address, text.file) if old
            }
            if old := _path(text.address):
                slug, numero = PurePosixPath(name).stem, PurePosixPath(name).parent.name
                self._moved[old] = kind.url.format(slug=slug, numero=numero)
        numbers: Counter[str] = Counter()
        for text, place, kind, name in placed:
            numbers[kind.name] += self._write(name, self._text(text, place, kind))
        self._write_authors(placed)
        self._write_redirects()
        report = self._import.report
        told = [count(number, KINDS[kind].label) for kind, number in numbers.items() if number]
        report.insert(0, f"{', '.join(told) or 'Aucun texte neuf'}.")
        if self._import.there:
            report.insert(1, f"{count(len(self._import.there), 'fichier')} déjà là, laissés.")
        report += [f"{what}{f' ({n} fois)' if n > 1 else ''}." for what, n in self._lost.items()]
        report += self._site.left
        return self._import

    def _write(self, name: str, data: bytes) -> bool:
        if (self._folders.root / name).exists():
            self._import.there.append(name)
            return False
        self._import.files.append(Written(name, data))
        return True

    def _placed(self, text: OtherText) -> tuple[OtherText, Place, Kind, str] | None:
        """Find the kind and the file of a text, or None where it is not taken."""
        place = self._places.of(text.type, text.categories)
        if place is None:
            self._lost[f"Texte de sorte « {text.type} » : pas repris"] += 1
            return None
        kind = KINDS[place.kind]
        if place.kind == "article" and place.numero not in self._numeros:
            self._lost[
                f"Le numéro « {place.numero} » n’existe pas : ses articles sont des nouvelles"
            ] += 1
            kind = KINDS["nouvelle"]
        slug = slugify(unquote(text.slug)) or slugify(text.title) or "texte"
        slug = slug[:_LONGEST].rstrip("-")
        slug = f"{slug}-2" if kind.name == "page" and slug in _TAKEN else slug
        year = (text.day or f"{self._day}")[:4]
        pattern = kind.pattern.replace("**", year).replace("content", self._folders.content, 1)
        for rank in range(1, 10_000):
            stem = slug if rank == 1 else f"{slug}-{rank}"
            name = pattern.format(slug=stem, numero=place.numero)
            key = f"{kind.name}/{stem}"
            if key not in self._names:
                self._names.add(key)
                return text, place, kind, name
        return None

    # --- a text ---

    def _text(self, text: OtherText, place: Place, kind: Kind) -> bytes:
        name = f"« {text.title or text.name} »"
        page = blocks_of(self._with_links(text.html))
        body = written(_levelled(page.blocks), page.notes, self._figure).strip("\n")
        notes = (*text.notes, *(f"{what}, pas repris" for what in page.left))
        self._import.report += [f"{name} : {note}" for note in notes]
        values = {"titre": text.title or TO_DO}
        for key in kind.keys:
            value = self._value(key.attribute, text, place)
            if not value and key.required and key.attribute != "title":
                value = key.choices[0] if key.choices else f"{TO_DO} : {key.label}"
            if value and key.attribute != "title":
                values[key.name] = value
        empty = EditableText(("---\n", "---\n\n"), "", "", "\n")
        return empty.with_fields(kind, values).with_body(body or "À compléter : le texte.").data

    def _value(self, attribute: str, text: OtherText, place: Place) -> str:
        match attribute:
            case "date" | "start":
                return text.day or f"{self._day:%Y-%m-%d}"
            case "modified":
                return text.modified if text.modified[:10] > text.day[:10] else ""
            case "summary":
                return text.summary
            case "status":
                return "brouillon" if text.draft else ""
            case "authors":
                return "\n".join(self._author(name) for name in text.authors)
            case "subjects":
                return "\n".join(self._keywords(text))
            case "rubrique":
                return place.rubrique or TO_DO
            case "language":
                return "" if text.language[:2] in {"", "fr"} else text.language[:2]
            case "image":
                return self._keep(text.image) if text.image else ""
            case "image.alt":
                return (text.alternative or TO_DO) if self._kept.get(text.image) else ""
        return ""

    def _author(self, name: str) -> str:
        return self._authors.get(name.casefold()) or slugify(name) or name

    def _keywords(self, text: OtherText) -> Iterator[str]:
        """Yield keywords, each written one way in the whole site."""
        seen = set()
        for typed in [*text.subjects, *self._places.subjects(text.categories)]:
            name = self._places.renamed(" ".join(re.sub(r"[,;]", " ", typed).split()))
            slug = slugify(name)
            if slug and slug not in seen:
                seen.add(slug)
                yield self._subjects.setdefault(slug, name)

    # --- images, documents and links ---

    def _keep(self, address: str) -> str:
        """Keep a file; return its name under content/, or "" when it is not at hand."""
        if address in self._kept:
            return self._kept[address]
        self._kept[address] = ""
        path = PurePosixPath(unquote(urlsplit(address).path))
        data = self._site.find(_RESIZED.sub("", address)) or self._site.find(address)
        if data is None:
            self._lost[f"Fichier qui n’est pas à portée : {address}"] += 1
            return ""
        stem = slugify(_RESIZED.sub("", path.name).rpartition(".")[0]) or "image"
        if path.suffix.lower() in _DOCUMENTS:
            name = f"documents/{stem}{path.suffix.lower()}"
        else:
            try:
                made = prepare(data, stem)
            except ImageError as error:
                self._lost[f"Image qui ne se lit pas ({error.problem}) : {address}"] += 1
                return ""
            name, data = f"images/{made.name}", made.data
        other = next((f for f in self._import.files if f.name.endswith(f"/{name}")), None)
        if other is not None and other.data != data:
            folder, _, last = name.partition("/")
            name = f"{folder}/{slugify(path.parent.name)}-{last}"
            other = None
        if other is None:
            self._write(f"{self._folders.content}/{name}", data)
        self._kept[address] = name
        return name

    def _figure(self, picture: Block, caption: Block | None) -> str:
        name = self._keep(picture.text)
        said = caption.text if caption else ""
        if not name:
            return line_starts(said)
        alternative = " ".join(picture.rows[0][0].split())
        lines = [f"/// figure | {name}", f"    alt: {quoted(alternative or TO_DO)}"]
        return "\n".join([*lines, *([line_starts(said)] if said else []), "///"])

    def _with_links(self, html: str) -> str:
        """Make the links of a body those of our files, where they led to the same site."""
        if "href" not in html:
            return html
        tree = tree_of(html)
        for link in tree.iter("a"):
            address = (link.get("href") or "").strip()
            if not address:
                continue
            file = self._links.get(_path(address))
            own = not urlsplit(address).netloc or address.startswith(self._site.address or "\0")
            if own and file:
                link.set("href", file)
            elif own and _FILE.search(urlsplit(address).path) and (name := self._keep(address)):
                link.set("href", name)
                if link.find(".//img") is not None:  # a picture that leads to itself, larger
                    link.drop_tag()
            elif address.startswith("/") and not address.startswith("//"):
                link.set("href", f"{self._site.address}{address}" if self._site.address else "")
                self._lost[f"Lien vers l’ancien site, à revoir : {address}"] += 1
        return str(lxml_html.tostring(tree, encoding="unicode"))

    # --- authors and redirections ---

    def _write_authors(self, placed: Sequence[tuple[OtherText, Place, Kind, str]]) -> None:
        names = dict.fromkeys(
            name
            for text, _, kind, _ in placed
            if any(key.attribute == "authors" for key in kind.keys)
            for name in text.authors
        )
        for name in names:
            slug = slugify(name)
            if name.casefold() in self._authors or not slug:
                continue
            page = blocks_of(self._site.biographies.get(name, ""))
            body = written(page.blocks, {}, lambda _picture, _caption: "").strip("\n")
            empty = EditableText(("---\n", "---\n\n"), "", "", "\n")
            data = empty.with_fields(KINDS["auteur"], {"nom": name}).with_body(body).data
            self._write(f"{self._folders.content}/auteurs/{slug}.md", data)

    def _write_redirects(self) -> None:
        """Add the old addresses to the table, after what it has."""
        path = self._folders.root / self._folders.content / redirects.FILE
        there, _ = redirects.read(path.parent, self._folders.content)
        known = {redirect.place for redirect in there} | set(self._moved.values())
        lines = []
        for old, new in self._moved.items():
            redirect = redirects.Redirect(old if old.endswith(".html") else f"{old}/", new)
            if old in {"", "/"} or redirect.place in known or redirect.old == new:
                continue
            if not redirects.is_address(redirect.old):
                self._lost[f"Ancienne adresse qui ne peut être redirigée : {old}"] += 1
                continue
            known.add(redirect.place)
            lines.append(f'"{redirect.old}" = "{new}"\n')
        if lines:
            before = path.read_text("utf-8") if path.exists() else ""
            gap = "" if not before or before.endswith("\n") else "\n"
            data = (before + gap + "".join(lines)).encode()
            self._import.files.append(Written(f"{self._folders.content}/{redirects.FILE}", data))
            self._import.report.append(
                f"{count(len(lines), 'redirection')} des anciennes adresses."
            )


def _path(address: str) -> str:
    """Return the path of an address, however it ends; "" for one that only has a query."""
    parts = urlsplit(address)
    return "" if parts.query else unquote(parts.path).rstrip("/")


def _levelled(blocks: Sequence[Block]) -> list[Block]:
    """Put the first level of headings at 2, and the others below without a gap."""
    levels = sorted({block.level for block in blocks if block.nature is Nature.HEADING})
    ranks = {level: rank + 2 for rank, level in enumerate(levels)}
    return [
        replace(b, level=ranks[b.level], text=escaped(plain(b.text)))
        if b.nature is Nature.HEADING
        else b
        for b in blocks
    ]
