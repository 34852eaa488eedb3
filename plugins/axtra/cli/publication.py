"""`axtra publier`: the site, online in one act, verified, reversible."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from axtra.cli import data_access, printer
from axtra.cli.arguments import Parser
from axtra.cli.build_progress import BuildProgress
from axtra.cli.progress_bar import ProgressBar
from axtra.cli.project import DONE, now, root
from infolettre.core.diagnostics import count
from infolettre.core.refusals import WrongUsage

if TYPE_CHECKING:
    from axtra.publishing import BuiltSite, Deployment, Prospect, Published
    from axtra.publishing.published_project import PublishedProject

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


def find_project(place: Path, given: str = "") -> PublishedProject | None:
    """Return the project of a folder and the target that a person named; None if there is none.

    Args:
        place: the folder that holds pelicanconf.py.
        given: a name or an address; empty for the default.

    Raises:
        WrongUsage: it is not a target.
        DiagnosedRefusal: a table [publication.NOM] cannot be used.
    """
    from axtra.publishing import published_project  # noqa: PLC0415

    return published_project.find(place, data_access.folder(), os.environ, given)


def _built(project: PublishedProject, output: Path | None = None) -> BuiltSite:
    with BuildProgress(sys.stderr) as progress:
        return project.build(now(), output, progress)


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

    site = _built(project)
    with ProgressBar(sys.stderr, transient=True) as bar:
        done = publishing.publish(
            project.target,
            site,
            project.origin(),
            now,
            tell=tell_plan,
            progress=bar.draw,
        )
    return tell_result(project, done)


def _rehearse(project: PublishedProject) -> int:
    from axtra import publishing  # noqa: PLC0415

    site = _built(project, project.settings.cache / _REHEARSAL)
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
            project.origin().who,
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
