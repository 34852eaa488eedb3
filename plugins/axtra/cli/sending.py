"""`axtra envoi`: freeze, test, approve, send, pause, resume, report.

Addresses are printed only by `bilan`, which exists to name people.
"""

from __future__ import annotations

import argparse
import getpass
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from axtra.cli import listmonk, sending_report, sending_support
from axtra.cli.arguments import Parser
from axtra.cli.departure import decide, edition_now, letter_of, may_depart, remembered, say_errors
from axtra.cli.project import DONE, PROBLEMS, UsageError, add_format, now, root
from axtra.cli.sending_progress import Meter
from axtra.core import dates, diagnostics
from axtra.core.diagnostics import count

if TYPE_CHECKING:
    from axtra.sending.ledger import Ledger
    from axtra.sending.run_context import Progress
    from axtra.sending.settings import Settings
    from axtra.subscribers import Register

_PAUSE_PATIENCE = 30  # seconds for the message in flight to land
_CLOCKS = timedelta(minutes=5)  # by which the clocks of two machines may differ
_LOG_PATIENCE = 2  # seconds for a server to write its log


def add_commands(commands: argparse._SubParsersAction[Parser]) -> None:
    """Plug the commands of this module into the parser of `axtra`."""
    text = "envoyer une édition de l’infolettre"
    family = commands.add_parser("envoi", help=text, description=text)
    actions = family.add_subparsers(
        title="commandes", metavar="COMMANDE", required=True, dest="sous", parser_class=Parser
    )

    def add(name: str, run: sending_support.Command, text: str, *, edition: bool = True) -> Parser:
        parser = actions.add_parser(name, help=text, description=text)
        parser.set_defaults(run=sending_support.guarded(run))
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
    sending.add_argument("--oui", action="store_true", help="sans question; avec les deux suivants")
    sending.add_argument("--liste", metavar="LISTE", help="le nom de la liste gelée")
    sending.add_argument("--nombre", type=int, metavar="N", help="le nombre de destinataires gelé")
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
    for one in (sending, resuming):
        one.add_argument(
            "--debit", type=_rate, metavar="N", help="messages par minute (0 : sans limite)"
        )
    listmonk.add_arguments(add("listmonk", listmonk.run, listmonk.HELP))
    report = add("bilan", _report, "ce que chaque message est devenu")
    add_format(report)
    add("verifier", _compare, "comparer les octets gelés à ce que l’édition donne aujourd’hui")
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


def _freeze(options: argparse.Namespace) -> int:
    from axtra import site  # noqa: PLC0415 - Pelican costs half a second
    from axtra.sending import conditions, freezing  # noqa: PLC0415
    from axtra.subscribers import ListError  # noqa: PLC0415

    project, moment = root(), now()
    settings = sending_support.read_settings()
    with sending_support.open_register() as register, sending_support.open_ledger() as ledger:
        if options.liste not in register.lists():
            remedy = diagnostics.did_you_mean(options.liste, register.lists())
            raise ListError(f"la liste « {options.liste} » n’existe pas.\n    → {remedy}")
        found = site.verify(project, moment=moment)
        if diagnostics.errors(found):
            return say_errors(found)
        edition = edition_now(project, options.edition, options.liste, moment)
        if faults := site.faults(project, edition):
            return say_errors(faults)
        refusals = list(conditions.facts(edition.facts))
        if refusals:  # it may be frozen and tested all the same
            sys.stderr.write(f"axtra : {conditions.told(options.edition, refusals)}\n")
        letter = letter_of(edition, options.edition, options.liste)
        frozen = freezing.freeze(letter, ledger, register, settings, moment)
        counts = ledger.counts(options.edition)
    sys.stdout.write(
        f"« {options.edition} » est gelée pour la liste « {frozen.liste} » : "
        f"{count(frozen.recipients, 'destinataire')}, {count(sum(counts.values()), 'candidat')}.\n"
        f"    Empreinte : {frozen.hash[:16]}\n"
        f"    → axtra envoi essai {options.edition} VOTRE-ADRESSE\n"
    )
    return DONE


def _test(options: argparse.Namespace) -> int:
    from axtra.sending import mailing  # noqa: PLC0415
    from axtra.subscribers import normalized  # noqa: PLC0415

    typed = sys.stdin.readline() if options.adresse == "-" else options.adresse
    address = normalized(typed)
    with sending_support.open_register() as register, sending_support.open_ledger() as ledger:
        frozen = sending_support.find_frozen(ledger, options.edition)
        reply = mailing.test(
            frozen, address, ledger, register, sending_support.read_settings(), now()
        )
    if not reply.accepted:
        sys.stderr.write(
            f"axtra : le serveur refuse l’essai ({reply.code} {reply.status}).\n"
            "    → Vérifiez l’adresse, puis l’expéditeur (content/site.toml).\n"
        )
        return PROBLEMS
    sys.stdout.write(
        f"Essai accepté par le serveur (empreinte {frozen.hash[:16]}). Lisez-le, puis :\n"
        f"    axtra envoi envoyer {options.edition}\n"
    )
    return DONE


