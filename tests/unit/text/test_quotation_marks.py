"""Quotation marks are paired before they are replaced."""

from __future__ import annotations

import pytest

from infolettre.text.typography.quotation_marks import curl, quote
from infolettre.text.typography.vocabulary import LIMIT, TAG


@pytest.mark.parametrize(
    ("typed", "quoted"),
    [
        ('Un "mot" ici', "Un «mot» ici"),
        ('"Tout"', "«Tout»"),
        (f'Un {TAG}"mot"{TAG} ici', f"Un {TAG}«mot»{TAG} ici"),
        ('«Il dit "non"»', "«Il dit “non”»"),
        ('"Il dit "non" ici"', "«Il dit “non” ici»"),
        ('Un écran de 27" est large', 'Un écran de 27" est large'),
        ('Une "ouverture seule', 'Une "ouverture seule'),
        (f'Une "fin{LIMIT}autre" ici', f'Une "fin{LIMIT}autre" ici'),
        ("Un “mot” ici", "Un «mot» ici"),
        ("Un ‘mot’ ici", "Un «mot» ici"),
        ("Un 'mot' ici", "Un «mot» ici"),
        ("Un 'mot’ ici", "Un «mot» ici"),
        ("«Il dit “le ‘non’ franc”»", "«Il dit “le ‘non’ franc”»"),
        ("\"Il dit “le 'non' franc”\"", "«Il dit “le ‘non’ franc”»"),
        ("'L'été des gens' ici", "«L'été des gens» ici"),
        ("Une “ouverture seule", "Une “ouverture seule"),
        ("Un „mot“ ici", "Un „mot“ ici"),
        ('Voir "/page/" ici', "Voir «/page/» ici"),
        ("L'été des gens' à 5' du lac", "L'été des gens' à 5' du lac"),
        ("rien", "rien"),
    ],
)
def test_pairs_are_quoted_and_others_left(typed: str, quoted: str) -> None:
    assert quote(typed) == quoted


@pytest.mark.parametrize(
    ("typed", "curled"),
    [
        ("l'emploi", "l’emploi"),
        ("aujourd'hui", "aujourd’hui"),
        ("les années '90", "les années ’90"),
        ("5' de haut", "5' de haut"),
        ("une 'ouverture seule", "une 'ouverture seule"),
        ("rock 'n' roll de 'Ti-Jean et 'Tite-Rose", "rock ’n’ roll de ’Ti-Jean et ’Tite-Rose"),
        (f"l'{TAG}emploi", f"l’{TAG}emploi"),
        ("rien", "rien"),
    ],
)
def test_elisions_are_curled_and_other_marks_left(typed: str, curled: str) -> None:
    assert curl(typed) == curled
