"""The golden edition, pixel by pixel, and the captures of the planche.

The mail uses system fonts, which differ between machines: here they are replaced with files of the
project, so that only the browser can change a pixel. Pictures are stored at half their size and
blurred before they are compared: differences in smoothing are within the tolerance; a changed
colour, line or letter is not. Only `pytest --update-pictures` writes them again.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageFilter
from playwright.sync_api import Browser

from axtra.newsletter.simulator import Browser as Machine
from axtra.newsletter.simulator import Simulation, capture
from support import sample_letters as samples
from support.letter_reading import Reader, opened

pytestmark = pytest.mark.navigateur

FOLDER = Path(__file__).parent / "images"
SEEN = 16  # of 255 levels, once both pictures are blurred: more than smoothing causes
MOST = 20  # pixels that may differ that much; a single changed letter makes more
COLOURS = 255  # of a stored picture; the loss of other colours is below SEEN
READERS = {
    "clair-700": Reader(own_fonts=True),
    "clair-375": Reader(375, own_fonts=True),
    "sombre-700": Reader(scheme="dark", own_fonts=True),
    "sans-images-700": Reader(images=False, own_fonts=True),
}


def halved(png: bytes) -> Image.Image:
    picture = Image.open(BytesIO(png)).convert("RGB")
    return picture.resize((picture.width // 2, picture.height // 2), Image.Resampling.BOX)


def few_colours(picture: Image.Image) -> Image.Image:
    return picture.quantize(COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)


def differing(first: Image.Image, second: Image.Image) -> int:
    """Count the pixels that visibly differ, smoothing excepted."""
    if first.size != second.size:
        return first.width * first.height
    soft = [picture.convert("RGB").filter(ImageFilter.BoxBlur(1)) for picture in (first, second)]
    most = ImageChops.difference(*soft).split()
    strongest = ImageChops.lighter(ImageChops.lighter(most[0], most[1]), most[2])
    counts = strongest.histogram()
    return sum(counts[SEEN:])


@pytest.mark.parametrize("name", READERS)
def test_the_golden_edition_looks_like_its_stored_picture(
    browser: Browser, name: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    mail = samples.mail(samples.CATALOGUE, "catalogue")
    with opened(browser, mail, READERS[name]) as page:
        taken = halved(page.screenshot(full_page=True))
    kept = FOLDER / f"{name}.png"
    if request.config.getoption("--update-pictures"):
        FOLDER.mkdir(exist_ok=True)
        few_colours(taken).save(kept, optimize=True)
    with Image.open(kept) as golden:
        changed = differing(golden, taken)
    taken.save(tmp_path / kept.name)
    assert changed <= MOST, f"{changed} pixels differ: compare {kept} and {tmp_path / kept.name}"


@pytest.mark.parametrize(
    ("typed", "changed"),
    [
        ('<h1 style="', '<h1 style="letter-spacing:1px;'),
        ("#C2371F", "#A2371F"),
        ("Bonjour,", "Bonsoir,"),
        ("padding:20px 0;", "padding:22px 0;"),
    ],
)
def test_a_small_change_is_detected(browser: Browser, typed: str, changed: str) -> None:
    mail = samples.mail(samples.CATALOGUE, "catalogue")
    assert typed in mail.html
    with opened(browser, mail, Reader(own_fonts=True)) as page:
        before = halved(page.screenshot(full_page=True))
        page.set_content(page.content().replace(typed, changed), wait_until="load")
        page.evaluate("document.fonts.ready")
        after = halved(page.screenshot(full_page=True))
    assert differing(few_colours(before), before) <= MOST
    assert differing(few_colours(before), after) > MOST


def test_captures_show_their_views_at_the_right_width(browser: Browser, tmp_path: Path) -> None:
    del browser  # the fixture skips the test when there is no browser
    machine = Machine.find()
    assert machine is not None
    red, tall = "<body style='margin:0;background:#f00'>", "<p style='height:2000px'>a</p>b"
    views = [
        Simulation("etroit", "", "", red + "<p>a</p>", 320),
        Simulation("large", "", "", tall, 700),
        Simulation("grossi", "", "", "<body style='margin:0'><p style='margin:0;width:10px;"
                   "height:10px;background:#00f'></p>", 700, 2),
    ]  # fmt: skip
    taken = {
        name: Image.open(BytesIO(png)) for name, png in capture(machine, views, tmp_path).items()
    }
    assert [taken[view.name].width for view in views] == [320, 700, 700]
    assert taken["etroit"].getpixel((300, 5)) == (255, 0, 0)
    assert taken["large"].height > 2000
    assert [taken["grossi"].getpixel((x, 15)) for x in (19, 21)] == [(0, 0, 255), (255, 255, 255)]
    assert list(tmp_path.iterdir()) == []
