"""The content of a project as the site renders it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from infolettre.core.diagnostics import Diagnostic
from infolettre.core.refusals import DiagnosedRefusal

if TYPE_CHECKING:
    from axtra.content.model import Welcome
    from axtra.site import Edition


@dataclass(frozen=True, slots=True)
class SiteContent:
    """The `ProjectContent` of a folder; Pelican, which costs half a second, is imported if used.

    `data` is the data folder; `environment` may name the place where the site is published;
    `is_quiet` keeps the warnings of a build from the terminal.
    """

    root: Path
    data: Path
    environment: Mapping[str, str]
    is_quiet: bool = False

    def verify(self, moment: datetime) -> list[Diagnostic]:
        """Return every problem of the content."""
        from axtra import site  # noqa: PLC0415

        return site.verify(self.root, moment=moment)

    def render(self, name: str, liste: str | None, moment: datetime) -> Edition:
        """Render an edition for a list, its own when none is named.

        Raises:
            WrongUsage: no edition has that name.
            DiagnosedRefusal: the content has errors.
        """
        from axtra import site  # noqa: PLC0415

        return site.edition(self.root, name, liste, moment=moment)

    def checked(self, name: str, liste: str | None, moment: datetime) -> Edition:
        """Render an edition for a list, as long as its mail has nothing to be mended.

        Raises:
            WrongUsage: no edition has that name.
            DiagnosedRefusal: the content or the mail has errors.
        """
        from axtra import site  # noqa: PLC0415

        edition = self.render(name, liste, moment)
        if faults := site.faults(self.root, edition):
            raise DiagnosedRefusal(faults)
        return edition

    def welcome(self, name: str, liste: str, words: Welcome, moment: datetime) -> Edition:
        """Render an edition under words of welcome, as long as its mail has nothing to be mended.

        Raises:
            WrongUsage: no edition has that name.
            DiagnosedRefusal: the content or the mail has errors.
        """
        from axtra import site  # noqa: PLC0415

        edition = site.welcome(self.root, name, liste, words, moment=moment)
        if faults := site.faults(self.root, edition):
            raise DiagnosedRefusal(faults)
        return edition

    def missing_online(
        self, siteurl: str, links: Sequence[str]
    ) -> Sequence[tuple[str, str]] | None:
        """Return the links that a reader would not find online; None without a target."""
        from axtra import publishing  # noqa: PLC0415
        from axtra.publishing import published_project  # noqa: PLC0415

        project = published_project.find(self.root, self.data, self.environment)
        return [*publishing.missing(project.target, siteurl, links)] if project else None

    def build(self) -> None:
        """Build the site in its own process: it takes memory that a long run must not keep."""
        command = "import sys; from axtra.cli import main; sys.exit(main(['construire']))"
        subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-c", command],
            cwd=self.root,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL if self.is_quiet else None,
            check=False,
        )
