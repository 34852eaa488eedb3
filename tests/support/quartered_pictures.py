"""A site whose photographs are grey but for a red quarter, which a crop must keep."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image as Bitmap

from support.small_sites import FULL, Project, article, built_once, make_project, numero, text

RED, GREY = (220, 20, 20), (120, 120, 120)


def quartered(size: tuple[int, int], corner: tuple[int, int]) -> Bitmap.Image:
    """Paint red a quarter of a picture, across its longer side; the rest is grey."""
    wide, high = size
    share = (wide // 4, high) if wide > high else (wide, high // 4)
    whole = Bitmap.new("RGB", size, GREY)
    whole.paste(RED, (*corner, corner[0] + share[0], corner[1] + share[1]))
    return whole


def redness(image: Bitmap.Image) -> float:
    """Return the share of a picture that is red, from 0 to 1."""
    small = image.convert("RGB").resize((60, 60), Bitmap.Resampling.NEAREST)
    colours = small.getcolors(3600) or []
    reds = [n for n, (red, green, _) in colours if red > 180 and green < 70]  # type: ignore[misc]
    return sum(reds) / 3600


def output(factory: pytest.TempPathFactory) -> Path:
    """Build once the site whose texts keep the right of the picture, and return its output."""
    return built_once(factory, "cadrage", lambda home: _make(home).build())


def _make(root: Path) -> Project:
    keys = {"alt": "Une affiche rouge", "cadrage": "droite"}
    picture = "images/rouge.png"
    files = {
        **FULL,
        "content/auteurs/une-personne.md": text(nom="Une personne", photo=picture, **keys),
        "content/magazine/2020-05/numero.md": numero(couverture=picture, **keys),
        "content/magazine/2020-05/premier.md": article("Un article", image=picture, **keys),
    }
    project = make_project(root, files)
    (root / "content/images").mkdir()
    quartered((1600, 400), (1200, 0)).save(root / "content" / picture)
    return project
