"""A passage in English is told from a French one that quotes some."""

from __future__ import annotations

import pytest

from infolettre.text.languages import is_english


@pytest.mark.parametrize(
    "text",
    [
        "Please join us for the launch of our new report.",
        "The labour market is changing, and so are we.",
        "You will find all the details on their website.",
        "What the data tell us about young people and their jobs",
    ],
)
def test_english_is_recognised(text: str) -> None:
    assert is_english(text)


@pytest.mark.parametrize(
    "text",
    [
        "Le rapport « The Future of Work is in your hands » est paru en mars.",
        "On lira avec profit A guest article, en anglais.",
        "Le webinaire a pour titre What is to be done with this?, et il est offert en français.",
        "Best practices",
        "Josée Jamieson, Ana Roy, Will Smith et Will Young",
        "Un bon mot à la fin : « To be or not to be », dit-il à qui veut l’entendre.",
        "12 h 30, salle 4, Montréal",
    ],
)
def test_french_that_quotes_english_is_french(text: str) -> None:
    assert not is_english(text)