def _approve(options: argparse.Namespace) -> int:
    with sending_support.open_ledger() as ledger:
        frozen = sending_support.find_frozen(ledger, options.edition)
        who = " ".join(options.par.split()) or getpass.getuser()
        ledger.approve(frozen, who, now())
    sys.stdout.write(f"{who} approuve « {options.edition} », empreinte {frozen.hash[:16]}.\n")
    return DONE


def _send(options: argparse.Namespace) -> int:
    if options.oui and (options.liste is None or options.nombre is None):
        raise UsageError("« --oui » demande aussi « --liste » et « --nombre ».")
    settings = sending_support.read_settings()
    settings.required()
    with (
        sending_support.open_register() as register,
        sending_support.open_ledger() as ledger,
        ledger.alone() as orphans,
    ):
        frozen = sending_support.find_frozen(ledger, options.edition)
        if options.deja_partie:
            return _presume(options.edition, ledger)
        if options.jamais_partie:
            ledger.vouch(options.edition, now())
            frozen = sending_support.find_frozen(ledger, options.edition)
        if frozen.departed and not (ledger.waiting(options.edition) or orphans):
            sys.stderr.write(
                f"axtra : « {options.edition} » est déjà envoyée à la liste « {frozen.liste} » : "
                "personne ne la reçoit deux fois.\n"
                f"    → axtra envoi bilan {options.edition}\n"
            )
            return PROBLEMS
        if not remembered(options.edition, ledger):
            return PROBLEMS
        if options.oui:
            # Written before the checks: a run cut during them can be resumed.
            sending_support.confirm(frozen, options.liste, options.nombre, ledger)
        if not frozen.departed and not may_depart(frozen, ledger, settings):
            return PROBLEMS
        if not options.oui:
            sending_support.confirm(frozen, *sending_support.ask(frozen), ledger)
        ledger.depart(frozen, now())
        return _go(options, ledger, register, settings)


def _presume(edition: str, ledger: Ledger) -> int:
    """Take a person's word that an edition left without this ledger."""
    ledger.presume_gone(edition, now())
    counts = ledger.counts(edition)
    sys.stdout.write(f"{sending_report.sentence(counts)}\n")
    if sending_report.settled(counts):
        return DONE
    sys.stdout.write(
        "    → axtra envoi reconcilier --journal /var/log/mail.log   (le journal du relais)\n"
    )
    return PROBLEMS


def _resume(options: argparse.Namespace) -> int:
    settings = sending_support.read_settings()
    with (
        sending_support.open_register() as register,
        sending_support.open_ledger() as ledger,
        ledger.alone(),
    ):
        if (options.retirer or options.garder) and decide(options, ledger, register):
            return DONE
        settings.required()
        frozen = sending_support.find_frozen(ledger, options.edition)
        begun = frozen.departed or frozen.confirmed or ledger.leaving(options.edition)
        if not begun:
            sys.stderr.write(
                f"axtra : l’envoi de « {options.edition} » n’est pas commencé.\n"
                f"    → axtra envoi envoyer {options.edition}\n"
            )
            return PROBLEMS
        if not remembered(options.edition, ledger):
            return PROBLEMS
        if frozen.departed is None and frozen.confirmed is not None:
            if not may_depart(frozen, ledger, settings):
                return PROBLEMS
            ledger.depart(frozen, now())
        return _go(options, ledger, register, settings)


def _go(
    options: argparse.Namespace,
    ledger: Ledger,
    register: Register,
    settings: Settings,
) -> int:
    from dataclasses import replace  # noqa: PLC0415

    from axtra.sending import brakes, mailing  # noqa: PLC0415
    from axtra.sending.records import Decision  # noqa: PLC0415

    if ledger.decision(options.edition) is Decision.OPEN:
        sys.stderr.write(
            f"axtra : l’envoi de « {options.edition} » attend une décision.\n"
            f"{brakes.choice(options.edition)}\n"
        )
        return PROBLEMS
    _tell_clock(options.edition, ledger)
    if options.debit is not None:
        settings = replace(settings, per_minute=options.debit)
    ledger.unpause(options.edition)
    meter = Meter(sys.stderr, settings.per_minute)
    noted: list[str] = []

    def tell(progress: Progress) -> None:
        meter.show(progress)
        if progress.accepted and not noted:
            noted.append(options.edition)
            sending_support.note_sent(options.edition, ledger)

    outcome = mailing.send(options.edition, ledger, register, settings, now, tell)
    meter.end()
    sending_support.note_sent(options.edition, ledger)
    if outcome.text:
        sys.stderr.write(f"{outcome.text}\n")
    counts = ledger.counts(options.edition)
    sys.stdout.write(f"{sending_report.sentence(counts)}\n")
    if sending_report.settled(counts) and ledger.decision(options.edition) is not Decision.OPEN:
        return DONE
    sys.stdout.write(f"    → axtra envoi bilan {options.edition}\n")
    return PROBLEMS


