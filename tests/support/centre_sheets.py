"""Sheets of centres for tests, and the geography of the repository."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from axtra.content.model import REGIONS
from support.small_sites import ROOT, text

NAMES = {region.number: region.name.plain for region in REGIONS.values()}
SPECIALITIES = (
    "orientation", "recherche d’emploi", "maintien en emploi", "stages rémunérés", "formation",
    "reconnaissance des acquis", "entrepreneuriat", "mentorat", "francisation", "transition",
)  # fmt: skip
PUBLICS = (
    "jeunes", "personnes immigrantes", "45 ans et plus", "personnes handicapées", "femmes",
)  # fmt: skip
HOURS = '["lundi au jeudi : 8 h 30 à 16 h 30", "vendredi : 9 h à 12 h"]'


def centre(nom: str, region: str = "Mauricie", **keys: str) -> str:
    """Return the sheet of a centre; an underscore in the name of a key stands for a hyphen."""
    return text(nom=nom, region=region, **keys)


@cache
def territory() -> Mapping[str, str]:
    """Return the files of `content/territoire/`."""
    folder = ROOT / "content/territoire"
    return {
        f"content/territoire/{path.name}": path.read_text("utf-8")
        for path in sorted(folder.iterdir())
    }


@cache
def towns() -> list[tuple[str, str, float, float]]:
    """Return the towns of the repository: name, number of the region, latitude, longitude."""
    given = json.loads(Path(ROOT / "content/territoire/lieux.json").read_text("utf-8"))
    return [
        (name, region, latitude, longitude) for name, region, latitude, longitude in given["lieux"]
    ]


def many(number: int, seed: int = 2019) -> dict[str, str]:
    """Return so many sheets, spread over the towns as people are over the regions."""
    chance = random.Random(seed)  # noqa: S311 - not a secret
    sheets = {}
    for rank in range(number):
        town, region, latitude, longitude = chance.choice(towns())
        sheets[f"content/centres/centre-d-emploi-{rank:04}.md"] = centre(
            f"Centre d’emploi numéro {rank}",
            NAMES[region],
            adresse=f"{chance.randrange(1, 9999)}, rue de l’Essai",
            ville=town,
            coordonnees=f"{latitude + chance.uniform(-0.05, 0.05):.5f}, "
            f"{longitude + chance.uniform(-0.05, 0.05):.5f}",
            specialites=f"[{', '.join(chance.sample(SPECIALITIES, 3))}]",
            publics=f"[{', '.join(chance.sample(PUBLICS, 2))}]",
            langues="[français, anglais]",
            heures=HOURS,
            telephone=f"514 555-0{chance.randrange(100, 199)}",
            courriel=f"centre{rank}@essai.example",
            site=f"https://centre{rank}.essai.example/",
            verifie="2020-01-15",
        )
    return sheets
