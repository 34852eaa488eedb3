"""All that can be repaired in a project, found before a byte is written, then written at once."""

from __future__ import annotations

import os
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from axtra.content import repairing, sent_letters
from axtra.content.loading import Folders, folder_walk
from infolettre.core.diagnostics import Diagnostic
from infolettre.core.refusals import Refusal
from infolettre.core.whole_files import write_whole

_PASSES = 20  # a repair may show what another one hid; each file settles well before
_NAMING = {".md", ".toml"}  # files that name others

Read = Callable[[Mapping[str, bytes]], list[Diagnostic]]
Wanted = Callable[[str], bool]


@dataclass(slots=True)
class RepairPlan:
    """What would be repaired.

    Attributes:
        before: the bytes of each file that changes.
        after: what they become.
        names: the new name of each file that is renamed.
        mended: what is repaired, in order.
        conflicts: files left as they are, since two versions of them are yet to be joined.
    """

    before: dict[str, bytes] = field(default_factory=dict)
    after: dict[str, bytes] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    mended: list[Diagnostic] = field(default_factory=list)
    conflicts: set[str] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.after or self.names)

    def carry_out(self, root: Path) -> list[str]:
        """Write the files, and rename.

        A renamed file has both names while what names it is written: a machine that stops leaves
        no text that shows nothing.

        Returns:
            The files left as they are, since they have changed meanwhile; nothing is then renamed.

        Raises:
            Refusal: the system does not let a file be written.
        """
        moved = [
            old
            for old, new in self.names.items()
            if not (root / old).is_file() or not _is_free(root / new, root / old)
        ]
        if moved:
            return moved
        for old, new in self.names.items():
            if not os.path.lexists(root / new):  # some systems see one name in both
                with _refusing(new):
                    write_whole(root / new, (root / old).read_bytes())
        for name, data in self.after.items():
            path = root / name
            if _bytes(path) != self.before[name]:
                moved.append(name)
                continue
            with _refusing(name):
                write_whole(path, data)
        for old, new in self.names.items():  # together with what names it
            with _refusing(old):
                if not moved:
                    (root / old).replace(root / new)
                elif not (root / new).samefile(root / old):
                    (root / new).unlink()
        return moved


def plan(folders: Folders, read: Read, wanted: Wanted) -> RepairPlan:
    """Find what can be repaired: edits until nothing is left to edit, then names of files.

    Args:
        folders: where the content is.
        read: lists the problems of the content, some files replaced by other bytes.
        wanted: tells whether a file may be repaired.
    """
    made, problems = RepairPlan(), list[Diagnostic]()
    for _ in range(_PASSES):
        problems = [found for found in read(made.after) if found.repair and wanted(found.file)]
        if not _edit(folders, problems, made):
            break
    _rename(folders, problems, made)
    if made.names:
        _name_again(folders, made)
    for name in [name for name, data in made.after.items() if data == made.before[name]]:
        del made.after[name]
    return made


def renaming(folders: Folders, old: str, new: str) -> RepairPlan:
    """Find what another name of a file changes: the texts and tables that name it.

    Args:
        folders: where the content is.
        old: the name of the file, relative to the project's root.
        new: the name that it takes.

    Raises:
        Refusal: another file has that name, a letter that was sent leads to this one, or a text
            that names it holds two versions.
    """
    made, address = RepairPlan(names={old: new}), quote(old.removeprefix(folders.content))
    if not _is_free(folders.root / new, folders.root / old):
        raise Refusal(f"« {new} » existe déjà.", "Choisissez un autre nom.")
    if address.encode() in (_bytes(folders.root / sent_letters.FILE) or b""):
        raise Refusal(
            f"une infolettre envoyée mène à « {old} » : ce nom ne change plus.",
            "Déposez une copie sous un autre nom, et employez-la dans les prochains textes.",
        )
    _name_again(folders, made)
    if made.conflicts:
        raise Refusal(
            f"« {min(made.conflicts)} » nomme cette image, et contient deux versions à réunir.",
            "Choisissez d’abord entre elles.",
        )
    return made


def _edit(folders: Folders, problems: list[Diagnostic], made: RepairPlan) -> bool:
    """Carry out a pass of repairs; tell whether anything changed."""
    by_file = defaultdict[str, list[Diagnostic]](list)
    for found in problems:
        by_file[found.file].append(found)
    changed = False
    for name, several in by_file.items():
        data = made.after.get(name) or _bytes(folders.root / name)
        if data is None or not any(found.repair and found.repair.edits for found in several):
            continue
        if repairing.in_conflict(data):
            made.conflicts.add(name)
            continue
        new, mended = repairing.repaired(data, several)
        if new != data:
            made.before.setdefault(name, data)
            made.after[name] = new
            made.mended += mended
            changed = True
    return changed


def _rename(folders: Folders, problems: list[Diagnostic], made: RepairPlan) -> None:
    """Choose which files take another name: none that a letter names, none whose name is taken."""
    promised = _bytes(folders.root / sent_letters.FILE) or b""
    for found in problems:
        name = found.repair.name if found.repair else ""
        old, new = folders.root / found.file, folders.root / name
        address = quote(found.file.removeprefix(folders.content)).encode()
        if (
            name
            and name not in made.names.values()
            and _is_free(new, old)
            and not _has_twin(old)
            and address not in promised
        ):
            made.names[found.file] = name
            made.mended.append(found)


def _has_twin(path: Path) -> bool:
    """Tell whether another file has the same name, its accents recorded otherwise."""
    names = [unicodedata.normalize("NFC", other.name) for other in path.parent.iterdir()]
    return names.count(unicodedata.normalize("NFC", path.name)) > 1


def _name_again(folders: Folders, made: RepairPlan) -> None:
    """Put the new names of files wherever a text names them."""
    texts = dict[str, bytes]()
    for path in folder_walk.look(folders)[0]:
        name = folders.name(path)
        data = made.after.get(name) or _bytes(path)
        if data and path.suffix.lower() in _NAMING and name != sent_letters.FILE:
            texts[name] = data
    for name, data in texts.items():
        if repairing.in_conflict(data):  # it stays as it is, and so does what it names
            for old, new in [*made.names.items()]:
                if repairing.naming(data, name, {old: new}, folders.content) != data:
                    del made.names[old]
                    made.mended = [
                        found
                        for found in made.mended
                        if found.file != old or (found.repair and not found.repair.name)
                    ]
                    made.conflicts.add(name)
    for name, data in texts.items():
        written = repairing.naming(data, name, made.names, folders.content)
        if written != data:
            made.before.setdefault(name, data)
            made.after[name] = written


@contextmanager
def _refusing(name: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Refusal(
            f"« {name} » ne s’écrit pas ({error.strerror}).",
            "Vérifiez à qui sont ce fichier et son dossier, puis recommencez.",
        ) from None


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _is_free(path: Path, old: Path) -> bool:
    """Tell whether a file may take a name: nothing has it, or the file itself, on some systems."""
    return not os.path.lexists(path) or (path.exists() and old.exists() and path.samefile(old))
