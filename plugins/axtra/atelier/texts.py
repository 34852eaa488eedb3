"""Opening, saving and publishing a text: the acts, without a screen."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum, auto

from axtra.atelier.forms import BODY, FILE, HEADER
from axtra.atelier.history import History
from axtra.atelier.newsroom import Newsroom, TextEntry, lacking
from axtra.atelier.proposals import MOST_WORDS, Proposals, ProposedText
from axtra.atelier.roles import Person
from axtra.atelier.scheduled import ChosenText
from axtra.atelier.set_aside import Version, fingerprint
from axtra.content import loading, picture_words, repairing
from axtra.content.editing import EditableText, UnreadableHeaderError
from axtra.content.model import Status
from axtra.content.schema import Kind
from infolettre.core.refusals import Refusal

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
    was typed and never saved, which is then what the form shows. `apart` is the file, where it has
    changed since the version that waits was made from it: a person must bring both together.
    """

    entry: TextEntry
    text: EditableText
    base: str
    fields: Mapping[str, str] | None
    typed: Version | None = None
    apart: bytes | None = None

    def two_versions(self, start: bytes | None) -> MovedError:
        """Return the version that waits and the file, which are apart, as a choice to make."""
        return MovedError(self.text, self.apart or b"", start, self.base)


class MovedError(Exception):
    """The text is no longer what the form started from.

    `mine` is what was sent, applied to what the form started from; `theirs` is what is there now;
    `base` is what the form started from, or None when nobody knows. `current` is the fingerprint of
    what the next form starts from; it differs from that of `theirs` when `theirs` is the file, and
    a version that was made from an older one waits.
    """

    def __init__(
        self, mine: EditableText, theirs: bytes, base: bytes | None, current: str = ""
    ) -> None:
        super().__init__("the text has moved")
        self.mine, self.theirs, self.base = mine, theirs, base
        self.current = current or fingerprint(theirs)


