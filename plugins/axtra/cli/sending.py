"""`axtra envoi`: freeze, test, approve, send, pause, resume, report.

Addresses are printed only by `bilan`, which exists to name people.
"""

from __future__ import annotations

import argparse
import getpass
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from axtra.cli import (
    data_access,
    listmonk,
    printer,
    scheduling,
    sending_report,
    sending_terminal,
)
from axtra.cli.arguments import Command, Parser
from axtra.cli.project import DONE, PROBLEMS, add_format, now, root
from axtra.cli.sending_terminal import TerminalEvents
from infolettre.core.diagnostics import count

if TYPE_CHECKING:
    from axtra.sending.dispatch import DispatchContext, SendingResult, Settlement
    from axtra.sending.ledger_records import MessageState
    from axtra.sending.settings import Settings

_PAUSE_PATIENCE = 30  # seconds for the message in flight to land


def add_commands(commands: argparse._SubParsersAction[Parser]) -> None:
    """Plug the commands of this module into the parser of `axtra`."""
    text = "envoyer une édition de l’infolettre"
    family = commands.add_parser("envoi", help=text, description=text)
    actions = family.add_subparsers(
        title="commandes", metavar="COMMANDE", required=True, dest="sous", parser_class=Parser
    )

    def add(name: str, run: Command, text: str, *, edition: bool = True) -> Parser:
        parser = actions.add_parser(name, help=text, description=text)
        parser.set_defaults(run=run)
        if edition:
            parser.add_argument("edition", metavar="EDITION", help="par exemple 2019-03-27")
        return parser

    freezing = add("geler", _freeze, "figer les octets d’une édition et ses destinataires")
    freezing.add_argument("--liste", required=True, metavar="LISTE", help="par exemple membres")
    testing = add("essai", _test, "envoyer l’édition gelée à une seule adresse")
    testing.add_argument("adresse", metavar="ADRESSE", help="« - » pour la lire au clavier")
    approving = add("approuver", _approve, "dire qu’une deuxième personne approuve ces octets")
    approving.add_argument("--par", metavar="NOM", default="", help="qui approuve")
    sending = add("envoyer", _send, "envoyer l’édition gelée à toute la liste")
    sending_terminal.add_confirmation(sending)
    known = sending.add_mutually_exclusive_group()
    known.add_argument(
        "--jamais-partie",
        action="store_true",
        help="après une restauration : vous savez que personne d’autre ne l’a reçue",
    )
    known.add_argument(
        "--deja-partie",
        action="store_true",
        help="après une restauration : vous savez qu’elle est partie; rien n’est envoyé",
    )
    add("pause", _pause, "arrêter l’envoi en cours après le message en vol")
    resuming = add("reprendre", _resume, "continuer un envoi interrompu, sans rien répéter")
    deciding = resuming.add_mutually_exclusive_group()
    deciding.add_argument(
        "--retirer", action="store_true", help="retirer les adresses proposées, puis continuer"
    )
    deciding.add_argument(
        "--garder", action="store_true", help="ne retirer personne, réécrire, puis continuer"
    )
    for parser in (sending, resuming):
        parser.add_argument(
            "--debit", type=_rate, metavar="N", help="messages par minute (0 : sans limite)"
        )
    scheduling.add_arguments(add("programmer", scheduling.run, scheduling.HELP))
    listmonk.add_arguments(add("listmonk", listmonk.run, listmonk.HELP))
    report = add("bilan", _report, "ce que chaque message est devenu")
    add_format(report)
    add("verifier", _compare, "comparer les octets gelés à ce que l’édition donne aujourd’hui")
    add(
        "rectifier",
        _rectify,
        "commencer une infolettre qui n’ira qu’aux personnes qui ont reçu cette édition",
    )
    settling = add(
        "reconcilier",
        _reconcile,
        "régler les incertains d’après le journal de Postfix",
        edition=False,
    )
    settling.add_argument(
        "--journal",
        required=True,
        action="append",
        type=Path,
        metavar="FICHIER",
        help="un journal; répétez l’option pour plusieurs",
    )


def _rate(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"« {text} » n’est pas un nombre de messages par minute")
    return int(text)


@contextmanager
def _dispatch(settings: Settings) -> Iterator[DispatchContext]:
    """Open what an edition is sent with."""
    from axtra.sending.dispatch import DispatchContext  # noqa: PLC0415 - help must not pay it

    content = data_access.site_content(root())
    with data_access.open_register() as register, data_access.open_ledger() as ledger:
        events = TerminalEvents(settings.per_minute)
        accounts = data_access.has_accounts()
        yield DispatchContext(content, ledger, register, now, events, accounts)


