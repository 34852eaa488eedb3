"""A table becomes a chart, or is refused at its line, with what to write instead."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from axtra.content import chart_tables
from axtra.content.model import DataFigure
from axtra.content.quantities import is_sign, quantity
from axtra.design.charts import Form, draw
from infolettre.core.diagnostics import NBSP
from support.read_body import read

CELLS = (
    "12", "1 234,5", "45 %", "−3", "0", "", "x", "1.500", "**3**", "[4](https://a.example/)",
    "9" * 15, "<b>5</b>", "`6`", "½", "5[^1]", "é" * 99, '"><script>', "&amp;", "a|b", "2018",
    "Jeunes", "=1+1",
)  # fmt: skip
TABLE = "| Projet | Stagiaires |\n| --- | ---: |\n| Détail | 335 |\n| Assainissement | 12 |\n"


def chart(table: str = TABLE, first: str = "graphique", *options: str) -> DataFigure:
    """Read a chart that is accepted."""
    body, found = read("\n".join([f"/// {first}", *options, f"{table}///"]))
    assert found == []
    [figure] = body
    assert isinstance(figure, DataFigure)
    return figure


def rows(*cells: str, head: str = "Nom | Nombre") -> str:
    ruler = " | ".join("-" for _ in head.split("|"))
    return "".join(f"| {row} |\n" for row in (head, ruler, *cells))


def test_a_chart_needs_no_option_and_no_form() -> None:
    figure = chart()
    assert figure.chart.form is Form.BARS
    assert figure.chart.labels == ("Détail", "Assainissement")
    assert figure.chart.series[0].values == (335.0, 12.0)
    assert figure.unit
    assert figure.unit.plain == "Stagiaires"
    assert figure.csv_url == "/nouvelles/nouvelle/graphique-1.csv"


@pytest.mark.parametrize(
    ("typed", "value", "digits", "unit"),
    [
        ("1 234,5", 1234.5, f"1{NBSP}234,5", ""),
        (f"1{NBSP}234{NBSP}567", 1234567.0, f"1{NBSP}234{NBSP}567", ""),
        ("12\u202f000 $", 12000.0, f"12{NBSP}000", "$"),
        ("1234", 1234.0, f"1{NBSP}234", ""),
        ("45 %", 45.0, "45", "%"),
        ("45%", 45.0, "45", "%"),
        ("12,50 $", 12.5, "12,50", "$"),
        ("$ 12", 12.0, "12", "$"),
        ("−3", -3.0, "−3", ""),
        ("-3,5 %", -3.5, "−3,5", "%"),
        ("12.5", 12.5, "12,5", ""),
        ("1,5 M$", 1.5, "1,5", "M$"),
        ("335 stagiaires", 335.0, "335", "stagiaires"),
    ],
)
def test_a_number_of_quebec_isread(typed: str, value: float, digits: str, unit: str) -> None:
    found = quantity(typed)
    assert found
    assert (found.value, found.digits, found.unit) == (value, digits, unit)
    assert float(found.plain.replace(",", ".")) == value


@pytest.mark.parametrize(
    "typed", ["", "douze", "1.500", "1,234.5", "environ 12", "12 à 15", "12-15", "n. d.", "1 23 4",
              "<5", "12/15", "9" * 16, "$ 12 %", "١٢ ٣"]
)  # fmt: skip
def test_a_cell_that_holds_more_than_a_number_is_refused(typed: str) -> None:
    assert quantity(typed) is None


def test_a_sign_stays_by_its_number_and_a_word_does_not() -> None:
    assert [unit for unit in ("%", "$", "km", "M$", "stagiaires", "") if is_sign(unit)] == [
        "%", "$", "km", "M$",
    ]  # fmt: skip
    figure = chart(rows("A | 335 stagiaires", "B | 12 stagiaires"))
    assert figure.chart.series[0].shown == ("335", "12")
    assert figure.unit
    assert figure.unit.plain == "stagiaires"
    assert chart(rows("A | 0", "B | 12 $")).chart.series[0].shown == (f"0{NBSP}$", f"12{NBSP}$")


@pytest.mark.parametrize(
    ("first", "table", "line", "rule"),
    [
        ("graphique | tarte", TABLE, 10, "graphique-forme"),
        ("graphique", "Un texte.\n", 10, "graphique-tableau"),
        ("graphique", f"{TABLE}\nUn texte.\n", 10, "graphique-tableau"),
        ("graphique", f"{TABLE}\n{TABLE}", 10, "graphique-tableau"),
        ("graphique", rows("A", head="Nom"), 11, "graphique-tableau"),
        ("graphique", rows("A | 12 | 3 | 4 | 5 | 6", head="N | a | b | c | d | e"), 11,
         "graphique-tableau"),
        ("graphique", rows(*(f"R{rank} | {rank}" for rank in range(41))), 11, "graphique-tableau"),
        ("graphique", rows("A | 3", " | 4"), 14, "graphique-tableau"),
        ("graphique", rows("A | 3 | 4", head="N | a | "), 11, "graphique-tableau"),
        ("graphique", rows("A | douze", "B | 3"), 13, "graphique-nombre"),
        ("graphique", rows("A | 3", "B | environ 12"), 14, "graphique-nombre"),
        ("graphique", rows("A | 3", "B | "), 14, "graphique-nombre"),
        ("graphique", rows("A | 3", "B | 1.500"), 14, "graphique-nombre"),
        ("graphique", rows("A | 3"), 13, "graphique-une-valeur"),
        ("graphique | lignes", rows("A | 3 | 4", head="N | a | b"), 13, "graphique-une-valeur"),
        ("graphique", rows("A | 3 $", "B | 4 %"), 14, "graphique-unites"),
        ("graphique", rows("A | 3 $", "B | 4"), 14, "graphique-unites"),
        ("graphique", rows("A | 3 $ | 4 %", head="N | a | b"), 13, "graphique-unites"),
        ("graphique", rows("A | 3 | 4", head="N | Coût ($) | Part (%)"), 13, "graphique-unites"),
        ("graphique", rows("Coût ($) | 3", "Taux (%) | 4"), 14, "graphique-unites"),
        ("graphique", rows("A | 3 h | 4 km", head="N | a | b"), 13, "graphique-unites"),
        ("graphique", rows("stagiaires | 335", "entreprises | 174"), 14, "graphique-unites"),
        ("graphique", rows("A | 335 | 174", "B | 1 | 2", head="N | Jeunes | Employeurs"), 11,
         "graphique-unites"),
        ("graphique | points", rows("Régions | 3", "Heures | 2", head=" | Total"), 14,
         "graphique-unites"),
        ("graphique | lignes", rows("2018 | 3", "2016 | 2"), 14, "graphique-ordre"),
        ("graphique | lignes", rows("2018 | 3", "2018 | 2"), 14, "graphique-ordre"),
        ("graphique | parts", rows("A | 60 %", "B | −40 %"), 14, "graphique-parts"),
        ("graphique | parts", rows("A | 60 %", "B | 20 %"), 13, "graphique-parts"),
        ("graphique | parts", rows("A | 0", "B | 0"), 13, "graphique-parts"),
        ("graphique | parts", rows("A | 1 | 2", "B | 1 | 2", head="N | a | b"), 13,
         "graphique-parts"),
        ("graphique | parts", rows(*(f"R{rank} | 1" for rank in range(6))), 18, "graphique-parts"),
    ],
)  # fmt: skip
def test_what_would_mislead_is_refused_at_its_line(
    first: str, table: str, line: int, rule: str
) -> None:
    body, [problem] = read(f"/// {first}\n{table}///")
    assert (problem.line, problem.rule) == (line, rule)
    assert problem.problem
    assert problem.remedy
    assert body == ()


@pytest.mark.parametrize("name", ["axe", "minimum", "depart", "origine"])
def test_an_axis_is_never_cut(name: str) -> None:
    [problem] = read(f"/// graphique | barres\n    {name}: 50\n{TABLE}///")[1]
    assert (problem.line, problem.rule) == (11, "graphique-axe")


def test_what_is_counted_in_a_stated_unit_shares_an_axis() -> None:
    table = rows("entreprises | 3", "jeunes | 4")
    assert chart(table, "graphique", "    unite: subventions, en milliers").chart.sign == ""
    assert chart(rows("Jeunes | 3", "Entreprises | 4", head="Volet | Projets")).unit


def test_rounded_parts_make_a_whole_and_so_do_counts() -> None:
    assert chart(rows("A | 33,3 %", "B | 33,3 %", "C | 33,3 %"), "graphique | parts")
    assert chart(rows("A | 12", "B | 3", "C | 0"), "graphique | parts")


def test_the_alternative_says_every_number_or_the_ends_when_they_are_many() -> None:
    assert chart().alternative == (
        f"Diagramme à barres. Stagiaires{NBSP}: Détail, 335; Assainissement, 12."
    )
    several = chart(rows("A | 1 | 2", "B | 3 | 4", head="N | 2018 | 2019")).alternative
    assert several.replace(NBSP, " ") == (
        "Diagramme à barres. A, 2018 : 1, 2019 : 2; B, 2018 : 3, 2019 : 4."
    )
    long = chart(rows(*(f"Un nom de région {rank} | {rank}" for rank in range(40))))
    assert "40 nombres, de 0 (Un nom de région 0) à 39" in long.alternative
    assert len(long.alternative) <= 200
    assert not long.says_all


def test_the_spreadsheet_holds_the_numbers_as_french_ones_and_no_formula() -> None:
    figure = chart(rows("=A1 | 1 234,5 $", "*B* | −3 $"))
    assert chart_tables.csv(figure).decode("utf-8-sig") == ("Nom;Nombre\r\n'=A1;1234,5\r\nB;-3\r\n")


def test_cells_keep_their_links_and_their_notes() -> None:
    figure = chart(rows("[Détail](https://a.example/) | **3**", "B | 4"))
    assert figure.links == ("https://a.example/",)
    assert '<th scope="row"><a href="https://a.example/">Détail</a></th>' in figure.table
    noted, found = read(f"/// graphique\n{rows('A | 3[^1]', 'B[^1] | 4')}///\n\n[^1]: Note.")
    assert found == []
    assert isinstance(noted[0], DataFigure)
    assert noted[0].chart.labels == ("A", "B")


@given(
    st.lists(st.lists(st.sampled_from(CELLS), min_size=2, max_size=3), min_size=1, max_size=4),
    st.sampled_from(Form),
)
@settings(max_examples=80, deadline=None)
def test_any_table_is_drawn_or_refused_with_a_remedy(table: list[list[str]], form: Form) -> None:
    cells = rows(*map(" | ".join, table), head="Nom | Nombre")
    body, found = read(f"/// graphique | {form}\n{cells}///\n\n[^1]: Une note.")
    assert all(problem.remedy for problem in found)
    for node in body:
        if isinstance(node, DataFigure):
            svg = draw(node.chart, node.alternative)
            assert ET.fromstring(svg).get("aria-label") == node.alternative  # noqa: S314 - ours
            assert "<script" not in node.table
            assert chart_tables.csv(node).count(b"\r\n") == 1 + len(node.rows)
