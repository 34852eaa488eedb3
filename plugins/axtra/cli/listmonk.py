"""`axtra envoi listmonk`: hand a frozen edition to listmonk, test it there, let it leave.

Nobody gets an edition twice: the ledger notes what was handed over before listmonk hears of it.
"""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING, Any

from axtra.cli import sending_support
from axtra.cli.arguments import Parser
from axtra.cli.project import DONE, PROBLEMS, UsageError, now, root
from axtra.core.diagnostics import count

if TYPE_CHECKING:
    from axtra.sending.ledger import Ledger
    from axtra.sending.listmonk import Listmonk
    from axtra.sending.records import Frozen, Waiting
    from axtra.subscribers import Register

HELP = "confier l’édition gelée à listmonk : brouillon, puis --essai, puis --demarrer"
_SILENT = "listmonk n’a pas répondu quand la campagne a démarré"


def add_arguments(parser: Parser) -> None:
    """Give the command its arguments."""
    step = parser.add_mutually_exclusive_group()
    step.add_argument("--essai", metavar="ADRESSE", help="l’envoyer à une seule adresse")
    step.add_argument("--demarrer", action="store_true", help="la faire partir")
    parser.add_argument("--oui", action="store_true", help="sans question; avec les deux suivants")
    parser.add_argument("--liste", metavar="LISTE", help="le nom de la liste gelée")
    parser.add_argument("--nombre", type=int, metavar="N", help="le nombre de destinataires gelé")


def run(options: argparse.Namespace) -> int:
    """Do one step."""
    from axtra.sending.listmonk import Listmonk, ListmonkError  # noqa: PLC0415

    if options.oui and (options.liste is None or options.nombre is None):
        raise UsageError("« --oui » demande aussi « --liste » et « --nombre ».")
    try:
        service = Listmonk.of(os.environ)
        with (
            sending_support.open_register() as register,
            sending_support.open_ledger() as ledger,
            ledger.alone(),
        ):
            frozen = sending_support.find_frozen(ledger, options.edition)
            _settle(service, ledger, frozen)
            if frozen.departed and not ledger.seated(frozen):
                sys.stderr.write(
                    f"axtra : « {frozen.edition} » est déjà partie.\n"
                    f"    → axtra envoi bilan {frozen.edition}\n"
                )
                return PROBLEMS
            _withdraw(service, register)
            campaign = _campaign(frozen)
            if options.essai:
                return _test(service, campaign, frozen, ledger, options.essai)
            if options.demarrer:
                return _start(service, campaign, frozen, ledger, register, options)
            return _prepare(service, campaign, frozen, ledger, register)
    except ListmonkError as error:
        sys.stderr.write(f"axtra : {error}\n")
        return PROBLEMS


def _withdraw(service: Listmonk, register: Register) -> None:
    """Do here what people did there: who left a list leaves it, who was blocked gets nothing."""
    from axtra.subscribers import Reason  # noqa: PLC0415

    left = 0
    for liste, member in service.gone():
        person = register.find(member.address)
        if person and register.unsubscribe(person.id, liste, now(), "listmonk"):
            left += 1
        if member.blocked:
            register.suppress(member.address, Reason.UNSUBSCRIBED, now())
    if left:
        sys.stdout.write(f"{count(left, 'désabonnement')} reçu{'s' * (left > 1)} de listmonk.\n")


def _settle(service: Listmonk, ledger: Ledger, frozen: Frozen) -> None:
    """End the doubts that a silence of listmonk left: a campaign that started is no draft."""
    from axtra.sending.records import State  # noqa: PLC0415
    from axtra.subscribers import folded  # noqa: PLC0415

    unsure = {folded(one.address) for one in ledger.lines(frozen.edition) if one.reason == _SILENT}
    doubts = [one for one in ledger.doubts() if one.edition == frozen.edition]
    if not unsure:
        return
    known = service.find(frozen.edition)
    started = known is not None and known["status"] != "draft"
    state = State.ACCEPTED if started else State.TO_SEND
    with ledger.together():
        for one in doubts:
            if one.folded in unsure:
                ledger.resolve(one, state, "confié à listmonk" if started else "")


def _campaign(frozen: Frozen) -> dict[str, Any]:
    """Write the campaign of an edition, as long as it is what was frozen."""
    from axtra.cli.departure import edition_now, letter_of  # noqa: PLC0415
    from axtra.newsletter.exports import PlaceholderError, campaign  # noqa: PLC0415
    from axtra.sending.listmonk import ListmonkError  # noqa: PLC0415

    edition = edition_now(root(), frozen.edition, frozen.liste, now())
    letter = letter_of(edition, frozen.edition, frozen.liste)
    if letter.template(frozen.moment).data != frozen.template:
        raise ListmonkError(
            f"« {frozen.edition} » a changé depuis qu’elle est gelée.\n"
            f"    → axtra envoi geler {frozen.edition} --liste {frozen.liste}"
        )
    try:
        return campaign(edition.letter, edition.mail, edition.facts)
    except PlaceholderError as error:
        raise ListmonkError(f"« {frozen.edition} » ne s’exporte pas : {error}.") from None


