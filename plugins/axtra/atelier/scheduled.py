"""Publications at a chosen moment: what was chosen for them, kept until it is online."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from filelock import FileLock

from axtra.atelier.set_aside import Version
from axtra.content import frontmatter
from axtra.content.schema import Key, Type
from axtra.subscribers.private_folder import make_private
from infolettre.core import dates
from infolettre.core.diagnostics import Notes, errors
from infolettre.core.refusals import Refusal
from infolettre.core.whole_files import write_whole

_KEY = Key("moment", "moment", Type.MOMENT, "moment", "2026-12-02 09:00")


@dataclass(frozen=True, slots=True)
class ChosenText:
    """A text of a publication.

    Attributes:
        title: its title when it was chosen.
        version: what its readers will see; its base is the file as it was when it was chosen.
        draft: whether the file was a draft then.
    """

    title: str
    version: Version
    draft: bool


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A text that its publication left as it was, and why, as the end of a French sentence."""

    name: str
    title: str
    why: str


@dataclass(frozen=True, slots=True)
class ScheduledPublication:
    """A publication that takes place by itself.

    Attributes:
        moment: when.
        person: who wants it.
        texts: what was chosen, by the names of the files.
        taken: whether the files hold it already.
        left: what was left as it was, once taken.
        failure: why the last attempt failed; "" if none did.
        done: when it was online; None until then.
    """

    moment: datetime
    person: str
    texts: Mapping[str, ChosenText]
    taken: bool = False
    left: tuple[LeftOut, ...] = ()
    failure: str = ""
    done: datetime | None = None

    @property
    def mark(self) -> str:
        """Return what tells it from the others: there is one a minute."""
        return f"{self.moment.astimezone(UTC):%Y%m%dT%H%MZ}"

    @property
    def titles(self) -> str:
        """Return the titles of its texts, in quotation marks."""
        return ", ".join(f"« {text.title} »" for text in self.texts.values())

    def __str__(self) -> str:
        """Return « publication programmée par Zoé : « Un titre » »."""
        words = f"publication programmée par {self.person}"
        return f"{words} : {self.titles}" if self.texts else words

    def as_bytes(self) -> bytes:
        """Return what its file holds."""
        texts = {
            name: {"titre": text.title, "brouillon": text.draft, **text.version.as_record()}
            for name, text in self.texts.items()
        }
        values = {
            "moment": self.moment.isoformat(),
            "personne": self.person,
            "textes": texts,
            "acceptee": self.taken,
            "laisses": [asdict(left) for left in self.left],
            "panne": self.failure,
            "faite": self.done.isoformat() if self.done else None,
        }
        return json.dumps(values, ensure_ascii=False, indent=1).encode()

    @classmethod
    def of_bytes(cls, data: bytes) -> Self:
        """Read what a file holds.

        Raises:
            ValueError, TypeError, KeyError, AttributeError: it is not a publication.
        """
        values: dict[str, Any] = json.loads(data)
        return cls(
            datetime.fromisoformat(values["moment"]).astimezone(dates.ZONE),
            values["personne"],
            {
                name: ChosenText(record["titre"], Version.of_record(record), record["brouillon"])
                for name, record in values["textes"].items()
            },
            values["acceptee"],
            tuple(LeftOut(**left) for left in values["laisses"]),
            values["panne"],
            datetime.fromisoformat(values["faite"]) if values["faite"] else None,
        )


class Schedule:
    """The publications to come of a project.

    Args:
        folder: where the project keeps what is beside its files; private, made when first used.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "programmees"
        self._lock = FileLock(folder / "programmees.verrou", mode=0o600)

    def all(self) -> list[ScheduledPublication]:
        """Return every publication, the first to come first; also those of `over`.

        Raises:
            Refusal: a file cannot be read.
        """
        paths = self._folder.glob("*.json") if self._folder.is_dir() else ()
        return sorted(map(self._load, paths), key=lambda known: known.moment.timestamp())

    def coming(self) -> list[ScheduledPublication]:
        """Return those that are not online yet, the first to come first."""
        return [known for known in self.all() if known.done is None]

    def over(self) -> list[ScheduledPublication]:
        """Return those that are online and left out texts, until somebody has seen it."""
        return [known for known in self.all() if known.done is not None]

    def due(self, present: datetime) -> list[ScheduledPublication]:
        """Return those whose moment has come, and that are not online yet."""
        return [known for known in self.coming() if dates.has_come(known.moment, present)]

    def add(self, moment: datetime, person: str, texts: Mapping[str, ChosenText]) -> None:
        """Schedule a publication; a text that another one was to publish leaves it.

        With one that comes at the same minute already, it is one publication.
        """
        with self._alone():
            new = ScheduledPublication(moment, person, dict(texts))
            for known in self.coming():
                if known.mark == new.mark:
                    new = replace(new, texts={**known.texts, **new.texts})
                elif stay := {n: t for n, t in known.texts.items() if n not in texts}:
                    self._write(replace(known, texts=stay))
                elif known.texts:
                    self._path(known.mark).unlink()
            self._write(new)

    def cancel(self, mark: str) -> ScheduledPublication | None:
        """Forget a publication, by its mark, and return it; None when there is none."""
        with self._alone():
            found = next((known for known in self.all() if known.mark == mark), None)
            if found is not None:
                self._path(found.mark).unlink()
            return found

    def note(self, known: ScheduledPublication) -> None:
        """Keep what became of a publication, unless it was cancelled meanwhile."""
        with self._alone():
            if self._path(known.mark).exists():
                self._write(known)

    def fail(self, known: ScheduledPublication, refusal: Refusal) -> None:
        """Keep why a publication could not take place; another attempt will follow."""
        self.note(replace(known, failure=refusal.problem or str(refusal)))

    def finish(self, known: ScheduledPublication, present: datetime) -> None:
        """Note that a publication is online; it is forgotten if there is nothing to say of it."""
        if known.left:
            self.note(replace(known, failure="", done=present))
        else:
            self.cancel(known.mark)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        make_private(self._folder)
        with self._lock:
            yield

    def _path(self, mark: str) -> Path:
        return self._folder / f"{mark}.json"

    def _write(self, known: ScheduledPublication) -> None:
        write_whole(self._path(known.mark), known.as_bytes())

    @staticmethod
    def _load(path: Path) -> ScheduledPublication:
        try:
            return ScheduledPublication.of_bytes(path.read_bytes())
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            raise Refusal(
                f"« {path.name} », qui garde une publication programmée, ne se lit pas.",
                f"Restaurez ce fichier d’une sauvegarde, ou effacez-le :\n{path}",
            ) from None


def read_moment(day: str, hour: str, present: datetime) -> datetime:
    """Read the day and the hour of a form, in Quebec.

    Raises:
        Refusal: one is missing or does not exist, or the moment is past.
    """
    day, hour = day.strip(), hour.strip()
    if not day or not hour:
        raise Refusal("il manque le jour ou l’heure de la publication.", "Écrivez les deux.")
    notes = Notes("")
    moment = frontmatter.convert(frontmatter.Value(f"{day} {hour}", 1), _KEY, notes)
    if not isinstance(moment, datetime):
        wrong: Sequence[Any] = errors(notes.found)
        problem = wrong[0].problem if wrong else "ce moment ne se lit pas"
        raise Refusal(f"{problem}.", "Écrivez le jour comme 2026-12-02, et l’heure comme 09:00.")
    if dates.has_come(moment, present):
        raise Refusal(
            f"le {dates.day(moment)} à {dates.hour(moment)}, c’est déjà passé.",
            "Choisissez un moment à venir; pour publier maintenant : « Publier ».",
        )
    return moment
