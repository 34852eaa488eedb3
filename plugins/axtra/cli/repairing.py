"""`axtra verifier --reparer`: the difference is shown, a person agrees, then files are written."""

from __future__ import annotations

import difflib
import re
import sys
from collections.abc import Callable
from datetime import datetime

from axtra.cli import printer
from axtra.cli.project import PROBLEMS, root
from axtra.content.repair_plan import RepairPlan, plan
from infolettre.core.diagnostics import count, shown

_YES = {"o", "oui"}


def repair(wanted: Callable[[str], bool], day: datetime, *, agreed: bool) -> int:
    """Repair what can be; return 0 when nothing is left to repair, 1 when it was not wanted."""
    from axtra import site  # noqa: PLC0415 - help must not pay it

    project = root()

    def found() -> RepairPlan:
        return plan(
            site.folders(project),
            lambda instead: site.read(project, moment=day, instead=instead)[1],
            wanted,
        )

    made, done = found(), 0
    for name in sorted(made.conflicts):
        printer.notice(
            f"{shown(name)} : deux versions de ce texte sont à réunir; rien n’y est réparé.",
            "Gardez une version de chaque passage entre <<<<<<< et >>>>>>>, puis recommencez.",
        )
    if not made:
        printer.tell("Rien à réparer.\n")
    while made:
        _show(made)
        if not agreed and not _agrees(made):
            return PROBLEMS
        left = made.carry_out(project)
        done += len(made.mended)
        for name in left:
            printer.warn(
                f"« {shown(name)} » a changé pendant ce temps : il est resté tel quel.",
                "Recommencez :  axtra verifier --reparer",
            )
        if left:
            return PROBLEMS
        made = found()  # a file under its new name may have more to repair
    if done:
        printer.tell(f"{count(done, 'réparation')}. Ce qui reste :\n")
    return 0


def _agrees(made: RepairPlan) -> bool:
    """Ask whether to write; without a terminal, say how to."""
    files = count(len({*made.after, *made.names}), "fichier")
    said = f"{count(len(made.mended), 'réparation')} dans {files}."
    if not sys.stdin.isatty():
        printer.tell(f"{said} Rien n’est écrit.", "Pour accepter :  axtra verifier --reparer --oui")
        return False
    printer.announce(f"{said} Réparer? [o/N] ")
    if sys.stdin.readline().strip().casefold() in _YES:
        return True
    printer.tell("Rien n’est écrit.")
    return False


def _show(made: RepairPlan) -> None:
    """Print what is repaired, then the lines that change."""
    lines = []
    for problem in made.mended:
        place = problem.file if problem.line is None else f"{problem.file}:{problem.line}"
        effect = problem.repair.effect if problem.repair else ""
        effect = f" (ce qui se lira : {effect})" if effect else ""
        lines.append(f"{shown(place)} : {shown(problem.problem)}{effect}  [{problem.rule}]")
    lines.append("")
    for name, data in made.after.items():
        before, after = (_lines(octets) for octets in (made.before[name], data))
        lines += map(shown, difflib.unified_diff(before, after, name, name, lineterm="", n=1))
    for old, new in made.names.items():
        lines += [shown(f"- {old}"), shown(f"+ {new}")]
    printer.tell_difference("\n".join([*lines, ""]))


def _lines(data: bytes) -> list[str]:
    return re.split(r"\r\n|\r|\n", data.decode("utf-8").removeprefix("\ufeff"))
