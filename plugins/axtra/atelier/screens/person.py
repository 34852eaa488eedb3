"""A person as a dated history, and what may be done for them; each act says what follows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from axtra.atelier import personal_data
from axtra.atelier.app import Atelier
from axtra.atelier.people_books import (
    HERE,
    Fields,
    ledger_of,
    line,
    lists_of,
    posted,
    register_of,
    who,
)
from axtra.content.model import Newsletter
from axtra.sending.dossiers import ASKED, told_of
from axtra.sending.ledger_records import MessageState, PersonalMessage, is_welcome
from axtra.subscribers import Basis, Reason, folded, normalized
from axtra.subscribers.addresses import unwrapped
from axtra.subscribers.register.personal_records import PersonalRecord
from axtra.subscribers.register.suppressions import OWN_WILL
from infolettre.core import dates
from infolettre.core.dates import ZONE
from infolettre.core.refusals import Refusal

_LAST_LETTERS = 5  # that a history shows one by one
_LEFT = {
    Reason.UNSUBSCRIBED: "a quitté toutes les listes",
    Reason.ADDRESS: "n’est plus jointe : le serveur dit que l’adresse n’existe pas",
    Reason.MOVED: "a changé d’adresse : celle-ci ne reçoit plus rien",
    Reason.COMPLAINT: "s’est plainte d’un courriel : elle ne reçoit plus rien",
    Reason.ERASED: "a été effacée : il ne reste qu’une empreinte, qui empêche de la réimporter",
}
_BASES = {
    Basis.EXPRESS: "exprès",
    Basis.IMPLIED: "tacite",
    Basis.INQUIRY: "tacite, après une demande",
}
_RECEIVED = {
    MessageState.ACCEPTED: "reçue",
    MessageState.REFUSED: "refusée par le serveur",
    MessageState.DEFERRED: "reportée",
    MessageState.UNSURE: "incertaine : partie peut-être",
    MessageState.FLYING: "en vol",
    MessageState.TO_SEND: "pas encore partie",
    MessageState.EXCLUDED: "non envoyée",
}


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a person, in words; `letter` when it is a letter."""

    moment: datetime
    words: str
    letter: bool = False


def routes(atelier: Atelier) -> list[Route]:
    """Return the addresses of the acts; each names a person in its form only."""
    acts = {
        "personne": _person,
        "listes": _choose,
        "desabonner": _unsubscribe,
        "retablir": _reinstate,
        "reinviter": _invite,
        "adresse": _move,
        "effacer": _erase,
        "dossier": _dossier,
    }
    return [
        Route(f"/abonnes/{name}", posted(atelier, act), methods=["POST"])
        for name, act in acts.items()
    ]


def show(
    atelier: Atelier,
    request: Request,
    address: str,
    done: str = "",
    refusal: Refusal | None = None,
    act: str = "",
) -> Response:
    """Return the screen of a person.

    Args:
        atelier: where it is shown.
        request: who asks.
        address: of whom.
        done: what was just done.
        refusal: what could not be done.
        act: the act whose consequence is to be confirmed.
    """
    with register_of(atelier) as register, ledger_of(atelier) as ledger:
        record = register.record(address, atelier.clock())
        messages = ledger.messages_to(address, record.mark)
        lists = lists_of(atelier, register)
    names = {choice.slug: choice.name for choice in lists}
    titles = {
        item.slug: item.title.plain
        for item in atelier.newsroom.library.items
        if isinstance(item, Newsletter)
    }
    events = sorted(_events(record, messages, names, titles), key=lambda event: event.moment)
    letters = [event for event in events if event.letter]
    older = letters[:-_LAST_LETTERS]
    active = [standing for standing in record.lists if standing.active]
    receives = [names[standing.liste] for standing in active if not standing.refusal]
    return atelier.screen(
        request,
        "personne",
        HERE,
        422 if refusal else 200,
        dossier=record,
        noms=names,
        abonnements=active,
        autres=[choice for choice in lists if choice.slug not in {s.liste for s in active}],
        recoit=receives,
        etat=_state(record, receives),
        pourquoi=_LEFT[record.suppression.reason] if record.suppression else "",
        de_plein_gre=bool(record.suppression and record.suppression.reason in OWN_WILL),
        effacee=bool(record.suppression and record.suppression.reason is Reason.ERASED),
        evenements=[event for event in events if event not in older],
        lettres_anterieures=len(older),
        fait=done,
        refus=refusal,
        acte=act,
        lettres=[choice for choice in lists if choice.slug in _types(atelier)],
    )


