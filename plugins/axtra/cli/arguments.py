"""argparse in French: its own messages go through patterns, since it offers no other way."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterable, Sequence
from typing import NoReturn

from infolettre.core.refusals import WrongUsage

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


Command = Callable[[argparse.Namespace], int]
_LAST_PORT = 65_535


class MistypedCommand(WrongUsage):
    """The words typed are no command; `program` is the command that refuses them."""

    def __init__(self, problem: str, remedy: str = "", *, program: str, usage: str = "") -> None:
        super().__init__(problem, remedy)
        self.program, self.usage = program, usage


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
    """A parser that speaks French.

    Attributes:
        phrase: the last argument is made of several words, among which options may stand.
    """

    phrase = False

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

    def parse_known_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """Parse as argparse does, which would stop a phrase at the first option."""
        if self.phrase and args is not None:
            args = self._options_first(args)
        return super().parse_known_args(args, namespace)

    def _options_first(self, words: Sequence[str]) -> list[str]:
        options, others, left = list[str](), list[str](), list(words)
        while left:
            word = left.pop(0)
            if word == "--":
                return [*options, "--", *others, *left]
            name, _, own = word.partition("=")
            if name in self._option_string_actions:
                takes = not own and self._option_string_actions[name].nargs is None
                options += [word, *([left.pop(0)] if takes and left else [])]
            else:
                others.append(word)
        return [*options, *others]

    def error(self, message: str) -> NoReturn:
        """Refuse the command, in French.

        Raises:
            MistypedCommand: always.
        """
        for pattern, french in _FRENCH:
            if pattern.fullmatch(message):
                message = _QUOTED.sub(r"« \1 »", pattern.sub(french, message))
                break
        raise MistypedCommand(message, program=self.prog, usage=self.format_usage())


def port(text: str) -> int:
    """Return a port of this machine.

    Raises:
        ArgumentTypeError: it is none.
    """
    if not (text.isdecimal() and int(text) <= _LAST_PORT):
        raise argparse.ArgumentTypeError(f"« {text} » n’est pas un port (0 à {_LAST_PORT})")
    return int(text)
