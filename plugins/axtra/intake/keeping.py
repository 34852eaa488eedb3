"""Writing what a reception makes, and remembering it: the corrected file comes back one day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from axtra.intake.reception import Reception
from infolettre.core.whole_files import write_whole


class Receptions(Mapping[str, bytes]):
    """What earlier receptions made, by the names of drafts.

    Args:
        folder: where it is kept, with the photographs as they were sent; made when first used.
        root: the project's folder.
    """

    def __init__(self, folder: Path, root: Path) -> None:
        self._drafts, self._originals = folder / "recus", folder / "originaux"
        self._root = root

    def __getitem__(self, name: str) -> bytes:
        try:
            return (self._drafts / name).read_bytes()
        except OSError:
            raise KeyError(name) from None

    def __iter__(self) -> Iterator[str]:
        for path in sorted(self._drafts.rglob("*.md")):
            yield path.relative_to(self._drafts).as_posix()

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def write(self, made: Reception) -> None:
        """Write the files of a reception, the draft last: whoever sees it sees its pictures."""
        for name, data in made.originals.items():
            write_whole(self._originals / name, data)
        draft, *others = made.files
        for file in others:
            write_whole(self._root / file.name, file.data)
        write_whole(self._drafts / draft.name, made.received)
        write_whole(self._root / draft.name, draft.data)
