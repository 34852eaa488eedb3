"""What a carrier does: it reads and writes the files of one place, by name.

A name is relative to the place, with slashes: `index.html`, `.axe/etat.json`. What is not the
site's begins with a dot. A carrier knows nothing of plans, deployments or pages: whoever calls it
chooses the order, and how much is done.

On an atomic place, the site of a deployment is under `versions/<version>/`, and `swap` shows it to
readers all at once. On another place, the site is at the root, and each file is shown as soon as
it is put.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

PRIVATE = ".axe/"  # begins the names of what publishing keeps for itself
VERSIONS = "versions/"


@dataclass(frozen=True, slots=True)
class FileHeaders:
    """What a host sends with a file, where the place keeps it.

    Attributes:
        type: the value of Content-Type.
        cache: that of Cache-Control; empty when the host chooses.
        redirect: the address, from the site's root, to which a redirect leads; else empty. The
            file itself is a page that leads there, for a place that ignores it.
    """

    type: str = "application/octet-stream"
    cache: str = ""
    redirect: str = ""


class Carrier(Protocol):
    """A place, open for reading and writing.

    Opening a carrier and reading with it write nothing at the place, which may not exist yet.

    Every method raises one of the refusals of `failures` when the place does not do what it
    should, and no other exception: `UntrustedHost`, `UnreachableStore`, `UploadRefused`,
    `FullStore`, `FalseStore`.
    """

    @property
    def address(self) -> str:
        """Return the address of the place as a person types it, without any secret."""

    @property
    def atomic(self) -> bool:
        """Tell whether readers see a whole deployment at once, by `swap`.

        On a new place, this is certain once something was written there, or `has_certain_lock`
        was asked.
        """

    @property
    def honours_redirects(self) -> bool:
        """Tell whether the place answers with the redirect of `FileHeaders`."""

    @property
    def lanes(self) -> int:
        """Return how many threads may call `get`, `put` and `copy` at once.

        Where it is more than 1, another may call `replace` meanwhile.
        """

    def has_certain_lock(self) -> bool:
        """Tell whether `create` and `replace` exclude another publisher with certainty.

        It may write and delete a scratch file of PRIVATE.
        """

    def names(self, prefix: str) -> Iterator[str]:
        """Yield the names that begin with `prefix`, which is empty or ends with a slash."""

    def get(self, name: str) -> bytes | None:
        """Return the bytes of a file; None when there is none."""

    def put(self, name: str, data: bytes, headers: FileHeaders) -> None:
        """Write a file, in place of any other of that name.

        A reader sees the old bytes or the new, never a part; once it returns, the file is there
        for good, and a process killed in it leaves the old bytes or the new.
        """

    def copy(self, source: str, name: str, headers: FileHeaders) -> None:
        """Write the bytes of another file of the place; they travel only where they must.

        `source` exists; the rest is as for `put`. A hard link will do: `put` never changes a file
        that is there, it puts another in its place.
        """

    def delete(self, names: Iterable[str]) -> None:
        """Delete files, and the folders left empty; nothing happens for a name that is absent."""

    def create(self, name: str, data: bytes) -> bool:
        """Write a file unless there is one of that name; return whether it was written.

        Of two processes that try at the same time, one is told True (see `has_certain_lock`).
        """

    def replace(self, name: str, known: bytes, data: bytes) -> bool:
        """Write a file if it still holds the bytes `known`; return whether it was written.

        Of two processes that try at the same time, one is told True (see `has_certain_lock`).
        """

    def current(self) -> str:
        """Return the version that readers see; empty when there is none, or it is not atomic."""

    def swap(self, version: str, words: str) -> None:
        """Show readers the version whose files are all under `versions/<version>/`.

        Args:
            version: its name.
            words: a line that says what it is, where the place keeps such a line.
        """

    def close(self) -> None:
        """Let go of connections; the carrier is not used after this."""
