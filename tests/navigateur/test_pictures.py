"""The picture that a browser chooses, whatever the name of its file."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from support.picture_names import NAMES

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
