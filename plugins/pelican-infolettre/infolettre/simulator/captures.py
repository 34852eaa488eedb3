"""Screenshots of the simulations, by the machine's Chromium, if it has it."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageChops

from infolettre.simulator.simulations import Simulation

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
TALLEST = 9_000  # px; longer pages are cropped
_WIDEST = 3_600  # px of a screenshot of several views
_GAP = 20  # px
_SECONDS = 60
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--hide-scrollbars",
    "--force-device-scale-factor=1",
    "--allow-file-access-from-files",
    "--virtual-time-budget=3000",
)


@dataclass(frozen=True, slots=True)
class Browser:
    """A browser that can take screenshots."""

    path: str

    @classmethod
    def find(cls, named: str | None = None) -> Browser | None:
        """Find a browser on this machine, unless one is named by its path."""
        path = named or next(filter(None, map(shutil.which, NAMES)), None)
        return cls(path) if path else None

    def picture(self, page: Path, width: int, height: int) -> Image.Image | None:
        """Take a screenshot of a local page; return None when the browser does not answer.

        Args:
            page: an HTML file.
            width: the width of the window, in px.
            height: its height, in px.
        """
        with tempfile.TemporaryDirectory(prefix="planche-") as own:
            screenshot = Path(own) / "page.png"
            words = [
                self.path,
                *_FLAGS,
                f"--user-data-dir={own}/profil",
                f"--screenshot={screenshot}",
                f"--window-size={width},{height}",
                page.resolve().as_uri(),
            ]
            try:
                subprocess.run(  # noqa: S603 - the browser of the machine, on our own file
                    words, capture_output=True, check=True, timeout=_SECONDS
                )
                return Image.open(BytesIO(screenshot.read_bytes())).convert("RGB")
            except (OSError, subprocess.SubprocessError):
                return None


def capture(browser: Browser, views: Sequence[Simulation], folder: Path) -> dict[str, bytes]:
    """Take a screenshot of each view, as PNG, by name; failures are left out.

    Chromium has a minimum window width, so narrow views are frames in a wide page.

    Args:
        browser: the browser to use.
        views: the views to capture.
        folder: the folder of the mail's images; a page is written there, then removed.
    """
    pictures: dict[str, bytes] = {}
    for row in _rows(views):
        page = folder / ".captures.html"
        page.write_text(_page(row), encoding="utf-8")
        try:
            picture = browser.picture(page, sum(view.width + _GAP for view in row), TALLEST)
        finally:
            page.unlink()
        at = 0
        for view in row if picture else ():
            assert picture is not None  # noqa: S101 - the loop runs on one only
            pictures[view.name] = _png(_trimmed(picture.crop((at, 0, at + view.width, TALLEST))))
            at += view.width + _GAP
    return pictures


def _rows(views: Sequence[Simulation]) -> Iterator[list[Simulation]]:
    row: list[Simulation] = []
    for view in views:
        if row and sum(shown.width + _GAP for shown in [*row, view]) > _WIDEST:
            yield row
            row = []
        row.append(view)
    yield row


def _page(row: Sequence[Simulation]) -> str:
    frames = "".join(
        f'<div style="flex:none;width:{view.width}px;height:{TALLEST}px;margin-right:{_GAP}px;'
        f'overflow:hidden"><iframe sandbox="allow-same-origin" srcdoc="{escape(view.html)}"'
        f' style="border:0;width:{view.width // view.zoom}px;height:{TALLEST // view.zoom}px;'
        f'transform:scale({view.zoom});transform-origin:0 0"></iframe></div>'
        for view in row
    )
    return (
        '<!DOCTYPE html><meta charset="utf-8">'
        f'<body style="margin:0;display:flex;align-items:flex-start">{frames}</body>'
    )


def _trimmed(picture: Image.Image) -> Image.Image:
    """Crop the empty background under the letter."""
    ground = Image.new("RGB", picture.size, picture.getpixel((0, picture.height - 1)))
    box = ImageChops.difference(picture, ground).getbbox()
    return picture.crop((0, 0, picture.width, min(picture.height, box[3] + 24))) if box else picture


def _png(picture: Image.Image) -> bytes:
    out = BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
