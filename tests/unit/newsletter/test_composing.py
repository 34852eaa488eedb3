"""The cards of a letter's body put in, taken out and moved: only their lines change."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from axtra.content import loading
from axtra.content.editing import EditableText
from axtra.content.model import Library, Newsletter
from axtra.newsletter.editions import ComposedBody
from support.small_sites import DAY, FULL, article, letter, make_project, news

BODY = """Bonjour {prenom},

Une phrase.

## Premier

/// article | nouvelles/2020/une-nouvelle.md
///

## Les nouvelles

/// articles | Titre
    genre: nouvelle
    contenus:
      - nouvelles/2020/b.md
      - nouvelles/2020/c.md
///

Une autre phrase.

## En ligne

/// articles
    genre: communique
    contenus: [un-communique]
///

```
/// article | nouvelles/2020/d.md
///
```

## La fin

Au revoir."""


FILES: Mapping[str, str] = {
    **FULL,
    **{f"content/nouvelles/2020/{name}.md": news(name.upper()) for name in "bcd"},
    "content/magazine/2020-05/second.md": article("Un second"),
    "newsletters/2020/2020-05-20.md": letter(BODY, date="2020-05-20"),
}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return read(tmp_path_factory.mktemp("projet") / "projet", {})


def read(place: Path, files: Mapping[str, str]) -> Library:
    """Read a small project."""
    project = make_project(place, {**FILES, **files})
    return loading.load(loading.Folders(project.root), moment=DAY)[0]


@pytest.fixture
def body(library: Library) -> ComposedBody:
    return ComposedBody(BODY, library, "content")


def carried(body: ComposedBody) -> list[list[str]]:
    """List the texts of each section that has some."""
    return [[item.slug for item in section.items] for section in body.sections if section.items]


def changes(body: ComposedBody) -> list[str]:
    """List the lines taken out and put in."""
    told = difflib.unified_diff(BODY.split("\n"), body.text.split("\n"), lineterm="", n=0)
    return [line for line in told if line[:1] in "+-" and line[:3] not in {"+++", "---"}]


def test_a_body_says_what_it_carries_and_no_code(body: ComposedBody) -> None:
    assert carried(body) == [["une-nouvelle"], ["b", "c"], ["un-communique"]]
    assert [section.title for section in body.sections] == [
        "", "Premier", "Les nouvelles", "En ligne", "La fin",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("nouvelles/2020/b", ["-      - nouvelles/2020/b.md"]),
        (
            "nouvelles/2020/une-nouvelle",  # a heading of which nothing is left goes too
            ["-", "-## Premier", "-", "-/// article | nouvelles/2020/une-nouvelle.md", "-///"],
        ),
        (
            "communiques/2020/un-communique",
            [
                "-/// articles",
                "-    genre: communique",
                "-    contenus: [un-communique]",
                "-///",
                "-",
            ],
        ),
    ],
)  # fmt: skip
def test_a_text_is_taken_out(body: ComposedBody, name: str, expected: list[str]) -> None:
    left = body.with_choice([f"content/{name}.md"], [])
    assert changes(left) == expected
    assert f"content/{name}.md" not in left.carried


def test_a_text_goes_after_those_of_its_kind(body: ComposedBody, library: Library) -> None:
    items = {item.slug: item for item in library.items}
    assert changes(body.with_choice([], [items["d"]])) == ["+      - nouvelles/2020/d.md"]
    new = body.with_choice([], [items["second"]])
    assert changes(new) == [
        "+## Dans le magazine",
        "+",
        "+/// article | magazine/2020-05/second.md",
        "+///",
        "+",
    ]
    assert new.with_choice(["content/magazine/2020-05/second.md"], []).text == BODY
    assert body.with_choice([], [items["b"]]) is body


@pytest.mark.parametrize(
    ("slug", "step", "expected"),
    [
        ("nouvelles/2020/c", -1, [["une-nouvelle"], ["c", "b"], ["un-communique"]]),
        ("nouvelles/2020/b", -1, [["une-nouvelle", "b"], ["c"], ["un-communique"]]),
        ("nouvelles/2020/c", 1, [["une-nouvelle"], ["b"], ["c", "un-communique"]]),
        ("communiques/2020/un-communique", -1, [["une-nouvelle"], ["b", "c", "un-communique"]]),
        ("nouvelles/2020/une-nouvelle", -1, [["une-nouvelle"], ["b", "c"], ["un-communique"]]),
        ("communiques/2020/un-communique", 1, [["une-nouvelle"], ["b", "c"], ["un-communique"]]),
    ],
)
def test_a_text_moves_in_its_section_then_to_the_next(
    body: ComposedBody, slug: str, step: int, expected: list[list[str]]
) -> None:
    assert carried(body.moved(f"content/{slug}.md", step)) == expected


def test_what_a_rule_chose_is_fixed_before_it_changes(tmp_path: Path) -> None:
    rule = "Bonjour,\n\n/// articles\n    genre: nouvelle\n    nombre: 4\n///"
    source = "newsletters/2020/2020-05-27.md"
    library = read(tmp_path / "projet", {source: letter(rule, date="2020-05-27")})
    [found] = [item for item in library.items if item.source == source]
    assert isinstance(found, Newsletter)
    text = EditableText.of((tmp_path / "projet" / source).read_bytes())
    choices = [replace(each, line=each.line - text.body_line + 1) for each in found.choices]
    body = ComposedBody(text.body, library, "content", choices)
    [chosen] = carried(body)
    assert chosen == ["d"]  # no earlier letter carried it
    new = body.with_choice([], [item for item in library.items if item.slug == "b"])
    assert carried(new) == [["d", "b"]]
    assert "contenus:" in new.text
