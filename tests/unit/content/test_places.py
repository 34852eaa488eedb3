"""Distances, beside the geodesics of somebody else; the regions; the geography that is derived."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from geographiclib.geodesic import Geodesic

from axtra.content import territory
from axtra.content.model import REGIONS, Point, distance
from support.centre_sheets import NAMES, towns
from support.small_sites import ROOT


def test_a_distance_is_that_of_the_geodesic() -> None:
    chance = random.Random(50)  # noqa: S311 - not a secret
    for _ in range(200):
        (*_, a, b), (*_, c, d) = chance.sample(towns(), 2)
        here, there = Point(a, b), Point(c + chance.uniform(0, 0.01), d)
        truth = Geodesic.WGS84.Inverse(here.latitude, here.longitude, there.latitude, d)["s12"]
        assert distance(here, there) == pytest.approx(truth, rel=1e-4)
        assert distance(there, here) == pytest.approx(distance(here, there))
    assert distance(here, here) == 0


def test_the_regions_are_the_seventeen_of_quebec() -> None:
    assert [region.number for region in REGIONS.values()] == [f"{n:02}" for n in range(1, 18)]
    assert {number for _, number, *_ in towns()} == {*NAMES}


def test_the_derived_geography_is_whole_and_light() -> None:
    ground, problems = territory.read(ROOT / "content", "content")
    assert not problems
    assert {shape.region.slug for shape in ground.shapes if not shape.inset} == {*REGIONS}
    assert {"montreal", "laval"} <= {shape.region.slug for shape in ground.shapes if shape.inset}
    assert len(ground.areas) > 400
    assert len(ground.towns) > 400
    assert sum((ROOT / "content" / name).stat().st_size for name in territory.FILES) <= 60_000
    point, region = ground.areas["G9A"]
    assert region.slug == "mauricie"
    assert distance(point, Point(46.35, -72.55)) < 10_000
    assert all(word in " ".join(ground.credits) for word in ("GeoNames", "CC BY", "Natural Earth"))


def test_a_spoilt_file_is_an_error_and_a_missing_file_is_none(tmp_path: Path) -> None:
    (tmp_path / "territoire").mkdir()
    assert territory.read(tmp_path, "content")[1] == []
    for name in territory.FILES:
        (tmp_path / name).write_text("{}", "utf-8")
    ground, problems = territory.read(tmp_path, "content")
    assert {problem.rule for problem in problems} == {"territoire-illisible"}
    assert len(problems) == 3
    assert not ground.shapes
