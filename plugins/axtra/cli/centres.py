"""`axtra centres`: how fresh the sheets of the directory are, and what the centres answer."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from axtra.cli import data_access, importing_centres, printer
from axtra.cli.arguments import Command, Parser
from axtra.cli.project import DONE, PROBLEMS, add_format, now, root
from axtra.core.pasted_commands import quoted
from infolettre.core import dates
from infolettre.core.diagnostics import NBSP, count
from infolettre.core.refusals import Refusal, WrongUsage

if TYPE_CHECKING:
    from axtra.content.model import Library
    from axtra.network.reminders import Reminder
    from axtra.network.sheet_requests import SheetRequest, SheetRequests

_MONTH = 30.44  # days


def add_commands(commands: argparse._SubParsersAction[Parser]) -> None:
    """Plug the commands of this module into the parser of `axtra`."""
    text = "l’annuaire des centres : quelles fiches sont encore vraies"
    family = commands.add_parser("centres", help=text, description=text)
    actions = family.add_subparsers(
        title="commandes", metavar="COMMANDE", required=True, dest="sous", parser_class=Parser
    )

    def add(name: str, run: Command, text: str) -> Parser:
        parser = actions.add_parser(name, help=text, description=text)
        parser.set_defaults(run=run)
        return parser

    listing = add("lister", _list, "les fiches, de la plus vieille vérification à la plus récente")
    listing.add_argument("--perimees", action="store_true", help="seulement celles de plus d’un an")
    add_format(listing)
    asking = add("relancer", _ask, "préparer un courriel par centre, avec sa fiche et un lien")
    asking.add_argument(
        "--mois",
        type=int,
        metavar="N",
        default=6,
        help="vérifiées il y a plus de N mois (6)",
    )
    asking.add_argument("--centre", metavar="CENTRE", help="seulement celui-ci, quand il le faut")
    way = asking.add_mutually_exclusive_group()
    way.add_argument("--sortie", type=Path, metavar="DOSSIER", help="où les écrire (.eml)")
    way.add_argument("--envoyer", action="store_true", help="les envoyer par le serveur d’envoi")
    importing_centres.add_options(
        add("importer", importing_centres.bring_in, "faire une fiche de chaque centre d’une liste")
    )
    answering = add("reponses", _answers, "ce que les centres ont répondu")
    act = answering.add_mutually_exclusive_group()
    act.add_argument(
        "--noter", action="store_true", help="écrire la date des fiches que leur centre confirme"
    )
    act.add_argument("--accepter", metavar="CENTRE", help="écrire ce qu’un centre corrige")
    act.add_argument("--ecarter", metavar="CENTRE", help="laisser sa fiche comme elle est")
    add_format(answering)


def _library() -> Library:
    from axtra import site  # noqa: PLC0415 - Pelican costs half a second

    return site.read(root(), moment=now())[0]


def _requests() -> SheetRequests:
    from axtra.network.sheet_requests import SheetRequests  # noqa: PLC0415 - help must not pay it

    return SheetRequests.open(data_access.folder())


def _list(options: argparse.Namespace) -> int:
    from axtra.network import sheets  # noqa: PLC0415

    with _requests() as requests:
        lines = sheets.freshness(_library(), requests.open_since(), now())
    if options.perimees:
        lines = [line for line in lines if line.stale]
    if options.format == "json":
        printer.tell_json(
            [
                {
                    "centre": line.centre.slug,
                    "nom": line.centre.title.plain,
                    "fichier": line.centre.source,
                    "verifie": f"{line.centre.verified:%Y-%m-%d}" if line.centre.verified else None,
                    "perimee": line.stale,
                    "demande": line.asked.isoformat() if line.asked else None,
                    "empeche": line.lacks or None,
                }
                for line in lines
            ]
        )
        return DONE
    for line in lines:
        day = f"{line.centre.verified:%Y-%m-%d}" if line.centre.verified else "jamais    "
        said = [
            "périmée" if line.stale else "",
            f"demandé le {dates.day(line.asked)}" if line.asked else "",
            line.lacks,
        ]
        words = ", ".join(filter(None, said))
        printer.tell(f"{day}  {line.centre.title.plain}{f' ({words})' if words else ''}")
    stale = sum(line.stale for line in lines)
    end = f", dont {stale} à vérifier" if stale and not options.perimees else ""
    printer.tell(f"{count(len(lines), 'fiche')}{end}")
    return DONE


def _ask(options: argparse.Namespace) -> int:
    from axtra.network import reminders, sheets  # noqa: PLC0415

    library, moment = _library(), now()
    folder = options.sortie or Path(f"relances-{moment:%Y-%m-%d}")
    with _requests() as requests:
        lines = sheets.freshness(library, requests.open_since(), moment)
        if options.centre:
            named = [line for line in lines if line.centre.slug == options.centre]
            if not named or named[0].lacks:
                why = f" : {named[0].lacks}" if named else ""
                raise WrongUsage(
                    f"« {options.centre} » n’est pas un centre à qui écrire{why}.",
                    "axtra centres lister",
                )
            chosen = [named[0].centre]
        else:
            fresh = timedelta(days=round(options.mois * _MONTH))
            chosen = sheets.to_ask(lines, moment, fresh)
        unable = sum(1 for line in lines if line.lacks)
        if unable and not options.centre:
            printer.notice(f"{count(unable, 'fiche')} sans courriel, ou de démonstration.")
        if not chosen:
            printer.tell("Aucun centre à relancer.")
            return DONE
        post = _post(library) if options.envoyer else None
        if post is None:
            folder.mkdir(parents=True, exist_ok=True)
        with data_access.open_register() as register:
            keys = register.keys
        failed = 0
        for centre in chosen:
            made = reminders.prepare(centre, root(), library.facts, requests, keys, moment)
            if post is None:
                target = folder / f"{centre.slug}.eml"
                target.write_bytes(made.data)
                printer.tell(f"{target}")
            else:
                failed += not post(made)
    printer.tell(
        f"{count(len(chosen) - failed, 'courriel')} {'prêts' if post is None else 'partis'}"
        if len(chosen) - failed > 1
        else f"{count(len(chosen) - failed, 'courriel')} {'prêt' if post is None else 'parti'}"
    )
    return PROBLEMS if failed else DONE


def _post(library: Library) -> Callable[[Reminder], bool]:
    """Return what sends a mail, and says when it could not.

    Raises:
        Refusal: there is no server, or the publisher's address is of demonstration.
    """
    import os  # noqa: PLC0415

    from axtra.door.confirmation_mail import PostError, Relay  # noqa: PLC0415
    from axtra.sending.settings import ADDRESS, FORM  # noqa: PLC0415

    facts = library.facts
    if "courriel" in facts.demonstration:
        raise Refusal(
            "le courriel de content/site.toml est une valeur de démonstration.",
            "Mettez la vraie adresse, ou écrivez les courriels dans un dossier, avec --sortie.",
        )
    relay = Relay.of(os.environ, data_access.folder(), facts.email.rpartition("@")[2])
    if relay is None:
        raise WrongUsage("aucun serveur d’envoi.", f"Donnez {ADDRESS}, par exemple :  {FORM}")

    def send(made: Reminder) -> bool:
        try:
            relay.send(facts.email, made.centre.email, made.data)
        except PostError as error:
            printer.warn(f"« {made.centre.title.plain} » : {error.problem}")
            return False
        return True

    return send


def _answers(options: argparse.Namespace) -> int:
    from axtra.network import answers  # noqa: PLC0415
    from axtra.network.sheet_requests import RequestState  # noqa: PLC0415

    library = _library()
    with _requests() as requests:
        waiting = requests.answers()
        taker = answers.Answers(root(), library, requests, now)
        if options.noter:
            noted = [taker.take(answer) for answer in waiting if taker.is_plain(answer)]
            for path in noted:
                printer.tell(path)
            printer.tell(f"{count(len(noted), 'fiche')} à jour.")
            return DONE
        if options.accepter or options.ecarter:
            answer = _named(waiting, options.accepter or options.ecarter)
            if options.ecarter:
                requests.settle(answer.id, now())
                printer.tell(f"« {answer.centre} » : la fiche reste comme elle est.")
            else:
                printer.tell(taker.take(answer))
            return DONE
        if options.format == "json":
            printer.tell_json(
                [
                    {
                        "centre": answer.centre,
                        "reponse": answer.state.value,
                        "date": answer.answered.isoformat() if answer.answered else None,
                        "changements": dict(answer.changes),
                        "remarque": answer.remark or None,
                    }
                    for answer in waiting
                ]
            )
            return DONE
        for answer in waiting:
            _tell(answer, corrected=answer.state is RequestState.CORRECTED)
    if not waiting:
        printer.tell("Aucune réponse n’attend.")
    return DONE


def _tell_presentation(before: str, after: str) -> None:
    """Print the lines that a centre takes away and those that it adds."""
    printer.tell(f"    présentation{NBSP}:")
    for line in difflib.ndiff(before.splitlines(), after.splitlines()):
        if line.startswith(("-", "+")):
            printer.tell(f"        {line}")


def _tell(answer: SheetRequest, *, corrected: bool) -> None:
    from axtra.network import sheets  # noqa: PLC0415

    day = dates.day(answer.answered) if answer.answered else ""
    if not corrected:
        printer.tell(f"{answer.centre} : confirmée le {day}", "axtra centres reponses --noter")
        return
    printer.tell(f"{answer.centre} : corrections du {day}")
    for name, value in answer.changes.items():
        if name == sheets.PRESENTATION:
            _tell_presentation(answer.sheet.get(name, ""), value)
            continue
        before = answer.sheet.get(name, "").replace("\n", ", ") or "(rien)"
        after = value.replace("\n", ", ") or "(rien)"
        printer.tell(f"    {name} : {before} → {after}")
    if answer.remark:
        printer.tell(f"    remarque : {answer.remark}")
    printer.tell(
        printer.steps(
            f"axtra centres reponses --accepter {quoted(answer.centre)}\n"
            f"axtra centres reponses --ecarter {quoted(answer.centre)}"
        )
    )


def _named(waiting: Sequence[SheetRequest], slug: str) -> SheetRequest:
    for answer in waiting:
        if answer.centre == slug:
            return answer
    raise WrongUsage(f"aucune réponse de « {slug} » n’attend.", "axtra centres reponses")