def _tell_clock(edition: str, ledger: Ledger) -> None:
    """Warn of a clock that goes backwards: nobody is left out for it, but mails bear its date."""
    latest = max(one.moment for one in ledger.leaving(edition).values())
    if now() < latest - _CLOCKS:
        sys.stderr.write(
            f"axtra : l’horloge de cette machine retarde : « {edition} » a été gelée le "
            f"{dates.day(latest)} à {dates.hour(latest)}, et il serait {dates.hour(now())} le "
            f"{dates.day(now())}. L’envoi continue.\n    → Remettez-la à l’heure.\n"
        )


def _pause(options: argparse.Namespace) -> int:
    from axtra.sending.frozen_editions import BusyError  # noqa: PLC0415

    with sending_support.open_ledger() as ledger:
        if not ledger.leaving(options.edition):
            sys.stderr.write(f"axtra : l’envoi de « {options.edition} » n’est pas commencé.\n")
            return PROBLEMS
        ledger.pause(options.edition, now())
        try:
            with ledger.alone(_PAUSE_PATIENCE):
                pass
        except BusyError:
            sys.stdout.write("La pause est demandée; le message en vol s’achève.\n")
            return DONE
    sys.stdout.write(
        f"L’envoi de « {options.edition} » est en pause.\n"
        f"    → axtra envoi reprendre {options.edition}\n"
    )
    return DONE


def _report(options: argparse.Namespace) -> int:
    from axtra.sending.frozen_editions import BusyError  # noqa: PLC0415
    from axtra.subscribers.returns.bounce_reports import Nature  # noqa: PLC0415
    from axtra.subscribers.returns.sorting import TO_REVIEW  # noqa: PLC0415

    with (
        sending_support.open_register(reading=True) as register,
        sending_support.open_ledger(reading=True) as ledger,
    ):
        frozen = sending_support.find_frozen(ledger, options.edition)
        try:
            with ledger.alone():  # what a dead sender left in flight is named as it is: unsure
                pass
        except BusyError:
            pass
        counts, lines = ledger.counts(options.edition), ledger.lines(options.edition)
        proposals = register.proposals(options.edition)
        review = [
            one.address
            for one in lines
            if one.state == "refuse" and (person := register.find(one.address))
            if register.soft_bounces(person.id, Nature.REVIEW) >= TO_REVIEW
        ]
    if options.format == "json":
        sys.stdout.write(sending_report.as_json(lines) + "\n")
    else:
        sys.stdout.write(sending_report.as_text(frozen, counts, lines, proposals, review))
    return DONE if sending_report.settled(counts) and not proposals else PROBLEMS


def _compare(options: argparse.Namespace) -> int:
    from axtra.sending import archive  # noqa: PLC0415

    with sending_support.open_ledger(reading=True) as ledger:
        frozen = sending_support.find_frozen(ledger, options.edition)
    edition = edition_now(root(), options.edition, frozen.liste, now())
    letter = letter_of(edition, options.edition, frozen.liste)
    today = letter.template(frozen.moment).data
    found = archive.differences(frozen, today, edition.inputs)
    sys.stdout.write(found.text)
    return DONE if found.same else PROBLEMS


def _reconcile(options: argparse.Namespace) -> int:
    from axtra.sending import mailing, postfix_logs  # noqa: PLC0415

    for one in options.journal:
        sending_support.spare(one)
    with sending_support.open_ledger() as ledger, ledger.alone():
        try:
            done = postfix_logs.reconcile(ledger, options.journal, now())
            if done.left and mailing.knock(sending_support.read_settings()):
                time.sleep(_LOG_PATIENCE)
                done += postfix_logs.reconcile(ledger, options.journal, now())
        except (OSError, EOFError):  # a gzip file may be cut
            raise UsageError("un journal n’existe pas, ou ne se lit pas.") from None
    sys.stdout.write(
        f"{count(done.accepted, 'message')} dans le journal : acceptés. "
        f"{count(done.never, 'message')} que le serveur n’a jamais eus : à envoyer. "
        f"{count(done.left, 'incertain')}.\n"
    )
    if done.left:
        sys.stdout.write(f"    → {done.why}\n")
    return PROBLEMS if done.left else DONE
