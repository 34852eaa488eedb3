"""A Word file received: a draft, its pictures, the cards of who signs, and what was understood."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from merge3 import Merge3

from axtra.content import skeletons
from axtra.content.editing import EditableText
from axtra.content.loading import Folders
from axtra.content.model import Author, Library
from axtra.content.schema import KINDS, Kind
from axtra.design.image_files import ImageError
from axtra.intake import word_file
from axtra.intake.html_blocks import Block, Page, blocks_of
from axtra.intake.lost_words import missing_words
from axtra.intake.markdown_writer import TO_DO, line_starts, quoted, written
from axtra.intake.understanding import Understood, caption_and_credit, understand
from axtra.intake.word_file import WordFile
from axtra.pictures.received import prepare
from infolettre.core.diagnostics import count
from infolettre.core.refusals import Refusal
from infolettre.text.languages import is_english


@dataclass(frozen=True, slots=True)
class Written:
    """A file to write: its name, relative to the project's root, and its bytes."""

    name: str
    data: bytes


@dataclass(slots=True)
class Report:
    """« Ce que j'ai compris »: what was understood, guessed, lost, and what is missing."""

    understood: list[str] = field(default_factory=list)
    guessed: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def sections(self) -> Iterator[tuple[str, list[str]]]:
        """Yield the sections that say something, the most pressing first."""
        for title, lines in (
            ("À compléter", self.missing),
            ("Deviné", self.guessed),
            ("Pas dans le brouillon", self.lost),
            ("Compris", self.understood),
        ):
            if lines:
                yield title, lines

    def __str__(self) -> str:
        pieces = [
            "\n".join([f"{title} :", *(f"  {line}" for line in lines)])
            for title, lines in self.sections()
        ]
        return "\n\n".join(pieces)


@dataclass(frozen=True, slots=True)
class Reception:
    """What a reception makes.

    Attributes:
        draft: the name of the draft.
        files: the files to write, the draft first.
        report: what was understood.
        again: whether the draft was there: what was done since is in it.
        change: the lines that a second reception changes, as a unified difference.
        received: the draft as this file alone makes it.
        originals: the photographs as they were sent, by their names.
    """

    draft: str
    files: tuple[Written, ...]
    report: Report
    received: bytes
    again: bool = False
    change: str = ""
    originals: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sent:
    """A file that somebody sent: its name and its bytes."""

    name: str
    data: bytes


def receive(
    document: Sent,
    photographs: Sequence[Sent],
    *,
    folders: Folders,
    library: Library,
    kind: Kind,
    numero: str | None,
    day: date,
    before: Mapping[str, bytes],
) -> Reception:
    """Turn a Word file and photographs into a draft; nothing is written.

    Args:
        document: the Word file.
        photographs: those that came with it.
        folders: where the content is.
        library: the content, for its authors and its numéros.
        kind: the kind of the text.
        numero: for an article, the folder of its numéro; by default the newest.
        day: the day of publication to suggest.
        before: what earlier receptions made, by the names of drafts.

    Raises:
        Refusal: the file cannot be read, or the draft's place is taken.
    """
    word = word_file.read(document.data, document.name)
    page = blocks_of(word.html)
    if not page.blocks:
        raise Refusal(f"« {document.name} » est vide : ni texte, ni image.", "Vérifiez le fichier.")
    known = _known_authors(library)
    text = understand(page.blocks, known, word.creator)
    title = text.title or Path(document.name).stem.replace("_", " ")
    slug = skeletons.short_slug(title) or "texte-recu"
    name = folders.free(skeletons.place(folders, kind, slug, numero, library, day))
    report = Report(guessed=list(text.guessed))
    album = _Album(folders, Path(name).stem, word, photographs)
    body = written(text.blocks, page.notes, album.figure) + album.rest()
    cards = list(_author_cards(text, known, folders))
    draft = _draft(kind, title, text, known, cards, body, day, library)
    _report(report, word, page, text, album, draft, cards, kind)
    path = folders.root / name
    files = [Written(name, draft), *cards, *album.files]
    if not path.exists():
        return Reception(name, tuple(files), report, draft, originals=album.originals)
    if name not in before:
        raise Refusal(
            f"« {name} » existe déjà, et ne vient pas d’une réception.",
            "Renommez le titre dans le Word, ou renommez ce texte.",
        )
    joined = _joined(before[name], path.read_bytes(), draft, name)
    return Reception(
        name,
        (Written(name, joined), *cards, *album.files),
        report,
        draft,
        again=True,
        change=_difference(path.read_bytes(), joined, name),
        originals=album.originals,
    )


def _known_authors(library: Library) -> dict[str, str]:
    authors = [item for item in library.items if isinstance(item, Author)]
    return {author.title.plain.casefold(): author.slug for author in authors}