def _read_settings(options: argparse.Namespace) -> Settings:
    """Read the settings of sending, with the pace that was typed."""
    settings = data_access.read_settings()
    return settings if options.debit is None else replace(settings, per_minute=options.debit)


def _freeze(options: argparse.Namespace) -> int:
    from axtra.sending import dispatch  # noqa: PLC0415
    from infolettre.message import lends_mailboxes  # noqa: PLC0415

    content, settings = data_access.site_content(root()), data_access.read_settings()
    with data_access.open_register() as register, data_access.open_ledger() as ledger:
        done = dispatch.freeze(
            content, ledger, register, settings, options.edition, options.liste, now()
        )
    if lends_mailboxes(done.frozen.terms.domain):
        TerminalEvents(settings.per_minute).sender_is_lent(done.frozen.terms.domain)
    if done.unmet:
        printer.refuse(done.unmet)
    if done.unscheduled:
        printer.warn(
            f"« {options.edition} » n’est plus programmée : ce qui partait n’est plus le même.",
            "Une fois essayée et approuvée, programmez-la de nouveau.",
        )
    if data_access.has_accounts():
        printer.notice(
            "On ne sait pas qui tape une commande : pour être approuvée, cette lettre se gèle de "
            "nouveau dans l’atelier, avec un compte."
        )
    printer.tell(
        f"« {options.edition} » est gelée pour la liste « {done.frozen.liste} » : "
        f"{count(done.frozen.recipients, 'destinataire')}, {count(done.candidates, 'candidat')}.\n"
        f"    Empreinte : {done.frozen.hash[:16]}",
        f"axtra envoi essai {options.edition} VOTRE-ADRESSE",
    )
    return DONE


def _test(options: argparse.Namespace) -> int:
    from axtra.sending import dispatch  # noqa: PLC0415
    from axtra.sending.dispatch.next_steps import next_steps  # noqa: PLC0415

    address = data_access.typed_address(options.adresse)
    with data_access.open_register() as register, data_access.open_ledger() as ledger:
        settings = data_access.read_settings()
        frozen = dispatch.test(ledger, register, settings, options.edition, address, now())
        steps = next_steps(ledger, frozen).splitlines()
    said = f"Essai accepté par le serveur (empreinte {frozen.hash[:16]}). Lisez-le"
    printer.tell("\n    ".join([f"{said}, puis :", *steps]) if steps else f"{said}.")
    return DONE


def _approve(options: argparse.Namespace) -> int:
    from axtra.sending import dispatch  # noqa: PLC0415

    who = " ".join(options.par.split()) or getpass.getuser()
    with data_access.open_ledger() as ledger:
        accounts = data_access.has_accounts()
        frozen = dispatch.approve(ledger, options.edition, who, now(), accounts=accounts)
    printer.tell(f"{who} approuve « {options.edition} », empreinte {frozen.hash[:16]}.")
    return DONE


def _send(options: argparse.Namespace) -> int:
    from axtra.sending import dispatch  # noqa: PLC0415

    confirmation = sending_terminal.confirmation(options)
    if options.deja_partie:
        return _presume_gone(options.edition)
    settings = _read_settings(options)
    with _dispatch(settings) as context:
        done = dispatch.depart(
            context, settings, options.edition, confirmation, never_left=options.jamais_partie
        )
    return _tell_result(options.edition, done)


def _presume_gone(edition: str) -> int:
    """Take a person's word that an edition left without this ledger."""
    from axtra.sending import dispatch  # noqa: PLC0415
    from axtra.sending.dispatch.next_steps import RECONCILE  # noqa: PLC0415
    from axtra.sending.ledger_records import settled  # noqa: PLC0415

    with data_access.open_ledger() as ledger:
        counts = dispatch.presume_gone(ledger, edition, now())
    done = settled(counts)
    printer.tell(sending_report.sentence(counts), "" if done else RECONCILE)
    return DONE if done else PROBLEMS


def _resume(options: argparse.Namespace) -> int:
    from axtra.sending import dispatch  # noqa: PLC0415

    if options.retirer or options.garder:
        settlement = _settle(options)
        if not settlement.unfinished:
            return _tell_counts(options.edition, settlement.counts) if settlement.begun else DONE
    settings = _read_settings(options)
    with _dispatch(settings) as context:
        done = dispatch.resume(context, settings, options.edition)
    return _tell_result(options.edition, done)


