"""`axtra abonnes` and `axtra service`: the register by hand, and the public door.

Addresses are printed only by `lister --liste`, `lister --historique` and `exporter`, which exist
to show them; every other message counts people, or names lines of a file.
"""

from __future__ import annotations

import argparse
import functools
import json
import os
import sys
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from axtra.cli import sending_support
from axtra.cli.arguments import USAGE, Parser
from axtra.core import dates, diagnostics
from axtra.core.dates import ZONE
from axtra.core.diagnostics import count

if TYPE_CHECKING:
    from axtra.subscribers import Register, Subscription

DONE, PROBLEMS = 0, 1
SOON = 60  # days
Command = Callable[[argparse.Namespace], int]


def add_commands(commands: argparse._SubParsersAction[Parser]) -> None:
    """Plug the commands of this module into the parser of `axtra`."""
    text = "les personnes abonnées aux infolettres"
    family = commands.add_parser("abonnes", help=text, description=text)
    actions = family.add_subparsers(
        title="commandes", metavar="COMMANDE", required=True, dest="sous", parser_class=Parser
    )

    def add(name: str, run: Command, text: str) -> Parser:
        parser = actions.add_parser(name, help=text, description=text)
        parser.set_defaults(run=_guarded(run))
        return parser

    _add_files(add)
    listing = add("lister", _list, "compter les personnes; avec --liste, les nommer")
    listing.add_argument("--liste", metavar="LISTE", help="seulement cette liste")
    listing.add_argument("--historique", metavar="ADRESSE", help="tout ce qui touche une personne")
    listing.add_argument(
        "--format", choices=("texte", "json"), default="texte", help="forme du résultat"
    )
    leaving = add("desabonner", _unsubscribe, "retirer une personne")
    leaving.add_argument("adresse", metavar="ADRESSE", help="« - » pour la lire au clavier")
    leaving.add_argument("--liste", metavar="LISTE", help="seulement de cette liste")
    returned = add("rebonds", _returns, "lire les courriels revenus, les plaintes, les retraits")
    returned.add_argument(
        "boite", metavar="BOITE", help="un Maildir, un fichier mbox ou imaps://nom@serveur/INBOX"
    )
    erasing = add("effacer", _erase, "effacer tout ce que le registre sait d’une personne")
    erasing.add_argument("adresse", metavar="ADRESSE", help="« - » pour la lire au clavier")
    text = "ouvrir la porte publique : s’abonner, confirmer, se désabonner"
    service = commands.add_parser("service", help=text, description=text)
    service.add_argument("--hote", metavar="HOTE", default="127.0.0.1", help="127.0.0.1")
    service.add_argument("--port", type=int, metavar="PORT", default=8001, help="8001")
    service.add_argument(
        "--nouvelle-cle",
        action="store_true",
        help="ajouter une clé de signature (les anciens liens restent bons) et sortir",
    )
    service.set_defaults(run=_guarded(_serve))


def _add_files(add: Callable[[str, Command, str], Parser]) -> None:
    bringing = add("importer", _import, "ajouter les personnes d’un fichier CSV à une liste")
    bringing.add_argument("fichier", type=Path, metavar="FICHIER.csv", help="le fichier")
    bringing.add_argument("--liste", required=True, metavar="LISTE", help="par exemple membres")
    bringing.add_argument("--essai", action="store_true", help="tout vérifier, ne rien garder")
    bringing.add_argument(
        "--ignorer-erreurs", action="store_true", help="importer les bonnes lignes quand même"
    )
    bringing.add_argument(
        "--consentement",
        choices=("expres", "tacite", "tacite-demande"),
        help="pour un fichier qui n’a pas cette colonne",
    )
    bringing.add_argument(
        "--date", type=_day, metavar="AAAA-MM-JJ", help="date du consentement, de même"
    )
    bringing.add_argument("--source", metavar="TEXTE", help="source du consentement, de même")
    sending = add("exporter", _export, "écrire une liste dans un fichier CSV")
    sending.add_argument("--liste", required=True, metavar="LISTE", help="la liste")
    sending.add_argument(
        "--sortie", type=Path, metavar="FICHIER.csv", help="sinon, la sortie standard"
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"la date « {text} » n’existe pas (année-mois-jour)"
        ) from None


def _guarded(run: Command) -> Command:
    """Turn what can go wrong into a sentence and an exit code."""

    @functools.wraps(run)
    def guarded(options: argparse.Namespace) -> int:
        from axtra.subscribers import AddressError, FolderError, ListError  # noqa: PLC0415
        from axtra.subscribers.mailboxes import MailboxError  # noqa: PLC0415

        try:
            return run(options)
        except (ListError, AddressError) as error:
            sys.stderr.write(f"axtra : {error}\n")
            return USAGE
        except (FolderError, MailboxError) as error:
            sys.stderr.write(f"axtra : {error}\n")
            return PROBLEMS

    return guarded