def _types(atelier: Atelier) -> set[str]:
    return {known.slug for known in atelier.newsroom.library.newsletter_types}


def _state(record: PersonalRecord, receives: list[str]) -> str:
    if record.suppression and record.suppression.reason is Reason.ERASED:
        return "effacée"
    if receives:
        return "abonnée"
    return "désabonnée" if record.person or record.suppression else "inconnue"


def _events(
    record: PersonalRecord,
    messages: list[PersonalMessage],
    names: dict[str, str],
    titles: dict[str, str],
) -> Iterator[Event]:
    for liste, consent in record.consents:
        what = f"Consentement {_BASES[consent.basis]} « {names.get(liste, liste)} »"
        ends = f", jusqu’au {dates.day(consent.expires)}" if consent.expires else ""
        yield Event(consent.given, f"{what}{ends} : {consent.source}. Preuve : {consent.proof}")
    for fact in record.history:
        if fact.event.startswith("consentement "):
            continue  # told above, on the day it was given
        yield Event(fact.moment, _words(fact.event, names.get(fact.liste, fact.liste), fact.detail))
    for request in record.requests:
        wanted = ", ".join(names.get(liste, liste) for liste in request.lists)
        what = "changement d’adresse" if request.moves else f"par le formulaire, {wanted}"
        yield Event(request.asked, f"{ASKED[request.confirmed].capitalize()} : {what}")
    for message in messages:
        seconds = message.settled or message.claimed
        if not seconds:
            continue
        what = f"Infolettre « {titles.get(message.edition, message.edition)} »"
        if is_welcome(message.edition):
            what = "Lettre de bienvenue"
        state = _RECEIVED[MessageState(message.state)]
        yield Event(datetime.fromtimestamp(seconds, ZONE), f"{what} : {state}", letter=True)


def _words(event: str, liste: str, detail: str) -> str:
    whose = f" « {liste} »" if liste else ""
    return f"{event[:1].upper()}{event[1:]}{whose}" + (f" : {detail}" if detail else "")


# --- acts ----------------------------------------------------------------------------------------


def _address(fields: Fields) -> str:
    return normalized(unwrapped(fields.get("personne", "")))


def _person(atelier: Atelier, request: Request, fields: Fields) -> Response:
    acts = {"adresse", "desabonner", "effacer"}
    act = fields.get("acte", "")
    return show(atelier, request, _address(fields), act=act if act in acts else "")


def _choose(atelier: Atelier, request: Request, fields: Fields) -> Response:
    """Take a person off the lists that are no longer ticked."""
    address = _address(fields)
    with register_of(atelier, changing=True) as register:
        person = register.find(address)
        if person:
            kept = [liste for liste in register.lists_of(person.id) if fields.get(f"liste-{liste}")]
            register.keep_only(person.id, kept, atelier.clock(), who(request))
    return show(atelier, request, address, "Listes changées.")


def _unsubscribe(atelier: Atelier, request: Request, fields: Fields) -> Response:
    """Take a person off every list, as the command does."""
    address = _address(fields)
    with register_of(atelier, changing=True) as register, register.together():
        if person := register.find(address):
            for liste in register.lists():
                register.unsubscribe(person.id, liste, atelier.clock(), who(request))
        register.suppress(address, Reason.UNSUBSCRIBED, atelier.clock())
    return show(atelier, request, address, "Désabonnée : plus aucune infolettre ne partira.")


def _reinstate(atelier: Atelier, request: Request, fields: Fields) -> Response:
    """Lift a suppression; who left of their own will has to subscribe again."""
    address = _address(fields)
    with register_of(atelier, changing=True) as register:
        back = register.reinstate(address, atelier.clock())
    if back is None:
        refusal = Refusal(
            "cette adresse n’est pas retirée, ou a été effacée : rien à rétablir.",
            "Une personne effacée peut revenir elle-même, par le formulaire du site.",
        )
        return show(atelier, request, address, refusal=refusal)
    done = "Rétablie : elle recevra de nouveau ses infolettres."
    if back.was.reason in OWN_WILL or not back.lists:
        done = "Rétablie. Elle ne reçoit rien tant qu’elle ne se réabonne pas elle-même."
    return show(atelier, request, address, done)


