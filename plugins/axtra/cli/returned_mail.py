"""`axtra abonnes rebonds` and `retablir`: what came back by mail, and who is written to again.

It prints whom a person has to answer, to look into, or has just brought back; it only counts those
whose suppression goes without saying.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from axtra.cli import data_access, printer
from axtra.cli.arguments import Command, MistypedCommand, Parser
from axtra.cli.project import DONE, PROBLEMS, add_format, now, root
from infolettre.core import dates
from infolettre.core.dates import NBSP, ZONE
from infolettre.core.diagnostics import count, thousands
from infolettre.core.refusals import Refusal, WrongUsage

if TYPE_CHECKING:
    from axtra.subscribers import Reinstated, Suppression
    from axtra.subscribers.returns.judgement import MailToRead
    from axtra.subscribers.returns.relay_notices import RelayNotice
    from axtra.subscribers.returns.sorting import HeldProposals, SentEdition, SortingReport

_MOST_SHOWN = 40
_SES = "ses"  # the notifications that the public service received


def add_commands(add: Callable[[str, Command, str], Parser]) -> None:
    """Plug these commands into `axtra abonnes`."""
    reading = add("rebonds", _read, "lire les courriels revenus, les plaintes, les retraits")
    reading.add_argument(
        "boite",
        metavar="BOITE",
        help="un Maildir, un fichier mbox, imaps://nom@serveur/INBOX, des notifications d’Amazon "
        "SES (.json, ou leur dossier), ou « ses » pour celles que le service a reçues",
    )
    add_format(reading)
    back = add("retablir", _reinstate, "écrire de nouveau à qui a été retiré")
    back.add_argument("adresse", metavar="ADRESSE", nargs="?", help="« - » pour la lire au clavier")
    back.add_argument(
        "--edition", metavar="EDITION", help="toutes les adresses que cette édition a fait retirer"
    )


def _editions() -> dict[str, SentEdition]:
    """Return the editions that may come back, by their marks: those sent, those of the project."""
    from axtra.subscribers.returns.sorting import SentEdition  # noqa: PLC0415
    from axtra.subscribers.signed_tokens import edition_tag  # noqa: PLC0415

    names: dict[str, int] = {}
    with suppress(WrongUsage):  # a mailbox may be read outside the project
        names = {path.stem: 0 for path in (root() / "newsletters").rglob("*.md")}
    with data_access.open_ledger() as ledger:
        names |= ledger.sizes()
    return {edition_tag(name): SentEdition(name, people) for name, people in names.items()}


# --- rebonds -------------------------------------------------------------------------------------


def _read(options: argparse.Namespace) -> int:
    from axtra.subscribers.returns import mailboxes  # noqa: PLC0415
    from axtra.subscribers.returns.sorting import Sorter  # noqa: PLC0415

    password = os.environ.get("AXTRA_IMAP_MOT_DE_PASSE", "")
    data_access.spare(Path(options.boite))
    with data_access.open_register() as register:
        sorter = Sorter(register, now(), _editions())
        try:
            if options.boite == _SES:
                register.judge_notices(sorter.take)
            elif notices := _notices(Path(options.boite)):
                for notice in notices:
                    for mail in notice.mails:
                        sorter.take(mail)
            else:
                mailboxes.read(options.boite, password, sorter.take)
        finally:  # what was read before a server failed is settled all the same
            done = sorter.finish()
    if options.format == "json":
        printer.tell_json(_record(done))
    else:
        _say(done)
    for held in done.held:
        _tell_held(held)
    if done.statuses:
        codes = ", ".join(
            f"{code or 'sans code'} ({number})" for code, number in sorted(done.statuses.items())
        )
        printer.notice(
            f"ALARME : des serveurs refusent nos courriels : {codes}. Personne n’a été retiré.",
            "N’envoyez plus rien avant d’avoir vérifié SPF, DKIM, les listes de blocage "
            "et la limite d’envoi de notre compte.",
        )
    return PROBLEMS if done.held or done.statuses else DONE


def _notices(path: Path) -> list[RelayNotice]:
    """Return the notifications of Amazon SES in a file, or in the files of a folder."""
    from axtra.subscribers.returns import relay_notices  # noqa: PLC0415 - few people have any

    paths = [path] if path.suffix == ".json" else sorted(path.glob("*.json"))
    if not paths:
        return []
    topic = data_access.read_settings().topic
    return [relay_notices.read_file(found, topic) for found in paths]


def _say(done: SortingReport) -> None:
    from axtra.subscribers.returns.sorting import TO_REVIEW  # noqa: PLC0415

    plural = "s" if done.read > 1 else ""
    sys.stdout.write(f"{count(done.read, 'courriel')} lu{plural} : {', '.join(_counts(done))}.\n")
    _name(
        done.to_review,
        "L’adresse semble ne plus exister, son compte est fermé, ou au moins "
        f"{TO_REVIEW} éditions sont revenues. À vérifier; rien n’a été retiré",
    )
    _name(
        done.closed,
        "L’adresse (un groupe, souvent) ne reçoit que d’expéditeurs choisis. "
        "Demandez-lui de nous y ajouter, ou une autre adresse; rien n’a été retiré",
    )
    if done.to_read:
        _show(done.to_read)


def _name(addresses: set[str], title: str) -> None:
    if addresses:
        lines = "".join(f"    {address}\n" for address in sorted(addresses))
        sys.stdout.write(f"{title} :\n{lines}")


def _counts(done: SortingReport) -> list[str]:
    """Return what became of each mail; the numbers add up to what was read."""
    from axtra.subscribers.returns.judgement import Nature  # noqa: PLC0415

    fresh = done.fresh
    always = [
        f"{count(fresh[Nature.GONE], 'personne')} dont l’adresse n’existe plus",
        count(fresh[Nature.COMPLAINT], "plainte"),
        count(fresh[Nature.LEAVE], "désabonnement"),
        f"{count(fresh[Nature.SOFT], 'retour')} sans suite",
        f"{done.unknown} sans personne connue",
    ]
    some = (
        (done.proposed, "retrait à décider", "retraits à décider"),
        (fresh[Nature.REVIEW], "adresse à revoir", "adresses à revoir"),
        (fresh[Nature.CLOSED], "adresse à expéditeurs choisis", "adresses à expéditeurs choisis"),
        (fresh[Nature.POLICY], "refus de nos courriels", "refus de nos courriels"),
        (done.known, "retour déjà noté", "retours déjà notés"),
        (done.automatic, "avis automatique", "avis automatiques"),
        (
            len(done.to_read),
            "courriel à lire par une personne",
            "courriels à lire par une personne",
        ),
    )
    return always + [
        f"{thousands(number)} {several if number > 1 else single}"
        for number, single, several in some
        if number
    ]


def _show(mails: list[MailToRead]) -> None:
    """Print the mails that nobody else will answer; those that ask to leave come first."""
    ordered = sorted(mails, key=lambda mail: not mail.asks_to_leave)
    sys.stdout.write(
        f"{count(len(mails), 'courriel')} à lire par une personne "
        "(dans la boîte, rien n’est marqué comme lu) :\n"
    )
    for mail in ordered[:_MOST_SHOWN]:
        when = _when(mail)
        asks = "DEMANDE DE DÉPART, " if mail.asks_to_leave else ""
        sys.stdout.write(
            f"    {asks}{mail.sender or 'sans expéditeur'}, {when} : "
            f"«{NBSP}{mail.subject or 'sans objet'}{NBSP}»\n"
        )
    if len(mails) > _MOST_SHOWN:
        rest = len(mails) - _MOST_SHOWN
        sys.stdout.write(f"    et {rest} de plus (--format json les donne tous)\n")
    if ordered[0].asks_to_leave:
        step = "Pour désabonner une personne :  axtra abonnes desabonner ADRESSE"
        sys.stdout.write(f"{printer.steps(step)}\n")


def _when(mail: MailToRead) -> str:
    return f"{dates.day(mail.moment)}, {dates.hour(mail.moment)}" if mail.moment else "sans date"


def _tell_held(held: HeldProposals) -> None:
    """Print what a person decides, and how."""
    among = f" sur {held.reached}" if held.reached else ""
    before = (
        f"\n    {count(held.removed, 'personne')} de cette édition déjà retirée"
        f"{'s' if held.removed > 1 else ''}; pour y revenir :  "
        f"axtra abonnes retablir --edition {held.edition}"
        if held.removed
        else ""
    )
    printer.notice(
        f"ARRÊT : l’édition {held.edition} ferait retirer {count(held.people, 'personne')}{among}. "
        "C’est à une personne d’en décider : aucune n’est retirée.\n"
        f"    Réponse la plus fréquente : «{NBSP}{held.said or 'sans texte'}{NBSP}»\n"
        "    Une panne ou un réglage de notre côté donne la même réponse qu’une adresse disparue."
        f"{before}",
        "Si ces adresses n’existent vraiment plus :  "
        f"axtra envoi reprendre {held.edition} --retirer\n"
        "Si la faute est la nôtre, ou dans le doute :  "
        f"axtra envoi reprendre {held.edition} --garder",
    )


def _record(done: SortingReport) -> dict[str, object]:
    return {
        "lus": done.read,
        "par_nature": {nature.value: number for nature, number in sorted(done.fresh.items())},
        "deja_notes": done.known,
        "automatiques": done.automatic,
        "sans_personne_connue": done.unknown,
        "a_decider": done.proposed,
        "refus_de_politique": dict(sorted(done.statuses.items())),
        "a_revoir": sorted(done.to_review),
        "expediteurs_choisis": sorted(done.closed),
        "en_attente": [
            {
                "edition": held.edition,
                "personnes": held.people,
                "deja_retirees": held.removed,
                "destinataires": held.reached or None,
                "reponse": held.said,
                "retirer": f"axtra envoi reprendre {held.edition} --retirer",
                "garder": f"axtra envoi reprendre {held.edition} --garder",
            }
            for held in done.held
        ],
        "a_lire": [
            {
                "de": mail.sender,
                "objet": mail.subject,
                "date": mail.moment.isoformat() if mail.moment else None,
                "demande_de_depart": mail.asks_to_leave,
            }
            for mail in done.to_read
        ],
    }


# --- retablir ------------------------------------------------------------------------------------


def _reinstate(options: argparse.Namespace) -> int:
    if bool(options.adresse) == bool(options.edition):
        raise MistypedCommand(
            "donnez une adresse, ou une édition.",
            "axtra abonnes retablir ADRESSE\n"
            "Pour la lire au clavier :  axtra abonnes retablir -\n"
            "axtra abonnes retablir --edition EDITION",
            program="axtra abonnes retablir",
        )
    return _person(options.adresse) if options.adresse else _edition(options.edition)


def _person(typed: str) -> int:
    from axtra.subscribers import Reason  # noqa: PLC0415
    from axtra.subscribers.register.suppressions import OWN_WILL  # noqa: PLC0415

    address = data_access.typed_address(typed)
    with data_access.open_register() as register:
        back = register.reinstate(address, now())
        why = register.suppression(address)
    if why is Reason.ERASED:
        raise Refusal(
            "cette personne a demandé d’être effacée; cela ne se défait pas.",
            "Elle seule peut revenir, par le formulaire du site.",
        )
    if back is None:
        raise Refusal("cette adresse n’est pas retirée : rien à rétablir.")
    names = {mark: sent.name for mark, sent in _editions().items()}
    sys.stdout.write(f"{address} n’est plus retirée. Elle l’était {_why(back.was, names)}.\n")
    if back.was.reason in OWN_WILL:
        sys.stdout.write(
            "    Elle était partie ou s’était plainte elle-même : elle ne recevra rien tant "
            "qu’elle ne se réabonne pas, par le formulaire du site.\n"
        )
    else:
        sys.stdout.write(f"    {_receives(back)}\n")
    return DONE


def _receives(back: Reinstated) -> str:
    if back.lists:
        return f"Elle recevra de nouveau : {', '.join(back.lists)}."
    return "Elle n’est sur aucune liste : elle ne recevra rien."


def _why(was: Suppression, names: dict[str, str]) -> str:
    edition = f", édition {names.get(was.edition, was.edition)}" if was.edition else ""
    said = f" ({was.detail})" if was.detail else ""
    day = dates.day(was.since.astimezone(ZONE))
    return f"depuis le {day} : {was.reason.value}{edition}{said}"


def _edition(edition: str) -> int:
    with data_access.open_register() as register:
        back = register.reinstate_edition(edition, now())
    if not back:
        raise Refusal(
            f"l’édition « {edition} » n’a fait retirer aucune adresse : rien à rétablir.",
            "Vérifiez son nom :  axtra infolettre lister",
        )
    for person in back:
        said = person.was.detail or person.was.reason.value
        sys.stdout.write(f"{person.address or 'adresse inconnue du registre'} : {said}\n")
    sys.stdout.write(
        f"{count(len(back), 'personne')} de l’édition {edition} : le serveur disait que l’adresse "
        "n’existe pas; ce retrait est levé.\n"
        "    Qui est parti ou s’est plaint reste retiré : rétablissez chaque adresse à part.\n"
    )
    return DONE
