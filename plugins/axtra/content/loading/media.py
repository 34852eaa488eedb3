"""The images and the documents of the content folder: which there are, and what they are."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from axtra.content import active_files, file_formats, sent_letters
from axtra.content.loading.places import Folders
from axtra.content.model import Image, Text
from axtra.content.redirects import FILE as MOVED
from axtra.core.diagnostics import Notes, did_you_mean
from axtra.design import image_files

_ASSETS = ("images/", "documents/")
_FACTS = frozenset({"site.toml", "rubriques.toml", "infolettres.toml", MOVED, "mots.txt"})


class Assets:
    """The files beside the texts.

    Attributes:
        names: those that are published, relative to the content folder.
        photographs: the bitmaps that are shown, by name.
        hidden: the texts that are not written, whose bitmaps are not shown either.
        users: the texts that name each file.
        notes: what is wrong with a file itself.
    """

    def __init__(self, folders: Folders) -> None:
        self._folders = folders
        self._content = folders.root / folders.content
        self._natures: dict[str, image_files.ImageInfo | str] = {}
        self.names: set[str] = set()
        self.photographs: dict[str, Image] = {}
        self.hidden: frozenset[str] = frozenset()
        self.users: dict[str, set[str]] = {}
        self.notes: list[Notes] = []

    def take(self, path: Path, name: str) -> None:
        """Add a file that is no text, or say why it will not be published."""
        relative = name.removeprefix(f"{self._folders.content}/")
        if relative.startswith(_ASSETS) and relative != name:
            self.names.add(relative)
            self._inspect(path, name)
        elif name != sent_letters.FILE and (relative not in _FACTS or relative == name):
            picture = path.suffix.lower() in {".jpg", ".jpeg", ".png", ".gif", ".svg", ".webp"}
            hint = "content/images/" if picture else "content/documents/"
            remedy = f"Rangez-le sous {hint}, ou retirez-le du dossier."
            if path.suffix.lower() in {".markdown", ".mkd", ".txt", ".docx", ".odt"}:
                remedy = "Un texte est un fichier dont le nom se termine par .md."
            notes = Notes(name)
            notes.warning("fichier-ignore", None, "ce fichier ne sera pas publié", remedy)
            self.notes.append(notes)

    def _inspect(self, path: Path, name: str) -> None:
        """Refuse a file that could act in the reader’s browser, or is of no known kind."""
        notes = Notes(name)
        if why := active_files.of(path, self._content):
            notes.error(
                "fichier-actif",
                None,
                f"ce fichier pourrait agir dans le navigateur des lecteurs : {why}",
                "Enregistrez l’image de nouveau en JPEG ou en PNG, le document en PDF.",
            )
        elif why_not := file_formats.refusal(path, self._content):
            problem, remedy = why_not
            notes.error("format-refuse", None, problem, remedy)
        if notes.found:
            self.notes.append(notes)

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
        name = name.removeprefix(f"{self._folders.content}/")
        if re.match(r"https?:", path):
            notes.error(
                "image-externe",
                line,
                "cette image est sur un autre site : elle peut disparaître ou suivre les lecteurs",
                "Enregistrez-la sous content/images/ (avec le droit de le faire), puis nommez-la.",
            )
            return None
        if name not in self.names:
            same = next(
                (known for known in self.names if known.casefold() == name.casefold()), None
            )
            notes.error(
                "image-absente",
                line,
                f"l’image « {path} » n’existe pas",
                f"Attention aux majuscules :  {same}"
                if same
                else near(name, self.names) or "Rangez-la sous content/images/.",
            )
            return None
        self.users.setdefault(name, set()).add(notes.file)
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
        if not image.drawn and notes.file not in self.hidden:
            self.photographs.setdefault(name, image)
        return image

    def _examine(self, name: str, line: int | None, notes: Notes) -> image_files.ImageInfo | None:
        if name not in self._natures:
            try:
                self._natures[name] = image_files.examine(self._content / name, self._content)
            except image_files.ImageError as error:
                self._natures[name] = str(error)
        nature = self._natures[name]
        if isinstance(nature, image_files.ImageInfo):
            return nature
        notes.error(
            "image-illisible",
            line,
            f"l’image « {name} » ne se lit pas : {nature}",
            "Enregistrez-la de nouveau en JPEG ou en PNG, large d’au plus 4\u00a0000 pixels.",
        )
        return None

    def file(self, path: str, line: int, notes: Notes) -> str | None:
        """Return the address of a document."""
        name = path.lstrip("/").removeprefix(f"{self._folders.content}/")
        if name in self.names:
            self.users.setdefault(name, set()).add(notes.file)
            return f"/{name}"
        notes.error(
            "fichier-introuvable",
            line,
            f"le fichier « {path} » n’existe pas",
            near(name, self.names) or "Rangez-le sous content/documents/.",
        )
        return None

    def faulty(self) -> set[str]:
        """Name the files that cannot be published as they are."""
        unread = {name for name, nature in self._natures.items() if isinstance(nature, str)}
        refused = {notes.file.removeprefix(f"{self._folders.content}/") for notes in self.notes}
        return (unread | refused) & self.names

    def size(self, address: str) -> int:
        """Measure a document, in bytes."""
        return (self._content / address.removeprefix("/")).stat().st_size


def near(word: str, known: Iterable[str]) -> str | None:
    """Return a remedy that names the known word most like another, if any is like it."""
    hint = did_you_mean(word, known)
    return hint if hint.startswith("Vouliez") else None
