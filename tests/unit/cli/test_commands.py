"""The commands: only that which is typed is loaded, and the help of all says the same as each."""

from __future__ import annotations

import subprocess
import sys

import pytest

from axtra.cli.main import COMMANDS, _parser

_LOADED = """
import sys
from axtra.cli import main
try:
    main(sys.argv[1:])
except SystemExit:
    pass
ours = ("axtra.", "infolettre.")
print(*(name for name in sys.modules if name.startswith(ours)), file=sys.stderr)
"""


def test_the_help_says_of_each_command_what_the_command_says() -> None:
    said, loaded = (_parser(words).format_help().splitlines() for words in ((), None))
    assert sorted(said) == sorted(loaded)  # one module may hold several commands


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_has_its_arguments_once_it_is_typed(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        _parser((name,)).parse_args((name, "--aide"))
    typed = capsys.readouterr().out
    with pytest.raises(SystemExit):
        _parser().parse_args((name, "--aide"))
    assert capsys.readouterr().out == typed


def test_the_help_loads_no_room_but_core() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _LOADED, "--aide"], capture_output=True, text=True, check=True
    )
    rooms = {".".join(name.split(".")[:2]) for name in done.stderr.split()}
    assert rooms == {"axtra.cli", "infolettre.core", "infolettre.words"}
