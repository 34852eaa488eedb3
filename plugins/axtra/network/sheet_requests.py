"""The questions put to centres, in the data folder: one open at a time for each, answered once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Self

from axtra.subscribers.database import OpenBook, open_base, read, written
from axtra.subscribers.signed_tokens import new_id
from axtra.subscribers.storage.base import Book

BOOK = Book("centres.sqlite3", "axtra.network", ("requests.sql",), ("requests",))
LIFE = timedelta(days=60)  # of a link
_COLUMNS = "id, centre, sheet, asked, state, answered, changes, remark, settled"


class RequestState(StrEnum):
    """What became of a question."""

    OPEN = "attend"
    REPLACED = "remplace"  # by a later one, whose link alone works
    CONFIRMED = "confirme"
    CORRECTED = "corrige"  # what the centre says waits for an editor


@dataclass(frozen=True, slots=True)
class SheetRequest:
    """A question to a centre.

    Attributes:
        centre: the slug of its sheet.
        sheet: what the centre is shown: each key, and its value as a form shows it.
        changes: the keys that it says otherwise, with what they should be.
        settled: when an editor took the answer, or set it aside.
    """

    id: str
    centre: str
    sheet: Mapping[str, str]
    asked: datetime
    state: RequestState
    answered: datetime | None
    changes: Mapping[str, str]
    remark: str
    settled: datetime | None


class SheetRequests(OpenBook):
    """The questions of a data folder."""

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open them; a folder that has none yet gets an empty file.

        Raises:
            FolderError: the folder or the file cannot be used.
        """
        return cls(open_base(folder, BOOK))

    def ask(self, centre: str, sheet: Mapping[str, str], moment: datetime) -> str:
        """Note a question; links of earlier ones to the same centre no longer work.

        Returns:
            Its id, which the link signs.

        Raises:
            FolderError: the disk refuses.
        """
        identity = new_id()
        with self._db.transaction():
            self._db.execute(
                "UPDATE requests SET state = 'remplace' WHERE centre = ? AND state = 'attend'",
                (centre,),
            )
            self._db.execute(
                "INSERT INTO requests (id, centre, sheet, asked, state)"
                " VALUES (?, ?, ?, ?, 'attend')",
                (identity, centre, _json(sheet), written(moment)),
            )
        return identity

    def find(self, identity: str) -> SheetRequest | None:
        """Return a question by its id."""
        row = self._db.execute(
            f"SELECT {_COLUMNS} FROM requests WHERE id = ?",  # noqa: S608 - our columns
            (identity,),
        ).fetchone()
        return _request(row) if row else None

    def answer(
        self, identity: str, changes: Mapping[str, str], remark: str, moment: datetime
    ) -> bool:
        """Note what a centre answers; without a change or a remark, its sheet is confirmed.

        Returns:
            Whether the question was still open: it is answered once.

        Raises:
            FolderError: the disk refuses.
        """
        state = RequestState.CORRECTED if changes or remark else RequestState.CONFIRMED
        with self._db.transaction():
            return bool(
                self._db.execute(
                    "UPDATE requests SET state = ?, answered = ?, changes = ?, remark = ?"
                    " WHERE id = ? AND state = 'attend'",
                    (state.value, written(moment), _json(changes), remark, identity),
                ).rowcount
            )

    def answers(self) -> list[SheetRequest]:
        """List the answers that nobody has taken nor set aside, the oldest first."""
        rows = self._db.execute(
            f"SELECT {_COLUMNS} FROM requests WHERE settled = ''"  # noqa: S608 - our columns
            " AND state IN ('confirme', 'corrige') ORDER BY answered, id"
        )
        return [_request(row) for row in rows]

    def open_since(self) -> dict[str, datetime]:
        """Map each centre that has not answered yet to when it was last asked."""
        rows = self._db.execute("SELECT centre, asked FROM requests WHERE state = 'attend'")
        return {centre: read(asked) for centre, asked in rows}

    def settle(self, identity: str, moment: datetime) -> None:
        """Note that an answer was taken, or set aside.

        Raises:
            FolderError: the disk refuses.
        """
        with self._db.transaction():
            self._db.execute(
                "UPDATE requests SET settled = ? WHERE id = ? AND settled = ''",
                (written(moment), identity),
            )


def _json(value: Mapping[str, str]) -> str:
    return json.dumps(dict(value), ensure_ascii=False)


def _request(row: tuple[str, ...]) -> SheetRequest:
    identity, centre, sheet, asked, state, answered, changes, remark, settled = row
    return SheetRequest(
        identity,
        centre,
        json.loads(sheet),
        read(asked),
        RequestState(state),
        read(answered) if answered else None,
        json.loads(changes),
        remark,
        read(settled) if settled else None,
    )
