"""Files that are not published yet: those that only unfinished texts name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from axtra.content.loading.media import FACTS
from axtra.content.loading.places import Folders
from axtra.content.model import Status
from axtra.content.sent_letters import FILE as SENT

UNFINISHED = frozenset({Status.DRAFT, Status.SCHEDULED})
_DRAFT = frozenset({Status.DRAFT})
_PLACES = ("documents/", "images/")


def private_files(
    folders: Folders,
    users: Mapping[str, set[str]],
    statuses: Mapping[str, Status],
    published: Iterable[str],
    shows: Callable[[str], bool],
) -> set[str]:
    """Name the files that wait for a text that names them: a report under embargo, its picture.

    A file that no text names is public: somebody may have given its address. So is one that a
    published text, a fact of the site or a letter that was sent holds in any way, in HTML too, and
    one that a letter to come leads to: the letter may leave a little before its hour.

    Args:
        folders: where the content is.
        users: the texts that name each file.
        statuses: of the texts.
        published: the texts that readers see.
        shows: tells whether a text that is not published is shown all the same.
    """
    seen = {*published}

    def waits(text: str) -> bool:
        status, is_letter = statuses.get(text), text.startswith(f"{folders.newsletters}/")
        return status in (_DRAFT if is_letter else UNFINISHED) and not shows(text)

    waiting = {
        name
        for name, texts in users.items()
        if name.startswith(_PLACES) and not texts & seen and all(map(waits, texts))
    }
    if not waiting:
        return set()
    told = [*(folders.root / name for name in seen), folders.root / SENT]
    told += [folders.root / folders.content / name for name in FACTS]
    return waiting - set(_named_in(folders, told, waiting))


def _named_in(folders: Folders, paths: Iterable[Path], names: set[str]) -> Iterator[str]:
    for path in paths:
        with suppress(OSError):
            data = folders.read(path)
            yield from (n for n in names if n.encode() in data or quote(n).encode() in data)