def _address(typed: str) -> str:
    """Read an address; « - » keeps it out of the history of the shell."""
    from axtra.subscribers import normalized  # noqa: PLC0415

    return normalized(sys.stdin.readline() if typed == "-" else typed)


def _now() -> datetime:
    return datetime.now(ZONE)


def _people(number: int) -> str:
    return count(number, "personne")


def _import(options: argparse.Namespace) -> int:
    from axtra.subscribers import Basis, csv_files, importing  # noqa: PLC0415
    from axtra.subscribers.people import checked_list  # noqa: PLC0415

    checked_list(options.liste)
    try:
        data = options.fichier.read_bytes()
    except OSError:
        sys.stderr.write(f"axtra : le fichier « {options.fichier} » ne se lit pas.\n")
        return USAGE
    basis = Basis(options.consentement) if options.consentement else None
    defaults = csv_files.Defaults(basis, options.date, options.source or "")
    found = csv_files.read(data, options.fichier.name, _now(), defaults)
    problems = found.problems
    if problems:
        sys.stderr.write("\n".join(map(str, problems)) + f"\n{count(len(problems), 'erreur')}\n")
    if found.ignored:
        sys.stdout.write(f"Colonnes laissées de côté : {', '.join(found.ignored)}\n")
    if problems and not (options.ignorer_erreurs and found.entries):
        sys.stderr.write("Rien n’a été importé.\n")
        return PROBLEMS
    with sending_support.open_register() as register:
        new = options.liste not in register.lists()
        counts = importing.bring_in(
            register, options.liste, found.entries, _now(), trial=options.essai
        )
    now = _now()
    expired = sum(1 for one in found.entries if one.consent.expires and one.consent.expires <= now)
    said = importing.told(counts, found.repeated, expired)
    kind = "nouvelle liste" if new else "liste"
    trial = "Essai, rien n’a été gardé. " if options.essai else ""
    sys.stdout.write(f"{trial}{kind.capitalize()} « {options.liste} » : {said}.\n")
    return PROBLEMS if problems else DONE


def _known_list(register: Register, liste: str) -> None:
    from axtra.subscribers import ListError  # noqa: PLC0415

    if liste not in register.lists():
        remedy = diagnostics.did_you_mean(liste, register.lists())
        raise ListError(f"la liste « {liste} » n’existe pas.\n    → {remedy}")


