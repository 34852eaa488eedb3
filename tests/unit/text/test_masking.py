"""What is not prose becomes a placeholder, and comes back as it was."""

from __future__ import annotations

import pytest

from infolettre.text.typography.masking import VERBATIM, VERBATIM_HINT, MaskedText
from infolettre.text.typography.vocabulary import TAG, WORD


@pytest.mark.parametrize(
    "held",
    [
        "https://axtra.ca/a?b=c", "www.axtra.ca", "a.b@axtra.ca", "axtra.ca/page", "{{ nom }}",
        "{% if a %}", ["{filename}/a", "b.md"][0], "C:\\Dossier\\a.txt", "&eacute;", ":smile:",
        ":-)", "mailto:a@b.ca",
    ],
)  # fmt: skip
def test_an_address_or_the_like_is_held(held: str) -> None:
    text = f"Voir {held} ici"
    assert VERBATIM_HINT.search(text)
    masked = MaskedText()
    masked.write(text, str)
    assert masked.text() == f"Voir {WORD} ici"
    assert masked.restore(masked.text()) == text


@pytest.mark.parametrize("prose", ["L’emploi : un enjeu.", "Fin. Début", "9 h 30", "M. Roy (a)"])
def test_prose_is_left_to_the_rules(prose: str) -> None:
    masked = MaskedText()
    masked.write(prose, str)
    assert masked.text() == prose


def test_final_marks_are_not_part_of_an_address() -> None:
    assert VERBATIM.findall("Voir https://axtra.ca/a, puis axtra.ca.") == [
        "https://axtra.ca/a",
        "axtra.ca",
    ]


def test_contents_come_back_in_order_escaped_and_formed() -> None:
    masked = MaskedText()
    masked.hold(TAG, "<b>")
    masked.write("a www.b.ca?c&d", lambda text: text.replace("&", "&amp;"))
    masked.hold(TAG, "</b>")
    assert masked.restore(masked.text()) == "<b>a www.b.ca?c&amp;d</b>"
    assert masked.restore(masked.text(), str.upper) == "<B>a WWW.B.CA?C&AMP;D</B>"
