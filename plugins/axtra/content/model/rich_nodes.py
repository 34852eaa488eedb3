"""The nodes that show more than prose and cards: charts, galleries, references."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from types import MappingProxyType

from markupsafe import Markup

from axtra.content.model.nodes import HREF, NBSP, Body, Figure, Node, html_of
from axtra.content.model.values import Text
from axtra.design.charts import Chart, Form

_FORMS: Mapping[Form, str] = MappingProxyType(
    {
        Form.BARS: "Diagramme à barres",
        Form.LINES: "Courbe",
        Form.PARTS: "Parts d’un tout",
        Form.POINTS: "Diagramme à points",
    }
)
_LONGEST_ALT = 200  # characters; a rule of mails


@dataclass(frozen=True, slots=True)
class DataFigure(Node):
    """The numbers of a table, drawn.

    Shape: `head` has the titles of the columns; `rows` the cells of each row, as HTML; `data` the
    numbers of each row as a spreadsheet reads them. `csv_url` starts at the root of the site.
    """

    chart: Chart
    title: Text | None
    unit: Text | None
    source: Text | None
    note: Text | None
    head: tuple[Markup, ...]
    rows: tuple[tuple[Markup, ...], ...]
    data: tuple[tuple[str, ...], ...]
    csv_url: str
    name: str = "graphique"

    @property
    def words(self) -> tuple[str, ...]:
        """Return the title, the unit, each row, then the source and the note."""
        rows = (", ".join(row) for row in (self.head, *self.rows))
        after = (*html_of(self.source), *html_of(self.note))
        return (*html_of(self.title), *html_of(self.unit), *rows, *after)

    @property
    def links(self) -> tuple[str, ...]:
        """Return the addresses to which the cells lead."""
        cells = "".join(cell for row in (self.head, *self.rows) for cell in row)
        return tuple(unescape(href).partition("#")[0] for href in HREF.findall(cells))

    @property
    def lossy(self) -> bool:
        """Tell whether some numbers are not written on the drawing."""
        return not self.chart.tells_all

    @property
    def table(self) -> Markup:
        """Return the table, whose first column names the rows."""
        names, *titles = self.head
        head = Markup("").join(
            Markup('<th scope="col" class="droite">{}</th>').format(title) for title in titles
        )
        rows = Markup("").join(
            Markup('<tr><th scope="row">{}</th>{}</tr>').format(
                row[0],
                Markup("").join(
                    Markup('<td class="droite">{}</td>').format(cell) for cell in row[1:]
                ),
            )
            for row in self.rows
        )
        return Markup(
            '<table><thead><tr><th scope="col">{}</th>{}</tr></thead><tbody>{}</tbody></table>'
        ).format(names, head, rows)

    @property
    def alternative(self) -> str:
        """Say what the drawing shows: every number, or the ends where they are too many."""
        whole = self._whole
        return whole if len(whole) <= _LONGEST_ALT else f"{self._kind}{self._ends()}."

    @property
    def says_all(self) -> bool:
        """Tell whether the alternative says every number."""
        return len(self._whole) <= _LONGEST_ALT

    @property
    def _kind(self) -> str:
        about = self.unit or self.title
        return f"{_FORMS[self.chart.form]}. {f'{about.plain[:80]}{NBSP}: ' if about else ''}"

    @property
    def _whole(self) -> str:
        return f"{self._kind}{'; '.join(self._told())}."

    def _told(self) -> Iterator[str]:
        several = len(self.chart.series) > 1
        for rank, label in enumerate(self.chart.labels):
            numbers = ", ".join(
                f"{each.name}{NBSP}: {each.shown[rank]}" if several else each.shown[rank]
                for each in self.chart.series
            )
            yield f"{label}, {numbers}"

    def _ends(self) -> str:
        """Return the least and the most of all the numbers, with their names."""
        numbers = [
            (value, each.shown[rank], label)
            for each in self.chart.series
            for rank, (value, label) in enumerate(zip(each.values, self.chart.labels, strict=True))
        ]
        (_, least, low), (_, most, high) = min(numbers), max(numbers)
        return f"{len(numbers)} nombres, de {least} ({low[:40]}) à {most} ({high[:40]})"


@dataclass(frozen=True, slots=True)
class Gallery(Node):
    """Several images shown together."""

    title: Text | None
    figures: tuple[Figure, ...]
    name: str = "galerie"

    @property
    def inner(self) -> Body:
        """Return its images."""
        return self.figures

    @property
    def words(self) -> tuple[str, ...]:
        """Return the title."""
        return html_of(self.title)


@dataclass(frozen=True, slots=True)
class References(Node):
    """A bibliography, each entry as HTML; `file` is the address of what it was made from."""

    title: Text | None
    entries: tuple[Markup, ...]
    file: str | None
    name: str = "references"

    @property
    def links(self) -> tuple[str, ...]:
        """Return the addresses to which the entries lead."""
        return tuple(unescape(href) for href in HREF.findall(" ".join(self.entries)))

    @property
    def words(self) -> tuple[str, ...]:
        """Return the title, then each entry."""
        return (*html_of(self.title), *self.entries)