def _allowed(ledger: Ledger, register: Register, frozen: Frozen) -> list[Waiting]:
    """List those who were frozen and may still be written to."""
    return [
        one
        for one in ledger.seated(frozen)
        if not register.refusal(one.seat.person, frozen.liste, now())
    ]


def _prepare(
    service: Listmonk,
    campaign: dict[str, Any],
    frozen: Frozen,
    ledger: Ledger,
    register: Register,
) -> int:
    people = _allowed(ledger, register, frozen)
    names = [(one.seat.address, one.seat.first_name) for one in people]
    identity = service.fill(frozen.edition, frozen.liste, names)
    _withdraw(service, register)  # listmonk keeps out of the new list those whom it blocked
    service.prepare(campaign, identity)
    confirmed = sum(one.confirmed for one in service.members(identity))
    sys.stdout.write(
        f"Brouillon « {frozen.edition} » dans listmonk, pour {count(confirmed, 'destinataire')}.\n"
        f"    → axtra envoi listmonk {frozen.edition} --essai VOTRE-ADRESSE\n"
    )
    return DONE


def _found(service: Listmonk, campaign: dict[str, Any], frozen: Frozen) -> dict[str, Any]:
    """Find the draft, the same as what would be written now."""
    from axtra.sending.listmonk import ListmonkError  # noqa: PLC0415

    known = service.find(frozen.edition)
    same = known and all(known[key] == campaign[key] for key in ("subject", "body", "altbody"))
    if not known or not same or known["status"] != "draft":
        raise ListmonkError(
            "listmonk n’a pas le brouillon de ces octets.\n"
            f"    → axtra envoi listmonk {frozen.edition}"
        )
    return known


def _test(
    service: Listmonk, campaign: dict[str, Any], frozen: Frozen, ledger: Ledger, typed: str
) -> int:
    from axtra.subscribers import normalized  # noqa: PLC0415

    address = normalized(sys.stdin.readline() if typed == "-" else typed)
    known = _found(service, campaign, frozen)
    lists = {"lists": [one["id"] for one in known["lists"]], "template_id": known["template_id"]}
    service.test(known["id"], {**campaign, **lists}, address)
    ledger.note_test(frozen, now())
    sys.stdout.write(
        f"Essai confié à listmonk (empreinte {frozen.hash[:16]}). Lisez-le, puis :\n"
        f"    axtra envoi listmonk {frozen.edition} --demarrer\n"
    )
    return DONE


def _start(
    service: Listmonk,
    campaign: dict[str, Any],
    frozen: Frozen,
    ledger: Ledger,
    register: Register,
    options: argparse.Namespace,
) -> int:
    from axtra.cli.departure import may_depart  # noqa: PLC0415
    from axtra.sending.listmonk import ListmonkError  # noqa: PLC0415

    if not may_depart(frozen, ledger, sending_support.read_settings()):
        return PROBLEMS
    known = _found(service, campaign, frozen)
    people = _allowed(ledger, register, frozen)
    members = {
        one.address.casefold()
        for each in known["lists"]
        for one in service.members(each["id"])
        if one.confirmed
    }
    if members != {one.folded for one in people}:
        raise ListmonkError(
            "la liste de listmonk n’est plus celle des personnes à qui écrire.\n"
            f"    → axtra envoi listmonk {frozen.edition}"
        )
    liste, number = (options.liste, options.nombre) if options.oui else sending_support.ask(frozen)
    sending_support.confirm(frozen, liste, number, ledger)
    ledger.depart(frozen, now())
    return _hand_over(service, known["id"], frozen, ledger, people)


def _hand_over(
    service: Listmonk, identity: int, frozen: Frozen, ledger: Ledger, people: list[Waiting]
) -> int:
    """Let listmonk write to people: each is claimed before, and settled after."""
    from axtra.sending.listmonk import ListmonkError, SilentError  # noqa: PLC0415
    from axtra.sending.records import State  # noqa: PLC0415

    taken = {one.folded for one in people}
    state, reason = State.UNSURE, _SILENT
    with ledger.together():
        for one in ledger.seated(frozen):
            if one.folded in taken:
                ledger.claim(one)
            else:
                ledger.settle(one, State.EXCLUDED, "ne peut plus recevoir")
    try:
        service.start(identity)
        state, reason = State.ACCEPTED, "confié à listmonk"
    except SilentError:
        raise
    except ListmonkError as error:
        state, reason = State.TO_SEND, str(error)
        raise
    finally:
        with ledger.together():
            for one in people:
                ledger.settle(one, state, reason)
    sending_support.note_sent(frozen.edition, ledger)
    sys.stdout.write(
        f"« {frozen.edition} » est partie : {count(len(people), 'destinataire')} confiés à "
        "listmonk.\n"
    )
    return DONE
