"""All that both books hold about one person, as the words and values that people read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from axtra.sending.ledger import Ledger
from axtra.sending.ledger_records import PersonalMessage
from axtra.subscribers import Register
from axtra.subscribers.register.personal_records import PersonalRecord
from axtra.subscribers.signed_tokens import edition_tag
from infolettre.core.dates import ZONE

ASKED = {True: "demande confirmée", False: "demande pas encore confirmée"}


def told_of(address: str, register: Register, ledger: Ledger, moment: datetime) -> dict[str, Any]:
    """Return everything that the register, the ledger and the journal hold about an address.

    Shape: values of JSON, under French names; a part that holds nothing is empty or None.

    Raises:
        FolderError: the journal cannot be read.
    """
    record = register.record(address, moment)
    messages = ledger.messages_to(address, record.mark)
    told = _told(record, messages, _names(ledger.sizes()))
    told["lettres"] = [
        {"edition": edition, "acte": act, "signature": signed or None}
        for edition, act, signed in ledger.signed_by(address)
    ]
    return told


def _names(editions: Iterable[str]) -> dict[str, str]:
    """Map the marks of editions to their names."""
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
            "au_registre_depuis": day_told(record.since),
        },
        "listes": [
            {
                "liste": standing.liste,
                "abonnee": standing.active,
                "depuis": day_told(standing.since),
                "ne_recoit_rien": standing.refusal or None,
            }
            for standing in record.lists
        ],
        "consentements": [
            {
                "liste": liste,
                "fondement": consent.basis.value,
                "date": day_told(consent.given),
                "echeance": day_told(consent.expires),
                "source": consent.source,
                "preuve": consent.proof,
            }
            for liste, consent in record.consents
        ],
        "retrait": bar
        and {
            "motif": bar.reason.value,
            "depuis": day_told(bar.since),
            "edition": edition(bar.edition),
            "reponse_du_serveur": bar.detail,
        },
        "retraits_proposes": [
            {
                "motif": proposal.reason.value,
                "depuis": day_told(proposal.since),
                "edition": edition(proposal.edition),
                "reponse_du_serveur": proposal.detail,
            }
            for proposal in record.proposals
        ],
        "demandes": [
            {
                "date": day_told(request.asked),
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
                "date": day_told(mail.moment),
            }
            for mail in record.returned
        ],
        "historique": [
            {
                "date": day_told(event.moment),
                "fait": event.event,
                "liste": event.liste,
                "detail": event.detail,
            }
            for event in record.history
        ],
        "listes_quittees": list(record.left),
        "journal_des_retraits": [
            {
                "date": day_told(datetime.fromisoformat(line.moment)),
                "acte": line.act,
                "precision": " ".join(edition(str(value)) for value in line.values[1:]).strip(),
            }
            for line in record.journal
        ],
    }


def day_told(moment: datetime | None) -> str | None:
    """Return a moment as a report has it."""
    return f"{moment.astimezone(ZONE):%Y-%m-%d %H:%M:%S}" if moment else None


def _second(seconds: float) -> str | None:
    return day_told(datetime.fromtimestamp(seconds, UTC)) if seconds else None
