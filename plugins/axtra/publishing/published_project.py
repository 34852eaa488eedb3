"""A project, the place where it is published, and what its sent letters lead to."""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from axtra import site
from axtra.content import publication_tables, sent_letters
from axtra.content.toml_tables import read_toml
from axtra.core.git_command import git
from axtra.publishing import targets
from axtra.publishing.acts import BuiltSite, Origin
from axtra.publishing.targets import Target
from axtra.sending import archive
from axtra.sending.frozen_editions import BOOK
from axtra.sending.ledger import Ledger
from axtra.site.build import Progress, silent
from axtra.site.settings import SiteSettings, site_settings
from axtra.subscribers.database import is_kept
from infolettre.core.diagnostics import errors
from infolettre.core.refusals import DiagnosedRefusal, Refusal


@dataclass(frozen=True, slots=True)
class PublishedProject:
    """A project and the place where it is published; `data` is the data folder."""

    root: Path
    data: Path
    settings: SiteSettings
    target: Target

    def build(
        self, moment: datetime, output: Path | None = None, progress: Progress = silent
    ) -> BuiltSite:
        """Build the site as `axtra construire --publier` does.

        Args:
            moment: as on which moment.
            output: where, when it is not the folder of the settings.
            progress: called as each job starts.

        Raises:
            DiagnosedRefusal: something is unfinished; nothing is written.
        """
        report = site.build_site(
            self.root, moment=moment, target=output, publish=True, progress=progress
        )
        if report.refused:
            raise DiagnosedRefusal(report.diagnostics, "rien n’est publié.")
        return BuiltSite(report.output, self.settings.siteurl, self.named(), moment)

    def named(self) -> frozenset[str]:
        """Return the addresses to which the letters already sent lead, from the site's root.

        Raises:
            DiagnosedRefusal: the register of what was sent cannot be read.
        """
        try:
            found = {url for sent in sent_letters.load(self.root) for url in sent.urls}
        except sent_letters.RegisterError as error:
            raise DiagnosedRefusal([error.diagnostic]) from None
        if is_kept(self.data, BOOK):
            with closing(Ledger.open(self.data)) as ledger:
                for frozen in ledger.departed():
                    parts = archive.parts(frozen)
                    found.update(sent_letters.carried(parts, self.settings.siteurl))
        return frozenset(found)

    def origin(self) -> Origin:
        """Return who publishes, and the commit of the project, marked where files differ."""
        name = (git(self.root, "config", "user.name") or "").strip()
        commit = (git(self.root, "rev-parse", "--short", "HEAD") or "").strip()
        changed = commit and git(self.root, "status", "--porcelain", "--untracked-files=no")
        return Origin(name or getpass.getuser(), f"{commit}+" if changed else commit)


def find(
    place: Path, data: Path, environment: Mapping[str, str], given: str = ""
) -> PublishedProject | None:
    """Return the project of a folder and the target that a person named; None if there is none.

    Args:
        place: the folder that holds pelicanconf.py.
        data: the data folder.
        environment: may hold AXTRA_PUBLICATION.
        given: a name or an address; empty for the default.

    Raises:
        WrongUsage: it is not a target.
        DiagnosedRefusal: a table [publication.NOM] cannot be used.
    """
    settings = site_settings(place, publish=True)
    folders = settings.folders
    name = f"{folders.content}/site.toml"
    try:
        file = read_toml(folders.root / name, name)
    except OSError as error:
        raise Refusal("ce fichier manque.", "Reprenez-le de l’historique.", place=name) from error
    declared = publication_tables.read(file)
    if errors(file.notes.found):
        raise DiagnosedRefusal(file.notes.found)
    target = targets.find(given, declared, environment)
    return PublishedProject(place, data, settings, target) if target else None
