"""Counting the year of a project, and writing the draft of its publication."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from axtra import site
from axtra.checks import MAIL_RULES
from axtra.checks.rules import colours, dark, images, legibility, mail_links, structure
from axtra.content.model import Library, Newsletter, Status
from axtra.core.diagnostics import Diagnostic
from axtra.core.refusals import Refusal
from axtra.core.whole_files import write_whole
from axtra.measures import months, own_figures, year_words
from axtra.measures.year import Period, Year, published, readership, sent, subscribed
from axtra.sending.ledger import Ledger
from axtra.subscribers import Register

# The rules that help whoever cannot see a mail as it was drawn.
_ACCESS = frozenset(
    rule.id
    for module in (structure, images, colours, dark, legibility, mail_links)
    for rule in vars(module).values()
    if rule in MAIL_RULES.values()
)


def count_year(
    root: Path,
    name: int,
    period: Period,
    moment: datetime,
    *,
    ledger: Ledger | None = None,
    register: Register | None = None,
) -> tuple[Year, Library, list[Diagnostic]]:
    """Count what is known of a period.

    Args:
        root: the project's folder.
        name: the year that names it.
        period: its days.
        moment: now.
        ledger: what was sent, where there is a ledger.
        register: who is subscribed, where there is a register.

    Returns:
        The year, the content, and the problems of `content/annee/`.
    """
    library, _ = site.read(root, moment=moment)
    own, problems = own_figures.read(root / site.folders(root).content, "content", name)
    year = Year(
        name,
        period,
        published(library, period),
        sent=sent(ledger, register, period) if ledger else None,
        subscribed=subscribed(register, period) if register else None,
        findings=_findings(root, library, period, moment),
        readership=readership(months.read_all(root), period),
        own=own,
    )
    return year, library, problems


def _findings(root: Path, library: Library, period: Period, moment: datetime) -> dict[str, int]:
    """Count, for each edition of a period, what the rules of accessibility say of its mail."""
    letters = {
        item.source: item.slug
        for item in library.items
        if isinstance(item, Newsletter)
        and item.status is Status.PUBLISHED
        and item.date is not None
        and item.date in period
    }
    found = dict.fromkeys(letters.values(), 0)
    if letters:
        for problem in site.verify(root, moment=moment):
            if problem.file in letters and problem.rule in _ACCESS:
                found[letters[problem.file]] += 1
    return found


def draft_name(year: Year) -> str:
    """Return the file of the publication of a year, relative to the project's root."""
    return f"content/publications/annee-{year.name}.md"


def write_draft(root: Path, year: Year, library: Library, today: date) -> str:
    """Write the draft of the publication of a year; return its file.

    Raises:
        Refusal: there is one already, which somebody may have edited.
        OSError: it cannot be written.
    """
    name = draft_name(year)
    path = root / name
    if path.exists():
        raise Refusal(
            f"« {name} » existe déjà : il n’a pas été remplacé.",
            "Renommez-le ou effacez-le, puis recommencez.",
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, year_words.draft(year, library, today).encode())
    return name
