"""The derived geography of `content/territoire/`, written by `make carte`.

Towns and postal areas with their points, and the schematic map: files of the content, like any
other, so that a build reads no package of data.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from axtra.content.frontmatter import slugify
from axtra.content.model import REGIONS, MapShape, Point, Region, Territory, Town
from axtra.core import regular_files
from axtra.core.diagnostics import Diagnostic, Notes

FOLDER = "territoire"
TOWNS, AREAS, MAP = f"{FOLDER}/lieux.json", f"{FOLDER}/zones-postales.json", f"{FOLDER}/regions.svg"
FILES = frozenset({TOWNS, AREAS, MAP})

_BY_NUMBER: Mapping[str, Region] = MappingProxyType(
    {region.number: region for region in REGIONS.values()}
)
_BOX = re.compile(r'<svg [^>]*viewBox="([\d .-]+)"')
_SHAPE = re.compile(r'<path (?:class="(encart)" )?id="r(\d\d)(?:-encart)?" d="([^"<>]+)"/>')
_FRAME = re.compile(r'<path class="cadre" d="([^"<>]+)"/>')


def read(content: Path, folder: str) -> tuple[Territory, list[Diagnostic]]:
    """Read what there is of it, and every problem; a site may have none.

    Args:
        content: the content folder.
        folder: its name in messages, relative to the project's root.
    """
    found: list[Diagnostic] = []
    parts: dict[str, Any] = {}
    for name, parse in ((TOWNS, _towns), (AREAS, _areas), (MAP, _map)):
        notes = Notes(f"{folder}/{name}")
        try:
            parts |= parse(regular_files.read(content / name).decode())
        except FileNotFoundError:
            continue
        except (regular_files.IrregularError, ValueError, LookupError, TypeError):
            notes.error(
                "territoire-illisible",
                None,
                "ce fichier n’est pas ce que « make carte » écrit",
                "Reprenez-le de l’historique, ou écrivez-le de nouveau :  make carte",
            )
        found += notes.found
    return Territory(**parts), found


def _towns(text: str) -> dict[str, Any]:
    given = json.loads(text)
    return {
        "towns": tuple(
            Town(slugify(name), name, _BY_NUMBER[number], Point(latitude, longitude, exact=False))
            for name, number, latitude, longitude in given["lieux"]
        ),
        "credits": tuple(map(str, given["credits"])),
    }


def _areas(text: str) -> dict[str, Any]:
    return {
        "areas": MappingProxyType(
            {
                code: (Point(latitude, longitude, exact=False), _BY_NUMBER[number])
                for code, (number, latitude, longitude) in json.loads(text)["zones"].items()
            }
        )
    }


def _map(text: str) -> dict[str, Any]:
    box = _BOX.search(text)
    shapes = tuple(
        MapShape(_BY_NUMBER[found[2]], found[3], inset=bool(found[1]))
        for found in _SHAPE.finditer(text)
    )
    if box is None or not shapes:
        raise ValueError(text[:80])
    return {"box": box[1], "shapes": shapes, "frames": tuple(_FRAME.findall(text))}
