"""The editors' guide says what the schema and the rules say, and its examples are right."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from axtra.checks import MAIL_RULES
from axtra.content import guide_tables
from axtra.content.blocks.conversion import Converter
from axtra.content.guide_tables import RULES
from axtra.content.schema import BLOCKS
from axtra.core.diagnostics import Notes
from axtra.core.rules import CONTENT_RULES

ROOT = Path(__file__).parents[3]
GUIDE = (ROOT / "docs/guide.md").read_text("utf-8")


PACKAGE = ROOT / "plugins/axtra"
# Functions that pass on the id of a rule that was given, and so checked, elsewhere.
PASSING_ON = {
    "core/diagnostics.py: rule",  # Notes.error and Notes.warning
    "checks/rule.py: self.id",  # the decorators, whose ids are looked at below
    "site/build/build_records.py: rule",  # reads the diagnostics of the last build
    "site/content_review.py: one.rule",  # turns a warning into an error
}
RANK_OF_RULE = {"Diagnostic": (2, 5), "error": (0, 4), "warning": (0, 4)}  # and least arguments


def _given(tree: ast.AST) -> Iterator[ast.expr]:
    """Yield the rule of each diagnostic that a module makes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            rank, least = RANK_OF_RULE.get(name, (0, 99))
            starred = any(isinstance(argument, ast.Starred) for argument in node.args)
            if name in RANK_OF_RULE and (starred or len(node.args) + len(node.keywords) >= least):
                keywords = {keyword.arg: keyword.value for keyword in node.keywords}
                yield keywords.get("rule") or node.args[rank]


def _is_only(targets: list[ast.expr], name: str) -> bool:
    return [ast.unparse(target) for target in targets] == [name]


def _assigned(tree: ast.AST, name: str) -> Iterator[ast.expr]:
    """Yield what a module assigns to a name, in a statement or from the rows of a table."""
    for node in ast.walk(tree):
        targets = getattr(node, "targets", [getattr(node, "target", None)])
        if isinstance(node, ast.Assign | ast.AnnAssign) and _is_only(targets, name) and node.value:
            yield node.value
        elif isinstance(node, ast.For) and isinstance(node.target, ast.Tuple):
            names = [ast.unparse(element) for element in node.target.elts]
            if name in names:
                for table in _assigned(tree, ast.unparse(node.iter)):
                    if isinstance(table, ast.Tuple):
                        rows = [row for row in table.elts if isinstance(row, ast.Tuple)]
                        yield from (row.elts[names.index(name)] for row in rows)


def _ids(tree: ast.AST, rule: ast.expr) -> set[str]:
    """Give the ids that an expression may be, or nothing when the module does not say it."""
    if isinstance(rule, ast.Constant):
        return {rule.value}
    if isinstance(rule, ast.IfExp):
        return _ids(tree, rule.body) | _ids(tree, rule.orelse)
    if isinstance(rule, ast.Name):
        return {name for value in _assigned(tree, rule.id) for name in _ids(tree, value)}
    return set()


def _read(code: str, file: str) -> tuple[set[str], set[str]]:
    """List the ids of the rules of a module's diagnostics, and the expressions that hide one."""
    tree = ast.parse(code)
    ids, hidden = set(), set()
    for rule in _given(tree):
        said = _ids(tree, rule)
        ids |= said
        if not said:
            hidden.add(f"{file}: {ast.unparse(rule)}")
    return ids, hidden


def _read_package() -> tuple[set[str], set[str]]:
    files = sorted(PACKAGE.rglob("*.py"))
    read = [_read(file.read_text("utf-8"), str(file.relative_to(PACKAGE))) for file in files]
    return set().union(*(ids for ids, _ in read)), set().union(*(hidden for _, hidden in read))


def test_the_guide_is_in_step_with_the_schema_and_the_rules() -> None:
    assert guide_tables.refresh(GUIDE) == GUIDE, "run: python -m axtra.content.guide_tables"


def test_every_rule_is_an_anchor_of_the_guide() -> None:
    assert set(re.findall(r'<a id="([a-z-]+)">', GUIDE)) == set(RULES)


def test_every_diagnostic_names_a_declared_rule_and_every_declared_rule_is_named() -> None:
    ids, hidden = _read_package()
    assert hidden == PASSING_ON
    assert ids == set(CONTENT_RULES)


def test_a_rule_is_declared_once() -> None:
    modules = (PACKAGE / "checks/rules").glob("*.py")
    declared = re.findall(
        r"^@(?:mail|view)_rule\(\s*\"([^\"]+)\"",
        "\n".join(module.read_text("utf-8") for module in modules),
        re.MULTILINE,
    )
    assert sorted(declared) == sorted(MAIL_RULES)
    assert not MAIL_RULES.keys() & CONTENT_RULES.keys()


@pytest.mark.parametrize(
    "code",
    [
        'notes.error("regle-inconnue", 1, "p", "r")',
        'self.notes.warning("regle-inconnue", line=1, problem="p", remedy="r")',
        'Diagnostic("x.md", 1, "regle-inconnue", "p", "r")',
        'Diagnostic("x.md", 1, rule="regle-inconnue", problem="p", remedy="r")',
        'notes.error("regle-inconnue" if x else "alt-manquant", 1, "p", "r")',
        'rule = "regle-inconnue"\nnotes.error(rule, 1, "p", "r")',
        'T = ((1, "regle-inconnue"),)\nfor _, rule in T:\n    notes.error(rule, 1, "p", "r")',
    ],
)
def test_the_reader_of_the_source_sees_an_unknown_rule_however_it_is_given(code: str) -> None:
    ids, hidden = _read(code, "x.py")
    assert ids - set(RULES) == {"regle-inconnue"}
    assert not hidden


def test_the_reader_of_the_source_reports_a_rule_that_it_cannot_read() -> None:
    assert _read('notes.error(rule_of(x), 1, "p", "r")', "x.py") == (set(), {"x.py: rule_of(x)"})


@pytest.mark.parametrize("name", list(BLOCKS))
def test_the_example_of_each_block_reads_without_a_finding(name: str) -> None:
    notes = Notes("guide.md")
    document = Converter().convert(
        BLOCKS[name].example, first_line=1, language="fr-CA", notes=notes
    )
    assert notes.found == []
    assert [getattr(part, "name", "prose") for part in document.parts] == [name]