def _export(options: argparse.Namespace) -> int:
    from axtra.subscribers import csv_files, importing  # noqa: PLC0415

    with sending_support.open_register() as register:
        _known_list(register, options.liste)
        rows = importing.rows(register.subscriptions(options.liste))
    data = csv_files.write(rows)
    if options.sortie is None:
        sys.stdout.write(data.decode("utf-8-sig"))
        return DONE
    try:
        descriptor = os.open(options.sortie, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
    except OSError:
        sys.stderr.write(f"axtra : « {options.sortie} » ne peut pas être écrit.\n")
        return PROBLEMS
    sys.stdout.write(f"{_people(len(rows))} → {options.sortie}\n")
    return DONE


def _list(options: argparse.Namespace) -> int:
    with sending_support.open_register() as register:
        if options.historique:
            return _history(register, _address(options.historique), options.format)
        if options.liste:
            _known_list(register, options.liste)
            return _members(register, options.liste, options.format)
        return _summary(register, options.format)


def _members(register: Register, liste: str, form: str) -> int:
    to_send, excluded = register.recipients(liste, _now())
    why = {one.address: one.reason for one in excluded}
    people = [
        _record(one, why.get(one.person.address, "")) for one in register.subscriptions(liste)
    ]
    if form == "json":
        sys.stdout.write(json.dumps(people, ensure_ascii=False, indent=2) + "\n")
        return DONE
    for one in people:
        until = f", jusqu’au {one['echeance']}" if one["echeance"] else ""
        said = one["exclusion"] or f"{one['consentement']}{until}"
        sys.stdout.write(f"{one['adresse']:<40} {said}\n")
    sys.stdout.write(f"{_people(len(to_send))} à qui écrire, {len(excluded)} à laisser en paix\n")
    return DONE


def _record(one: Subscription, why: str) -> dict[str, str | None]:
    consent = one.consent
    return {
        "adresse": one.person.address,
        "prenom": one.person.first_name,
        "nom": one.person.last_name,
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
        to_send, excluded = register.recipients(liste, _now())
        soon = register.expiring(liste, _now(), SOON)
        lists.append((liste, len(to_send), len(excluded), len(soon)))
    if form == "json":
        keys = ("liste", "destinataires", "exclues", "expirent_sous_60_jours")
        told = [dict(zip(keys, one, strict=True)) for one in lists]
        sys.stdout.write(json.dumps(told, ensure_ascii=False, indent=2) + "\n")
        return DONE
    for liste, sent, left, ending in lists:
        sys.stdout.write(
            f"{liste} : {_people(sent)} à qui écrire, {left} à laisser en paix; "
            f"{ending} dont le consentement tacite expire d’ici {SOON} jours\n"
        )
    sys.stdout.write(f"{count(len(lists), 'liste')}\n")
    return DONE


def _history(register: Register, address: str, form: str) -> int:
    person = register.find(address)
    facts = register.history(person.id) if person else ()
    if form == "json":
        told = [
            {
                "moment": one.moment.astimezone(ZONE).isoformat(),
                "fait": one.event,
                "liste": one.liste or None,
                "detail": one.detail,
            }
            for one in facts
        ]
        sys.stdout.write(json.dumps(told, ensure_ascii=False, indent=2) + "\n")
        return DONE
    for one in facts:
        moment = one.moment.astimezone(ZONE)
        place = f", liste {one.liste}" if one.liste else ""
        sys.stdout.write(f"{moment:%Y-%m-%d %H:%M}  {one.event}{place} ({one.detail})\n")
    why = register.suppression(address)
    sys.stdout.write(f"Ne plus écrire à cette adresse : {why.value}\n" if why else "")
    sys.stdout.write("" if facts or why else "Le registre ne sait rien de cette adresse.\n")
    return DONE


def _unsubscribe(options: argparse.Namespace) -> int:
    from axtra.subscribers import Reason  # noqa: PLC0415

    address = _address(options.adresse)
    with sending_support.open_register() as register, register.together():
        if options.liste:
            _known_list(register, options.liste)
        person = register.find(address)
        lists = [options.liste] if options.liste else register.lists()
        left = [
            liste
            for liste in lists
            if person and register.unsubscribe(person.id, liste, _now(), "commande")
        ]
        if not options.liste:
            register.suppress(address, Reason.UNSUBSCRIBED, _now())
    if left:
        sys.stdout.write(f"Désabonnement fait : {', '.join(left)}.\n")
        return DONE
    if options.liste:
        sys.stdout.write("Cette adresse ne reçoit pas cette liste : rien à faire.\n")
    else:
        sys.stdout.write("Cette adresse ne recevra rien, même si un fichier la ramène.\n")
    return DONE


def _returns(options: argparse.Namespace) -> int:
    from axtra.subscribers import mailboxes, returned_mail  # noqa: PLC0415
    from axtra.subscribers.returns import Nature  # noqa: PLC0415

    password = os.environ.get("AXTRA_IMAP_MOT_DE_PASSE", "")
    with sending_support.open_register() as register:
        done = returned_mail.sort(mailboxes.messages(options.boite, password), register, _now())
    fresh = done.fresh
    plural = "s" if done.read > 1 else ""
    sys.stdout.write(
        f"{count(done.read, 'courriel')} lu{plural} : "
        f"{_people(fresh[Nature.GONE])} dont l’adresse n’existe plus, "
        f"{count(fresh[Nature.COMPLAINT], 'plainte')}, "
        f"{count(fresh[Nature.LEAVE], 'désabonnement')}, "
        f"{count(fresh[Nature.SOFT], 'retour')} sans suite, "
        f"{done.unknown} sans personne connue.\n"
    )
    if done.to_review:
        sys.stdout.write(
            f"{_people(len(done.to_review))} : au moins {returned_mail.TO_REVIEW} éditions "
            "revenues. Vérifiez ces adresses; rien n’a été retiré.\n"
        )
    if done.statuses:
        codes = ", ".join(f"{code} ({number})" for code, number in sorted(done.statuses.items()))
        sys.stderr.write(
            f"ALARME : des serveurs refusent nos courriels : {codes}. Personne n’a été retiré.\n"
            "    → N’envoyez plus rien avant d’avoir vérifié SPF, DKIM et les listes de blocage.\n"
        )
        return PROBLEMS
    return DONE


def _erase(options: argparse.Namespace) -> int:
    from axtra.subscribers import folded  # noqa: PLC0415

    address = _address(options.adresse)
    with sending_support.open_register() as register, sending_support.open_ledger() as ledger:
        held = register.erase(address, _now())
        held |= ledger.erase(address, register.keys.mark(folded(address)))
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
        rotate(folder, _now())
        today = dates.day(_now())
        sys.stdout.write(f"Nouvelle clé du {today}. Redémarrez le service pour qu’il s’en serve.\n")
        return DONE
    from axtra.door import server  # noqa: PLC0415

    return server.serve(Path.cwd(), folder, os.environ, host=options.hote, port=options.port)
