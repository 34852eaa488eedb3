"""The French of argparse, and the words of the command."""

from __future__ import annotations

import argparse
import io
import re
import threading
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

import pytest

from axtra.cli import build_progress, main, printer, project, verifying
from axtra.cli.arguments import MistypedCommand, Parser
from axtra.cli.build_progress import BuildProgress
from infolettre.core.dates import ZONE
from infolettre.core.refusals import WrongUsage


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
def test_a_wrong_word_is_reported_in_french(
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
def test_what_is_not_a_date_is_refused(typed: str) -> None:
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
    before = threading.active_count()
    monkeypatch.setenv("TERM", "xterm")
    for stream, shown in ((_Terminal(), True), (io.StringIO(), False)):
        monkeypatch.setattr(build_progress, "_EVERY", 0.0)
        with BuildProgress(stream) as progress:
            progress(1, 4, "nouvelles/[une]/index.html")
            assert threading.active_count() == before  # else the build could make no copies
        screen = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", stream.getvalue())
        assert ("25\u00a0% nouvelles/[une]/index.html" in screen) is shown
        assert (stream.getvalue() == "") is not shown


def test_a_bar_is_removed_and_the_cursor_shown_when_a_build_fails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(build_progress, "_EVERY", 0.0)
    screen = _Terminal()

    def fail() -> None:
        with BuildProgress(screen) as progress:
            progress(0, 4, "nouvelles/une/index.html")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert screen.getvalue().count("\x1b[?25l") == screen.getvalue().count("\x1b[?25h") == 1
    assert screen.getvalue().endswith("\x1b[2K")
