"""All that can be repaired in a project, found before a byte is written, then written at once."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from axtra.content import repairing
from axtra.content.loading import Folders
from axtra.core.diagnostics import Diagnostic
from axtra.core.whole_files import write_whole

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
        """Write the files, then rename.

        Returns:
            The files left as they are, since they have changed meanwhile.
        """
        moved = []
        for name, data in self.after.items():
            path = root / name
            if _bytes(path) != self.before[name]:
                moved.append(name)
                continue
            if data != self.before[name]:
                write_whole(path, data)
        for old, new in self.names.items():
            if not _is_free(root / new, root / old):
                moved.append(old)
                continue
            with suppress(FileNotFoundError):
                (root / old).rename(root / new)
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
    taken = set[str]()
    for found in problems:
        name = found.repair.name if found.repair else ""
        free = name not in taken and _is_free(folders.root / name, folders.root / found.file)
        if name and free and found.file not in made.names:
            made.names[found.file] = name
            taken.add(name)
            made.mended.append(found)
    if made.names:
        _name_again(folders, made)
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


def _name_again(folders: Folders, made: RepairPlan) -> None:
    """Put the new names of files wherever a text names them."""
    for path in _texts(folders):
        name = folders.name(path)
        data = made.after.get(name) or _bytes(path)
        with suppress(UnicodeDecodeError):
            text = (data or b"").decode("utf-8")
            new = repairing.naming(text, name, made.names, folders.content)
            if new != text and data is not None:
                made.before.setdefault(name, data)
                made.after[name] = new.encode("utf-8")


def _texts(folders: Folders) -> Iterator[Path]:
    for top in folders.tops:
        for path in sorted(top.rglob("*")):
            if path.suffix.lower() in _NAMING and path.is_file() and not path.is_symlink():
                yield path


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _is_free(path: Path, old: Path) -> bool:
    """Tell whether a file may take a name: nothing has it, or the file itself, on some systems."""
    return not os.path.lexists(path) or (path.exists() and old.exists() and path.samefile(old))
