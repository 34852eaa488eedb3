"""The point that stays visible where a picture is cropped."""

from __future__ import annotations

from base64 import b64encode
from io import BytesIO
from pathlib import Path

import pytest
import resvg_py
from PIL import Image as Bitmap

from axtra.content.focus import Focus
from axtra.content.model import Image
from axtra.pictures import crops, posters
from axtra.pictures.posters import PosterMaker
from infolettre.core.cache import Store
from infolettre.design.tokens import Tokens
from support.quartered_pictures import quartered, redness
from support.small_sites import ROOT

WIDE, HIGH = (1600, 400), (900, 1600)
# The place of a coloured quarter, along the only side that is cropped, and the points that keep it.
KEPT = [
    (WIDE, (0, 0), (0, 50)),
    (WIDE, (1200, 0), (100, 50)),
    (WIDE, (600, 0), (50, 50)),
    (HIGH, (0, 0), (50, 0)),
    (HIGH, (0, 1200), (50, 100)),
    (HIGH, (0, 600), (50, 50)),
]


@pytest.mark.parametrize(("size", "corner", "focus"), KEPT)
def test_what_a_text_names_stays_in_its_poster(
    tmp_path: Path, size: tuple[int, int], corner: tuple[int, int], focus: tuple[int, int]
) -> None:
    quartered(size, corner).save(tmp_path / "x.png")
    maker = PosterMaker(Tokens.load(ROOT / "theme/tokens.toml"), tmp_path, Store(tmp_path / "k"))
    opposite = (100 - focus[0], 100 - focus[1]) if focus != (50, 50) else (0, 0)
    share, addresses = {}, set()
    for point in (focus, opposite, None):
        poster = posters.of_photograph(
            Image("x.png", "/x.png", "", *size, focus=point and Focus(*point))
        )
        addresses.add(maker.address(poster))
        with Bitmap.open(BytesIO(maker.paint(poster))) as made:
            assert made.size == (posters.WIDTH, posters.HEIGHT)
            share[point] = redness(made)
    assert len(addresses) == 3
    assert share[focus] > 0.35
    assert share[opposite] < share[focus] / 2
    if focus == (50, 50):
        assert share[None] == pytest.approx(share[focus])


@pytest.mark.parametrize(("size", "corner", "focus"), KEPT)
def test_a_picture_fills_its_box_and_nothing_more(
    size: tuple[int, int], corner: tuple[int, int], focus: tuple[int, int]
) -> None:
    out = BytesIO()
    quartered(size, corner).save(out, "PNG")
    href = f"data:image/png;base64,{b64encode(out.getvalue()).decode()}"
    image = Image("x.png", "/x.png", "", *size, focus=Focus(*focus))
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="400" height="400">'
        f"{crops.covering(image, href, (100, 50, 240, 250))}</svg>"
    )
    with Bitmap.open(BytesIO(bytes(resvg_py.svg_to_bytes(svg_string=svg)))) as made:
        assert made.getchannel("A").getbbox() == (100, 50, 340, 300)
        assert redness(made.crop((100, 50, 340, 300))) > 0.4
