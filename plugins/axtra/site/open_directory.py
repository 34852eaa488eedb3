"""The directory as open data: JSON, CSV, GeoJSON, a vCard a centre; and what finds what is near."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

from axtra.content.chart_tables import safe_cell
from axtra.content.model import Centre, Directory, Territory
from axtra.content.model.places import DIRECTORY
from axtra.site.build import Job
from axtra.site.feeds import escaped_value, fold

_JSON, _CSV, _GEOJSON = (f"{DIRECTORY}centres{suffix}" for suffix in (".json", ".csv", ".geojson"))
LISTS = (_JSON, _CSV, _GEOJSON)
NEAR = f"{DIRECTORY}pres-de-moi.json"


def vcard_address(centre: Centre) -> str:
    """Return the address of the vCard of a centre."""
    return f"{centre.url.rstrip('/')}.vcf"


def record(centre: Centre, siteurl: str) -> dict[str, Any]:
    """Return all that a sheet says, with the keys that an editor types."""
    return {
        "nom": centre.title.plain,
        "adresse": _plain(centre.address),
        "ville": _plain(centre.town),
        "code-postal": centre.postal_code,
        "coordonnees": [centre.point.latitude, centre.point.longitude] if centre.point else None,
        "coordonnees-exactes": centre.point.exact if centre.point else None,
        "region": _plain(centre.region.name) if centre.region else "",
        "specialites": [word.name.plain for word in centre.specialities],
        "publics": [word.name.plain for word in centre.publics],
        "langues": [word.name.plain for word in centre.languages],
        "accessibilite": [line.plain for line in centre.accessibility],
        "heures": [line.plain for line in centre.hours],
        "telephone": _plain(centre.telephone),
        "courriel": centre.email,
        "site": centre.website or "",
        "service-en-ligne": _plain(centre.online),
        "verifie": f"{centre.verified:%Y-%m-%d}" if centre.verified else None,
        "demonstration": list(centre.demonstration),
        "presentation": centre.lead,
        "fiche": f"{siteurl}{centre.url}",
    }


def lists(directory: Directory, siteurl: str) -> dict[str, Job]:
    """Return what writes each of `LISTS`; what the sheets say is read once for all three."""
    records = {centre: record(centre, siteurl) for centre in directory.centres}
    return {
        _JSON: lambda: _json([*records.values()]),
        _CSV: lambda: _as_csv([*records.values()]),
        _GEOJSON: lambda: _as_geojson(records),
    }


def _as_csv(records: Sequence[Mapping[str, Any]]) -> bytes:
    """Return a table with a row for each centre, as a spreadsheet in French opens it.

    Source: RFC 4180, as for the table of a chart.
    """
    file = io.StringIO()
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    if records:
        writer.writerow(records[0])
    writer.writerows([safe_cell(_cell(value)) for value in known.values()] for known in records)
    return file.getvalue().encode("utf-8-sig")


def _as_geojson(records: Mapping[Centre, Mapping[str, Any]]) -> bytes:
    """Return a feature for each centre; one whose place is not known has no geometry.

    Source: RFC 7946.
    """
    features = [
        {
            "type": "Feature",
            "id": centre.slug,
            "geometry": {
                "type": "Point",
                "coordinates": [centre.point.longitude, centre.point.latitude],
            }
            if centre.point
            else None,
            "properties": known,
        }
        for centre, known in records.items()
    ]
    return _json({"type": "FeatureCollection", "features": features})


def vcard(centre: Centre, siteurl: str) -> bytes:
    """Return the card of a centre, for the contacts of a telephone.

    Source: RFC 2426 (vCard 3.0), which every address book reads.
    """
    region = "QC" if centre.town or centre.postal_code else ""
    address = [
        "", "", _plain(centre.address), _plain(centre.town), region, centre.postal_code, "Canada",
    ]  # fmt: skip
    name = escaped_value(centre.title.plain)
    lines = [
        "BEGIN:VCARD",
        "VERSION:3.0",
        f"FN:{name}",
        f"N:{name};;;;",
        f"ORG:{name}",
        f"ADR;TYPE=work:{';'.join(map(escaped_value, address))}",
        f"TEL;TYPE=work,voice:{_plain(centre.telephone)}" if centre.telephone else "",
        f"EMAIL;TYPE=internet:{centre.email}" if centre.email else "",
        f"URL:{centre.website or siteurl + centre.url}",
        f"GEO:{centre.point.latitude};{centre.point.longitude}"
        if centre.point and centre.point.exact
        else "",
        f"REV:{centre.verified:%Y-%m-%d}" if centre.verified else "",
        f"SOURCE:{siteurl}{centre.url}",
        "END:VCARD",
    ]
    return "".join(f"{fold(line)}\r\n" for line in lines if line).encode()


def near(directory: Directory, territory: Territory) -> bytes:
    """Return what a page needs to say, on the device of its reader, which centres are near.

    Shapes: a centre is [slug, name, town, region, latitude, longitude, specialities, publics];
    regions and words are ranks in their lists, and what has no place has no coordinates.
    """
    regions = [shelf.slug for shelf in directory.regions]
    words = [{word.slug: rank for rank, word in enumerate(shelves)} for shelves in (
        directory.specialities, directory.publics,
    )]  # fmt: skip
    centres = [
        [
            centre.slug,
            centre.title.plain,
            _plain(centre.town),
            regions.index(centre.region.slug if centre.region else regions[-1]),
            *((_degrees(centre.point.latitude), _degrees(centre.point.longitude))
              if centre.point else (None, None)),
            [words[0][word.slug] for word in centre.specialities],
            [words[1][word.slug] for word in centre.publics],
        ]
        for centre in directory.centres
    ]  # fmt: skip
    names = {shelf.slug: shelf.name.plain for shelf in directory.regions}
    known = list(names)
    for region in (town.region for town in territory.towns):
        if region.slug not in names:
            names[region.slug] = region.name.plain
            known.append(region.slug)
    return _json(
        {
            "regions": [names[slug] for slug in known],
            "centres": centres,
            "lieux": [
                [name, known.index(region.slug), point.latitude, point.longitude]
                for name, region, point in (
                    (town.name, town.region, town.point) for town in territory.towns
                )
            ],
            "zones": {
                code: [known.index(region.slug), point.latitude, point.longitude]
                for code, (point, region) in territory.areas.items()
                if region.slug in names
            },
        }
    )


def _degrees(value: float) -> float:
    return round(value, 5)


def _plain(text: object) -> str:
    return str(text or "")


def _cell(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(_cell, value))
    if isinstance(value, bool):
        return "oui" if value else "non"
    return "" if value is None else str(value)


def _json(value: object) -> bytes:
    return f"{json.dumps(value, ensure_ascii=False, separators=(',', ':'))}\n".encode()