# --- the draft -----------------------------------------------------------------------------------


def _draft(
    kind: Kind,
    title: str,
    text: Understood,
    known: Mapping[str, str],
    cards: Sequence[Written],
    body: str,
    day: date,
    library: Library,
) -> bytes:
    made = {Path(card.name).stem for card in cards}
    signing = [
        known.get(name.casefold()) or (slug if slug in made else name)
        for name in text.authors
        for slug in [skeletons.short_slug(name)]
    ]
    values = {"titre": title, "statut": "brouillon"}
    if is_english(" ".join(block.plain for block in text.blocks)):
        values["langue"] = "en"
    for key in kind.keys:
        if key.attribute == "summary" and (key.required or text.summary):
            values[key.name] = text.summary or f"{TO_DO} : {key.label}"
        elif key.attribute == "authors" and (key.required or signing):
            values[key.name] = "\n".join(signing) or TO_DO
        elif key.attribute in {"date", "start"} and key.required:
            values[key.name] = f"{day:%Y-%m-%d}"
        elif key.attribute == "rubrique" and library.rubriques:
            values[key.name] = TO_DO
        elif key.choices and key.required:
            values[key.name] = key.choices[0]
    empty = EditableText(("---\n", "---\n\n"), "", "", "\n")
    return empty.with_fields(kind, values).with_body(body.strip("\n")).data


def _author_cards(
    text: Understood, known: Mapping[str, str], folders: Folders
) -> Iterator[Written]:
    """Yield a draft card for each person who signs and has none."""
    author = KINDS["auteur"]
    for name in dict.fromkeys(text.authors):
        slug = skeletons.short_slug(name)
        file = f"{folders.content}/auteurs/{slug}.md"
        if name.casefold() in known or not slug or (folders.root / file).exists():
            continue
        role, _, organisation = text.roles.get(name, "").partition(",")
        values = {"nom": name, "statut": "brouillon", "fonction": role, "organisme": organisation}
        empty = EditableText(("---\n", "---\n\n"), "", "", "\n")
        biography = text.biographies.get(name, f"À compléter : quelques mots sur {name}.")
        yield Written(file, empty.with_fields(author, values).with_body(biography).data)


# --- pictures ------------------------------------------------------------------------------------


class _Album:
    """The pictures of a text: those that its Word file holds, then those sent beside it."""

    def __init__(
        self, folders: Folders, stem: str, word: WordFile, photographs: Sequence[Sent]
    ) -> None:
        self._folder, self._stem, self._word = f"{folders.content}/images", stem, word
        self._root = folders.root
        self.files: list[Written] = []
        self.refused: list[str] = []
        self.told: list[str] = []
        self.originals: dict[str, bytes] = {}
        self._seen: dict[str, str] = {}  # names under content/, by digest
        self._shown: set[str] = set()
        self._beside = [name for sent in photographs if (name := self._keep(sent.data, sent.name))]

    def _keep(self, data: bytes, said: str) -> str | None:
        """Keep a picture; return its name under content/, or None when it cannot be shown."""
        rank = len(self._seen) + 1
        try:
            made = prepare(data, f"{self._stem}-{rank}")
        except ImageError as error:
            self.refused.append(f"« {said} » : {error.problem}")
            return None
        if made.digest in self._seen:
            self.told.append(f"« {said} » est deux fois la même image.")
            return self._seen[made.digest]
        self.files.append(Written(f"{self._folder}/{made.name}", made.data))
        self.originals[f"{self._stem}-{rank}-{Path(said).name}"] = data
        self.told.append(
            f"« {said} » : {made.name}, {made.width} × {made.height} pixels, redressée s’il le "
            "fallait, sans le lieu de la prise de vue."
        )
        self._seen[made.digest] = f"images/{made.name}"
        return self._seen[made.digest]

    def figure(self, picture: Block, caption: Block | None) -> str:
        """Write a picture of the Word file as a figure."""
        rank = picture.text.removeprefix("image:")
        if not rank.isdecimal():
            return ""
        held = self._word.pictures[int(rank)]
        name = self._keep(held.data, f"image {int(rank) + 1} du Word")
        if name is None:
            return ""
        self._shown.add(name)
        words, credit = caption_and_credit(caption.text) if caption else ("", "")
        return _figure(name, _useful(held.alternative), words, credit)

    def rest(self) -> str:
        """Write the photographs that came beside the Word file, for somebody to place."""
        left = [name for name in dict.fromkeys(self._beside) if name not in self._shown]
        return "".join(f"\n{_figure(name, '', '', '')}\n" for name in left)


