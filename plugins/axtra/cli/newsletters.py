"""`axtra infolettre`: the calendar of editions, their mails, what they carry."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from axtra.cli import exports, printer
from axtra.cli.arguments import Command, Parser
from axtra.cli.project import DONE, add_format, moment, now, root, say
from axtra.content.model import Choice, Newsletter
from axtra.newsletter.editions import CalendarEntry, EditionState
from infolettre.core import dates, diagnostics
from infolettre.core.diagnostics import count
from infolettre.core.refusals import WrongUsage

YEARS = range(1990, 2200)


def add_commands(commands: argparse._SubParsersAction[Parser]) -> None:
    """Plug the commands of this module into the parser of `axtra`."""
    text = "les éditions de l’infolettre"
    family = commands.add_parser("infolettre", help=text, description=text)
    actions = family.add_subparsers(
        title="commandes", metavar="COMMANDE", required=True, dest="sous", parser_class=Parser
    )

    def add(name: str, run: Command, text: str) -> Parser:
        parser = actions.add_parser(name, help=text, description=text)
        parser.set_defaults(run=run)
        return parser

    listing = add("lister", _list, "les éditions, leur état et ce qui leur manque")
    listing.add_argument(
        "--annee",
        nargs="?",
        type=_year,
        const=0,
        metavar="AAAA",
        help="le calendrier d’une année (celle-ci), avec ce qui reste à écrire",
    )
    add_format(listing)
    rendering = add("rendre", _render, "écrire le courriel d’une édition")
    rendering.add_argument("edition", metavar="EDITION", help="par exemple 2019-03-27")
    rendering.add_argument("--sortie", type=Path, metavar="DOSSIER", help="où écrire")
    sheet = add(
        "planche", _planche, "voir le courriel d’une édition comme chaque logiciel le montrera"
    )
    sheet.add_argument("edition", metavar="EDITION", help="par exemple 2019-03-27")
    sheet.add_argument("--sortie", type=Path, metavar="DOSSIER", help="où écrire")
    freezing = add(
        "figer", _freeze, "écrire dans une édition les contenus que ses règles choisissent"
    )
    freezing.add_argument("edition", metavar="EDITION", help="par exemple 2019-03-27")
    exporting = actions.add_parser("exporter", help=exports.HELP, description=exports.HELP)
    exports.add_arguments(exporting)
    noting = add("envoyee", _note, "noter qu’une édition est partie par un autre moyen")
    noting.add_argument("edition", metavar="EDITION", help="par exemple 2019-03-27")
    noting.add_argument("--liste", metavar="LISTE", help="à qui (la liste de l’édition)")
    noting.add_argument(
        "--date", type=moment, metavar="AAAA-MM-JJ", help="quel jour (celui de l’édition)"
    )
    forgetting = add("oublies", _forgotten, "les contenus parus qu’aucune édition n’a portés")
    add_format(forgetting)
    for parser in (listing, forgetting):
        parser.add_argument("--date", type=moment, metavar="AAAA-MM-JJ", help="comme à cette date")


def _year(text: str) -> int:
    if not (text.isdecimal() and int(text) in YEARS):
        raise argparse.ArgumentTypeError(f"« {text} » n’est pas une année")
    return int(text)


def _list(options: argparse.Namespace) -> int:
    from axtra import site  # noqa: PLC0415 - Pelican costs half a second
    from axtra.newsletter import editions  # noqa: PLC0415 - Pelican costs half a second

    today = options.date or now()
    library, problems = site.read(root(), moment=today)
    if options.annee is None and diagnostics.errors(problems):
        return say(problems, options.format)
    year = None if options.annee is None else options.annee or today.year
    entries = site.calendar(root(), library, problems, year)
    following = editions.following(entries)
    if options.annee is None:
        entries.reverse()  # the last one first; a year is read in its order
    if options.format == "json":
        printer.tell_json([_record(entry) for entry in entries])
        return DONE
    for entry in entries:
        slug = entry.slug or "—"
        title = entry.letter.title.plain if entry.letter else entry.newsletter_type.name.plain
        sys.stdout.write(f"{entry.day}  {slug:<26} {entry.state.value:<9} {title}\n")
        for lack in entry.lacks if entry is following else ():
            sys.stdout.write(f"            il lui manque : {lack}\n")
    sys.stdout.write(f"{count(sum(bool(entry.file) for entry in entries), 'infolettre')}\n")
    if unnoted := [
        entry for entry in entries if entry.letter and entry.state is EditionState.SKIPPED
    ]:
        printer.notice(
            f"{count(len(unnoted), 'infolettre')} dont le jour est passé, sans aucun envoi noté.",
            "Si l’une est partie par un autre moyen :  axtra infolettre envoyee EDITION",
        )
    return DONE


def _record(entry: CalendarEntry) -> Mapping[str, object]:
    letter = entry.letter
    return {
        "edition": entry.slug or None,
        "date": f"{entry.day}",
        "type": entry.newsletter_type.slug,
        "public": letter.audience if letter else None,
        "etat": entry.state.value,
        "statut": letter.status.value if letter else None,
        "objet": letter.title.plain if letter else None,
        "fichier": entry.file or None,
        "manque": list(entry.lacks),
    }


def _render(options: argparse.Namespace) -> int:
    from axtra import site  # noqa: PLC0415

    target: Path = options.sortie or Path.cwd() / options.edition
    site.render_newsletter(root(), options.edition, target, moment=now())
    sys.stdout.write(f"{target / 'courriel.html'}\n{target / 'courriel.txt'}\n")
    return DONE


def _planche(options: argparse.Namespace) -> int:
    from axtra import site  # noqa: PLC0415
    from axtra.newsletter.simulator import Browser  # noqa: PLC0415

    target: Path = options.sortie or Path.cwd() / f"planche-{options.edition}"
    browser = Browser.find(os.environ.get("AXTRA_NAVIGATEUR"))
    site.write_simulation_page(root(), options.edition, target, moment=now(), browser=browser)
    if not any(target.glob("captures/*.png")):
        why = "n’a pas répondu" if browser else "n’est pas sur cette machine"
        printer.notice(f"Chromium {why} : la planche est sans captures.")
    sys.stdout.write(f"{target / 'planche.html'}\n")
    return DONE


def _freeze(options: argparse.Namespace) -> int:
    from axtra import site  # noqa: PLC0415
    from axtra.newsletter import editions  # noqa: PLC0415

    library, problems = site.read(root(), moment=now())
    letter = site.find_edition(library, options.edition, problems)
    if not letter.choices:
        sys.stdout.write(f"{letter.source} : rien à figer.\n")
        return DONE
    folders = site.folders(root())
    path = folders.root / letter.source
    path.write_bytes(editions.freeze(path.read_bytes(), letter.choices, folders.content))
    say_choices(letter, letter.choices)
    sys.stdout.write(f"{letter.source} : {count(len(letter.choices), 'bloc')} à l’abri.\n")
    return DONE


def say_choices(letter: Newsletter, choices: Iterable[Choice]) -> None:
    """Print what the blocks of an edition choose by their rules."""
    for choice in choices:
        title = f" « {choice.title} »" if choice.title else ""
        chosen = count(len(choice.items), "contenu")
        sys.stdout.write(f"{letter.source}:{choice.line} : articles{title}, {chosen}\n")
        for item in choice.items:
            sys.stdout.write(f"    - {item.source.partition('/')[2]} ({item.title.plain})\n")


def _note(options: argparse.Namespace) -> int:
    from axtra.content import sent_letters  # noqa: PLC0415
    from axtra.sending.freezing import content_hash  # noqa: PLC0415

    edition = exports.opened(options.edition, options.liste)
    letter = edition.letter
    when = options.date or letter.date
    if when is None or when.date() > now().date():
        raise WrongUsage(
            f"« {letter.slug} » ne peut pas être partie un jour à venir.",
            f"axtra infolettre envoyee {letter.slug} --date {now():%Y-%m-%d}",
        )
    liste = exports.list_of(letter, options.liste)
    mail = edition.mail.personalised(edition.links)
    urls = sent_letters.carried((mail.html, mail.text), edition.siteurl)
    digest = content_hash(edition, liste)
    try:
        sent_letters.record(
            root(), sent_letters.Sent(letter.slug, liste, when.date(), digest, urls)
        )
    except sent_letters.RegisterError as error:
        return say([error.diagnostic], "texte")
    sys.stdout.write(
        f"{sent_letters.FILE} : « {letter.slug} » est partie le {dates.day(when)} (« {liste} »); "
        f"{count(len(urls), 'adresse')} à garder.\n"
    )
    return DONE


def _forgotten(options: argparse.Namespace) -> int:
    from axtra import site  # noqa: PLC0415
    from axtra.newsletter import editions  # noqa: PLC0415

    library, problems = site.read(root(), moment=options.date or now())
    if diagnostics.errors(problems):
        return say(problems, options.format)
    items = editions.forgotten(library)
    if options.format == "json":
        records = [
            {
                "fichier": item.source,
                "genre": item.kind.name,
                "titre": item.title.plain,
                "date": f"{item.date:%Y-%m-%d}" if item.date else None,
                "adresse": item.url,
            }
            for item in items
        ]
        printer.tell_json(records)
        return DONE
    for item in items:
        day = f", {dates.day(item.date)}" if item.date else ""
        sys.stdout.write(f"{item.source}\n    {item.title.plain} ({item.kind.label}{day})\n")
    said = count(len(items), "contenu") if items else "aucun contenu"
    sys.stdout.write(f"{said} qu’aucune infolettre n’a porté{'s' if len(items) > 1 else ''}\n")
    return DONE
