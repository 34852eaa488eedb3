"""What an editor's words cause is told in an editor's words, with what an editor can do."""

from __future__ import annotations

import ast
import json
import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from axtra import site
from infolettre import checks
from infolettre.core.diagnostics import Diagnostic
from support.fixture_types import MakeProject
from support.repeated_mistakes import BLOCKS, INLINE
from support.small_sites import DAY, FULL, ROOT, letter

# The inside of the program, and what only the maker of a theme may write.
INSIDE = re.compile(
    r"gabarit|theme/|plugins/|checks/|\.py\b|\bNone\b(?! »)|mjml|jinja|traceback|chaîne de rendu"
    r"|role=|scope=|\bmso\b|!important|display:|width:|<html|<body|@media|CSS",
    re.IGNORECASE,
)
FILES = re.compile(r"\bgabarits? |theme/courriel|plugins/|checks/|\.py\b(?!\")")
BODIES = (
    *(words for _, words in INLINE),
    *(words for _, _, words in BLOCKS),
    *("-- ", "x  y", "`<br>`", "```\n<div>un mot</div>\n```", "« »", "«", "!", ": a"),
    *("[!](/flux/)", "a" * 400, f"<https://a.example/{'b/' * 50}>", f"    {'z ' * 99}"),
    *(f"https://a.example/{'a' * 90}", "[mot](<https://a.example/a b>)", "<br>", "***"),
    *("[x](https://a.example/a,)", "[x](tel:514)", "<kbd>a</kbd>", "<li>x</li>"),
    *("| a | b |\n|---|---|\n| 1 | 2 |", "|  |  |\n|---|---|\n| x | y |"),
    *("<table><tr><td>1</td><td>2</td></tr></table>", f"<pre>{'y' * 200}</pre>"),
    *("<mark>a</mark>", "<abbr title='x'>a</abbr>", "<dl><dt>a</dt></dl>"),
    *("<details><summary>a</summary>b</details>", "{{ nom }}", "{% x %}", "*|NOM|*"),
    *("None", "null", "NaN", "undefined", "[object Object]", "**Un titre**\n\nUn mot"),
    *("• a\n• b", "> - a", "# x", "#### x", "{: #id }", "é" * 600, "😀" * 50, "&lt;p&gt;"),
    *("[x](https://bit.ly/a)", "[x](https://localhost/)", "[x](https://u:p@a.example/)"),
    *("/// chiffres\n- **1 000 000 000 000** x\n///", "/// courriel\n    public: autre\nx\n///"),
)
SUBJECTS = ("<b>x</b> un objet", "&amp; x", "x", "a" * 200, "UN OBJET CRIÉ", "« objet", "-- x")


def _day(rank: int) -> str:
    return f"{date(2000, 1, 1) + timedelta(days=rank)}"


def test_no_word_of_an_editor_is_answered_with_the_inside_of_the_program(
    new_project: MakeProject,
) -> None:
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="90"/>'
    letters = [letter(f"Bonjour,\n\n{words}\n\nLa suite.", date=_day(rank), public=f"l{rank}")
               for rank, words in enumerate(BODIES)]  # fmt: skip
    letters += [
        letter(date=_day(len(letters) + rank), **{key: json.dumps(words)})
        for key in ("objet", "preentete")
        for rank, words in enumerate(SUBJECTS)
    ]
    files = {f"newsletters/2000/{_day(rank)}.md": text for rank, text in enumerate(letters)}
    project = new_project({**FULL, "content/images/point.svg": drawing, **files})
    told = site.verify(project.root, moment=DAY)
    assert [str(found) for found in told if INSIDE.search(_said(found))] == []
    assert {found.rule for found in told} >= {
        "texte-liens", "texte-liens-en-trop", "texte-html", "texte-signe-seul", "balise-inconnue",
        "courriel-largeur-fixe", "courriel-tableau-role", "reste-variable", "html-interdit",
    }  # fmt: skip
    assert [str(found) for found in told if not found.remedy.strip()] == []


def _said(found: Diagnostic) -> str:
    """Return what the program says; what it quotes is the editor's."""
    return re.sub(r"«[^»]*»", "", f"{found.problem}\n{found.remedy}")


def test_no_remedy_names_a_file_of_the_program() -> None:
    said = {rule.id: rule.remedy for rule in checks.MAIL_RULES.values()}
    assert len(said) > 100
    assert {name: words for name, words in said.items() if FILES.search(words)} == {}


@pytest.mark.parametrize("room", ["checks", "content"])
def test_nothing_said_of_a_text_names_a_file_of_the_program(room: str) -> None:
    named: list[tuple[Path, str]] = []
    for path in sorted(ROOT.glob(f"plugins/**/{room}/**/*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                words = node.value
                if " " in words and FILES.search(words):
                    named.append((path, words))
    assert named == []
