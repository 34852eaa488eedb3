"""The drawing of a block « graphique », where it is shown: a page, a book, a mail."""

from __future__ import annotations

import re

from markupsafe import Markup

from axtra.content.model import DataFigure
from axtra.design import charts, fonts
from axtra.design.charts import Inks
from axtra.design.tokens import Tokens

_IN_MAIL, _PAPER = 400, 12  # px
_NARROW = re.compile(r'<svg class="trace etroit".*?</svg>', re.DOTALL)


def on_page(figure: DataFigure) -> Markup:
    """Return the drawing of a column of text, then that of a telephone; a sheet shows one."""
    wide, narrow = (
        charts.draw(figure.chart, figure.alternative, width=width)
        for width in (charts.WIDE, charts.NARROW)
    )
    return Markup(wide + narrow)  # noqa: S704 - the drawing escapes


def without_sheet(html: str) -> str:
    """Leave out of a page the drawings for telephones: where there is no sheet, both would show."""
    return _NARROW.sub("", html)


def in_book(figure: DataFigure, *, tokens: Tokens, in_column: bool) -> Markup:
    """Return the drawing of a book, whose colours are in each mark."""
    inks, words = _inks(tokens, "AXE Sans"), figure.alternative
    width = charts.NARROW if in_column else charts.WIDE
    return Markup(charts.draw(figure.chart, words, width=width, inks=inks))  # noqa: S704 - as above


def in_mail(figure: DataFigure, tokens: Tokens) -> str:
    """Return the drawing of which a mail shows a picture, as wide as its column.

    It is that of a telephone, a little wider: its letters are still read where the column is
    narrow. Paper surrounds it, since a mail in the dark keeps the paper of its pictures.
    """
    inks = _inks(tokens, fonts.SANS)
    words = figure.alternative
    return charts.draw(figure.chart, words, width=_IN_MAIL, inks=inks, margin=_PAPER)


def _inks(tokens: Tokens, family: str) -> Inks:
    colours = tokens.colours["clair"]
    return Inks(
        bright=colours["accent"],
        soft=colours["texte-doux"],
        text=colours["texte"],
        grid=colours["filet"],
        paper=colours["papier"],
        family=family,
    )
