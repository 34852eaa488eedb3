"""`axtra abonnes sauvegarder` and `restaurer`: the data folder kept elsewhere, and brought back."""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from axtra.cli import data_access, printer
from axtra.cli.arguments import Parser
from axtra.cli.project import DONE, now
from axtra.core.pasted_commands import command
from infolettre.core import dates
from infolettre.core.dates import ZONE
from infolettre.core.diagnostics import count, thousands
from infolettre.core.refusals import Refusal, WrongUsage

if TYPE_CHECKING:
    from datetime import datetime

    from axtra.subscribers import Register
    from axtra.subscribers.backup import Backup

_KILO = 1_000


def add_commands(add: Callable[[str, Callable[[argparse.Namespace], int], str], Parser]) -> None:
    """Plug both commands into the parser of `axtra abonnes`."""
    saving = add("sauvegarder", _save, "sauvegarder le registre, les envois et les clés")
    saving.add_argument("dossier", type=Path, metavar="DOSSIER", help="nouveau, hors du projet")
    restoring = add("restaurer", _restore, "remettre une sauvegarde en service")
    restoring.add_argument("dossier", type=Path, metavar="DOSSIER", nargs="?", help="la sauvegarde")
    restoring.add_argument(
        "--adopter",
        action="store_true",
        help="accepter ce qui vient d’une autre machine; sans DOSSIER, le dossier en place",
    )


def _save(options: argparse.Namespace) -> int:
    from axtra.sending.moving import copy_books  # noqa: PLC0415
    from axtra.subscribers import backup  # noqa: PLC0415
    from axtra.subscribers.database import base_address  # noqa: PLC0415

    folder, address = data_access.folder(), base_address(os.environ)

    def fetch(part: Path) -> None:
        """Bring what PostgreSQL holds, as the files of a data folder."""
        if address:
            others = data_access.other_books()
            copy_books(folder, address, "", others=others, replacing=True, to=part)

    with data_access.open_register() as register, data_access.open_ledger() as ledger:
        made = backup.save(folder, options.dossier, (register, ledger), now(), fetch)
    printer.tell(
        f"Sauvegardé et vérifié : {_told(made)} → {made.folder}\n"
        "    Elle contient des adresses et les clés : gardez-la chiffrée, sur un autre disque.",
        command("abonnes restaurer", str(made.folder)),
    )
    return DONE


def _told(made: Backup) -> str:
    kilo = thousands(max(1, round(made.size / _KILO)))
    return f"{count(len(made.sizes), 'fichier')}, {kilo} ko"


def _restore(options: argparse.Namespace) -> int:
    from axtra.sending.ledger import sole_sender  # noqa: PLC0415
    from axtra.subscribers.database import base_address  # noqa: PLC0415

    folder = data_access.folder()
    in_place = options.dossier is None or options.dossier.resolve() == folder.resolve()
    if in_place and not options.adopter:
        raise WrongUsage(
            "dites quelle sauvegarde restaurer.",
            "axtra abonnes restaurer DOSSIER\n"
            "Pour garder le dossier de données en place :  axtra abonnes restaurer --adopter",
        )
    if base_address(os.environ):
        return _adopt_base(folder, options)
    with sole_sender(folder) if folder.is_dir() else nullcontext():
        if in_place:
            return _adopt(folder)
        return _bring_back(options.dossier, folder, adopt=options.adopter)


def _adopt_base(folder: Path, options: argparse.Namespace) -> int:
    """Make the base that PostgreSQL restored, or promoted, the copy that counts.

    Raises:
        WrongUsage: a backup was named, which only files take.
    """
    from axtra.sending.ledger import Ledger  # noqa: PLC0415

    if options.dossier is not None:
        raise WrongUsage(
            "une sauvegarde se restaure dans des fichiers, pas dans une base PostgreSQL.",
            "Restaurez-la dans un dossier neuf, puis copiez-la dans une base neuve :\n"
            f"AXTRA_BASE= AXTRA_DONNEES=DOSSIER-NEUF "
            f"{command('abonnes restaurer --adopter', str(options.dossier))}\n"
            "AXTRA_DONNEES=DOSSIER-NEUF axtra base copier sqlite postgresql://compte@serveur/base",
        )
    with Ledger.open(folder) as ledger, ledger.alone():
        return _adopt(folder)


