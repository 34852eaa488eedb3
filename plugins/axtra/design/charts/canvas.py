"""The SVG of a chart, mark by mark.

On a page, classes give marks their colours: a page has no inline style. A book and a picture have
theirs written in each mark. Without any style (in a feed reader), marks have the colour of the
text.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape

from axtra.design import text_widths
from axtra.design.charts.figures import Series

Point = tuple[float, float]

SIZE, SMALL = 15, 13  # px of the letters
LEADING = 19  # px between two lines of a label
_DASHES = ("", "7 5", "", "2 5")
_CURRENT = "currentColor"


@dataclass(frozen=True, slots=True)
class Inks:
    """The colours of a chart, as #RRGGBB, and the family of its letters.

    `bright` is that of the first two series, `soft` that of the others and of what is said beside,
    `grid` that of its lines, `paper` that of what is hollow.
    """

    bright: str
    soft: str
    text: str
    grid: str
    paper: str
    family: str


@dataclass(slots=True)
class Canvas:
    """A drawing `width` px wide; its height is known once all is drawn."""

    width: float
    inks: Inks | None = None
    height: float = 0.0
    _marks: list[str] = field(default_factory=list)

    def text(
        self,
        at: Point,
        words: str,
        *,
        size: int = SIZE,
        bold: bool = False,
        anchor: str = "",
        soft: bool = False,
    ) -> None:
        """Write a line; `anchor` is middle or end."""
        ink = self._paint("fill", "doux" if soft else "", soft=soft)
        more = f' font-size="{size}"' if size != SIZE else ""
        more += ' font-weight="600"' if bold else ""
        more += f' text-anchor="{anchor}"' if anchor else ""
        self._add(
            f'<text x="{n(at[0])}" y="{n(at[1])}"{more}{ink}>{escape(words, quote=False)}</text>'
        )

    def lines(self, at: Point, lines: Iterable[str], *, anchor: str = "") -> None:
        """Write the lines of a label, the first at a point."""
        for rank, words in enumerate(lines):
            self.text((at[0], at[1] + rank * LEADING), words, anchor=anchor)

    def rule(self, start: Point, end: Point, *, strong: bool = False) -> None:
        """Draw a line of the grid, or the strong one of zero."""
        name, ink = ("zero", "text") if strong else ("filet", "grid")
        colour = getattr(self.inks, ink) if self.inks else _CURRENT
        self._add(
            f'<path d="M{n(start[0])} {n(start[1])}L{n(end[0])} {n(end[1])}"'
            f' stroke="{colour}"{self._named(name)}/>'
        )

    def under(self, start: Point, end: Point) -> None:
        """Draw a line of the grid below the marks that are drawn already."""
        self.rule(start, end)
        self._marks.insert(0, self._marks.pop())

    def bar(self, corner: Point, size: Point, rank: int) -> None:
        """Draw a bar of the series of a rank."""
        x, y, wide, high = *corner, *size
        if not wide:
            return
        if rank % 2:  # hollow: the stroke stays inside
            x, y, wide, high = x + 1, y + 1, max(0.0, wide - 2), high - 2
        self._add(f'<path d="M{n(x)} {n(y)}h{n(wide)}v{n(high)}h{n(-wide)}z"{self._series(rank)}/>')

    def track(self, corner: Point, size: Point) -> None:
        """Draw the outline of a whole, of which a bar is a part."""
        (x, y), (wide, high) = corner, size
        colour = self.inks.grid if self.inks else _CURRENT
        self._add(
            f'<path d="M{n(x + 0.5)} {n(y + 0.5)}h{n(wide - 1)}v{n(high - 1)}h{n(1 - wide)}z"'
            f' fill="none" stroke="{colour}"{self._named("piste")}/>'
        )

    def dot(self, at: Point, rank: int) -> None:
        """Draw a point of the series of a rank."""
        self._add(f'<circle cx="{n(at[0])}" cy="{n(at[1])}" r="5"{self._series(rank)}/>')

    def curve(self, points: Iterable[Point], rank: int) -> None:
        """Draw the line of the series of a rank."""
        path = "L".join(f"{n(x)} {n(y)}" for x, y in points)
        dash = f' stroke-dasharray="{_DASHES[rank]}"' if _DASHES[rank] else ""
        colour = self._colour(rank)
        name = self._named("trait" if rank < 2 else "trait doux")  # noqa: PLR2004 - two of each
        self._add(
            f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2.5"'
            f' stroke-linejoin="round"{dash}{name}/>'
        )

    def legend(self, series: tuple[Series, ...], y: float) -> float:
        """Name several series with their marks, from a height; return where the rest begins."""
        if len(series) == 1:
            return y
        x = 0.0
        for rank, each in enumerate(series):
            wide = 24 + text_widths.width(each.name, SIZE) + 24
            if x and x + wide > self.width:
                x, y = 0.0, y + LEADING + 4
            self.bar((x, y + 2), (14, 14), rank)
            lines = text_widths.broken(each.name, SIZE, self.width - 24)
            self.lines((x + 22, y + 14), lines)
            y += (len(lines) - 1) * LEADING
            x += wide
        return y + LEADING + 14

    def svg(self, name: str, words: str, margin: float = 0.0) -> str:
        """Return the drawing.

        Args:
            name: its class.
            words: what it says to who does not see it.
            margin: px of paper around it.
        """
        wide, high = n(self.width + 2 * margin), n(self.height + 2 * margin)
        corner = n(-margin)
        start = (
            f'<svg class="{name}" xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{high}"'
            f' viewBox="{corner} {corner} {wide} {high}" role="img" font-size="{SIZE}"'
        )
        marks = "".join(self._marks)
        if self.inks is None:  # a browser would show a title above what is pointed at
            return f'{start} aria-label="{escape(words)}" fill="{_CURRENT}">{marks}</svg>'
        more = f' font-family="{self.inks.family}" fill="{self.inks.text}"'
        return f"{start}{more}><title>{escape(words, quote=False)}</title>{marks}</svg>"

    # --- paint ------------------------------------------------------------------------------

    def _add(self, mark: str) -> None:
        self._marks.append(mark)

    def _named(self, name: str) -> str:
        return "" if self.inks else f' class="{name}"'

    def _paint(self, attribute: str, name: str, *, soft: bool) -> str:
        if self.inks is None:
            return self._named(name) if name else ""
        return f' {attribute}="{self.inks.soft}"' if soft else ""

    def _colour(self, rank: int) -> str:
        if self.inks is None:
            return _CURRENT
        return self.inks.bright if rank < 2 else self.inks.soft  # noqa: PLR2004 - two of each

    def _series(self, rank: int) -> str:
        """Return how the marks of a series are filled: full, hollow, then the same in soft."""
        soft = " doux" if rank > 1 else ""
        if rank % 2:
            paper = self.inks.paper if self.inks else "none"
            colour = self._colour(rank)
            return (
                f' fill="{paper}" stroke="{colour}" stroke-width="2"{self._named(f"creux{soft}")}'
            )
        if self.inks:
            return f' fill="{self._colour(rank)}"'
        return self._named(f"plein{soft}")


def n(value: float) -> str:
    """Write a coordinate, to a tenth of a px."""
    return f"{round(value, 1) + 0.0:.1f}".removesuffix(".0")
