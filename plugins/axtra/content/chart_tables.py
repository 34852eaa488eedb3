"""The block « graphique »: the numbers of an ordinary table, or why no honest chart shows them."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from csv import writer as csv_writer
from dataclasses import dataclass
from types import MappingProxyType

from markupsafe import Markup

from axtra.content.block_reader import BlockReader
from axtra.content.blocks import Fragment, RawBlock
from axtra.content.frontmatter import slugify
from axtra.content.model import DataFigure, Text, html_text
from axtra.content.quantities import Quantity, is_sign, quantity, shown
from axtra.core.diagnostics import NBSP, did_you_mean
from axtra.design.charts import MOST_PARTS, MOST_SERIES, Chart, Form, Series, years
from axtra.text.html.elements import Element
from axtra.text.html.fragments import parse, serialise

MOST_ROWS = 40
_WHOLE = 100.0
_TABLE = "Par exemple :  | Région | Personnes |  puis  | --- | ---: |  puis  | Estrie | 335 |"
_NOTE_CALL = re.compile(r"<sup id=\"fnref.*?</sup>", re.DOTALL)
_IN_UNIT = re.compile(r"\(([^()]+)\)\s*$|(?:,|\ben)\s+(%|\$|pourcentage|dollars)\s*$")
_UNITS: Mapping[str, str] = MappingProxyType({"pourcentage": "%", "dollars": "$"})
_KNOWN_SIGN = re.compile(r".*[%$€¢°].*|h|min|km|kg|ha|m²|Mo|Go")
# Titles of a column that do not say what it counts: its rows do.
_VAGUE = frozenset(
    {"", "nombre", "nombres", "total", "valeur", "valeurs", "quantite", "n", "combien"}
)
# What people count, by what it is: two of a kind can stand on one axis, two others cannot.
_COUNTED: Mapping[str, str] = MappingProxyType(
    {
        word: kind
        for kind, words in {
            "des personnes": "personnes stagiaires participants participantes femmes hommes jeunes "
            "eleves etudiants etudiantes conferenciers conferencieres chercheurs chercheuses "
            "benevoles employes employees travailleurs travailleuses abonnes visiteurs clients",
            "des organismes": "entreprises organismes employeurs organisations centres exposants "
            "partenaires ecoles etablissements",
            "des lieux": "regions villes pays municipalites bureaux",
            "du temps": "heures jours semaines mois annees minutes seances",
            "de l’argent": "dollars budget couts depenses revenus subventions salaires",
            "des textes": "articles pages publications rapports memoires avis",
        }.items()
        for word in words.split()
    }
)


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of the table: its line in the file, its cells as HTML."""

    line: int
    cells: tuple[str, ...]


class _RefusedError(Exception):
    """The chart cannot be drawn, which is noted."""


def read(raw: RawBlock, reader: BlockReader) -> DataFigure | None:
    """Resolve a chart; None when it cannot be drawn, which is noted at its line."""
    try:
        return _Reading(raw, reader).figure()
    except _RefusedError:
        return None


