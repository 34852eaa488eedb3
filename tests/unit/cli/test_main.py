"""The French of argparse, and the words of the command."""

from __future__ import annotations

import argparse
import io
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

import pytest

from axtra.cli import main, printer, project, verifying
from axtra.cli.arguments import MistypedCommand, Parser
from axtra.cli.build_progress import Bar
from axtra.core.dates import ZONE
from axtra.core.refusals import WrongUsage


def _parser() -> Parser:
    parser = Parser(prog="essai")
    parser.add_argument("--nombre", type=int)
    parser.add_argument("--genre", choices=("un", "deux"))
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--blanc", action="store_true")
    group.add_argument("--noir", action="store_true")
    parser.add_argument("fichiers", nargs="+")
    return parser


def test_the_version_is_that_of_the_installed_package(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["--version"])
    assert stop.value.code == 0
    assert capsys.readouterr().out == f"axtra {version('axtra')}\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "il manque : fichiers"),
        ("f --rien", "argument inconnu : --rien"),
        ("f --nombre", "« --nombre » attend une valeur"),
        ("f --nombre x", "« --nombre » attend un nombre entier, pas « x »"),
        ("f --genre trois", "« trois » n’est pas un choix possible; choix : "),
        ("f --blanc --noir", "« --noir » et « --blanc » s’excluent"),
        ("f --blanc=1", "« --blanc » ne prend pas de valeur (« 1 »)"),
        ("f --nomb 3", "argument inconnu : --nomb 3"),
    ],
)
def test_a_wrong_word_is_said_in_french(
    words: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(MistypedCommand) as refused:
        _parser().parse_args(words.split())
    assert printer.refuse(refused.value) == 2
    err = capsys.readouterr().err
    assert err.startswith("Usage : essai")
    assert f"essai : {said}" in err


def test_a_day_is_taken_to_its_end_and_a_minute_as_it_is() -> None:
    assert project.moment("2026-12-01") == datetime(2026, 12, 1, 23, 59, 59, tzinfo=ZONE)
    assert project.moment("2026-12-01 09:30") == datetime(2026, 12, 1, 9, 30, tzinfo=ZONE)


@pytest.mark.parametrize("typed", ["demain", "2019-02-31", "01/02/2019", "", "2019"])
def test_what_is_no_date_is_refused(typed: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        project.moment(typed)


def test_a_file_is_named_as_diagnostics_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "content/pages").mkdir(parents=True)
    (tmp_path / "content/pages/p.md").touch()
    monkeypatch.chdir(tmp_path / "content/pages")
    assert verifying._named(Path("p.md"), tmp_path) == "content/pages/p.md"
    assert verifying._named(Path("../.."), tmp_path) == "."
    with pytest.raises(WrongUsage):
        verifying._existing("absent.md")
    with pytest.raises(WrongUsage):
        verifying._named(Path("/"), tmp_path)


def test_a_folder_holds_its_files_and_not_those_of_a_longer_name() -> None:
    assert verifying._wanted("content/pages/p.md", ["content/pages"])
    assert verifying._wanted("content/pages/p.md", ["."])
    assert verifying._wanted("content/pages/p.md", [])
    assert not verifying._wanted("content/pages-2/p.md", ["content/pages"])


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_bar_shows_what_is_made_on_a_terminal_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for stream, shown in ((_Terminal(), True), (io.StringIO(), False)):
        hours = iter(range(100))
        monkeypatch.setattr("time.monotonic", lambda hours=hours: next(hours))
        bar = Bar(stream)
        bar(1, 4, "nouvelles/une/index.html")
        bar.clear("2 fichiers à jour")
        assert ("25\u00a0%  nouvelles/une" in stream.getvalue()) is shown
        assert stream.getvalue().endswith("2 fichiers à jour\n") is shown