def _bring_back(source: Path, folder: Path, *, adopt: bool) -> int:
    from axtra.site.build.staging import exchange  # noqa: PLC0415
    from axtra.subscribers import backup  # noqa: PLC0415

    copied = backup.is_data_folder(source) and not (source / backup.MANIFEST).exists()
    if copied and not adopt:
        raise Refusal(
            f"« {source} » est la copie d’un dossier de données, pas une sauvegarde vérifiée.",
            f"Si plus rien ne s’en sert :  {command('abonnes restaurer --adopter', str(source))}",
        )
    verified = None if copied else backup.verify(source)
    placed = backup.place(source, folder, now(), exchange)
    try:
        learned = _check_origin(source, folder, adopt=adopt)
        done = _adopt(folder, _title(verified, folder), learned)
    except BaseException:
        placed.undo()
        raise
    if placed.aside:
        sys.stdout.write(f"L’ancien dossier est gardé : {placed.aside}\n")
    return done


def _check_origin(source: Path, folder: Path, *, adopt: bool) -> Counter[str]:
    """Refuse what the journal of this machine does not know, unless a person adopts it.

    Returns:
        What the journal taught.
    """
    from axtra.sending.ledger import Ledger  # noqa: PLC0415
    from axtra.subscribers import Register  # noqa: PLC0415
    from axtra.subscribers.journal.generations import Mismatch  # noqa: PLC0415

    with Register.open(folder) as register, Ledger.open(folder) as ledger:
        origins = {register.mismatch, ledger.mismatch}
        learned = register.replayed | ledger.replayed  # people, not places
    if origins & {Mismatch.ABSENT, Mismatch.ELSEWHERE} and not adopt:
        raise Refusal(
            f"« {source} » vient d’une autre machine, ou le journal des retraits de celle-ci "
            "manque. Rien n’a été remplacé.",
            "Apportez aussi le journal (AXTRA_JOURNAL). Sans lui, et si l’autre dossier "
            f"ne sert plus :  {command('abonnes restaurer --adopter', str(source))}",
        )
    return learned


def _title(verified: Backup | None, folder: Path) -> str:
    if verified is None:
        return f"Copié → {folder}\n"
    moment = verified.moment.astimezone(ZONE)
    when = f"{dates.day(moment)} à {dates.hour(moment)}"
    return f"Restauré : sauvegarde du {when}, {_told(verified)} → {folder}\n"


def _close_newsroom(folder: Path, register: Register) -> None:
    """End what a copy brings back: sessions that were ended since, and people erased since."""
    from axtra.atelier import personal_data  # noqa: PLC0415
    from axtra.subscribers import Reason  # noqa: PLC0415

    def is_erased(address: str, since: datetime) -> bool:
        bar = register.record(address, now()).suppression
        return bar is not None and bar.reason is Reason.ERASED and bar.since >= since

    personal_data.wake(folder, is_erased, now)


def _adopt(folder: Path, said: str = "", learned: Counter[str] | None = None) -> int:
    """Make a folder the copy that counts, and say what it learned."""
    from axtra.sending.ledger import Ledger  # noqa: PLC0415
    from axtra.subscribers import Register  # noqa: PLC0415
    from axtra.subscribers.journal.generations import Mismatch  # noqa: PLC0415

    with Register.open(folder) as register, Ledger.open(folder) as ledger:
        _close_newsroom(folder, register)
        strange = register.adopt(), ledger.adopt()
        learned = (learned or Counter()) | register.replayed | ledger.replayed
        doubts = ledger.presumed()
        if learned["effacement"]:
            register.scrub()
            ledger.scrub()
        journal = register.journal.path
    sys.stdout.write(said or f"Adopté : {folder}\n")
    if Mismatch.ABSENT in strange:
        sys.stdout.write(
            f"Le journal « {journal} » est nouveau : ce qui s’est passé depuis que ce dossier a "
            "été copié n’y est pas. Refaites les retraits et les effacements reçus depuis.\n"
        )
    else:
        sys.stdout.write(
            f"Repris du journal : {count(learned['retrait'], 'retrait')}, "
            f"{count(learned['effacement'], 'effacement')}.\n"
        )
    for edition, number in sorted(doubts.items()):
        printer.tell(
            f"« {edition} » est partie, ou a pu partir, depuis : {count(number, 'message')} "
            f"incertain{'s' * (number > 1)}, que personne ne recevra deux fois.",
            "Avec le journal du relais :  axtra envoi reconcilier --journal /var/log/mail.log\n"
            "Si vous savez que personne d’autre ne l’a reçue :  "
            f"axtra envoi envoyer {edition} --jamais-partie",
        )
    return DONE
