"""What is checked before an edition leaves: the content as it is now, against what is frozen."""

from __future__ import annotations

import argparse
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from axtra.cli.project import PROBLEMS, UsageError, now, root
from axtra.core import dates, diagnostics
from axtra.core.diagnostics import count

if TYPE_CHECKING:
    from axtra.sending.conditions import Refusal
    from axtra.sending.freezing import Letter
    from axtra.sending.ledger import Ledger
    from axtra.sending.records import Frozen
    from axtra.sending.settings import Settings
    from axtra.site import Edition
    from axtra.subscribers import Register


def say_errors(found: list[diagnostics.Diagnostic]) -> int:
    """Print the errors among what was found, and give the exit code."""
    sys.stderr.write(diagnostics.as_text(diagnostics.errors(found)) + "\n")
    return PROBLEMS


def edition_now(project: Path, name: str, liste: str, moment: datetime) -> Edition:
    """Render an edition as it is now.

    Raises:
        UsageError: there is none of that name.
        SystemExit: the content has errors, which were printed.
    """
    from axtra import site  # noqa: PLC0415

    try:
        return site.edition(project, name, liste, moment=moment)
    except site.UnknownEditionError as error:
        raise UsageError(str(error)) from None
    except site.FaultyError as error:
        sys.exit(say_errors(error.found))


def letter_of(edition: Edition, name: str, liste: str) -> Letter:
    """Give what is frozen of an edition."""
    from axtra.sending.freezing import Letter  # noqa: PLC0415

    return Letter(
        edition=name,
        liste=liste,
        letter=edition.letter,
        html=edition.mail.html,
        text=edition.mail.text,
        facts=edition.facts,
        siteurl=edition.siteurl,
        online=edition.online,
        inputs=edition.inputs,
    )


def remembered(edition: str, ledger: Ledger) -> bool:
    """Check that the ledger knows of every departure that something else knows of; else, say so."""
    from axtra.content.sent_letters import RegisterError  # noqa: PLC0415
    from axtra.sending import archive, conditions  # noqa: PLC0415

    try:
        refusals = list(conditions.remembered(edition, archive.forgotten(root(), edition, ledger)))
    except RegisterError as error:
        sys.stderr.write(diagnostics.as_text([error.diagnostic]) + "\n")
        return False
    if refusals:
        sys.stderr.write(f"axtra : {conditions.told(edition, refusals)}\n")
    return not refusals


def may_depart(frozen: Frozen, ledger: Ledger, settings: Settings) -> bool:
    """Check everything; say all that is wrong."""
    from axtra import site  # noqa: PLC0415
    from axtra.sending import conditions  # noqa: PLC0415

    project, moment = root(), now()
    found = site.verify(project, moment=moment)
    if diagnostics.errors(found):
        say_errors(found)
        sys.stderr.write(f"axtra : « {frozen.edition} » ne part pas tant qu’il y a une erreur.\n")
        return False
    edition = edition_now(project, frozen.edition, frozen.liste, moment)
    if faults := site.faults(project, edition):
        say_errors(faults)
        return False
    refusals = _refusals(project, edition, frozen, ledger, settings)
    if refusals:
        sys.stderr.write(f"axtra : {conditions.told(frozen.edition, refusals)}\n")
    return not refusals


def _refusals(
    project: Path, edition: Edition, frozen: Frozen, ledger: Ledger, settings: Settings
) -> list[Refusal]:
    from axtra.sending import conditions  # noqa: PLC0415

    letter = letter_of(edition, frozen.edition, frozen.liste)
    same = (
        letter.template(frozen.moment).data == frozen.template
        and letter.terms(settings) == frozen.terms
    )
    links = conditions.own_links(edition.mail.html, edition.mail.text, edition.siteurl)
    due = edition.letter.date or now()
    if due > now():
        links = [one for one in links if not _comes_with(edition, one)]
        sys.stderr.write(
            f"La page et les images de « {frozen.edition} » ne seront en ligne qu’à "
            f"{dates.hour(due)} : publiez-les avant, si vous le pouvez.\n"
        )
    if not edition.output.is_dir():
        _build(project)
    return [
        *conditions.facts(edition.facts),
        *conditions.schedule(edition.letter, now()),
        *conditions.tested(same=same, test=ledger.tested(frozen), edition=frozen.edition),
        *conditions.approved(
            required=settings.approval, names=ledger.approvals(frozen), edition=frozen.edition
        ),
        *conditions.built(links, edition.output),
        *(conditions.live(links, settings.live) if settings.live else ()),
    ]


def _comes_with(edition: Edition, link: str) -> bool:
    """Tell whether an address will be there once the edition is published."""
    return link.startswith(edition.letter.url) or link in edition.mail.images


def _build(project: Path) -> None:
    """Build the site in a process of its own: it takes memory that a long run must not keep."""
    command = "import sys; from axtra.cli import main; sys.exit(main(['construire']))"
    subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-c", command], cwd=project, stdout=subprocess.DEVNULL, check=False
    )


def decide(options: argparse.Namespace, ledger: Ledger, register: Register) -> bool:
    """Do what a person decided of the suppressions that an edition made us propose.

    Returned mail proposes some too, long after the edition, and after a restore that forgot it: so
    neither a server nor a frozen edition is asked for.

    Returns:
        Whether nothing is left to send.
    """
    from axtra.sending import brakes  # noqa: PLC0415
    from axtra.sending.records import Decision  # noqa: PLC0415

    edition = options.edition
    if not (ledger.frozen(edition) or register.proposals(edition)):
        return False
    decision = Decision.KEEP if options.garder else Decision.REMOVE
    number = brakes.settle(edition, decision, ledger, register, now())
    left = bool(ledger.leaving(edition) and ledger.waiting(edition))
    waiting = f"{count(number, 'retrait')} en attente"
    last = "; ces personnes passent en dernier" if left else ""
    sys.stdout.write(
        f"{waiting} : personne n’est retiré{last}.\n"
        if options.garder
        else f"{waiting} : c’est fait, pour toutes les listes.\n"
        f"    Pour revenir en arrière :  axtra abonnes retablir --edition {edition}\n"
    )
    return not left
