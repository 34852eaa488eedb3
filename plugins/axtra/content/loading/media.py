"""The images and the documents of the content folder: which there are, and what they are."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote, unquote

from axtra.content import active_files, file_formats, pdf_documents, sent_letters, territory
from axtra.content.focus import Focus
from axtra.content.frontmatter import slugify
from axtra.content.loading.places import Folders
from axtra.content.model import Image, Text
from axtra.content.pdf_documents import PdfFault
from axtra.content.redirects import FILE as MOVED
from axtra.core.pasted_commands import command
from axtra.design import image_files
from infolettre.core import regular_files
from infolettre.core.diagnostics import Diagnostic, Edit, Notes, Repair, did_you_mean, errors

_ASSETS = ("images/", "documents/")
_PLAIN = re.compile(r"[a-zA-Z0-9._-]+")
_NOW_PUBLISHED = "le texte sera publié"
_UNSEEN = frozenset({"Cc", "Cf", "Zl", "Zp"})  # Unicode categories of what shows nothing
FACTS = territory.FILES | {
    "site.toml", "rubriques.toml", "infolettres.toml", "glossaire.toml", MOVED, "mots.txt",
}  # fmt: skip
_YEAR = re.compile(r"annee/\d{4}\.toml")  # figures that only people know; `axtra annee` reads them


class Assets:
    """The files beside the texts.

    Attributes:
        names: the name under which each is published, with that of its file, which macOS may
            spell otherwise (NFD); both relative to the content folder.
        photographs: the bitmaps that are shown, by name.
        hidden: the texts that are not written, whose bitmaps are not shown either.
        users: the texts that name each file.
        refused: the files that may not be published, by the name that they would have.
        notes: what is wrong with a file itself.
    """

    def __init__(self, folders: Folders) -> None:
        self._folders = folders
        self._content = folders.root / folders.content
        self._natures: dict[str, image_files.ImageInfo | str] = {}
        self.names: dict[str, str] = {}
        self.photographs: dict[str, Image] = {}
        self.hidden: frozenset[str] = frozenset()
        self.users: dict[str, set[str]] = {}
        self.refused: dict[str, list[Diagnostic]] = {}
        self.notes: list[Notes] = []

    def take(self, path: Path, name: str) -> None:
        """Add a file that is no text, or say why it will not be published."""
        relative = name.removeprefix(f"{self._folders.content}/")
        if relative.startswith(_ASSETS) and relative != name:
            other = self.names.setdefault(_composed(relative), relative)
            self._inspect(path, name, same="" if other == relative else other)
        elif (
            name != sent_letters.FILE
            and (relative not in FACTS or relative == name)
            and not _YEAR.fullmatch(relative)
        ):
            picture = path.suffix.lower() in {".jpg", ".jpeg", ".png", ".gif", ".svg", ".webp"}
            hint = "content/images/" if picture else "content/documents/"
            remedy = f"Rangez-le sous {hint}, ou retirez-le du dossier."
            repair = None
            if path.suffix.lower() == ".md":
                slug = slugify(path.stem)
                remedy = f"Renommez-le :  {slug or 'texte'}.md"
                repair = _renamed(name, f"{slug}.md", _NOW_PUBLISHED) if slug else None
            elif path.suffix.lower() in {".markdown", ".mkd", ".txt", ".docx", ".odt"}:
                remedy = "Un texte est un fichier dont le nom se termine par .md."
            notes = Notes(name)
            problem = "ce fichier ne sera pas publié"
            notes.warning("fichier-ignore", None, problem, remedy, repair)
            self.notes.append(notes)

    def _inspect(self, path: Path, name: str, *, same: str) -> None:
        """Refuse a file that could act in a browser, is of no known kind, or has a hostile name.

        `same` is another file whose name is the same to a reader, if there is one.
        """
        notes = Notes(name)
        if same:
            notes.error(
                "fichier-double",
                None,
                "un autre fichier a le même nom, dont les accents sont enregistrés autrement",
                "Renommez l’un des deux, ou effacez-le s’il est de trop.",
            )
        better = _file_name(path)
        if any(unicodedata.category(sign) in _UNSEEN for sign in name):
            notes.error(
                "nom-de-fichier",
                None,
                "le nom de ce fichier contient un signe qui ne se voit pas (fin de ligne, sens "
                "d’écriture…)",
                f"Renommez-le :  {better}",
                _renamed(name, better),
            )
        elif why := active_files.of(path, self._content):
            notes.error(
                "fichier-actif",
                None,
                f"ce fichier pourrait agir dans le navigateur de qui l’ouvre : {why}",
                "Enregistrez l’image de nouveau en JPEG ou en PNG, le document en PDF.",
            )
        elif why_not := file_formats.refusal(path, self._content):
            problem, remedy = why_not
            notes.error("format-refuse", None, problem, remedy)
        elif path.stat().st_size > image_files.HEAVIEST and self._keeps_its_weight(path):
            notes.warning(
                "image-lourde",
                None,
                "cette image pèse plus de 8 Mo et sera publiée telle quelle",
                "Enregistrez une animation en vidéo (.mp4), un dessin en PNG large d’au plus "
                "3\u00a0000 pixels.",
            )
        elif better != path.name and not same:
            notes.warning(
                "nom-de-fichier",
                None,
                f"« {path.name} » fait une adresse qui se copie mal",
                f"Renommez-le, et partout où il est nommé :  {better}",
                _renamed(name, better, "l’adresse du fichier change"),
            )
        if notes.found:
            self.notes.append(notes)
        if wrong := errors(notes.found):
            published = _composed(name.removeprefix(f"{self._folders.content}/"))
            self.refused.setdefault(published, []).extend(wrong)

    def _keeps_its_weight(self, path: Path) -> bool:
        """Tell whether a file is a picture that is published as it is: it moves, or is drawn."""
        extension = path.suffix.lower()
        if extension in {".gif", ".svg"}:
            return True
        with suppress(image_files.ImageError):
            return image_files.examine(path, self._content).moving
        return False

    def image(
        self,
        path: str,
        line: int | None,
        notes: Notes,
        *,
        alt: str = "",
        credit: str | None = None,
        licence: str | None = None,
        focus: Focus | None = None,
        duotone: str = "",
    ) -> Image | None:
        """Find an image of the content folder and measure it."""
        name = self._name(re.sub(r"[{|](static|attach|filename)[}|]", "", path))
        if re.match(r"https?:", path):
            notes.error(
                "image-externe",
                line,
                "cette image est sur un autre site : elle peut disparaître ou suivre qui la voit",
                "Enregistrez-la sous content/images/ (avec le droit de le faire), puis nommez-la.",
            )
            return None
        if name not in self.names:
            notes.error(
                "image-absente",
                line,
                f"l’image « {path} » n’existe pas",
                self._like(name) or "Rangez-la sous content/images/.",
                self._same_but_case(path, name, line),
            )
            return None
        self.use(name, line, notes)
        nature = self._examine(name, line, notes)
        if nature is None:
            return None
        image = Image(
            path=self.names[name],
            url=quote(f"/{name}"),
            alt=Text.with_italics(alt).plain,
            width=nature.width,
            height=nature.height,
            digest=nature.digest,
            moving=nature.moving,
            opaque=nature.opaque,
            credit=Text.with_italics(credit) if credit else None,
            licence=Text.with_italics(licence) if licence else None,
            focus=focus,
            duotone="" if nature.moving or name.lower().endswith(".svg") else duotone,
        )
        if not image.drawn and notes.file not in self.hidden:
            self.photographs.setdefault(f"{image.path}{image.duotone}", image)
        return image

    def _name(self, typed: str) -> str:
        """Return the name of a file from what was typed: a path, or its part of an address."""
        name = _composed(typed.lstrip("/").removeprefix(f"{self._folders.content}/"))
        return name if name in self.names else _composed(unquote(name))

    def _same_but_case(self, path: str, name: str, line: int | None) -> Repair | None:
        """Return the repair of a path of which only the capitals are wrong."""
        alike = [known for known in self.names if known.casefold() == name.casefold()]
        if len(alike) != 1 or not path.endswith(name):
            return None
        return Repair((Edit(line or 0, None, path, path.removesuffix(name) + alike[0]),))

    def _like(self, name: str) -> str | None:
        """Return a remedy that names the file most like a name, if any is like it."""
        for known in self.names:
            if known.casefold() == name.casefold():
                return f"Attention aux majuscules :  {known}"
        return near(name, self.names)

    def _examine(self, name: str, line: int | None, notes: Notes) -> image_files.ImageInfo | None:
        if name not in self._natures:
            try:
                file = self._content / self.names[name]
                self._natures[name] = image_files.examine(file, self._content)
            except image_files.ImageError as error:
                self._natures[name] = str(error)
        nature = self._natures[name]
        if isinstance(nature, image_files.ImageInfo):
            return nature
        if name not in self.refused:  # of which more is said
            notes.error(
                "image-illisible",
                line,
                f"l’image « {name} » ne se lit pas : {nature}",
                "Enregistrez-la de nouveau en JPEG ou en PNG, large d’au plus 4\u00a0000 pixels.",
            )
        return None

    def file(self, path: str, line: int, notes: Notes) -> str | None:
        """Return the address of a document."""
        name = self._name(path)
        if name in self.names:
            self.use(name, line, notes)
            return quote(f"/{name}")
        notes.error(
            "fichier-introuvable",
            line,
            f"le fichier « {path} » n’existe pas",
            self._like(name) or "Rangez-le sous content/documents/.",
        )
        return None

    def use(self, name: str, line: int | None, notes: Notes) -> None:
        """Take in that a text names a file, with which it cannot be published if it is refused."""
        self.users.setdefault(name, set()).add(notes.file)
        for refused in self.refused.get(name, ())[:1]:
            notes.error(
                refused.rule,
                line,
                f"le fichier « {name} » ne peut pas être publié",
                f"Voyez pourquoi :  {command('verifier', refused.file)}",
            )

    def faulty(self) -> set[str]:
        """Name the files that cannot be published as they are."""
        unread = {name for name, nature in self._natures.items() if isinstance(nature, str)}
        return unread | self.refused.keys()

    def data(self, name: str) -> bytes:
        """Return the bytes of a document."""
        return regular_files.read(self._content / self.names[name], self._content)

    def size(self, address: str) -> int:
        """Measure a document, in bytes."""
        return self._file(address).stat().st_size

    def pdf_faults(self, address: str, line: int | None, notes: Notes) -> tuple[PdfFault, ...]:
        """List what a PDF lacks for everyone to read it, each with a warning."""
        found = pdf_documents.faults(self._file(address), self._content)
        for fault in found:
            name = unquote(address.rpartition("/")[2])
            remedy = pdf_documents.REMEDIES[fault]
            notes.warning(
                "pdf-inaccessible", line, f"« {name} » ne se lit pas à haute voix : {fault}", remedy
            )
        return found

    def _file(self, address: str) -> Path:
        return self._content / self.names[unquote(address.removeprefix("/"))]


def _file_name(path: Path) -> str:
    """Return a name that makes a good address; the same one where it already does."""
    suffix = re.sub(r"[^a-z0-9.]", "", path.suffix.lower())
    stem = path.stem if _PLAIN.fullmatch(path.stem) else slugify(path.stem)
    return f"{stem or 'fichier'}{suffix}"


def _renamed(name: str, better: str, effect: str = "") -> Repair:
    folder, slash, _ = name.rpartition("/")
    return Repair(name=f"{folder}{slash}{better}", effect=effect)


def _composed(name: str) -> str:
    return unicodedata.normalize("NFC", name)


def near(word: str, known: Iterable[str]) -> str | None:
    """Return a remedy that names the known word most like another, if any is like it."""
    hint = did_you_mean(word, known)
    return hint if hint.startswith("Vouliez") else None
