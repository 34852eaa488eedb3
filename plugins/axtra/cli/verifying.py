"""`axtra verifier`: the texts of the project, and any rendered mail, ours or another's."""

from __future__ import annotations

import argparse
import runpy
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from axtra.cli import printer
from axtra.cli.arguments import Parser
from axtra.cli.project import CONF, PROBLEMS, add_format, moment, now, root, say
from axtra.content.model import Library, Newsletter
from infolettre.core.diagnostics import Diagnostic, asked_of, ordered
from infolettre.core.refusals import Refusal, WrongUsage

if TYPE_CHECKING:
    from axtra.site import KnownLetters

Add = Callable[[str, Callable[[argparse.Namespace], int], str], Parser]

_MAGAZINE = "www.axtra.ca"  # where images may come from, outside a project


def add_command(add: Add) -> None:
    """Plug the command into the parser of `axtra`."""
    parser = add("verifier", _verify, "vérifier les textes et les courriels sans rien écrire")
    parser.add_argument(
        "fichiers",
        nargs="*",
        metavar="FICHIER",
        help="seulement ces fichiers; un courriel rendu (.html, .eml), le nôtre ou un autre",
    )
    parser.add_argument(
        "--ailleurs",
        action="store_true",
        help="un courriel fait ailleurs : la loi, la livraison, l’accessibilité et le français",
    )
    parser.add_argument(
        "--reparer",
        action="store_true",
        help="montrer ce qui se répare sans choix à faire, puis l’écrire",
    )
    parser.add_argument("--oui", action="store_true", help="réparer sans demander")
    add_format(parser)
    parser.add_argument("--date", type=moment, metavar="AAAA-MM-JJ", help="comme à cette date")


def _verify(options: argparse.Namespace) -> int:
    day = options.date or now()
    paths = [_existing(typed) for typed in options.fichiers]
    mails = [path for path in paths if _is_mail(path)]
    _inspect_usage(options, mails)
    problems = list(_mails(mails, options))
    if mails and len(mails) == len(paths):
        return say(ordered(problems), options.format)
    wanted = [_named(path, root()) for path in paths if path not in mails]
    if options.reparer:
        from axtra.cli.repairing import repair  # noqa: PLC0415 - most often, nothing is repaired

        if repair(lambda name: _wanted(name, wanted), day, agreed=options.oui):
            return PROBLEMS
    library, told = _project(root(), day)
    # Whoever names an unfinished text asks whether it could be published.
    told = asked_of(wanted, told)
    problems += [problem for problem in told if _wanted(problem.file, wanted)]
    code = say(ordered(problems), options.format)
    if options.format == "texte":
        from axtra.cli import newsletters  # noqa: PLC0415

        for letter in library.items:
            if isinstance(letter, Newsletter) and _wanted(letter.source, wanted):
                newsletters.say_choices(letter, letter.choices)
    return code


def _inspect_usage(options: argparse.Namespace, mails: Sequence[Path]) -> None:
    """Refuse to repair a mail that is already made, and to ask in JSON."""
    if options.oui and not options.reparer:
        raise WrongUsage("--oui ne va qu’avec --reparer.")
    if options.reparer and mails:
        raise WrongUsage(
            f"« {mails[0]} » est un courriel rendu, qui ne se répare pas.",
            "Réparez le texte dont il est fait :  axtra verifier --reparer newsletters/…",
        )
    if options.reparer and options.format == "json":
        raise WrongUsage(
            "--reparer répond en texte.",
            "Pour la liste des réparations :  axtra verifier --format json",
        )


def _existing(typed: str) -> Path:
    path = Path(typed)
    if not path.exists():
        raise WrongUsage(f"le fichier « {typed} » n’existe pas.")
    return path


def _project(project: Path, day: datetime) -> tuple[Library, list[Diagnostic]]:
    """Examine a project; without a dictionary, say that words were not judged."""
    from axtra import site  # noqa: PLC0415 - a mail alone is checked without Pelican
    from infolettre.text import spelling  # noqa: PLC0415

    words = project / site.folders(project).content / spelling.FILE
    speller = spelling.open_speller(words)
    if speller is None:
        printer.notice(spelling.MISSING)
    return site.examine(project, moment=day, speller=speller, remembers=True)


def _is_mail(path: Path) -> bool:
    from infolettre import checks  # noqa: PLC0415 - a project that has not changed needs no rule

    return path.is_file() and path.suffix.lower() in checks.SUFFIXES


def _mails(paths: Sequence[Path], options: argparse.Namespace) -> Iterator[Diagnostic]:
    """Check mails; one in which nothing is ours is checked as made elsewhere, which is said."""
    from infolettre import checks  # noqa: PLC0415 - as above
    from infolettre.checks import elsewhere  # noqa: PLC0415

    host = _host() if paths else ""
    letters, opened = None, False
    for path in paths:
        mail = checks.read(path, path.as_posix(), host=host)
        made_elsewhere = options.ailleurs or not elsewhere.is_ours(mail)
        if made_elsewhere and not options.ailleurs and options.format == "texte":
            said = f"{mail.file} : rien n’y vient de {host}; vérifié comme avec --ailleurs."
            printer.tell(f"{said}\n")
        if made_elsewhere:
            yield from elsewhere.check(mail)
        else:
            if not opened:
                letters, opened = _letters(options.date or now()), True
            yield from checks.check(letters.compared(mail) if letters else mail)


def _letters(day: datetime) -> KnownLetters | None:
    """Read what the project says of its letters; None outside a project, or when it has errors."""
    from axtra import site  # noqa: PLC0415 - as above

    try:
        letters = site.KnownLetters.open(root(), moment=day)
    except Refusal:
        return None
    if letters is None:
        printer.notice("Le contenu a des erreurs : ce courriel n’est pas comparé à son édition.")
    return letters


def _host() -> str:
    """Find where images may come from: the host of this project, or of the magazine."""
    try:
        conf = root() / CONF
    except WrongUsage:
        return _MAGAZINE
    return urlsplit(str(runpy.run_path(str(conf)).get("SITEURL", ""))).netloc or _MAGAZINE


def _named(path: Path, project: Path) -> str:
    """Return the name of a file as diagnostics write it."""
    try:
        return path.resolve().relative_to(project.resolve()).as_posix()
    except ValueError:
        raise WrongUsage(f"le fichier « {path} » n’est pas dans ce projet.") from None


def _wanted(file: str, names: Sequence[str]) -> bool:
    """Tell whether a file is named, or is in a folder that is; without names, all are."""
    within = (name in {".", file} or file.startswith(f"{name}/") for name in names)
    return not names or any(within)