def _settle(options: argparse.Namespace) -> Settlement:
    """Do what a person decided of the proposals of an edition, and say it."""
    from axtra.sending import dispatch  # noqa: PLC0415
    from axtra.sending.ledger_records import Decision  # noqa: PLC0415

    edition = options.edition
    decision = Decision.KEEP if options.garder else Decision.REMOVE
    with data_access.open_register() as register, data_access.open_ledger() as ledger:
        done = dispatch.settle_proposals(ledger, register, edition, decision, now())
    waiting = f"{count(done.people, 'retrait')} en attente"
    if decision is Decision.REMOVE:
        printer.tell(
            f"{waiting} : c’est fait, pour toutes les listes.\n"
            f"    Pour revenir en arrière :  axtra abonnes retablir --edition {edition}"
        )
    elif done.unfinished:
        printer.tell(f"{waiting} : personne n’est retiré; ces personnes passent en dernier.")
    else:
        printer.tell(f"{waiting} : personne n’est retiré.")
    return done


def _tell_result(edition: str, done: SendingResult) -> int:
    if done.outcome.reason:
        printer.notice(done.outcome.text)
    return _tell_counts(edition, done.counts, awaits_decision=done.awaits_decision)


def _tell_counts(
    edition: str, counts: Mapping[MessageState, int], *, awaits_decision: bool = False
) -> int:
    from axtra.sending.ledger_records import settled  # noqa: PLC0415

    done = settled(counts) and not awaits_decision
    printer.tell(sending_report.sentence(counts), "" if done else f"axtra envoi bilan {edition}")
    return DONE if done else PROBLEMS


def _pause(options: argparse.Namespace) -> int:
    from axtra.sending import dispatch  # noqa: PLC0415
    from axtra.sending.dispatch.next_steps import next_steps  # noqa: PLC0415

    with data_access.open_ledger() as ledger:
        stopped = dispatch.pause(ledger, options.edition, now(), _PAUSE_PATIENCE)
        frozen = dispatch.frozen_edition(ledger, options.edition)
        steps = next_steps(ledger, frozen)
    if stopped:
        printer.tell(f"L’envoi de « {options.edition} » est en pause.", steps)
    else:
        printer.tell("La pause est demandée; le message en vol s’achève.")
    return DONE


def _report(options: argparse.Namespace) -> int:
    from axtra.sending import dispatch  # noqa: PLC0415

    with (
        data_access.open_register(reading=True) as register,
        data_access.open_ledger(reading=True) as ledger,
    ):
        report = dispatch.report(ledger, register, options.edition)
    if options.format == "json":
        printer.tell(sending_report.as_json(report.lines))
    else:
        printer.tell(sending_report.as_text(report))
    return DONE if report.settled else PROBLEMS


def _compare(options: argparse.Namespace) -> int:
    from axtra.sending import dispatch  # noqa: PLC0415

    with data_access.open_ledger(reading=True) as ledger:
        compared = dispatch.compare(
            data_access.site_content(root()), ledger, options.edition, now()
        )
    printer.tell(compared.text)
    return DONE if compared.same else PROBLEMS


def _rectify(options: argparse.Namespace) -> int:
    from axtra import site  # noqa: PLC0415
    from axtra.content import skeletons  # noqa: PLC0415
    from axtra.content.schema import KINDS  # noqa: PLC0415
    from axtra.sending import dispatch  # noqa: PLC0415

    edition, folders = options.edition, site.folders(root())
    with data_access.open_ledger(reading=True) as ledger:
        dispatch.check_rectified(ledger, edition)
    path = skeletons.create(
        folders, KINDS["infolettre"], title=None, numero=None, day=now().date(), rectified=edition
    )
    slug = path.stem
    printer.tell(
        f"{folders.name(path)} : écrivez-y ce qui était inexact et ce qui est juste, puis :",
        f"axtra envoi geler {slug} --liste LISTE",
    )
    return DONE


def _reconcile(options: argparse.Namespace) -> int:
    from axtra.sending import dispatch  # noqa: PLC0415

    for log in options.journal:
        data_access.spare(log)
    with data_access.open_ledger() as ledger:
        done = dispatch.reconcile(ledger, options.journal, data_access.read_settings, now)
    printer.tell(
        f"{count(done.accepted, 'message')} dans le journal : acceptés. "
        f"{count(done.never, 'message')} que le serveur n’a jamais eus : à envoyer. "
        f"{count(done.left, 'incertain')}.",
        done.why if done.left else "",
    )
    return PROBLEMS if done.left else DONE
