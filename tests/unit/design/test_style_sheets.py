"""The sheets that browsers get: short, and saying what their sources say."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from axtra.design.style_sheets import FIRST, sheets

HEAD = (
    "@font-face{font-family:A;src:url(/a--b.woff2)}"
    ":root{--couleur-encre:#17212B;--espace:1.5rem;--police:'Une police',serif;--jamais:3px}"
    "@media screen{:root{--couleur-encre:#ECE6DC}}"
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    theme = tmp_path_factory.mktemp("theme")
    for name, css in {
        FIRST: '/* Un commentaire. */ @import "parties/base.css"; p { margin: var(--espace) }',
        "parties/base.css": "body { color: var(--couleur-encre); font-family: var(--police) }",
        "texte.css": "h2 { --haut: 2em; color: var(--couleur-encre); height: var(--haut) }"
        " h3 { width: var(--large, 3em) } h4 { --large: 9em }",
    }.items():
        path = theme / "static/css" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(css, "utf-8")
    return {name: data.decode() for name, data in sheets(theme, HEAD).items()}


def whole(made: Mapping[str, str]) -> str:
    return "".join(made.values())


def test_each_sheet_holds_its_parts_and_only_sheets_are_printed(made: Mapping[str, str]) -> None:
    assert sorted(made) == [FIRST, "texte.css"]
    assert "body{" in made[FIRST]
    assert "@import" not in whole(made)
    assert "commentaire" not in whole(made)


def test_what_changes_with_the_theme_stays_a_property_of_one_name_in_all_sheets(
    made: Mapping[str, str],
) -> None:
    (name,) = set(re.findall(r"(--\w+):#", made[FIRST]))
    assert made[FIRST].count(f"{name}:#") == 2
    assert f"body{{color:var({name})" in made[FIRST]
    assert f"color:var({name})" in made["texte.css"]


def test_a_short_constant_stands_in_its_places_and_is_declared_nowhere(
    made: Mapping[str, str],
) -> None:
    assert "p{margin:1.5rem}" in made[FIRST]
    assert not re.search(r"--\w+:(1\.5rem|3px)", whole(made))


def test_a_property_of_a_rule_is_left_to_it(made: Mapping[str, str]) -> None:
    assert re.search(r"h2\{(--\w+):2em;color:var\(--\w+\);height:var\(\1\)\}", made["texte.css"])
    assert re.search(r"var\((--\w+),3em\)\}h4\{\1:9em\}", made["texte.css"])


def test_nothing_but_properties_is_renamed(made: Mapping[str, str]) -> None:
    assert "url(/a--b.woff2)" in made[FIRST]
    assert "'Une police',serif" in made[FIRST]
