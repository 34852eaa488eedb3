"""`axtra abonnes dossier` and `purger`: all that is held about a person, and until when."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from axtra.cli import data_access, printer
from axtra.cli.arguments import Command, Parser
from axtra.cli.project import DONE, add_format, now
from axtra.core.dates import ZONE
from axtra.core.diagnostics import count

if TYPE_CHECKING:
    from axtra.sending.ledger_records import PersonalMessage
    from axtra.subscribers.register.personal_records import PersonalRecord

ASKED = {True: "demande confirmée", False: "demande pas encore confirmée"}
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
    address = data_access.typed_address(options.adresse)
    with (
        data_access.open_register(reading=True) as register,
        data_access.open_ledger(reading=True) as ledger,
    ):
        record = register.record(address, now())
        messages = ledger.messages_to(address, record.mark)
        names = _names(ledger.sizes())
    told = _told(record, messages, names) | {"atelier": _newsroom(address)}
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


def _newsroom(address: str) -> dict[str, Any] | None:
    """Return what the atelier holds about a person, as they read it."""
    from axtra.atelier import personal_data  # noqa: PLC0415

    def told(value: Any) -> Any:  # noqa: ANN401 - what JSON holds
        if isinstance(value, list):
            return [told(each) for each in value]
        if isinstance(value, dict):
            return {name: told(each) for name, each in value.items()}
        return _day(value) if isinstance(value, datetime) else value

    held: dict[str, Any] | None = told(personal_data.held(data_access.folder(), address, now))
    return held


def _names(editions: Iterable[str]) -> dict[str, str]:
    """Map the marks of editions, and their names, to their names."""
    from axtra.subscribers.signed_tokens import edition_tag  # noqa: PLC0415

    return {edition_tag(name): name for name in editions}


def _told(
    record: PersonalRecord, messages: list[PersonalMessage], names: dict[str, str]
) -> dict[str, Any]:
    """Return a record and its messages as the words and values that a person reads."""

    def edition(mark: str) -> str:
        return names.get(mark, mark)

    person, bar = record.person, record.suppression
    return {
        "adresse": record.address,
        "empreinte": record.mark,
        "personne": person
        and {
            "identifiant": person.id,
            "prenom": person.first_name,
            "nom": person.last_name,
            "au_registre_depuis": _day(record.since),
        },
        "listes": [
            {
                "liste": standing.liste,
                "abonnee": standing.active,
                "depuis": _day(standing.since),
                "ne_recoit_rien": standing.refusal or None,
            }
            for standing in record.lists
        ],
        "consentements": [
            {
                "liste": liste,
                "fondement": consent.basis.value,
                "date": _day(consent.given),
                "echeance": _day(consent.expires),
                "source": consent.source,
                "preuve": consent.proof,
            }
            for liste, consent in record.consents
        ],
        "retrait": bar
        and {
            "motif": bar.reason.value,
            "depuis": _day(bar.since),
            "edition": edition(bar.edition),
            "reponse_du_serveur": bar.detail,
        },
        "retraits_proposes": [
            {
                "motif": proposal.reason.value,
                "depuis": _day(proposal.since),
                "edition": edition(proposal.edition),
                "reponse_du_serveur": proposal.detail,
            }
            for proposal in record.proposals
        ],
        "demandes": [
            {
                "date": _day(request.asked),
                "etat": ASKED[request.confirmed],
                "listes": list(request.lists),
                "prenom": request.first_name,
                "courriel_de_confirmation": request.mail,
                "essais": request.attempts,
            }
            for request in record.requests
        ],
        "editions": [
            {
                "edition": message.edition,
                "liste": message.liste,
                "etat": message.state,
                "reponse": message.reason,
                "parti": _second(message.claimed),
                "regle": _second(message.settled),
                "adresse": message.address,
                "prenom": message.first_name,
                "essais": message.attempts,
            }
            for message in messages
        ],
        "retours": [
            {
                "edition": edition(mail.edition),
                "nature": mail.nature,
                "code": mail.status,
                "date": _day(mail.moment),
            }
            for mail in record.returned
        ],
        "historique": [
            {
                "date": _day(event.moment),
                "fait": event.event,
                "liste": event.liste,
                "detail": event.detail,
            }
            for event in record.history
        ],
        "listes_quittees": list(record.left),
        "journal_des_retraits": [
            {
                "date": _day(datetime.fromisoformat(line.moment)),
                "acte": line.act,
                "precision": " ".join(edition(str(value)) for value in line.values[1:]).strip(),
            }
            for line in record.journal
        ],
    }


def _day(moment: datetime | None) -> str | None:
    return f"{moment.astimezone(ZONE):%Y-%m-%d %H:%M:%S}" if moment else None


def _second(seconds: float) -> str | None:
    return _day(datetime.fromtimestamp(seconds, UTC)) if seconds else None


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