class Desk:
    """Where texts are changed.

    Args:
        newsroom: the content.
        clock: returns the present.
        person: who changes them.
        history: keeps what was written.
        proposals: what is proposed.
        lock: of everybody: what one person compared is then written, by nobody else before.
    """

    def __init__(
        self,
        newsroom: Newsroom,
        *,
        clock: Callable[[], datetime],
        person: Person,
        history: History,
        proposals: Proposals,
        lock: AbstractContextManager[object],
    ) -> None:
        self._newsroom, self._clock, self.person = newsroom, clock, person
        self._history, self.record = history, history.record
        self._proposals = proposals
        self._typed = newsroom.aside.typed_by(person.address)
        self.lock = self._lock = lock

    def open(self, entry: TextEntry) -> OpenedText:
        """Return a text to edit.

        Raises:
            Refusal: it cannot be edited here.
        """
        data = self._newsroom.data(entry.name)
        base = self._newsroom.aside.remember(data)
        typed = self._typed.get(entry.name)
        if typed is not None:
            data, base = typed.data, typed.base
        try:
            text = EditableText.of(data)
        except UnicodeDecodeError:
            raise Refusal(
                f"« {entry.name} » n’est pas enregistré en UTF-8.",
                "Ouvrez-le dans un éditeur de texte et enregistrez-le en UTF-8.",
            ) from None
        apart = self._apart(entry.name) if typed is None else None
        return OpenedText(entry, text, base, _shown(text, entry.kind), typed, apart)

    def _apart(self, name: str) -> bytes | None:
        """Return the file of a text if it has changed since what waits was made from it."""
        version = self._newsroom.aside.waiting.get(name)
        in_file = (self._newsroom.root / name).read_bytes()
        return in_file if is_apart(version, in_file) else None

    def started(self, entry: TextEntry) -> bytes | None:
        """Return what the version that waits was made from; None when nobody knows."""
        version = self._newsroom.aside.waiting.get(entry.name)
        return self._newsroom.aside.remembered(version.base) if version else None

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
        with self._lock:
            saved = self._save(entry, base, sent)
            self._typed.drop(entry.name)
            return saved

    def _save(self, entry: TextEntry, base: str, sent: Mapping[str, str]) -> Saved:
        current = self._newsroom.data(entry.name)
        if base != fingerprint(current):
            started = self._newsroom.aside.remembered(base)
            mine = _edited(EditableText.of(started or current), entry.kind, sent)
            if mine.data != current:
                raise MovedError(mine, current, started)
            return Saved.NOTHING  # two people who wrote the same words agree
        new = _edited(EditableText.of(current), entry.kind, sent)
        apart = self._apart(entry.name)
        if apart is not None and sent.get(FILE) != fingerprint(apart):
            raise MovedError(new, apart, self.started(entry), base)
        if new.data == current and apart is None:
            return Saved.NOTHING
        return self._keep(entry.name, new.data, chosen=True)

    def keep_typing(self, entry: TextEntry, base: str, sent: Mapping[str, str]) -> None:
        """Keep what is being typed, so that neither a browser nor a machine that stops loses it.

        Raises:
            Refusal: the header cannot take what was sent.
        """
        with self._lock:
            current, aside = self._newsroom.data(entry.name), self._newsroom.aside
            started = current if base == fingerprint(current) else aside.remembered(base)
            data = _edited(EditableText.of(started or current), entry.kind, sent).data
            if data == current:
                version = None
                self._typed.drop(entry.name)
            else:
                version = self._version(data, base)
                self._typed.put(entry.name, version)
            self._newsroom.take_typed(entry.name, version)

    def forget_typing(self, entry: TextEntry) -> None:
        """Forget what was typed and not saved."""
        with self._lock:
            self._typed.drop(entry.name)

    def _keep(self, name: str, new: bytes, *, chosen: bool = False) -> Saved:
        """Keep a version; `chosen` when a person has seen the file as it is, if both are apart."""
        aside, path = self._newsroom.aside, self._newsroom.root / name
        in_file, version = path.read_bytes(), aside.waiting.get(name)
        if version and is_apart(version, in_file) and not chosen:
            aside.waiting.put(name, self._version(new, version.base))
            return Saved.ASIDE
        if self._is_draft(name, in_file) and self._is_draft(name, new):
            self._history.write(name, new, "Brouillon enregistré", in_file)
            aside.waiting.drop(name)
            return Saved.IN_FILE
        if new == in_file:
            aside.waiting.drop(name)
            return Saved.ASIDE
        aside.remember(in_file)  # to bring both together if the file changes before it is published
        aside.waiting.put(name, self._version(new, fingerprint(in_file)))
        return Saved.ASIDE

    def _version(self, data: bytes, base: str) -> Version:
        return Version(data, base, self.person.name, self._clock(), self.person.address)

    def _is_draft(self, name: str, data: bytes) -> bool:
        """Return whether a build would leave a file out as a draft: no line merely says so."""
        status = loading.status_alone(self._newsroom.folders, name, data, self._clock())
        return status is Status.DRAFT

    def publish(self, entry: TextEntry) -> None:
        """Put in the file of a text what waits, and make a draft a text that readers may see.

        Raises:
            Refusal: it has errors, or its file has moved since the version was set aside.
        """
        with self._lock:
            self._publish(entry, self._history, "Publié")

    def _publish(
        self, entry: TextEntry, history: History, why: str, proposed: bytes | None = None
    ) -> None:
        name, path, aside = entry.name, self._newsroom.root / entry.name, self._newsroom.aside
        in_file, version = path.read_bytes(), aside.waiting.get(name)
        if proposed is None and is_apart(version, in_file):
            raise Refusal(
                "le fichier de ce texte a changé depuis que cette version attend.",
                "Relisez les deux versions, puis enregistrez celle que vous gardez.",
            )
        accepted = proposed or (version.data if version else in_file)
        new = without_draft(accepted, entry.kind)
        if wrong := lacking(self._newsroom.problems_with(name, new)):
            raise UnfinishedError(len(wrong))
        if new != in_file:
            history.write(name, new, why, in_file)
        if version and version.data in {accepted, new}:
            aside.waiting.drop(name)
        for proposal in self._proposals.of(name, self.person):
            if proposal.data in {accepted, new}:
                self._proposals.drop(name, proposal.address)

    # --- proposals -------------------------------------------------------------------------------

    def propose(self, entry: TextEntry, words: str) -> None:
        """Ask that what is kept of a text be published; `words` say why.

        Raises:
            Refusal: readers see it already, or its file has moved since the version was set aside.
        """
        with self._lock:
            name, in_file = entry.name, (self._newsroom.root / entry.name).read_bytes()
            data, words = self._newsroom.data(name), words.strip()
            if self._apart(name) is not None:
                raise Refusal(
                    "deux versions de ce texte attendent un choix.", "Choisissez d’abord."
                )
            if data == in_file and not self._is_draft(name, data):
                raise Refusal("rien n’a changé : il n’y a rien à proposer.")
            if len(words) > MOST_WORDS:
                raise Refusal(f"le mot est trop long : {MOST_WORDS} caractères au plus.")
            person, base = self.person, fingerprint(in_file)
            self._proposals.put(
                ProposedText(name, data, base, person.address, person.name, words, self._clock())
            )

    def withdraw(self, entry: TextEntry) -> None:
        """Take one's own proposal back; what it proposes stays set aside."""
        with self._lock:
            self._proposals.drop(entry.name, self.person.address)

    def accept(self, entry: TextEntry, who: str, mark: str) -> None:
        """Publish what another person proposes; the history has it from them.

        Args:
            entry: the text.
            who: names whoever proposes.
            mark: the fingerprint of the bytes that were read.

        Raises:
            Refusal: something has changed since, it is one's own, or it cannot be published.
        """
        with self._lock:
            proposal = self._another(entry.name, who, mark)
            if proposal.base != fingerprint((self._newsroom.root / entry.name).read_bytes()):
                raise Refusal(
                    "le fichier de ce texte a changé depuis que c’est proposé.",
                    f"Renvoyez la proposition : {proposal.name} y réunira les deux versions.",
                )
            person = replace(self.person, address=proposal.address, name=proposal.name)
            why = f"Proposition acceptée par {self.person.name}"
            self._publish(entry, self._history.signed(person), why, proposal.data)

    def send_back(self, entry: TextEntry, who: str, mark: str, words: str) -> None:
        """Send a proposal back to whoever made it, with what it lacks.

        Raises:
            Refusal: it is no longer the one that was read, it is one's own, or nothing is said.
        """
        with self._lock:
            proposal, words = self._another(entry.name, who, mark), words.strip()
            if not words or len(words) > MOST_WORDS:
                raise Refusal("il manque ce que la personne doit revoir, en quelques mots.")
            self._proposals.put(replace(proposal, returned_by=self.person.name, answer=words))

    def _another(self, name: str, who: str, mark: str) -> ProposedText:
        proposal = self._proposals.get(name, who)
        if proposal is None or not proposal.waits or mark != proposal.mark:
            raise Refusal(
                "cette proposition n’est plus celle que vous avez lue.", "Relisez-la ci-dessous."
            )
        if proposal.address == self.person.address:
            raise Refusal("une autre personne doit lire ce que vous proposez.")
        return proposal

    def choose(self, entry: TextEntry) -> ChosenText:
        """Return what publishing a text now would put in its file."""
        with self._lock:
            in_file = (self._newsroom.root / entry.name).read_bytes()
            new = without_draft(self._newsroom.data(entry.name), entry.kind)
            version = self._version(new, fingerprint(in_file))
            return ChosenText(entry.title, version, is_draft(in_file))

    def restore(self, entry: TextEntry, data: bytes) -> Saved:
        """Come back to another version of a text, as if somebody had typed it."""
        with self._lock:
            self._typed.drop(entry.name)
            return self._keep(entry.name, data)

    def describe(self, entry: TextEntry, base: str, place: str, words: Mapping[str, str]) -> Saved:
        """Say other words of a picture that a text shows; see `content.picture_words`.

        Raises:
            Refusal: the text has changed since `base`, shows no such picture, or cannot take them.
        """
        with self._lock:
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
        with self._lock:
            found = repairing.marked(entry.problems).get(mark)
            current = self._newsroom.data(entry.name)
            new, mended = repairing.repaired(current, [found] if found else [])
            return self._keep(entry.name, new) if mended else Saved.NOTHING

    def abandon(self, entry: TextEntry) -> None:
        """Forget the version that waits: the text is again what its file holds."""
        with self._lock:
            self._newsroom.aside.waiting.drop(entry.name)
            self._typed.drop(entry.name)


class UnfinishedError(Refusal):
    """A text has errors: its readers must not see it yet."""

    def __init__(self, wrong: int) -> None:
        what = "une erreur" if wrong == 1 else f"{wrong} erreurs"
        super().__init__(f"ce texte a encore {what}.", "Corrigez ce que disent les constats.")


def is_apart(version: Version | None, in_file: bytes) -> bool:
    """Return whether a file has changed, otherwise than into it, since a version was made from it.

    A machine that stops while it publishes leaves the version beside the file that it became.
    """
    return bool(version and version.base != fingerprint(in_file) and version.data != in_file)


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