def _invite(atelier: Atelier, request: Request, fields: Fields) -> Response:
    """Send the mail of the door that asks for a confirmation."""
    address, liste = _address(fields), fields.get("liste", "")
    with register_of(atelier, changing=True) as register:
        if liste not in _types(atelier):
            raise Refusal("choisissez une infolettre.")
        person = register.find(address)
        name = person.first_name if person else ""
        asked = register.ask(address, name, [liste], atelier.clock())
    if asked is None:
        refusal = Refusal(
            "cette adresse vient déjà de recevoir un courriel de confirmation.",
            "Recommencez dans dix minutes; au-delà de trois en un jour, demain.",
        )
        return show(atelier, request, address, refusal=refusal)
    return show(atelier, request, address, _LEAVES)


_LEAVES = "Le service d’abonnement envoie un courriel; rien ne change avant la confirmation."


def _move(atelier: Atelier, request: Request, fields: Fields) -> Response:
    """Ask both addresses to confirm a change."""
    address = _address(fields)
    try:
        _ask_change(atelier, request, address, fields)
    except Refusal as refusal:
        return show(atelier, request, address, refusal=refusal, act="adresse")
    return show(atelier, request, address, _LEAVES)


def _ask_change(atelier: Atelier, request: Request, address: str, fields: Fields) -> None:
    new = normalized(unwrapped(fields.get("nouvelle", "")))
    how, dead = line(fields.get("comment", "")), bool(fields.get("morte"))
    if not how:
        raise Refusal("dites comment la personne l’a demandé.", "Par exemple : par téléphone")
    told = [how, who(request), *(["l’ancienne adresse ne se lit plus"] if dead else [])]
    with register_of(atelier, changing=True) as register:
        person = register.find(address)
        if person is None:
            raise Refusal("cette adresse n’est plus au registre.")
        register.ask_change(person, new, atelier.clock(), "; ".join(told), dead=dead)


def _erase(atelier: Atelier, request: Request, fields: Fields) -> Response:
    """Erase a person from both books, and from the atelier unless they still work there."""
    address = _address(fields)
    if atelier.team is not None and atelier.team.accounts.member(address):
        refusal = Refusal(
            "cette personne entre à l’atelier : l’effacer la mettrait dehors.",
            "Retirez-la d’abord (Réglages, Les personnes et leurs rôles), puis recommencez.",
        )
        return show(atelier, request, address, refusal=refusal, act="effacer")
    with (
        register_of(atelier, changing=True) as register,
        ledger_of(atelier, changing=True) as ledger,
    ):
        register.erase(address, atelier.clock())
        ledger.erase(address, register.keys.mark(folded(address)))
        scrubbed = register.scrubbed and ledger.scrubbed
    atelier.shelf.clear(bytes)  # the screens that showed them
    personal_data.erase(atelier.data, address, atelier.clock)
    if not scrubbed:
        refusal = Refusal(
            "la personne est effacée, mais une autre commande lit encore les anciennes pages.",
            "Attendez la fin de cette commande (un export, un envoi), puis effacez de nouveau.",
        )
        return show(atelier, request, address, refusal=refusal)
    return show(atelier, request, address, "Effacée.")


def _dossier(atelier: Atelier, _request: Request, fields: Fields) -> Response:
    """Return everything that is held of a person, as a file to hand over to them."""
    address = _address(fields)
    with register_of(atelier) as register, ledger_of(atelier) as ledger:
        told: dict[str, Any] = told_of(address, register, ledger, atelier.clock())
    told["atelier"] = personal_data.held(atelier.data, address, atelier.clock)
    text = json.dumps(told, ensure_ascii=False, indent=2) + "\n"
    headers = {"Content-Disposition": 'attachment; filename="dossier.json"'}
    return Response(text.encode(), media_type="application/json", headers=headers)
