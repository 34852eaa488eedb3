"""How refusals reach a person: one prefix, the exit code that follows, JSON when asked."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

import axtra
from axtra.cli import main, printer
from axtra.sending.conditions import UnmetCondition, UnmetConditions
from axtra.sending.frozen_editions import BusyError
from axtra.sending.listmonk import SilentError
from axtra.sending.replies import Phase
from axtra.sending.settings import SettingsError
from axtra.sending.wire import LostError, StopError, UnreachableError
from infolettre.core.diagnostics import Diagnostic
from infolettre.core.refusals import DiagnosedRefusal, Refusal, WrongUsage

PACKAGE = Path(axtra.__file__).parent
PROBLEM = Diagnostic("a.md", 3, "lien-brise", "un lien ne mène nulle part", "Corrigez-le.")
_REASONS = "  – un\n      → faire a\n  – deux\n      → b\n      → c"
TWICE = UnmetConditions("E", [UnmetCondition("un", "faire a"), UnmetCondition("deux", "b\nc")])


@pytest.mark.parametrize(
    ("refusal", "said", "code"),
    [
        (Refusal("non."), "axtra : non.\n", 1),
        (WrongUsage("non.", "a\nb"), "axtra : non.\n    → a\n    → b\n", 2),
        (SettingsError("non."), "axtra : non.\n", 2),
        (BusyError("non.", "a"), "axtra : non.\n    → a\n", 1),
        (StopError("non."), "axtra : non.\n", 1),
        (UnreachableError("non."), "axtra : non.\n", 1),
        (SilentError("non."), "axtra : non.\n", 1),
        (
            LostError(Phase.DATA, "perdue"),
            "axtra : perdue.\n    → Recommencez; si cela dure, voyez le serveur.\n",
            1,
        ),
        (
            TWICE,
            f"axtra : « E » ne peut pas partir (2 raisons) :\n{_REASONS}\n",
            1,
        ),
        (
            DiagnosedRefusal([PROBLEM], "rien ne part."),
            f"{PROBLEM}\n\n1 erreur, 0 avertissement\naxtra : rien ne part.\n",
            1,
        ),
    ],
)
def test_a_refusal_is_reported_with_its_remedies_and_gives_its_exit_code(
    refusal: Refusal, said: str, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert printer.refuse(refusal) == code
    assert capsys.readouterr() == ("", said)


def test_a_refusal_is_an_answer_where_json_was_asked_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert printer.refuse(WrongUsage("non.", "a"), "json") == 2
    out, err = capsys.readouterr()
    assert err == ""
    assert json.loads(out) == {
        "fichier": None,
        "regle": None,
        "gravite": "erreur",
        "probleme": "non.",
        "remede": "a",
    }
    printer.refuse(TWICE, "json")
    told = json.loads(capsys.readouterr().out)
    assert told["probleme"].splitlines()[1:] == ["  – un", "  – deux"]
    assert told["remede"].splitlines() == ["faire a", "b", "c"]
    printer.refuse(DiagnosedRefusal([PROBLEM]), "json")
    assert json.loads(capsys.readouterr().out) == [PROBLEM.record()]


def test_a_report_that_was_asked_for_as_json_is_refused_as_json(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AXTRA_DONNEES", str(tmp_path / "donnees"))
    assert main(["envoi", "bilan", "2019-01-01", "--format", "json"]) == 2
    out, err = capsys.readouterr()
    assert json.loads(out)["probleme"] == "« 2019-01-01 » n’est pas gelée."
    assert err == ""
    assert main(["envoi", "bilan", "2019-01-01"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("axtra : « 2019-01-01 » n’est pas gelée.\n    → axtra envoi geler")


# --- what the source of both rooms holds ---------------------------------------------------------


def _sources() -> Iterator[tuple[str, ast.Module]]:
    for room in ("cli", "sending"):
        for file in sorted((PACKAGE / room).rglob("*.py")):
            yield file.relative_to(PACKAGE).as_posix(), ast.parse(file.read_text("utf-8"))


def _texts(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_only_the_printer_and_the_lists_of_conditions_write_arrows() -> None:
    found = {name for name, tree in _sources() if any("  → " in text for text in _texts(tree))}
    assert found == {"cli/printer.py", "sending/conditions.py"}


def test_only_the_printer_names_the_command_that_speaks() -> None:
    assert [
        name
        for name, tree in _sources()
        if any(text.startswith(("axtra :", "axtra : ")) for text in _texts(tree))
    ] == []


def test_nothing_of_both_rooms_ends_the_program() -> None:
    for name, tree in _sources():
        for node in ast.walk(tree):
            ends = (isinstance(node, ast.Name) and node.id == "SystemExit") or (
                isinstance(node, ast.Attribute)
                and node.attr == "exit"
                and isinstance(node.value, ast.Name)
                and node.value.id == "sys"
            )
            assert not ends, name
