"""Notifications of a big relay that wait to be judged, in the register."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from axtra.subscribers.database import written
from axtra.subscribers.journal.register_replay import SubscribersBook


class Notices(SubscribersBook):
    """The notifications of a data folder, or of a base that several services share."""

    def keep_notice(self, identity: str, mails: Sequence[bytes], moment: datetime) -> None:
        """Keep the mails of a notification until they are judged; kept twice, they are kept once.

        Raises:
            FolderError: the disk refuses.
        """
        rows = [(f"{identity} {rank}", written(moment), mail) for rank, mail in enumerate(mails)]
        with self.together() as db:
            db.executemany("INSERT INTO notices VALUES (?, ?, ?) ON CONFLICT DO NOTHING", rows)

    def judge_notices(self, take: Callable[[bytes], bool]) -> None:
        """Pass each mail that waits to `take`, the oldest first, and forget it.

        Raises:
            FolderError: the disk refuses.
        """
        rows = self._db.execute("SELECT id, mail FROM notices ORDER BY moment, id").fetchall()
        for identity, mail in rows:
            with self.together() as db:
                take(bytes(mail))
                db.execute("DELETE FROM notices WHERE id = ?", (identity,))
