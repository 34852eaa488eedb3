"""The editors' guide matches the schema and the rules, and its examples are valid."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from axtra.content import frontmatter, guide_tables
from axtra.content.blocks.conversion import Converter
from axtra.content.guide_tables import RULES
from axtra.content.schema import BLOCKS, KINDS, Kind
from axtra.core.rules import CONTENT_RULES
from infolettre.checks import MAIL_RULES
from infolettre.core.diagnostics import Notes

ROOT = Path(__file__).parents[3]
GUIDE = (ROOT / "docs/guide.md").read_text("utf-8")


PACKAGE = ROOT / "plugins/axtra"
LETTERS = ROOT / "plugins/pelican-infolettre/infolettre"
# Functions that forward a rule id which is checked where it is first passed.
PASSING_ON = {
    "core/diagnostics.py: rule",  # Notes.error and Notes.warning
    "checks/rule.py: self.id",  # the decorators, whose ids are looked at below
    "content/block_reader.py: rule",  # of a block that names a file
    "content/bodies.py: refused.rule",  # of an option that a kind of block refuses
    "content/chart_tables.py: rule",  # its own `error`, whose ids are looked at
    "content/loading/media.py: refused.rule",  # repeats, in a text, what is said of a file
    "site/build/build_records.py: rule",  # reads the diagnostics of the last build
    "site/content_review.py: error.rule",  # lists a refusal of the tokens
    "site/failures.py: refusal.rule",  # lists any refusal
    "content/blocks/misreadings.py: sign.rule",  # those of misread_signs.py
}
RANK_OF_RULE = {
    "Diagnostic": (2, 5),
    "Sign": (0, 4),
    "error": (0, 4),
    "warning": (0, 4),
}  # and the fewest arguments


def _rule_arguments(tree: ast.AST) -> Iterator[ast.expr]:
    """Yield the rule argument of each diagnostic that a module creates."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            keywords = {keyword.arg: keyword.value for keyword in node.keywords}
            rank, least = RANK_OF_RULE.get(name, (0, 99))
            unpacked = any(isinstance(argument, ast.Starred) for argument in node.args)
            if "rule" in keywords:  # of a diagnostic, or of a refusal
                yield keywords["rule"]
            elif name in RANK_OF_RULE and (unpacked or len(node.args) + len(keywords) >= least):
                yield node.args[rank]


def _is_only(targets: list[ast.expr], name: str) -> bool:
    return [ast.unparse(target) for target in targets] == [name]


def _assigned(tree: ast.AST, name: str) -> Iterator[ast.expr]:
    """Yield every value that a module assigns to a name, directly or from the rows of a table."""
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
    """Return the ids that an expression may evaluate to, or nothing if that cannot be known."""
    if isinstance(rule, ast.Constant):
        return {rule.value}
    if isinstance(rule, ast.IfExp):
        return _ids(tree, rule.body) | _ids(tree, rule.orelse)
    if isinstance(rule, ast.Name):
        return {name for value in _assigned(tree, rule.id) for name in _ids(tree, value)}
    return set()


def _read(code: str, file: str) -> tuple[set[str], set[str]]:
    """Return the rule ids of a module's diagnostics, and the expressions that hide an id."""
    tree = ast.parse(code)
    ids, hidden = set(), set()
    for rule in _rule_arguments(tree):
        known = _ids(tree, rule)
        ids |= known
        if not known:
            hidden.add(f"{file}: {ast.unparse(rule)}")
    return ids, hidden


def _read_package() -> tuple[set[str], set[str]]:
    read = [
        _read(file.read_text("utf-8"), str(file.relative_to(package)))
        for package in (PACKAGE, LETTERS)
        for file in sorted(package.rglob("*.py"))
        if "pelican_site" not in file.parts  # its rules are in no guide of ours
    ]
    return set().union(*(ids for ids, _ in read)), set().union(*(hidden for _, hidden in read))


def test_the_guide_is_up_to_date_with_the_schema_and_the_rules() -> None:
    assert guide_tables.refresh(GUIDE) == GUIDE, "run: python -m axtra.content.guide_tables"


def test_every_rule_has_an_anchor_in_the_guide() -> None:
    assert set(re.findall(r'<a id="([a-z-]+)">', GUIDE)) == set(RULES)


def test_diagnostics_name_all_declared_rules_and_no_others() -> None:
    ids, hidden = _read_package()
    assert hidden == PASSING_ON
    assert ids == set(CONTENT_RULES)


def test_each_rule_is_declared_once() -> None:
    modules = (LETTERS / "checks/rules").glob("*.py")
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
        'raise OutputError("p", "r", rule="regle-inconnue", place="x.md")',
        'notes.error("regle-inconnue", *rest)',
        'notes.error("regle-inconnue" if x else "alt-manquant", 1, "p", "r")',
        'rule = "regle-inconnue"\nnotes.error(rule, 1, "p", "r")',
        'T = ((1, "regle-inconnue"),)\nfor _, rule in T:\n    notes.error(rule, 1, "p", "r")',
    ],
)
def test_the_source_reader_finds_an_unknown_rule_however_it_is_passed(code: str) -> None:
    ids, hidden = _read(code, "x.py")
    assert ids - set(RULES) == {"regle-inconnue"}
    assert not hidden


def test_the_source_reader_reports_a_rule_that_it_cannot_determine() -> None:
    assert _read('notes.error(rule_of(x), 1, "p", "r")', "x.py") == (set(), {"x.py: rule_of(x)"})


@pytest.mark.parametrize("name", list(BLOCKS))
def test_the_guide_example_of_each_block_has_no_problem(name: str) -> None:
    notes = Notes("guide.md")
    document = Converter().convert(
        BLOCKS[name].example, first_line=1, language="fr-CA", notes=notes
    )
    assert notes.found == []
    assert [getattr(part, "name", "prose") for part in document.parts] == [name]


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_the_guide_examples_of_keys_can_be_read_as_they_stand(kind: Kind) -> None:
    notes = Notes("guide.md")
    header = "".join(f"{key.name}: {key.example}\n" for key in kind.keys)
    assert frontmatter.read(f"---\n{header}---\n".encode(), kind, notes)
    assert notes.found == []
