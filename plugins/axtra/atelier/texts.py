"""Opening, saving and publishing a text: the acts, without a screen."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from axtra import site
from axtra.atelier.forms import BODY, HEADER
from axtra.atelier.history import History
from axtra.atelier.newsroom import Newsroom, TextEntry
from axtra.atelier.scheduled import ChosenText
from axtra.atelier.set_aside import Version, fingerprint
from axtra.content import picture_words, repairing
from axtra.content.editing import EditableText, UnreadableHeaderError
from axtra.content.schema import Kind
from axtra.core.refusals import Refusal
from axtra.core.whole_files import write_whole

_DRAFT = re.compile(r"^(?:statut|status)[ \t]*:[ \t]*[\"']?(?:brouillon|draft)\b", re.MULTILINE)


class Saved(Enum):
    """What saving did."""

    NOTHING = auto()  # what was sent is what is there
    IN_FILE = auto()
    ASIDE = auto()  # it waits until somebody publishes it


@dataclass(frozen=True, slots=True)
class OpenedText:
    """A text as a form shows it: the version that waits, else the file.

    `fields` is None when the header does not parse: its text is edited instead. `typed` is what
    was typed and never saved, which is then what the form shows.
    """

    entry: TextEntry
    text: EditableText
    base: str
    fields: Mapping[str, str] | None
    typed: Version | None = None


class MovedError(Exception):
    """The text is no longer what the form started from.

    `mine` is what was sent, applied to what the form started from; `theirs` is what is there now;
    `base` is what the form started from, or None when nobody knows.
    """

    def __init__(self, mine: EditableText, theirs: bytes, base: bytes | None) -> None:
        super().__init__("the text has moved")
        self.mine, self.theirs, self.base = mine, theirs, base


class Desk:
    """Where texts are changed.

    Args:
        newsroom: the content.
        clock: returns the present.
        person: who works here.
        history: keeps what was written.
    """

    def __init__(
        self,
        newsroom: Newsroom,
        *,
        clock: Callable[[], datetime],
        person: str,
        history: History,
    ) -> None:
        self._newsroom, self._clock, self.person = newsroom, clock, person
        self.record = history.record
        self._alone = newsroom.aside.alone  # one change at a time: what is compared is then written

    def open(self, entry: TextEntry) -> OpenedText:
        """Return a text to edit.

        Raises:
            Refusal: it cannot be edited here.
        """
        data = self._newsroom.data(entry.name)
        base = self._newsroom.aside.remember(data)
        typed = self._newsroom.aside.typed.get(entry.name)
        if typed is not None:
            data, base = typed.data, typed.base
        try:
            text = EditableText.of(data)
        except UnicodeDecodeError:
            raise Refusal(
                f"« {entry.name} » n’est pas enregistré en UTF-8.",
                "Ouvrez-le dans un éditeur de texte et enregistrez-le en UTF-8.",
            ) from None
        return OpenedText(entry, text, base, _shown(text, entry.kind), typed)

    def save(self, entry: TextEntry, base: str, sent: Mapping[str, str]) -> Saved:
        """Keep what a form sent: a draft in its file, a text that readers see or will see aside.

        Args:
            entry: the text.
            base: the fingerprint that the form started from.
            sent: the fields of the form.

        Raises:
            MovedError: the text has changed since the form was opened; nothing is changed.
            Refusal: the header cannot take what was sent.
        """
        with self._alone():
            saved = self._save(entry, base, sent)
            self._newsroom.aside.typed.drop(entry.name)
            return saved

    def _save(self, entry: TextEntry, base: str, sent: Mapping[str, str]) -> Saved:
        current = self._newsroom.data(entry.name)
        if base != fingerprint(current):
            started = self._newsroom.aside.remembered(base)
            mine = _edited(EditableText.of(started or current), entry.kind, sent)
            if mine.data != current:
                raise MovedError(mine, current, started)
            return Saved.NOTHING  # two people who wrote the same words agree
        new = _edited(EditableText.of(current), entry.kind, sent).data
        return Saved.NOTHING if new == current else self._keep(entry.name, new)

    def keep_typing(self, entry: TextEntry, base: str, sent: Mapping[str, str]) -> None:
        """Keep what is being typed, so that neither a browser nor a machine that stops loses it.

        Raises:
            Refusal: the header cannot take what was sent.
        """
        with self._alone():
            current, aside = self._newsroom.data(entry.name), self._newsroom.aside
            started = current if base == fingerprint(current) else aside.remembered(base)
            data = _edited(EditableText.of(started or current), entry.kind, sent).data
            if data == current:
                version = None
                aside.typed.drop(entry.name)
            else:
                version = Version(data, base, self.person, self._clock())
                aside.typed.put(entry.name, version)
            self._newsroom.take_typed(entry.name, version)

    def forget_typing(self, entry: TextEntry) -> None:
        """Forget what was typed and not saved."""
        with self._alone():
            self._newsroom.aside.typed.drop(entry.name)

    def _keep(self, name: str, new: bytes) -> Saved:
        aside, path = self._newsroom.aside, self._newsroom.root / name
        in_file = path.read_bytes()
        if is_draft(in_file) and is_draft(new):
            write_whole(path, new)
            aside.waiting.drop(name)
            self.record(name, "Brouillon enregistré", in_file)
            return Saved.IN_FILE
        if new == in_file:
            aside.waiting.drop(name)
            return Saved.ASIDE
        aside.waiting.put(name, Version(new, fingerprint(in_file), self.person, self._clock()))
        return Saved.ASIDE

    def publish(self, entry: TextEntry) -> None:
        """Put in the file of a text what waits, and make a draft a text that readers may see.

        Raises:
            Refusal: it has errors, or its file has moved since the version was set aside.
        """
        with self._alone():
            name, path = entry.name, self._newsroom.root / entry.name
            in_file, version = path.read_bytes(), self._newsroom.aside.waiting.get(name)
            if version and version.base != fingerprint(in_file):
                raise Refusal(
                    "le fichier de ce texte a changé depuis que cette version attend.",
                    "Relisez les deux versions, puis enregistrez celle que vous gardez.",
                )
            new = without_draft(version.data if version else in_file, entry.kind)
            stopping = site.stopping(self._newsroom.root, moment=self._clock(), instead={name: new})
            if wrong := [problem for problem in stopping if problem.file == name]:
                raise UnfinishedError(len(wrong))
            if new != in_file:
                write_whole(path, new)
                self.record(name, "Publié", in_file)
            self._newsroom.aside.waiting.drop(name)

    def choose(self, entry: TextEntry) -> ChosenText:
        """Return what publishing a text now would put in its file."""
        with self._alone():
            in_file = (self._newsroom.root / entry.name).read_bytes()
            new = without_draft(self._newsroom.data(entry.name), entry.kind)
            version = Version(new, fingerprint(in_file), self.person, self._clock())
            return ChosenText(entry.title, version, is_draft(in_file))

    def restore(self, entry: TextEntry, data: bytes) -> Saved:
        """Come back to another version of a text, as if somebody had typed it."""
        with self._alone():
            self._newsroom.aside.typed.drop(entry.name)
            return self._keep(entry.name, data)

    def describe(self, entry: TextEntry, base: str, place: str, words: Mapping[str, str]) -> Saved:
        """Say other words of a picture that a text shows; see `content.picture_words`.

        Raises:
            Refusal: the text has changed since `base`, shows no such picture, or cannot take them.
        """
        with self._alone():
            current = self._newsroom.data(entry.name)
            try:
                text = EditableText.of(current)
                new = picture_words.reworded(text, entry.kind, place, words)
            except (UnicodeDecodeError, UnreadableHeaderError):
                new = None
            if new is None or base != fingerprint(current):
                raise Refusal(
                    f"« {entry.title} » a changé entre-temps : rien n’est enregistré.",
                    "Reprenez : la page montre maintenant ce qu’il dit de cette image.",
                )
            return Saved.NOTHING if new.data == current else self._keep(entry.name, new.data)

    def mend(self, entry: TextEntry, mark: str) -> Saved:
        """Carry out the repair of a finding, as if somebody had typed it."""
        with self._alone():
            found = repairing.marked(entry.problems).get(mark)
            current = self._newsroom.data(entry.name)
            new, mended = repairing.repaired(current, [found] if found else [])
            return self._keep(entry.name, new) if mended else Saved.NOTHING

    def abandon(self, entry: TextEntry) -> None:
        """Forget the version that waits: the text is again what its readers see."""
        with self._alone():
            self._newsroom.aside.waiting.drop(entry.name)
            self._newsroom.aside.typed.drop(entry.name)


class UnfinishedError(Refusal):
    """A text has errors: its readers must not see it yet."""

    def __init__(self, wrong: int) -> None:
        what = "une erreur" if wrong == 1 else f"{wrong} erreurs"
        super().__init__(f"ce texte a encore {what}.", "Corrigez ce que disent les constats.")


def is_draft(data: bytes) -> bool:
    """Return whether a file says that it is a draft, even if its header does not parse."""
    try:
        return bool(_DRAFT.search(EditableText.of(data).header))
    except UnicodeDecodeError:
        return False


def without_draft(data: bytes, kind: Kind) -> bytes:
    """Return the bytes of a text that is no longer a draft."""
    if not is_draft(data):
        return data
    text = EditableText.of(data)
    try:
        return text.with_fields(kind, {"statut": ""}).data
    except UnreadableHeaderError:
        return data


def _shown(text: EditableText, kind: Kind) -> Mapping[str, str] | None:
    try:
        return text.fields(kind)
    except UnreadableHeaderError:
        return None


def _edited(text: EditableText, kind: Kind, sent: Mapping[str, str]) -> EditableText:
    """Return a text with what a form sent; a field that was not sent stays."""
    if HEADER in sent:
        text = text.with_header(sent[HEADER])
    else:
        names = {key.name for key in kind.keys}
        try:
            text = text.with_fields(kind, {n: v for n, v in sent.items() if n in names})
        except UnreadableHeaderError:
            raise Refusal(
                "l’en-tête de ce texte ne se lit plus.",
                "Rechargez la page : il y sera montré tel quel.",
            ) from None
    return text.with_body(sent[BODY]) if BODY in sent else text
