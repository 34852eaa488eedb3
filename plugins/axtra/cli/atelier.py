"""`axtra atelier`: the newsroom in a browser, for one person or for a team, and who may come in."""

from __future__ import annotations

import argparse
import functools
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from axtra.cli import printer
from axtra.cli.arguments import Command, Parser, port
from axtra.cli.data_access import folder
from axtra.cli.project import DONE, PROBLEMS, now, root
from infolettre.core import dates
from infolettre.core.diagnostics import count
from infolettre.core.refusals import Refusal, WrongUsage

if TYPE_CHECKING:
    from axtra.atelier.accounts import Accounts

_HOST = "127.0.0.1"
_ROLES = ("auteur", "redaction", "direction")


def add_command(add: Callable[[str, Command, str], Parser]) -> None:
    """Plug the command into the parser of `axtra`."""
    atelier = add("atelier", _serve, "écrire, relire et publier dans un navigateur")
    atelier.add_argument("--port", type=port, help="port local (n’importe lequel; équipe : 8002)")
    atelier.add_argument(
        "--equipe", action="store_true", help="pour plusieurs personnes, derrière un serveur web"
    )
    atelier.add_argument("--hote", metavar="HOTE", help="avec --equipe, où écouter (127.0.0.1)")
    atelier.add_argument(
        "--raccourci", action="store_true", help="mettre sur le bureau une icône qui l’ouvre"
    )
    acts = atelier.add_subparsers(title="équipe", metavar="ACTE", parser_class=Parser)

    def act(name: str, run: Command, text: str) -> Parser:
        command: Parser = acts.add_parser(name, help=text, description=text)
        command.set_defaults(run=run)
        return command

    inviting = act("inviter", _invite, "inviter une personne, ou lui donner un autre rôle")
    inviting.add_argument("adresse", metavar="ADRESSE", help="sa boîte de courriel")
    inviting.add_argument(
        "--role", required=True, choices=_ROLES, metavar="ROLE", help=", ".join(_ROLES)
    )
    inviting.add_argument("--nom", default="", metavar="NOM", help="comment elle signe")
    act("personnes", _people, "qui peut entrer, avec quel rôle")
    removing = act("retirer", _remove, "retirer une personne, et fermer ses fenêtres")
    removing.add_argument("adresse", metavar="ADRESSE")


def _serve(options: argparse.Namespace) -> int:
    say = functools.partial(print, flush=True)
    if options.raccourci:
        return _shortcut()
    if options.equipe:
        from axtra.atelier import team  # noqa: PLC0415 - it loads the server

        team.serve(
            root(),
            folder(),
            os.environ,
            host=options.hote or _HOST,
            port=team.PORT if options.port is None else options.port,
            say=say,
            log=sys.stderr.write,
        )
        return DONE
    if options.hote:
        raise WrongUsage("« --hote » va avec « --equipe ».", "axtra atelier --equipe --hote HOTE")
    from axtra.atelier.server import serve  # noqa: PLC0415 - it loads the server

    serve(root(), folder(), port=options.port or 0, say=say, opens=sys.stdout.isatty())
    return DONE


def _shortcut() -> int:
    from axtra.atelier import shortcut  # noqa: PLC0415

    program = Path(sys.executable).with_name("axtra.exe" if sys.platform == "win32" else "axtra")
    made = shortcut.place(
        program, root(), system=sys.platform, home=Path.home(), environment=os.environ
    )
    sys.stdout.write("Icône de l’atelier :\n" + "".join(f"    {path}\n" for path in made))
    return DONE


@contextmanager
def _accounts() -> Iterator[Accounts]:
    from axtra.atelier.accounts import Accounts  # noqa: PLC0415

    accounts = Accounts(folder(), now)
    try:
        yield accounts
    finally:
        accounts.close()


def _invite(options: argparse.Namespace) -> int:
    from axtra.atelier import team  # noqa: PLC0415 - it loads the server
    from axtra.atelier.roles import Role  # noqa: PLC0415

    facts = team.facts_of(root())
    with _accounts() as accounts:
        sender = team.mails(accounts, facts, folder(), os.environ, sys.stderr.write)
        person = accounts.invite(options.adresse, Role(options.role), options.nom)
        said = f"{person.name} ({person.address}), {options.role}"
        if sender.post is not None:
            try:
                sender.send(person, invited_by="")
            except Refusal as refusal:
                printer.notice(f"L’invitation n’est pas partie : {refusal.problem}")
            else:
                printer.tell(f"Invitation envoyée : {said}")
                return DONE
        printer.tell(
            f"Lien pour {said}; il sert une fois, dans les quinze minutes :\n"
            f"    {sender.link(person)}"
        )
    return DONE


def _people(_options: argparse.Namespace) -> int:
    with _accounts() as accounts:
        members = accounts.members()
    if not members:
        raise Refusal(
            "personne ne peut encore entrer.", "axtra atelier inviter ADRESSE --role direction"
        )
    for member in members:
        person, windows = member.person, count(member.sessions, "fenêtre")
        seen = f"{windows}, vue le {dates.day(member.seen)}" if member.seen else "aucune fenêtre"
        printer.tell(f"{person.name} ({person.address}), {person.role.value} : {seen}")
    return DONE


def _remove(options: argparse.Namespace) -> int:
    from axtra.atelier import personal_data  # noqa: PLC0415

    with _accounts() as accounts:
        member = accounts.member(options.adresse)
        if member is None:
            printer.notice("Personne n’entre avec cette adresse :  axtra atelier personnes")
            return PROBLEMS
        accounts.remove(member.person.address)
    personal_data.end_reviews(folder(), now, member.person.address)
    printer.tell(f"{member.person.name} n’entre plus; ses textes restent.")
    return DONE
