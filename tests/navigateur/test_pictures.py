"""The picture that a browser chooses, whatever the name of its file."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image as Bitmap
from playwright.sync_api import Browser

from support.picture_names import NAMES
from support.quartered_pictures import redness

pytestmark = pytest.mark.navigateur

CHOSEN = """pictures => Promise.all(pictures.map(async picture => {
  picture.loading = "eager";
  await picture.decode();
  return picture.currentSrc;
}))"""


def test_chromium_takes_the_lightest_format_of_every_picture(
    browser: Browser, named_address: str
) -> None:
    said: list[str] = []
    page = browser.new_page()
    page.on("console", lambda message: said.append(message.text))
    page.goto(f"{named_address}/magazine/2020-05/premier/")
    chosen = page.locator("main picture img").evaluate_all(CHOSEN)
    page.close()
    assert len(chosen) == len(NAMES)
    still = [address for address in chosen if not address.endswith(".gif")]
    assert len(still) == len(NAMES) - 1
    assert all(address.endswith(".avif") for address in still)
    assert said == []


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/", ".une-page .coupe"),
        ("/rubriques/regards/", ".une img"),
        ("/magazine/2020-05/premier/", ".biographie img"),
    ],
)
def test_a_cropped_picture_shows_the_point_that_its_text_names(
    browser: Browser, placed_address: str, path: str, shown: str
) -> None:
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    page.goto(placed_address + path)
    image = page.locator(shown).first
    image.scroll_into_view_if_needed()
    image.evaluate("image => (image.style.clipPath = 'none', image.decode())")
    with Bitmap.open(BytesIO(image.screenshot())) as picture:
        right = picture.crop((picture.width // 2, 0, picture.width, picture.height))
        assert redness(right) > 0.4
    page.close()
