"""The style sheets served to browsers: shorter than their sources, with the same meaning."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from axtra.design.style_sheets import FIRST, quoted, sheets

HEAD = (
    "@font-face{font-family:A;src:url(/a--b.woff2)}"
    ":root{--couleur-encre:#17212B;--espace:1.5rem;--police:'Une police',serif;--jamais:3px}"
    "@media screen{:root{--couleur-encre:#ECE6DC}}"
)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
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


def whole(served: Mapping[str, str]) -> str:
    return "".join(served.values())


def test_each_sheet_includes_its_parts_and_parts_are_not_served(served: Mapping[str, str]) -> None:
    assert sorted(served) == [FIRST, "cadrage.css", "texte.css"]
    assert "body{" in served[FIRST]
    assert "@import" not in whole(served)
    assert "commentaire" not in whole(served)


def test_a_themed_property_keeps_the_same_short_name_in_all_sheets(
    served: Mapping[str, str],
) -> None:
    (name,) = set(re.findall(r"(--\w+):#", served[FIRST]))
    assert served[FIRST].count(f"{name}:#") == 2
    assert f"body{{color:var({name})" in served[FIRST]
    assert f"color:var({name})" in served["texte.css"]


def test_a_short_constant_is_inlined_and_not_declared(
    served: Mapping[str, str],
) -> None:
    assert "p{margin:1.5rem}" in served[FIRST]
    assert not re.search(r"--\w+:(1\.5rem|3px)", whole(served))


def test_a_constant_used_once_is_inlined_whatever_its_length(served: Mapping[str, str]) -> None:
    assert "font-family:'Une police',serif" in served[FIRST]


def test_a_text_becomes_a_string_of_css() -> None:
    assert quoted('L’« été »; "a}') == r'"L\2019 \ab  été \bb \3b  \22 a\7d "'


def test_a_property_local_to_a_rule_is_kept(served: Mapping[str, str]) -> None:
    assert re.search(r"h2\{(--\w+):2em;color:var\(--\w+\);height:var\(\1\)\}", served["texte.css"])
    assert re.search(r"var\((--\w+),3em\)\}h4\{\1:9em\}", served["texte.css"])


def test_only_custom_properties_are_renamed(served: Mapping[str, str]) -> None:
    assert "url(/a--b.woff2)" in served[FIRST]
    assert "'Une police',serif" in served[FIRST]
