"""argparse in French: its own messages go through patterns, since it offers no other way."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable
from typing import NoReturn

USAGE = 2

_FRENCH = tuple(
    (re.compile(pattern), french)
    for pattern, french in (
        (r"the following arguments are required: (.*)", r"il manque : \1"),
        (r"unrecognized arguments: (.*)", r"argument inconnu : \1"),
        (r"argument (.*?): expected one argument", r"« \1 » attend une valeur"),
        (r"argument (.*?): expected at least one argument", r"« \1 » attend une valeur"),
        (
            r"argument (.*?): invalid choice: (.*?) \(choose from (.*)\)",
            r"\2 n’est pas un choix possible; choix : \3",
        ),
        (r"argument (.*?): invalid int value: (.*)", r"« \1 » attend un nombre entier, pas \2"),
        (r"argument (.*?): not allowed with argument (.*)", r"« \1 » et « \2 » s’excluent"),
        (r"argument (.*?): ignored explicit argument (.*)", r"« \1 » ne prend pas de valeur (\2)"),
        (
            r"ambiguous option: (.*?) could match (.*)",
            r"l’option « \1 » est ambiguë : \2",
        ),
        (r"argument (.*?): (.*)", r"\1 : \2"),
    )
)
_QUOTED = re.compile(r"'([^']*)'")


class _Formatter(argparse.RawDescriptionHelpFormatter):
    """Writes « Usage : » as French does."""

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[argparse._MutuallyExclusiveGroup],
        prefix: str | None = None,
    ) -> None:
        super().add_usage(usage, actions, groups, "Usage : " if prefix is None else prefix)


class Parser(argparse.ArgumentParser):
    """A parser that speaks French; a wrong usage ends with exit code 2."""

    def __init__(self, **options: object) -> None:
        super().__init__(
            **options,  # type: ignore[arg-type]
            formatter_class=_Formatter,
            add_help=False,
            allow_abbrev=False,
        )
        self._positionals.title = "arguments"
        self._optionals.title = "options"
        self.add_argument(
            "-h", "--help", "--aide", action="help", help="montrer cette aide et sortir"
        )

    def error(self, message: str) -> NoReturn:
        """Say in French what is wrong with the command."""
        for pattern, french in _FRENCH:
            if pattern.fullmatch(message):
                message = _QUOTED.sub(r"« \1 »", pattern.sub(french, message))
                break
        sys.stderr.write(f"{self.format_usage()}{self.prog} : {message}\n")
        sys.exit(USAGE)
