"""`axtra publier`: the site, online in one act, verified, reversible."""

from __future__ import annotations

import argparse
import getpass
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from axtra.cli import data_access, printer
from axtra.cli.arguments import Parser
from axtra.cli.build_progress import BuildProgress
from axtra.cli.progress_bar import ProgressBar
from axtra.cli.project import DONE, now, root
from axtra.core.diagnostics import count, errors
from axtra.core.refusals import DiagnosedRefusal, Refusal, WrongUsage

if TYPE_CHECKING:
    from axtra.publishing import BuiltSite, Deployment, Prospect, Published, Target
    from axtra.site.settings import SiteSettings

Add = Callable[[str, Callable[[argparse.Namespace], int], str], Parser]

_REHEARSAL = "essai-publication"  # in the cache: what is built there replaces no output


def add_command(add: Add) -> None:
    """Plug the command into the parser of `axtra`."""
    parser = add("publier", _publish, "construire le site, le mettre en ligne et le vérifier")
    parser.add_argument(
        "cible",
        nargs="?",
        default="",
        metavar="CIBLE",
        help="où : un dossier, sftp://…, s3://…, git+…#branche, ou une table [publication.NOM]",
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--essai", action="store_true", help="dire ce qui changerait, sans rien écrire"
    )
    what.add_argument(
        "--revenir", action="store_true", help="remettre en ligne la parution précédente"
    )
    what.add_argument("--historique", action="store_true", help="lister ce qui a paru")


@dataclass(frozen=True, slots=True)
class PublishedProject:
    """A project and the place where it is published."""

    root: Path
    settings: SiteSettings
    target: Target

    def build(self, moment: datetime, output: Path | None = None) -> BuiltSite:
        """Build the site as `axtra construire --publier` does.

        Raises:
            DiagnosedRefusal: something is unfinished; nothing is written.
        """
        from axtra import site  # noqa: PLC0415
        from axtra.publishing import BuiltSite  # noqa: PLC0415

        with BuildProgress(sys.stderr) as progress:
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
        from axtra.content import sent_letters  # noqa: PLC0415
        from axtra.sending import archive  # noqa: PLC0415
        from axtra.sending.frozen_editions import BOOK  # noqa: PLC0415

        try:
            found = {url for sent in sent_letters.load(self.root) for url in sent.urls}
        except sent_letters.RegisterError as error:
            raise DiagnosedRefusal([error.diagnostic]) from None
        if (data_access.folder() / BOOK.name).is_file():
            with data_access.open_ledger(reading=True) as ledger:
                for frozen in ledger.departed():
                    parts = archive.parts(frozen)
                    found.update(sent_letters.carried(parts, self.settings.siteurl))
        return frozenset(found)


def find_project(place: Path, given: str = "") -> PublishedProject | None:
    """Return the project of a folder and the target that a person named; None if there is none.

    Args:
        place: the folder that holds pelicanconf.py.
        given: a name or an address; empty for the default.

    Raises:
        WrongUsage: it is not a target.
        DiagnosedRefusal: a table [publication.NOM] cannot be used.
    """
    from axtra.content import publication_tables  # noqa: PLC0415
    from axtra.content.toml_tables import read_toml  # noqa: PLC0415
    from axtra.publishing import targets  # noqa: PLC0415
    from axtra.site.settings import site_settings  # noqa: PLC0415

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
    target = targets.find(given, declared, os.environ)
    return PublishedProject(place, settings, target) if target else None


def author(place: Path) -> tuple[str, str]:
    """Return who publishes, and the commit of the project, marked where files differ from it."""
    name = _git(place, "config", "user.name")
    commit = _git(place, "rev-parse", "--short", "HEAD")
    changed = commit and _git(place, "status", "--porcelain", "--untracked-files=no")
    return name or getpass.getuser(), f"{commit}+" if changed else commit


def _git(place: Path, *words: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - git, with words of ours
            ["git", *words],  # noqa: S607
            cwd=place,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _publish(options: argparse.Namespace) -> int:
    project = find_project(root(), options.cible)
    if project is None:
        from axtra.publishing import targets  # noqa: PLC0415

        raise WrongUsage("il manque la cible où publier.", f"axtra publier CIBLE\n{targets.FORMS}")
    if options.historique:
        return _list(project)
    if options.revenir:
        return _go_back(project)
    if options.essai:
        return _rehearse(project)
    from axtra import publishing  # noqa: PLC0415

    site = project.build(now())
    with ProgressBar(sys.stderr, transient=True) as bar:
        done = publishing.publish(
            project.target,
            site,
            publishing.Origin(*author(project.root)),
            now,
            tell=tell_plan,
            progress=bar.draw,
        )
    return tell_result(project, done)


def _rehearse(project: PublishedProject) -> int:
    from axtra import publishing  # noqa: PLC0415

    site = project.build(now(), project.settings.cache / _REHEARSAL)
    tell_plan(publishing.foresee(project.target, site))
    printer.tell(f"Essai : rien n’est écrit à « {project.target.address} ».")
    return DONE


def _go_back(project: PublishedProject) -> int:
    from axtra import publishing  # noqa: PLC0415

    with ProgressBar(sys.stderr, transient=True) as bar:
        done = publishing.go_back(
            project.target,
            project.settings.siteurl,
            project.named(),
            author(project.root)[0],
            now,
            tell=tell_plan,
            progress=bar.draw,
        )
    code = tell_result(project, done)
    printer.tell(
        "Rien ne se publie plus de soi-même jusqu’à ce qu’une personne publie.",
        "Quand le site est prêt :  axtra publier",
    )
    return code


def _list(project: PublishedProject) -> int:
    from axtra import publishing  # noqa: PLC0415

    state = publishing.history(project.target)
    for deployment in reversed(state.history):
        shown = "   (en ligne)" if deployment is state.history[-1] else ""
        printer.tell(f"{_line(deployment)}{shown}")
    if not state.history:
        printer.notice(f"Rien n’a encore été publié à « {project.target.address} ».")
    return DONE


def _line(deployment: Deployment) -> str:
    when = datetime.fromisoformat(deployment.when)
    back = "   retour" if deployment.returned else ""
    commit = deployment.commit or "–"
    return (
        f"{when:%Y-%m-%d %H:%M}   {deployment.version}   {deployment.who}   {commit}   "
        f"{count(deployment.files, 'fichier')}{back}"
    )


def tell_plan(prospect: Prospect) -> None:
    """Say what there is to do, before it is done."""
    words = "rien de neuf" if prospect.unchanged else prospect.plan.words or "des retraits"
    printer.announce(f"À publier : {words}.\n")
    if prospect.foreign:
        printer.notice(
            f"{count(prospect.foreign, 'fichier')} à cet endroit ne viennent pas d’axtra : "
            "ils y restent."
        )


def tell_result(project: PublishedProject, done: Published) -> int:
    """Say what readers see now, and return the exit code."""
    for warning in done.checked.warnings:
        printer.warn(f"{warning}.")
    if not done.certain:
        printer.warn(
            "cet hôte ne sait pas réserver la publication : deux personnes qui publient au même "
            "moment ne sont pas arrêtées à coup sûr.",
            "Convenez entre vous de qui publie.",
        )
    files = count(done.deployment.files, "fichier")
    if done.checked.public:
        printer.tell(f"En ligne et vérifié : {done.checked.public} ({files})")
        return DONE
    public = project.target.public or project.settings.siteurl
    printer.tell(
        f"Publié à « {project.target.address} » et relu sur place ({files}). "
        f"L’adresse publique, {public}, ne répond pas d’ici ou montre un autre site."
    )
    return DONE