def _useful(alternative: str) -> str:
    """Return what an author wrote of a picture; programs write a file's name, or guess."""
    if re.search(
        r"\.(jpe?g|png|gif|heic)$|généré|description automatically", alternative, re.IGNORECASE
    ):
        return ""
    return " ".join(alternative.split())


def _figure(name: str, alternative: str, caption: str, credit: str) -> str:
    lines = [f"/// figure | {name}", f"    alt: {quoted(alternative or TO_DO)}"]
    if credit:
        lines.append(f"    credit: {quoted(credit)}")
    return "\n".join([*lines, *([line_starts(caption)] if caption else []), "///"])


# --- a second reception --------------------------------------------------------------------------


def _joined(first: bytes, now: bytes, again: bytes, name: str) -> bytes:
    """Bring what the corrected file changes into a draft that was worked on since.

    Raises:
        Refusal: both changed the same passage.
    """
    lines = [data.splitlines(keepends=True) for data in (first, now, again)]
    groups = list(Merge3(lines[0], lines[1], lines[2]).merge_groups())
    disputed = [group for group in groups if group[0] == "conflict"]
    if disputed:
        passages = "\n".join(
            f"Dans le Word corrigé : {b''.join(group[3]).decode().strip()[:200]}"
            for group in disputed
        )
        raise Refusal(
            f"« {name} » a changé aux mêmes endroits que le Word : rien n’a été écrit.",
            f"Reportez vous-même ces passages :\n{passages}",
        )
    return b"".join(line for group in groups for line in group[1])


def _difference(before: bytes, after: bytes, name: str) -> str:
    lines = difflib.unified_diff(
        before.decode().splitlines(), after.decode().splitlines(), name, name, lineterm="", n=1
    )
    return "\n".join(lines)


# --- the report ----------------------------------------------------------------------------------


def _report(
    report: Report,
    word: WordFile,
    page: Page,
    text: Understood,
    album: _Album,
    draft: bytes,
    cards: Sequence[Written],
    kind: Kind,
) -> None:
    told = report.understood
    names = [block.nature.name for block in text.blocks]
    for nature, noun in (("HEADING", "intertitre"), ("LIST", "liste"), ("TABLE", "tableau")):
        if number := names.count(nature):
            told.append(f"{count(number, noun)}.")
    if page.notes:
        told.append(f"{count(len(page.notes), 'note')} de bas de page.")
    seen = word.seen
    if seen.boxes:
        told.append(f"{count(seen.boxes, 'zone')} de texte, en encadré.")
    if seen.equations:
        report.guessed.append(f"{count(seen.equations, 'équation')}, en texte : relisez.")
    if album.files:
        told.append(f"{count(len(album.files), 'image')}, sous content/images/.")
    told += album.told
    for card in cards:
        report.missing.append(f"La fiche de qui signe : {card.name}")
    if seen.revisions:
        told.append(f"Suivi des modifications accepté : {count(seen.revisions, 'révision')}.")
    if seen.merged:
        what = "Une cellule fusionnée" if seen.merged == 1 else f"{seen.merged} cellules fusionnées"
        report.guessed.append(f"{what} : relisez le tableau, où elles sont séparées.")
    for object_, number in Counter(seen.objects).items():
        report.lost.append(f"{object_}{f' ({number} fois)' if number > 1 else ''}.")
    if word.apart:
        report.lost.append(f"{count(word.apart, 'image')} d’en-tête ou de pied de page.")
    for font, number in Counter(word.signs).items():
        report.lost.append(f"{count(number, 'signe')} de la police « {font} ».")
    if word.macros:
        report.lost.append("Une macro (un programme) : elle n’a pas été lue.")
    for address in word.linked:
        report.lost.append(f"Une image liée, qui n’est pas dans le fichier : « {address} »")
    report.lost += [f"Une image qui ne se lit pas : {said}" for said in album.refused]
    report.lost += [f"Un lien, dont il reste le texte : « {said} »" for said in seen.links]
    report.lost += [f"Texte supprimé par une révision : « {said} »" for said in seen.deleted]
    report.lost += [f"Texte caché dans le Word : « {said} »" for said in seen.hidden]
    report.lost += [f"Commentaire de {c.author} : « {c.text} »" for c in word.comments]
    report.lost += list(missing_words(word, [draft, *(card.data for card in cards)]))
    text_of = draft.decode()
    for key in kind.keys:
        if re.search(rf"^{key.name}:.*{TO_DO}", text_of, re.MULTILINE | re.IGNORECASE):
            report.missing.append(f"{key.label[:1].upper()}{key.label[1:]} ({key.name})")
    if number := text_of.count(f"alt: {TO_DO}"):
        report.missing.append(f"{count(number, 'image')} : ce qu’elle montre (alt)")
