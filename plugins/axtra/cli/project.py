"""What commands share: the project they run in, the moment, and how they print diagnostics."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from axtra.cli.arguments import Parser
from axtra.content import frontmatter
from axtra.content.schema import Key, Type
from infolettre.core import diagnostics
from infolettre.core.dates import ZONE
from infolettre.core.diagnostics import Diagnostic, Notes
from infolettre.core.refusals import WrongUsage

CONF = "pelicanconf.py"
DONE, PROBLEMS = 0, 1


def root() -> Path:
    """Find the project: the nearest folder, upwards, that holds pelicanconf.py.

    Raises:
        WrongUsage: there is none.
    """
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / CONF).is_file():
            return folder
    raise WrongUsage(f"aucun {CONF} ici ni au-dessus.", "Placez-vous dans le dossier du projet.")


def now() -> datetime:
    """Return the present, in Quebec's time."""
    return datetime.now(ZONE)


def moment(text: str) -> datetime:
    """Read « 2026-12-01 » as the end of that day, « 2026-12-01 09:30 » as that minute."""
    key = Key("date", "date", Type.MOMENT, "date", "2026-12-01")
    read = frontmatter.convert(frontmatter.Value(text, 1), key, Notes(""))
    if not isinstance(read, datetime):
        raise argparse.ArgumentTypeError(f"la date « {text} » n’existe pas (année-mois-jour)")
    whole_day = len(text.strip()) == len("2026-12-01")
    return read.replace(hour=23, minute=59, second=59) if whole_day else read


def add_format(parser: Parser) -> None:
    """Let a command answer as text or as JSON."""
    parser.add_argument(
        "--format", choices=("texte", "json"), default="texte", help="forme du résultat"
    )


def say(problems: Sequence[Diagnostic], form: str) -> int:
    """Print diagnostics and return the exit code."""
    if form == "json":
        sys.stdout.write(diagnostics.as_json(problems) + "\n")
    else:
        sys.stdout.write(diagnostics.as_text(problems) + "\n")
    return PROBLEMS if diagnostics.errors(problems) else DONE
