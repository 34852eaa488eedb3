"""What is typed as a value, converted to the type of its key."""

from __future__ import annotations

from datetime import datetime

import pytest

from axtra.content.focus import Focus
from axtra.content.frontmatter import Span, Value, convert, slugify, texts
from axtra.content.schema import Key, Type
from infolettre.core.dates import ZONE
from infolettre.core.diagnostics import Notes


def _converted(typed: object, kind: Type, **more: object) -> tuple[object, list[str]]:
    key = Key("cle", "key", kind, "une clé", "exemple", **more)  # type: ignore[arg-type]
    notes = Notes("a.md")
    value = convert(Value(typed, 4), key, notes)  # type: ignore[arg-type]
    assert all(problem.line == 4 for problem in notes.found)
    return value, [problem.rule for problem in notes.found]


@pytest.mark.parametrize(
    ("typed", "hour", "minute"),
    [
        ("2019-03-27", 0, 0),
        ("2019-03-27 13:30", 13, 30),
        ("2019-03-27T09:05", 9, 5),
        ("2019-03-27 9 h", 9, 0),
        ("2019-03-27 9 h 30", 9, 30),
    ],
)
def test_a_moment_is_read_in_the_time_of_quebec(typed: str, hour: int, minute: int) -> None:
    moment = datetime(2019, 3, 27, hour, minute, tzinfo=ZONE)
    assert _converted(typed, Type.MOMENT) == (moment, [])


@pytest.mark.parametrize(
    "typed",
    ["2019-02-31", "27/03/2019", "27 mars 2019", "2019-03-27 25:00", "9999-12-31 23:00"],
)
def test_a_date_that_is_not_certain_is_refused(typed: str) -> None:
    assert _converted(typed, Type.MOMENT) == (None, ["date-invalide"])


@pytest.mark.parametrize(
    ("typed", "kind", "value", "rules"),
    [
        ("12", Type.NUMBER, 12, []),
        ("douze", Type.NUMBER, None, ["nombre-invalide"]),
        ("1234567", Type.NUMBER, None, ["nombre-invalide"]),
        ("un-mot", Type.WORD, "un-mot", []),
        ("Un mot", Type.WORD, None, ["mot-invalide"]),
        ("en", Type.LANGUAGE, "en", []),
        ("fr-CA", Type.LANGUAGE, "fr-CA", []),
        ("anglais", Type.LANGUAGE, None, ["langue-inconnue"]),
        ("  deux   espaces ", Type.LINE, "deux espaces", []),
        ("", Type.LINE, None, ["valeur-vide"]),
        ([Value("un", 4)], Type.LINE, None, ["valeur-invalide"]),
    ],
)
def test_a_value_has_the_type_of_its_key(
    typed: object, kind: Type, value: object, rules: list[str]
) -> None:
    assert _converted(typed, kind) == (value, rules)


def test_a_choice_is_among_those_offered() -> None:
    assert _converted("rapport", Type.CHOICE, choices=("rapport", "avis")) == ("rapport", [])
    value, rules = _converted("raport", Type.CHOICE, choices=("rapport", "avis"))
    assert (value, rules) == (None, ["choix-inconnu"])


@pytest.mark.parametrize(
    ("typed", "kind", "words"),
    [
        ("un, deux;trois", Type.NAMES, ["un", "deux", "trois"]),
        ([Value("un", 4), Value("deux", 4)], Type.NAMES, ["un", "deux"]),
        ("Une phrase, entière.", Type.LINES, ["Une phrase, entière."]),
    ],
)
def test_a_list_may_be_on_one_line(typed: object, kind: Type, words: list[str]) -> None:
    value, rules = _converted(typed, kind)
    assert ([field.value for field in texts(value)], rules) == (words, [])


def test_a_record_has_its_own_keys() -> None:
    row = {"date": Value("2019-04-02", 4), "texte": Value("Le total est 336.", 4)}
    value, rules = _converted([Value(row, 4)], Type.CORRECTIONS)
    assert rules == []
    assert isinstance(value, tuple)
    assert value[0]["text"] == "Le total est 336."
    assert _converted([Value({"texte": Value("a", 4)}, 4)], Type.CORRECTIONS) == (
        (),
        ["cle-manquante"],
    )
    extra = {**row, "autre": Value("a", 4)}
    assert _converted([Value(extra, 4)], Type.CORRECTIONS)[1] == ["cle-inconnue"]


@pytest.mark.parametrize(
    ("typed", "slug"),
    [("Été 2020", "ete-2020"), ("L’œuvre – fin", "l-oeuvre-fin"), ("  ", ""), ("À_b", "a-b")],
)
def test_a_slug_is_lower_case_ascii_with_hyphens(typed: str, slug: str) -> None:
    assert slugify(typed) == slug


@pytest.mark.parametrize(
    ("typed", "point"),
    [
        ("50% 30%", (50, 30)),
        ("0 100", (0, 100)),
        ("12,5 %, 33.4 %", (12, 33)),
        ("haut", (50, 0)),
        ("Bas", (50, 100)),
        ("gauche", (0, 50)),
        ("droite", (100, 50)),
        ("centre", (50, 50)),
        ("haut gauche", (0, 0)),
        ("droite bas", (100, 100)),
        ("en haut à droite", (100, 0)),
        ("bas-gauche", (0, 100)),
        ("au centre", (50, 50)),
        ("centre haut", (50, 0)),
    ],
)
def test_a_point_of_a_picture_is_words_or_percentages(typed: str, point: tuple[int, int]) -> None:
    assert _converted(typed, Type.FOCUS) == (Focus(*point), [])


@pytest.mark.parametrize(
    "typed",
    [
        *("101% 0", "50% 1000%", "-10% 20%", "50%", "50", "1 2 3", "50px 30px", "50%30%"),
        f"{9**400} 1",
        *("haut bas", "gauche droite", "haut haut", "haut gauche centre", "visage haut"),
        *("30% bas", "%"),
    ],
)  # fmt: skip
def test_any_other_point_is_an_error_with_a_remedy(typed: str) -> None:
    notes = Notes("a.md")
    key = Key("cadrage", "image.focus", Type.FOCUS, "un point", "50% 30%")
    assert convert(Value(typed, 4, Span(4, 0, typed)), key, notes) is None
    [problem] = notes.found
    assert (problem.rule, problem.line, problem.repair) == ("cadrage-invalide", 4, None)
    assert problem.remedy
    assert problem.remedy.endswith(":  cadrage: 50% 30%")


def test_a_point_named_in_english_is_mended() -> None:
    notes = Notes("a.md")
    key = Key("cadrage", "image.focus", Type.FOCUS, "un point", "50% 30%")
    convert(Value("Top left", 4, Span(4, 0, "Top left")), key, notes)
    [problem] = notes.found
    assert problem.repair
    assert [edit.new for edit in problem.repair.edits] == ["haut gauche"]
