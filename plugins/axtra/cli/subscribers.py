"""`axtra abonnes` and `axtra service`: the register by hand, and the public door.

Addresses are printed only by `lister --liste`, `lister --historique`, `dossier` and `exporter`,
which exist to show them, and by those of `returned`; every other message counts people, or names
lines of a file.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from axtra.cli import (
    backups,
    data_access,
    dossiers,
    import_people,
    printer,
    returned_mail,
)
from axtra.cli.arguments import Command, Parser
from axtra.cli.project import DONE, add_format, now
from infolettre.core import dates, diagnostics
from infolettre.core.dates import ZONE
from infolettre.core.diagnostics import count
from infolettre.core.refusals import Refusal, WrongUsage

if TYPE_CHECKING:
    from axtra.subscribers import Register, Subscription

SOON = 60  # days


def add_commands(commands: argparse._SubParsersAction[Parser]) -> None:
    """Plug the commands of this module into the parser of `axtra`."""
    text = "les personnes abonnées aux infolettres"
    family = commands.add_parser("abonnes", help=text, description=text)
    actions = family.add_subparsers(
        title="commandes", metavar="COMMANDE", required=True, dest="sous", parser_class=Parser
    )

    def add(name: str, run: Command, text: str) -> Parser:
        parser = actions.add_parser(name, help=text, description=text)
        parser.set_defaults(run=run)
        return parser

    _add_files(add)
    listing = add("lister", _list, "compter les personnes; avec --liste, les nommer")
    listing.add_argument("--liste", metavar="LISTE", help="seulement cette liste")
    listing.add_argument("--historique", metavar="ADRESSE", help="ce qui est arrivé à une personne")
    add_format(listing)
    leaving = add("desabonner", _unsubscribe, "retirer une personne")
    leaving.add_argument("adresse", metavar="ADRESSE", help="« - » pour la lire au clavier")
    leaving.add_argument("--liste", metavar="LISTE", help="seulement de cette liste")
    returned_mail.add_commands(add)
    dossiers.add_commands(add)
    erasing = add("effacer", _erase, "effacer tout ce que le registre sait d’une personne")
    erasing.add_argument("adresse", metavar="ADRESSE", help="« - » pour la lire au clavier")
    backups.add_commands(add)
    text = "ouvrir la porte publique : s’abonner, confirmer, se désabonner"
    service = commands.add_parser("service", help=text, description=text)
    service.add_argument("--hote", metavar="HOTE", default="127.0.0.1", help="127.0.0.1")
    service.add_argument("--port", type=int, metavar="PORT", default=8001, help="8001")
    service.add_argument(
        "--nouvelle-cle",
        action="store_true",
        help="ajouter une clé de signature (les anciens liens restent bons) et sortir",
    )
    service.set_defaults(run=_serve)


def _add_files(add: Callable[[str, Command, str], Parser]) -> None:
    bringing = add(
        "importer", import_people.bring_in, "ajouter à une liste les personnes d’un fichier"
    )
    import_people.add_options(bringing)
    sending = add("exporter", _export, "écrire une liste dans un fichier CSV")
    sending.add_argument("--liste", required=True, metavar="LISTE", help="la liste")
    sending.add_argument(
        "--sortie", type=Path, metavar="FICHIER.csv", help="sinon, la sortie standard"
    )


def _people(number: int) -> str:
    return count(number, "personne")


def _known_list(register: Register, liste: str) -> None:
    if liste not in register.lists():
        remedy = diagnostics.did_you_mean(liste, register.lists())
        raise WrongUsage(f"la liste « {liste} » n’existe pas.", remedy)


def _export(options: argparse.Namespace) -> int:
    from axtra.subscribers.importing import columns, list_changes  # noqa: PLC0415

    if options.sortie:
        data_access.spare(options.sortie)
    with data_access.open_register(reading=True) as register:
        _known_list(register, options.liste)
        rows = list_changes.exported_rows(register.subscriptions(options.liste))
    data = columns.write(rows)
    if options.sortie is None:
        sys.stdout.write(data.decode("utf-8-sig"))
        return DONE
    try:
        descriptor = os.open(options.sortie, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
    except OSError:
        raise Refusal(f"« {options.sortie} » ne peut pas être écrit.") from None
    sys.stdout.write(f"{_people(len(rows))} → {options.sortie}\n")
    return DONE


def _list(options: argparse.Namespace) -> int:
    with data_access.open_register(reading=True) as register:
        if options.historique:
            return _history(register, data_access.typed_address(options.historique), options.format)
        if options.liste:
            _known_list(register, options.liste)
            return _members(register, options.liste, options.format)
        return _summary(register, options.format)


def _members(register: Register, liste: str, form: str) -> int:
    to_send, excluded = register.recipients(liste, now())
    why = {person.address: person.reason for person in excluded}
    people = [
        _record(subscription, why.get(subscription.person.address, ""))
        for subscription in register.subscriptions(liste)
    ]
    if form == "json":
        printer.tell_json(people)
        return DONE
    for person in people:
        until = f", jusqu’au {person['echeance']}" if person["echeance"] else ""
        said = person["exclusion"] or f"{person['consentement']}{until}"
        sys.stdout.write(f"{person['adresse']:<40} {said}\n")
    sys.stdout.write(f"{_people(len(to_send))} à qui écrire, {len(excluded)} à laisser en paix\n")
    return DONE


def _record(subscription: Subscription, why: str) -> dict[str, str | None]:
    consent = subscription.consent
    return {
        "adresse": subscription.person.address,
        "prenom": subscription.person.first_name,
        "nom": subscription.person.last_name,
        "consentement": consent.basis.value if consent else None,
        "date": f"{consent.given.astimezone(ZONE):%Y-%m-%d}" if consent else None,
        "echeance": _ends(consent.expires if consent else None),
        "source": consent.source if consent else None,
        "preuve": consent.proof if consent else None,
        "exclusion": why or None,
    }


def _ends(expires: datetime | None) -> str | None:
    return f"{expires.astimezone(ZONE):%Y-%m-%d}" if expires else None


def _summary(register: Register, form: str) -> int:
    lists: list[tuple[str, int, int, int]] = []
    for liste in register.lists():
        tally = register.tally(liste, now(), SOON)
        lists.append((liste, tally.receive, tally.left_alone, tally.ending))
    if form == "json":
        keys = ("liste", "destinataires", "exclues", "expirent_sous_60_jours")
        told = [dict(zip(keys, row, strict=True)) for row in lists]
        printer.tell_json(told)
        return DONE
    for liste, sent, left, ending in lists:
        sys.stdout.write(
            f"{liste} : {_people(sent)} à qui écrire, {left} à laisser en paix; "
            f"{ending} dont le consentement tacite expire d’ici {SOON} jours\n"
        )
    sys.stdout.write(f"{count(len(lists), 'liste')}\n")
    return DONE


def _history(register: Register, address: str, form: str) -> int:
    from axtra.sending.dossiers import ASKED  # noqa: PLC0415

    person = register.find(address)
    facts = register.history(person.id) if person else ()
    requests = register.requests_of(address)
    events = [
        *((fact.moment, fact.event, fact.liste, fact.detail) for fact in facts),
        *(
            (request.asked, ASKED[request.confirmed], liste, "formulaire")
            for request in requests
            for liste in request.lists
        ),
    ]
    events.sort(key=lambda event: event[0])
    if form == "json":
        told = [
            {
                "moment": moment.astimezone(ZONE).isoformat(),
                "fait": event,
                "liste": liste or None,
                "detail": detail,
            }
            for moment, event, liste, detail in events
        ]
        printer.tell_json(told)
        return DONE
    for moment, event, liste, detail in events:
        place = f", liste {liste}" if liste else ""
        sys.stdout.write(f"{moment.astimezone(ZONE):%Y-%m-%d %H:%M}  {event}{place} ({detail})\n")
    why = register.suppression(address)
    sys.stdout.write(f"Ne plus écrire à cette adresse : {why.value}\n" if why else "")
    if events or why:
        printer.notice("Tout ce qui est gardé de cette personne :", "axtra abonnes dossier -")
    else:
        sys.stdout.write("Le registre ne sait rien de cette adresse.\n")
    return DONE


def _unsubscribe(options: argparse.Namespace) -> int:
    from axtra.subscribers import Reason  # noqa: PLC0415

    address = data_access.typed_address(options.adresse)
    with data_access.open_register() as register, register.together():
        if options.liste:
            _known_list(register, options.liste)
        person = register.find(address)
        lists = [options.liste] if options.liste else register.lists()
        left = [
            liste
            for liste in lists
            if person and register.unsubscribe(person.id, liste, now(), "commande")
        ]
        if not options.liste:
            register.suppress(address, Reason.UNSUBSCRIBED, now())
    if left:
        sys.stdout.write(f"Désabonnement fait : {', '.join(left)}.\n")
        return DONE
    if options.liste:
        sys.stdout.write("Cette adresse ne reçoit pas cette liste : rien à faire.\n")
    else:
        sys.stdout.write("Cette adresse ne recevra rien, même si un fichier la ramène.\n")
    return DONE


def _erase(options: argparse.Namespace) -> int:
    from axtra.atelier import personal_data  # noqa: PLC0415
    from axtra.subscribers import folded  # noqa: PLC0415

    address = data_access.typed_address(options.adresse)
    with data_access.open_register() as register, data_access.open_ledger() as ledger:
        held = personal_data.erase(data_access.folder(), address, now)
        held |= register.erase(address, now())
        held |= ledger.erase(address, register.keys.mark(folded(address)))
        scrubbed = register.scrubbed and ledger.scrubbed
    if not scrubbed:
        raise Refusal(
            "la personne est effacée du registre et des envois, mais une autre commande "
            "lit encore les anciennes pages : son adresse reste sur le disque.",
            "Attendez la fin de cette commande (un export, un envoi, une sauvegarde), puis "
            "refaites :  axtra abonnes effacer -",
        )
    if held:
        sys.stdout.write(
            "Effacé. Seule reste une empreinte, qui empêche de réimporter l’adresse.\n"
        )
    else:
        sys.stdout.write(
            "Le registre ne savait rien de cette adresse; elle ne sera pas importée.\n"
        )
    return DONE


def _serve(options: argparse.Namespace) -> int:
    from axtra.subscribers import data_folder  # noqa: PLC0415
    from axtra.subscribers.signed_tokens import rotate  # noqa: PLC0415

    folder = data_folder(os.environ)
    if options.nouvelle_cle:
        rotate(folder, now())
        today = dates.day(now())
        sys.stdout.write(f"Nouvelle clé du {today}. Redémarrez le service pour qu’il s’en serve.\n")
        return DONE
    from axtra.door import server  # noqa: PLC0415

    server.serve(
        Path.cwd(),
        folder,
        os.environ,
        host=options.hote,
        port=options.port,
        announce=printer.announce,
        log=printer.log,
    )
    return DONE
