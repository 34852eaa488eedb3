"""Letters in a real browser: several widths, dark, without images or styles, zoomed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from support import sample_letters as samples
from support.letter_reading import Reader, opened

pytestmark = pytest.mark.navigateur

# The contrast of every visible text with its background, from computed styles.
TEXTS = """() => {
  const channels = colour => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(c => c / 255)
    .map(c => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [.2126, .7152, .0722][i], 0);
  const ground = element => {
    for (let up = element; up; up = up.parentElement) {
      const colour = channels(getComputedStyle(up).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const holders = [...document.body.querySelectorAll('*')].filter(element =>
    element.checkVisibility() && (element.tagName === 'IMG' ? element.alt : [...element.childNodes]
      .some(node => node.nodeType === 3 && node.data.trim())));
  return holders.map(element => {
    const pair = [light(channels(getComputedStyle(element).color)), light(ground(element))];
    const [low, high] = pair.sort((a, b) => a - b);
    return [(high + .05) / (low + .05), element.outerHTML.slice(0, 120)];
  });
}"""

# Links outside sentences, with the height of their touch target.
TARGETS = """() => [...document.querySelectorAll('a')].filter(link =>
    link.parentElement.textContent.trim() === link.textContent.trim())
  .map(link => [Math.max(link.getBoundingClientRect().height,
      parseFloat(getComputedStyle(link).lineHeight) || 0), link.textContent])"""

WIDEST = "() => document.documentElement.scrollWidth"


@pytest.fixture
def letter(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """Open the golden edition as a given reader sees it."""
    with opened(browser, samples.mail(samples.CATALOGUE, "catalogue"), request.param) as page:
        yield page


def for_readers(*readers: Reader) -> pytest.MarkDecorator:
    """Run a test with the letter of each reader."""
    return pytest.mark.parametrize("letter", readers, indirect=True, ids=map(repr, readers))


WIDTHS = (320, 375, 700)


@for_readers(
    *(Reader(width) for width in WIDTHS),
    *(Reader(width, images=False) for width in WIDTHS),
    *(Reader(width, sheet=False) for width in WIDTHS),
    Reader(350),  # 700 px at 200 %
    Reader(700, word=True),
)
def test_a_letter_never_scrolls_sideways(letter: Page) -> None:
    assert letter.viewport_size
    assert letter.evaluate(WIDEST) <= letter.viewport_size["width"]


@for_readers(
    Reader(),
    Reader(scheme="dark"),
    Reader(sheet=False),
    Reader(images=False),
    Reader(scheme="dark", images=False),
    Reader(375, scheme="dark"),
)
def test_every_text_has_enough_contrast(letter: Page) -> None:
    texts = letter.evaluate(TEXTS)
    assert len(texts) > 60
    assert [text for text in texts if text[0] < 4.5] == []


@for_readers(Reader(375))
def test_links_outside_sentences_are_large_enough_to_touch(letter: Page) -> None:
    targets = letter.evaluate(TARGETS)
    assert len(targets) > 10
    assert [target for target in targets if target[0] < 24] == []


@for_readers(Reader(), Reader(375), Reader(320))
def test_pictures_are_never_wider_than_their_column(letter: Page) -> None:
    sizes = letter.evaluate(
        "() => [...document.images].map(image => [image.width, image.closest('td').clientWidth])"
    )
    assert all(0 < image <= cell for image, cell in sizes)
