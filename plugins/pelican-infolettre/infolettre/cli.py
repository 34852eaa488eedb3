"""The command `pelican-infolettre`: check, preview, export, in the folder of a site."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from typing import Any

from infolettre import words
from infolettre.core.diagnostics import Diagnostic, as_json, errors, ordered, summary
from infolettre.core.refusals import Refusal, WrongUsage
from infolettre.exports import services
from infolettre.pelican_site.settings import LetterSettings
from infolettre.pelican_site.site_letters import MadeLetter

DONE, PROBLEMS, USAGE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return 0 when it is done, 1 when there are problems, 2 when misused."""
    options = _parser().parse_args(arguments)
    words.speak("fr" if os.environ.get("LANG", "").startswith("fr") else "en")  # until it is known
    logging.disable(logging.ERROR)  # what Pelican says of the articles is for `pelican` to say
    try:
        return int(options.run(options))
    except Refusal as refusal:
        sys.stderr.write(f"{refusal}\n")
        return refusal.exit_code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="pelican-infolettre", description="Check, preview and export the letters of a site."
    )
    parser.add_argument("-s", "--settings", default="pelicanconf.py", help="Pelican's settings")
    acts = parser.add_subparsers(required=True)
    check = acts.add_parser("check", help="list what is wrong with the letters")
    check.add_argument("letters", nargs="*", metavar="LETTER", help="their files or slugs")
    check.add_argument("--format", choices=("text", "json"), default="text")
    check.set_defaults(run=_check)
    preview = acts.add_parser("preview", help="write a page that shows letters in mail software")
    preview.add_argument("letters", nargs="*", metavar="LETTER")
    preview.add_argument("-o", "--output", type=Path, default=Path("preview"))
    preview.set_defaults(run=_preview)
    export = acts.add_parser("export", help="write letters with the tags of a mailing service")
    export.add_argument("letters", nargs="*", metavar="LETTER")
    export.add_argument("--service", choices=tuple(services.SERVICES), required=True)
    export.add_argument("-o", "--output", type=Path, default=Path("export"))
    export.set_defaults(run=_export)
    return parser


def _check(options: argparse.Namespace) -> int:
    found: list[Diagnostic] = []
    for made in _made(options):
        found += [made] if isinstance(made, Diagnostic) else made.problems
    if options.format == "json":
        sys.stdout.write(f"{as_json(ordered(found))}\n")
    else:
        told = "".join(f"{problem}\n\n" for problem in ordered(found))
        sys.stdout.write(f"{told}{summary(found)}\n")
    return PROBLEMS if errors(found) else DONE


def _preview(options: argparse.Namespace) -> int:
    from infolettre.checks.rules.support import ACCEPTED, Client  # noqa: PLC0415
    from infolettre.simulator.simulations import simulate  # noqa: PLC0415

    ignored = {name for name, style in ACCEPTED.items() if Client.WORD in style.ignored_by}
    for made in _sound(options):
        assert made.mail is not None  # noqa: S101 - a sound letter has one
        frames = "".join(
            f"<section><h2>{escape(words._(view.title))}</h2><p>{escape(words._(view.note))}</p>"
            f'<iframe title="{escape(words._(view.title))}" width="{view.width}" height="900" '
            f'srcdoc="{escape(view.html)}"></iframe></section>'
            for view in simulate(made.mail.html, ignored)
        )
        told = "".join(f"<li><pre>{escape(str(problem))}</pre></li>" for problem in made.problems)
        page = (
            f'<!DOCTYPE html><html lang="{made.letter.language}"><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width">'
            f"<title>{escape(made.letter.subject)}</title><body><h1>{escape(made.letter.subject)}"
            f"</h1><ul>{told}</ul>{frames}</body></html>\n"
        )
        _write(options.output / f"{made.letter.slug}.html", page.encode())
    return DONE


def _export(options: argparse.Namespace) -> int:
    service = services.SERVICES[options.service]
    for made in _sound(options):
        assert made.mail is not None  # noqa: S101 - the same
        folder = options.output / made.letter.slug
        html = service.tag(made.mail.tagged_html, html=True)
        text = service.tag(made.mail.tagged_text, html=False)
        _write(folder / "courriel.html", html.encode())
        _write(folder / "courriel.txt", text.encode())
        _write(folder / "objet.txt", f"{made.letter.subject}\n".encode())
        _write(folder / "preentete.txt", f"{made.letter.preheader}\n".encode())
    return DONE


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    sys.stdout.write(f"{path}\n")


def _sound(options: argparse.Namespace) -> Iterator[MadeLetter]:
    """Yield the letters asked for; refuse those that have errors."""
    for made in _made(options):
        problems = [made] if isinstance(made, Diagnostic) else made.problems
        if wrong := errors(problems):
            raise Refusal("\n".join(map(str, wrong)))
        if isinstance(made, MadeLetter):
            yield made


def _made(options: argparse.Namespace) -> Iterator[MadeLetter | Diagnostic]:
    from infolettre.pelican_site import site_letters  # noqa: PLC0415 - Pelican is slow to load

    conf = Path(options.settings)
    if not conf.is_file():
        raise WrongUsage(
            words.say("« {} » n’est pas là", str(conf)),
            words._("Tapez cette commande dans le dossier d’un site de Pelican."),
        )
    pelican_settings = _read_settings(conf)
    settings = LetterSettings.of(pelican_settings)
    content = site_letters.content_of(_context(pelican_settings), pelican_settings)
    root = conf.resolve().parent
    asked = set(options.letters)
    seen = set[str]()
    for made in site_letters.made(settings, content, root):
        file = made.file if isinstance(made, Diagnostic) else made.letter.file
        names = {file, str(Path(file).name), Path(file).stem}
        if isinstance(made, MadeLetter):
            names.add(made.letter.slug)
        seen |= names
        if not asked or asked & names:
            yield made
    if unknown := sorted(asked - seen):
        raise WrongUsage(words.say("aucune lettre ne s’appelle « {} »", unknown[0]))


def _read_settings(conf: Path) -> dict[str, Any]:
    from pelican.settings import read_settings  # noqa: PLC0415 - as above

    return dict(read_settings(str(conf)))


def _context(settings: dict[str, Any]) -> dict[str, Any]:
    """Let Pelican read the articles and the pages; return its context."""
    from pelican.generators import ArticlesGenerator, PagesGenerator  # noqa: PLC0415

    from pelican import Pelican  # noqa: PLC0415 - as above

    site = Pelican(settings)
    context = {
        **site.settings,
        "generated_content": {},
        "static_links": set(),
        "static_content": {},
        "localsiteurl": site.settings["SITEURL"],
    }
    for cls in (ArticlesGenerator, PagesGenerator):
        generator = cls(
            context=context,
            settings=site.settings,
            path=site.path,
            theme=site.theme,
            output_path=site.output_path,
        )
        generator.generate_context()
    return context


if __name__ == "__main__":
    sys.exit(main())