class _Reading:
    """The reading of one chart."""

    def __init__(self, raw: RawBlock, reader: BlockReader) -> None:
        self._raw = raw
        self._reader = reader

    def figure(self) -> DataFigure:
        form = self._form()
        head, *rows = self._rows()
        self._inspect_size(form, head, rows)
        columns = [self._column(rank, head, rows) for rank in range(1, len(head.cells))]
        stated = self._reader.option(self._raw, "unite")
        unit = self._one_unit(head, rows, columns, stated)
        sign = unit if is_sign(unit) else ""
        series = tuple(
            Series(
                _words(name),
                tuple(each.value for each in column),
                tuple(shown(each, sign) for each in column),
            )
            for name, column in zip(head.cells[1:], columns, strict=True)
        )
        chart = Chart(form, tuple(_words(row.cells[0]) for row in rows), series, sign)
        self._inspect_form(chart, rows)
        reader = self._reader
        resolved = [
            tuple(reader.caption(cell, row.line) for cell in row.cells) for row in (head, *rows)
        ]
        return DataFigure(
            chart=chart,
            title=reader.text(self._raw, "titre"),
            unit=reader.text(self._raw, "unite") or self._counted(head, unit),
            source=reader.text(self._raw, "source"),
            note=reader.text(self._raw, "note"),
            head=resolved[0],
            rows=tuple(resolved[1:]),
            data=tuple(tuple(each.plain for each in row) for row in zip(*columns, strict=True)),
            csv_url=f"{reader.item.url}graphique-{reader.rank(self._raw)}.csv",
        )

    def error(self, rule: str, line: int, problem: str, remedy: str) -> _RefusedError:
        """Note why the chart cannot be drawn; return what ends its reading."""
        self._reader.notes.error(rule, line, problem, remedy)
        return _RefusedError()

    def _form(self) -> Form:
        typed = slugify(self._raw.argument) or Form.BARS.value
        try:
            return Form(typed)
        except ValueError:
            raise self.error(
                "graphique-forme",
                self._raw.line,
                f"« {self._raw.argument} » n’est pas une forme de graphique "
                f"({', '.join(form.value for form in Form)})",
                did_you_mean(typed, [form.value for form in Form]),
            ) from None

    # --- the table --------------------------------------------------------------------------

    def _rows(self) -> list[_Row]:
        """Find the only table of the block, each row with its line."""
        html = "".join(part.html for part in self._raw.children if isinstance(part, Fragment))
        root = parse(html)
        tables = [child for child in root.elements if child.tag == "table"]
        beside = [
            c for c in root.children if (c.strip() if isinstance(c, str) else c not in tables)
        ]
        if len(tables) != 1 or beside:
            problem = "un graphique n’a qu’un tableau, sans autre texte"
            if not tables:
                problem = "il n’y a pas de tableau sous « graphique »"
            raise self.error("graphique-tableau", self._raw.line, problem, _TABLE)
        found = [tuple(_inner(cell) for cell in row.elements) for row in tables[0].find("tr")]
        typed = [*self._typed_lines(len(found) + 1)]
        lines = [typed[0], *typed[2:]] if len(typed) == len(found) + 1 else []
        wide = len(found[0]) if found else 0  # HTML typed in a cell may have taken some away
        return [
            _Row(lines[at] if lines else self._raw.line, (*cells, *[Markup()] * wide)[:wide])
            for at, cells in enumerate(found)
        ]

    def _typed_lines(self, count: int) -> Iterator[int]:
        """Yield the lines that a table takes, from its first one."""
        body, first = self._reader.source.body.split("\n"), self._reader.source.body_line
        options = {value.line for value in self._raw.options.values()}
        after = max((self._raw.line, *options))
        begun = 0
        for number in range(after + 1, first + len(body)):
            text = body[number - first]
            if begun or "|" in text:
                begun += 1
                yield number
            if begun == count:
                return

    def _inspect_size(self, form: Form, head: _Row, rows: Sequence[_Row]) -> None:
        series = len(head.cells) - 1
        if series < 1 or not rows:
            raise self.error(
                "graphique-tableau",
                head.line,
                "le tableau d’un graphique a des noms dans sa première colonne, des nombres dans "
                "les autres",
                _TABLE,
            )
        if len(rows) * series == 1:
            raise self.error(
                "graphique-une-valeur",
                rows[0].line,
                "un graphique d’une seule valeur ne compare rien",
                f"Écrivez plutôt :  /// chiffres  puis  - **{_words(rows[0].cells[1])}** "
                f"{_words(rows[0].cells[0])}  puis  ///",
            )
        if form is Form.LINES and len(rows) == 1:
            raise self.error(
                "graphique-une-valeur",
                rows[0].line,
                "une ligne joint au moins deux valeurs, et le tableau n’a qu’une rangée",
                "Mettez une rangée par année, ou écrivez :  /// graphique | barres",
            )
        if len(rows) > MOST_ROWS or series > MOST_SERIES:
            many = f"{len(rows)} rangées" if len(rows) > MOST_ROWS else f"{series} séries"
            most = MOST_ROWS if len(rows) > MOST_ROWS else MOST_SERIES
            raise self.error(
                "graphique-tableau",
                head.line,
                f"un graphique de {many} ne se lit pas (limite : {most})",
                "Gardez l’essentiel, ou laissez le tableau hors du bloc « graphique ».",
            )

        nameless = next((row for row in rows if not _words(row.cells[0])), None)
        titles = [_words(title) for title in head.cells[1:]]
        if nameless or (series > 1 and not all(titles)):
            what = "une rangée n’a pas de nom" if nameless else "une colonne n’a pas de titre"
            line = nameless.line if nameless else head.line
            remedy = "Écrivez dans sa première cellule ce que ses nombres comptent."
            raise self.error("graphique-tableau", line, what, remedy)

    def _column(self, rank: int, head: _Row, rows: Sequence[_Row]) -> list[Quantity]:
        """Read the numbers of a column."""
        numbers = list[Quantity]()
        for row in rows:
            words = _words(row.cells[rank]) if rank < len(row.cells) else ""
            number = quantity(words)
            if number is None:
                raise self.error("graphique-nombre", row.line, *_no_number(words, head, rank))
            numbers.append(number)
        return numbers

    # --- units ------------------------------------------------------------------------------

    def _one_unit(
        self,
        head: _Row,
        rows: Sequence[_Row],
        columns: Sequence[Sequence[Quantity]],
        stated: str | None,
    ) -> str:
        """Return the unit of all the numbers, or refuse two of them on one axis."""
        seen: dict[str, tuple[int, str]] = {}  # how a unit is compared, its line, its words
        for rank, column in enumerate(columns, 1):
            named = _unit_in(_words(head.cells[rank]))
            for row, number in zip(rows, column, strict=True):
                unit = number.unit or named or _unit_in(_words(row.cells[0]))
                if unit or number.value:  # nothing is nothing in any unit
                    seen.setdefault(_alike(unit), (row.line, unit))
        if len(seen) > 1:
            (_, first), (line, second) = [*seen.values()][:2]
            if first and second:
                problem = f"« {first} » et « {second} » n’ont pas le même axe"
                remedy = "Faites un graphique par unité : deux blocs, l’un sous l’autre."
            else:
                line = next(at for at, unit in seen.values() if not unit)
                problem = f"un nombre n’a pas d’unité, et un autre a « {first or second} »"
                remedy = f"Écrivez l’unité à chaque nombre :  12 {first or second}"
            raise self.error("graphique-unites", line, problem, remedy)
        unit = next((unit for _, unit in seen.values()), "")
        if not unit and not stated:
            self._inspect_counted(head, rows)
        return unit or (stated.strip() if stated and is_sign(stated.strip()) else "")

    def _inspect_counted(self, head: _Row, rows: Sequence[_Row]) -> None:
        """Refuse what counts things of two kinds, by the names of the columns or of the rows."""
        named = [(head.line, _words(cell)) for cell in head.cells[1:]]
        groups = [named]
        if slugify(named[0][1]) in _VAGUE:
            groups.append([(row.line, _words(row.cells[0])) for row in rows])
        for named in groups:
            kinds: dict[str, tuple[int, str]] = {}
            for line, words in named:
                if kind := _COUNTED.get(slugify(words.split(" ")[0])):
                    kinds.setdefault(kind, (line, words))
            if len(kinds) > 1:
                (kind, (_, words)), (other, (line, others)) = [*kinds.items()][:2]
                raise self.error(
                    "graphique-unites",
                    line,
                    f"« {words} » ({kind}) et « {others} » ({other}) ne se comptent pas dans la "
                    "même unité : un seul axe les comparerait à tort",
                    "Faites un graphique par unité, ou un bloc « chiffres ». Si tout se compte "
                    "dans une unité, dites-la :      unite: personnes",
                )

    def _counted(self, head: _Row, unit: str) -> Text | None:
        """Say what is counted, where no option does: the unit of each number, or the column."""
        if unit and not is_sign(unit):
            return Text.of(unit)
        title = _words(head.cells[1])
        alone = len(head.cells) == 2 and slugify(title) not in _VAGUE  # noqa: PLR2004 - names, numbers
        return Text.of(title) if alone else None

    # --- forms ------------------------------------------------------------------------------

    def _inspect_form(self, chart: Chart, rows: Sequence[_Row]) -> None:
        if chart.form is Form.PARTS:
            self._inspect_parts(chart, rows)
        steps = years(chart.labels) if chart.form is Form.LINES else None
        for rank in range(1, len(steps or ())):
            if steps and steps[rank] <= steps[rank - 1]:
                raise self.error(
                    "graphique-ordre",
                    rows[rank].line,
                    f"{steps[rank]} vient après {steps[rank - 1]}",
                    "Mettez les rangées dans l’ordre des années, une par année.",
                )

    def _inspect_parts(self, chart: Chart, rows: Sequence[_Row]) -> None:
        line = rows[0].line
        values = chart.series[0].values
        if len(chart.series) > 1:
            problem = (
                f"les parts d’un tout tiennent en une colonne, et il y en a {len(chart.series)}"
            )
            remedy = "Gardez une colonne, ou écrivez :  /// graphique | barres"
        elif any(value < 0 for value in values):
            line = next(row.line for row, value in zip(rows, values, strict=True) if value < 0)
            problem = "une part n’est pas négative"
            remedy = "Corrigez ce nombre, ou écrivez :  /// graphique | barres"
        elif len(rows) > MOST_PARTS:
            line = rows[MOST_PARTS].line
            problem = f"plus de {MOST_PARTS} parts ne se distinguent plus (il y en a {len(rows)})"
            remedy = (
                "Réunissez les plus petites sous « Autres », ou écrivez :  /// graphique | barres"
            )
        elif not sum(values):
            problem, remedy = (
                "toutes les parts sont à zéro",
                "Corrigez les nombres, ou ôtez le bloc.",
            )
        elif chart.sign == "%" and abs(sum(values) - _WHOLE) > max(1.0, len(values) / 2):
            total = f"{sum(values):.1f}".removesuffix(".0").replace(".", ",")
            problem = f"les parts font {total}{NBSP}%, et non 100{NBSP}%"
            remedy = "Ajoutez ce qui manque (« Autres »), ou écrivez :  /// graphique | barres"
        else:
            return
        raise self.error("graphique-parts", line, problem, remedy)


