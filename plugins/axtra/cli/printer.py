"""How the command speaks: answers on the standard output, refusals and warnings on the other."""

from __future__ import annotations

import json
import sys

from axtra.cli.arguments import MistypedCommand
from infolettre.core.refusals import DiagnosedRefusal, Refusal

_NAME = "axtra"


def refuse(refusal: Refusal, form: str = "texte") -> int:
    """Print a refusal, as an answer when JSON was asked for, and return its exit code."""
    if form == "json":
        sys.stdout.write(f"{refusal.as_json()}\n")
    elif isinstance(refusal, MistypedCommand):
        sys.stderr.write(f"{refusal.usage}{refusal.program} : {refusal}\n")
    elif isinstance(refusal, DiagnosedRefusal):
        sys.stderr.write(f"{refusal}\n")
        if refusal.problem:
            warn(refusal.problem)
    else:
        sys.stderr.write(f"{_NAME} : {refusal}\n")
    return refusal.exit_code


def warn(problem: str, remedy: str = "") -> None:
    """Print what is wrong and does not stop the command."""
    sys.stderr.write(f"{_NAME} : {_with_steps(problem, remedy)}\n")


def notice(text: str, remedy: str = "") -> None:
    """Print what a person should know besides the answer."""
    sys.stderr.write(f"{_with_steps(text, remedy)}\n")


def tell(text: str, next_steps: str = "") -> None:
    """Print an answer, then what to do next, a line for each step."""
    sys.stdout.write(f"{_with_steps(text, next_steps)}\n")


def tell_difference(text: str) -> None:
    """Print lines of which those that go are red and those that come are green, on a terminal."""
    from rich.console import Console  # noqa: PLC0415 - few commands show one

    console = Console(file=sys.stdout, highlight=False, markup=False, soft_wrap=True)
    colours = {"-": "red", "+": "green", "@": "cyan"}
    for line in text.split("\n"):
        console.print(line, style=colours.get(line[:1]), end="\n")


def tell_json(value: object) -> None:
    """Print an answer as JSON."""
    tell(json.dumps(value, ensure_ascii=False, indent=2))


def steps(lines: str) -> str:
    """Return what to do next as it is printed below a text."""
    return "\n".join(f"    → {line}" for line in lines.splitlines())


def announce(text: str) -> None:
    """Print at once, for whoever waits for it, what a service that goes on has to say."""
    sys.stdout.write(text)
    sys.stdout.flush()


def log(line: str) -> None:
    """Print a line where the system's journal reads it."""
    sys.stderr.write(line)
    sys.stderr.flush()


def _with_steps(text: str, next_steps: str) -> str:
    return f"{text}\n{steps(next_steps)}" if next_steps else text
