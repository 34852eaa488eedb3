"""What the screens of letters send with: the registers, and the process that sends.

A sending is the command `axtra envoi reprendre` in a session of its own: it goes on when the
browser, or the atelier, is closed. The ledger alone says how far it is. What leaves at an hour, and
welcomes, leave by `axtra echeances`, which takes turns with that of a timer.
"""

from __future__ import annotations

import re
import subprocess
import sys
import threading
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from axtra.atelier.approving import has_accounts
from axtra.atelier.set_aside import project_folder
from axtra.content.site_facts import WELCOME
from axtra.publishing import published_project
from axtra.publishing.site_content import SiteContent
from axtra.sending import dispatch, settings
from axtra.sending.dispatch import DispatchContext
from axtra.sending.dispatch.scheduling import NOTICE
from axtra.sending.event_words import SpokenEvents, withdrawals
from axtra.sending.frozen_editions import BOOK
from axtra.sending.ledger import Ledger
from axtra.sending.run_context import Progress
from axtra.sending.settings import Settings
from axtra.subscribers import Register
from axtra.subscribers.database import SUBSCRIBERS, is_kept
from infolettre.core import dates

_COMMAND = "import sys; from axtra.cli import main; sys.exit(main(sys.argv[1:]))"
_PROGRESS = re.compile(r"[\d\s]+ / \d")  # « 120 / 1 487, 30 par minute »
_DUE = "echeances"
_LONGEST_WORDS = 4_000  # characters of what a sending said


@dataclass(slots=True)
class Notices(SpokenEvents):
    """Keeps what is said while an edition leaves."""

    words: list[str] = field(default_factory=list)

    def tell(self, words: str, remedy: str = "", *, is_warning: bool = False) -> None:  # noqa: ARG002
        """Keep words, with what to do about them."""
        self.words.append(f"{words[:1].upper()}{words[1:]} {remedy}".strip())

    def withdrawn(self, number: int) -> None:
        """Keep how many people left a list through listmonk."""
        self.words.append(withdrawals(number))

    def progressed(self, progress: Progress) -> None:
        """Keep nothing: the ledger says it."""

    def ended(self) -> None:
        """Keep nothing: the ledger says it."""


@dataclass(slots=True)
class Books:
    """Both registers of the data folder, open."""

    register: Register
    ledger: Ledger


@dataclass(slots=True)
class Mailroom:
    """What sends the letters of a project.

    Args:
        root: the project's folder.
        data: the data folder.
        environment: may hold the settings of sending and of publishing.
        clock: returns the present.
    """

    root: Path
    data: Path
    environment: Mapping[str, str]
    clock: Callable[[], datetime]
    _runs: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def content(self) -> SiteContent:
        """Return the content of the project."""
        return SiteContent(self.root, self.data, self.environment, is_quiet=True)

    @property
    def is_published(self) -> bool:
        """Return whether somebody said where the site is published."""
        return published_project.find(self.root, self.data, self.environment) is not None

    @property
    def has_ledger(self) -> bool:
        """Return whether an edition was ever frozen."""
        return is_kept(self.data, BOOK)

    @property
    def has_accounts(self) -> bool:
        """Return whether those who work here have accounts, which say who approves."""
        return has_accounts(self.data)

    def settings(self) -> Settings:
        """Read the settings of sending.

        Raises:
            SettingsError: one cannot be used.
        """
        return settings.read(self.environment, self.data)

    @contextmanager
    def books(self, *, reading: bool = False) -> Iterator[Books]:
        """Open both registers; to change them, only the copies that count.

        Raises:
            FolderError: they cannot serve.
        """
        with Register.open(self.data) as register, Ledger.open(self.data) as ledger:
            if not reading:
                register.require()
                ledger.require()
            yield Books(register, ledger)

    def context(self, books: Books, notices: Notices) -> DispatchContext:
        """Return what an edition is sent with."""
        return DispatchContext(
            self.content, books.ledger, books.register, self.clock, notices, self.has_accounts
        )

    # --- the process that sends ------------------------------------------------------------------

    def start(self, edition: str) -> None:
        """Go on with an edition that leaves, unless that goes on already."""
        self._run(edition, "envoi", "reprendre", edition)

    def attend(self) -> None:
        """Do what is due of the letters, once, unless that goes on already."""
        if self._is_due():
            self._run(_DUE, _DUE)

    def _is_due(self) -> bool:
        """Return whether a letter leaves soon or goes on leaving, or somebody waits for a welcome.

        Raises:
            Refusal: a register cannot be read.
        """
        now, welcoming = self.clock(), [*_welcoming(self.root)]
        if not self.has_ledger and not (welcoming and is_kept(self.data, SUBSCRIBERS)):
            return False
        with self.books(reading=True) as books:
            ledger, register = books.ledger, books.register
            soon = (known.moment.astimezone(UTC) - NOTICE for known in ledger.scheduled())
            return any(dates.has_come(moment, now) for moment in soon) or any(
                dispatch.waiting(ledger, register, liste, now) for liste in welcoming
            )

    def _run(self, name: str, *words: str) -> None:
        """Start a command of ours in a session of its own, unless it goes on under that name."""
        with self._lock:
            if self._is_alive(name):
                return
            path = self._words_of(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as said:
                run = self._runs[name] = subprocess.Popen(  # noqa: S603 - our own command
                    [sys.executable, "-c", _COMMAND, *words],
                    cwd=self.root,
                    env={**self.environment, "AXTRA_DONNEES": str(self.data)},
                    stdin=subprocess.DEVNULL,
                    stdout=said,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            threading.Thread(target=run.wait, daemon=True).start()  # it is buried once it ends

    def goes_on(self, edition: str, ledger: Ledger) -> bool:
        """Return whether a process sends an edition: ours, or another that holds the lock."""
        if self._is_alive(edition):
            return True
        if ledger.last_sent() != edition:
            return False
        with self._lock:  # two looks would see each other
            return ledger.is_sending(edition)

    def last_words(self, edition: str) -> str:
        """Return what the last sending of an edition said, "" while it goes on."""
        if self._is_alive(edition):
            return ""
        try:
            said = self._words_of(edition).read_text("utf-8", "replace")
        except OSError:
            return ""
        lines = [line for line in said.splitlines() if not _PROGRESS.match(line)]
        return "\n".join(lines)[-_LONGEST_WORDS:].strip()

    def _is_alive(self, edition: str) -> bool:
        run = self._runs.get(edition)
        return run is not None and run.poll() is None

    def _words_of(self, edition: str) -> Path:
        return project_folder(self.data, self.root) / "envois" / f"{edition}.txt"


def _welcoming(root: Path) -> Iterator[str]:
    """Yield the lists to which newcomers are welcomed; none where the file does not read."""
    try:
        tables = tomllib.loads((root / "content" / "infolettres.toml").read_text("utf-8-sig"))
    except (OSError, ValueError):
        return
    for liste, table in tables.items():
        if isinstance(table, dict) and all(table.get(key) for key in WELCOME):
            yield liste
