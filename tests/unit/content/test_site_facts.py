"""What the site says of itself, or what is missing of it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from axtra.content import site_facts
from support.small_sites import FACTS, SITE, TYPES


def _read(folder: Path, **changed: str) -> tuple[object, ...]:
    for name, text in FACTS.items():
        short = Path(name).name
        (folder / short).write_text(changed.get(short.partition(".")[0], text), "utf-8")
    return site_facts.read(folder, "content")


def _rules(folder: Path, **changed: str) -> list[tuple[str, int | None, str]]:
    found = _read(folder, **changed)[3]
    assert isinstance(found, list)
    return [(problem.file, problem.line, problem.rule) for problem in found]


def test_sound_files_have_no_problem(tmp_path: Path) -> None:
    facts, rubriques, types, found = site_facts.read(_sound(tmp_path), "content")
    assert found == []
    assert (facts.name, facts.email, facts.service) == ("Essai", "essai@essai.example", "")
    assert [(rubrique.slug, rubrique.colour) for rubrique in rubriques] == [
        ("regards", "tendances")
    ]
    assert [(kind.slug, kind.first, kind.every) for kind in types] == [("mensuelle", None, None)]


def _sound(folder: Path) -> Path:
    _read(folder)
    return folder


@pytest.mark.parametrize("name", ["site.toml", "rubriques.toml", "infolettres.toml"])
def test_an_absent_file_is_reported_without_what_it_would_say(tmp_path: Path, name: str) -> None:
    (_sound(tmp_path) / name).unlink()
    found = site_facts.read(tmp_path, "content")[3]
    assert [(problem.file, problem.rule) for problem in found] == [
        (f"content/{name}", "fichier-absent")
    ]


@pytest.mark.parametrize(
    ("site", "line", "rule"),
    [
        (SITE.replace('devise = "Pour voir"\n', ""), None, "fait-manquant"),
        (SITE.replace("Pour voir", "  "), 4, "fait-manquant"),
        (SITE.replace("devise", "devices"), 4, "cle-inconnue"),
        (f'{SITE}service = "http://essai.example"\n', 11, "lien-non-securise"),
        (f'{SITE}[[menu]]\nlibelle = "Nous"\n', 11, "fait-manquant"),
        *(
            (f"{SITE}{key} = {value}\n", 11, "valeur-invalide")
            for key in ("menu", "pied", "reseaux", "demonstration")
            for value in ("3", '"nom"', "{ a = 1 }")
        ),
    ],
)
def test_a_mistake_in_the_facts_is_reported_on_its_line(
    tmp_path: Path, site: str, line: int | None, rule: str
) -> None:
    assert ("content/site.toml", line, rule) in _rules(tmp_path, site=site)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("https://abonnement.essai.example/", "https://abonnement.essai.example"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
    ],
)
def test_the_address_of_the_door_is_kept_without_its_last_slash(
    tmp_path: Path, typed: str, kept: str
) -> None:
    _read(tmp_path, site=f'{SITE}service = "{typed}"\n')
    facts, *_, found = site_facts.read(tmp_path, "content")
    assert (facts.service, found) == (kept, [])


@pytest.mark.parametrize(
    "rhythm",
    ["premiere = 2019-01-02", "jours = 14", 'premiere = "2019-01-02"\njours = 14',
     "premiere = 2019-01-02\njours = 0"],
)  # fmt: skip
def test_half_a_rhythm_is_reported(tmp_path: Path, rhythm: str) -> None:
    assert len(_rules(tmp_path, infolettres=f"{TYPES}{rhythm}\n")) == 1


def test_a_rhythm_says_the_first_day_and_the_days_between(tmp_path: Path) -> None:
    _read(tmp_path, infolettres=f"{TYPES}premiere = 2019-01-02\njours = 14\n")
    [kind] = site_facts.read(tmp_path, "content")[2]
    assert (kind.first, kind.every) == (date(2019, 1, 2), 14)
