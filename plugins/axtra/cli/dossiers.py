"""`axtra abonnes dossier` and `purger`: all that is held about a person, and until when."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from typing import Any

from axtra.cli import data_access, printer
from axtra.cli.arguments import Command, Parser
from axtra.cli.project import DONE, add_format, now
from infolettre.core.diagnostics import count

_ELSEWHERE = (
    "Regardez aussi hors de ces livres : les sauvegardes, les fichiers importés ou exportés, la "
    "boîte des retours et les courriels que la personne vous a écrits."
)


_LABELS = {
    "prenom": "prénom",
    "abonnee": "abonnée",
    "ne_recoit_rien": "ne reçoit rien",
    "echeance": "échéance",
    "edition": "édition",
    "editions": "éditions",
    "reponse": "réponse",
    "reponse_du_serveur": "réponse du serveur",
    "retraits_proposes": "retraits proposés",
    "etat": "état",
    "regle": "réglé",
    "detail": "détail",
    "precision": "précision",
    "role": "rôle",
    "fenetres_ouvertes": "fenêtres ouvertes",
    "derniere_visite": "dernière visite",
    "textes_commences": "textes commencés",
    "listes_quittees": "listes quittées, d’après le journal",
}


def add_commands(add: Callable[[str, Command, str], Parser]) -> None:
    """Plug these commands into `axtra abonnes`."""
    showing = add("dossier", _show, "tout ce qui est gardé d’une personne, dans tous les livres")
    showing.add_argument("adresse", metavar="ADRESSE", help="« - » pour la lire au clavier")
    add_format(showing)
    showing.add_argument(
        "--json", action="store_const", const="json", dest="format", help="comme --format json"
    )
    purging = add("purger", _purge, "oublier ce dont la durée est passée; à faire chaque jour")
    add_format(purging)


def _show(options: argparse.Namespace) -> int:
    from axtra.atelier import personal_data  # noqa: PLC0415
    from axtra.sending.dossiers import told_of  # noqa: PLC0415

    address = data_access.typed_address(options.adresse)
    with (
        data_access.open_register(reading=True) as register,
        data_access.open_ledger(reading=True) as ledger,
    ):
        told = told_of(address, register, ledger, now())
    told["atelier"] = personal_data.held(data_access.folder(), address, now)
    if options.format == "json":
        printer.tell_json(told)
        return DONE
    printer.tell(f"Dossier de {told.pop('adresse')}, empreinte {told.pop('empreinte')}")
    held = [part for part in told.items() if part[1]]
    for name, value in held:
        printer.tell(f"\n{_label(name).capitalize()}")
        for line in _lines(value):
            printer.tell(f"  {line}")
    printer.tell("" if held else "\nRien n’est gardé de cette adresse.\n")
    printer.tell(_ELSEWHERE)
    return DONE


def _lines(value: Any) -> Iterator[str]:  # noqa: ANN401 - what JSON holds
    """Yield the lines that show a part of a record."""
    if isinstance(value, dict):
        shown = {name: held for name, held in value.items() if held not in (None, "", [])}
        yield "; ".join(f"{_label(name)} : {_word(held)}" for name, held in shown.items())
    elif isinstance(value, list):
        for held in value:
            yield from _lines(held)
    else:
        yield _word(value)


def _label(name: str) -> str:
    return _LABELS.get(name, name.replace("_", " "))


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "oui" if value else "non"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _purge(options: argparse.Namespace) -> int:
    from axtra.subscribers import PENDING_DAYS  # noqa: PLC0415

    with data_access.open_register() as register:
        purged = register.purge(now())
        scrubbed = register.scrubbed
    if options.format == "json":
        printer.tell_json(
            {
                "demandes_jamais_confirmees": purged.unconfirmed,
                "traces_de_demandes_confirmees": purged.confirmed,
                "jours": PENDING_DAYS,
            }
        )
    elif purged.unconfirmed or purged.confirmed:
        printer.tell(
            f"Oublié, après {PENDING_DAYS} jours : "
            f"{count(purged.unconfirmed, 'demande')} que personne n’a confirmée, "
            f"{count(purged.confirmed, 'trace')} de demande confirmée."
        )
    else:
        printer.tell(f"Rien à oublier : aucune demande n’a plus de {PENDING_DAYS} jours.")
    if not scrubbed:
        printer.notice(
            "Une autre commande lit encore les anciennes pages : ce qui est oublié reste sur le "
            "disque jusqu’à la fin de cette commande."
        )
    return DONE