def _no_number(words: str, head: _Row, rank: int) -> tuple[str, str]:
    """Say why a cell is no number, and what to write."""
    where = f"colonne « {_words(head.cells[rank])} »"
    if not words:
        return (
            f"une cellule est vide ({where})",
            "Écrivez 0 si c’est zéro; sinon, ôtez la rangée et dites-le :      note: …",
        )
    if re.fullmatch(r"[-−]?\d{1,3}(?:[.,]\d{3})+(?:[.,]\d+)?.*", words):
        return (
            f"« {words} » se lit de deux façons ({where})",
            "Séparez les milliers d’une espace, et les décimales d’une virgule :  1 234,5",
        )
    digits = re.search(r"\d[\d\s]*(?:,\d+)?(?:\s?[%$])?", words)
    example = digits[0].strip() if digits else "12"
    return (
        f"« {words} » n’est pas un nombre ({where})",
        f"N’y mettez que le nombre, dites le reste dans « note » :  {example}",
    )


def _unit_in(words: str) -> str:
    """Return the unit that a title gives, if it gives one: « Budget ($) », « Part en % »."""
    found = _IN_UNIT.search(words)
    typed = (found[1] or found[2]).strip() if found else ""
    unit = _UNITS.get(typed.removeprefix("en "), typed.removeprefix("en "))
    told = typed.startswith("en ") or _KNOWN_SIGN.fullmatch(unit) or slugify(unit) in _COUNTED
    return unit if told else ""


def _alike(unit: str) -> str:
    """Return what two forms of a unit have in common: « stagiaire », « stagiaires »."""
    return slugify(unit).rstrip("s") or unit


def _words(html: str) -> str:
    return html_text(_NOTE_CALL.sub("", html))


def _inner(cell: Element) -> Markup:
    return Markup("".join(map(serialise, cell.children)))  # noqa: S704 - sanitised when read


def csv(figure: DataFigure) -> bytes:
    """Return the table of a chart as a spreadsheet in French opens it.

    Source: RFC 4180, with the semicolon and the comma of decimals of French spreadsheets; the mark
    of UTF-8, without which Excel would break the accents.
    """
    file = io.StringIO()
    writer = csv_writer(file, delimiter=";", lineterminator="\r\n")
    writer.writerow([safe_cell(html_text(cell)) for cell in figure.head])
    for row, numbers in zip(figure.rows, figure.data, strict=True):
        writer.writerow([safe_cell(html_text(row[0])), *numbers])
    return file.getvalue().encode("utf-8-sig")


def safe_cell(words: str) -> str:
    """Keep a spreadsheet from reading a name as a formula."""
    return f"'{words}" if words[:1] in set("=+-@\t") else words
