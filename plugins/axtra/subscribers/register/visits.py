"""Visitors of the public service, counted by keyed marks and forgotten after a while."""

from __future__ import annotations

from collections.abc import Sequence

from axtra.subscribers.journal.register_replay import SubscribersBook


class Visits(SubscribersBook):
    """The visits that a data folder, or a base that several services share, counts."""

    def admit(self, bounds: Sequence[tuple[str, int]], now: float, window: float) -> int | None:
        """Count a visit, unless one of its places had enough of them.

        Args:
            bounds: the names of the places that it counts for, each with its limit.
            now: in seconds.
            window: how many seconds a visit counts.

        Returns:
            The rank of the first place that had enough, or None when the visit was counted.

        Raises:
            FolderError: the disk refuses.
        """
        marks = [(self.keys.mark(f"visite {place}"), most) for place, most in bounds]
        with self.together() as db:
            db.execute("DELETE FROM visits WHERE moment <= ?", (now - window,))
            for rank, (mark, most) in enumerate(marks):
                row = db.execute("SELECT COUNT(*) FROM visits WHERE who = ?", (mark,)).fetchone()
                if row[0] >= most:
                    return rank
            db.executemany("INSERT INTO visits VALUES (?, ?)", [(mark, now) for mark, _ in marks])
        return None
