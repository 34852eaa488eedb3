"""From access logs to the files of the months that they change, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from axtra.content import site_facts
from axtra.measures import months, reading_logs
from axtra.measures.reading_logs import LogSource, ReadingReport
from axtra.measures.visits import Visits
from infolettre.core.diagnostics import count


@dataclass(frozen=True, slots=True)
class CountedLogs:
    """What became of some logs; `written` names the files of `mesures/` that changed."""

    report: ReadingReport
    written: list[str]

    @property
    def told(self) -> list[str]:
        """Say what was counted, a sentence each."""
        report = self.report
        total = (
            f"{count(report.lines, 'ligne')} : {count(report.pages, 'page')}, "
            f"{count(report.robots, 'demande')} de robots; le reste est fait d’images, de styles "
            "et d’erreurs."
        )
        return [*(f"{name} : déjà lu." for name in report.known), *self.written, total]

    @property
    def warned(self) -> list[str]:
        """Say what was not counted, a sentence each."""
        report, said = self.report, []
        if report.closed:
            said.append(
                f"{count(report.closed, 'ligne')} de jours fermés : comptées ici, pas ajoutées. Un "
                "jour se ferme 48 heures après qu’il est lu."
            )
        if report.unread:
            said.append(f"{count(report.unread, 'ligne')} de côté : leur format n’est pas connu.")
        return said


def count_logs(
    root: Path,
    folder: Path,
    sources: Sequence[LogSource],
    clock: Callable[[], datetime],
    most: int | None = None,
) -> CountedLogs:
    """Count what is new in some logs, and write the months that it changes.

    Args:
        root: the project's folder.
        folder: the data folder.
        sources: the logs.
        clock: returns the present.
        most: how many bytes they may hold together, once unpacked.

    Raises:
        WrongUsage: one cannot be read, or is no access log, or they hold too much.
        FolderError: the data folder cannot be used.
        Refusal: a file of a month is not what this program writes.
    """
    facts = site_facts.read(root / "content", "content")[0]
    hosts = {(urlsplit(facts.website).hostname or "").removeprefix("www.")} - {""}
    lost = _lost_months(root, folder)
    report = reading_logs.read_logs(folder, sources, hosts, clock, lost, most)
    with Visits.open(folder) as visits:
        whole = (month for month in visits.months() if month not in lost)
        return CountedLogs(report, months.write(root, visits, whole))


def _lost_months(root: Path, folder: Path) -> frozenset[str]:
    """Name the months whose file counts days of which the data folder knows nothing."""
    counted = months.known_days(root)
    with Visits.open(folder) as visits:
        return frozenset(
            month for month, days in counted.items() if {*days} - {*visits.days(month)}
        )
